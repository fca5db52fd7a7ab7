package gqlhttp

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// stream answers one subscription by server-sent events, in graphql-sse's
// "distinct connections mode": each answer is an event named next, and the last
// event is named complete. A stream that breaks off without it is resumed by
// the client, after the last event that it has.
type stream struct {
	limits Limits
	w      http.ResponseWriter
	out    *http.ResponseController
}

// errNobodyReads ends a stream whose client reads too slowly, or not at all.
var errNobodyReads = errors.New("the client does not read its events")

func (s stream) run(ctx context.Context, exec graphql.GraphExecutor, opCtx *graphql.OperationContext) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	// The deadlines of the server are for answers that come in one piece.
	if err := s.out.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		panic(err)
	}
	head := s.w.Header()
	head.Set("Content-Type", eventStream)
	head.Set("X-Accel-Buffering", "no") // nginx would keep events until its buffer is full

	var (
		mu        sync.Mutex // a comment must not fall into an event
		closed    bool
		keepAlive *time.Timer
	)
	send := func(b []byte) bool {
		mu.Lock()
		defer mu.Unlock()
		if closed {
			return false
		}
		if err := s.write(b); err != nil {
			closed = true
			cancel(errNobodyReads)
			return false
		}
		keepAlive.Reset(s.limits.KeepAlive)
		return true
	}
	mu.Lock()
	// A timer costs a waiting stream no goroutine.
	keepAlive = time.AfterFunc(s.limits.KeepAlive, func() { send([]byte(":\n\n")) })
	mu.Unlock()
	defer func() {
		mu.Lock()
		defer mu.Unlock()
		closed = true
		keepAlive.Stop()
		// The connection serves other requests after this one.
		if err := s.out.SetWriteDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
			panic(http.ErrAbortHandler)
		}
	}()

	if !send([]byte(":\n\n")) { // so that the client knows at once that it is subscribed
		return
	}
	respond, running := exec.DispatchOperation(ctx, opCtx)
	for resp := respond(running); resp != nil; resp = respond(running) {
		event, err := eventOf(resp)
		if err != nil {
			panic(err)
		}
		if !send(event) {
			return
		}
	}
	if ctx.Err() == nil || reasonOf(ctx) != nil {
		send([]byte("event: complete\ndata:\n\n"))
	}
}

// write sends b now, within the time that one event may take.
func (s stream) write(b []byte) error {
	if err := s.out.SetWriteDeadline(time.Now().Add(s.limits.WriteTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := s.w.Write(b); err != nil {
		return err
	}
	return s.out.Flush()
}

// eventOf is an answer as an event.
func eventOf(resp *graphql.Response) ([]byte, error) {
	b, err := encode(resp)
	if err != nil {
		return nil, err
	}
	if bytes.ContainsAny(b, "\r\n") {
		// A line break would end the event. Only a scalar that writes its JSON
		// by hand can have one, outside of strings.
		return nil, errors.New("gqlhttp: an answer with a line break in it")
	}
	event := make([]byte, 0, len(b)+len("event: next\ndata: \n\n"))
	event = append(event, "event: next\ndata: "...)
	return append(append(event, b...), "\n\n"...), nil
}
