package orderfile_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/service-tracking/sts/ent"
	entdelivery "github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/intake/intaketest"
	"github.com/service-tracking/sts/internal/orderfile"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/recording/recordingtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// What stands in the place of a service at noon; nil is a withdrawal.
var (
	anHourEarlier = entry(recordingtest.Served(intaketest.Noon.Add(-time.Hour)))
	theDayBefore  = entry(recordingtest.Served(intaketest.Noon.AddDate(0, 0, -1)))
	atTheAbode    = &recording.Entry{Service: &recording.ServiceEntry{Method: terms.MethodAbode, ExecutedAt: intaketest.Noon}}
	anAttempt     = entry(recordingtest.Attempted(intaketest.Noon))
	withdrawn     *recording.Entry
)

func entry(e recording.Entry) *recording.Entry { return &e }

// served records a service and answers it.
func (r *road) served(executed time.Time) *ent.ServiceActivity {
	r.Helper()
	r.Clock.Advance(10 * time.Minute)
	in := r.Service(docket, executed)
	in.Confirm = []terms.Confirmation{terms.ConfirmAlreadyServed}
	return r.Serve(in).Activity
}

// updatesOf are the updates of one file, the oldest first.
func (r *road) updatesOf(kind terms.RecipientKind) []*ent.Delivery {
	r.Helper()
	return r.Store.Client.Delivery.Query().Where(entdelivery.RecipientKindEQ(kind)).
		Order(entdelivery.BySequence(), entdelivery.ByID()).AllX(r.System())
}

// rests waits until all updates of the files are settled as far as they can be,
// and lets time pass where a look waits for it.
func (r *road) rests() {
	r.Helper()
	r.await("all updates are settled", func() bool {
		settled := true
		for _, d := range append(r.updatesOf(terms.ToStateFile), r.updatesOf(terms.ToNationalFile)...) {
			switch d.State {
			case terms.Confirmed, terms.Failed, terms.Superseded, terms.Abandoned:
				continue
			}
			settled = false
			if wait := d.NextAt.Sub(r.Clock.Now()); d.State != terms.Sending && wait > 0 && wait < 24*time.Hour {
				r.Clock.Advance(wait)
			}
		}
		return settled
	})
}

// says is what a file holds, one line a change.
func (r *road) says(file orderfile.File) (lines []string) {
	r.Helper()
	all, err := orderfile.ReadChanges(r.dir, file)
	r.check(err)
	for _, c := range all {
		lines = append(lines, fmt.Sprint(c.Code, " ", c.ServiceDate, c.ServiceTime))
	}
	return lines
}

// §3(e), §3(f): the files are told what stands now, after the original, and only
// what they know of has changed.
func TestTheFilesAreToldOfACorrection(t *testing.T) {
	const noon, tenPast, eleven, none = "1 202611241200", "1 202611241210", "1 202611241100", "2 "
	for name, c := range map[string]struct {
		then []*recording.Entry
		late bool // nothing is sent before the last of them
		also bool // a second service, at ten past twelve, stands
		want []string
	}{
		"the hour":                       {then: []*recording.Entry{anHourEarlier}, want: []string{noon, eleven}},
		"the method alone":               {then: []*recording.Entry{atTheAbode}, want: []string{noon}},
		"withdrawn":                      {then: []*recording.Entry{withdrawn}, want: []string{noon, none}},
		"it was an attempt":              {then: []*recording.Entry{anAttempt}, want: []string{noon, none}},
		"an attempt, then withdrawn":     {then: []*recording.Entry{anAttempt, withdrawn}, want: []string{noon, none}},
		"the hour, then withdrawn":       {then: []*recording.Entry{anHourEarlier, withdrawn}, want: []string{noon, eleven, none}},
		"an attempt, and served again":   {then: []*recording.Entry{anAttempt, anHourEarlier}, want: []string{noon, none, eleven}},
		"the hour, before it was sent":   {then: []*recording.Entry{anHourEarlier}, late: true, want: []string{eleven}},
		"withdrawn before it was sent":   {then: []*recording.Entry{withdrawn}, late: true},
		"a second service: the earliest": {then: []*recording.Entry{anHourEarlier}, also: true, want: []string{noon, eleven}},
		"withdrawn, and another stands":  {then: []*recording.Entry{withdrawn}, also: true, want: []string{noon, tenPast}},
		"back and forth before the first is sent": {
			then: []*recording.Entry{anHourEarlier, withdrawn}, late: true, also: true, want: []string{tenPast},
		},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				r := newRoad(t, s)
				r.order(nil)
				a := r.served(intaketest.Noon)
				if c.also {
					r.served(intaketest.Noon.Add(10 * time.Minute))
				}
				if !c.late {
					r.start()
					r.rests()
				}
				for _, instead := range c.then {
					a = r.Replace(a, instead)
					if !c.late {
						r.rests()
					}
				}
				if c.late {
					r.start()
					r.rests()
				}
				if d := cmp.Diff(c.want, r.says(orderfile.StateFile)); d != "" {
					t.Errorf("the state file: %s\n%s", d, r.evidence())
				}
				for _, d := range append(r.updatesOf(terms.ToStateFile), r.updatesOf(terms.ToNationalFile)...) {
					if d.State != terms.Confirmed && d.State != terms.Superseded {
						t.Errorf("the update of the %s is %s", d.RecipientKind, d.State)
					}
				}
				var dates []string // the national file knows no time
				for _, line := range c.want {
					if date := line[:min(len(line), len("1 20261124"))]; len(dates) == 0 || dates[len(dates)-1] != date {
						dates = append(dates, date)
					}
				}
				if d := cmp.Diff(dates, r.says(orderfile.NationalFile)); d != "" {
					t.Errorf("the national file: %s", d)
				}
				r.Consistent()
			})
		})
	}
}

// §3(e): a correction waits until the original is settled; if that failed, it
// goes all the same, and a person has nothing left to retry that would undo it.
func TestACorrectionWaitsForTheOriginal(t *testing.T) {
	for name, rejected := range map[string]bool{"it arrives": false, "it is rejected": true} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				r := newRoad(t, s)
				r.order(nil)
				r.hold(orderfile.WillForward)
				if rejected {
					r.simulator.ClearFaults()
					r.simulator.Fault(orderfile.Match{Key: "MPO", Times: 1}, orderfile.Fault{Do: orderfile.FaultReject, Code: "R04"})
				}
				first, national := r.serve()
				a := r.Store.Client.ServiceActivity.GetX(r.System(), *first.ActivityID)
				r.start()
				if rejected {
					r.awaits(first, terms.Failed)
				} else {
					r.awaits(first, terms.Sent)
				}
				r.Replace(a, anHourEarlier)
				second := r.updatesOf(terms.ToStateFile)[1]
				if *second.ReplacesID != first.ID {
					t.Errorf("the correction replaces %s", *second.ReplacesID)
				}
				if rejected {
					r.is(first, terms.Superseded)
					r.is(national, terms.Superseded)
				} else {
					if second.State != terms.Waiting || *second.WaitingFor != terms.WaitsForOriginal {
						t.Fatalf("the correction is planned as %v", second)
					}
					r.simulator.InService()
				}
				r.rests()
				r.is(second, terms.Confirmed)
				want := []string{"1 202611241200", "1 202611241100"}
				if rejected {
					want = want[1:]
				}
				if d := cmp.Diff(want, r.says(orderfile.StateFile)); d != "" {
					t.Errorf("the state file: %s", d)
				}
			})
		})
	}
}

// §3(e): a file number that comes late lets the correction go, and not what it
// superseded; where the service was taken back, nothing goes.
func TestAFileNumberThatComesAfterTheCorrection(t *testing.T) {
	for name, c := range map[string]struct {
		then *recording.Entry
		want []string
	}{"corrected": {anHourEarlier, []string{"1 202611241100"}}, "withdrawn": {withdrawn, nil}} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				r := newRoad(t, s)
				r.order(func(row *feed.Registry) { row.StateFileNumber = "" })
				a := r.served(intaketest.Noon)
				r.Replace(a, c.then)
				r.start()
				r.Clock.Advance(time.Minute)
				r.order(nil)
				r.rests()
				if d := cmp.Diff(c.want, r.says(orderfile.StateFile)); d != "" {
					t.Errorf("the state file: %s", d)
				}
			})
		})
	}
}

// §3(f): the switch never forwarded the original, and then the correction. The
// national file shows the correction: nobody else wrote, and no person is asked.
func TestANationalUpdateIsOvertaken(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRoad(t, s)
		r.order(nil)
		r.simulator.Fault(orderfile.Match{Key: "MPO", Times: 1}, orderfile.Fault{Do: orderfile.FaultNoNational})
		first, national := r.serve()
		a := r.Store.Client.ServiceActivity.GetX(r.System(), *first.ActivityID)
		r.start()
		r.awaits(first, terms.Confirmed)
		r.Replace(a, theDayBefore)
		r.Clock.Advance(time.Second)
		second := r.updatesOf(terms.ToNationalFile)[1]
		r.awaits(second, terms.Confirmed)
		r.is(national, terms.Sent)
		r.Clock.Advance(20 * time.Minute)
		r.rests()
		r.is(national, terms.Superseded)
		if d := cmp.Diff([]string{"1 20261123"}, r.says(orderfile.NationalFile)); d != "" {
			t.Errorf("the national file: %s", d)
		}
	})
}

// §3(f): the correction never left us and was taken back. Who wrote what it would
// have said is somebody else, and a person is asked.
func TestWhatWasNeverSentOvertakesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRoad(t, s)
		r.order(nil)
		r.simulator.Fault(orderfile.Match{Key: "MPO", Times: 1}, orderfile.Fault{Do: orderfile.FaultNoNational})
		first, national := r.serve()
		a := r.Store.Client.ServiceActivity.GetX(r.System(), *first.ActivityID)
		online := r.start()
		r.awaits(first, terms.Confirmed)
		online.kill()
		at := r.switchAt
		r.switchAt = "127.0.0.1:1" // nobody listens there
		offline := r.start()
		a = r.Replace(a, theDayBefore)
		r.Clock.Advance(time.Second)
		second := r.updatesOf(terms.ToStateFile)[1]
		r.await("the correction is tried in vain", func() bool {
			tried := r.attempts(second)
			return len(tried) > 0 && tried[len(tried)-1].Outcome == terms.AttemptNotSent
		})
		offline.kill()
		r.Replace(a, withdrawn)
		r.is(second, terms.Superseded)
		r.switchAt = at
		r.start()
		r.Clock.Advance(time.Second)
		r.awaits(r.updatesOf(terms.ToNationalFile)[2], terms.Confirmed)
		r.is(national, terms.Sent)
		r.check(r.simulator.Enter(orderfile.Change{File: orderfile.NationalFile, RecordNumber: "S1001", Name: "NUNEZ, JOSE", Code: "1", ServiceDate: "20261123"}))
		r.Clock.Advance(20 * time.Minute)
		r.rests()
		r.is(national, terms.Failed)
	})
}
