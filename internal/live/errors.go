package live

import "github.com/service-tracking/sts/internal/terms"

// Ended says why a subscription ended, or could not begin, though nothing that
// the client sent was wrong. The client subscribes again and misses nothing.
type Ended struct{ message string }

func (e *Ended) Error() string { return e.message }

// ErrorCode is the documented code for clients.
func (e *Ended) ErrorCode() terms.Code { return terms.Unavailable }

// The ways to end.
var (
	ErrStopping = &Ended{"The server is stopping. Subscribe again with after: the last event id that you received."}
	ErrTooSlow  = &Ended{"Events were taken too slowly. Subscribe again with after: the last event id that you received."}
	ErrFull     = &Ended{"Too many subscriptions are open. Try again in a few seconds."}
)
