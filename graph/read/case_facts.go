package read

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/address"
	"github.com/service-tracking/sts/ent/hearing"
	"github.com/service-tracking/sts/ent/protectedperson"
	"github.com/service-tracking/sts/ent/protectionorder"
	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/internal/terms"
)

// What the registry's feed brought about the cases. Each function sends one
// statement for all of them (two, where an address names its person).

var (
	hearingRows = from(func(c *ent.Client) *ent.HearingQuery { return c.Hearing.Query() })
	orderRows   = from(func(c *ent.Client) *ent.ProtectionOrderQuery { return c.ProtectionOrder.Query() })
	personRows  = from(func(c *ent.Client) *ent.ProtectedPersonQuery { return c.ProtectedPerson.Query() })
	addressRows = from(func(c *ent.Client) *ent.AddressQuery { return c.Address.Query() })
)

// facts reads the rows of the cases.
func facts[E any](ctx context.Context, w *walk, s source[E], cases []*model.RegistryCase, columns []string, mods ...mod) ([]*E, error) {
	among, err := in("case_id", idsOf(cases, caseID))
	if err != nil {
		return nil, err
	}
	rows, err := s.rows(ctx, w.client, columns, append(mods, among)...)
	if err != nil {
		return nil, fmt.Errorf("reading the facts of cases: %w", err)
	}
	return rows, nil
}

func caseByID(cases []*model.RegistryCase) map[terms.ID][]*model.RegistryCase {
	byID := make(map[terms.ID][]*model.RegistryCase, len(cases))
	for _, c := range cases {
		byID[c.ID] = append(byID[c.ID], c)
	}
	return byID
}

func caseHearings(ctx context.Context, w *walk, cases []*model.RegistryCase, _ asked) error {
	rows, err := facts(ctx, w, hearingRows, cases, []string{
		hearing.FieldCaseID, hearing.FieldCourtroom, hearing.FieldRecordedAt, hearing.FieldScheduledFor, hearing.FieldSourceUpdatedAt,
	})
	if err != nil {
		return err
	}
	byCase := map[terms.ID][]*ent.Hearing{}
	for _, row := range rows {
		byCase[row.CaseID] = append(byCase[row.CaseID], row)
	}
	for _, c := range cases {
		c.HearingHistory = hearingHistory(byCase[c.ID], c.Hearing())
	}
	return nil
}

// hearingHistory is every hearing that the versions name, the newest first; the
// one in force, if there is one, before all others.
func hearingHistory(versions []*ent.Hearing, inForce *model.Hearing) []*model.Hearing {
	slices.SortFunc(versions, func(a, b *ent.Hearing) int {
		return cmp.Or(b.SourceUpdatedAt.Compare(a.SourceUpdatedAt), b.RecordedAt.Compare(a.RecordedAt), cmp.Compare(b.ID, a.ID))
	})
	var past []*model.Hearing
	for _, v := range versions {
		past = append(past, &model.Hearing{ScheduledFor: v.ScheduledFor, Courtroom: words(v.Courtroom)})
	}
	same := func(a, b *model.Hearing) bool {
		return a.ScheduledFor.Equal(b.ScheduledFor) && terms.Value(a.Courtroom) == terms.Value(b.Courtroom)
	}
	// Each version of a row repeats the hearing that it leaves as it was.
	past = slices.CompactFunc(past, same)
	// The one in force is the newest, unless a newer one was taken away.
	if inForce != nil {
		if at := slices.IndexFunc(past, func(h *model.Hearing) bool { return same(h, inForce) }); at > 0 {
			past = slices.Insert(slices.Delete(past, at, at+1), 0, inForce)
		}
	}
	return slices.CompactFunc(past, same)
}

func caseOrders(ctx context.Context, w *walk, cases []*model.RegistryCase, a asked) error {
	needs := map[string]string{
		"number": protectionorder.FieldNumber, "kind": protectionorder.FieldKind, "exParte": protectionorder.FieldExParte,
		"issuedAt": protectionorder.FieldIssuedAt, "expiresOn": protectionorder.FieldExpiresOn, "pickedUpAt": protectionorder.FieldPickedUpAt,
		"outcome": protectionorder.FieldOutcome, "outcomeReason": protectionorder.FieldOutcomeReason,
	}
	columns := []string{protectionorder.FieldCaseID, protectionorder.FieldIssuedAt, protectionorder.FieldNumber}
	for _, field := range w.fields(a.sets(), nil) {
		column, ok := needs[field.name]
		if !ok && field.name != "__typename" {
			return unknownField("ProtectionOrder", field.name)
		}
		if ok && !slices.Contains(columns, column) {
			columns = append(columns, column)
		}
	}
	slices.Sort(columns)
	rows, err := facts(ctx, w, orderRows, cases, columns, inForce)
	if err != nil {
		return err
	}
	slices.SortFunc(rows, byIssue)
	byID := caseByID(cases)
	for _, row := range rows {
		for _, c := range byID[row.CaseID] {
			c.ProtectionOrders = append(c.ProtectionOrders, &model.ProtectionOrder{ProtectionOrder: row})
		}
	}
	return nil
}

// byIssue orders orders by when they were issued, those of which it is not
// known last.
func byIssue(a, b *ent.ProtectionOrder) int {
	number := cmp.Compare(a.Number, b.Number)
	switch {
	case a.IssuedAt == nil && b.IssuedAt == nil:
		return number
	case a.IssuedAt == nil:
		return 1
	case b.IssuedAt == nil:
		return -1
	}
	return cmp.Or(a.IssuedAt.Compare(*b.IssuedAt), number)
}

// One person or address stands in several rows where a case has several
// orders; each is shown once.

func caseProtectedPersons(ctx context.Context, w *walk, cases []*model.RegistryCase, _ asked) error {
	rows, err := facts(ctx, w, personRows, cases,
		[]string{protectedperson.FieldCaseID, protectedperson.FieldFirstName, protectedperson.FieldLastName},
		inForce, notEnded(terms.DateOf(w.now())))
	if err != nil {
		return err
	}
	slices.SortFunc(rows, func(a, b *ent.ProtectedPerson) int {
		return cmp.Or(cmp.Compare(a.LastName, b.LastName), cmp.Compare(a.FirstName, b.FirstName))
	})
	union := map[terms.ID][]*model.ProtectedPerson{}
	for _, row := range rows {
		p := model.ProtectedPerson{FirstName: row.FirstName, LastName: row.LastName}
		if !slices.ContainsFunc(union[row.CaseID], func(q *model.ProtectedPerson) bool { return *q == p }) {
			union[row.CaseID] = append(union[row.CaseID], &p)
		}
	}
	for _, c := range cases {
		c.ProtectedPersons = orEmpty(union[c.ID])
	}
	return nil
}

var addressColumns = []string{
	address.FieldCaseID, address.FieldProtectedPersonID, address.FieldReason, address.FieldState,
	address.FieldStreet, address.FieldTown, address.FieldZip,
}

func caseAddresses(ctx context.Context, w *walk, cases []*model.RegistryCase, a asked) error {
	rows, err := facts(ctx, w, addressRows, cases, addressColumns, inForce, notEnded(terms.DateOf(w.now())))
	if err != nil {
		return err
	}
	slices.SortFunc(rows, func(a, b *ent.Address) int { return cmp.Compare(a.ID, b.ID) })
	shown, err := w.addresses(ctx, rows, w.fields(a.sets(), nil).has("protectedPerson"))
	if err != nil {
		return err
	}
	union := map[terms.ID][]*model.Address{}
	for _, row := range rows {
		if !slices.ContainsFunc(union[row.CaseID], shown[row.ID].same) {
			union[row.CaseID] = append(union[row.CaseID], shown[row.ID].Address)
		}
	}
	for _, c := range cases {
		c.Addresses = orEmpty(union[c.ID])
	}
	return nil
}

// shownAddress is an address beside others of its case.
type shownAddress struct{ *model.Address }

func (a shownAddress) same(b *model.Address) bool {
	person := func(p *model.ProtectedPerson) model.ProtectedPerson { return terms.Value(p) }
	return a.Reason == b.Reason && a.Address.Address.Street == b.Address.Street && a.Address.Address.Town == b.Address.Town &&
		a.Address.Address.Zip == b.Address.Zip && a.Address.Address.State == b.Address.State &&
		(a.ProtectedPersonID == nil) == (b.ProtectedPersonID == nil) && person(a.ProtectedPerson) == person(b.ProtectedPerson)
}

// addresses are the rows as they are shown, with their persons if asked.
func (w *walk) addresses(ctx context.Context, rows []*ent.Address, withPersons bool) (map[terms.ID]shownAddress, error) {
	people := map[terms.ID]*model.ProtectedPerson{}
	ids := idsOf(rows, func(a *ent.Address) terms.ID { return terms.Value(a.ProtectedPersonID) })
	if withPersons && len(ids) > 0 {
		among, err := in("id", ids)
		if err != nil {
			return nil, err
		}
		found, err := personRows.rows(ctx, w.client, []string{protectedperson.FieldFirstName, protectedperson.FieldLastName}, among)
		if err != nil {
			return nil, fmt.Errorf("reading whose addresses they are: %w", err)
		}
		for _, p := range found {
			people[p.ID] = &model.ProtectedPerson{FirstName: p.FirstName, LastName: p.LastName}
		}
	}
	shown := make(map[terms.ID]shownAddress, len(rows))
	for _, row := range rows {
		shown[row.ID] = shownAddress{&model.Address{Address: row, ProtectedPerson: people[terms.Value(row.ProtectedPersonID)]}}
	}
	return shown, nil
}

// orEmpty is the list of one who may see it: never null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// words is a column whose empty string means that nothing is known.
func words(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
