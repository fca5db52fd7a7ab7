package graph_test

import (
	"strings"
	"testing"
	"time"

	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
)

// §7(b)(1), §7(b)(2), §7(b)(5), §7(c): what an officer reports while the system
// is down the registry staff enter. It is his, and he reads his own words; who
// entered it, and how it came, stand beside.
func TestAManualEntryIsTheOfficers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.Store) {
		s := run(t, db)
		row := s.Add(t, graphtest.Case{Court: "NNH"})
		input := s.manual(row.Docket, "officer2", lastName(row), served(ago(3*time.Hour)))
		input["reportedAt"] = ago(90 * time.Minute) // within two hours of service
		a := s.acted(t, "registry1", "recordManualEntry", input)
		for field, want := range map[string]any{
			"__typename": "Service", "recordedLate": false, "recordingDelayMinutes": 90.0, "note": "knocked", "occurredAt": "2026-11-25T11:00:00.000000Z", "viewerCanCorrect": true,
		} {
			if got := a.At(t, "r", "activity", field); got != want {
				t.Errorf("%s is %v, want %v", field, got, want)
			}
		}
		if a.At(t, "r", "activity", "officer", "id") != string(s.Officers["officer2"]) || a.At(t, "r", "activity", "registryEntry", "officerName") != "Olive Marshal2" ||
			a.At(t, "r", "activity", "recordedBy", "displayName") != "Registry1" || a.At(t, "r", "activity", "recordedBy", "role") != "REGISTRY_CLERK" ||
			a.At(t, "r", "activity", "manualEntry", "reportedVia") != "TELEPHONE" || a.At(t, "r", "activity", "manualEntry", "reportedAt") != "2026-11-25T12:30:00.000000Z" ||
			a.At(t, "r", "activity", "manualEntry", "enteredBy", "displayName") != "Registry1" || a.At(t, "r", "case", "processHolder", "id") != string(s.Officers["officer2"]) {
			t.Errorf("whose it is, and who entered it: %s", a.Body)
		}
		for who, reads := range map[string]any{"officer2": "knocked", "registry1": "knocked", "manager1": "knocked", "supervisor1": nil} {
			seen := graphtest.MustAsk(s.As(who), t, s.Server, `query($id: ID!) { node(id: $id) { ... on Service { note viewerCanCorrect } } }`, map[string]any{"id": a.At(t, "r", "activity", "id")})
			if seen.At(t, "node", "note") != reads || seen.At(t, "node", "viewerCanCorrect") != (who != "supervisor1") {
				t.Errorf("%s sees %s", who, seen.Body)
			}
		}
		// Another officer on the case reads none of it.
		s.acted(t, "officer1", "recordReceipt", receipt(row.Docket, ago(time.Hour)))
		seen := graphtest.MustAsk(s.As("officer1"), t, s.Server, `query($id: ID!) { node(id: $id) { ... on Service { note viewerCanCorrect } } }`, map[string]any{"id": a.At(t, "r", "activity", "id")})
		if seen.At(t, "node", "note") != nil || seen.At(t, "node", "viewerCanCorrect") != false {
			t.Errorf("officer1 sees %s", seen.Body)
		}
		list := graphtest.MustAsk(s.As("officer2"), t, s.Server, `{ serviceActivities(filter: {manual: true}, first: 5) { nodes { id manualEntry { reportedVia } } } }`, nil)
		if list.At(t, "serviceActivities", "nodes", 0, "id") != a.At(t, "r", "activity", "id") {
			t.Errorf("it is not among his own: %s", list.Body)
		}
		// The words with which a clerk corrects him are the clerk's.
		c := s.acted(t, "registry1", "correctActivity", correction(a.At(t, "r", "activity", "id"), served(ago(3*time.Hour+time.Minute))))
		own := graphtest.MustAsk(s.As("officer2"), t, s.Server, `query($id: ID!) { node(id: $id) { ... on Service { note correctionReason manualEntry { reportedVia } } } }`, map[string]any{"id": c.At(t, "r", "activity", "id")})
		if own.At(t, "node", "correctionReason") != nil || own.At(t, "node", "note") != nil {
			t.Errorf("officer2 reads what the clerk wrote: %s", own.Body)
		}
	})
}

// §7(b)(3), §7(b)(4): the docket number and the respondent's name are checked
// against each other; a docket that the daybook has not brought opens a
// provisional case.
func TestTheDocketOfAManualEntry(t *testing.T) {
	s := run(t, storetest.SQLite(t))
	row := s.Add(t, graphtest.Case{})
	a := s.refused(t, "registry1", "recordManualEntry", s.manual(row.Docket, "officer1", "Someone", served(ago(time.Hour))), "RESPONDENT_MISMATCH input.respondentLastName")
	if message := a.At(t, "r", "errors", 0, "message").(string); !strings.Contains(message, "RESPONDENT_MISMATCH") || !strings.Contains(message, lastName(row)) {
		t.Errorf("it does not say what to do: %s", message)
	}
	confirmed := s.manual(row.Docket, "officer1", "Someone", served(ago(time.Hour)))
	confirmed["confirm"] = []string{"RESPONDENT_MISMATCH"}
	kept := s.acted(t, "registry1", "recordManualEntry", confirmed).At(t, "r", "activity", "id")
	for who, name := range map[string]any{"registry1": "Rob Someone", "officer1": nil, "supervisor1": nil} {
		a := graphtest.MustAsk(s.As(who), t, s.Server, `query($id: ID!) { node(id: $id) { ... on Service { manualEntry { reportedRespondent } } } }`, map[string]any{"id": kept})
		if got := a.At(t, "node", "manualEntry", "reportedRespondent"); got != name {
			t.Errorf("%s reads that the officer reported %v", who, got)
		}
	}
	fresh := s.acted(t, "manager1", "recordManualEntry", s.manual("NNHFA269000001S", "officer1", "Newman", served(ago(time.Hour))))
	if fresh.At(t, "r", "case", "provisional") != true || fresh.At(t, "r", "case", "serviceStatus") != "SERVED" || fresh.At(t, "r", "case", "respondent", "lastName") != "Newman" {
		t.Errorf("the provisional case: %s", fresh.Body)
	}
	other := s.refused(t, "registry1", "recordManualEntry", s.manual("XYZFA269000001S", "officer1", "Newman", served(ago(time.Hour))), "CASE_NOT_FOUND input.docketNumber")
	if other.At(t, "r", "errors", 0, "registrySection", "telephone") != section.Telephone {
		t.Errorf("no way out: %s", other.Body)
	}
	nobody := s.manual(row.Docket, "officer1", lastName(row), served(ago(time.Hour)))
	nobody["onBehalfOfOfficerId"] = strings.Replace(string(s.Officers["officer1"]), "ofc_0", "ofc_7", 1)
	s.refused(t, "registry1", "recordManualEntry", nobody, "OFFICER_NOT_FOUND input.onBehalfOfOfficerId")
	future := s.manual(row.Docket, "officer1", "", map[string]any{"transfer": map[string]any{"to": map[string]any{"officerName": "a\u202eb"}, "transferredAt": ago(time.Hour)}})
	s.refused(t, "registry1", "recordManualEntry", future, "BAD_TEXT input.entry.transfer.to.officerName", "DETAIL_REQUIRED input.respondentLastName")
	if a := s.act(t, "officer1", "recordManualEntry", s.manual(row.Docket, "officer1", lastName(row), served(ago(time.Hour)))); a.Code() != "FORBIDDEN" {
		t.Errorf("an officer enters by hand: %s", a.Body)
	}
	for who, may := range map[string]bool{"registry1": true, "manager1": true, "officer1": false, "supervisor1": false, "court1": false, "analyst1": false} {
		v := graphtest.MustAsk(s.As(who), t, s.Server, `{ viewer { permissions { viewerCanEnterManually } } }`, nil)
		if v.At(t, "viewer", "permissions", "viewerCanEnterManually") != may {
			t.Errorf("%s: %s", who, v.Body)
		}
	}
}
