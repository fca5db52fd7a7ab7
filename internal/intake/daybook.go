package intake

import (
	"context"
	"fmt"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/registrycase"
	"github.com/service-tracking/sts/ent/waitingrow"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/terms"
)

// actor is the name under which the journal knows the feeds.
const actor = "intake"

// applyDaybook applies one group of daybook rows.
func (i *Importer) applyDaybook(ctx context.Context, tx *ent.Tx, rows []feed.Daybook) (Report, error) {
	var r Report
	dockets := make([]terms.Docket, len(rows))
	for n, row := range rows {
		dockets[n] = row.DocketNumber
	}
	stored, err := casesByDocket(ctx, tx, dockets)
	if err != nil {
		return r, err
	}
	fresh := map[terms.Docket]feed.Daybook{}
	updates := map[terms.ID]feed.Daybook{}
	for _, row := range rows {
		c, known := stored[row.DocketNumber]
		if !known {
			if before, twice := fresh[row.DocketNumber]; twice {
				if row.SourceUpdatedAt.Before(before.SourceUpdatedAt) {
					r.Older++
					continue
				}
				r.Changed++
			} else {
				r.New++
			}
			fresh[row.DocketNumber] = row
			continue
		}
		if before, twice := updates[c.ID]; twice && row.SourceUpdatedAt.Before(before.SourceUpdatedAt) {
			r.Older++
			continue
		}
		switch compareDaybook(c, row) {
		case older:
			r.Older++
			continue
		case unchanged:
			r.Unchanged++
			if c.DaybookUpdatedAt.Equal(row.SourceUpdatedAt) {
				continue
			}
		default:
			r.Changed++
		}
		updates[c.ID] = row
	}
	if err := i.updateCases(ctx, tx, updates); err != nil {
		return r, err
	}
	return r, i.openCases(ctx, tx, fresh)
}

func casesByDocket(ctx context.Context, tx *ent.Tx, dockets []terms.Docket) (map[terms.Docket]*ent.RegistryCase, error) {
	cases, err := tx.RegistryCase.Query().Where(registrycase.DocketIn(dockets...)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("finding cases: %w", err)
	}
	found := make(map[terms.Docket]*ent.RegistryCase, len(cases))
	for _, c := range cases {
		found[c.Docket] = c
	}
	return found, nil
}

type verdict int

const (
	older verdict = iota
	unchanged
	newer
)

func compareDaybook(c *ent.RegistryCase, row feed.Daybook) verdict {
	switch {
	case c.Provisional:
		return newer // the daybook claims it
	case row.SourceUpdatedAt.Before(*c.DaybookUpdatedAt):
		return older
	case c.CourtCode == row.CourtLocation && c.OpenedAt.Equal(row.CreatedAt) &&
		c.RespondentFirstName == row.RespondentFirstName && c.RespondentLastName == row.RespondentLastName:
		return unchanged
	}
	return newer
}

// RespondentKey is what lists sort by and search for: last name, first name.
func RespondentKey(first, last string) string {
	key := []rune(terms.Fold(last + " " + first))
	return string(key[:min(len(key), maxKey)])
}

// maxKey keeps the folded name within its column: folding can lengthen it.
const maxKey = 300

// openCases makes the cases that are new, and gives them the registry's rows
// that came before them.
func (i *Importer) openCases(ctx context.Context, tx *ent.Tx, fresh map[terms.Docket]feed.Daybook) error {
	if len(fresh) == 0 {
		return nil
	}
	now := terms.Micro(i.Clock())
	creates := make([]*ent.RegistryCaseCreate, 0, len(fresh))
	entries := make([]journal.Entry, 0, len(fresh))
	dockets := make([]terms.Docket, 0, len(fresh))
	for docket, row := range fresh {
		id := terms.NewID(terms.CasePrefix)
		dockets = append(dockets, docket)
		creates = append(creates, tx.RegistryCase.Create().SetID(id).SetDocket(docket).SetCourtCode(row.CourtLocation).
			SetOpenedAt(row.CreatedAt).SetDaybookUpdatedAt(row.SourceUpdatedAt).
			SetNextSequence(2).SetLastRecordedAt(now).
			SetRespondentFirstName(row.RespondentFirstName).SetRespondentLastName(row.RespondentLastName).
			SetRespondentKey(RespondentKey(row.RespondentFirstName, row.RespondentLastName)).
			SetHearingSort(casefile.NoHearing).SetServiceStatus(terms.StatusNoEntry).SetLatestActivityAt(row.CreatedAt))
		entries = append(entries, journal.Entry{Kind: terms.CaseOpened, Case: id, Sequence: 1, About: id, Actor: actor, At: now})
	}
	if err := tx.RegistryCase.CreateBulk(creates...).Exec(ctx); err != nil {
		return fmt.Errorf("opening cases: %w", err)
	}
	if err := journal.Append(ctx, tx, entries...); err != nil {
		return err
	}
	return i.claim(ctx, tx, dockets)
}

// claim applies the registry's rows that waited for these cases.
func (i *Importer) claim(ctx context.Context, tx *ent.Tx, dockets []terms.Docket) error {
	waiting, err := tx.WaitingRow.Query().Where(waitingrow.DocketIn(dockets...)).Order(waitingrow.ByReceivedAt(), waitingrow.ByID()).All(ctx)
	if err != nil {
		return fmt.Errorf("reading waiting rows: %w", err)
	}
	if len(waiting) == 0 {
		return nil
	}
	rows := make([]feed.Registry, len(waiting))
	ids := make([]terms.ID, len(waiting))
	for n, w := range waiting {
		ids[n] = w.ID
		if rows[n], err = kept(w.Row); err != nil {
			return fmt.Errorf("reading waiting row %s: %w", w.ID, err)
		}
	}
	if _, err := i.applyRegistry(ctx, tx, rows); err != nil {
		return err
	}
	if _, err := tx.WaitingRow.Delete().Where(waitingrow.IDIn(ids...)).Exec(ctx); err != nil {
		return fmt.Errorf("removing waiting rows: %w", err)
	}
	return nil
}

// updateCases changes cases that are there.
func (i *Importer) updateCases(ctx context.Context, tx *ent.Tx, updates map[terms.ID]feed.Daybook) error {
	if len(updates) == 0 {
		return nil
	}
	ids := make([]terms.ID, 0, len(updates))
	for id := range updates {
		ids = append(ids, id)
	}
	locked, err := casefile.LockAll(ctx, tx, ids, i.Clock())
	if err != nil {
		return err
	}
	var entries []journal.Entry
	var claimed []terms.Docket
	for id, row := range updates {
		c := locked[id]
		verdict := compareDaybook(c.RegistryCase, row) // again: only the lock makes it sure
		if verdict == older {
			continue
		}
		u := tx.RegistryCase.UpdateOneID(id).SetDaybookUpdatedAt(row.SourceUpdatedAt)
		if verdict == newer {
			u.SetCourtCode(row.CourtLocation).SetProvisional(false).SetOpenedAt(row.CreatedAt).SetLastRecordedAt(c.Now).
				SetRespondentFirstName(row.RespondentFirstName).SetRespondentLastName(row.RespondentLastName).
				SetRespondentKey(RespondentKey(row.RespondentFirstName, row.RespondentLastName))
			entries = append(entries, journal.Entry{
				Kind: terms.CaseChanged, Case: id, Sequence: c.Sequence, About: id, Actor: actor, At: c.Now,
				Facts: caseBefore{c.CourtCode, c.RespondentFirstName, c.RespondentLastName, c.OpenedAt},
			})
			if c.Provisional {
				claimed = append(claimed, c.Docket)
			}
		}
		if err := u.Exec(ctx); err != nil {
			return fmt.Errorf("changing case %s: %w", id, err)
		}
	}
	if err := journal.Append(ctx, tx, entries...); err != nil {
		return err
	}
	if len(claimed) == 0 {
		return nil
	}
	return i.claim(ctx, tx, claimed)
}

// caseBefore is what the journal keeps of a case that the daybook changed.
type caseBefore struct {
	CourtLocation       string    `json:"courtLocation"`
	RespondentFirstName string    `json:"respondentFirstName"`
	RespondentLastName  string    `json:"respondentLastName"`
	OpenedAt            time.Time `json:"openedAt"`
}
