package recording

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/terms"
)

// own is the way of an officer who records what he did himself (§4 to §6).
type own struct{ Docket terms.Docket }

func (w *own) may(v *access.Viewer) error {
	if !v.MayRecord() {
		return access.ErrForbidden
	}
	return nil
}

func (w *own) clean(*objections) {}

func (w *own) field() string { return "docketNumber" }

func (w *own) find(ctx context.Context, r *Recorder, _ *access.Viewer, o *objections) (terms.ID, error) {
	id, err := casefile.Find(ctx, r.Store.Client, w.Docket)
	if err == nil && id == "" {
		o.add(CaseNotFound, "The court's daybook has not brought a case with this docket number. Check the number; if it is right, report it to the registry section at once (§7).", w.field())
	}
	return id, err
}

func (w *own) open(context.Context, *ent.Tx, *access.Viewer, time.Time) (*casefile.Locked, error) {
	return nil, errors.New("an officer does not open cases")
}

func (w *own) judge(ctx context.Context, m *matter) (err error) {
	m.role = terms.RoleOfficer
	m.officer, err = m.recorder.officer(ctx, m.tx.Client(), m.v.Officer)
	if err == nil && m.officer == nil {
		err = fmt.Errorf("officer %s of account %s is not there", m.v.Officer, m.v.Account)
	}
	return err
}

func (w *own) write(*ent.ServiceActivityCreate, *matter) {}

func (w *own) recorded(context.Context, *matter, *ent.ServiceActivity) error { return nil }
