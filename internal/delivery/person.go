package delivery

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/deliverydecision"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/terms"
)

// Around is what counts, beside a delivery's own state, when a person decides
// about it.
type Around struct {
	// Lane is, for an update of a file, the updates of the record in the state
	// file, oldest first.
	Lane []*ent.Delivery
	// ByPerson: it is CONFIRMED because a person said so.
	ByPerson bool
	// Replaced: a notice of a correction or a withdrawal names it.
	Replaced bool
}

// Hindrance is why what a person wants cannot be done with a delivery now.
type Hindrance string

// The hindrances.
const (
	NotHindered Hindrance = ""
	// HinderedByState: in its state there is nothing of the kind to do.
	HinderedByState Hindrance = "STATE"
	// HinderedByNewer: a newer update of the same record has been planned and
	// does not wait, or a newer notice names this one; to send it again could
	// undo the newer (§3(d), (e)).
	HinderedByNewer Hindrance = "NEWER_UPDATE"
	// HinderedByStateFile: nobody will tell the state file, so its switch has
	// nothing to forward to the national one (§3(f)).
	HinderedByStateFile Hindrance = "STATE_FILE"
)

// Hinders tells whether a person's event can happen to the delivery. The
// machine says what is possible in a state at all. Beyond it, what the other
// side confirmed is not sent again; what a person confirmed can be retried, for
// he may have been mistaken, and be confirmed anew once it is disputed.
func Hinders(d *ent.Delivery, event Event, a Around) Hindrance {
	if _, err := Next(d.State, event); err != nil {
		return HinderedByState
	}
	if d.State == terms.Confirmed && (event == PersonRetries && !a.ByPerson || event == PersonConfirms && !Disputed(d)) {
		return HinderedByState
	}
	if event != PersonRetries {
		return NotHindered
	}
	switch d.RecipientKind {
	case terms.ToAgency:
		if a.Replaced {
			return HinderedByNewer
		}
	case terms.ToStateFile:
		if lane(a.Lane).overtook(d) {
			return HinderedByNewer
		}
	case terms.ToNationalFile:
		state := lane(a.Lane).of(d)
		switch {
		case state == nil, state.State == terms.Failed, state.State == terms.Abandoned, state.State == terms.Superseded:
			return HinderedByStateFile
		case lane(a.Lane).overtook(state):
			return HinderedByNewer
		}
	}
	return NotHindered
}

// Disputed tells whether the other side refused it after a person had confirmed
// it, and nobody has looked since. Such a row waits for a person.
func Disputed(d *ent.Delivery) bool { return d.State == terms.Confirmed && d.NextAt.Equal(Parked) }

// of is the update of the state file that goes with one of the national file.
func (l lane) of(national *ent.Delivery) *ent.Delivery {
	i := slices.IndexFunc(l, func(d *ent.Delivery) bool { return deref(d.ActivityID) == deref(national.ActivityID) })
	if i < 0 {
		return nil
	}
	return l[i]
}

// overtook tells whether a newer update than d has reached the file, or may at
// any moment. One that had failed no longer holds its lane: any newer one goes
// instead of it (see orGiveWay).
func (l lane) overtook(d *ent.Delivery) bool {
	newer := l.newerThan(d)
	if d.State == terms.Failed {
		return len(newer) > 0
	}
	return slices.ContainsFunc(newer, func(n *ent.Delivery) bool {
		return n.State != terms.Waiting && (n.State != terms.Abandoned || n.AttemptCount > 0)
	})
}

// ReadAround reads what counts for each of the deliveries, in three statements
// at most. It needs a viewer that may see them and their decisions.
func ReadAround(ctx context.Context, c *ent.Client, rows ...*ent.Delivery) (map[terms.ID]Around, error) {
	around := make(map[terms.ID]Around, len(rows))
	var cases, told, notices, confirmed []terms.ID
	for _, d := range rows {
		switch {
		case ofFile(d):
			cases = append(cases, d.CaseID)
		case d.RecipientKind == terms.ToAgency:
			told, notices = append(told, d.CaseID), append(notices, d.ID)
		}
		if d.State == terms.Confirmed && d.ConfirmedAt != nil {
			confirmed = append(confirmed, d.ID)
		}
	}
	var lanes, newer []*ent.Delivery
	var decisions []*ent.DeliveryDecision
	var err error
	if len(cases) > 0 {
		lanes, err = c.Delivery.Query().Where(delivery.CaseIDIn(cases...), delivery.RecipientKindEQ(terms.ToStateFile)).
			Order(delivery.BySequence(), delivery.ByID()).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading the updates of the same records: %w", err)
		}
	}
	if len(notices) > 0 {
		newer, err = c.Delivery.Query().Where(delivery.CaseIDIn(told...), delivery.ReplacesIDIn(notices...),
			delivery.StateNEQ(terms.Superseded)).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading which notices were replaced: %w", err)
		}
	}
	if len(confirmed) > 0 {
		decisions, err = c.DeliveryDecision.Query().
			Where(deliverydecision.DeliveryIDIn(confirmed...), deliverydecision.KindEQ(terms.DecideConfirm)).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading who confirmed deliveries: %w", err)
		}
	}
	for _, d := range rows {
		var a Around
		for _, other := range lanes {
			if ofFile(d) && other.CaseID == d.CaseID && other.RecipientKey == d.RecipientKey {
				a.Lane = append(a.Lane, other)
			}
		}
		a.Replaced = slices.ContainsFunc(newer, func(n *ent.Delivery) bool { return deref(n.ReplacesID) == d.ID })
		a.ByPerson = slices.ContainsFunc(decisions, func(e *ent.DeliveryDecision) bool {
			// The row and the decision were written at one instant.
			return e.DeliveryID == d.ID && d.ConfirmedAt != nil && e.DecidedAt.Equal(*d.ConfirmedAt)
		})
		around[d.ID] = a
	}
	return around, nil
}

func ofFile(d *ent.Delivery) bool {
	return d.RecipientKind == terms.ToStateFile || d.RecipientKind == terms.ToNationalFile
}

// Held is a delivery that this transaction has locked, with its lane.
type Held struct {
	*ent.Delivery
	Around
}

// Hold locks a delivery, and the lane of its record, so that what a person
// decides is judged by what there is. The dispatcher waits, or finds its row
// changed.
func (l *Ledger) Hold(ctx context.Context, tx *ent.Tx, id terms.ID) (*Held, error) {
	ctx = access.As(ctx, systemViewer)
	p := &page{l: l, tx: tx}
	d, err := tx.Delivery.Get(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("reading delivery %s: %w", id, err)
	}
	if ofFile(d) {
		if _, err := p.lockLane(ctx, d.CaseID, d.OrderNumber); err != nil {
			return nil, err
		}
	}
	rows, err := p.lock(ctx, delivery.ID(id))
	if err != nil || len(rows) != 1 {
		return nil, fmt.Errorf("locking delivery %s (%d rows): %w", id, len(rows), err)
	}
	around, err := ReadAround(ctx, tx.Client(), rows[0])
	if err != nil {
		return nil, err
	}
	return &Held{rows[0], around[id]}, nil
}

// Person is who decides.
type Person struct {
	Account terms.ID
	Name    string
}

// Decide does with a held delivery what a person decided, and answers it as it
// is then. The caller keeps the decision itself, at the same instant, and has
// asked [Hinders].
func (l *Ledger) Decide(ctx context.Context, tx *ent.Tx, now time.Time, h *Held, event Event, by Person) (*ent.Delivery, error) {
	ctx = access.As(ctx, systemViewer)
	p := &page{l: l, tx: tx, now: terms.Micro(now)}
	moved, err := p.move(ctx, h.Delivery, event, Result{})
	if err != nil {
		return nil, err
	}
	for i := range p.entries {
		if e := &p.entries[i]; e.About == moved.ID { // what follows for others is the ledger's
			e.Account, e.Actor = by.Account, by.Name
		}
	}
	return moved, p.close(ctx)
}

// dispute: a refusal does not undo what a person confirmed. Said again, it is
// kept as evidence and makes no new record.
func (p *page) dispute(ctx context.Context, t *turn) error {
	if Disputed(t.d) {
		t.event = ""
		return nil
	}
	around, err := ReadAround(ctx, p.tx.Client(), t.d)
	if err == nil && around[t.d.ID].ByPerson {
		t.event = WasDisputed
	}
	return err
}
