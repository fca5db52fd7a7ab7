package delivery

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

func TestPlanningAgainAddsOnlyWhatIsNew(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newPost(terms.ChannelSpool)
		w := newWorld(t, s, c)
		p := w.service(w.newCase())
		hartford, bristol := p.to(terms.ToAgency, "agy_A"), p.to(terms.ToAgency, "agy_B")
		added := w.add(hartford, hartford)
		if len(added) != 1 {
			t.Fatalf("a plan given twice made %d deliveries", len(added))
		}
		first := added[0]
		if first.State != terms.Pending || first.Version != 1 || !first.DueBy.Equal(evening.Add(5*time.Minute)) || deref(first.AgencyID) != "agy_A" {
			t.Errorf("added as %v", first)
		}
		w.tells(first) // the activity's record is its event

		// An address arrives: another agency, and another reason for the first.
		home := hartford
		home.Reasons = []terms.NoticeReason{terms.ProtectedPersonHome, terms.RespondentHome}
		home.Late, bristol.Late = true, true
		w.advance(time.Hour)
		added = w.add(home, bristol)
		if len(added) != 1 || added[0].RecipientKey != "agy_B" {
			t.Fatalf("added %v", added)
		}
		w.tells(added[0], terms.Pending)
		if d := w.get(first.ID); !slices.Equal(d.Reasons, []terms.NoticeReason{terms.RespondentHome, terms.ProtectedPersonHome}) {
			t.Errorf("the reasons are %v", d.Reasons)
		}
		w.tells(first)

		w.start()
		w.awaitState(terms.Confirmed, first, added[0])
		home.Reasons = []terms.NoticeReason{terms.ProtectedPersonWork}
		if added := w.add(home); len(added) != 0 || len(w.get(first.ID).Reasons) != 2 {
			t.Error("reasons were added to a notice that had been sent")
		}
	})
}

func TestOneRecordIsOneLane(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		c := w.newCase()
		first, national := w.files(c)
		if first.State != terms.Pending || deref(national.WaitingFor) != terms.WaitsForStateFile || !national.NextAt.Equal(Parked) {
			t.Fatalf("planned as %v and %v", first, national)
		}
		second, _ := w.files(c)
		third, _ := w.files(c)
		for _, d := range []*ent.Delivery{second, third} {
			if d.State != terms.Waiting || deref(d.WaitingFor) != terms.WaitsForOriginal {
				t.Fatalf("a correction is %s waiting for %q while the original is open", d.State, deref(d.WaitingFor))
			}
		}
		other := w.service(c).to(terms.ToStateFile, "P2")
		if d := w.add(other)[0]; d.State != terms.Pending {
			t.Error("an update of one record waits for that of another")
		}

		w.settle(first, Result{Outcome: Confirmed})
		w.is(second, terms.Pending) // and no other
		w.is(third, terms.Waiting)
		w.tells(second, terms.Pending)
		w.settle(second, Result{Outcome: Refused}) // open for a person, but no longer in flight
		w.is(third, terms.Pending)
	})
}

// settle sends the delivery to nowhere and lets the answer come.
func (w *world) settle(d *ent.Delivery, r Result) {
	w.Helper()
	w.dispatchSent()
	w.answer(Ref{Delivery: d.ID}, r, true)
}

// dispatchSent sends what is due to a switch that stores it and says no more.
func (w *world) dispatchSent() {
	w.Helper()
	c := newPost(terms.ChannelSwitch)
	c.send = func(_ context.Context, p Parcel, arrive func()) Result {
		arrive()
		return Result{Outcome: Sent, Detail: "stored by the switch"}
	}
	o := w.o
	o.Channels = []Channel{switchPost{c}}
	stop := w.run(New(w.s, o))
	w.await("all is sent", func() bool {
		return w.count(terms.Pending)+w.count(terms.Retrying)+w.count(terms.Sending) == 0
	})
	w.check(stop())
}

func (w *world) answer(ref Ref, r Result, changes bool) {
	w.Helper()
	changed, err := w.ledger.Settle(w.ctx, ref, r)
	w.check(err)
	if changed != changes {
		w.Fatalf("the answer %s: changed = %t, want %t", r.Outcome, changed, changes)
	}
}

func TestAnUpdateWaitsForItsFileNumber(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		c := w.newCase()
		state := w.service(c).to(terms.ToStateFile, "P1")
		state.WaitsFor = terms.WaitsForFileNumber
		first := w.add(state)[0]
		state = w.service(c).to(terms.ToStateFile, "P1")
		state.WaitsFor = terms.WaitsForFileNumber
		second := w.add(state)[0]
		if deref(first.WaitingFor) != terms.WaitsForFileNumber || deref(second.WaitingFor) != terms.WaitsForFileNumber {
			t.Fatalf("they wait for %q and %q", deref(first.WaitingFor), deref(second.WaitingFor))
		}
		if n, err := New(s, w.o).Overdue(w.ctx); n != 0 || err != nil {
			t.Errorf("%d overdue, %v", n, err)
		}
		w.advance(6 * time.Minute)
		if n, err := New(s, w.o).Overdue(w.ctx); n != 2 || err != nil {
			t.Errorf("after the deadline %d overdue, %v; what waits must be seen", n, err)
		}
		w.tx(func(ctx context.Context, tx *ent.Tx) error {
			released, err := w.ledger.Release(ctx, tx, w.now(), c, terms.ToStateFile, "P1", terms.WaitsForFileNumber)
			if err == nil && (len(released) != 1 || released[0].ID != first.ID) {
				t.Errorf("released %v", released)
			}
			return err
		})
		w.is(first, terms.Pending)
		w.tells(first, terms.Pending)
		if d := w.is(second, terms.Waiting); deref(d.WaitingFor) != terms.WaitsForOriginal {
			t.Errorf("the correction waits for %q", deref(d.WaitingFor))
		}
		w.settle(first, Result{Outcome: Confirmed})
		w.is(second, terms.Pending)
	})
}

func TestAnUnsentUpdateIsSuperseded(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		c := w.newCase()
		sent, _ := w.files(c)
		w.dispatchSent()
		second, national := w.files(c)
		w.supersede(second)
		w.is(second, terms.Superseded)
		w.is(national, terms.Superseded)
		w.tells(second, terms.Superseded)
		w.is(sent, terms.Sent) // what is in flight stays, and the next one waits for it
		third, _ := w.files(c)
		w.is(third, terms.Waiting)
		w.answer(Ref{Delivery: sent.ID}, Result{Outcome: Confirmed}, true)
		w.is(third, terms.Pending)
	})
}

// supersede closes deliveries as a correction does.
func (w *world) supersede(rows ...*ent.Delivery) {
	w.Helper()
	w.tx(func(ctx context.Context, tx *ent.Tx) error {
		planned, err := w.ledger.Planned(ctx, tx, rows[0].CaseID)
		if err != nil {
			return err
		}
		var stale []*ent.Delivery
		for _, d := range planned {
			if slices.ContainsFunc(rows, func(r *ent.Delivery) bool { return r.ID == d.ID }) {
				if !d.Replaceable() {
					w.Fatalf("delivery to %s in %s may not be superseded", d.RecipientKind, d.State)
				}
				stale = append(stale, d.Delivery)
			}
		}
		return w.ledger.Supersede(ctx, tx, w.now(), "corrected before it was sent", stale...)
	})
}

func TestTheNationalFileIsObserved(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		state, national := w.files(w.newCase())
		w.dispatchSent()
		number := deref(w.is(state, terms.Sent).ControlNumber)
		if number == "" {
			t.Fatal("no control number was drawn")
		}
		w.is(national, terms.Waiting)
		toState := Ref{ControlNumber: number, Recipient: terms.ToStateFile}
		toNational := Ref{ControlNumber: number, Recipient: terms.ToNationalFile}

		ack := Result{Outcome: Confirmed, Detail: "STATE ACK SEQ/1", At: evening}
		w.answer(toState, ack, true)
		w.answer(toState, ack, false)
		if d := w.is(national, terms.Sent); !d.NextAt.Equal(w.now().Add(15 * time.Minute)) {
			t.Errorf("the national file's answer is due at %s", d.NextAt)
		}
		w.tells(state, terms.Sent, terms.Confirmed)
		w.answer(toNational, Result{Outcome: Confirmed, Detail: "NATNL ACK"}, true)
		w.tells(national, terms.Sent, terms.Confirmed)
		// The newest word of the file wins: a rejection after the acknowledgement.
		w.answer(toNational, Result{Outcome: Refused, Detail: "NATNL REJ R04"}, true)
		if d := w.is(national, terms.Failed); d.ConfirmedAt != nil || !d.NextAt.Equal(Parked) {
			t.Errorf("undone, but %v", d)
		}
		w.answer(toNational, Result{Outcome: Confirmed, Detail: "NATNL ACK"}, false)
		w.is(national, terms.Failed)

		if _, err := w.ledger.Settle(w.ctx, Ref{ControlNumber: "NOBODY", Recipient: terms.ToStateFile}, ack); !errors.Is(err, ErrNoDelivery) {
			t.Errorf("an unmatched answer: %v", err)
		}
	})
}

func TestTheNationalFileIsFasterThanTheState(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		state, national := w.files(w.newCase())
		w.dispatchSent()
		ref := Ref{ControlNumber: deref(w.get(state.ID).ControlNumber), Recipient: terms.ToNationalFile}
		w.answer(ref, Result{Outcome: Confirmed, Detail: "NATNL ACK"}, true)
		w.is(national, terms.Confirmed)
		w.is(state, terms.Sent)
		ref.Recipient = terms.ToStateFile
		w.answer(ref, Result{Outcome: Confirmed, Detail: "STATE ACK"}, true)
		w.tells(national, terms.Confirmed)
		w.is(state, terms.Confirmed)
	})
}

// A file that is locked says "try again" (R09). The rejections of two attempts
// look alike, and a repeat of the first must not cause a third sending.
func TestARepeatedRejectionIsNotTakenForANewOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		state, _ := w.files(w.newCase())
		w.dispatchSent()
		ref := Ref{Delivery: state.ID}
		locked := Result{Outcome: NotSent, Detail: "STATE REJ R09"}
		w.answer(ref, locked, true)
		w.is(state, terms.Retrying)
		w.answer(ref, locked, false)
		w.advance(2 * time.Second)
		w.dispatchSent()
		w.is(state, terms.Sent)
		early := locked
		early.At = evening // of before the second attempt, by the file's clock
		w.answer(ref, early, false)
		w.is(state, terms.Sent)
		w.answer(ref, locked, true)
		w.is(state, terms.Unknown) // ask first
		w.answer(ref, Result{Outcome: Refused, Detail: "STATE REJ R04", At: w.now()}, true)
		w.is(state, terms.Failed)
	})
}

func TestAnAnswerToWhatAPersonResolvedIsKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		state, _ := w.files(w.newCase())
		w.dispatchSent()
		w.tx(func(ctx context.Context, tx *ent.Tx) error { // as the registry section will
			p := &page{l: w.ledger, tx: tx, now: w.now()}
			_, err := p.move(ctx, w.get(state.ID), PersonAbandons, Result{Detail: "told by telephone"})
			return errors.Join(err, p.close(ctx))
		})
		w.answer(Ref{Delivery: state.ID}, Result{Outcome: Confirmed, Detail: "STATE ACK SEQ/7"}, false)
		w.is(state, terms.Abandoned)
		if got := w.attempts(state)[0].Detail; got != "stored by the switch\nSTATE ACK SEQ/7" {
			t.Errorf("the evidence is %q", got)
		}
		w.tells(state, terms.Sent, terms.Abandoned)
	})
}

func TestTriesAreCounted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		state, _ := w.files(w.newCase())
		w.dispatchSent()
		notThere := Result{Outcome: NotSent, RetryAfter: 10 * time.Minute, Tries: 2, Detail: "STATE REJ R02"}
		w.answer(Ref{Delivery: state.ID}, notThere, true)
		if d := w.is(state, terms.Retrying); !d.NextAt.Equal(w.now().Add(10 * time.Minute)) {
			t.Errorf("tried again at %s", d.NextAt)
		}
		w.advance(10 * time.Minute)
		w.dispatchSent()
		notThere.At = w.now()
		w.answer(Ref{Delivery: state.ID}, notThere, true)
		w.is(state, terms.Failed)
	})
}

// The lane holds when the original is settled while its correction is planned.
func TestSettledWhileTheNextIsPlanned(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		for range 20 {
			c := w.newCase()
			first, _ := w.files(c)
			w.dispatchSent()
			answered := make(chan error, 1)
			go func() {
				_, err := w.ledger.Settle(w.ctx, Ref{Delivery: first.ID}, Result{Outcome: Confirmed})
				answered <- err
			}()
			second, _ := w.files(c)
			w.check(<-answered)
			w.is(second, terms.Pending)
			w.settle(second, Result{Outcome: Confirmed})
		}
	})
}
