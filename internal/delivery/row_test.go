package delivery

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// One row that cannot be worked on, for whatever reason, holds up no other.
func TestOneBadRowHoldsUpNoOther(t *testing.T) {
	for name, spoil := range map[string]func(w *world, bad *ent.Delivery){
		"its channels are not found": func(w *world, bad *ent.Delivery) {
			w.o.Route = func(_ context.Context, d *ent.Delivery) ([]terms.ChannelKind, error) {
				if d.ID == bad.ID {
					return nil, errors.New("its agency is not in the tables")
				}
				return []terms.ChannelKind{terms.ChannelSpool}, nil
			}
		},
		"its content cannot be stored": func(w *world, bad *ent.Delivery) {
			// A trigger stands for what a database refuses: a packet too long.
			w.trigger("no_content", "INSERT ON delivery_contents", "id", bad)
		},
		"nothing can be written of it": func(w *world, bad *ent.Delivery) {
			w.trigger("no_content", "INSERT ON delivery_contents", "id", bad)
			w.trigger("no_change", "UPDATE ON deliveries", "id", bad)
		},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				c := newPost(terms.ChannelSpool)
				w := newWorld(t, s, c)
				w.o.Log = slog.New(slog.DiscardHandler) // it complains, rightly
				w.o.Batch = 10
				all := w.notices(35)
				bad := all[0] // due before the others
				others := all[1:]
				spoil(w, bad)
				w.start()
				w.awaitState(terms.Confirmed, others...)
				if c.count(bad) != 0 {
					t.Error("what could not be worked on was sent")
				}
			})
		})
	}
}

// trigger makes the database refuse a write of the row.
func (w *world) trigger(name, when, column string, d *ent.Delivery) {
	w.Helper()
	statement := fmt.Sprintf("CREATE TRIGGER %s BEFORE %s FOR EACH ROW WHEN NEW.%s = '%s' BEGIN SELECT RAISE(ABORT, 'refused'); END", name, when, column, d.ID)
	if w.s.Dialect == "mysql" {
		statement = fmt.Sprintf("CREATE TRIGGER %s BEFORE %s FOR EACH ROW IF NEW.%s = '%s' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'refused'; END IF", name, when, column, d.ID)
	}
	_, err := w.s.SQL().ExecContext(w.ctx, statement)
	w.check(err)
}

// After a crash, one row that cannot be written holds up no other.
func TestOneBadRowHoldsUpNoOtherAfterACrash(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newPost(terms.ChannelSpool)
		w := newWorld(t, s, c)
		w.o.Log = slog.New(slog.DiscardHandler)
		all := w.notices(7)
		killedAt(w, "claimed", 1)
		w.trigger("no_change", "UPDATE ON deliveries", "id", all[3])
		w.advance(w.ledger.o.Lease + time.Second)
		d := w.start()
		w.awaitAll(d, terms.Confirmed, slices.Delete(slices.Clone(all), 3, 4)...)
		w.is(all[3], terms.Sending)
	})
}

// What cannot be worked on is looked at again after the back-off, and sent when
// the cause has gone.
func TestABadRowIsPutOff(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newPost(terms.ChannelSpool)
		w := newWorld(t, s, c)
		w.o.Log = slog.New(slog.DiscardHandler)
		var broken atomic.Bool
		broken.Store(true)
		w.o.Route = func(context.Context, *ent.Delivery) ([]terms.ChannelKind, error) {
			if broken.Load() {
				return nil, errors.New("the tables are away")
			}
			return []terms.ChannelKind{terms.ChannelSpool}, nil
		}
		x := w.notices(1)[0]
		d := w.start()
		w.awaitState(terms.Retrying, x)
		if row := w.get(x.ID); row.AttemptCount != 0 || !row.NextAt.After(w.now()) {
			t.Errorf("put off: %v", row)
		}
		broken.Store(false)
		w.awaitAll(d, terms.Confirmed, x)
		w.tells(x, terms.Retrying, terms.Confirmed)
	})
}

// A national update whose state update is not there holds up no other.
func TestANationalUpdateAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newPost(terms.ChannelSwitch)
		w := newWorld(t, s, switchPost{c})
		w.o.Log = slog.New(slog.DiscardHandler)
		alone := w.add(w.service(w.newCase()).to(terms.ToNationalFile, "P1"))[0]
		w.answer(Ref{Delivery: alone.ID}, Result{Outcome: Sent, AnswerDue: time.Second}, true)
		d := w.start()
		w.awaitAll(d, terms.Unknown, alone)
		state, _ := w.files(w.newCase())
		d.Nudge()
		w.awaitAll(d, terms.Confirmed, state)
		w.is(alone, terms.Unknown)
	})
}

// The updates of both files are due to be verified at the same moment, and are
// asked with the same content.
func TestBothFilesAreVerifiedTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newPost(terms.ChannelSwitch)
		w := newWorld(t, s, switchPost{c})
		c.send = func(_ context.Context, p Parcel, arrive func()) Result {
			arrive()
			return Result{Outcome: Confirmed, VerifyAfter: 10 * time.Minute}
		}
		c.verify = func(p Parcel) Result {
			if len(p.Content.Facts) == 0 {
				t.Errorf("the %s is asked without a content", p.Delivery.RecipientKind)
				return Result{Outcome: Unknown}
			}
			return Result{Outcome: Verified}
		}
		state, national := w.files(w.newCase())
		d := w.start()
		w.awaitState(terms.Confirmed, state)
		w.awaitState(terms.Sent, national)
		w.answer(Ref{Delivery: national.ID}, Result{Outcome: Confirmed, VerifyAfter: 10 * time.Minute}, true)
		w.advance(10 * time.Minute)
		d.Nudge()
		w.await("both are verified", func() bool {
			return w.get(state.ID).VerifiedAt != nil && w.get(national.ID).VerifiedAt != nil
		})
	})
}

// Content that never renders is one attempt, not one every two minutes; another
// reason is another attempt.
func TestTheSameFailureToRenderIsOneAttempt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newPost(terms.ChannelSpool)
		w := newWorld(t, s, c)
		w.o.Log = slog.New(slog.DiscardHandler)
		var why atomic.Value
		why.Store("the font lacks a letter")
		c.render = func(*ent.Delivery) (Content, error) { return Content{}, errors.New(why.Load().(string)) }
		x := w.notices(1)[0]
		d := w.start()
		w.awaitState(terms.Retrying, x)
		// look lets it be rendered once more and answers the pause until the next time.
		look := func() time.Duration {
			before := w.get(x.ID)
			w.advance(before.NextAt.Sub(w.now()))
			d.Nudge()
			w.await("it is rendered again", func() bool { return w.get(x.ID).Version > before.Version })
			return w.get(x.ID).NextAt.Sub(w.now())
		}
		var pauses []time.Duration
		for range 12 {
			pauses = append(pauses, look())
		}
		if slices.Max(pauses) < 90*time.Second || pauses[11] < 90*time.Second || pauses[1] > 5*time.Second || slices.Max(pauses) > 3*time.Minute {
			t.Errorf("the pauses are %v", pauses)
		}
		if a := w.attempts(x); len(a) != 1 || w.get(x.ID).AttemptCount != 1 {
			t.Errorf("rendered 13 times in vain:\n%s", w.evidence(x))
		}
		why.Store("no font at all")
		look()
		look()
		if a := w.attempts(x); len(a) != 2 || a[1].Detail == a[0].Detail {
			t.Errorf("another reason:\n%s", w.evidence(x))
		}
		w.tells(x, terms.Retrying)
	})
}

// That nothing can be sent now says nothing of what was sent before.
func TestAFailureToRenderTellsNothingOfEarlierAttempts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newPost(terms.ChannelSpool)
		w := newWorld(t, s, c)
		c.send = func(context.Context, Parcel, func()) Result {
			return Result{Outcome: Unknown, Detail: "no answer", RetryAfter: time.Hour}
		}
		x := w.notices(1)[0]
		stop := w.run(New(s, w.o))
		w.awaitState(terms.Unknown, x)
		w.check(stop())
		w.tx(func(ctx context.Context, tx *ent.Tx) error { // as the registry section will
			p := &page{l: w.ledger, tx: tx, now: w.now()}
			_, err := p.move(ctx, w.get(x.ID), PersonRetries, Result{Detail: "not received, they say"})
			return errors.Join(err, p.close(ctx))
		})
		w.o.Channels = nil
		w.start()
		before := w.get(x.ID)
		w.await("it is looked at", func() bool { return w.get(x.ID).Version > before.Version })
		if a := w.attempts(x); len(a) != 1 || a[0].Outcome != terms.AttemptUnknown {
			t.Errorf("attempts:\n%s", w.evidence(x))
		}
	})
}
