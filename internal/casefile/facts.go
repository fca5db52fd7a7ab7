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
	// Orders are the orders' versions in force, in the order of Rows.
	Orders []*ent.ProtectionOrder
	// Hearings are all versions, the one in force last.
	Hearings []*ent.Hearing
	// Respondent is the registry's spelling, nil if no row has come.
	Respondent *ent.Respondent
	// RespondentHomes, ProtectedPersons and Addresses are those of the rows in
	// force. Confidential.
	ProtectedPersons []*ent.ProtectedPerson
	Addresses        []*ent.Address
}

// newerRow orders rows by what the feed says of their age.
func newerRow(a, b *ent.RegistryRow) int {
	return cmp.Or(b.SourceUpdatedAt.Compare(a.SourceUpdatedAt), cmp.Compare(b.Sequence, a.Sequence))
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

// ReadFacts reads the facts in force. It needs a viewer that may see them.
func ReadFacts(ctx context.Context, c *ent.Client, id terms.ID) (*Facts, error) {
	all, err := c.RegistryRow.Query().Where(registryrow.CaseID(id)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the registry's rows: %w", err)
	}
	if len(all) == 0 {
		return &Facts{}, nil
	}
	f := &Facts{Rows: InForce(all)}
	ids := make([]terms.ID, len(f.Rows))
	for i, r := range f.Rows {
		ids[i] = r.ID
	}
	rank := func(row terms.ID) int { return slices.Index(ids, row) }
	if f.Orders, err = c.ProtectionOrder.Query().Where(protectionorder.RowIDIn(ids...)).All(ctx); err != nil {
		return nil, fmt.Errorf("reading orders: %w", err)
	}
	slices.SortFunc(f.Orders, func(a, b *ent.ProtectionOrder) int { return cmp.Compare(rank(a.RowID), rank(b.RowID)) })
	if f.Hearings, err = c.Hearing.Query().Where(hearing.CaseID(id)).All(ctx); err != nil {
		return nil, fmt.Errorf("reading hearings: %w", err)
	}
	slices.SortFunc(f.Hearings, func(a, b *ent.Hearing) int {
		return cmp.Or(a.SourceUpdatedAt.Compare(b.SourceUpdatedAt), a.RecordedAt.Compare(b.RecordedAt))
	})
	if f.Respondent, err = c.Respondent.Query().Where(respondent.RowID(ids[0])).Only(ctx); err != nil {
		return nil, fmt.Errorf("reading the respondent: %w", err)
	}
	if f.ProtectedPersons, err = c.ProtectedPerson.Query().Where(protectedperson.RowIDIn(ids...)).Order(protectedperson.ByID()).All(ctx); err != nil {
		return nil, fmt.Errorf("reading protected persons: %w", err)
	}
	if f.Addresses, err = c.Address.Query().Where(address.RowIDIn(ids...)).Order(address.ByID()).All(ctx); err != nil {
		return nil, fmt.Errorf("reading addresses: %w", err)
	}
	return f, nil
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

// Hearing is the hearing in force: that of the newest row. Nil if none is known.
func (f *Facts) Hearing() *ent.Hearing {
	if len(f.Hearings) == 0 {
		return nil
	}
	return f.Hearings[len(f.Hearings)-1]
}

// HearingSetAt is when the hearing in force was set: nil while the case has
// had no other date, since then every attempt counts.
func (f *Facts) HearingSetAt() *time.Time {
	now := f.Hearing()
	for i := len(f.Hearings) - 2; i >= 0; i-- {
		if !f.Hearings[i].ScheduledFor.Equal(now.ScheduledFor) {
			at := f.Hearings[i+1].RecordedAt
			return &at
		}
	}
	return nil
}

// hearingAtService is the hearing that a service is judged against: the one in
// force when it was executed, as the system knew it when the service was
// recorded; or, if none was known then, the first that came.
func (f *Facts) hearingAtService(service *ent.ServiceActivity) *ent.Hearing {
	known := slices.DeleteFunc(slices.Clone(f.Hearings), func(h *ent.Hearing) bool { return h.RecordedAt.After(service.RecordedAt) })
	if len(known) == 0 {
		return slices.MinFunc(f.Hearings, func(a, b *ent.Hearing) int { return a.RecordedAt.Compare(b.RecordedAt) })
	}
	judged := known[0]
	for _, h := range known[1:] {
		if !h.SourceUpdatedAt.After(service.OccurredAt) {
			judged = h
		}
	}
	return judged
}

// Activities reads what was recorded on the case, in case order.
func Activities(ctx context.Context, c *ent.Client, id terms.ID) ([]*ent.ServiceActivity, error) {
	list, err := c.ServiceActivity.Query().Where(serviceactivity.CaseID(id)).Order(serviceactivity.BySequence()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the case's activities: %w", err)
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
