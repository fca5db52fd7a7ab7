package demo

import (
	"fmt"
	"time"

	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/terms"
)

var attemptReasons = []terms.AttemptReason{
	terms.ReasonNoAnswer, terms.ReasonNoAnswer, terms.ReasonNoAnswer, terms.ReasonNotAtAddress, terms.ReasonNotAtAddress,
	terms.ReasonAddressIncomplete, terms.ReasonEvading, terms.ReasonNoSafeAccess, terms.ReasonOutOfState,
	terms.ReasonInCustody, terms.ReasonHospitalized, terms.ReasonPoliceNotAvailable,
}

// doorstep is a time at which officers are at the door: evenings and weekends
// too, but not at night.
func (s *story) doorstep(from, to time.Time) time.Time {
	span := max(to.Sub(from), time.Hour)
	at := from.Add(time.Duration(s.r.Int64N(int64(span)))).In(terms.CourtZone)
	hour := 7 + s.r.IntN(15)
	at = time.Date(at.Year(), at.Month(), at.Day(), hour, s.r.IntN(60), 0, 0, terms.CourtZone)
	if at.Before(from) {
		at = from.Add(time.Duration(20+s.r.IntN(90)) * time.Minute)
	}
	return at.UTC().Truncate(time.Minute)
}

// delay is how long after the fact it is recorded: within two hours but for
// one in sixteen (§4(b)).
func (s *story) delay() time.Duration {
	if s.r.IntN(16) == 0 {
		return time.Duration(130+s.r.IntN(1000)) * time.Minute
	}
	return time.Duration(4+s.r.IntN(100)) * time.Minute
}

func (s *story) common(what string) recording.Common {
	return recording.Common{
		IdempotencyKey: fmt.Sprintf("demo-%06d-%s", s.n, what), Docket: s.docket,
		// Whoever tells a story knows how it goes.
		Confirm: []terms.Confirmation{terms.ConfirmBeforeCaseExisted, terms.ConfirmAlreadyServed},
	}
}

// attempts tells how the officer tried, and whether service was executed: 36 %
// in hand, 25 % at the abode.
func (s *story) attempts() {
	first, last := s.opened.Add(3*time.Hour), s.hearing.Add(-60*time.Hour)
	fate := s.r.IntN(100)
	tries := s.r.IntN(3)
	if fate >= 61 {
		tries++
	}
	at := first
	for n := range tries {
		at = s.doorstep(at, at.Add(last.Sub(at)/time.Duration(tries-n+1)))
		s.attempt(n, at, fate >= 61 && n == tries-1 && s.r.IntN(5) < 3)
		at = at.Add(12 * time.Hour)
	}
	if fate >= 61 {
		return
	}
	method := terms.MethodHand
	if fate >= 36 {
		method = terms.MethodAbode
	}
	executed := s.doorstep(at, last)
	s.add(event{at: executed.Add(s.delay()), by: s.officer, service: &recording.Service{
		Common: s.common("service"), Method: method, ExecutedAt: executed, PoliceAssistanceRequested: s.r.IntN(7) == 0,
	}})
}

func (s *story) attempt(n int, at time.Time, noFurther bool) {
	a := &recording.Attempt{
		Common: s.common(fmt.Sprintf("attempt%d", n)), Reason: pick(s.r, attemptReasons), LastAttemptedAt: at,
		PoliceAssistanceRequested: s.r.IntN(8) == 0, NoFurtherAttempt: noFurther,
	}
	if s.r.IntN(4) == 0 {
		a.Note = "Neighbor says the respondent comes home late in the evening."
	}
	s.add(event{at: at.Add(s.delay()), by: s.officer, attempt: a})
}

// hearingDay tells how it went on: one in twelve is continued; the others end.
func (s *story) hearingDay() {
	if s.r.IntN(12) == 0 {
		until := hearingAfter(s.r, s.hearing, 7+s.r.IntN(7))
		continued := s.hearing.Add(-20 * time.Hour)
		s.hearing = until
		s.row.HearingAt, s.row.ExpiresOn = &until, terms.DateOf(until)
		s.send(continued)
	}
	if s.row.OrderNumber == "" {
		return
	}
	ended := s.hearing.Add(time.Duration(40+s.r.IntN(200)) * time.Minute)
	outcome, reason := terms.OutcomeGranted, terms.OutcomeReason("")
	switch {
	case !s.served():
		outcome, reason = terms.OutcomeDismissed, terms.OutcomeNotServed
		if s.r.IntN(3) == 0 {
			outcome = terms.OutcomeExpired
		}
	case s.r.IntN(10) < 3:
		outcome, reason = []terms.OrderOutcome{terms.OutcomeDenied, terms.OutcomeWithdrawn, terms.OutcomeDismissed}[s.r.IntN(3)], terms.OutcomeOther
	default:
		s.row.ExParte, s.row.ExpiresOn = false, terms.DateOf(ended.AddDate(1, 0, 0))
	}
	s.row.Outcome, s.row.OutcomeReason = outcome, reason
	s.send(ended)
}

func (s *story) served() bool {
	for _, e := range s.events {
		if e.service != nil {
			return true
		}
	}
	return false
}
