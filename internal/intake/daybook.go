package intake

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/registrycase"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/terms"
)

// actor is the name under which the journal knows the feeds.
const actor = "intake"

// applyDaybook applies one group of daybook rows, in rounds of which each has a
// docket once: so a group is no other than its rows one by one.
func (i *Importer) applyDaybook(ctx context.Context, tx *ent.Tx, rows []feed.Daybook) (Report, error) {
	var total Report
	for len(rows) > 0 {
		var again []feed.Daybook
		round := map[terms.Docket]feed.Daybook{}
		for _, row := range rows {
			if _, twice := round[row.DocketNumber]; twice {
				again = append(again, row)
			} else {
				round[row.DocketNumber] = row
			}
		}
		done, err := i.applyRound(ctx, tx, round)
		if err != nil {
			return total, err
		}
		total.add(done)
		rows = again
	}
	return total, nil
}

func (i *Importer) applyRound(ctx context.Context, tx *ent.Tx, rows map[terms.Docket]feed.Daybook) (Report, error) {
	var r Report
	stored, err := casesByDocket(ctx, tx, slices.Collect(maps.Keys(rows)))
	if err != nil {
		return r, err
	}
	fresh := map[terms.Docket]feed.Daybook{}
	updates := map[terms.ID]feed.Daybook{}
	for docket, row := range rows {
		c := stored[docket]
		if c == nil {
			r.New++
			fresh[docket] = row
			continue
		}
		switch compareDaybook(c, row) {
		case older:
			r.Older++
		case unchanged:
			r.Unchanged++
			if row.SourceUpdatedAt.After(*c.DaybookUpdatedAt) {
				updates[c.ID] = row
			}
		default:
			r.Changed++
			updates[c.ID] = row
		}
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

func idsOf(cases map[terms.Docket]*ent.RegistryCase) []terms.ID {
	ids := make([]terms.ID, 0, len(cases))
	for _, c := range cases {
		ids = append(ids, c.ID)
	}
	return ids
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
	}
	stored := feed.Daybook{
		CourtLocation: c.CourtCode, DocketNumber: c.Docket, CreatedAt: c.OpenedAt,
		RespondentFirstName: c.RespondentFirstName, RespondentLastName: c.RespondentLastName,
	}
	has, says := stored.Hash(), row.Hash()
	switch {
	case has == says:
		return unchanged
	case row.SourceUpdatedAt.Equal(*c.DaybookUpdatedAt) && says < has:
		return older // by the rule for rows of one age: see the package's doc
	}
	return newer
}

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
			SetRespondentKey(casefile.RespondentKey(row.RespondentFirstName, row.RespondentLastName)).
			SetHearingSort(casefile.NoHearing).SetServiceStatus(terms.StatusNoEntry).SetLatestActivityAt(row.CreatedAt))
		entries = append(entries, journal.Entry{Kind: terms.CaseOpened, Case: id, Sequence: 1, About: id, Actor: actor, At: now})
	}
	if err := tx.RegistryCase.CreateBulk(creates...).Exec(ctx); err != nil {
		return fmt.Errorf("opening cases: %w", err)
	}
	if err := journal.Append(ctx, tx, entries...); err != nil {
		return err
	}
	_, err := i.claim(ctx, tx, dockets)
	return err
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
	var changed []*casefile.Locked
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
				SetRespondentKey(casefile.RespondentKey(row.RespondentFirstName, row.RespondentLastName))
			entries = append(entries, journal.Entry{
				Kind: terms.CaseChanged, Case: id, Sequence: c.Sequence, About: id, Actor: actor, At: c.Now,
				Facts: casefile.DaybookFactsOf(c.RegistryCase), // before: see casefile.Past
			})
			if c.LatestActivityID == nil {
				u.SetLatestActivityAt(row.CreatedAt) // a fold: see casefile.Compute
			}
			if c.Provisional {
				claimed = append(claimed, c.Docket)
			}
		}
		if c.RegistryCase, err = u.Save(ctx); err != nil {
			return fmt.Errorf("changing case %s: %w", id, err)
		}
		if verdict == newer {
			changed = append(changed, c)
		}
	}
	if err := journal.Append(ctx, tx, entries...); err != nil {
		return err
	}
	if err := i.compareRespondents(ctx, tx, changed); err != nil {
		return err
	}
	if len(claimed) == 0 {
		return nil
	}
	_, err = i.claim(ctx, tx, claimed)
	return err
}

// compareRespondents compares the name that the daybook now gives with what was
// reported before it had brought the case (§7). Where they differ the case is
// disputed and its entries are not told; where they no longer do, they are.
func (i *Importer) compareRespondents(ctx context.Context, tx *ent.Tx, changed []*casefile.Locked) error {
	byID := map[terms.ID]*casefile.Locked{}
	for _, c := range changed {
		if c.LatestActivityID != nil {
			byID[c.ID] = c
		}
	}
	if len(byID) == 0 {
		return nil
	}
	activities, err := casefile.Activities(ctx, tx.Client(), slices.Collect(maps.Keys(byID))...)
	if err != nil {
		return err
	}
	entered := map[terms.ID][]*ent.ServiceActivity{}
	for _, a := range activities {
		if a.OnProvisional {
			entered[a.CaseID] = nil
		}
	}
	if len(entered) == 0 {
		return nil
	}
	for _, a := range activities {
		if _, any := entered[a.CaseID]; any {
			entered[a.CaseID] = append(entered[a.CaseID], a)
		}
	}
	facts, err := casefile.ReadFactsOf(ctx, tx.Client(), slices.Collect(maps.Keys(entered)))
	if err != nil {
		return err
	}
	for id, all := range entered {
		c := byID[id]
		was := c.RespondentDisputed
		if err := c.Dispute(ctx, tx, facts[id], all); err != nil {
			return err
		}
		if was && !c.RespondentDisputed {
			if err := i.Planner.Again(ctx, tx, c, facts[id], all); err != nil {
				return err
			}
		}
	}
	return nil
}
