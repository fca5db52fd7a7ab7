package registry

import (
	"context"
	"fmt"
	"slices"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/address"
	"github.com/service-tracking/sts/ent/agencyassignment"
	"github.com/service-tracking/sts/ent/lawenforcementagency"
	"github.com/service-tracking/sts/ent/unroutedaddress"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/lawenforcement"
	"github.com/service-tracking/sts/internal/terms"
)

// Assignment says which agency is to be told because of an address that leads
// nowhere, and why it is that one.
type Assignment struct {
	UnroutedAddress terms.ID
	Agency          terms.ID
	Reason          string
}

// Assigned is what was assigned, or why it was not.
type Assigned struct {
	Assignment *ent.AgencyAssignment
	Refusal    *Refusal
}

// AssignAgency decides who is told because of an address that leads to no
// agency, or of a case without any address (§3(d)). It holds in this case, now
// and for every later version of the address that names the same place; several
// agencies can be assigned to one place. What was served before is told at once,
// as long as an order is in force or a hearing lies ahead; later than that
// nobody is told, and the address is only off the board.
func (d *Desk) AssignAgency(ctx context.Context, v *access.Viewer, in Assignment) (Assigned, error) {
	ctx, err := system(ctx, v, typed{in.UnroutedAddress, terms.UnroutedPrefix}, typed{in.Agency, terms.AgencyPrefix})
	if err != nil {
		return Assigned{}, err
	}
	reason, refusal := reasonIn("reason", in.Reason, true)
	if refusal != nil {
		return Assigned{Refusal: refusal}, nil
	}
	in.Reason = reason
	work, err := d.Store.Client.UnroutedAddress.Get(ctx, in.UnroutedAddress)
	if ent.IsNotFound(err) {
		return Assigned{Refusal: refuse(UnroutedAddressNotFound, "There is no such address to be routed. Read the case's unroutedAddresses again.", "unroutedAddressId")}, nil
	}
	if err != nil {
		return Assigned{}, fmt.Errorf("looking for the unrouted address: %w", err)
	}
	var made *ent.AgencyAssignment
	refusal, err = d.onCase(ctx, work.CaseID, func(ctx context.Context, tx *ent.Tx, c *casefile.Locked) (changed bool, err error) {
		made, changed, err = d.assign(ctx, tx, c, v, in)
		return changed, err
	})
	switch {
	case err != nil:
		return Assigned{}, fmt.Errorf("assigning an agency: %w", err)
	case refusal != nil:
		return Assigned{Refusal: refusal}, nil
	}
	return Assigned{Assignment: made.Unwrap()}, nil
}

func (d *Desk) assign(ctx context.Context, tx *ent.Tx, c *casefile.Locked, v *access.Viewer, in Assignment) (*ent.AgencyAssignment, bool, error) {
	known, err := tx.LawEnforcementAgency.Query().Where(lawenforcementagency.ID(in.Agency)).Exist(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("looking for the agency: %w", err)
	}
	if !known {
		return nil, false, refused{refuse(AgencyNotFound, noAgency, "agencyId")}
	}
	place, open, err := d.place(ctx, tx, in.UnroutedAddress)
	if err != nil {
		return nil, false, err
	}
	before, err := tx.AgencyAssignment.Query().Where(agencyassignment.CaseID(c.ID),
		agencyassignment.Reason(string(place.Reason)), agencyassignment.PlaceKey(place.Key)).All(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("reading what was assigned before: %w", err)
	}
	if i := slices.IndexFunc(before, func(a *ent.AgencyAssignment) bool { return a.AgencyID == in.Agency }); i >= 0 {
		return before[i], false, nil
	}
	if !open && len(before) == 0 {
		return nil, false, refused{refuse(NotPossibleNow, "This address has found its way meanwhile, or is no longer on file: nothing is left to assign. Read the case's unroutedAddresses again.", "unroutedAddressId")}
	}
	made, err := tx.AgencyAssignment.Create().SetCaseID(c.ID).SetReason(string(place.Reason)).SetPlaceKey(place.Key).
		SetAgencyID(in.Agency).SetAccountID(v.Account).SetAssignedByName(v.DisplayName).SetWhy(in.Reason).SetAssignedAt(c.Now).Save(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("writing the assignment: %w", err)
	}
	if err := d.tell(ctx, tx, c); err != nil {
		return nil, false, err
	}
	if err := d.resolve(ctx, tx, c, place); err != nil {
		return nil, false, err
	}
	return made, true, journal.Append(ctx, tx, journal.Entry{
		Kind: terms.AgencyAssigned, Case: c.ID, Sequence: c.Sequence, About: made.ID,
		Account: v.Account, Actor: v.DisplayName, At: c.Now,
		Facts: struct {
			Agency terms.ID `json:"agency"`
			Why    string   `json:"why"`
		}{in.Agency, in.Reason},
	})
}

// place is where the unrouted address lies, and whether it is still to be
// routed.
func (d *Desk) place(ctx context.Context, tx *ent.Tx, id terms.ID) (lawenforcement.Place, bool, error) {
	work, err := tx.UnroutedAddress.Get(ctx, id)
	if err != nil {
		return lawenforcement.Place{}, false, fmt.Errorf("reading the unrouted address: %w", err)
	}
	open := work.ResolvedAt == nil
	if work.AddressKey == "" {
		return lawenforcement.Place{}, open, nil
	}
	a, err := tx.Address.Get(ctx, terms.ID(work.AddressKey))
	if err != nil {
		return lawenforcement.Place{}, false, fmt.Errorf("reading the address that is to be routed: %w", err)
	}
	return d.Planner.Routing.PlaceOf(a), open, nil
}

// tell plans anew for what was served before.
func (d *Desk) tell(ctx context.Context, tx *ent.Tx, c *casefile.Locked) error {
	facts, all, err := read(ctx, tx, c)
	if err != nil {
		return err
	}
	return d.Planner.Again(ctx, tx, c, facts, all)
}

// resolve takes the place off the board: of activities that stand no more, too,
// and where nobody is told any more.
func (d *Desk) resolve(ctx context.Context, tx *ent.Tx, c *casefile.Locked, place lawenforcement.Place) error {
	open, err := tx.UnroutedAddress.Query().Where(unroutedaddress.CaseID(c.ID), unroutedaddress.ResolvedAtIsNil()).All(ctx)
	if err != nil {
		return fmt.Errorf("reading what is to be routed: %w", err)
	}
	addresses, err := tx.Address.Query().Where(address.CaseID(c.ID)).All(ctx)
	if err != nil {
		return fmt.Errorf("reading addresses: %w", err)
	}
	there := map[string]lawenforcement.Place{"": {}}
	for _, a := range addresses {
		there[string(a.ID)] = d.Planner.Routing.PlaceOf(a)
	}
	var done []terms.ID
	for _, u := range open {
		if at, known := there[u.AddressKey]; known && at == place {
			done = append(done, u.ID)
		}
	}
	if len(done) == 0 {
		return nil
	}
	if err := tx.UnroutedAddress.Update().Where(unroutedaddress.IDIn(done...)).SetResolvedAt(c.Now).Exec(ctx); err != nil {
		return fmt.Errorf("closing what has been routed: %w", err)
	}
	return nil
}
