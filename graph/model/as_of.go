package model

import (
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/terms"
)

// Moment is the moment that a snapshot is of.
type Moment struct {
	At       time.Time
	Position *EventID
	Settled  bool
}

// RegistryCaseSnapshot is a case as the system knew it at a moment, as one
// viewer sees it. It is no Node.
type RegistryCaseSnapshot struct {
	*Moment
	*casefile.Then

	CourtLocation *CourtLocation
	ProcessHolder *OfficerSnapshot
	// UnsuccessfulReportDue is judged at the moment.
	UnsuccessfulReportDue bool
	HearingHistory        []*Hearing
	ProtectionOrders      []*ProtectionOrder
	Activities            []*ActivitySnapshot
}

// DocketNumber is the case's.
func (c *RegistryCaseSnapshot) DocketNumber() terms.Docket { return c.Docket }

// Respondent is named as the daybook named him.
func (c *RegistryCaseSnapshot) Respondent() Respondent {
	return Respondent{c.RespondentFirstName, c.RespondentLastName}
}

// Hearing is the hearing then in force.
func (c *RegistryCaseSnapshot) Hearing() *Hearing {
	if c.HearingAt == nil {
		return nil
	}
	return &Hearing{*c.HearingAt, text(c.HearingCourtroom)}
}

// LastDayForTimelyService is null if no hearing was known.
func (c *RegistryCaseSnapshot) LastDayForTimelyService() *terms.Date { return c.LastTimelyDay }

// ActivitySnapshot is an activity as it stood at a moment, as one viewer sees
// it. What changes as time passes has a place of its own here; the rest is the
// activity's. It is no Node.
type ActivitySnapshot struct {
	*Activity

	Officer, FromOfficer, ToOfficer *OfficerSnapshot
	Corrects, CorrectedBy           *ActivitySnapshot
	Standing                        bool
	AcknowledgedAt                  *time.Time
}

// PoliceAssistanceRequested is of a service or an attempt.
func (a *ActivitySnapshot) PoliceAssistanceRequested() *bool {
	if a.Kind != terms.KindService && a.Kind != terms.KindAttempt {
		return nil
	}
	return a.ServiceActivity.PoliceAssistanceRequested
}

// NoFurtherAttempt is of an attempt.
func (a *ActivitySnapshot) NoFurtherAttempt() *bool {
	if a.Kind != terms.KindAttempt {
		return nil
	}
	return &a.ServiceActivity.NoFurtherAttempt
}

// OfficerSnapshot is an officer whom a snapshot names.
type OfficerSnapshot struct{ *ent.Officer }

// Name is the officer's name now.
func (o *OfficerSnapshot) Name() OfficerName { return (&Officer{Officer: o.Officer}).Name() }

// CourtCalendarSnapshot is the calendar of a court day as it was known at a
// moment.
type CourtCalendarSnapshot struct {
	*Moment
	CourtLocation                          *CourtLocation
	On                                     terms.Date
	Entries                                []*CalendarEntrySnapshot
	Served, Attempted, NoEntry, ReportsDue int
}

// CalendarEntrySnapshot is one case of it.
type CalendarEntrySnapshot struct {
	Case        *RegistryCaseSnapshot
	LastAttempt *ActivitySnapshot
}

// ServiceStatus is where service stood.
func (e *CalendarEntrySnapshot) ServiceStatus() terms.ServiceStatus { return e.Case.ServiceStatus }

// UnsuccessfulReportDue is judged at the moment.
func (e *CalendarEntrySnapshot) UnsuccessfulReportDue() bool { return e.Case.UnsuccessfulReportDue }

// LastAttemptReason is null if nobody had attempted.
func (e *CalendarEntrySnapshot) LastAttemptReason() *terms.AttemptReason {
	if e.LastAttempt == nil {
		return nil
	}
	return e.LastAttempt.Reason
}
