package delivery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/terms"
)

// turn is something that happened to a delivery, which it finds as it was read
// or not at all.
type turn struct {
	d       *ent.Delivery
	attempt *ent.DeliveryAttempt // the newest; nil if there is none
	event   Event
	result  Result
}

// maxDetail is what an attempt has room for, in bytes.
const maxDetail = 1000

// turn moves the delivery and closes the attempt. What changes nothing is kept
// with the attempt and is no record of the journal.
func (p *page) turn(ctx context.Context, t turn) error {
	if err := p.reconsider(ctx, &t); err != nil {
		return err
	}
	_, err := Next(t.d.State, t.event)
	if errors.Is(err, ErrNoMove) {
		return p.note(ctx, t)
	}
	since := t.d.CreatedAt
	if t.attempt != nil {
		since = t.attempt.StartedAt
	}
	t.result.elapsed = p.now.Sub(since)
	if t.event == Unrendered && t.attempt != nil && t.attempt.Detail == clip(t.result.Detail, maxDetail) {
		t.result.channel = "" // for the same reason as before: one attempt tells it
	}
	m, err := p.move(ctx, t.d, t.event, t.result)
	if err != nil {
		return err
	}
	if m.AttemptCount > t.d.AttemptCount { // one that never was open here
		return p.addAttempt(ctx, m, t)
	}
	return p.note(ctx, t)
}

// reconsider changes an event into what it means beside others of its lane, or
// after a person's word.
func (p *page) reconsider(ctx context.Context, t *turn) error {
	switch {
	case t.event == NeverCame && t.d.State == terms.Confirmed:
		return p.giveWay(ctx, t)
	case t.event == WasRefused && t.d.State == terms.Confirmed:
		return p.dispute(ctx, t)
	case t.askedByPerson() && (t.event == Requeued || t.event == WasRefused):
		return p.requeue(ctx, t)
	}
	return nil
}

// giveWay: an update that was confirmed and, as an inquiry shows, not applied
// is sent again, unless a newer one of the same record has been planned.
func (p *page) giveWay(ctx context.Context, t *turn) error {
	if t.d.RecipientKind != terms.ToStateFile {
		return nil
	}
	lane, err := p.lockLane(ctx, t.d.CaseID, t.d.OrderNumber)
	if err != nil {
		return err
	}
	if len(lane.newerThan(t.d)) > 0 {
		t.event = NeedNotVerify
	}
	return nil
}

func (p *page) addAttempt(ctx context.Context, m *ent.Delivery, t turn) error {
	err := p.tx.DeliveryAttempt.Create().
		SetDeliveryID(m.ID).SetNumber(m.AttemptCount).SetChannel(deref(m.Channel)).
		SetStartedAt(p.now).SetEndedAt(p.now).SetOutcome(t.event.outcome()).
		SetDetail(clip(t.result.Detail, maxDetail)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("adding attempt %d of delivery %s: %w", m.AttemptCount, m.ID, err)
	}
	return nil
}

// note writes into the attempt how it ended, and the evidence.
func (p *page) note(ctx context.Context, t turn) error {
	if t.attempt == nil {
		return nil
	}
	outcome := t.event.outcome()
	if _, err := Next(t.d.State, t.event); err != nil || outcome == "" || t.event == Unrendered {
		outcome = t.attempt.Outcome // it says nothing of what was sent before
	}
	detail := join(t.attempt.Detail, t.result.Detail)
	if outcome == t.attempt.Outcome && detail == t.attempt.Detail {
		return nil
	}
	u := p.tx.DeliveryAttempt.UpdateOneID(t.attempt.ID).SetOutcome(outcome).SetDetail(detail)
	if t.attempt.EndedAt == nil && outcome != terms.AttemptOpen {
		u.SetEndedAt(p.now)
	}
	if err := u.Exec(ctx); err != nil {
		return fmt.Errorf("closing attempt %d of delivery %s: %w", t.attempt.Number, t.d.ID, err)
	}
	return nil
}

// write commits turns in one transaction, in the order of their ids, so that
// two instances do not lock each other out. What it answers as lost was changed
// by somebody else since it was read; the others are committed.
func (l *Ledger) write(ctx context.Context, turns []turn) (w written, err error) {
	turns = slices.Clone(turns)
	slices.SortFunc(turns, func(a, b turn) int { return strings.Compare(string(a.d.ID), string(b.d.ID)) })
	err = l.store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		p := &page{l: l, tx: tx, now: terms.Micro(l.o.Clock())}
		w = written{}
		for _, t := range turns {
			switch err := p.turn(ctx, t); {
			case errors.Is(err, errLost):
				w.lost = append(w.lost, t)
			case err != nil:
				return err
			}
		}
		if err := p.close(ctx); err != nil {
			return err
		}
		w.records, w.due = len(p.entries), p.due
		return nil
	})
	if err != nil {
		return written{}, fmt.Errorf("recording what became of %d deliveries: %w", len(turns), err)
	}
	l.o.OnCommit()
	return w, nil
}

// written is what became of turns.
type written struct {
	lost    []turn
	records int  // of the journal
	due     bool // something is to be done at once
}

// join adds evidence to what there is, once.
func join(old, more string) string {
	switch {
	case more == "" || strings.Contains(old, more):
		return old
	case old == "":
		return clip(more, maxDetail)
	}
	more = clip(more, maxDetail/2)
	return clip(old, maxDetail-len(more)-1) + "\n" + more
}

// clip cuts text to at most n bytes of whole characters.
func clip(s string, n int) string {
	s = strings.ToValidUTF8(s, "?")
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// started is when the newest attempt began; zero if there was none.
func (t turn) started() time.Time {
	if t.attempt == nil {
		return time.Time{}
	}
	return t.attempt.StartedAt
}
