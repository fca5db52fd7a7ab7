package delivery

import (
	"context"
	"fmt"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/predicate"
	"github.com/service-tracking/sts/internal/terms"
)

// lane is the updates of one order's record in the state file, oldest first.
// Never are two of them in flight: a late copy of the older would undo the
// newer (§3(e)).
type lane []*ent.Delivery

// open are those that are not settled.
func (l lane) open() lane {
	var open lane
	for _, d := range l {
		if !Settled(d.State) {
			open = append(open, d)
		}
	}
	return open
}

// newerThan are those planned after d that are, or were, to go.
func (l lane) newerThan(d *ent.Delivery) lane {
	var newer lane
	for _, n := range l {
		if n.Sequence > d.Sequence && n.State != terms.Superseded {
			newer = append(newer, n)
		}
	}
	return newer
}

// lockLane reads a lane under lock. Whoever settles an update and whoever plans
// the next one take it in turn, or the next would wait for ever.
func (p *page) lockLane(ctx context.Context, caseID terms.ID, orderNumber string) (lane, error) {
	rows, err := p.lock(ctx, delivery.CaseID(caseID), delivery.RecipientKindEQ(terms.ToStateFile), delivery.RecipientKey(orderNumber))
	if err != nil {
		return nil, fmt.Errorf("locking the updates of one record in case %s: %w", caseID, err)
	}
	return rows, nil
}

// lock locks rows and reads them. An update that changes nothing locks on every
// engine, and a read after it sees what was committed before.
func (p *page) lock(ctx context.Context, where ...predicate.Delivery) ([]*ent.Delivery, error) {
	n, err := p.tx.Delivery.Update().Where(where...).AddVersion(0).Save(ctx)
	if err != nil || n == 0 {
		return nil, err
	}
	return p.tx.Delivery.Query().Where(where...).Order(delivery.BySequence(), delivery.ByID()).All(ctx)
}

// follow does what a change of one update means for others: the next of the
// lane may go, and the national file hears from the state switch.
func (p *page) follow(ctx context.Context, was, d *ent.Delivery) error {
	if d.RecipientKind != terms.ToStateFile || d.State == was.State {
		return nil
	}
	if d.State == terms.Confirmed {
		if err := p.observe(ctx, d); err != nil {
			return err
		}
	}
	if d.State == terms.Superseded {
		if err := p.withNational(ctx, d); err != nil {
			return err
		}
	}
	if !Settled(d.State) || Settled(was.State) {
		return nil
	}
	lane, err := p.lockLane(ctx, d.CaseID, d.OrderNumber)
	if err != nil {
		return err
	}
	open := lane.open()
	if len(open) == 0 || deref(open[0].WaitingFor) != terms.WaitsForOriginal {
		return nil
	}
	_, err = p.move(ctx, open[0], Released, Result{})
	return err
}

// national is the update of the national file that goes with one of the state
// file, under lock; nil if there is none.
func (p *page) national(ctx context.Context, state *ent.Delivery) (*ent.Delivery, error) {
	rows, err := p.lock(ctx, siblingOf(state)...)
	if err != nil {
		return nil, fmt.Errorf("locking the national update that goes with %s: %w", state.ID, err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	return rows[0], nil
}

func siblingOf(state *ent.Delivery) []predicate.Delivery {
	return []predicate.Delivery{
		delivery.ActivityID(deref(state.ActivityID)),
		delivery.RecipientKindEQ(terms.ToNationalFile),
		delivery.RecipientKey(state.RecipientKey),
	}
}

// observe: the state file has acknowledged, so its switch forwards now (§3(f)).
func (p *page) observe(ctx context.Context, state *ent.Delivery) error {
	national, err := p.national(ctx, state)
	if err != nil || national == nil || national.State != terms.Waiting {
		return err // an answer of the national file may have been faster
	}
	return p.turn(ctx, turn{d: national, event: WasSent, result: Result{Detail: "the state file has it and forwards"}})
}

// withNational: nothing forwards an update of the national file whose own of the
// state file was closed.
func (p *page) withNational(ctx context.Context, state *ent.Delivery) error {
	national, err := p.national(ctx, state)
	if err != nil || national == nil || national.State != terms.Waiting {
		return err
	}
	_, err = p.move(ctx, national, Replaced, Result{Detail: "the state file's update was superseded"})
	return err
}
