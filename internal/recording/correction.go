package recording

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/transferacknowledgement"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/terms"
)

// withdrawal takes an activity back, with all that it corrected. Its reason
// comes on its way.
type withdrawal struct{}

func (withdrawal) kind() terms.ActivityKind { return terms.KindWithdrawal }

func (withdrawal) clean(*objections) {}

func (withdrawal) happened() (time.Time, string) { return time.Time{}, "" }

func (withdrawal) judge(context.Context, *matter) error { return nil }

func (withdrawal) write(*ent.ServiceActivityCreate, *matter) {}

// correction is the way of what stands in the place of another activity, or
// takes it back: by the officer whose activity that is, or by registry staff. It
// stays the officer's; who corrected it is kept beside.
type correction struct {
	Activity terms.ID
	Reason   string
}

func (w *correction) may(v *access.Viewer) error {
	if !v.MayRecord() && !v.MayEnter() {
		return access.ErrForbidden
	}
	return nil
}

func (w *correction) clean(o *objections) {
	before := len(o.list)
	o.note(&w.Reason, maxDetail, "reason")
	if w.Reason == "" && len(o.list) == before {
		o.add(ReasonRequired, "Say why: the reason stays with what was recorded.", "reason")
	}
}

func (w *correction) field() string { return "activityId" }

// find answers alike where there is no such activity and where it is not the
// viewer's: nobody learns which.
func (w *correction) find(ctx context.Context, r *Recorder, v *access.Viewer, o *objections) (terms.ID, error) {
	a, err := r.Store.Client.ServiceActivity.Get(ctx, w.Activity)
	switch {
	case err != nil && !ent.IsNotFound(err):
		return "", fmt.Errorf("finding what is to be corrected: %w", err)
	case err != nil || !mayCorrect(v, a):
		o.add(NotYours, "You can correct or withdraw what was recorded in your own name. For anything else, report to the registry section (§7).", w.field())
		return "", nil
	}
	return a.CaseID, nil
}

// mayCorrect is the rule that viewerCanCorrect shows: the officer whose activity
// it is, whoever entered it, and registry staff.
func mayCorrect(v *access.Viewer, a *ent.ServiceActivity) bool {
	return v.MayRecord() && a.OfficerID == v.Officer || v.MayEnter()
}

func (w *correction) open(context.Context, *ent.Tx, *access.Viewer, time.Time) (*casefile.Locked, error) {
	return nil, errors.New("a correction does not open cases")
}

func (w *correction) judge(ctx context.Context, m *matter) (err error) {
	original := byID(m.all, w.Activity)
	if original == nil {
		return fmt.Errorf("activity %s is not among those of case %s", w.Activity, m.c.ID)
	}
	if m.role = m.v.RegistryRole(); m.v.MayRecord() && original.OfficerID == m.v.Officer {
		m.role = terms.RoleOfficer
	}
	if newest := newest(m.all, original); newest != original || newest.Kind == terms.KindWithdrawal {
		m.object(AlreadyCorrected, already(newest), w.field()).Newest = newest.ID
		return nil
	}
	m.original = original
	m.officer, err = m.recorder.officer(ctx, m.tx.Client(), original.OfficerID)
	if err == nil && m.officer == nil {
		err = fmt.Errorf("officer %s of activity %s is not there", original.OfficerID, original.ID)
	}
	return err
}

func already(newest *ent.ServiceActivity) string {
	when := courtTime(newest.RecordedAt)
	if newest.Kind == terms.KindWithdrawal {
		return fmt.Sprintf("This was withdrawn on %s. What was withdrawn by mistake is recorded anew.", when)
	}
	return fmt.Sprintf("This was corrected on %s. Read the newest, and correct or withdraw that one if it is still wrong.", when)
}

func (w *correction) write(a *ent.ServiceActivityCreate, m *matter) {
	a.SetCorrectsID(w.Activity)
	if m.entry.kind() == terms.KindWithdrawal {
		a.SetWithdrawalReason(w.Reason)
	} else {
		a.SetCorrectionReason(w.Reason)
	}
}

// recorded: whoever acknowledged the papers need not do it again because a word
// of the transfer was corrected. The acknowledgement goes over as long as the
// receiver stays the same.
func (w *correction) recorded(ctx context.Context, m *matter, a *ent.ServiceActivity) error {
	if a.Kind != terms.KindTransfer || m.original.Kind != terms.KindTransfer ||
		a.ToOfficerID == nil || terms.Value(m.original.ToOfficerID) != *a.ToOfficerID {
		return nil
	}
	was, err := m.tx.TransferAcknowledgement.Query().Where(transferacknowledgement.ActivityID(m.original.ID)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the acknowledgement of what is corrected: %w", err)
	}
	err = m.tx.TransferAcknowledgement.Create().SetCaseID(a.CaseID).SetActivityID(a.ID).
		SetAccountID(was.AccountID).SetAcknowledgedAt(was.AcknowledgedAt).Exec(ctx)
	if err != nil {
		return fmt.Errorf("taking the acknowledgement over: %w", err)
	}
	return nil
}

func byID(all []*ent.ServiceActivity, id terms.ID) *ent.ServiceActivity {
	for _, a := range all {
		if a.ID == id {
			return a
		}
	}
	return nil
}

// newest is what stands in the activity's place, or took it back.
func newest(all []*ent.ServiceActivity, a *ent.ServiceActivity) *ent.ServiceActivity {
	for _, b := range all { // in case order: what corrects comes later
		if terms.Value(b.CorrectsID) == a.ID {
			a = b
		}
	}
	return a
}

// corrected is what the activity corrects, nil if nothing.
func (m *matter) corrected(a *ent.ServiceActivity) *ent.ServiceActivity {
	return byID(m.all, terms.Value(a.CorrectsID))
}
