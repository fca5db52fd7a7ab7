package recording

import (
	"context"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/terms"
)

func (e *ReceiptEntry) kind() terms.ActivityKind { return terms.KindReceipt }

func (e *ReceiptEntry) clean(o *objections) {
	e.ReceivedAt = terms.Micro(e.ReceivedAt)
	o.note(&e.Note, maxNote, "note")
}

func (e *ReceiptEntry) happened() (time.Time, string) { return e.ReceivedAt, "receivedAt" }

// judge: whoever says that he received the papers has them, whoever was known to
// hold them before (§6(a)).
func (e *ReceiptEntry) judge(_ context.Context, m *matter) error {
	if e.WritDate > terms.DateOf(m.c.Now) {
		m.add(InTheFuture, "The writ is dated later than today. Check the date; leave it out if the papers show none.", "writDate")
	}
	return nil
}

func (e *ReceiptEntry) write(a *ent.ServiceActivityCreate, _ *matter) {
	a.SetNote(e.Note)
	if e.WritDate != "" {
		a.SetWritDate(e.WritDate)
	}
}
