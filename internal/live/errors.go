package live

import "github.com/service-tracking/sts/internal/terms"

// Ended says why a subscription ended, or could not begin, though nothing that
// the client sent was wrong. The client subscribes again and misses nothing.
type Ended struct {
	code    terms.Code
	message string
}

func (e *Ended) Error() string { return e.message }

// ErrorCode is the documented code for clients.
func (e *Ended) ErrorCode() terms.Code { return e.code }

// The ways to end.
var (
	ErrStopping = &Ended{terms.Unavailable, "The server is stopping. Subscribe again with after: the last event id that you received."}
	ErrTooSlow  = &Ended{terms.Unavailable, "Events were taken too slowly. Subscribe again with after: the last event id that you received."}
	ErrFull     = &Ended{terms.Unavailable, "Too many subscriptions are open. Try again in a few seconds."}
	ErrTooMany  = &Ended{terms.RateLimited, "This account has as many subscriptions open as it may. End one of them, then subscribe again."}
)
