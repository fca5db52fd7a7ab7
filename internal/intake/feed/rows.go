package feed

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/service-tracking/sts/internal/terms"
)

// Daybook is a row of the clerk's electronic daybook: a case exists (§3(b)).
// Instants are UTC with microseconds.
type Daybook struct {
	CourtLocation       string       `json:"courtLocation"` // three capitals
	DocketNumber        terms.Docket `json:"docketNumber"`  // the key
	RespondentFirstName string       `json:"respondentFirstName"`
	RespondentLastName  string       `json:"respondentLastName"`
	CreatedAt           time.Time    `json:"createdAt"`
	SourceUpdatedAt     time.Time    `json:"sourceUpdatedAt,omitzero"`
}

// Registry is a row of the registry: the facts of one order of a case, or of a
// hearing without an order. Docket and order number together are the key.
// Instants are UTC with microseconds; a nil one is not known.
type Registry struct {
	DocketNumber          terms.Docket        `json:"docketNumber"`
	OrderNumber           string              `json:"orderNumber,omitempty"` // "": a hearing alone
	OrderKind             terms.OrderKind     `json:"orderKind"`
	IssuedAt              *time.Time          `json:"issuedAt,omitempty"`
	ExParte               bool                `json:"exParte,omitempty"`
	HearingAt             *time.Time          `json:"hearingAt,omitempty"`
	Courtroom             string              `json:"courtroom,omitempty"`
	ExpiresOn             terms.Date          `json:"expiresOn,omitempty"` // "": no day is set
	RespondentFirstName   string              `json:"respondentFirstName"`
	RespondentLastName    string              `json:"respondentLastName"`
	RespondentHome        Address             `json:"respondentHome,omitzero"`
	ProtectedPersons      []ProtectedPerson   `json:"protectedPersons,omitempty"` // in the sender's order
	AddressesConfidential bool                `json:"addressesConfidential,omitempty"`
	PickedUpAt            *time.Time          `json:"pickedUpAt,omitempty"`
	Outcome               terms.OrderOutcome  `json:"outcome,omitempty"`
	OutcomeReason         terms.OutcomeReason `json:"outcomeReason,omitempty"`
	StateFileNumber       string              `json:"stateFileNumber,omitempty"`
	NationalFileNumber    string              `json:"nationalFileNumber,omitempty"`
	SourceUpdatedAt       time.Time           `json:"sourceUpdatedAt,omitzero"`
}

// ProtectedPerson is whom an order protects. Confidential (C.G.S. §51-5c).
type ProtectedPerson struct {
	FirstName string  `json:"firstName"`
	LastName  string  `json:"lastName"`
	Home      Address `json:"home,omitzero"`
	Work      Address `json:"work,omitzero"`
}

// Address is an address as the registry wrote it. Its zero value is none.
type Address struct {
	Street string `json:"street,omitempty"`
	Town   string `json:"town,omitempty"` // often a postal place: see package reference
	State  string `json:"state,omitempty"`
	Zip    string `json:"zip,omitempty"`
}

// Canonical is the row as one line of the feed, always spelled the same way. It
// reads back as an equal row, so that a row which must wait can be kept.
func (d Daybook) Canonical() []byte {
	d.CreatedAt, d.SourceUpdatedAt = terms.Micro(d.CreatedAt), terms.Micro(d.SourceUpdatedAt)
	return canonical(d)
}

// Canonical is the row as one line of the feed, always spelled the same way. It
// reads back as an equal row, so that a row which must wait can be kept.
func (r Registry) Canonical() []byte {
	r.IssuedAt, r.HearingAt, r.PickedUpAt = micro(r.IssuedAt), micro(r.HearingAt), micro(r.PickedUpAt)
	r.SourceUpdatedAt = terms.Micro(r.SourceUpdatedAt)
	return canonical(r)
}

// Hash is the SHA-256, in hex, of the row's facts: two rows of one key with one
// hash say the same. When the source last touched the row is not among the
// facts; compare SourceUpdatedAt apart.
func (d Daybook) Hash() string {
	d.SourceUpdatedAt = time.Time{}
	return hash(d.Canonical())
}

// Hash is the SHA-256, in hex, of the row's facts: two rows of one key with one
// hash say the same. The order of the protected persons is not among the facts,
// nor when the source last touched the row; compare SourceUpdatedAt apart.
func (r Registry) Hash() string {
	r.SourceUpdatedAt = time.Time{}
	r.ProtectedPersons = slices.SortedFunc(slices.Values(r.ProtectedPersons), func(a, b ProtectedPerson) int {
		return cmp.Or(
			cmp.Compare(a.LastName, b.LastName), cmp.Compare(a.FirstName, b.FirstName),
			a.Home.compare(b.Home), a.Work.compare(b.Work),
		)
	})
	return hash(r.Canonical())
}

func (a Address) compare(b Address) int {
	return cmp.Or(
		cmp.Compare(a.Town, b.Town), cmp.Compare(a.Street, b.Street),
		cmp.Compare(a.State, b.State), cmp.Compare(a.Zip, b.Zip),
	)
}

func canonical(row any) []byte {
	b, err := json.Marshal(row)
	if err != nil {
		// Only a year beyond 9999 can fail, and the readers refuse it.
		panic(fmt.Errorf("canonical feed row: %w", err))
	}
	return b
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func micro(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	m := terms.Micro(*t)
	return &m
}
