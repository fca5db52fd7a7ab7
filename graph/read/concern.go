package read

import (
	"context"
	"fmt"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/caselookup"
	"github.com/service-tracking/sts/ent/registrycase"
	"github.com/service-tracking/sts/ent/serviceactivity"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/terms"
)

// Concern says whom something that happened on a case may concern, so that ten
// thousand streams need not ask the database one by one. It only ever rules
// viewers out: what is sent is read under the viewer's own scope.
type Concern struct {
	// Court is the code of the case's court location.
	Court string
	// Activity is the activity that it is about; nil if it is about none.
	// Activities never change.
	Activity *ent.ServiceActivity

	officers map[terms.ID]bool
	accounts map[terms.ID]bool
}

// Concern reads it for the case, and for the activity if the id is one's. It is
// a reading of the journal's kind: in the system's name, and shown to nobody.
func (r *Reader) Concern(ctx context.Context, kase, about terms.ID) (*Concern, error) {
	ctx = access.As(ctx, "live")
	c := &Concern{officers: map[terms.ID]bool{}, accounts: map[terms.ID]bool{}}
	row, err := r.client.RegistryCase.Query().Where(registrycase.ID(kase)).
		Select(registrycase.FieldCourtCode, registrycase.FieldHolderOfficerID).Only(ctx)
	if ent.IsNotFound(err) {
		return c, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading which case an event is about: %w", err)
	}
	c.Court = row.CourtCode
	c.officers[terms.Value(row.HolderOfficerID)] = true
	activities, err := r.client.ServiceActivity.Query().Where(serviceactivity.CaseID(kase)).
		Select(serviceactivity.FieldKind, serviceactivity.FieldOfficerID, serviceactivity.FieldRecordedLate, serviceactivity.FieldToOfficerID).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading whom an event concerns: %w", err)
	}
	for _, a := range activities {
		c.officers[a.OfficerID] = true
		c.officers[terms.Value(a.ToOfficerID)] = true
		if a.ID == about {
			c.Activity = a
		}
	}
	lookUps, err := r.client.CaseLookUp.Query().
		Where(caselookup.CaseID(kase), caselookup.LookedUpAtGTE(r.clock().Add(-access.LookUpOpens))).
		Select(caselookup.FieldAccountID).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading who looked up the case of an event: %w", err)
	}
	for _, l := range lookUps {
		c.accounts[l.AccountID] = true
	}
	return c, nil
}

// Of tells whether it may concern the viewer. It mirrors the scope of cases in
// package access and must never be narrower.
func (c *Concern) Of(v *access.Viewer) bool {
	if v.SeesEveryCase() {
		return true
	}
	if v.Is(terms.RoleCourtStaff) {
		for _, code := range v.Courts {
			if code == c.Court {
				return true
			}
		}
	}
	return v.Is(terms.RoleOfficer) && (v.Officer != "" && c.officers[v.Officer] || c.accounts[v.Account])
}
