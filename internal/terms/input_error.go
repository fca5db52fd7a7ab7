package terms

// Code is the documented code of a top-level error (errors[].extensions.code).
type Code string

// The codes of top-level errors. The first five name the input they are about.
const (
	BadDateTime        Code = "BAD_DATE_TIME"
	BadDocketNumber    Code = "BAD_DOCKET_NUMBER"
	BadID              Code = "BAD_ID"
	BadPage            Code = "BAD_PAGE"
	EventExpired       Code = "EVENT_EXPIRED"
	Unauthenticated    Code = "UNAUTHENTICATED"
	Forbidden          Code = "FORBIDDEN"
	BadRequest         Code = "BAD_REQUEST"
	ValidationFailed   Code = "VALIDATION_FAILED"
	QueryTooCostly     Code = "QUERY_TOO_COSTLY"
	DocumentNotAllowed Code = "DOCUMENT_NOT_ALLOWED"
	RateLimited        Code = "RATE_LIMITED"
	TimedOut           Code = "TIMEOUT"
	Unavailable        Code = "UNAVAILABLE"
	Internal           Code = "INTERNAL"
)

// InputError says that something a client sent cannot be what it should be,
// or may not be asked. Its message is meant for the client: it says what to do
// and never echoes what was sent.
type InputError struct {
	Code    Code
	Message string
}

func (e *InputError) Error() string { return e.Message }
