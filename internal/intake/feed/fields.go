package feed

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/service-tracking/sts/internal/terms"
)

// The longest texts, in characters.
const (
	maxName    = 100
	maxStreet  = 200 // and town
	maxState   = 50
	maxZip     = 20 // also of other countries
	maxNumber  = 64 // of an order or a file record
	maxChamber = 100
)

var daybookFields = fields[Daybook]{
	required: []string{
		"docketNumber", "courtLocation", "respondentFirstName", "respondentLastName", "createdAt", "sourceUpdatedAt",
	},
	byPath: table(
		field[Daybook]{path: "courtLocation", set: func(d *Daybook, _ int, value string) error {
			d.CourtLocation = strings.ToUpper(value) // the caller's function knows the codes
			return nil
		}},
		docketField(func(d *Daybook) *terms.Docket { return &d.DocketNumber }),
		textField("respondentFirstName", maxName, func(d *Daybook, _ int) *string { return &d.RespondentFirstName }),
		textField("respondentLastName", maxName, func(d *Daybook, _ int) *string { return &d.RespondentLastName }),
		instantField("createdAt", func(d *Daybook, t time.Time) { d.CreatedAt = t }),
		instantField("sourceUpdatedAt", func(d *Daybook, t time.Time) { d.SourceUpdatedAt = t }),
	),
}

var registryFields = fields[Registry]{
	required: []string{"docketNumber", "orderKind", "respondentFirstName", "respondentLastName", "sourceUpdatedAt"},
	complete: completeRegistry,
	persons:  func(r *Registry) *[]ProtectedPerson { return &r.ProtectedPersons },
	byPath: table(slices.Concat(
		[]field[Registry]{
			docketField(func(r *Registry) *terms.Docket { return &r.DocketNumber }),
			textField("orderNumber", maxNumber, func(r *Registry, _ int) *string { return &r.OrderNumber }),
			enumField("orderKind", func(r *Registry) *terms.OrderKind { return &r.OrderKind },
				terms.ReliefFromAbuse, terms.CivilProtectionOrder),
			instantField("issuedAt", func(r *Registry, t time.Time) { r.IssuedAt = &t }),
			flagField("exParte", func(r *Registry) *bool { return &r.ExParte }),
			instantField("hearingAt", func(r *Registry, t time.Time) { r.HearingAt = &t }),
			textField("courtroom", maxChamber, func(r *Registry, _ int) *string { return &r.Courtroom }),
			{path: "expiresOn", set: func(r *Registry, _ int, value string) (err error) {
				r.ExpiresOn, err = terms.ParseDate(value)
				return err
			}},
			textField("respondentFirstName", maxName, func(r *Registry, _ int) *string { return &r.RespondentFirstName }),
			textField("respondentLastName", maxName, func(r *Registry, _ int) *string { return &r.RespondentLastName }),
			flagField("addressesConfidential", func(r *Registry) *bool { return &r.AddressesConfidential }),
			instantField("pickedUpAt", func(r *Registry, t time.Time) { r.PickedUpAt = &t }),
			enumField("outcome", func(r *Registry) *terms.OrderOutcome { return &r.Outcome },
				terms.OutcomeGranted, terms.OutcomeDenied, terms.OutcomeWithdrawn, terms.OutcomeDismissed, terms.OutcomeExpired),
			enumField("outcomeReason", func(r *Registry) *terms.OutcomeReason { return &r.OutcomeReason },
				terms.OutcomeNotServed, terms.OutcomeOther),
			textField("stateFileNumber", maxNumber, func(r *Registry, _ int) *string { return &r.StateFileNumber }),
			textField("nationalFileNumber", maxNumber, func(r *Registry, _ int) *string { return &r.NationalFileNumber }),
			instantField("sourceUpdatedAt", func(r *Registry, t time.Time) { r.SourceUpdatedAt = t }),

			{path: "protectedPersons", kind: list},
			{path: "protectedPersons.#", kind: object},
			textField("protectedPersons.#.firstName", maxName, func(r *Registry, i int) *string { return &r.person(i).FirstName }),
			textField("protectedPersons.#.lastName", maxName, func(r *Registry, i int) *string { return &r.person(i).LastName }),
		},
		addressFields("respondentHome", func(r *Registry, _ int) *Address { return &r.RespondentHome }),
		addressFields("protectedPersons.#.home", func(r *Registry, i int) *Address { return &r.person(i).Home }),
		addressFields("protectedPersons.#.work", func(r *Registry, i int) *Address { return &r.person(i).Work }),
	)...),
}

// person is the i-th protected person, who is added if need be.
func (r *Registry) person(i int) *ProtectedPerson {
	for len(r.ProtectedPersons) <= i {
		r.ProtectedPersons = append(r.ProtectedPersons, ProtectedPerson{})
	}
	return &r.ProtectedPersons[i]
}

// completeRegistry holds the rules of doc.go that bind fields together.
func completeRegistry(r *Registry, has func(string) bool) *RowError {
	switch {
	case !has("orderNumber") && !has("hearingAt"):
		return &RowError{Field: "hearingAt", Reason: "is missing: a row without orderNumber tells of a hearing"}
	case !has("orderNumber") && has("stateFileNumber"):
		return &RowError{Field: "stateFileNumber", Reason: "is a record of an order, but orderNumber is missing"}
	case !has("orderNumber") && has("nationalFileNumber"):
		return &RowError{Field: "nationalFileNumber", Reason: "is a record of an order, but orderNumber is missing"}
	case has("outcomeReason") && (!has("outcome") || r.Outcome == terms.OutcomeGranted):
		return &RowError{Field: "outcomeReason", Reason: "says why an order ended, but outcome does not say that it did"}
	}
	return nil
}

func table[T any](all ...field[T]) map[string]*field[T] {
	byPath := make(map[string]*field[T], len(all))
	for i := range all {
		byPath[all[i].path] = &all[i]
	}
	return byPath
}

func textField[T any](path string, most int, at func(row *T, slot int) *string) field[T] {
	return field[T]{path: path, set: func(row *T, slot int, value string) (err error) {
		*at(row, slot), err = keep(value, most)
		return err
	}}
}

func docketField[T any](at func(row *T) *terms.Docket) field[T] {
	return field[T]{path: "docketNumber", set: func(row *T, _ int, value string) (err error) {
		*at(row), err = terms.ParseDocket(value)
		return err
	}}
}

func instantField[T any](path string, set func(row *T, t time.Time)) field[T] {
	return field[T]{path: path, set: func(row *T, _ int, value string) error {
		t, err := terms.ParseInstant(value)
		set(row, t)
		return err
	}}
}

func flagField[T any](path string, at func(row *T) *bool) field[T] {
	return field[T]{path: path, kind: flag, set: func(row *T, _ int, value string) error {
		*at(row) = strings.EqualFold(value, "true") // spreadsheets write TRUE
		if !*at(row) && !strings.EqualFold(value, "false") {
			return errors.New(mustBe[flag])
		}
		return nil
	}}
}

func enumField[T any, E ~string](path string, at func(row *T) *E, values ...E) field[T] {
	return field[T]{path: path, set: func(row *T, _ int, value string) error {
		*at(row) = E(value)
		if !slices.Contains(values, E(value)) {
			return fmt.Errorf("must be one of %v", values)
		}
		return nil
	}}
}

func addressFields[T any](path string, at func(row *T, slot int) *Address) []field[T] {
	return []field[T]{
		{path: path, kind: object},
		textField(path+".street", maxStreet, func(row *T, i int) *string { return &at(row, i).Street }),
		textField(path+".town", maxStreet, func(row *T, i int) *string { return &at(row, i).Town }),
		textField(path+".state", maxState, func(row *T, i int) *string { return &at(row, i).State }),
		textField(path+".zip", maxZip, func(row *T, i int) *string { return &at(row, i).Zip }),
	}
}

// keep brings text to the form that is kept (package terms), or says why it
// cannot be kept.
func keep(value string, most int) (string, error) {
	value, err := terms.CleanText(value, most, false)
	if errors.Is(err, terms.ErrTooLong) {
		return "", fmt.Errorf("is longer than %d characters", most)
	}
	return value, err
}
