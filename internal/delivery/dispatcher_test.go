package delivery

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

func TestEveryNoticeArrivesOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newPost(terms.ChannelSpool)
		w := newWorld(t, s, c)
		all := w.notices(120)
		d := w.start()
		d.Nudge()
		w.awaitState(terms.Confirmed, all...)
		for _, x := range all {
			row, attempts := w.get(x.ID), w.attempts(x)
			if c.count(x) != 1 || len(attempts) != 1 || row.AttemptCount != 1 || !row.NextAt.Equal(Never) || row.ConfirmedAt == nil || row.SentAt == nil {
				t.Fatalf("arrived %d times: %v", c.count(x), row)
			}
			if a := attempts[0]; a.Outcome != terms.AttemptConfirmed || a.EndedAt == nil || a.Detail != "taken" || a.Channel != terms.ChannelSpool {
				t.Fatalf("attempt %v", a)
			}
			kept, err := s.Client.DeliveryContent.Get(w.ctx, x.ID)
			w.check(err)
			if string(kept.Facts) != c.bytes[x.ID] || string(kept.Sha256) != string(attempts[0].ContentSha256) {
				t.Fatalf("kept %q, sent %q", kept.Facts, c.bytes[x.ID])
			}
			w.tells(x, terms.Confirmed)
		}
	})
}

func TestTwoDispatchersSendEachOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newPost(terms.ChannelSpool)
		w := newWorld(t, s, c)
		w.o.Batch = 10
		all := w.notices(100)
		w.start()
		w.start()
		w.awaitState(terms.Confirmed, all...)
		for _, x := range all {
			if c.count(x) != 1 || len(w.attempts(x)) != 1 {
				t.Errorf("arrived %d times:\n%s", c.count(x), w.evidence(x))
			}
		}
	})
}

// One dead fax machine delays nobody else, however much is due for it.
func TestADeadRecipientDelaysNobodyElse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newPost(terms.ChannelSpool)
		w := newWorld(t, s, c)
		w.o.Grace = time.Millisecond
		var waiting atomic.Int64
		c.send = func(ctx context.Context, p Parcel, arrive func()) Result {
			if p.Delivery.RecipientKey == "agy_DEAD" {
				waiting.Add(1)
				<-ctx.Done()
				return Result{Outcome: Unknown, Detail: "no answer"}
			}
			arrive()
			return Result{Outcome: Confirmed}
		}
		for range 70 { // more than a batch, and due before the others
			w.add(w.service(w.newCase()).to(terms.ToAgency, "agy_DEAD"))
		}
		w.advance(time.Second)
		others := w.notices(60)
		w.start()
		w.awaitState(terms.Confirmed, others...)
		if n := waiting.Load(); n != 4 {
			t.Errorf("a dead recipient has %d hands, not a quarter of them", n)
		}
	})
}

func TestAStoppedDispatcherEndsWhatItBegan(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newPost(terms.ChannelSpool)
		w := newWorld(t, s, c)
		gate, begun := make(chan struct{}), make(chan struct{}, 100)
		c.send = func(_ context.Context, p Parcel, arrive func()) Result {
			begun <- struct{}{}
			<-gate
			arrive()
			return Result{Outcome: Confirmed}
		}
		all := w.notices(30)
		stop := w.run(New(s, w.o))
		for range 16 {
			<-begun
		}
		ended := make(chan error)
		go func() { ended <- stop() }()
		w.await("what was in line is given back", func() bool { return w.count(terms.Retrying) == 14 })
		close(gate)
		w.check(<-ended)
		if n := w.count(terms.Confirmed); n != 16 {
			t.Errorf("%d are confirmed", n)
		}
		c.send = nil
		w.start() // what was not begun is due at once
		w.awaitState(terms.Confirmed, all...)
	})
}

func TestARefusalLeadsToTheNextChannel(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fax, spool := newPost(terms.ChannelFax), newPost(terms.ChannelSpool)
		w := newWorld(t, s, fax, spool)
		w.o.Route = func(context.Context, *ent.Delivery) ([]terms.ChannelKind, error) {
			return []terms.ChannelKind{terms.ChannelMail, terms.ChannelFax, terms.ChannelSpool}, nil
		}
		fax.send = func(context.Context, Parcel, func()) Result {
			return Result{Outcome: Refused, Detail: "not in service"}
		}
		x := w.notices(1)[0]
		w.start()
		w.awaitState(terms.Confirmed, x)
		if a := w.attempts(x); len(a) != 2 || a[0].Outcome != terms.AttemptRefused || a[1].Channel != terms.ChannelSpool {
			t.Errorf("attempts:\n%s", w.evidence(x))
		}
		if spool.bytes[x.ID] == "" || spool.rendered[x.ID] != 0 {
			t.Error("the second channel did not send the stored bytes")
		}
		w.tells(x, terms.Retrying, terms.Confirmed)
		spool.send = fax.send
		y := w.notices(1)[0]
		w.start().Nudge()
		w.awaitState(terms.Failed, y)
	})
}

func TestWhatCannotBeRenderedIsTriedAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newPost(terms.ChannelSpool)
		w := newWorld(t, s, c)
		all := w.notices(4)
		var broken atomic.Bool
		broken.Store(true)
		c.render = func(d *ent.Delivery) (Content, error) {
			switch {
			case broken.Load() && d.ID == all[1].ID:
				return Content{}, errors.New("the font lacks a letter")
			case broken.Load() && d.ID == all[2].ID:
				panic("a defect")
			}
			return Content{Document: []byte("%PDF"), Facts: []byte("{}")}, nil
		}
		d := w.start()
		w.awaitState(terms.Confirmed, all[0], all[3])
		w.awaitState(terms.Retrying, all[1], all[2])
		if a := w.attempts(all[1]); len(a) != 1 || a[0].Outcome != terms.AttemptNotSent || !strings.Contains(a[0].Detail, "lacks a letter") {
			t.Errorf("attempts:\n%s", w.evidence(all[1]))
		}
		broken.Store(false)
		w.awaitAll(d, terms.Confirmed, all...)
		w.tells(all[1], terms.Retrying, terms.Confirmed)
		if c.count(all[1]) != 1 {
			t.Error("it did not arrive once")
		}
	})
}

func TestAPanicLeavesTheEndUnknown(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newPost(terms.ChannelSpool)
		w := newWorld(t, s, c)
		c.send = func(_ context.Context, p Parcel, arrive func()) Result {
			if p.Attempt == 1 {
				arrive()
				panic("a defect")
			}
			return Result{Outcome: Confirmed}
		}
		x := w.notices(1)[0]
		w.start()
		w.awaitState(terms.Confirmed, x)
		w.tells(x, terms.Unknown, terms.Confirmed)
		if c.count(x) != 1 || c.questions() != "reconcile" {
			t.Errorf("arrived %d times, asked %q", c.count(x), c.questions())
		}
	})
}

// The fence: an attempt that outlived its lease cannot write over a newer one.
func TestASlowAttemptDoesNotOverwriteANewerOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newPost(terms.ChannelSpool)
		w := newWorld(t, s, c)
		gate := make(chan struct{})
		c.send = func(_ context.Context, p Parcel, arrive func()) Result {
			if p.Attempt == 1 {
				w.pulse.beat()
				<-gate // it heeds no timeout
				return Result{Outcome: Refused, Detail: "far too late"}
			}
			arrive()
			return Result{Outcome: Confirmed}
		}
		x := w.notices(1)[0]
		stop := w.run(New(s, w.o))
		w.awaitState(terms.Sending, x)
		w.advance(61 * time.Second)
		d := w.start()
		w.awaitAll(d, terms.Confirmed, x)
		close(gate)
		w.check(stop())
		w.is(x, terms.Confirmed)
		w.tells(x, terms.Unknown, terms.Retrying, terms.Confirmed)
		if a := w.attempts(x); len(a) != 2 || a[0].Outcome != terms.AttemptNotSent || a[1].Outcome != terms.AttemptConfirmed {
			t.Errorf("attempts:\n%s", w.evidence(x))
		}
	})
}

func TestAnAnswerIsFasterThanSend(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newPost(terms.ChannelSwitch)
		w := newWorld(t, s, switchPost{c})
		c.send = func(_ context.Context, p Parcel, _ func()) Result {
			_, err := w.ledger.Settle(context.Background(), Ref{ControlNumber: *p.Delivery.ControlNumber, Recipient: terms.ToStateFile}, Result{Outcome: Confirmed, Detail: "STATE ACK"})
			if err != nil {
				t.Error(err)
			}
			return Result{Outcome: Sent, Detail: "stored"}
		}
		state, national := w.files(w.newCase())
		stop := w.run(New(s, w.o))
		w.awaitState(terms.Confirmed, state)
		w.check(stop())
		w.is(state, terms.Confirmed)
		w.is(national, terms.Sent)
		w.tells(state, terms.Confirmed)
	})
}

func TestAnOverdueAnswerIsAskedFor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newPost(terms.ChannelSwitch)
		w := newWorld(t, s, switchPost{c})
		c.send = func(_ context.Context, _ Parcel, arrive func()) Result {
			arrive()
			return Result{Outcome: Sent, AnswerDue: time.Minute}
		}
		asked := 0
		c.reconcile = func(p Parcel) Result {
			if p.Attempt != 1 || p.AttemptStarted.IsZero() || len(p.Content.Facts) == 0 {
				t.Errorf("asked about %+v", p)
			}
			if asked++; asked < 4 {
				return Result{Outcome: Unknown, Detail: "no answer"}
			}
			return Result{Outcome: Verified, Detail: "the record says so"}
		}
		state, national := w.files(w.newCase())
		d := w.start()
		w.awaitState(terms.Sent, state)
		w.advance(time.Minute)
		w.awaitAll(d, terms.Confirmed, state)
		if row := w.get(state.ID); row.VerifiedAt == nil || !row.NextAt.Equal(Never) {
			t.Errorf("confirmed by inquiry, but %v", row)
		}
		w.tells(state, terms.Sent, terms.Unknown, terms.Confirmed)
		// The national file says nothing at all and is asked, with the bytes
		// that the state file got.
		w.advance(16 * time.Minute)
		w.awaitAll(d, terms.Confirmed, national)
		w.tells(national, terms.Sent, terms.Unknown, terms.Confirmed)
	})
}

// No switch acknowledgement is proof until an inquiry agrees (§3(e)).
func TestAConfirmationIsVerified(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newPost(terms.ChannelSwitch)
		w := newWorld(t, s, switchPost{c})
		c.send = func(_ context.Context, _ Parcel, arrive func()) Result {
			arrive()
			return Result{Outcome: Confirmed, Detail: "STATE ACK", VerifyAfter: time.Hour}
		}
		answers := []Result{{Outcome: Unknown}, {Outcome: NeverArrived, Detail: "acknowledged, not applied"}, {Outcome: Verified}}
		c.verify = func(Parcel) Result {
			r := answers[0]
			answers = answers[1:]
			return r
		}
		caseID := w.newCase()
		state, _ := w.files(caseID)
		d := w.start()
		w.awaitState(terms.Confirmed, state)
		w.advance(time.Hour)
		d.Nudge()
		w.pass(d, time.Minute, "it is sent again", func() bool { return c.count(state) == 2 })
		w.pass(d, time.Minute, "it is verified", func() bool { return w.get(state.ID).VerifiedAt != nil })
		w.tells(state, terms.Confirmed, terms.Retrying, terms.Confirmed, terms.Confirmed)

		// A correction has been planned: an inquiry would find that one.
		answers = []Result{{Outcome: Verified}}
		second, _ := w.files(caseID)
		d.Nudge()
		w.awaitState(terms.Confirmed, second)
		third, _ := w.files(caseID)
		d.Nudge()
		w.awaitState(terms.Confirmed, third)
		w.advance(2 * time.Hour)
		d.Nudge()
		w.await("the third is verified", func() bool { return w.get(third.ID).VerifiedAt != nil })
		w.await("the second rests", func() bool { return w.get(second.ID).NextAt.Equal(Never) })
		w.is(second, terms.Confirmed)
	})
}

// stubborn draws the same control number twice.
type stubborn struct {
	switchPost
	draws *atomic.Int64
}

func (c stubborn) ControlNumber() string {
	if c.draws.Add(1) <= 2 {
		return "REFTAKEN00"
	}
	return c.switchPost.ControlNumber()
}

func TestATakenControlNumberIsDrawnAnew(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newPost(terms.ChannelSwitch)
		w := newWorld(t, s, stubborn{switchPost{c}, new(atomic.Int64)})
		first, _ := w.files(w.newCase())
		second, _ := w.files(w.newCase())
		w.start()
		w.awaitState(terms.Confirmed, first, second)
		a, b := deref(w.get(first.ID).ControlNumber), deref(w.get(second.ID).ControlNumber)
		if a == b || a == "" || b == "" || c.count(first) != 1 {
			t.Errorf("control numbers %q and %q", a, b)
		}
	})
}

// With nothing configured for a recipient the delivery is tried again, rarely,
// and raises its alarm.
func TestWithoutAChannel(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		x := w.notices(1)[0]
		d := w.start()
		w.awaitState(terms.Retrying, x)
		if row := w.get(x.ID); row.AttemptCount != 0 || !row.NextAt.Equal(w.now().Add(2*time.Minute)) {
			t.Errorf("tried again at %s after %d attempts", row.NextAt, row.AttemptCount)
		}
		w.pass(d, time.Minute, "the alarm rings", func() bool {
			n, err := d.Overdue(w.ctx)
			w.check(err)
			return n == 1
		})
	})
}
