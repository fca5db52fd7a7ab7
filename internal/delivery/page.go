package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/terms"
)

// page is what one transaction writes into the ledger: rows, and their journal
// records at its end.
type page struct {
	l       *Ledger
	tx      *ent.Tx
	now     time.Time
	entries []journal.Entry
	due     bool            // the dispatcher should look at once
	handed  []*ent.Delivery // notices whose handing over has ended
}

// errLost says that somebody else has changed the row since it was read.
var errLost = errors.New("the delivery has been changed meanwhile")

// close lets go what waited for the notices that were handed over, and appends
// the journal records; it comes last.
func (p *page) close(ctx context.Context) error {
	if err := p.letGo(ctx); err != nil {
		return err
	}
	return journal.Append(ctx, p.tx, p.entries...)
}

// move takes a delivery through an event, with what follows for the others of
// its lane, and answers it as it is then. Its attempts are the caller's.
func (p *page) move(ctx context.Context, d *ent.Delivery, event Event, r Result) (*ent.Delivery, error) {
	event, err := p.orGiveWay(ctx, d, event)
	if err != nil {
		return nil, err
	}
	state, err := Next(d.State, event)
	if err != nil {
		return nil, fmt.Errorf("delivery %s: %w", d.ID, err)
	}
	m := *d
	m.State = state
	m.WaitingFor = nil
	switch event {
	case Unrendered:
		if r.channel != "" {
			m.AttemptCount++
		}
	case WasSent:
		m.SentAt = &p.now
	case WasConfirmed, PersonConfirms:
		m.ConfirmedAt = &p.now
		if m.SentAt == nil {
			m.SentAt = &p.now
		}
	case PersonRetries:
		if d.RecipientKind == terms.ToAgency {
			m.Channel = nil // the first of the agency's channels, as they are now
		}
	case Requeued:
		if state == terms.Waiting {
			m.WaitingFor = new(terms.WaitsForStateFile)
		}
	}
	switch {
	case event == WasVerified, event == WasConfirmed && r.Outcome == Verified:
		m.VerifiedAt = &p.now
	case d.State == terms.Confirmed && state != terms.Confirmed: // undone
		m.ConfirmedAt, m.VerifiedAt = nil, nil
	}
	if observed(d, event) {
		m.AttemptCount++ // the state switch made it
		m.Channel = new(terms.ChannelSwitch)
	}
	if r.channel != "" {
		m.Channel = &r.channel
	}
	m.NextAt = p.nextAt(d, &m, event, r)
	if err := p.save(ctx, d, &m); err != nil {
		return nil, err
	}
	p.due = p.due || !m.NextAt.After(p.now)
	if d.State == terms.Sending && d.RecipientKind == terms.ToAgency {
		p.handed = append(p.handed, &m)
	}
	if state != d.State || event == WasVerified || event == WasDisputed || event == PersonConfirms {
		p.tell(ctx, &m, changed{Was: d.State, Event: event, Detail: clip(r.Detail, maxDetail)})
	}
	return &m, p.follow(ctx, d, &m)
}

// observed tells whether the event is the first that is known of an update of
// the national file.
func observed(d *ent.Delivery, event Event) bool {
	return d.State == terms.Waiting && (event == WasSent || event == WasConfirmed || event == WasRefused)
}

// nextAt is when the dispatcher looks at the row again.
func (p *page) nextAt(d, m *ent.Delivery, event Event, r Result) time.Time {
	o := &p.l.o
	after := func(pause, fallback time.Duration) time.Time {
		if pause == 0 {
			pause = fallback
		}
		return terms.Micro(p.now.Add(pause))
	}
	switch m.State {
	case terms.Waiting, terms.Failed: // for a fact, or for a person
		return Parked
	case terms.Pending:
		return p.now
	case terms.Retrying:
		switch event {
		case PersonRetries, WasRerouted, Requeued:
			return p.now
		case NotVerified: // asked in vain
			return after(r.RetryAfter, o.Backoff.since(r.elapsed))
		}
		if event == Unrendered && m.AttemptCount == d.AttemptCount { // again, and not counted
			return after(r.RetryAfter, o.Backoff.since(r.elapsed))
		}
		return after(r.RetryAfter, o.Backoff.after(m.AttemptCount))
	case terms.Unknown:
		if d.State == terms.Unknown && event == WasLost { // asked in vain
			return after(r.RetryAfter, o.Backoff.since(r.elapsed))
		}
		return after(r.RetryAfter, 0)
	case terms.Sent:
		return after(r.AnswerDue, o.Deadlines.of(d.RecipientKind))
	case terms.Confirmed:
		switch event {
		case NotVerified:
			return after(r.RetryAfter, o.Backoff.Max)
		case WasDisputed: // for a person: see Disputed
			return Parked
		}
		if r.VerifyAfter > 0 {
			return after(r.VerifyAfter, 0)
		}
	}
	return Never
}

// save compares and swaps the row.
func (p *page) save(ctx context.Context, d, m *ent.Delivery) error {
	m.Version = d.Version + 1
	u := p.tx.Delivery.Update().Where(delivery.ID(d.ID), delivery.Version(d.Version)).
		SetState(m.State).SetVersion(m.Version).SetNextAt(m.NextAt).SetAttemptCount(m.AttemptCount).
		SetNillableChannel(m.Channel).SetNillableControlNumber(m.ControlNumber).
		SetNillableSentAt(m.SentAt).SetNillableConfirmedAt(m.ConfirmedAt).SetNillableVerifiedAt(m.VerifiedAt)
	if u.SetNillableWaitingFor(m.WaitingFor); m.WaitingFor == nil && d.WaitingFor != nil {
		u.ClearWaitingFor()
	}
	if m.Channel == nil && d.Channel != nil {
		u.ClearChannel()
	}
	if m.ConfirmedAt == nil && d.ConfirmedAt != nil {
		u.ClearConfirmedAt()
	}
	if m.VerifiedAt == nil && d.VerifiedAt != nil {
		u.ClearVerifiedAt()
	}
	n, err := u.Save(ctx)
	if err != nil {
		return fmt.Errorf("changing delivery %s: %w", d.ID, err)
	}
	if n != 1 {
		return fmt.Errorf("changing delivery %s: %w", d.ID, errLost)
	}
	return nil
}

// changed is what a DELIVERY_CHANGED record keeps. Was and Event are empty for
// a delivery that was planned late.
type changed struct {
	Was     terms.DeliveryState `json:"was,omitempty"`
	State   terms.DeliveryState `json:"state"`
	Event   Event               `json:"event,omitempty"`
	Attempt int                 `json:"attempt,omitempty"`
	Detail  string              `json:"detail,omitempty"`
}

// tell adds a journal record about the delivery as it is now. Its step is the
// version: so the events of a delivery stand in order behind its activity.
func (p *page) tell(ctx context.Context, d *ent.Delivery, facts changed) {
	facts.State, facts.Attempt = d.State, d.AttemptCount
	p.entries = append(p.entries, journal.Entry{
		Kind: terms.DeliveryChanged, Case: d.CaseID, Sequence: d.Sequence, Step: d.Version,
		About: d.ID, Actor: access.From(ctx).DisplayName, Facts: facts, At: p.now,
	})
}
