package recording

import (
	"context"
	"slices"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/terms"
)

func (e *OtherInformationEntry) kind() terms.ActivityKind { return terms.KindOtherInformation }

// clean: what it is about is a set, so neither order nor repetition makes
// another entry.
func (e *OtherInformationEntry) clean(o *objections) {
	e.About = slices.Compact(slices.Sorted(slices.Values(e.About)))
	if len(e.About) == 0 {
		o.add(DetailRequired, "Say what the information is about: choose at least one (§6(c)).", "about")
	}
	before := len(o.list)
	o.note(&e.Text, maxNote, "text")
	if e.Text == "" && len(o.list) == before {
		o.add(DetailRequired, "Write down the information (§6(c)).", "text")
	}
}

// happened: other information occurs as it is recorded.
func (e *OtherInformationEntry) happened() (time.Time, string) { return time.Time{}, "" }

func (e *OtherInformationEntry) judge(context.Context, *matter) error { return nil }

func (e *OtherInformationEntry) write(a *ent.ServiceActivityCreate, _ *matter) {
	a.SetAbout(e.About).SetText(e.Text)
}
