package orderfile_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/intake/intaketest"
	"github.com/service-tracking/sts/internal/orderfile"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// hold makes the switch store the next update and pass it on to nobody.
func (r *road) hold(code orderfile.Code) {
	r.simulator.Fault(orderfile.Match{Key: "MPO", Times: 1}, orderfile.Fault{Do: orderfile.FaultHold, Code: code})
}

// overdue waits until the answer to what was sent is overdue, and nobody knows.
func (r *road) overdue(d *ent.Delivery) {
	r.Helper()
	r.awaits(d, terms.Sent)
	r.Clock.Advance(5 * time.Minute)
	r.awaits(d, terms.Unknown)
}

// §3(e): what the switch has stored may still come, so a record that does not
// show it proves nothing. It is never sent again by itself.
func TestWhatTheSwitchHoldsIsNotSentAgain(t *testing.T) {
	for name, code := range map[string]orderfile.Code{"it says so (S02)": orderfile.WillForward, "it says nothing": ""} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				r := newRoad(t, s)
				r.order(nil)
				state, national := r.serve()
				r.hold(code)
				r.start()
				r.overdue(state)
				r.staysUnknown(state)
				if r.updates() != 1 {
					t.Fatalf("sent %d times\n%s", r.updates(), r.evidence())
				}
				r.lines(orderfile.StateFile, 0)
				r.simulator.InService()
				r.awaits(state, terms.Confirmed)
				r.awaits(national, terms.Confirmed)
				r.lines(orderfile.StateFile, 1)
				r.lines(orderfile.NationalFile, 1)
				if r.updates() != 1 {
					t.Errorf("sent %d times\n%s", r.updates(), r.evidence())
				}
			})
		})
	}
}

// S02 and S04 count even where the process died before it could note that the
// switch has stored the update.
func TestWhatTheSwitchHoldsIsNotSentAgainAfterACrash(t *testing.T) {
	for name, c := range map[string]struct {
		code orderfile.Code
		sent int
	}{"it will forward": {orderfile.WillForward, 1}, "it will not": {orderfile.WontForward, 2}} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				r := newRoad(t, s)
				r.order(nil)
				state, _ := r.serve()
				r.hold(c.code)
				r.killed(state, true)
				r.await("the status is kept", func() bool { return len(r.answers()) == 1 })
				r.staysUnknown(state)
				if r.updates() != 1 {
					t.Fatalf("sent %d times\n%s", r.updates(), r.evidence())
				}
				r.simulator.InService()
				r.ends(state, terms.Confirmed)
				r.lines(orderfile.StateFile, 1)
				if r.updates() != c.sent {
					t.Errorf("sent %d times, want %d\n%s", r.updates(), c.sent, r.evidence())
				}
			})
		})
	}
}

// S04: the switch has thrown the update away. Once the file is back it is sent
// again, when an inquiry has shown that the record is unchanged.
func TestWhatTheSwitchThrewAwayIsSentAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRoad(t, s)
		r.order(nil)
		state, national := r.serve()
		r.hold(orderfile.WontForward)
		r.start()
		r.overdue(state)
		r.staysUnknown(state) // the file is still out of service
		r.simulator.InService()
		r.await("S01 is kept", func() bool { return len(r.answers()) == 2 })
		r.ends(state, terms.Confirmed)
		r.awaits(national, terms.Confirmed)
		r.lines(orderfile.StateFile, 1)
		if a := r.attempts(state); r.updates() != 2 || len(a) != 2 || a[0].Outcome != terms.AttemptNotSent {
			t.Errorf("sent %d times\n%s", r.updates(), r.evidence())
		}
	})
}

// An outage that was over before tells nothing of this update.
func TestAnEarlierOutageTellsNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRoad(t, s)
		r.order(nil)
		r.hold(orderfile.WontForward)
		state, _ := r.serve()
		r.start()
		r.awaits(state, terms.Sent)
		r.simulator.InService()
		r.await("S01 is kept", func() bool { return len(r.answers()) == 2 })
		r.Clock.Advance(5 * time.Minute)
		r.awaits(state, terms.Unknown)
		r.ends(state, terms.Confirmed)
		r.Clock.Advance(time.Minute)
		r.hold("")
		second, _ := r.serveAt(intaketest.Noon.Add(-time.Minute)) // earlier: the record changes
		r.overdue(second)
		r.staysUnknown(second)
		if r.updates() != 3 {
			t.Errorf("sent %d times\n%s", r.updates(), r.evidence())
		}
	})
}

// corpse is a channel of a process that dies in its first call of Send: before
// the update leaves, or after the switch has taken it.
type corpse struct {
	delivery.Channel
	sends bool
	once  *sync.Once
	dead  chan struct{} // closed when it is dead
	grave chan struct{} // closed when the test is over
}

func (c corpse) ControlNumber() string { return c.Channel.(delivery.Numberer).ControlNumber() }

func (c corpse) Send(ctx context.Context, p delivery.Parcel) delivery.Result {
	if c.sends {
		c.Channel.Send(ctx, p)
	}
	c.once.Do(func() { close(c.dead) })
	<-c.grave
	return delivery.Result{Outcome: delivery.Confirmed, Detail: "a dead process speaks"}
}

// killed lets a process die while it sends the update, and starts another when
// the lease has run out.
func (r *road) killed(d *ent.Delivery, sends bool) {
	r.Helper()
	c := corpse{sends: sends, once: new(sync.Once), dead: make(chan struct{}), grave: make(chan struct{})}
	r.around = func(channel delivery.Channel) delivery.Channel { c.Channel = channel; return c }
	r.deaf = true
	first := r.start()
	r.Cleanup(func() { close(c.grave) }) // before the process is waited for
	<-c.dead
	first.kill()
	r.is(d, terms.Sending)
	r.deaf = false
	r.around = func(channel delivery.Channel) delivery.Channel { return channel }
	r.Clock.Advance(time.Minute)
	r.start()
}

// §3(e), §3(f): kill the process before or after the update left it, and each
// file is still changed once.
func TestKilledWhileSending(t *testing.T) {
	for name, c := range map[string]struct {
		sends bool
		sent  int
	}{"before it left": {false, 1}, "after the switch took it": {true, 1}} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				r := newRoad(t, s)
				r.order(nil)
				state, national := r.serve()
				r.killed(state, c.sends)
				r.ends(state, terms.Confirmed)
				r.awaits(national, terms.Confirmed)
				r.lines(orderfile.StateFile, 1)
				r.lines(orderfile.NationalFile, 1)
				if r.updates() != c.sent {
					t.Errorf("sent %d times, want %d\n%s", r.updates(), c.sent, r.evidence())
				}
			})
		})
	}
}

// The record was changed by our own earlier update, a moment before this one
// was lost. Its acknowledgement told the sequence: nobody else wrote.
func TestOurOwnLastChangeIsKnownByItsSequence(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRoad(t, s)
		r.order(nil)
		r.start()
		first, _ := r.serve()
		r.awaits(first, terms.Confirmed)
		r.simulator.Fault(orderfile.Match{Key: "MPO", Times: 1}, orderfile.Fault{Do: orderfile.FaultDropBefore})
		r.Clock.Advance(100 * time.Millisecond)
		second, _ := r.serveAt(intaketest.Noon.Add(-time.Minute)) // earlier: the record changes
		r.awaits(second, terms.Unknown)
		r.ends(second, terms.Confirmed)
		r.lines(orderfile.StateFile, 2)
	})
}

// Somebody else's change of a moment before the attempt, by a clock that may be
// behind ours, is not written over.
func TestAClockThatIsBehind(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRoad(t, s)
		r.order(nil)
		state, _ := r.serve()
		r.Clock.Advance(-2 * time.Second)
		r.check(r.simulator.Enter(orderfile.Change{File: orderfile.StateFile, RecordNumber: "S1001", Name: "NUNEZ, JOSE", Code: "2"}))
		r.Clock.Advance(2 * time.Second)
		r.simulator.Fault(orderfile.Match{Key: "MPO", Times: 1}, orderfile.Fault{Do: orderfile.FaultDropBefore})
		r.start()
		r.awaits(state, terms.Unknown)
		r.ends(state, terms.Failed) // a person looks
		r.lines(orderfile.StateFile, 0)
	})
}

// The order's record has no number yet: the update waits, and goes when the
// registry tells it. One whose order has ended meanwhile waits for a person.
func TestTheFileNumberComesLater(t *testing.T) {
	for name, ended := range map[string]bool{"in force": false, "ended": true} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				r := newRoad(t, s)
				r.order(func(row *feed.Registry) { row.StateFileNumber = "" })
				state, national := r.serve()
				r.is(state, terms.Waiting)
				p := r.start()
				r.Clock.Advance(10 * time.Minute)
				r.order(func(row *feed.Registry) {
					if ended {
						row.Outcome = terms.OutcomeDenied
					}
				})
				if !ended {
					r.awaits(state, terms.Confirmed)
					r.awaits(national, terms.Confirmed)
					r.lines(orderfile.StateFile, 1)
					return
				}
				r.is(state, terms.Waiting)
				r.is(national, terms.Waiting)
				if n, err := p.dispatcher.Overdue(r.System()); n < 1 || err != nil {
					t.Errorf("%d overdue, %v: a person must see it", n, err)
				}
				r.lines(orderfile.StateFile, 0)
			})
		})
	}
}

// An order that had ended when its papers were served has no record to update.
func TestAnEndedOrder(t *testing.T) {
	r := newRoad(t, storetest.SQLite(t))
	r.order(func(row *feed.Registry) { row.Outcome = terms.OutcomeDenied })
	if state, national := r.serve(); state != nil || national != nil {
		t.Errorf("planned: %v, %v", state, national)
	}
}

// An order that ends while its update is on the way still gets it: the service
// was while it was in force. The file may answer that the record is gone.
func TestAnOrderThatEndsMeanwhile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRoad(t, s)
		r.order(nil)
		state, national := r.serve()
		r.Clock.Advance(time.Minute)
		r.order(func(row *feed.Registry) { row.Outcome = terms.OutcomeDismissed })
		r.simulator.Fault(orderfile.Match{}, orderfile.Fault{Do: orderfile.FaultReject, Code: "R07"})
		r.start()
		r.awaits(state, terms.Failed)
		r.is(national, terms.Waiting)
	})
}
