package gqlhttp

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/service-tracking/sts/internal/terms"
)

const (
	typeJSON     = "application/json"
	typeResponse = "application/graphql-response+json"
	eventStream  = "text/event-stream"
)

// accepted is what a client's Accept header comes to.
type accepted struct {
	contentType string // of an answer in one piece
	stream      bool   // a subscription may be answered as a stream of events
	nothing     bool   // no type of ours is accepted
}

// negotiate reads the Accept header. Of the two JSON types the one of higher
// quality is taken, then the one that stands first; without a word it is
// application/json, which every old client can read.
func negotiate(r *http.Request) accepted {
	header := strings.Join(r.Header.Values("Accept"), ",")
	if strings.TrimSpace(header) == "" {
		return accepted{contentType: typeJSON}
	}
	var a accepted
	best := 0.0
	for part := range strings.SplitSeq(header, ",") {
		mediaType, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q := 1.0
		if text, ok := params["q"]; ok {
			if q, err = strconv.ParseFloat(text, 64); err != nil || !(q > 0) {
				continue
			}
		}
		switch mediaType {
		case eventStream:
			a.stream = true
			continue
		case "*/*", "application/*":
			mediaType = typeJSON
		case typeJSON, typeResponse:
		default:
			continue
		}
		if q > best {
			best, a.contentType = q, mediaType
		}
	}
	if a.contentType == "" {
		// Who reads only streams looks at the status first, so errors and
		// queries are answered in the type whose status tells.
		a.contentType, a.nothing = typeResponse, !a.stream
	}
	return a
}

// answer writes what an operation came to.
func answer(w http.ResponseWriter, within time.Duration, contentType string, resp *graphql.Response) {
	parts := [][]byte{plainStart, resp.Data, plainEnd} // the data is JSON already: it goes out as it is
	if !plain(resp) {
		b, err := encode(resp)
		if err != nil {
			panic(err) // a marshaler wrote what is no JSON: answered and logged as any panic
		}
		parts = [][]byte{b}
	}
	send(w, within, contentType, statusOf(contentType, resp), parts...)
}

// send writes an answer in one piece, and sees it off within the time that it
// may take: nothing can be done for a client that does not read it, and it must
// not hold its handler for ever. What were left in the server's buffer would go
// out after the deadline is taken away.
func send(w http.ResponseWriter, within time.Duration, contentType string, status int, parts ...[]byte) {
	out := http.NewResponseController(w)
	if err := out.SetWriteDeadline(time.Now().Add(within)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return // the connection is gone
	}
	length := 0
	for _, b := range parts {
		length += len(b)
	}
	w.Header().Set("Content-Type", contentType+"; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(length))
	w.WriteHeader(status)
	for _, b := range parts {
		if _, err := w.Write(b); err != nil {
			return // the deadline stays: nothing more goes out on this connection
		}
	}
	if err := out.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return
	}
	_ = out.SetWriteDeadline(time.Time{}) // it was set a moment ago, or is not supported
}

var plainStart, plainEnd = []byte(`{"data":`), []byte(`}`)

// plain tells whether an answer is its data and nothing else.
func plain(resp *graphql.Response) bool {
	return len(resp.Data) > 0 && len(resp.Errors) == 0 && len(resp.Extensions) == 0
}

// encode is an answer as JSON. Errors stand first, as the specification
// advises; data is left out when nothing was executed.
func encode(resp *graphql.Response) ([]byte, error) {
	if plain(resp) {
		b := make([]byte, 0, len(plainStart)+len(resp.Data)+len(plainEnd))
		return append(append(append(b, plainStart...), resp.Data...), plainEnd...), nil
	}
	return json.Marshal(struct {
		Errors     gqlerror.List   `json:"errors,omitempty"`
		Data       json.RawMessage `json:"data,omitempty"`
		Extensions map[string]any  `json:"extensions,omitempty"`
	}{resp.Errors, resp.Data, resp.Extensions})
}

// statusOf is the status of a well-formed request's answer, by the GraphQL over
// HTTP draft: with data it is 200, whatever else went wrong. Without, it tells
// what did; but application/json has clients that read the body of a 200 only,
// so there it tells only what another document would not cure.
func statusOf(contentType string, resp *graphql.Response) int {
	if len(resp.Data) > 0 || len(resp.Errors) == 0 {
		return http.StatusOK
	}
	code := codeOf(resp.Errors[0])
	if contentType == typeJSON {
		switch code {
		case terms.BadRequest, terms.Unauthenticated, terms.Forbidden, terms.DocumentNotAllowed, terms.RateLimited:
		default:
			return http.StatusOK
		}
	}
	switch code {
	case terms.Unauthenticated:
		return http.StatusUnauthorized
	case terms.Forbidden:
		return http.StatusForbidden
	case terms.RateLimited:
		return http.StatusTooManyRequests
	case terms.TimedOut:
		return http.StatusGatewayTimeout
	case terms.Unavailable:
		return http.StatusServiceUnavailable
	case terms.Internal:
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}

// answerError answers a request that did not become an operation.
func answerError(w http.ResponseWriter, within time.Duration, contentType string, status int, err *gqlerror.Error) {
	b, _ := encode(&graphql.Response{Errors: gqlerror.List{err}}) // made of strings
	send(w, within, contentType, status, b)
}
