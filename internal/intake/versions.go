package intake

import (
	"context"
	"fmt"
	"slices"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/terms"
)

// insert writes the rows and what they bring, and answers it in their order.
func (g *versions) insert(ctx context.Context) ([]casefile.Brought, error) {
	var (
		tx          = g.tx
		rows        []*ent.RegistryRowCreate
		orders      []*ent.ProtectionOrderCreate
		hearings    []*ent.HearingCreate
		respondents []*ent.RespondentCreate
		persons     []*ent.ProtectedPersonCreate
		addresses   []*ent.AddressCreate
	)
	for _, r := range g.rows {
		f := r.facts
		rows = append(rows, tx.RegistryRow.Create().SetID(r.id).SetCaseID(r.c.ID).SetOrderNumber(f.OrderNumber).
			SetSourceUpdatedAt(f.SourceUpdatedAt).SetRecordedAt(r.c.Now).SetSequence(r.c.Sequence).SetRecordID(r.record).
			SetContentSha256(r.hash).SetOrderKind(f.OrderKind).SetAddressesConfidential(f.AddressesConfidential))
		respondents = append(respondents, tx.Respondent.Create().SetCaseID(r.c.ID).SetRowID(r.id).
			SetFirstName(f.RespondentFirstName).SetLastName(f.RespondentLastName))
		if f.OrderNumber != "" {
			orders = append(orders, g.order(r))
		}
		if f.HearingAt != nil {
			hearings = append(hearings, tx.Hearing.Create().SetCaseID(r.c.ID).SetRowID(r.id).SetScheduledFor(*f.HearingAt).
				SetCourtroom(f.Courtroom).SetSourceUpdatedAt(f.SourceUpdatedAt).SetRecordedAt(r.c.Now))
		}
		address := func(reason terms.NoticeReason, person *terms.ID, a feed.Address) {
			if a != (feed.Address{}) {
				addresses = append(addresses, tx.Address.Create().SetCaseID(r.c.ID).SetRowID(r.id).SetReason(reason).
					SetNillableProtectedPersonID(person).SetStreet(a.Street).SetTown(a.Town).SetState(a.State).SetZip(a.Zip))
			}
		}
		address(terms.RespondentHome, nil, f.RespondentHome)
		for _, p := range f.ProtectedPersons {
			id := terms.NewID(terms.ProtectedPersonPrefix)
			persons = append(persons, tx.ProtectedPerson.Create().SetID(id).SetCaseID(r.c.ID).SetRowID(r.id).
				SetFirstName(p.FirstName).SetLastName(p.LastName))
			address(terms.ProtectedPersonHome, &id, p.Home)
			address(terms.ProtectedPersonWork, &id, p.Work)
		}
	}
	brought := map[terms.ID]*casefile.Brought{}
	for _, insert := range []func() error{
		func() error {
			return bulk(ctx, "rows", rows, tx.RegistryRow.CreateBulk, func(r *ent.RegistryRow) { brought[r.ID] = &casefile.Brought{Row: r} })
		},
		func() error {
			return bulk(ctx, "respondents", respondents, tx.Respondent.CreateBulk, func(r *ent.Respondent) { brought[r.RowID].Respondent = r })
		},
		func() error {
			return bulk(ctx, "orders", orders, tx.ProtectionOrder.CreateBulk, func(o *ent.ProtectionOrder) { brought[o.RowID].Order = o })
		},
		func() error {
			return bulk(ctx, "hearings", hearings, tx.Hearing.CreateBulk, func(h *ent.Hearing) { brought[h.RowID].Hearing = h })
		},
		func() error {
			return bulk(ctx, "protected persons", persons, tx.ProtectedPerson.CreateBulk, func(p *ent.ProtectedPerson) {
				brought[p.RowID].ProtectedPersons = append(brought[p.RowID].ProtectedPersons, p)
			})
		},
		func() error {
			return bulk(ctx, "addresses", addresses, tx.Address.CreateBulk, func(a *ent.Address) {
				brought[a.RowID].Addresses = append(brought[a.RowID].Addresses, a)
			})
		},
	} {
		if err := insert(); err != nil {
			return nil, err
		}
	}
	all := make([]casefile.Brought, len(g.rows))
	for n, r := range g.rows {
		all[n] = *brought[r.id]
	}
	return all, nil
}

// perStatement keeps a statement below the 32,766 values that SQLite takes.
const perStatement = 1000

// bulk inserts what the registry brought into one table, and shows each row.
func bulk[C, N any, S interface {
	Save(context.Context) ([]N, error)
}](ctx context.Context, what string, creates []C, of func(...C) S, inserted func(N)) error {
	for chunk := range slices.Chunk(creates, perStatement) {
		nodes, err := of(chunk...).Save(ctx)
		if err != nil {
			return fmt.Errorf("inserting the registry's %s: %w", what, err)
		}
		for _, n := range nodes {
			inserted(n)
		}
	}
	return nil
}

func (g *versions) order(r newRow) *ent.ProtectionOrderCreate {
	f := r.facts
	o := g.tx.ProtectionOrder.Create().SetCaseID(r.c.ID).SetRowID(r.id).SetNumber(f.OrderNumber).SetKind(f.OrderKind).
		SetNillableIssuedAt(f.IssuedAt).SetExParte(f.ExParte).SetNillablePickedUpAt(f.PickedUpAt).
		SetStateFileNumber(f.StateFileNumber).SetNationalFileNumber(f.NationalFileNumber)
	if f.ExpiresOn != "" {
		o.SetExpiresOn(f.ExpiresOn)
	}
	if f.Outcome != "" {
		o.SetOutcome(f.Outcome)
	}
	if f.OutcomeReason != "" {
		o.SetOutcomeReason(f.OutcomeReason)
	}
	return o
}
