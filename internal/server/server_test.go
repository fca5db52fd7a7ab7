package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/identity"
	"github.com/service-tracking/sts/internal/terms"
)

var quiet = slog.New(slog.DiscardHandler)

func handler(t *testing.T, ready func(context.Context) error) http.Handler {
	t.Helper()
	issuer, err := identity.Open(t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return New(Options{
		GraphQL: http.NotFoundHandler(), Callers: &Callers{Issuer: issuer, Log: quiet}, Ready: ready,
		Origins: []string{"https://app.example"}, Metrics: prometheus.NewRegistry(), Log: quiet,
	})
}

// pipes is a listener whose connections hold nothing: what one side writes, the
// other must read.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}
func (p pipes) Close() error   { close(p.done); return nil }
func (p pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// Whoever asks and does not read the answer holds nothing for long, whichever
// part of the server answers.
func TestWhoeverDoesNotReadIsCutOff(t *testing.T) {
	for name, c := range map[string]struct {
		request string
		within  time.Duration
	}{
		"healthz":      {"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", answerWithin},
		"readyz":       {"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n", answerWithin},
		"metrics":      {"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", answerWithin},
		"a bad token":  {"GET /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n\r\n", answerWithin},
		"nothing here": {"GET /none HTTP/1.1\r\nHost: x\r\n\r\n", time.Minute},
		"a preflight":  {"OPTIONS /graphql HTTP/1.1\r\nHost: x\r\nOrigin: https://app.example\r\nAccess-Control-Request-Method: POST\r\n\r\n", time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			h := handler(t, func(context.Context) error { return nil })
			synctest.Test(t, func(t *testing.T) {
				closed := make(chan struct{})
				l := pipes{make(chan net.Conn, 1), make(chan struct{})}
				s := HTTP(h, quiet)
				s.ConnState = func(_ net.Conn, state http.ConnState) {
					if state == http.StateClosed {
						close(closed)
					}
				}
				go s.Serve(l) //nolint:errcheck // it is closed below
				defer s.Close()
				client, conn := net.Pipe()
				defer client.Close()
				l.conns <- conn
				started := time.Now()
				if _, err := client.Write([]byte(c.request)); err != nil {
					t.Fatal(err)
				}
				select {
				case <-closed:
				case <-time.After(time.Hour):
					t.Fatal("the connection is held")
				}
				if took := time.Since(started); took > c.within {
					t.Errorf("it was held for %v", took)
				}
			})
		})
	}
}

// A deadline is for one answer: the next one on the connection has its own.
func TestAConnectionThatIsReadServesOn(t *testing.T) {
	h := handler(t, func(context.Context) error { return nil })
	synctest.Test(t, func(t *testing.T) {
		l := pipes{make(chan net.Conn, 1), make(chan struct{})}
		s := HTTP(h, quiet)
		go s.Serve(l) //nolint:errcheck // it is closed below
		defer s.Close()
		transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			client, conn := net.Pipe()
			l.conns <- conn
			return client, nil
		}}
		defer transport.CloseIdleConnections()
		for _, path := range []string{"/healthz", "/none", "/metrics", "/none", "/readyz", "/healthz"} {
			r, err := http.NewRequestWithContext(t.Context(), "GET", "http://x"+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := transport.RoundTrip(r)
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			if _, err := io.Copy(io.Discard, resp.Body); err != nil {
				t.Errorf("%s: %v", path, err)
			}
			resp.Body.Close()
			time.Sleep(90 * time.Second)
		}
	})
}

// Strangers may ask for readiness as often as they like: it is looked at once a
// second, by one of them.
func TestReadinessIsRemembered(t *testing.T) {
	var asked atomic.Int64
	var state atomic.Pointer[error]
	h := handler(t, func(ctx context.Context) error {
		asked.Add(1)
		time.Sleep(100 * time.Millisecond)
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := state.Load(); err != nil {
			return *err
		}
		return nil
	})
	synctest.Test(t, func(t *testing.T) {
		ask := func(ctx context.Context) int {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "/readyz", nil))
			return w.Code
		}
		all := func(want int) {
			t.Helper()
			gone, leave := context.WithCancel(t.Context())
			leave()
			ask(gone) // who left spoils nothing
			var wg sync.WaitGroup
			for range 50 {
				wg.Go(func() {
					if code := ask(t.Context()); code != want {
						t.Errorf("%d, want %d", code, want)
					}
				})
			}
			wg.Wait()
		}
		all(http.StatusOK)
		away := errors.New("away")
		state.Store(&away)
		all(http.StatusOK)
		if n := asked.Load(); n != 1 {
			t.Errorf("%d looks in a second", n)
		}
		time.Sleep(time.Second)
		all(http.StatusServiceUnavailable)
		state.Store(nil)
		time.Sleep(time.Second)
		all(http.StatusOK)
		if n := asked.Load(); n != 3 {
			t.Errorf("%d looks in three seconds", n)
		}
	})
}

func TestARememberedQuestionHasItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ask := Remembered(3*time.Second, func(ctx context.Context) (int, error) {
			<-ctx.Done()
			return 0, ctx.Err()
		})
		started := time.Now()
		if _, err := ask(t.Context()); !errors.Is(err, context.DeadlineExceeded) || time.Since(started) != 3*time.Second {
			t.Errorf("%v after %v", err, time.Since(started))
		}
	})
}

// A websocket is for whoever signed in, by its request or by its first message.
func TestAWebsocketIsForWhoeverSignedIn(t *testing.T) {
	c := &Callers{Log: quiet}
	for _, authorization := range []string{"", "Basic eDp5", "Bearer"} {
		_, err := c.ConnectionInit(t.Context(), authorization)
		var coded interface{ ErrorCode() terms.Code }
		if !errors.As(err, &coded) || coded.ErrorCode() != terms.Unauthenticated {
			t.Errorf("nobody, with %q: %v", authorization, err)
		}
	}
	signed := access.With(t.Context(), &access.Viewer{Account: "acc_x"})
	if ctx, err := c.ConnectionInit(signed, ""); err != nil || access.From(ctx) == nil {
		t.Errorf("signed in by the request: %v", err)
	}
	issuer, err := identity.Open(t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	c.Issuer = issuer
	if _, err := c.ConnectionInit(signed, "Bearer "+strings.Repeat("x", 20)); err == nil {
		t.Error("a bad token was passed over")
	}
}
