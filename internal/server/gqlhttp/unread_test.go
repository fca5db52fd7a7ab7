package gqlhttp

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

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

// A client that asks and does not read the answer holds neither a handler nor
// its connection.
func TestAnAnswerThatNobodyReadsIsCutOff(t *testing.T) {
	const post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
	for name, request := range map[string]string{
		"data":           post + "26\r\n\r\n" + `{"query":"{ __typename }"}`,
		"errors":         post + "20\r\n\r\n" + `{"query":"{ none }"}`,
		"an error":       post + "1\r\n\r\n{",
		"a panic":        post + "36\r\n\r\n" + `{"query":"{ fail(how: \"panic\") }"}`,
		"another method": "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
		"a GET":          "GET /?query=%7B__typename%7D HTTP/1.1\r\nHost: x\r\n\r\n",
		"no websocket":   "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			closed := make(chan struct{})
			l := pipes{make(chan net.Conn, 1), make(chan struct{})}
			h := &http.Server{
				Handler: New(newTestSchema(), Options{Bearer: bearer, Limits: Limits{WriteTimeout: 20 * time.Millisecond}}),
				ConnState: func(_ net.Conn, s http.ConnState) {
					if s == http.StateClosed {
						close(closed)
					}
				},
			}
			go h.Serve(l) //nolint:errcheck // it is closed below
			defer h.Close()
			client, conn := net.Pipe()
			defer client.Close()
			l.conns <- conn
			if _, err := client.Write([]byte(request)); err != nil {
				t.Fatal(err)
			}
			select {
			case <-closed:
			case <-time.After(10 * time.Second):
				t.Error("the connection is held")
			}
		})
	}
}

// What is read in time leaves no deadline behind on the connection.
func TestAnAnswersDeadlineGoesWithIt(t *testing.T) {
	w := &stuckWriter{header: http.Header{}, written: -3}
	r := httptest.NewRequestWithContext(context.Background(), "POST", "/", strings.NewReader(`{"query":"{ __typename }"}`))
	r.Header.Set("Content-Type", typeJSON)
	New(newTestSchema(), Options{}).ServeHTTP(w, r)
	if w.written != 0 || !slices.Equal(w.deadlines, []bool{true, false}) {
		t.Errorf("%d writes, deadlines %v", w.written+3, w.deadlines)
	}
}
