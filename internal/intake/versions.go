package intake

import (
	"context"
	"fmt"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/terms"
)

// insert writes the rows and what they bring, each table in one statement.
func (g *versions) insert(ctx context.Context) error {
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
	for _, step := range []struct {
		what string
		exec func(context.Context) error
	}{
		{"rows", tx.RegistryRow.CreateBulk(rows...).Exec},
		{"respondents", tx.Respondent.CreateBulk(respondents...).Exec},
		{"orders", tx.ProtectionOrder.CreateBulk(orders...).Exec},
		{"hearings", tx.Hearing.CreateBulk(hearings...).Exec},
		{"protected persons", tx.ProtectedPerson.CreateBulk(persons...).Exec},
		{"addresses", tx.Address.CreateBulk(addresses...).Exec},
	} {
		if err := step.exec(ctx); err != nil {
			return fmt.Errorf("inserting the registry's %s: %w", step.what, err)
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
