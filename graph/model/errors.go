package model

import "time"

// Refused is what all user errors have in common.
type Refused struct {
	Code    UserErrorCode
	Message string
	Path    []string
}

// The user errors of recording: what a person can act on. The SDL describes them.
type (
	InTheFuture        struct{ Refused }
	BeforeCaseExisted  struct{ Refused }
	RespondentMismatch struct{ Refused }
	OfficerNotListed   struct{ Refused }
	KeyReused          struct{ Refused }
	DetailRequired     struct{ Refused }
	ReasonRequired     struct{ Refused }
	TooLong            struct{ Refused }
	BadText            struct{ Refused }
	OfficerNotFound    struct{ Refused }
	WrongOfficer       struct{ Refused }
	SameOfficer        struct{ Refused }
	NotReceiver        struct{ Refused }
	NotYours           struct{ Refused }
	ExactlyOne         struct{ Refused }
)

// CaseNotFound tells whom to ask for a manual entry (§7).
type CaseNotFound struct {
	Refused
	RegistrySection *RegistrySection
}

// AlreadyServed tells when service was executed.
type AlreadyServed struct {
	Refused
	ServedAt time.Time
}

// NotHolder tells who holds the papers.
type NotHolder struct {
	Refused
	Holder *Officer
}

// AlreadyCorrected shows what stands now.
type AlreadyCorrected struct {
	Refused
	Newest ServiceActivity
}
