package recording

import (
	"context"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/terms"
)

func (e *AttemptEntry) kind() terms.ActivityKind { return terms.KindAttempt }

func (e *AttemptEntry) clean(o *objections) {
	e.LastAttemptedAt = terms.Micro(e.LastAttemptedAt)
	before := len(o.list)
	o.note(&e.Note, maxNote, "note")
	o.note(&e.Detail, maxDetail, "detail")
	if e.Reason == terms.ReasonOther && e.Detail == "" && len(o.list) == before {
		o.add(DetailRequired, "With the reason OTHER, say in detail why service was not executed (§5(e)).", "detail")
	}
}

func (e *AttemptEntry) happened() (time.Time, string) { return e.LastAttemptedAt, "lastAttemptedAt" }

func (e *AttemptEntry) judge(context.Context, *matter) error { return nil }

func (e *AttemptEntry) write(a *ent.ServiceActivityCreate, _ *matter) {
	a.SetReason(e.Reason).SetDetail(e.Detail).SetNoFurtherAttempt(e.NoFurtherAttempt).
		SetPoliceAssistanceRequested(e.PoliceAssistanceRequested).SetNote(e.Note)
}
