package feed

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What is the same fact has the same hash, whenever and however it was written.
func TestHashIsOfTheFacts(t *testing.T) {
	same := registryRow
	same.SourceUpdatedAt = same.SourceUpdatedAt.Add(time.Hour)
	same.ProtectedPersons = []ProtectedPerson{registryRow.ProtectedPersons[1], registryRow.ProtectedPersons[0]}
	elsewhere := same.HearingAt.In(time.FixedZone("", -5*3600))
	same.HearingAt = &elsewhere
	before := registryRow.Canonical()
	if same.Hash() != registryRow.Hash() {
		t.Error("the order of persons, the zone of an instant or the source's clock changed the hash")
	}
	if !bytes.Equal(before, registryRow.Canonical()) {
		t.Error("hashing changed the row")
	}

	later := daybookRow
	later.SourceUpdatedAt = later.SourceUpdatedAt.Add(time.Hour)
	if later.Hash() != daybookRow.Hash() {
		t.Error("the source's clock changed the hash")
	}
	later.RespondentLastName = "Dow"
	if later.Hash() == daybookRow.Hash() {
		t.Error("a respondent's spelling did not change the hash")
	}
}

// Every other change of a registry row changes its hash.
func TestEachFactCounts(t *testing.T) {
	seen := map[string]string{registryRow.Hash(): "the row itself"}
	for name, change := range map[string]func(*Registry){
		"docket":       func(r *Registry) { r.DocketNumber = "HHDFA265012346S" },
		"order number": func(r *Registry) { r.OrderNumber = "2" },
		"kind":         func(r *Registry) { r.OrderKind = "CIVIL_PROTECTION_ORDER" },
		"issued":       func(r *Registry) { r.IssuedAt = nil },
		"ex parte":     func(r *Registry) { r.ExParte = false },
		"hearing":      func(r *Registry) { r.HearingAt = instant("2026-11-21T15:00:00Z") },
		"courtroom":    func(r *Registry) { r.Courtroom = "3C" },
		"expires":      func(r *Registry) { r.ExpiresOn = "" },
		"first name":   func(r *Registry) { r.RespondentFirstName = "Jon" },
		"last name":    func(r *Registry) { r.RespondentLastName = "Dow" },
		"home":         func(r *Registry) { r.RespondentHome.Zip = "" },
		"persons":      func(r *Registry) { r.ProtectedPersons = r.ProtectedPersons[:1] },
		"confidential": func(r *Registry) { r.AddressesConfidential = false },
		"picked up":    func(r *Registry) { r.PickedUpAt = nil },
		"outcome":      func(r *Registry) { r.Outcome = "EXPIRED" },
		"reason":       func(r *Registry) { r.OutcomeReason = "OTHER" },
		"state file":   func(r *Registry) { r.StateFileNumber = "S2" },
		"national":     func(r *Registry) { r.NationalFileNumber = "" },
		"person's home": func(r *Registry) {
			r.ProtectedPersons = append([]ProtectedPerson(nil), r.ProtectedPersons...)
			r.ProtectedPersons[0].Home, r.ProtectedPersons[0].Work = r.ProtectedPersons[0].Work, r.ProtectedPersons[0].Home
		},
	} {
		row := registryRow
		change(&row)
		if other, taken := seen[row.Hash()]; taken {
			t.Errorf("%s and %s have one hash", name, other)
		}
		seen[row.Hash()] = name
	}
}

// Stored hashes must not change when this code does: a new field is left out of
// the canonical form where it is empty.
func TestCanonicalForm(t *testing.T) {
	want := `{"courtLocation":"HHD","docketNumber":"HHDFA265012345S","respondentFirstName":"John","respondentLastName":"Doe",` +
		`"createdAt":"2026-11-02T14:12:00Z","sourceUpdatedAt":"2026-11-02T14:12:00.5Z"}`
	if d := cmp.Diff(want, string(daybookRow.Canonical())); d != "" {
		t.Error(d)
	}
	if got := daybookRow.Hash(); got != "643ef19228abbb2504c841020cd52f25224593b9f7d080d625b9d4758f22df1a" {
		t.Errorf("daybook hash is now %s", got)
	}
	if got := registryRow.Hash(); got != "07cbd69b68759bd5d8ad1268e947fb868d07da493da4fb5bf5845a3af9fcf324" {
		t.Errorf("registry hash is now %s", got)
	}
}
