package gqlhttp

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"github.com/service-tracking/sts/internal/terms"
)

// shutdown ends the server's websockets, and answers how that went.
func (a *api) shutdown(ctx context.Context) <-chan error {
	ended := make(chan error, 1)
	go func() { ended <- a.Config.Handler.(*Handler).Shutdown(ctx) }()
	return ended
}

func TestWebsocketsLearnThatTheServerStops(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	a := start(t, Options{})
	defer a.Close()
	source := newSource(a)
	recording, record := make(chan struct{}), make(chan struct{})
	a.schema.resolvers["record"] = func(ctx context.Context, _ map[string]any) (any, error) {
		close(recording)
		<-record
		return "recorded", ctx.Err()
	}
	silent, idle, busy := a.socket(), a.socket().init(), a.socket().init()
	busy.send(subscribe("s", "subscription { events }"))
	subscription := <-source.ctx
	busy.send(subscribe("m", "mutation { record }"))
	<-recording

	ended := a.shutdown(t.Context())
	silent.closed(websocket.StatusGoingAway)
	idle.closed(websocket.StatusGoingAway)
	<-subscription.Done()
	busy.expect("error", "s", `"UNAVAILABLE"`) // "next" and "complete", had there been an event before
	busy.send(subscribe("late", "{ __typename }"))
	busy.expect("error", "late", `"UNAVAILABLE"`)
	if _, resp, err := a.dial(nil); err == nil || resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("one more: %v", err)
	}
	select {
	case err := <-ended:
		t.Fatalf("a mutation is running, and Shutdown answers %v", err)
	case <-time.After(20 * time.Millisecond):
	}
	close(record)
	busy.expect("next", "m", `"recorded"`)
	busy.expect("complete", "m", "")
	busy.closed(websocket.StatusGoingAway)
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := <-a.shutdown(t.Context()); err != nil {
		t.Errorf("again: %v", err)
	}
}

func TestWebsocketsThatDoNotEndInTimeAreCutOff(t *testing.T) {
	a := start(t, Options{})
	running, ended := make(chan struct{}), make(chan struct{})
	a.schema.resolvers["record"] = func(ctx context.Context, _ map[string]any) (any, error) {
		defer close(ended)
		close(running)
		<-ctx.Done()
		return nil, ctx.Err()
	}
	c := a.socket().init()
	c.send(subscribe("m", "mutation { record }"))
	<-running
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err := <-a.shutdown(ctx)
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "1 websocket") {
		t.Error(err)
	}
	select {
	case <-ended:
	default:
		t.Error("the mutation runs on")
	}
}

func TestOneProcessHasRoomForSoManyWebsockets(t *testing.T) {
	a := start(t, Options{Limits: Limits{Sockets: 2}})
	first := a.socket()
	a.socket()
	_, resp, err := a.dial(nil)
	if err == nil || resp.StatusCode != http.StatusTooManyRequests {
		t.Fatalf("the third: %v", err)
	}
	r := a.request("GET", "/", "", "Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Protocol", subprotocol,
		"Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
	if got := a.do(r); got.code(t) != terms.RateLimited {
		t.Errorf("the third: %s", got.body)
	}
	_ = first.conn.CloseNow()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		conn, _, err := a.dial(nil)
		if err == nil {
			_ = conn.CloseNow()
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("there is no room after one left: %v", err)
		}
	}
}
