package registry

import (
	"context"
	"fmt"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/deliverydecision"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/terms"
)

// doubleClick is how long the same decision for the same reason, by the same
// account, is taken for the same click, whatever became of the delivery since.
const doubleClick = 5 * time.Second

// Decision is what a person decides about a delivery, and why.
type Decision struct {
	Delivery terms.ID
	Reason   string
}

// Decided is the delivery after the decision, or why there is none.
type Decided struct {
	Delivery *ent.Delivery
	Refusal  *Refusal
}

// RetryDelivery has a delivery sent again. Of the national file it is asked
// first, and what it does not hold goes once more by the state file (§3(f)).
func (d *Desk) RetryDelivery(ctx context.Context, v *access.Viewer, in Decision) (Decided, error) {
	return d.decide(ctx, v, in, terms.DecideRetry)
}

// ConfirmDelivery says that the recipient knows, as a person found out by other
// means.
func (d *Desk) ConfirmDelivery(ctx context.Context, v *access.Viewer, in Decision) (Decided, error) {
	return d.decide(ctx, v, in, terms.DecideConfirm)
}

// AbandonDelivery gives a delivery up. For an order file (§3(e), (f)) the first
// call proposes, and the call of another account completes.
func (d *Desk) AbandonDelivery(ctx context.Context, v *access.Viewer, in Decision) (Decided, error) {
	return d.decide(ctx, v, in, terms.DecideAbandon)
}

// steps is what each decision does to the delivery, and to which state that
// leads.
var steps = map[terms.DecisionKind]struct {
	event delivery.Event
	leads terms.DeliveryState
}{
	terms.DecideRetry:   {delivery.PersonRetries, terms.Retrying},
	terms.DecideConfirm: {delivery.PersonConfirms, terms.Confirmed},
	terms.DecideAbandon: {delivery.PersonAbandons, terms.Abandoned},
}

func (d *Desk) decide(ctx context.Context, v *access.Viewer, in Decision, kind terms.DecisionKind) (Decided, error) {
	ctx, err := system(ctx, v, typed{in.Delivery, terms.DeliveryPrefix})
	if err != nil {
		return Decided{}, err
	}
	reason, refusal := reasonIn("reason", in.Reason, true)
	if refusal != nil {
		return Decided{Refusal: refusal}, nil
	}
	row, err := d.Store.Client.Delivery.Get(ctx, in.Delivery)
	if ent.IsNotFound(err) {
		return Decided{Refusal: refuse(DeliveryNotFound, "There is no delivery with this id. Read the case's deliveries again.", "deliveryId")}, nil
	}
	if err != nil {
		return Decided{}, fmt.Errorf("looking for the delivery: %w", err)
	}
	o := opinion{kind: kind, reason: reason, v: v}
	var result *ent.Delivery
	refusal, err = d.onCase(ctx, row.CaseID, func(ctx context.Context, tx *ent.Tx, c *casefile.Locked) (changed bool, err error) {
		result, changed, err = d.carryOut(ctx, tx, c, in.Delivery, o)
		return changed, err
	})
	switch {
	case err != nil:
		return Decided{}, fmt.Errorf("deciding to %s a delivery: %w", kind, err)
	case refusal != nil:
		return Decided{Refusal: refusal}, nil
	}
	return Decided{Delivery: result.Unwrap()}, nil
}

// opinion is what one person wants.
type opinion struct {
	kind   terms.DecisionKind
	reason string
	v      *access.Viewer
}

// carryOut judges by what there is under the lock, and does it.
func (d *Desk) carryOut(ctx context.Context, tx *ent.Tx, c *casefile.Locked, id terms.ID, o opinion) (_ *ent.Delivery, changed bool, err error) {
	held, err := d.Ledger.Hold(ctx, tx, id)
	if err != nil {
		return nil, false, err
	}
	last, err := newestDecision(ctx, tx, id)
	if err != nil {
		return nil, false, err
	}
	if o.repeats(last, held.Delivery, c.Now) {
		return held.Delivery, false, nil
	}
	if why := delivery.Hinders(held.Delivery, steps[o.kind].event, held.Around); why != delivery.NotHindered {
		return nil, false, refused{refuse(NotPossibleNow, hindered(o.kind, held.Delivery, why), "deliveryId")}
	}
	kind := o.kind
	if kind == terms.DecideAbandon && held.RecipientKind != terms.ToAgency && held.RecipientKind != terms.ToAccount {
		if kind, err = d.second(ctx, tx, held.Delivery, o.v); err != nil {
			return nil, false, err
		}
	}
	if err := keep(ctx, tx, c, held.Delivery, kind, o); err != nil || kind == terms.DecideProposeAbandon {
		return held.Delivery, true, err
	}
	moved, err := d.Ledger.Decide(ctx, tx, c.Now, held, steps[kind].event, delivery.Person{Account: o.v.Account, Name: o.v.DisplayName})
	return moved, true, err
}

// repeats tells whether the opinion is what the same person has just decided.
// What is disputed, or has failed anew, is decided anew.
func (o opinion) repeats(last *ent.DeliveryDecision, d *ent.Delivery, now time.Time) bool {
	if last == nil || last.AccountID != o.v.Account || last.Kind != o.kind || delivery.Disputed(d) {
		return false
	}
	return d.State == steps[o.kind].leads || last.Reason == o.reason && now.Sub(last.DecidedAt) < doubleClick
}

// second tells what an abandonment that takes two people is: the proposal, or
// its completion.
func (d *Desk) second(ctx context.Context, tx *ent.Tx, held *ent.Delivery, v *access.Viewer) (terms.DecisionKind, error) {
	standing, err := Proposals(ctx, tx.Client(), held)
	if err != nil {
		return "", err
	}
	switch proposal := standing[held.ID]; {
	case proposal == nil:
		return terms.DecideProposeAbandon, nil
	case proposal.AccountID == v.Account:
		return "", refused{refuse(SecondPersonNeeded, fmt.Sprintf(
			"You proposed on %s to abandon this record for an order file. That takes two people: ask a colleague of the registry section to look at it and to abandon it too. To take the proposal back, retry or confirm the delivery.",
			proposal.DecidedAt.In(terms.CourtZone).Format("Mon Jan 2 2006, 3:04 PM MST")), "deliveryId")}
	}
	return terms.DecideAbandon, nil
}

// keep writes the decision and its record in the journal.
func keep(ctx context.Context, tx *ent.Tx, c *casefile.Locked, d *ent.Delivery, kind terms.DecisionKind, o opinion) error {
	row, err := tx.DeliveryDecision.Create().SetCaseID(c.ID).SetDeliveryID(d.ID).SetKind(kind).
		SetAccountID(o.v.Account).SetDecidedByName(o.v.DisplayName).SetReason(o.reason).SetDecidedAt(c.Now).Save(ctx)
	if err != nil {
		return fmt.Errorf("keeping the decision: %w", err)
	}
	return journal.Append(ctx, tx, journal.Entry{
		Kind: terms.DeliveryDecided, Case: c.ID, Sequence: c.Sequence, About: d.ID,
		Account: o.v.Account, Actor: o.v.DisplayName, At: c.Now,
		Facts: struct {
			Decision terms.ID            `json:"decision"`
			Kind     terms.DecisionKind  `json:"kind"`
			State    terms.DeliveryState `json:"state"` // in which it was decided
			Reason   string              `json:"reason"`
		}{row.ID, kind, d.State, o.reason},
	})
}

func newestDecision(ctx context.Context, tx *ent.Tx, id terms.ID) (*ent.DeliveryDecision, error) {
	last, err := tx.DeliveryDecision.Query().Where(deliverydecision.DeliveryID(id)).
		Order(ent.Desc(deliverydecision.FieldDecidedAt)).First(ctx)
	if err != nil && !ent.IsNotFound(err) {
		return nil, fmt.Errorf("reading what was decided before: %w", err)
	}
	return last, nil
}
