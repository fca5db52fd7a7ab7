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
	// Docket names the case; empty where an activity names it.
	Docket  terms.Docket
	Confirm []terms.Confirmation
	// What the phone's clock said: evidence, changes no flag.
	DeviceSubmittedAt, DeviceSentAt *time.Time
	// AsOfficer, if given, must be the session's officer: a shared phone
	// cannot sign for another.
	AsOfficer terms.ID
}

// Service says that service was executed (§4).
type Service struct {
	Common
	ServiceEntry
}

// ServiceEntry are the fields of a service.
type ServiceEntry struct {
	Method                    terms.ServiceMethod
	ExecutedAt                time.Time
	PoliceAssistanceRequested bool
	Note                      string
}

// Attempt says that service was not executed, and why (§5).
type Attempt struct {
	Common
	AttemptEntry
}

// AttemptEntry are the fields of an attempt.
type AttemptEntry struct {
	Reason                    terms.AttemptReason
	Detail                    string
	LastAttemptedAt           time.Time
	PoliceAssistanceRequested bool
	NoFurtherAttempt          bool
	Note                      string
}

// Receipt says that the process was received for service (§6(a)).
type Receipt struct {
	Common
	ReceiptEntry
}

// ReceiptEntry are the fields of a receipt.
type ReceiptEntry struct {
	ReceivedAt time.Time
	WritDate   terms.Date // "" if not given
	Note       string
}

// Transfer says that the process went to another officer (§6(b)).
type Transfer struct {
	Common
	TransferEntry
}

// TransferEntry are the fields of a transfer.
type TransferEntry struct {
	To            Receiver
	TransferredAt time.Time
	Note          string
}

// Receiver is who received the process: an officer of the list, or a name that
// becomes work for the registry section. Exactly one is given.
type Receiver struct {
	Officer terms.ID
	Name    string
}

// OtherInformation is anything else about the case (§6(c)).
type OtherInformation struct {
	Common
	OtherInformationEntry
}

// OtherInformationEntry are the fields of other information. It occurred when it
// was recorded.
type OtherInformationEntry struct {
	About []terms.InformationAbout
	Text  string
}

// Acknowledgement says that the papers of a transfer arrived. It names no docket.
type Acknowledgement struct {
	Common
	Transfer terms.ID
}

// Entry is one of the kinds, with its own fields: exactly one is given.
type Entry struct {
	Service          *ServiceEntry
	Attempt          *AttemptEntry
	Receipt          *ReceiptEntry
	Transfer         *TransferEntry
	OtherInformation *OtherInformationEntry
}

// Correction puts another entry, of any kind, in the place of an activity. It
// names no docket.
type Correction struct {
	Common
	Activity terms.ID
	Reason   string
	Entry    Entry
}

// Withdrawal takes back an activity, and all that it corrected: it should never
// have been recorded on its case. It names no docket.
type Withdrawal struct {
	Common
	Activity terms.ID
	Reason   string
}

// ManualEntry is what registry staff enter for an officer, from what he reported
// (§7).
type ManualEntry struct {
	Common
	OnBehalfOf                              terms.ID
	ReportedVia                             terms.EntryVia
	ReportedAt                              time.Time
	RespondentFirstName, RespondentLastName string
	Entry                                   Entry
}

// Code is the code of a user error.
type Code string

// The user errors. BEFORE_CASE_EXISTED, ALREADY_SERVED, RESPONDENT_MISMATCH and
// OFFICER_NOT_LISTED are warnings that can be confirmed.
const (
	CaseNotFound       Code = "CASE_NOT_FOUND"
	InTheFuture        Code = "IN_THE_FUTURE"
	BeforeCaseExisted  Code = "BEFORE_CASE_EXISTED"
	AlreadyServed      Code = "ALREADY_SERVED"
	RespondentMismatch Code = "RESPONDENT_MISMATCH"
	OfficerNotListed   Code = "OFFICER_NOT_LISTED"
	KeyReused          Code = "KEY_REUSED"
	DetailRequired     Code = "DETAIL_REQUIRED"
	ReasonRequired     Code = "REASON_REQUIRED"
	TooLong            Code = "TOO_LONG"
	BadText            Code = "BAD_TEXT"
	OfficerNotFound    Code = "OFFICER_NOT_FOUND"
	WrongOfficer       Code = "WRONG_OFFICER"
	NotHolder          Code = "NOT_HOLDER"
	NotReceiver        Code = "NOT_RECEIVER"
	NotYours           Code = "NOT_YOURS"
	AlreadyCorrected   Code = "ALREADY_CORRECTED"
	ExactlyOne         Code = "EXACTLY_ONE"
	SameOfficer        Code = "SAME_OFFICER" // a transfer to oneself
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
	// Newest is set with AlreadyCorrected: the activity that stands in its place
	// or took it back.
	Newest terms.ID
	// Holder is set with NotHolder: the officer who is recorded as holder.
	Holder terms.ID
}

// Recorded is what a recording made, or what the first one with the same key
// had made.
type Recorded struct {
	Activity *ent.ServiceActivity
	Case     *ent.RegistryCase
	// Refusals are empty if it is recorded.
	Refusals []Refusal
}
