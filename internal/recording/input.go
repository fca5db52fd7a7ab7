package recording

import (
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/terms"
)

// Common is what every recording input carries.
type Common struct {
	// IdempotencyKey is made by the client and unique per account for ever.
	IdempotencyKey string
	Docket         terms.Docket
	Confirm        []terms.Confirmation
	// What the phone's clock said: evidence, changes no flag.
	DeviceSubmittedAt, DeviceSentAt *time.Time
	// AsOfficer, if given, must be the session's officer: a shared phone
	// cannot sign for another.
	AsOfficer terms.ID
	Note      string
}

// Service says that service was executed (§4).
type Service struct {
	Common
	Method                    terms.ServiceMethod
	ExecutedAt                time.Time
	PoliceAssistanceRequested bool
}

// Attempt says that service was not executed, and why (§5).
type Attempt struct {
	Common
	Reason                    terms.AttemptReason
	Detail                    string
	LastAttemptedAt           time.Time
	PoliceAssistanceRequested bool
	NoFurtherAttempt          bool
}

// Code is the code of a user error.
type Code string

// The user errors of recordService and recordAttempt. Four of them are
// warnings that can be confirmed.
const (
	CaseNotFound      Code = "CASE_NOT_FOUND"
	InTheFuture       Code = "IN_THE_FUTURE"
	BeforeCaseExisted Code = "BEFORE_CASE_EXISTED"
	AlreadyServed     Code = "ALREADY_SERVED"
	KeyReused         Code = "KEY_REUSED"
	DetailRequired    Code = "DETAIL_REQUIRED"
	TooLong           Code = "TOO_LONG"
	BadText           Code = "BAD_TEXT"
	WrongOfficer      Code = "WRONG_OFFICER"
)

// Refusal is an expected outcome: nothing was recorded, and the message says
// what to do.
type Refusal struct {
	Code    Code
	Message string
	// Path leads to the input field that it is about, from "input" on.
	Path []string
	// ServedAt is set with AlreadyServed.
	ServedAt *time.Time
}

// Recorded is what a recording made, or what the first one with the same key
// had made.
type Recorded struct {
	Activity *ent.ServiceActivity
	Case     *ent.RegistryCase
	// Refusals are empty if the activity is recorded.
	Refusals []Refusal
}
