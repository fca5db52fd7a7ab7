package gqlhttp

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/service-tracking/sts/internal/terms"
)

// subprotocol is the only one: what the current npm package graphql-ws speaks.
// The older protocol of the same name as that package has no answer to a
// client that should not have subscribed.
const subprotocol = "graphql-transport-ws"

// The close codes of the protocol. Its npm client gives up on 4401 and tries
// again, with new connection parameters, on 4403.
const (
	closeBadRequest   websocket.StatusCode = 4400
	closeUnauthorized websocket.StatusCode = 4401
	closeSignInEnded  websocket.StatusCode = 4403
	closeInitTimeout  websocket.StatusCode = 4408
	closeSameID       websocket.StatusCode = 4409
	closeSecondInit   websocket.StatusCode = 4429
)

// websocketTransport is written on the websocket library itself. gqlgen's own
// transport writes without a deadline, so that one client that stops reading
// holds its goroutines for ever; takes any number of operations; falls back to
// the older protocol; and sends some errors past the presenter.
type websocketTransport struct {
	options Options
	sockets *sockets
}

var _ graphql.Transport = websocketTransport{}

func (websocketTransport) Supports(r *http.Request) bool {
	return hasToken(r.Header, "Upgrade", "websocket")
}

func (t websocketTransport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	within := t.options.Limits.WriteTimeout
	switch {
	case !t.permits(r):
		answerError(w, within, typeJSON, http.StatusForbidden, refusal(terms.Forbidden, "Pages of this origin may not open a websocket here."))
		return
	case !hasToken(r.Header, "Sec-WebSocket-Protocol", subprotocol):
		answerError(w, within, typeJSON, http.StatusBadRequest, refusal(terms.BadRequest, "The websocket must offer the protocol %s.", subprotocol))
		return
	}
	if status, err := t.sockets.take(); err != nil {
		answerError(w, within, typeJSON, status, err)
		return
	}
	defer t.sockets.give()
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols:   []string{subprotocol},
		OriginPatterns: t.options.OriginPatterns,
	})
	if err != nil {
		return // not a handshake; the library has answered why
	}
	conn.SetReadLimit(t.options.Limits.BodyBytes)
	s := &socket{
		options: t.options, limits: t.options.Limits, conn: conn, exec: exec, headers: r.Header,
		active: map[string]*operation{},
	}
	t.sockets.add(s)
	defer t.sockets.remove(s)
	s.serve(r.Context())
}

// permits tells whether a page of the request's origin may open a socket: a
// browser sends our cookie along whichever page asks. What is no browser sends
// no origin.
func (t websocketTransport) permits(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false
	}
	if strings.EqualFold(u.Host, r.Host) {
		return true
	}
	for _, pattern := range t.options.OriginPatterns {
		target := u.Host
		if strings.Contains(pattern, "://") {
			target = u.Scheme + "://" + u.Host
		}
		if ok, err := path.Match(strings.ToLower(pattern), strings.ToLower(target)); ok && err == nil {
			return true
		}
	}
	return false
}

func hasToken(h http.Header, key, token string) bool {
	for t := range strings.SplitSeq(strings.Join(h.Values(key), ","), ",") {
		if strings.EqualFold(strings.TrimSpace(t), token) {
			return true
		}
	}
	return false
}

// socket is one connection with its operations.
type socket struct {
	options Options
	limits  Limits
	conn    *websocket.Conn
	exec    graphql.GraphExecutor
	headers http.Header

	keeping    sync.WaitGroup // keepAlive
	operations sync.WaitGroup
	mu         sync.Mutex
	active     map[string]*operation
	stopping   bool // no more operations begin
}

// operation is one that runs.
type operation struct {
	cancel       context.CancelCauseFunc
	subscription bool // known when its document was read
}

type message struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// serve reads until the connection ends.
func (s *socket) serve(ctx context.Context) {
	defer s.keeping.Wait()
	defer s.operations.Wait()
	defer s.conn.CloseNow() //nolint:errcheck // it is over, one way or another
	ctx, ok := s.initialise(ctx)
	if !ok {
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// The context ends before the connection when the sign-in does, or the
	// server.
	stop := context.AfterFunc(ctx, func() {
		if reasonOf(ctx) != nil {
			s.close(closeSignInEnded, "the sign-in has ended: connect again")
		} else {
			s.close(websocket.StatusGoingAway, goingAway)
		}
	})
	defer stop()
	s.keeping.Go(func() { s.keepAlive(ctx) })
	for {
		m, ok := s.read()
		if !ok {
			return
		}
		switch m.Type {
		case "subscribe":
			if !s.subscribe(ctx, m) {
				return
			}
		case "complete":
			s.mu.Lock()
			if o := s.active[m.ID]; o != nil {
				o.cancel(nil)
			}
			s.mu.Unlock()
		case "ping":
			s.write(message{Type: "pong"})
		case "pong":
		case "connection_init":
			s.close(closeSecondInit, "connection_init was sent before")
			return
		default:
			s.close(closeBadRequest, "this type of message is not known")
			return
		}
	}
}

// initialise waits for connection_init and learns who is asking.
func (s *socket) initialise(ctx context.Context) (context.Context, bool) {
	timer := time.AfterFunc(s.limits.InitTimeout, func() { s.close(closeInitTimeout, "connection_init did not come") })
	defer timer.Stop()
	for {
		m, ok := s.read()
		if !ok {
			return nil, false
		}
		switch m.Type {
		case "connection_init":
			authorization, ok := authorizationOf(m.Payload)
			if !ok {
				s.close(closeBadRequest, "the payload of connection_init must be an object")
				return nil, false
			}
			ctx, err := s.options.ConnectionInit(ctx, authorization)
			if err != nil {
				s.close(closeUnauthorized, "not signed in, or no longer")
				return nil, false
			}
			return ctx, s.write(message{Type: "connection_ack"})
		case "ping":
			s.write(message{Type: "pong"})
		case "pong":
		case "subscribe":
			s.close(closeUnauthorized, "connection_init comes first")
			return nil, false
		default:
			s.close(closeBadRequest, "this type of message is not known")
			return nil, false
		}
	}
}

// authorizationOf finds what would be the Authorization header, which browsers
// cannot send with a websocket.
func authorizationOf(payload json.RawMessage) (string, bool) {
	if len(payload) == 0 {
		return "", true
	}
	var fields map[string]any
	if err := decodeObject("payload", payload, &fields); err != nil {
		return "", false
	}
	for name, value := range fields {
		if text, ok := value.(string); ok && strings.EqualFold(name, "Authorization") {
			return text, true
		}
	}
	return "", true
}

// subscribe starts an operation of any kind. It answers whether the connection
// goes on.
func (s *socket) subscribe(ctx context.Context, m message) bool {
	if m.ID == "" {
		s.close(closeBadRequest, "an operation needs an id")
		return false
	}
	ctx, cancel := context.WithCancelCause(ctx)
	o := &operation{cancel: cancel}
	s.mu.Lock()
	_, taken := s.active[m.ID]
	full, stopping := len(s.active) >= s.limits.SocketOperations, s.stopping
	begins := !taken && !full && !stopping
	if begins {
		s.active[m.ID] = o
		s.operations.Add(1) // stop waits for it, or lets none begin
	}
	s.mu.Unlock()
	if !begins {
		cancel(nil)
	}
	switch {
	case taken:
		s.close(closeSameID, "an operation with this id is running")
		return false
	case stopping:
		return s.fail(m.ID, gqlerror.List{refusal(errStopping.Code, "%s", errStopping.Message)})
	case full:
		return s.fail(m.ID, gqlerror.List{refusal(terms.RateLimited, "One websocket runs %d operations at once.", s.limits.SocketOperations)})
	}
	go func() {
		defer s.operations.Done()
		defer func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			cancel(nil)
			if s.active[m.ID] == o {
				delete(s.active, m.ID)
			}
		}()
		s.operate(ctx, m, o)
	}()
	return true
}

// stop ends the socket because the server does.
func (s *socket) stop() {
	s.mu.Lock()
	s.stopping = true
	for _, o := range s.active {
		if o.subscription {
			o.cancel(errStopping)
		}
	}
	s.mu.Unlock()
	s.operations.Wait()
	s.close(websocket.StatusGoingAway, goingAway)
}

// subscribes says that the operation has no end of its own, so that stop gives
// it one.
func (s *socket) subscribes(o *operation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o.subscription = true
	if s.stopping {
		o.cancel(errStopping)
	}
}
