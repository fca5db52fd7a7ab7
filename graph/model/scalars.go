package model

import (
	"io"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/service-tracking/sts/internal/terms"
)

// MarshalDateTime writes an instant: UTC, microseconds, Z.
func MarshalDateTime(t time.Time) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		b := make([]byte, 0, len(terms.InstantLayout)+2)
		b = append(b, '"')
		b = t.UTC().AppendFormat(b, terms.InstantLayout)
		_, _ = w.Write(append(b, '"')) // gqlgen's writer is a buffer
	})
}

// UnmarshalDateTime reads RFC 3339 with an explicit offset.
func UnmarshalDateTime(v any) (time.Time, error) {
	s, ok := v.(string)
	if !ok {
		s = "" // which is refused with words that say what to send
	}
	return terms.ParseInstant(s)
}

// MarshalID writes an id.
func MarshalID(id terms.ID) graphql.Marshaler { return id }

// UnmarshalID reads an id. Null, where it is allowed, is no id: so clients leave
// out what they do not know.
func UnmarshalID(v any) (id terms.ID, err error) {
	if v != nil {
		err = id.UnmarshalGQL(v)
	}
	return id, err
}

// MarshalDate writes a day.
func MarshalDate(d terms.Date) graphql.Marshaler { return d }

// UnmarshalDate reads a day; null, where it is allowed, is none.
func UnmarshalDate(v any) (d terms.Date, err error) {
	if v != nil {
		err = d.UnmarshalGQL(v)
	}
	return d, err
}

// keyLetters are what a key may be made of.
const keyLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// MarshalIdempotencyKey writes a client's key; no field answers one.
func MarshalIdempotencyKey(key string) graphql.Marshaler { return graphql.MarshalString(key) }

// UnmarshalIdempotencyKey reads the client's key for one act of recording.
func UnmarshalIdempotencyKey(v any) (string, error) {
	s, ok := v.(string)
	if !ok || len(s) < 16 || len(s) > 64 || strings.Trim(s, keyLetters) != "" {
		return "", &terms.InputError{Code: terms.ValidationFailed, Message: "idempotencyKey must be 16 to 64 letters, digits, hyphens and underscores, made anew for each act of recording; a UUID will do."}
	}
	return s, nil
}

// EventID is a position in the stream of events. What it means is for the
// journal to say.
type EventID string

// MarshalGQL writes the id.
func (id EventID) MarshalGQL(w io.Writer) { graphql.MarshalString(string(id)).MarshalGQL(w) }

// UnmarshalGQL reads an id.
func (id *EventID) UnmarshalGQL(v any) error {
	s, ok := v.(string)
	if !ok || len(s) > 200 {
		return &terms.InputError{Code: terms.EventExpired, Message: "This is not an event id of this system. Read latestEventId, load the lists anew, and subscribe after it."}
	}
	*id = EventID(s)
	return nil
}

// text is a column whose empty string means that nothing is known.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
