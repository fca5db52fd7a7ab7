package delivery

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/deliveryattempt"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/terms"
)

// Planned is a delivery as whoever plans the next one finds it.
type Planned struct {
	*ent.Delivery
	// Reached: it has arrived, or may have: the recipient may know what it says.
	Reached bool
}

// Replaceable tells whether [Ledger.Supersede] may close it: it is open, and not
// under way. An update of the state file that may be held somewhere is under
// way even while it waits to be sent again: closing it would let the next one
// go beside it.
func (d Planned) Replaceable() bool {
	if d.RecipientKind == terms.ToStateFile && d.State == terms.Retrying && d.Reached {
		return false
	}
	_, err := Next(d.State, Replaced)
	return err == nil
}

// Planned locks the notices and file updates of a case and answers them, the
// oldest first: what is read of them holds until the transaction ends, whatever
// a dispatcher does.
func (l *Ledger) Planned(ctx context.Context, tx *ent.Tx, caseID terms.ID) ([]Planned, error) {
	ctx = access.As(ctx, systemViewer)
	p := &page{l: l, tx: tx}
	rows, err := p.lock(ctx, delivery.CaseID(caseID),
		delivery.RecipientKindIn(terms.ToAgency, terms.ToStateFile, terms.ToNationalFile))
	if err != nil {
		return nil, fmt.Errorf("locking the deliveries of case %s: %w", caseID, err)
	}
	planned := make([]Planned, len(rows))
	var asked []terms.ID
	for i, d := range rows {
		planned[i] = Planned{Delivery: d}
		switch d.State {
		case terms.Sending, terms.Sent, terms.Unknown, terms.Confirmed:
			planned[i].Reached = true
		default:
			if d.AttemptCount > 0 {
				asked = append(asked, d.ID)
			}
		}
	}
	if len(asked) == 0 {
		return planned, nil
	}
	attempts, err := tx.DeliveryAttempt.Query().Where(deliveryattempt.DeliveryIDIn(asked...)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading how the attempts of case %s ended: %w", caseID, err)
	}
	for i := range planned {
		planned[i].Reached = planned[i].Reached || slices.ContainsFunc(attempts, func(a *ent.DeliveryAttempt) bool {
			return a.DeliveryID == planned[i].ID && mayHaveArrived(planned[i].RecipientKind, a.Outcome)
		})
	}
	return planned, nil
}

// mayHaveArrived is what the end of an attempt tells. A file can refuse what it
// had acknowledged, or what an inquiry found changed by somebody else: what its
// record says then, nobody here knows.
func mayHaveArrived(kind terms.RecipientKind, o terms.AttemptOutcome) bool {
	switch o {
	case terms.AttemptNotSent:
		return false
	case terms.AttemptRefused:
		return kind != terms.ToAgency
	}
	return true
}

// Supersede closes deliveries that are replaceable, because a newer fact goes
// instead or none is to go, and with an update of the state file the national
// one that would follow it. The reason is kept in the journal and names nobody.
// Call it before [Ledger.Add], in the transaction that read them with
// [Ledger.Planned].
func (l *Ledger) Supersede(ctx context.Context, tx *ent.Tx, now time.Time, reason string, rows ...*ent.Delivery) error {
	ctx = access.As(ctx, systemViewer)
	p := &page{l: l, tx: tx, now: terms.Micro(now)}
	// The newest first: closing an older update would release the next one.
	rows = slices.SortedFunc(slices.Values(rows), func(a, b *ent.Delivery) int {
		return cmp.Or(cmp.Compare(b.Sequence, a.Sequence), cmp.Compare(b.ID, a.ID))
	})
	for _, d := range rows {
		if _, err := p.move(ctx, d, Replaced, Result{Detail: reason}); err != nil {
			return fmt.Errorf("superseding: %w", err)
		}
	}
	return p.close(ctx)
}

// inHand tells whether the notice that a new one replaces is being handed over
// just now. The new one then waits (WaitsForOriginal) until that has ended, within
// a lease at most: it goes at once, but never before what it replaces (§3(d)).
func (p *page) inHand(ctx context.Context, replaced terms.ID) (bool, error) {
	if replaced == "" {
		return false, nil
	}
	rows, err := p.lock(ctx, delivery.ID(replaced))
	if err != nil {
		return false, fmt.Errorf("locking delivery %s, which is replaced: %w", replaced, err)
	}
	return len(rows) == 1 && rows[0].State == terms.Sending, nil
}

// letGo releases the notices that waited for those handed over.
func (p *page) letGo(ctx context.Context) error {
	if len(p.handed) == 0 {
		return nil
	}
	var cases, ids []terms.ID
	for _, d := range p.handed {
		cases, ids = append(cases, d.CaseID), append(ids, d.ID)
	}
	waiting, err := p.tx.Delivery.Query().Where(delivery.CaseIDIn(cases...), delivery.ReplacesIDIn(ids...),
		delivery.RecipientKindEQ(terms.ToAgency), delivery.StateEQ(terms.Waiting)).All(ctx)
	if err != nil {
		return fmt.Errorf("looking for what waits for %d notices: %w", len(ids), err)
	}
	for _, d := range waiting {
		if _, err := p.move(ctx, d, Released, Result{}); err != nil {
			return fmt.Errorf("releasing what waited for a notice: %w", err)
		}
	}
	return nil
}

// orGiveWay: what has been replaced is not sent again, or an older notice would
// overtake the newer, and an older update undo it (§3(d), (e)). It answers
// GAVE_WAY in the place of an event that would lead to another attempt.
//
// A notice has been replaced when another that names it stands. An update of
// the state file that is not settled holds its lane, and goes to its end before
// the next; one that had failed does not, and gives way to any newer.
func (p *page) orGiveWay(ctx context.Context, d *ent.Delivery, event Event) (Event, error) {
	next, err := Next(d.State, event)
	if err != nil || next != terms.Retrying || event == Unrendered {
		return event, nil // what cannot be is refused by who asked
	}
	replaced := false
	switch {
	case d.RecipientKind == terms.ToAgency:
		// Under the row's lock: who plans the newer one holds it till the end.
		if _, err = p.lock(ctx, delivery.ID(d.ID)); err == nil {
			replaced, err = p.tx.Delivery.Query().Where(delivery.CaseID(d.CaseID), delivery.ReplacesID(d.ID),
				delivery.StateNEQ(terms.Superseded)).Exist(ctx)
		}
	case d.RecipientKind == terms.ToStateFile && d.State == terms.Failed:
		var all lane
		all, err = p.lockLane(ctx, d.CaseID, d.OrderNumber)
		replaced = len(all.newerThan(d)) > 0
	}
	if err != nil {
		return event, fmt.Errorf("looking whether delivery %s was replaced: %w", d.ID, err)
	}
	if replaced {
		return GaveWay, nil
	}
	return event, nil
}
