package model

import "github.com/service-tracking/sts/internal/terms"

// ServiceBoard is what needs a person now.
type ServiceBoard struct {
	CourtLocation *CourtLocation
	Today         terms.Date

	RecordedLate, Transfers, OtherInformation     *BoardActivities
	PastLastTimelyDay, HearingNear, HearingPassed *BoardCases
	RespondentsDisputed                           *BoardCases
	Undelivered, Waiting                          *BoardDeliveries

	// Registry staff only.
	Unrouted *BoardAddresses
}

// The lists of the board: how many, and a page of them.
type (
	BoardActivities struct {
		Count      int
		Activities *ServiceActivityConnection
	}
	BoardCases struct {
		Count int
		Cases *RegistryCaseConnection
	}
	BoardDeliveries struct {
		Count      int
		Deliveries *DeliveryConnection
	}
	BoardAddresses struct {
		Count     int
		Addresses *UnroutedAddressConnection
	}
)

// CourtCalendar is the hearings of one court day at one court location.
type CourtCalendar struct {
	CourtLocation                          *CourtLocation
	On                                     terms.Date
	Served, Attempted, NoEntry, ReportsDue int
	Entries                                *CalendarEntryConnection
}

// CalendarEntry is a case on a court's calendar.
type CalendarEntry struct {
	Case                  *RegistryCase
	UnsuccessfulReportDue bool
	LastAttemptReason     *terms.AttemptReason
	LastAttempt           *Attempt
}

// ServiceStatus is where service of the case stands.
func (e *CalendarEntry) ServiceStatus() terms.ServiceStatus { return e.Case.ServiceStatus }
