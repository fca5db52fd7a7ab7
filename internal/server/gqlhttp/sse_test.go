package gqlhttp

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/service-tracking/sts/internal/terms"
)

// source is a subscription's source that a test feeds.
type source struct {
	events chan string
	ctx    chan context.Context // of each subscription
	end    error
}

func newSource(a *api) *source {
	s := &source{events: make(chan string), ctx: make(chan context.Context, 100)}
	a.schema.events = func(ctx context.Context, after string) (<-chan string, error) {
		if after == "expired" {
			return nil, &terms.InputError{Code: terms.EventExpired, Message: "Load anew."}
		}
		s.ctx <- ctx
		out := make(chan string)
		go func() {
			defer close(out)
			for {
				select {
				case e, ok := <-s.events:
					if !ok {
						EndWith(ctx, s.end)
						return
					}
					select {
					case out <- e:
					case <-ctx.Done():
						return
					}
				case <-ctx.Done():
					return
				}
			}
		}()
		return out, nil
	}
	return s
}

const subscribeEvents = `{"query":"subscription { events }"}`

// open posts a subscription and answers its stream, line by line.
func (a *api) open(ctx context.Context, body string) (*http.Response, *bufio.Reader) {
	a.t.Helper()
	r := a.request("POST", "/", body, "Content-Type", typeJSON, "Accept", eventStream).WithContext(ctx)
	resp, err := a.Client().Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { _ = resp.Body.Close() })
	return resp, bufio.NewReader(resp.Body)
}

// event reads one event or comment.
func event(t *testing.T, r *bufio.Reader) string {
	t.Helper()
	var b strings.Builder
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatalf("%v after %q", err, b.String())
		}
		if line == "\n" {
			return b.String()
		}
		b.WriteString(line)
	}
}

func TestASubscriptionIsAStreamOfEvents(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	a := start(t, Options{})
	defer a.Close()
	source := newSource(a)
	resp, stream := a.open(t.Context(), subscribeEvents)
	defer resp.Body.Close()
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != eventStream || resp.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v", resp.StatusCode, resp.Header)
	}
	if got := event(t, stream); got != ":\n" {
		t.Errorf("first %q", got)
	}
	for _, e := range []string{"one", "two"} {
		source.events <- e
		if got, want := event(t, stream), fmt.Sprintf("event: next\ndata: {\"data\":{\"events\":%q}}\n", e); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	close(source.events)
	if got := event(t, stream); got != "event: complete\ndata:\n" {
		t.Errorf("last %q", got)
	}
	if rest, err := io.ReadAll(stream); err != nil || len(rest) > 0 {
		t.Errorf("and then %q, %v", rest, err)
	}
	// The connection serves on: no deadline of the stream is left on it.
	if got := a.ask("{ __typename }"); got.status != 200 {
		t.Error(got.body)
	}
}

// Attack 19: a reader that is too slow is closed with a reason, not in silence.
func TestAStreamEndsWithItsReason(t *testing.T) {
	for name, c := range map[string]struct {
		end  error
		code terms.Code
	}{
		"too slow":   {&terms.InputError{Code: terms.Unavailable, Message: "You read too slowly. Resume after your last event."}, terms.Unavailable},
		"our fault":  {errors.New("secret"), terms.Internal},
		"no reason":  {nil, ""},
		"of another": {fmt.Errorf("x: %w", forbidden{}), terms.Forbidden},
	} {
		t.Run(name, func(t *testing.T) {
			a := start(t, Options{})
			source := newSource(a)
			source.end = c.end
			_, stream := a.open(t.Context(), subscribeEvents)
			event(t, stream)
			close(source.events)
			if c.code != "" {
				got := event(t, stream)
				if !strings.HasPrefix(got, "event: next\ndata: {\"errors\":[") || !strings.Contains(got, `"code":"`+string(c.code)+`"`) || strings.Contains(got, "secret") {
					t.Errorf("got %q", got)
				}
			}
			if got := event(t, stream); got != "event: complete\ndata:\n" {
				t.Errorf("last %q", got)
			}
		})
	}
}

func TestASubscriptionThatCannotBegin(t *testing.T) {
	a := start(t, Options{})
	newSource(a)
	_, stream := a.open(t.Context(), `{"query":"subscription { events(after: \"expired\") }"}`)
	event(t, stream)
	if got := event(t, stream); !strings.Contains(got, string(terms.EventExpired)) {
		t.Errorf("got %q", got)
	}
	if got := event(t, stream); got != "event: complete\ndata:\n" {
		t.Errorf("last %q", got)
	}
	// What is wrong before anything is subscribed has a status.
	if got := a.post(`{"query":"subscription { nothing }"}`, "Accept", eventStream); got.status != 400 || got.code(t) != terms.ValidationFailed {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := a.post(`{"query":"mutation { record }"}`, "Accept", eventStream); got.status != 200 || got.Data["record"] != "recorded" {
		t.Errorf("a mutation: %d %s", got.status, got.body)
	}
}

func TestTheSourceLearnsThatTheClientLeft(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	a := start(t, Options{})
	defer a.Close()
	source := newSource(a)
	ctx, leave := context.WithCancel(t.Context())
	resp, stream := a.open(ctx, subscribeEvents)
	event(t, stream)
	leave()
	_ = resp.Body.Close()
	<-(<-source.ctx).Done()
}

// Attack 12: a token that expires mid-stream ends it, and the client hears why.
func TestAStreamEndsWithTheSignIn(t *testing.T) {
	a := start(t, Options{})
	handler := a.Config.Handler
	for name, sign := range map[string]func(context.Context) (context.Context, context.CancelFunc){
		"deadline": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 50*time.Millisecond)
		},
		"cause": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeoutCause(ctx, 50*time.Millisecond, &terms.InputError{Code: terms.Unauthenticated, Message: "Over."})
		},
	} {
		a.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := sign(r.Context())
			defer cancel()
			handler.ServeHTTP(w, r.WithContext(ctx))
		})
		newSource(a)
		_, stream := a.open(t.Context(), subscribeEvents)
		event(t, stream)
		if got := event(t, stream); !strings.Contains(got, string(terms.Unauthenticated)) {
			t.Errorf("%s: got %q", name, got)
		}
		if got := event(t, stream); got != "event: complete\ndata:\n" {
			t.Errorf("%s: last %q", name, got)
		}
	}
}

func TestASilentStreamShowsThatItLives(t *testing.T) {
	a := start(t, Options{Limits: Limits{KeepAlive: time.Millisecond}})
	source := newSource(a)
	_, stream := a.open(t.Context(), subscribeEvents)
	for range 5 {
		if got := event(t, stream); got != ":\n" {
			t.Fatalf("got %q", got)
		}
	}
	source.events <- "one"
	for got := ":\n"; got == ":\n"; {
		got = event(t, stream)
	}
}

// A stream outlives the deadlines that the server sets for plain answers.
func TestAStreamOutlivesTheServersDeadlines(t *testing.T) {
	schema := newTestSchema()
	a := &api{t: t, schema: schema, log: &syncBuffer{}}
	a.Server = httptest.NewUnstartedServer(New(schema, Options{Limits: Limits{KeepAlive: 20 * time.Millisecond}}))
	a.Config.ReadTimeout, a.Config.WriteTimeout = 50*time.Millisecond, 50*time.Millisecond
	a.Start()
	t.Cleanup(a.Close) // after the stream's
	source := newSource(a)
	_, stream := a.open(t.Context(), subscribeEvents)
	for range 10 { // of comments, that is 200 ms
		if got := event(t, stream); got != ":\n" {
			t.Fatalf("got %q", got)
		}
	}
	source.events <- "one"
	for got := ":\n"; got == ":\n"; {
		got = event(t, stream)
	}
}

// stuckWriter is a client whose window is full: every write waits for its
// deadline, as on a connection.
type stuckWriter struct {
	header    http.Header
	deadlines []bool // set, or taken away
	written   int
}

func (w *stuckWriter) Header() http.Header { return w.header }
func (w *stuckWriter) WriteHeader(int)     {}
func (w *stuckWriter) Flush()              {}
func (w *stuckWriter) Write(b []byte) (int, error) {
	if w.written++; w.written > 1 {
		return 0, &net.OpError{Op: "write", Err: os.ErrDeadlineExceeded}
	}
	return len(b), nil
}
func (w *stuckWriter) SetWriteDeadline(t time.Time) error {
	w.deadlines = append(w.deadlines, !t.IsZero())
	return nil
}

func TestAClientThatDoesNotReadIsCutOff(t *testing.T) {
	a := start(t, Options{})
	source := newSource(a)
	w := &stuckWriter{header: http.Header{}}
	done := make(chan struct{})
	go func() {
		defer close(done)
		r := httptest.NewRequest("POST", "/", strings.NewReader(subscribeEvents))
		r.Header.Set("Content-Type", typeJSON)
		r.Header.Set("Accept", eventStream)
		a.Config.Handler.ServeHTTP(w, r)
	}()
	source.events <- "one"
	<-(<-source.ctx).Done()
	<-done
	if w.written != 2 || !slices.Equal(w.deadlines, []bool{true, true, false}) {
		t.Errorf("%d writes, deadlines %v", w.written, w.deadlines)
	}
}
