package casefile

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/hearing"
	"github.com/service-tracking/sts/ent/journalrecord"
	"github.com/service-tracking/sts/ent/registryrow"
	"github.com/service-tracking/sts/ent/serviceactivity"
	"github.com/service-tracking/sts/ent/transferacknowledgement"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/terms"
)

// How the past is read. Whatever the system learns is a row that never changes,
// with the instant at which it was recorded: an activity, an acknowledgement, a
// version of the registry's row. The one thing that is changed in place is what
// the daybook says of a case, and the record that tells of the change keeps what
// stood there before. So a case at a moment is made of the rows recorded by
// then, and of what stood in its row before the first change after it; the folds
// are computed from these by the same [Compute] that computed them then.
//
// Each lock of a case records later than the one before it. So no row that came
// later can slip in before one that was there. (The daybook's row and what had
// waited for it are one transaction with two locks, a microsecond apart.)

// DaybookFacts are what the daybook says of a case. The journal keeps the former
// ones with each change.
type DaybookFacts struct {
	CourtCode           string    `json:"courtLocation"`
	RespondentFirstName string    `json:"respondentFirstName"`
	RespondentLastName  string    `json:"respondentLastName"`
	OpenedAt            time.Time `json:"openedAt"`
	// Provisional: a manual entry opened it (§7), and the daybook had not brought
	// it yet.
	Provisional bool `json:"provisional,omitempty"`
}

// DaybookFactsOf are those that stand in the row.
func DaybookFactsOf(c *ent.RegistryCase) DaybookFacts {
	return DaybookFacts{c.CourtCode, c.RespondentFirstName, c.RespondentLastName, c.OpenedAt, c.Provisional}
}

// Then is one case as the system knew it at a moment.
type Then struct {
	ID     terms.ID
	Docket terms.Docket
	DaybookFacts
	Folds
	// Facts have the rows and hearings that had come by then. Orders, names and
	// addresses are not read.
	Facts *Facts
	// Activities are what was recorded by then, in case order.
	Activities []*ent.ServiceActivity
	// Acknowledged is when the transfers were acknowledged that were by then.
	Acknowledged map[terms.ID]time.Time
}

// Past reads cases as they were known. It may be used by many at once.
type Past struct {
	Client *ent.Client
	// Timely are the days that count now: what was configured then is not kept.
	Timely Timely
}

// Cases answers, of the cases given, those that were known at the moment, as
// they were known, in five statements at the most. Rows of the cases must have
// been read before, as the viewer may see them; what hangs on them is read in
// the viewer's scope too. Only the registry's rows and the journal, which no
// officer sees, are read in the system's name.
func (p *Past) Cases(ctx context.Context, cases []*ent.RegistryCase, at time.Time) ([]*Then, error) {
	// The row first: a change that is committed meanwhile is then found in the
	// journal, with what the row said.
	known, err := p.daybook(ctx, cases, at)
	if err != nil || len(known) == 0 {
		return nil, err
	}
	ids := make([]terms.ID, len(known))
	byID := make(map[terms.ID]*Then, len(known))
	for i, t := range known {
		ids[i], byID[t.ID] = t.ID, t
	}
	if err := p.facts(ctx, ids, byID, at); err != nil {
		return nil, err
	}
	if err := p.activities(ctx, ids, byID, at); err != nil {
		return nil, err
	}
	for _, t := range known {
		row := &ent.RegistryCase{ID: t.ID, OpenedAt: t.OpenedAt}
		t.Folds = Compute(row, t.Facts, t.Activities, p.Timely)
		if t.unheard != nil {
			if _, arrived := t.Acknowledged[t.unheard.ID]; arrived {
				t.acknowledged()
			}
		}
	}
	return known, nil
}

// daybook answers the cases that had been opened, with what the daybook had
// said of them.
func (p *Past) daybook(ctx context.Context, cases []*ent.RegistryCase, at time.Time) ([]*Then, error) {
	if len(cases) == 0 {
		return nil, nil
	}
	ids := make([]terms.ID, len(cases))
	for i, c := range cases {
		ids[i] = c.ID
	}
	records, err := p.Client.JournalRecord.Query().
		Where(journalrecord.CaseIDIn(ids...), journalrecord.KindIn(terms.CaseOpened, terms.CaseChanged)).
		Order(ent.Asc(journalrecord.FieldRecordedAt)).
		Select(journalrecord.FieldCaseID, journalrecord.FieldKind, journalrecord.FieldFacts, journalrecord.FieldRecordedAt).
		All(access.As(ctx, "as of"))
	if err != nil {
		return nil, fmt.Errorf("reading what the daybook brought: %w", err)
	}

	opened := map[terms.ID]bool{}
	before := map[terms.ID]*DaybookFacts{}
	for _, r := range records {
		id := terms.Value(r.CaseID)
		switch {
		case r.Kind == terms.CaseOpened:
			opened[id] = !r.RecordedAt.After(at)
		case r.RecordedAt.After(at) && before[id] == nil:
			before[id] = &DaybookFacts{}
			if err := json.Unmarshal(r.Facts, before[id]); err != nil {
				return nil, fmt.Errorf("reading what journal record %s keeps of case %s: %w", r.ID, id, err)
			}
		}
	}
	var known []*Then
	for _, c := range cases {
		if !opened[c.ID] {
			continue
		}
		t := &Then{ID: c.ID, Docket: c.Docket, DaybookFacts: DaybookFactsOf(c), Facts: &Facts{}}
		if old := before[c.ID]; old != nil {
			t.DaybookFacts = *old
		}
		known = append(known, t)
	}
	return known, nil
}

// facts reads what the registry's feed had brought, as far as the folds need it.
func (p *Past) facts(ctx context.Context, ids []terms.ID, byID map[terms.ID]*Then, at time.Time) error {
	rows, err := p.Client.RegistryRow.Query().
		Where(registryrow.CaseIDIn(ids...), registryrow.RecordedAtLTE(at)).All(access.As(ctx, "as of"))
	if err != nil {
		return fmt.Errorf("reading the registry's rows: %w", err)
	}
	if len(rows) == 0 {
		return nil
	}
	for _, r := range rows {
		f := byID[r.CaseID].Facts
		f.Versions = append(f.Versions, r)
	}
	hearings, err := p.Client.Hearing.Query().Where(hearing.CaseIDIn(ids...), hearing.RecordedAtLTE(at)).All(ctx)
	if err != nil {
		return fmt.Errorf("reading hearings: %w", err)
	}
	for _, h := range hearings {
		f := byID[h.CaseID].Facts
		f.Hearings = append(f.Hearings, h)
	}
	for _, t := range byID {
		t.Facts.Rows = InForce(t.Facts.Versions)
		t.Facts.sort()
	}
	return nil
}

// activities reads what had been recorded, and which transfers had been
// acknowledged.
func (p *Past) activities(ctx context.Context, ids []terms.ID, byID map[terms.ID]*Then, at time.Time) error {
	all, err := p.Client.ServiceActivity.Query().
		Where(serviceactivity.CaseIDIn(ids...), serviceactivity.RecordedAtLTE(at)).
		Order(serviceactivity.ByCaseID(), serviceactivity.BySequence()).All(ctx)
	if err != nil {
		return fmt.Errorf("reading activities: %w", err)
	}
	var transfers []terms.ID
	for _, a := range all {
		t := byID[a.CaseID]
		t.Activities = append(t.Activities, a)
		if a.Kind == terms.KindTransfer {
			transfers = append(transfers, a.ID)
		}
	}
	if len(transfers) == 0 {
		return nil
	}
	acknowledged, err := p.Client.TransferAcknowledgement.Query().
		Where(transferacknowledgement.ActivityIDIn(transfers...), transferacknowledgement.AcknowledgedAtLTE(at)).All(ctx)
	if err != nil {
		return fmt.Errorf("reading acknowledgements: %w", err)
	}
	for _, a := range acknowledged {
		t := byID[a.CaseID]
		if t.Acknowledged == nil {
			t.Acknowledged = map[terms.ID]time.Time{}
		}
		t.Acknowledged[a.ActivityID] = a.AcknowledgedAt
	}
	return nil
}
