package demo

import (
	"time"

	"github.com/service-tracking/sts/internal/terms"
)

// enteredAt is the hour at which the registry enters what the courts decided.
const enteredAt = 16

// hearingDay tells how it goes on: some hearings are continued, then the orders
// end or are granted for a year.
func (s *story) hearingDay() {
	if !s.continued.IsZero() {
		until := s.p.calendar.hearing(s.r, s.continued, 0)
		decided := at(s.hearing, enteredAt, 10)
		s.row.HearingAt, s.hearing = &until, until
		if s.row.OrderNumber != "" {
			s.row.ExpiresOn = terms.DateOf(until)
		}
		s.send(decided)
	}
	if s.row.OrderNumber == "" {
		return
	}
	decided := at(s.hearing, enteredAt, 30)
	switch {
	case !s.served():
		s.row.Outcome, s.row.OutcomeReason = terms.OutcomeDismissed, terms.OutcomeNotServed
		if chance(s.r, 33) {
			s.row.Outcome = terms.OutcomeExpired
			decided = at(days(s.hearing, 1), enteredAt, 30)
		}
	case chance(s.r, 35):
		s.row.Outcome = pick(s.r, []terms.OrderOutcome{terms.OutcomeDenied, terms.OutcomeWithdrawn, terms.OutcomeDismissed})
		s.row.OutcomeReason = terms.OutcomeOther
	default:
		s.granted(decided)
		return
	}
	s.send(decided)
}

// granted: the order stands for a year. For half of those that were granted
// ex parte it is a new order, with records of its own in the files.
func (s *story) granted(decided time.Time) {
	if s.row.ExParte && chance(s.r, 50) {
		issued := s.hearing.Add(time.Hour)
		s.row.StateFileNumber, s.row.NationalFileNumber = s.number()
		s.row.IssuedAt, s.row.PickedUpAt = &issued, nil
	}
	s.row.ExParte, s.row.Outcome, s.row.OutcomeReason = false, terms.OutcomeGranted, ""
	s.row.ExpiresOn = terms.DateOf(days(decided, 365))
	s.send(decided)
}
