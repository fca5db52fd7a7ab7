package journal

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/service-tracking/sts/internal/terms"
)

// Position is the number of a record. The first record has 1; 0 is before the
// first, and a valid place to read on from.
type Position int64

const (
	originLen      = 10
	positionDigits = 12 // so that the ids of one log sort as text
)

// FormatEventID is the id by which clients name a position: opaque to them,
// sorting as text within one log.
func FormatEventID(origin string, p Position) string {
	return fmt.Sprintf("%s-%0*d", origin, positionDigits, p)
}

// ParseEventID reads what [FormatEventID] wrote. Everything else is a
// [terms.InputError] with [terms.EventExpired]. Whether the origin is this
// log's and the position still replayable: see [Reader.Resolve].
func ParseEventID(s string) (origin string, p Position, err error) {
	origin, digits, ok := strings.Cut(s, "-")
	if !ok || len(origin) != originLen || strings.Trim(origin, letters) != "" ||
		len(digits) != positionDigits || strings.Trim(digits, "0123456789") != "" {
		return "", 0, expired("This is not an event id of this system.")
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return "", 0, fmt.Errorf("reading %d digits: %w", positionDigits, err)
	}
	return origin, Position(n), nil
}

func expired(why string) error {
	return &terms.InputError{Code: terms.EventExpired, Message: why +
		" Reload: read the lists again, then subscribe without after."}
}
