package recording

import (
	"context"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/terms"
)

// TwoHours is how long after service was executed it must be recorded (§4(b),
// C.G.S. §46b-15(h) as amended by Public Act 17-163). Later is accepted and
// flagged, never refused.
const TwoHours = 2 * time.Hour

func (e *ServiceEntry) kind() terms.ActivityKind { return terms.KindService }

func (e *ServiceEntry) clean(o *objections) {
	e.ExecutedAt = terms.Micro(e.ExecutedAt)
	o.note(&e.Note, maxNote, "note")
}

func (e *ServiceEntry) happened() (time.Time, string) { return e.ExecutedAt, "executedAt" }

func (e *ServiceEntry) judge(context.Context, *matter) error { return nil }

func (e *ServiceEntry) write(a *ent.ServiceActivityCreate, m *matter) {
	delay := max(0, m.firstRecorded().Sub(e.ExecutedAt))
	a.SetMethod(e.Method).SetPoliceAssistanceRequested(e.PoliceAssistanceRequested).SetNote(e.Note).
		SetRecordedLate(delay > TwoHours).SetRecordingDelayMinutes(int(delay / time.Minute))
}

// firstRecorded is the instant to which the two hours run (§4(b)): when a
// service was first recorded in this one's chain of corrections, or when the
// officer reported it if that was a manual entry (§7). An attempt that becomes a
// service counts from the correction; a service that became an attempt and a
// service again counts from the first.
func (m *matter) firstRecorded() time.Time {
	at := m.c.Now
	if m.reportedAt != nil {
		at = *m.reportedAt
	}
	for a := m.original; a != nil; a = m.corrected(a) {
		if a.Kind != terms.KindService {
			continue
		}
		if at = a.RecordedAt; a.ReportedAt != nil {
			at = *a.ReportedAt
		}
	}
	return at
}
