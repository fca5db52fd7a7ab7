package report

import (
	"context"
	"strings"
	"time"

	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// Reporter counts. It may be used by many at once.
type Reporter struct {
	Store     *store.Store
	Reference *casefile.Reference
	// Clock; nil: time.Now.
	Clock func() time.Time
}

// begin asks whether the viewer may be told figures, and answers the context in
// which to count and the moment of it.
func (r *Reporter) begin(ctx context.Context, v *access.Viewer) (context.Context, time.Time, error) {
	if err := v.May(access.AskStatistics); err != nil {
		return nil, time.Time{}, err
	}
	now := time.Now
	if r.Clock != nil {
		now = r.Clock
	}
	return access.As(ctx, "report"), terms.Micro(now()), nil
}

// Gap is one thing that a figure lacks.
type Gap struct {
	Kind terms.DataGapKind
	// Count is how many lack it, of Of.
	Count, Of int
	Meaning   string
}

func invalid(message string) error {
	return &terms.InputError{Code: terms.ValidationFailed, Message: message}
}

func costly(message string) error {
	return &terms.InputError{Code: terms.QueryTooCostly, Message: message}
}

// words is a coded value as people read it.
func words(code string) string {
	text := strings.ToLower(strings.ReplaceAll(code, "_", " "))
	return strings.ToUpper(text[:1]) + text[1:]
}
