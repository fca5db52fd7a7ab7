package gqlhttp

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/service-tracking/sts/internal/terms"
)

const goingAway = "the server is stopping: connect again"

// errStopping is how operations end, or are refused, when the server stops.
var errStopping = &terms.InputError{
	Code:    terms.Unavailable,
	Message: "The server is stopping. Connect again, and resume after the last event.",
}

// cutWithin is how long sockets that were cut off may take to notice it: their
// operations end by their contexts.
const cutWithin = 2 * time.Second

// sockets are the open websockets of a [Handler]. An http.Server knows nothing
// of a connection that was handed over.
type sockets struct {
	limit int

	mu    sync.Mutex
	taken int // places: open, or in the handshake
	open  map[*socket]struct{}
	empty chan struct{} // made when the server stops; closed when no place is taken
}

func newSockets(limit int) *sockets { return &sockets{limit: limit, open: map[*socket]struct{}{}} }

// take takes a place for one more, or answers why there is none.
func (s *sockets) take() (status int, _ *gqlerror.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.empty != nil:
		return http.StatusServiceUnavailable, refusal(errStopping.Code, "%s", errStopping.Message)
	case s.taken >= s.limit:
		return http.StatusTooManyRequests, refusal(terms.RateLimited, "Too many websockets are open. Try again in a few seconds.")
	}
	s.taken++
	return 0, nil
}

func (s *sockets) give() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken--
	if s.empty != nil && s.taken == 0 {
		close(s.empty)
	}
}

func (s *sockets) add(one *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[one] = struct{}{}
	if s.empty != nil {
		go one.stop()
	}
}

func (s *sockets) remove(one *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, one)
}

// shutdown is [Handler.Shutdown].
func (s *sockets) shutdown(ctx context.Context) error {
	s.mu.Lock()
	if s.empty == nil {
		s.empty = make(chan struct{})
		if s.taken == 0 {
			close(s.empty)
		}
		for one := range s.open {
			go one.stop()
		}
	}
	empty := s.empty
	s.mu.Unlock()
	select {
	case <-empty:
		return nil
	case <-ctx.Done():
	}
	s.mu.Lock()
	late := s.taken
	for one := range s.open {
		go one.conn.CloseNow() //nolint:errcheck // it is over, one way or another
	}
	s.mu.Unlock()
	select {
	case <-empty:
	case <-time.After(cutWithin):
	}
	return fmt.Errorf("%d websockets were cut off: %w", late, ctx.Err())
}
