package gqlhttp

import (
	"context"
	"encoding/json"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// operate runs one operation of a websocket and sends what it answers. The
// protocol has two ways to fail: error, when nothing was executed, and an
// ordinary next with errors in it.
func (s *socket) operate(ctx context.Context, m message, o *operation) {
	ctx = graphql.StartOperationTrace(ctx)
	defer func() {
		if v := recover(); v != nil {
			s.fail(m.ID, gqlerror.List{Presenter(s.options.Log)(ctx, Recover(ctx, v))})
		}
	}()
	start := graphql.Now()
	params, err := decodeParams(m.Payload)
	if err != nil {
		s.fail(m.ID, gqlerror.List{err})
		return
	}
	params.Headers = s.headers
	params.ReadTime = graphql.TraceTiming{Start: start, End: graphql.Now()}
	opCtx, errs := s.exec.CreateOperationContext(ctx, params)
	if errs != nil {
		s.fail(m.ID, s.exec.DispatchError(graphql.WithOperationContext(ctx, opCtx), errs).Errors)
		return
	}
	if opCtx.Operation.Operation == ast.Subscription {
		s.subscribes(o)
	}
	respond, running := s.exec.DispatchOperation(ctx, opCtx)
	for first := true; ; first = false {
		resp := respond(running)
		if resp == nil {
			break
		}
		if first && len(resp.Data) == 0 && len(resp.Errors) > 0 {
			s.fail(m.ID, resp.Errors)
			return
		}
		b, err := encode(resp)
		if err != nil {
			panic(err)
		}
		if !s.write(message{ID: m.ID, Type: "next", Payload: b}) {
			return
		}
		if opCtx.Operation.Operation != ast.Subscription {
			break
		}
	}
	// A client that took the operation back expects no more of it.
	if ctx.Err() == nil || reasonOf(ctx) != nil {
		s.last(message{ID: m.ID, Type: "complete"})
	}
}

// fail ends an operation of which nothing was executed.
func (s *socket) fail(id string, errs gqlerror.List) bool {
	b, err := json.Marshal(errs)
	if err != nil {
		panic(err) // errors are presented: strings, numbers and paths
	}
	return s.last(message{ID: id, Type: "error", Payload: b})
}

// last sends the last message of an operation. Its id is free before, because
// the client may use it again as soon as it reads this.
func (s *socket) last(m message) bool {
	s.mu.Lock()
	delete(s.active, m.ID)
	s.mu.Unlock()
	return s.write(m)
}

// read waits for a message. What is none ends the connection.
func (s *socket) read() (message, bool) {
	// The background context: when a reading context ends, the library cuts the
	// connection without a word, and we want to say why.
	kind, b, err := s.conn.Read(context.Background())
	if err != nil {
		return message{}, false
	}
	var m message
	if kind != websocket.MessageText || checkJSON(b) != nil || !m.decode(b) {
		s.close(closeBadRequest, "the message is not a JSON object of the protocol")
		return message{}, false
	}
	return m, true
}

func (m *message) decode(b []byte) bool {
	err := eachMember(b, func(name string, value json.RawMessage) *gqlerror.Error {
		switch name {
		case "id":
			return decodeString(name, value, &m.ID)
		case "type":
			return decodeString(name, value, &m.Type)
		case "payload":
			if string(value) != "null" {
				m.Payload = value
			}
		}
		return nil
	})
	return err == nil
}

// write sends a message within the time that one may take, else the library
// cuts the connection, and read returns.
func (s *socket) write(m message) bool {
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // a marshaler that wrote what is no JSON; operate recovers
	}
	ctx, cancel := context.WithTimeout(context.Background(), s.limits.WriteTimeout)
	defer cancel()
	return s.conn.Write(ctx, websocket.MessageText, b) == nil
}

// keepAlive notices clients that are gone without a word, by pings of the
// websocket itself, which browsers answer without the page.
func (s *socket) keepAlive(ctx context.Context) {
	ticker := time.NewTicker(s.limits.KeepAlive)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		ping, cancel := context.WithTimeout(ctx, s.limits.KeepAlive)
		err := s.conn.Ping(ping)
		cancel()
		if err != nil && ctx.Err() == nil {
			_ = s.conn.CloseNow() // read returns
			return
		}
	}
}

// close says why and waits, a few seconds at the most, until the client has
// heard it.
func (s *socket) close(code websocket.StatusCode, reason string) {
	_ = s.conn.Close(code, reason) // a client that is gone needs no reason
}
