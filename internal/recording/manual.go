package recording

import (
	"context"
	"fmt"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/terms"
)

// manual is the way of what registry staff enter for an officer (§7).
type manual struct {
	Docket              terms.Docket
	OnBehalfOf          terms.ID
	Via                 terms.EntryVia
	ReportedAt          time.Time
	FirstName, LastName string // of the respondent, as the officer reported it

	mismatch bool // with the docket's name
}

func (w *manual) may(v *access.Viewer) error {
	if !v.MayEnter() {
		return access.ErrForbidden
	}
	return nil
}

func (w *manual) clean(o *objections) {
	w.ReportedAt = terms.Micro(w.ReportedAt)
	for _, n := range []struct {
		name  *string
		field string
	}{{&w.FirstName, "respondentFirstName"}, {&w.LastName, "respondentLastName"}} {
		before := len(o.list)
		o.name(n.name, n.field)
		if *n.name == "" && len(o.list) == before {
			o.add(DetailRequired, "Type the respondent's first and last name as the officer reported them: they are checked against the docket (§7(b)).", n.field)
		}
	}
}

func (w *manual) field() string { return "docketNumber" }

// find: a docket number that the daybook has not brought is believed, if it is
// of a court that there is.
func (w *manual) find(ctx context.Context, r *Recorder, _ *access.Viewer, o *objections) (terms.ID, error) {
	id, err := casefile.Find(ctx, r.Store.Client, w.Docket)
	if err == nil && id == "" && r.Reference.Court(w.Docket.Court()) == nil {
		o.add(CaseNotFound, fmt.Sprintf(
			"There is no case with this docket number, and none can be opened: %s is not a court location. Check its first three letters with the officer.", w.Docket.Court()), w.field())
	}
	return id, err
}

// open opens a provisional case, which the daybook later claims.
func (w *manual) open(ctx context.Context, tx *ent.Tx, v *access.Viewer, now time.Time) (*casefile.Locked, error) {
	c, err := casefile.OpenProvisional(ctx, tx, w.Docket, w.FirstName, w.LastName, now)
	if err != nil {
		return nil, err
	}
	return c, journal.Append(ctx, tx, journal.Entry{
		Kind: terms.CaseOpened, Case: c.ID, Sequence: casefile.OpeningSequence, About: c.ID,
		Account: v.Account, Actor: v.DisplayName, At: c.OpenedAt,
	})
}

func (w *manual) judge(ctx context.Context, m *matter) (err error) {
	m.role, m.reportedAt = m.v.RegistryRole(), &w.ReportedAt
	if w.ReportedAt.After(m.c.Now.Add(Skew)) {
		m.object(InTheFuture, "The officer cannot have reported it in the future. Check the day, and a.m. or p.m.", "reportedAt")
	}
	w.mismatch = !casefile.SameName(w.reported(), m.c.RespondentFirstName, m.c.RespondentLastName)
	if w.mismatch && !m.confirmed(terms.ConfirmRespondentMismatch) {
		m.object(RespondentMismatch, fmt.Sprintf(
			"The docket's respondent is %s %s, and the officer reported %s %s. Check the docket number with the officer. If it is the same person, confirm RESPONDENT_MISMATCH: both spellings are kept.",
			m.c.RespondentFirstName, m.c.RespondentLastName, w.FirstName, w.LastName), "respondentLastName")
	}
	m.officer, err = m.recorder.officer(ctx, m.tx.Client(), w.OnBehalfOf)
	switch {
	case err != nil:
		return err
	case m.officer == nil:
		m.object(OfficerNotFound, "There is no such officer. Choose the officer from the list again.", "onBehalfOfOfficerId")
	case !m.officer.Active && !m.confirmed(terms.ConfirmOfficerNotListed):
		m.object(OfficerNotListed, fmt.Sprintf(
			"%s is no longer active. If this officer did it all the same, confirm OFFICER_NOT_LISTED.", casefile.OfficerName(m.officer)), "onBehalfOfOfficerId")
	}
	return nil
}

// write keeps the name where it is not the docket's, and on a provisional case
// always: there it was compared with what another entry said, if with anything,
// and the docket's own comes later. See casefile.Doubted.
func (w *manual) write(a *ent.ServiceActivityCreate, m *matter) {
	a.SetReportedVia(w.Via).SetReportedAt(w.ReportedAt).SetOnProvisional(m.c.Provisional)
	if w.mismatch || m.c.Provisional {
		a.SetReportedRespondent(w.reported())
	}
}

func (w *manual) reported() string { return w.FirstName + " " + w.LastName }

func (w *manual) recorded(context.Context, *matter, *ent.ServiceActivity) error { return nil }
