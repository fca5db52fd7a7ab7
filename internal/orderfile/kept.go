package orderfile

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/terms"
)

// What the columns of a kept answer have room for, in bytes.
const (
	maxRaw = 8000
	maxWhy = 200
)

// keep stores an answer that settles nothing by itself, for a person to look
// at: the switch forgets it when this has returned nil. An answer that the
// switch repeats is kept twice. It can name people, so it is in no log.
func (c *Channel) keep(ctx context.Context, a Answer, why string) error {
	number := a.ControlNumber
	if a.Kind == Unreadable {
		number = ControlNumber(reference([]byte(a.Raw)))
	}
	if !number.valid() {
		number = ""
	}
	raw := a.Raw
	if !utf8.ValidString(raw) || strings.ContainsRune(raw, 0) { // no database takes it as text
		raw = strconv.QuoteToASCII(raw)
	}
	kept, err := c.db.SwitchAnswer.Create().SetControlNumber(string(number)).SetKind(string(a.Kind)).
		SetWhy(cut(why, maxWhy)).SetRaw(cut(raw, maxRaw)).SetReceivedAt(terms.Micro(c.o.Clock())).
		Save(access.As(ctx, "orderfile"))
	if err != nil {
		return fmt.Errorf("keeping an answer of the switch: %w", err)
	}
	level := slog.LevelError
	if a.Kind == StatusTold {
		level = slog.LevelWarn
	}
	c.o.Log.Log(ctx, level, "the switch said something that settles nothing", "answer", kept.ID, "kind", string(a.Kind), "control_number", string(number))
	return nil
}

// cut leaves at most n bytes of whole characters.
func cut(s string, n int) string {
	s = strings.ToValidUTF8(s, "?")
	if len(s) <= n {
		return s
	}
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
