package orderfile_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/journalrecord"
	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/intake/intaketest"
	"github.com/service-tracking/sts/internal/orderfile"
	"github.com/service-tracking/sts/internal/registry"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// retries has registry1 retry the delivery.
func (r *road) retries(d *ent.Delivery) {
	r.Helper()
	desk := &registry.Desk{Store: r.Store, Planner: r.Planner, Ledger: r.Ledger, Reference: r.Reference, Clock: r.Clock.Now, OnCommit: r.beat}
	done, err := desk.RetryDelivery(context.Background(), r.As("registry1"), registry.Decision{Delivery: d.ID, Reason: "the file's operator says that it never came"})
	r.check(err)
	if done.Refusal != nil {
		r.Fatalf("refused: %+v\n%s", done.Refusal, r.evidence())
	}
	r.Clock.Advance(time.Second)
}

// tells are the states of the delivery, as the journal tells them.
func (r *road) tells(d *ent.Delivery) (states string) {
	r.Helper()
	records, err := r.Store.Client.JournalRecord.Query().
		Where(journalrecord.AboutID(d.ID), journalrecord.KindEQ(terms.DeliveryChanged)).Order(journalrecord.ByRecordedAt(), journalrecord.ByID()).All(r.System())
	r.check(err)
	for _, record := range records {
		_, after, _ := strings.Cut(string(record.Facts), `"state":"`)
		state, _, _ := strings.Cut(after, `"`)
		states += state + " "
	}
	return states
}

// §3(f): a person's retry of the national file asks it first, and then has the
// state file told once more, whose switch forwards.
func TestRetryOnTheNationalFile(t *testing.T) {
	forgot := orderfile.Fault{Do: orderfile.FaultNoNational}
	rejects := orderfile.Fault{Do: orderfile.FaultReject, File: orderfile.NationalFile, Code: "R04"}
	for name, c := range map[string]struct {
		fault orderfile.Fault
		then  func(r *road, state, national *ent.Delivery)
		sent  int
		lines int    // that the switch wrote into the national file
		tells string // of the national update
	}{
		"rejected, then put right there": {
			fault: rejects, sent: 2, lines: 1, tells: "SENT FAILED RETRYING WAITING SENT CONFIRMED ",
			then: func(r *road, _, national *ent.Delivery) { r.ends(national, terms.Failed) },
		},
		"never forwarded": {
			fault: forgot, sent: 2, lines: 1, tells: "SENT UNKNOWN RETRYING WAITING SENT CONFIRMED ",
			then: func(r *road, _, national *ent.Delivery) {
				r.awaits(national, terms.Sent)
				r.Clock.Advance(16 * time.Minute)
				r.awaits(national, terms.Unknown)
			},
		},
		"impatient: before the answer is overdue": {
			fault: forgot, sent: 2, lines: 1, tells: "SENT RETRYING WAITING SENT CONFIRMED ",
			then: func(r *road, _, national *ent.Delivery) { r.awaits(national, terms.Sent) },
		},
		"it is there by now: nothing is sent": {
			fault: rejects, sent: 1, tells: "SENT FAILED RETRYING CONFIRMED ",
			then: func(r *road, _, national *ent.Delivery) {
				r.ends(national, terms.Failed)
				served := r.lines(orderfile.StateFile, 1)[0]
				served.File, served.ServiceTime = orderfile.NationalFile, ""
				r.check(r.simulator.Enter(served))
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				r := newRoad(t, s)
				r.order(nil)
				state, national := r.serve()
				r.simulator.Fault(orderfile.Match{Key: "MPO", Times: 1}, c.fault)
				r.start()
				r.ends(state, terms.Confirmed)
				c.then(r, state, national)
				r.retries(national)
				r.ends(national, terms.Confirmed)
				r.awaits(state, terms.Confirmed)
				if r.updates() != c.sent {
					t.Errorf("the state file was told %d times, want %d\n%s", r.updates(), c.sent, r.evidence())
				}
				r.lines(orderfile.StateFile, 1) // said again, it changes nothing
				r.lines(orderfile.NationalFile, c.lines)
				if got := r.tells(national); got != c.tells {
					t.Errorf("the national update was %s, want %s", got, c.tells)
				}
			})
		})
	}
}

// §3(f): what the national file has otherwise, a person must look at again.
func TestRetryFindsAnotherWord(t *testing.T) {
	r := newRoad(t, storetest.SQLite(t))
	r.order(nil)
	state, national := r.serve()
	r.simulator.Fault(orderfile.Match{Key: "MPO", Times: 1}, orderfile.Fault{Do: orderfile.FaultReject, File: orderfile.NationalFile, Code: "R04"})
	r.start()
	r.ends(state, terms.Confirmed)
	r.ends(national, terms.Failed)
	r.Clock.Advance(time.Hour)
	other := r.lines(orderfile.StateFile, 1)[0]
	other.File, other.ServiceDate, other.ServiceTime = orderfile.NationalFile, "20261101", ""
	r.check(r.simulator.Enter(other))
	r.retries(national)
	r.awaits(national, terms.Failed)
	if r.updates() != 1 {
		t.Errorf("the state file was told %d times", r.updates())
	}
}

// §3(e): while the national file is asked, a newer service is recorded: that goes
// instead, and the older one is not sent over it.
func TestANewerUpdateGoesInsteadOfARetry(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRoad(t, s)
		r.order(nil)
		state, national := r.serve()
		r.simulator.Fault(orderfile.Match{Key: "MPO", Times: 1}, orderfile.Fault{Do: orderfile.FaultReject, File: orderfile.NationalFile, Code: "R04"})
		p := r.start()
		r.ends(state, terms.Confirmed)
		r.ends(national, terms.Failed)
		p.kill()
		r.retries(national)
		newer, newerNational := r.serveAt(intaketest.Noon.Add(-24 * time.Hour))
		r.Clock.Advance(time.Second)
		r.start()
		r.ends(newer, terms.Confirmed)
		r.awaits(newerNational, terms.Confirmed)
		r.ends(national, terms.Superseded)
		r.is(state, terms.Confirmed)
		if last := r.lines(orderfile.StateFile, 2)[1]; last.ServiceDate != "20261123" || r.updates() != 2 {
			t.Errorf("the file says %s after %d updates", last.ServiceDate, r.updates())
		}
	})
}

// A process that dies while it asks: the next one asks, and the retry is not
// forgotten.
func TestKilledWhileAskingAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRoad(t, s)
		r.order(nil)
		state, national := r.serve()
		r.simulator.Fault(orderfile.Match{Key: "MPO", Times: 1}, orderfile.Fault{Do: orderfile.FaultReject, File: orderfile.NationalFile, Code: "R04"})
		p := r.start()
		r.ends(state, terms.Confirmed)
		r.ends(national, terms.Failed)
		p.kill()
		r.retries(national)
		asked := make(chan struct{})
		r.around = func(c delivery.Channel) delivery.Channel { return stuck{c, asked} }
		p = r.start()
		<-asked
		p.kill()
		r.is(national, terms.Retrying)
		r.around = func(c delivery.Channel) delivery.Channel { return c }
		r.start()
		r.ends(national, terms.Confirmed)
		if r.updates() != 2 {
			t.Errorf("the state file was told %d times\n%s", r.updates(), r.evidence())
		}
	})
}

// stuck is a channel whose inquiries end with the process.
type stuck struct {
	delivery.Channel
	asked chan struct{}
}

func (s stuck) Reconcile(ctx context.Context, _ delivery.Parcel) delivery.Result {
	close(s.asked)
	<-ctx.Done()
	return delivery.Result{Outcome: delivery.Unknown, Detail: "it died"}
}

// ControlNumber is the channel's own.
func (s stuck) ControlNumber() string { return s.Channel.(delivery.Numberer).ControlNumber() }
