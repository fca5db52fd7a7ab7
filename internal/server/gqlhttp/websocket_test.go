package gqlhttp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"github.com/service-tracking/sts/internal/terms"
)

// client is a websocket's other end.
type client struct {
	t    *testing.T
	conn *websocket.Conn
}

func (a *api) dial(header http.Header, protocols ...string) (*websocket.Conn, *http.Response, error) {
	if protocols == nil {
		protocols = []string{subprotocol}
	}
	return websocket.Dial(a.t.Context(), a.URL, &websocket.DialOptions{HTTPHeader: header, Subprotocols: protocols})
}

func (a *api) socket() *client {
	a.t.Helper()
	conn, _, err := a.dial(nil)
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { _ = conn.CloseNow() })
	return &client{a.t, conn}
}

func (c *client) send(text string) {
	c.t.Helper()
	if err := c.conn.Write(c.t.Context(), websocket.MessageText, []byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) read() message {
	c.t.Helper()
	_, b, err := c.conn.Read(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	var m message
	if err := json.Unmarshal(b, &m); err != nil {
		c.t.Fatal(err)
	}
	return m
}

// expect asserts the next message.
func (c *client) expect(kind, id, payload string) {
	c.t.Helper()
	if m := c.read(); m.Type != kind || m.ID != id || !strings.Contains(string(m.Payload), payload) {
		c.t.Fatalf("got %s %s %s, want %s %s with %s", m.Type, m.ID, m.Payload, kind, id, payload)
	}
}

// closed asserts that the other side closes with this code.
func (c *client) closed(code websocket.StatusCode) {
	c.t.Helper()
	for {
		if _, _, err := c.conn.Read(c.t.Context()); err != nil {
			if got := websocket.CloseStatus(err); got != code {
				c.t.Errorf("closed with %v, want %v", err, code)
			}
			return
		}
	}
}

func (c *client) init() *client {
	c.t.Helper()
	c.send(`{"type":"connection_init"}`)
	c.expect("connection_ack", "", "")
	return c
}

func subscribe(id, query string) string {
	return fmt.Sprintf(`{"type":"subscribe","id":%q,"payload":{"query":%q}}`, id, query)
}

func TestAWebsocketRunsOperations(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	a := start(t, Options{Bearer: bearer})
	defer a.Close()
	source := newSource(a)
	c := a.socket()
	c.send(`{"type":"ping"}`)
	c.expect("pong", "", "")
	c.init()
	c.send(`{"type":"ping","payload":{"x":1}}`)
	c.expect("pong", "", "")
	c.send(`{"type":"pong"}`)

	c.send(subscribe("q", "{ __typename }"))
	c.expect("next", "q", `{"data":{"__typename":"Query"}}`)
	c.expect("complete", "q", "")
	c.send(subscribe("m", "mutation { record }"))
	c.expect("next", "m", `"recorded"`)
	c.expect("complete", "m", "")
	c.send(subscribe("e", `{ fail(how: "driver") }`))
	c.expect("next", "e", `"INTERNAL"`)
	c.expect("complete", "e", "")

	c.send(subscribe("s", "subscription { events }"))
	ctx := <-source.ctx
	source.events <- "one"
	c.expect("next", "s", `{"data":{"events":"one"}}`)
	c.send(`{"type":"complete","id":"s"}`)
	<-ctx.Done()
	c.send(`{"type":"complete","id":"unknown"}`)
	// The id is free when the operation has ended; until then a second one with
	// it would close the connection, so the next takes another.
	c.send(subscribe("s2", "subscription { events }"))
	<-source.ctx
	close(source.events)
	c.expect("complete", "s2", "")
	if err := c.conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Error(err)
	}
}

func TestAWebsocketAnswersMistakes(t *testing.T) {
	a := start(t, Options{})
	newSource(a)
	c := a.socket().init()
	n := 0
	id := func() string { n++; return fmt.Sprint("x", n) } // an id is free a moment after its last message
	for query, code := range map[string]terms.Code{
		"{":                           terms.ValidationFailed,
		"{ nothing }":                 terms.ValidationFailed,
		"{ __schema { __typename } }": terms.Forbidden,
		"{" + many(16, "a%d: viewer { id }") + "}":                                             terms.QueryTooCostly,
		`subscription { events(after: "expired") }`:                                            terms.EventExpired,
		"subscription { a: events b: events }":                                                 terms.ValidationFailed,
		"{ case { a: activities(first: 1) { nodes { id } } b: activities { nodes { id } } } }": terms.ValidationFailed,
	} {
		x := id()
		c.send(subscribe(x, query))
		c.expect("error", x, `"code":"`+string(code)+`"`)
	}
	c.send(`{"type":"subscribe","id":"y"}`)
	c.expect("error", "y", `"BAD_REQUEST"`)
	c.send(`{"type":"subscribe","id":"z","payload":{"query":7}}`)
	c.expect("error", "z", `"BAD_REQUEST"`)
}

func TestAWebsocketThatDoesNotKeepTheProtocolIsClosed(t *testing.T) {
	const canary = "canary"
	for name, test := range map[string]struct {
		first string
		then  string
		code  websocket.StatusCode
	}{
		"no JSON":                  {"canary", "", closeBadRequest},
		"a list":                   {"[]", "", closeBadRequest},
		"not UTF-8 within":         {`{"type":"connection_init","payload":{"a":"\ud800"}}`, "", closeBadRequest},
		"subscribes first":         {subscribe("a", "{ __typename }"), "", closeUnauthorized},
		"an unknown type":          {`{"type":"canary"}`, "", closeBadRequest},
		"the older protocol":       {`{"type":"start","id":"1"}`, "", closeBadRequest},
		"a payload that is a list": {`{"type":"connection_init","payload":[]}`, "", closeBadRequest},
		"init twice":               {`{"type":"connection_init"}`, `{"type":"connection_init"}`, closeSecondInit},
		"an unknown type later":    {`{"type":"connection_init"}`, `{"type":"canary"}`, closeBadRequest},
		"no id":                    {`{"type":"connection_init"}`, `{"type":"subscribe","payload":{"query":"{__typename}"}}`, closeBadRequest},
		"too much":                 {`{"type":"connection_init"}`, `{"type":"ping","payload":"` + strings.Repeat("x", 3000) + `"}`, websocket.StatusMessageTooBig},
	} {
		t.Run(name, func(t *testing.T) {
			a := start(t, Options{Limits: Limits{BodyBytes: 2000}})
			c := a.socket()
			c.send(test.first)
			if test.then != "" {
				c.expect("connection_ack", "", "")
				c.send(test.then)
			}
			c.closed(test.code)
			if strings.Contains(a.log.String(), canary) {
				t.Error(a.log)
			}
		})
	}
}

func TestAnOperationsIdIsTakenWhileItRuns(t *testing.T) {
	a := start(t, Options{})
	source := newSource(a)
	c := a.socket().init()
	c.send(subscribe("s", "subscription { events }"))
	ctx := <-source.ctx
	c.send(subscribe("s", "subscription { events }"))
	c.closed(closeSameID)
	<-ctx.Done()
}

// Attack 19: 1,000 subscriptions on one socket.
func TestAWebsocketRunsFiftyOperationsAtOnce(t *testing.T) {
	a := start(t, Options{})
	source := newSource(a)
	c := a.socket().init()
	for i := range 50 {
		c.send(subscribe(fmt.Sprint(i), "subscription { events }"))
		<-source.ctx
	}
	for i := range 950 {
		id := fmt.Sprint("more", i)
		c.send(subscribe(id, "subscription { events }"))
		c.expect("error", id, `"RATE_LIMITED"`)
	}
	close(source.events) // the fifty end, and there is room again
	for range 50 {
		if m := c.read(); m.Type != "complete" {
			t.Fatalf("got %s %s", m.Type, m.Payload)
		}
	}
}

// Attack 12: a foreign page, no init, a token that is bad or expires.
func TestWhoMayOpenAWebsocket(t *testing.T) {
	a := start(t, Options{OriginPatterns: []string{"*.jud.ct.gov", "https://sts.example"}})
	for origin, ok := range map[string]bool{
		"": true, a.URL: true, "https://app.jud.ct.gov": true, "https://APP.JUD.CT.GOV": true, "https://sts.example": true,
		"http://sts.example": false, "https://evil.example": false, "https://jud.ct.gov.evil.example": false,
		"null": false, "https://": false, "://": false, "https://app.jud.ct.gov:444": false,
	} {
		header := http.Header{}
		if origin != "" {
			header.Set("Origin", origin)
		}
		conn, resp, err := a.dial(header)
		if (err == nil) != ok || (!ok && resp.StatusCode != 403) {
			t.Errorf("origin %q: %v, %v", origin, resp.StatusCode, err)
		}
		if conn != nil {
			_ = conn.CloseNow()
		}
	}
	for _, protocols := range [][]string{{}, {"graphql-ws"}, {"graphql-transport-ws2"}} {
		if _, resp, err := a.dial(nil, protocols...); err == nil || resp.StatusCode != 400 {
			t.Errorf("protocols %v: %v", protocols, resp.StatusCode)
		}
	}
	if conn, _, err := a.dial(nil, "graphql-ws", subprotocol); err != nil || conn.Subprotocol() != subprotocol {
		t.Errorf("the newer of two: %v", err)
	} else {
		_ = conn.CloseNow()
	}
}

func TestAWebsocketThatSaysNothingIsClosed(t *testing.T) {
	a := start(t, Options{Limits: Limits{InitTimeout: 20 * time.Millisecond}})
	a.socket().closed(closeInitTimeout)
}

type viewerKey struct{}

func TestAWebsocketSignsInByItsFirstMessage(t *testing.T) {
	o := Options{
		ConnectionInit: func(ctx context.Context, authorization string) (context.Context, error) {
			if authorization != "Bearer good" {
				return nil, errors.New("secret")
			}
			return context.WithValue(ctx, viewerKey{}, "viewer"), nil
		},
		Bearer: func(ctx context.Context) bool { return ctx.Value(viewerKey{}) == "viewer" },
	}
	a := start(t, o)
	for _, name := range []string{"Authorization", "authorization"} {
		c := a.socket()
		c.send(fmt.Sprintf(`{"type":"connection_init","payload":{%q:"Bearer good"}}`, name))
		c.expect("connection_ack", "", "")
		c.send(subscribe("s", "{ __schema { __typename } }")) // which asks Bearer
		c.expect("next", "s", `{"data"`)
	}
	for _, payload := range []string{`{}`, `null`, `{"Authorization":"Bearer bad"}`, `{"Authorization":["Bearer good"]}`} {
		c := a.socket()
		c.send(`{"type":"connection_init","payload":` + payload + `}`)
		c.closed(closeUnauthorized)
	}
}

func TestAWebsocketEndsWithTheSignIn(t *testing.T) {
	a := start(t, Options{ConnectionInit: func(ctx context.Context, _ string) (context.Context, error) {
		ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		context.AfterFunc(ctx, cancel)
		return ctx, nil
	}})
	source := newSource(a)
	c := a.socket().init()
	c.send(subscribe("s", "subscription { events }"))
	ctx := <-source.ctx
	c.closed(closeSignInEnded)
	<-ctx.Done()
}

func TestAWebsocketEndsWithItsReason(t *testing.T) {
	a := start(t, Options{})
	source := newSource(a)
	source.end = &terms.InputError{Code: terms.Unavailable, Message: "You read too slowly."}
	c := a.socket().init()
	c.send(subscribe("s", "subscription { events }"))
	source.events <- "one"
	c.expect("next", "s", "one")
	close(source.events)
	c.expect("next", "s", `"UNAVAILABLE"`)
	c.expect("complete", "s", "")
}

func TestADeadWebsocketIsNoticed(t *testing.T) {
	a := start(t, Options{Limits: Limits{KeepAlive: 20 * time.Millisecond}})
	source := newSource(a)
	c := a.socket().init()
	c.send(subscribe("s", "subscription { events }"))
	ctx := <-source.ctx
	<-ctx.Done() // nobody reads on our side, so nobody answers the pings
}
