package delivery

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// replacing plans a notice to the same agency that replaces d.
func (w *world) replacing(d *ent.Delivery) *ent.Delivery {
	w.Helper()
	p := w.service(d.CaseID).to(terms.ToAgency, d.RecipientKey)
	p.Replaces = d.ID
	return w.add(p)[0]
}

// person does as the registry section does.
func (w *world) person(d *ent.Delivery, event Event) {
	w.Helper()
	w.tx(func(ctx context.Context, tx *ent.Tx) error {
		p := &page{l: w.ledger, tx: tx, now: w.now()}
		_, err := p.move(ctx, w.get(d.ID), event, Result{Detail: "decided by a person"})
		return errors.Join(err, p.close(ctx))
	})
}

// §3(d): what a newer notice has replaced is not sent again, whatever would have
// it sent: nobody hears the old fact after the new one.
func TestTheReplacedIsNotSentAgain(t *testing.T) {
	for name, c := range map[string]struct {
		send Result
		then func(w *world, d *ent.Delivery)
	}{
		"it never came": {Result{Outcome: Unknown, RetryAfter: time.Hour}, func(w *world, d *ent.Delivery) {
			w.advance(2 * time.Hour)
		}},
		"a person retries it": {Result{Outcome: Sent, AnswerDue: time.Hour}, func(w *world, d *ent.Delivery) {
			w.person(d, PersonRetries)
		}},
		"it is rejected in passing": {Result{Outcome: Sent, AnswerDue: time.Hour}, func(w *world, d *ent.Delivery) {
			w.answer(Ref{Delivery: d.ID}, Result{Outcome: NotSent, Detail: "busy"}, true)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				c0 := newPost(terms.ChannelSpool)
				w := newWorld(t, s, c0)
				first := c.send
				c0.send = func(_ context.Context, p Parcel, arrive func()) Result {
					if r := first; r.Outcome != "" {
						first = Result{}
						return r
					}
					arrive()
					return Result{Outcome: Confirmed}
				}
				old := w.notices(1)[0]
				d := w.start()
				w.await("it was tried", func() bool { return w.get(old.ID).State == terms.Unknown || w.get(old.ID).State == terms.Sent })
				newer := w.replacing(old)
				d.Nudge()
				w.awaitState(terms.Confirmed, newer)
				c.then(w, old)
				d.Nudge()
				w.awaitState(terms.Superseded, old)
				if c0.count(old) != 0 || w.get(old.ID).AttemptCount != 1 {
					t.Errorf("the old notice was sent again:\n%s", w.evidence(old))
				}
			})
		})
	}
}

// A newer notice that was itself superseded replaces nothing: the old one stands.
func TestWhatIsNotReplacedAfterAllIsSentAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newPost(terms.ChannelSpool)
		w := newWorld(t, s, c)
		c.send = func(_ context.Context, p Parcel, arrive func()) Result {
			if p.Attempt == 1 {
				return Result{Outcome: Unknown, RetryAfter: time.Hour}
			}
			arrive()
			return Result{Outcome: Confirmed}
		}
		old := w.notices(1)[0]
		stop := w.run(New(s, w.o))
		w.awaitState(terms.Unknown, old)
		w.check(stop())
		w.supersede(w.replacing(old))
		w.awaitAll(w.start(), terms.Confirmed, old)
	})
}

// §3(e): a person who retries an update that had failed does not undo a newer one.
func TestAFailedUpdateGivesWayToANewer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		c := w.newCase()
		first, firstNational := w.files(c)
		w.dispatchSent()
		second, _ := w.files(c)
		w.answer(Ref{Delivery: first.ID}, Result{Outcome: Refused, Detail: "STATE REJ R04"}, true)
		w.settle(second, Result{Outcome: Confirmed})
		w.person(first, PersonRetries)
		w.is(first, terms.Superseded)
		w.is(firstNational, terms.Superseded)
		w.tells(first, terms.Sent, terms.Failed, terms.Superseded)
		// Without a newer one it is sent again.
		alone, _ := w.files(w.newCase())
		w.settle(alone, Result{Outcome: Refused})
		w.person(alone, PersonRetries)
		w.is(alone, terms.Retrying)
	})
}

// An update that may be held somewhere is not replaced while it waits to be sent
// again: the next one would go beside it.
func TestWhatMayBeHeldIsNotReplaced(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		c := w.newCase()
		state, _ := w.files(c)
		w.dispatchSent()
		replaceable := func() (planned Planned) {
			w.tx(func(ctx context.Context, tx *ent.Tx) error {
				all, err := w.ledger.Planned(ctx, tx, c)
				planned = all[0]
				return err
			})
			return planned
		}
		if p := replaceable(); p.Replaceable() || !p.Reached {
			t.Errorf("%s: replaceable %t, reached %t", p.State, p.Replaceable(), p.Reached)
		}
		w.person(state, PersonRetries)
		if p := replaceable(); p.State != terms.Retrying || p.Replaceable() || !p.Reached {
			t.Errorf("%s: replaceable %t, reached %t", p.State, p.Replaceable(), p.Reached)
		}
		w.answer(Ref{Delivery: state.ID}, Result{Outcome: Refused}, true)
		if p := replaceable(); p.State != terms.Failed || !p.Replaceable() || !p.Reached {
			t.Errorf("%s: replaceable %t, reached %t", p.State, p.Replaceable(), p.Reached)
		}
	})
}
