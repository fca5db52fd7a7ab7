package delivery

import (
	"context"
	"fmt"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/internal/terms"
)

// A person's retry of an update of the national file sends it nothing: the file
// is asked first, and what it does not hold goes once more to the state file,
// whose switch forwards it (§3(f)). RETRYING means that it is being asked.

// askedByPerson tells whether the delivery is such an update.
func (t turn) askedByPerson() bool {
	return t.d.RecipientKind == terms.ToNationalFile && t.d.State == terms.Retrying
}

// askAgain answers the job of asking.
func askAgain(d *ent.Delivery, channel Channel) (*job, Event, Result) {
	switch {
	case d.State != terms.Retrying:
		return nil, WasRefused, Result{Detail: "the national file is only observed"}
	case channel == nil:
		return nil, NotVerified, Result{Detail: "its channel is not configured here"}
	}
	return &job{asked: toReconcile, channel: channel}, "", Result{}
}

// again is what the event of an inquiry means when a person wants it sent again.
func again(event Event) Event {
	switch event {
	case WasLost: // asked in vain: ask again
		return NotVerified
	case NeverCame:
		return Requeued
	case GaveWay: // the file says what a newer update of ours wrote
		return Replaced
	}
	return event
}

// requeue brings the state file's update back into its lane, unless it is on its
// way anyhow. Where a newer one of the record goes, that brings the truth; it can
// be what the file was found to hold instead of this one.
func (p *page) requeue(ctx context.Context, t *turn) error {
	lane, err := p.lockLane(ctx, t.d.CaseID, t.d.OrderNumber)
	if err != nil {
		return err
	}
	// Two rows are changed: not the state file's, where the other was changed by
	// somebody else since it was read, and so will not follow.
	still, err := p.lock(ctx, delivery.ID(t.d.ID), delivery.Version(t.d.Version))
	if err != nil {
		return fmt.Errorf("locking delivery %s: %w", t.d.ID, err)
	}
	if len(still) == 0 {
		return fmt.Errorf("asking again about delivery %s: %w", t.d.ID, errLost)
	}
	state := lane.of(t.d)
	switch {
	case state != nil && lane.overtook(state):
		t.event = Replaced
		t.result.Detail = join(t.result.Detail, "a newer update of the record goes instead")
	case t.event == WasRefused:
	case state == nil, state.State == terms.Abandoned, state.State == terms.Superseded:
		t.event = WasRefused
		t.result.Detail = join(t.result.Detail, "nobody tells the state file, so its switch has nothing to forward")
	case state.State == terms.Confirmed:
		_, err = p.move(ctx, state, Requeued, Result{Detail: "the national file does not hold it, and a person wants it sent again"})
	}
	return err
}
