package casefile

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/address"
	"github.com/service-tracking/sts/ent/hearing"
	"github.com/service-tracking/sts/ent/protectedperson"
	"github.com/service-tracking/sts/ent/protectionorder"
	"github.com/service-tracking/sts/ent/registryrow"
	"github.com/service-tracking/sts/ent/respondent"
	"github.com/service-tracking/sts/ent/serviceactivity"
	"github.com/service-tracking/sts/internal/terms"
)

// Facts are what the registry's feed has brought about one case: of each key
// (an order, or the hearing without one) the version in force.
type Facts struct {
	// Rows are the rows in force, the newest by sourceUpdatedAt first.
	Rows []*ent.RegistryRow
	// Versions are all rows, in the order in which they came.
	Versions []*ent.RegistryRow
	// Orders are the orders' versions in force, in the order of Rows.
	Orders []*ent.ProtectionOrder
	// Hearings are all versions, the oldest by sourceUpdatedAt first. See
	// [Facts.Hearing] for the one in force.
	Hearings []*ent.Hearing
	// Respondent is the registry's spelling, nil if no row has come.
	Respondent *ent.Respondent
	// ProtectedPersons and Addresses are those of the rows in
	// force. Confidential.
	ProtectedPersons []*ent.ProtectedPerson
	Addresses        []*ent.Address
}

// newerRow orders rows by what the feed says of their age; of two equally old
// ones the one that came last is newer.
func newerRow(a, b *ent.RegistryRow) int {
	return cmp.Or(b.SourceUpdatedAt.Compare(a.SourceUpdatedAt), cmp.Compare(b.Sequence, a.Sequence), cmp.Compare(b.ID, a.ID))
}

// InForce picks the newest row of each key, the newest of all first.
func InForce(rows []*ent.RegistryRow) []*ent.RegistryRow {
	rows = slices.SortedFunc(slices.Values(rows), newerRow)
	seen := map[string]bool{}
	return slices.DeleteFunc(rows, func(r *ent.RegistryRow) bool {
		old := seen[r.OrderNumber]
		seen[r.OrderNumber] = true
		return old
	})
}

// ReadFacts reads the facts in force of one case. It needs a viewer that may
// see them.
func ReadFacts(ctx context.Context, c *ent.Client, id terms.ID) (*Facts, error) {
	all, err := ReadFactsOf(ctx, c, []terms.ID{id})
	if err != nil {
		return nil, err
	}
	return all[id], nil
}

// ReadFactsOf reads the facts in force of many cases in a fixed number of
// statements.
func ReadFactsOf(ctx context.Context, c *ent.Client, ids []terms.ID) (map[terms.ID]*Facts, error) {
	facts := make(map[terms.ID]*Facts, len(ids))
	for _, id := range ids {
		facts[id] = &Facts{}
	}
	all, err := c.RegistryRow.Query().Where(registryrow.CaseIDIn(ids...)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the registry's rows: %w", err)
	}
	if len(all) == 0 {
		return facts, nil
	}
	byCase := map[terms.ID][]*ent.RegistryRow{}
	for _, r := range all {
		byCase[r.CaseID] = append(byCase[r.CaseID], r)
	}
	rank := map[terms.ID]int{} // of the rows in force
	for id, f := range facts {
		f.Rows, f.Versions = InForce(byCase[id]), byCase[id]
		for i, r := range f.Rows {
			rank[r.ID] = i
		}
	}
	inForce := func(row terms.ID) bool { _, ok := rank[row]; return ok }
	hearings, err := c.Hearing.Query().Where(hearing.CaseIDIn(ids...)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading hearings: %w", err)
	}
	for _, h := range hearings {
		facts[h.CaseID].Hearings = append(facts[h.CaseID].Hearings, h)
	}
	// By case, not by row: one index serves every reader of these tables.
	orders, err := c.ProtectionOrder.Query().Where(protectionorder.CaseIDIn(ids...)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading orders: %w", err)
	}
	for _, o := range orders {
		if f := facts[o.CaseID]; inForce(o.RowID) {
			f.Orders = append(f.Orders, o)
		}
	}
	respondents, err := c.Respondent.Query().Where(respondent.CaseIDIn(ids...)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading respondents: %w", err)
	}
	for _, r := range respondents {
		if inForce(r.RowID) && rank[r.RowID] == 0 { // of the newest row
			facts[r.CaseID].Respondent = r
		}
	}
	persons, err := c.ProtectedPerson.Query().Where(protectedperson.CaseIDIn(ids...)).Order(protectedperson.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading protected persons: %w", err)
	}
	for _, p := range persons {
		if f := facts[p.CaseID]; inForce(p.RowID) {
			f.ProtectedPersons = append(f.ProtectedPersons, p)
		}
	}
	addresses, err := c.Address.Query().Where(address.CaseIDIn(ids...)).Order(address.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading addresses: %w", err)
	}
	for _, a := range addresses {
		if f := facts[a.CaseID]; inForce(a.RowID) {
			f.Addresses = append(f.Addresses, a)
		}
	}
	for _, f := range facts {
		f.sort()
	}
	return facts, nil
}

// Brought is what one accepted row of the registry brings: one version.
type Brought struct {
	Row              *ent.RegistryRow
	Order            *ent.ProtectionOrder // nil for a hearing without one
	Hearing          *ent.Hearing         // nil if the row names none
	Respondent       *ent.Respondent
	ProtectedPersons []*ent.ProtectedPerson
	Addresses        []*ent.Address
}

// With are the facts after the row has come, as [ReadFacts] would read them:
// whoever has just written the row need not read it again. The row must be the
// newest of its key.
func (f *Facts) With(b Brought) *Facts {
	gone := func(row terms.ID) bool {
		return slices.ContainsFunc(f.Rows, func(r *ent.RegistryRow) bool { return r.ID == row && r.OrderNumber == b.Row.OrderNumber })
	}
	g := &Facts{
		Rows:             InForce(append(slices.Clone(f.Rows), b.Row)),
		Versions:         append(slices.Clone(f.Versions), b.Row),
		Orders:           slices.DeleteFunc(slices.Clone(f.Orders), func(o *ent.ProtectionOrder) bool { return gone(o.RowID) }),
		Hearings:         slices.Clone(f.Hearings),
		Respondent:       f.Respondent,
		ProtectedPersons: slices.DeleteFunc(slices.Clone(f.ProtectedPersons), func(p *ent.ProtectedPerson) bool { return gone(p.RowID) }),
		Addresses:        slices.DeleteFunc(slices.Clone(f.Addresses), func(a *ent.Address) bool { return gone(a.RowID) }),
	}
	if b.Order != nil {
		g.Orders = append(g.Orders, b.Order)
	}
	if b.Hearing != nil {
		g.Hearings = append(g.Hearings, b.Hearing)
	}
	if g.Rows[0] == b.Row {
		g.Respondent = b.Respondent
	}
	g.ProtectedPersons = append(g.ProtectedPersons, b.ProtectedPersons...)
	g.Addresses = append(g.Addresses, b.Addresses...)
	g.sort()
	return g
}

// sort brings orders into the order of the rows, and the rest into that of time.
func (f *Facts) sort() {
	rank := make(map[terms.ID]int, len(f.Rows))
	for i, r := range f.Rows {
		rank[r.ID] = i
	}
	slices.SortFunc(f.Orders, func(a, b *ent.ProtectionOrder) int { return cmp.Compare(rank[a.RowID], rank[b.RowID]) })
	slices.SortFunc(f.Hearings, olderHearing)
	slices.SortFunc(f.Versions, cameBefore)
}

// cameBefore orders rows by when they came here; those of one transaction have
// one sequence.
func cameBefore(a, b *ent.RegistryRow) int {
	return cmp.Or(cmp.Compare(a.Sequence, b.Sequence), cmp.Compare(a.ID, b.ID))
}

// olderHearing orders hearings by what the feed says of their age; of two
// equally old ones the one recorded first comes first.
func olderHearing(a, b *ent.Hearing) int {
	return cmp.Or(a.SourceUpdatedAt.Compare(b.SourceUpdatedAt), a.RecordedAt.Compare(b.RecordedAt), cmp.Compare(a.ID, b.ID))
}

// Order answers the version in force of the order with the number.
func (f *Facts) Order(number string) *ent.ProtectionOrder {
	for _, o := range f.Orders {
		if o.Number == number {
			return o
		}
	}
	return nil
}

// Ended tells whether the order is no longer in force on the day.
func Ended(o *ent.ProtectionOrder, on terms.Date) bool {
	if o.Outcome != nil && *o.Outcome != terms.OutcomeGranted {
		return true
	}
	return o.ExpiresOn != nil && *o.ExpiresOn < on
}

// ActiveOrders are the orders not ended on the court day of the instant. Only
// they have a record in the order files.
func (f *Facts) ActiveOrders(at time.Time) []*ent.ProtectionOrder {
	today := terms.DateOf(at)
	return slices.DeleteFunc(slices.Clone(f.Orders), func(o *ent.ProtectionOrder) bool { return Ended(o, today) })
}

// Protected are the addresses to tell agencies of: of each row whose order has
// not ended, the respondent's home and the protected persons' home and work.
func (f *Facts) Protected(at time.Time) []*ent.Address {
	today := terms.DateOf(at)
	over := map[terms.ID]bool{}
	for _, o := range f.Orders {
		over[o.RowID] = Ended(o, today)
	}
	return slices.DeleteFunc(slices.Clone(f.Addresses), func(a *ent.Address) bool { return over[a.RowID] })
}

// Hearing is the hearing in force: that of the newest row in force that names
// one. A row is a whole statement, so a newer version without a hearing takes
// it away. Nil if none is known.
func (f *Facts) Hearing() *ent.Hearing { return f.hearingOf(f.Rows) }

// hearingOf is the hearing of the first of the rows that names one.
func (f *Facts) hearingOf(rows []*ent.RegistryRow) *ent.Hearing {
	for _, r := range rows {
		for _, h := range f.Hearings {
			if h.RowID == r.ID {
				return h
			}
		}
	}
	return nil
}

// HearingSetAt is when the hearing in force was set: when, after another date
// had been in force, this one came into force. Nil while the case has had no
// other date, since then every attempt counts.
func (f *Facts) HearingSetAt() *time.Time {
	var current *ent.Hearing
	var setAt *time.Time
	for n, row := range f.Versions {
		if n+1 < len(f.Versions) && f.Versions[n+1].Sequence == row.Sequence {
			continue // what stood between two rows of one transaction was never in force
		}
		h := f.hearingOf(InForce(f.Versions[:n+1]))
		if h == nil {
			continue
		}
		if current != nil && !current.ScheduledFor.Equal(h.ScheduledFor) {
			setAt = &row.RecordedAt
		}
		current = h
	}
	return setAt
}

// hearingAtService is the hearing that a service is judged against: the one in
// force when it was executed, as far as the system knew at the time given; or,
// if none was in force then, the first that came after. Nil until it comes.
func (f *Facts) hearingAtService(executed, judgedAt time.Time) *ent.Hearing {
	var then []*ent.RegistryRow
	for _, r := range f.Versions {
		if !r.RecordedAt.After(judgedAt) && !r.SourceUpdatedAt.After(executed) {
			then = append(then, r)
		}
	}
	if h := f.hearingOf(InForce(then)); h != nil {
		return h
	}
	var later *ent.Hearing
	for _, h := range f.Hearings { // the oldest first
		switch {
		case h.RecordedAt.After(judgedAt):
			if later == nil || h.RecordedAt.Before(later.RecordedAt) {
				later = h
			}
		case h.SourceUpdatedAt.After(executed):
			return h
		}
	}
	return later
}

// Activities reads what was recorded on the cases, in case order.
func Activities(ctx context.Context, c *ent.Client, ids ...terms.ID) ([]*ent.ServiceActivity, error) {
	list, err := c.ServiceActivity.Query().Where(serviceactivity.CaseIDIn(ids...)).
		Order(serviceactivity.ByCaseID(), serviceactivity.BySequence()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading activities: %w", err)
	}
	return list, nil
}

// Standing are the activities that stand: what was corrected or withdrawn is
// left out, and a correction stands in the place of what it corrects.
func Standing(all []*ent.ServiceActivity) []*ent.ServiceActivity {
	place := make(map[terms.ID]int, len(all))
	standing := make([]*ent.ServiceActivity, len(all))
	for i, a := range all {
		at := i
		if a.CorrectsID != nil {
			if original, ok := place[*a.CorrectsID]; ok {
				at = original
			}
		}
		place[a.ID] = at
		standing[i] = nil
		if standing[at] = a; a.Kind == terms.KindWithdrawal {
			standing[at] = nil
		}
	}
	return slices.DeleteFunc(standing, func(a *ent.ServiceActivity) bool { return a == nil })
}

// judgedAt is when it was judged whether the service was in time: when it was
// recorded, or when its time was last corrected. A correction of anything else
// is no new judgement.
func judgedAt(service *ent.ServiceActivity, all []*ent.ServiceActivity) time.Time {
	byID := make(map[terms.ID]*ent.ServiceActivity, len(all))
	for _, a := range all {
		byID[a.ID] = a
	}
	at := service
	for at.CorrectsID != nil {
		before := byID[*at.CorrectsID]
		if before == nil || before.Kind != terms.KindService || !before.OccurredAt.Equal(service.OccurredAt) {
			break
		}
		at = before
	}
	return at.RecordedAt
}
