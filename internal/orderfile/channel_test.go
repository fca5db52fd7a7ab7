package orderfile_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/orderfile"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// §3(e), §3(f): a recorded service reaches both files, each once, and both are
// proved by inquiry. The state file gets date and time in the court's zone; the
// national one has no field for the time.
func TestAServiceReachesBothFiles(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRoad(t, s)
		r.order(nil)
		state, national := r.serve()
		r.start()
		r.awaits(state, terms.Confirmed)
		r.awaits(national, terms.Confirmed)
		line := r.lines(orderfile.StateFile, 1)[0]
		if line.ServiceDate != "20261124" || line.ServiceTime != "1200" || line.Code != "1" || line.RecordNumber != "S1001" ||
			line.Name != "NUNEZ, JOSE" || string(line.ControlNumber) != *r.get(state).ControlNumber {
			t.Errorf("the state file: %+v", line)
		}
		line = r.lines(orderfile.NationalFile, 1)[0]
		if line.ServiceDate != "20261124" || line.ServiceTime != "" || line.RecordNumber != "S1001" {
			t.Errorf("the national file: %+v", line)
		}
		for _, d := range []*ent.Delivery{state, national} {
			if now := r.get(d); now.VerifiedAt != nil || !now.NextAt.Equal(r.Clock.Now().Add(10*time.Minute)) {
				t.Errorf("an acknowledgement is no proof: %v", now)
			}
		}
		r.Clock.Advance(10 * time.Minute)
		r.await("both are verified", func() bool {
			return r.get(state).VerifiedAt != nil && r.get(national).VerifiedAt != nil
		})
		if r.updates() != 1 {
			t.Errorf("sent %d times", r.updates())
		}
		r.kept(0) // the replies to our own inquiries are no list of riddles
	})
}

// An order that was made without the respondent is another key at the switch.
func TestATemporaryOrder(t *testing.T) {
	r := newRoad(t, storetest.SQLite(t))
	r.order(func(row *feed.Registry) { row.ExParte = true })
	state, _ := r.serve()
	r.start()
	r.awaits(state, terms.Confirmed)
	if !slices.ContainsFunc(r.simulator.Journal(), func(l orderfile.JournalLine) bool { return strings.Contains(l.Body, ".STSDISP.MTO.") }) {
		t.Errorf("%+v", r.simulator.Journal())
	}
}

// §3(e), §3(f): however the switch fails, each file is changed once, or a person
// sees why not.
func TestFaultsOfTheSwitch(t *testing.T) {
	once := func(f orderfile.Fault) func(*road) {
		return func(r *road) { r.simulator.Fault(orderfile.Match{Key: "MPO", Times: 1}, f) }
	}
	always := func(f orderfile.Fault) func(*road) {
		return func(r *road) { r.simulator.Fault(orderfile.Match{Key: "MPO"}, f) }
	}
	for name, c := range map[string]struct {
		fault           func(*road)
		then            func(r *road, state, national *ent.Delivery)
		state, national terms.DeliveryState
		sent, lines     int
	}{
		"drop_after: applied, and nobody said so": {
			fault: once(orderfile.Fault{Do: orderfile.FaultDropAfter}), state: terms.Confirmed, national: terms.Confirmed, sent: 1, lines: 1,
		},
		"no_A": {
			fault: once(orderfile.Fault{Do: orderfile.FaultNoA}), state: terms.Confirmed, national: terms.Confirmed, sent: 1, lines: 1,
		},
		"delay, longer than A may take": {
			fault: once(orderfile.Fault{Do: orderfile.FaultDelay, For: 400 * time.Millisecond}),
			then: func(r *road, state, _ *ent.Delivery) {
				r.awaits(state, terms.Unknown)
				r.awaits(state, terms.Confirmed)
			},
			state: terms.Confirmed, national: terms.Confirmed, sent: 1, lines: 1,
		},
		"dup: every answer twice": {
			fault: once(orderfile.Fault{Do: orderfile.FaultDuplicate}), state: terms.Confirmed, national: terms.Confirmed, sent: 1, lines: 1,
		},
		"drop_before: it never arrived": {
			fault: once(orderfile.Fault{Do: orderfile.FaultDropBefore}),
			then:  func(r *road, state, _ *ent.Delivery) { r.awaits(state, terms.Unknown) }, // then asked
			state: terms.Confirmed, national: terms.Confirmed, sent: 2, lines: 1,
		},
		"nack: busy": {
			fault: once(orderfile.Fault{Do: orderfile.FaultNack}),
			then:  func(r *road, state, _ *ent.Delivery) { r.awaits(state, terms.Retrying) },
			state: terms.Confirmed, national: terms.Confirmed, sent: 2, lines: 1,
		},
		"nack: our frame is bad": {
			fault: once(orderfile.Fault{Do: orderfile.FaultNack, Code: orderfile.BadFrame}), state: terms.Failed, national: terms.Waiting, sent: 1,
		},
		"reject: the record is locked": {
			fault: once(orderfile.Fault{Do: orderfile.FaultReject, Code: "R09"}),
			then:  func(r *road, state, _ *ent.Delivery) { r.awaits(state, terms.Retrying) },
			state: terms.Confirmed, national: terms.Confirmed, sent: 2, lines: 1,
		},
		"reject: the name does not match": {
			fault: always(orderfile.Fault{Do: orderfile.FaultReject, Code: "R04"}), state: terms.Failed, national: terms.Waiting, sent: 1,
		},
		"reject: not on file, six times": {
			fault: always(orderfile.Fault{Do: orderfile.FaultReject}),
			then: func(r *road, state, _ *ent.Delivery) {
				for n := range 5 {
					r.await("it is not on file", func() bool { return r.get(state).State == terms.Retrying && r.updates() == n+1 })
					if now := r.get(state); !now.NextAt.Equal(r.Clock.Now().Add(10 * time.Minute)) {
						r.Errorf("after try %d it is tried again at %s", n+1, now.NextAt)
					}
					r.Clock.Advance(10 * time.Minute)
				}
			},
			state: terms.Failed, national: terms.Waiting, sent: 6,
		},
		"reject: by the national file": {
			fault: always(orderfile.Fault{Do: orderfile.FaultReject, File: orderfile.NationalFile, Code: "R04"}),
			state: terms.Confirmed, national: terms.Failed, sent: 1, lines: 1,
		},
		"ack_not_applied: only the inquiry shows it": {
			fault: once(orderfile.Fault{Do: orderfile.FaultAckNotApplied}),
			then: func(r *road, state, _ *ent.Delivery) {
				r.awaits(state, terms.Confirmed)
				r.ends(state, terms.Retrying)
			},
			state: terms.Confirmed, national: terms.Confirmed, sent: 2, lines: 1,
		},
		"no_national: the state switch forgot to forward": {
			fault: once(orderfile.Fault{Do: orderfile.FaultNoNational}),
			then: func(r *road, state, national *ent.Delivery) {
				r.awaits(national, terms.Sent)
				r.Clock.Advance(16 * time.Minute)
				r.awaits(national, terms.Unknown)
				r.staysUnknown(national) // we never write there (§3(f))
			},
			state: terms.Confirmed, national: terms.Unknown, sent: 1, lines: 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				r := newRoad(t, s)
				r.accept = 200 * time.Millisecond
				r.order(nil)
				state, national := r.serve()
				c.fault(r)
				r.start()
				if c.then != nil {
					c.then(r, state, national)
				}
				r.ends(state, c.state)
				r.awaits(national, c.national)
				r.lines(orderfile.StateFile, c.lines)
				forwarded := c.lines
				if c.national != terms.Confirmed {
					forwarded = 0
				}
				r.lines(orderfile.NationalFile, forwarded)
				if r.updates() != c.sent {
					t.Errorf("sent %d times, want %d\n%s", r.updates(), c.sent, r.evidence())
				}
			})
		})
	}
}
