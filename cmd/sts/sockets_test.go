package main_test

import (
	"net/http"
	"syscall"
	"testing"

	"github.com/coder/websocket"
)

func (i *installation) socket(token string) *websocket.Conn {
	i.t.Helper()
	header := http.Header{}
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	conn, _, err := websocket.Dial(i.t.Context(), i.url, &websocket.DialOptions{HTTPHeader: header, Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		i.t.Fatal(err)
	}
	i.t.Cleanup(func() { _ = conn.CloseNow() })
	if err := conn.Write(i.t.Context(), websocket.MessageText, []byte(`{"type":"connection_init"}`)); err != nil {
		i.t.Fatal(err)
	}
	return conn
}

// A websocket is closed at once to whoever did not sign in, and to the others
// with a word when the server stops.
func TestWebsocketsAreClosedWithAReason(t *testing.T) {
	i := install(t)
	i.serve()
	closes := func(conn *websocket.Conn, want websocket.StatusCode) {
		t.Helper()
		if _, b, err := conn.Read(t.Context()); websocket.CloseStatus(err) != want {
			t.Errorf("closed with %v (%s), want %v", err, b, want)
		}
	}
	closes(i.socket(""), 4401)
	conn := i.socket(i.token("registry1"))
	if _, b, err := conn.Read(t.Context()); err != nil || string(b) != `{"type":"connection_ack"}` {
		t.Fatalf("%s %v", b, err)
	}
	if err := i.process.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	closes(conn, websocket.StatusGoingAway)
	if err := i.process.Wait(); err != nil {
		t.Errorf("after Ctrl-C: %v\n%s", err, i.output)
	}
}
