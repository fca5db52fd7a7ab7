package recording

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/terms"
)

// The longest texts, in characters.
const (
	maxNote   = 4000
	maxDetail = 1000
	maxName   = 200
)

// entry is what one kind of activity has of its own. Its exported fields are
// the facts that make two entries the same.
type entry interface {
	kind() terms.ActivityKind
	// clean brings the entry to the form that is kept, and objects to what
	// cannot be kept.
	clean(o *objections)
	// happened is when it happened, and the field that says so. The zero time
	// is that of an entry which happens as it is recorded.
	happened() (at time.Time, field string)
	// judge applies the kind's own rules, under the case's lock.
	judge(ctx context.Context, m *matter) error
	// write sets the kind's own columns, once nothing was objected.
	write(a *ent.ServiceActivityCreate, m *matter)
}

// given answers a copy of the one entry that is given, and where its fields
// stand; nil if it is not exactly one.
func (e Entry) given() (entry, []string) {
	var found []entry
	var at string
	if e.Service != nil {
		found, at = append(found, copied(e.Service)), "service"
	}
	if e.Attempt != nil {
		found, at = append(found, copied(e.Attempt)), "attempt"
	}
	if e.Receipt != nil {
		found, at = append(found, copied(e.Receipt)), "receipt"
	}
	if e.Transfer != nil {
		found, at = append(found, copied(e.Transfer)), "transfer"
	}
	if e.OtherInformation != nil {
		found, at = append(found, copied(e.OtherInformation)), "otherInformation"
	}
	if len(found) != 1 {
		return nil, nil
	}
	return found[0], []string{"input", "entry", at}
}

func copied[T any](e *T) *T {
	c := *e
	return &c
}

// objections gathers why something is refused. at is where the fields stand to
// which it objects.
type objections struct {
	at   []string
	list []Refusal
}

func (o *objections) add(code Code, message string, field ...string) *Refusal {
	o.list = append(o.list, Refusal{Code: code, Message: message, Path: slices.Concat(o.at, field)})
	return &o.list[len(o.list)-1]
}

// note brings a text of several lines to the form that is kept.
func (o *objections) note(text *string, most int, field ...string) {
	o.text(text, most, true, field...)
}

// name brings a text of one line to the form that is kept.
func (o *objections) name(text *string, field ...string) { o.text(text, maxName, false, field...) }

func (o *objections) text(text *string, most int, lines bool, field ...string) {
	kept, err := terms.CleanText(*text, most, lines)
	switch {
	case errors.Is(err, terms.ErrTooLong):
		o.add(TooLong, fmt.Sprintf("This text is too long: at most %d characters are kept. Shorten it.", most), field...)
	case err != nil:
		o.add(BadText, "This text "+err.Error()+". Type it again without it.", field...)
	default:
		*text = kept
	}
}

func courtTime(t time.Time) string {
	return t.In(terms.CourtZone).Format("Mon Jan 2 2006, 3:04 PM MST")
}
