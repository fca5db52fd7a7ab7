package intake

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/registryrow"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/terms"
)

// key is under what a registry row is stored: the newest row under it is in
// force.
type key struct {
	docket terms.Docket
	order  string
}

func keyOf(r feed.Registry) key { return key{r.DocketNumber, r.OrderNumber} }

// applyRegistry applies one group of registry rows: those whose case is known
// become versions, the others wait.
func (i *Importer) applyRegistry(ctx context.Context, tx *ent.Tx, rows []feed.Registry) (Report, error) {
	dockets := make([]terms.Docket, len(rows))
	for n, row := range rows {
		dockets[n] = row.DocketNumber
	}
	cases, err := casesByDocket(ctx, tx, dockets)
	if err != nil {
		return Report{}, err
	}
	var here, early []feed.Registry
	for _, row := range rows {
		if cases[row.DocketNumber] == nil {
			early = append(early, row)
		} else {
			here = append(here, row)
		}
	}
	done, err := i.keepWaiting(ctx, tx, early)
	if err != nil || len(here) == 0 {
		return done, err
	}
	ids := make([]terms.ID, 0, len(cases))
	for _, c := range cases {
		ids = append(ids, c.ID)
	}
	locked, err := casefile.LockAll(ctx, tx, ids, i.Clock())
	if err != nil {
		return done, err
	}
	group := &versions{tx: tx, cases: map[terms.Docket]*casefile.Locked{}, newest: map[key]*version{}}
	for _, c := range locked {
		group.cases[c.Docket] = c
	}
	if err := group.readNewest(ctx, ids); err != nil {
		return done, err
	}
	for _, row := range here {
		if err := group.add(row, &done); err != nil {
			return done, err
		}
	}
	return done, i.write(ctx, tx, group)
}

// write inserts the versions, and brings everything that hangs on them up to
// date: the folds, the journal, and who must be told.
func (i *Importer) write(ctx context.Context, tx *ent.Tx, group *versions) error {
	touched := group.touched()
	if len(touched) == 0 {
		return nil
	}
	facts, err := casefile.ReadFactsOf(ctx, tx.Client(), touched)
	if err != nil {
		return err
	}
	brought, err := group.insert(ctx)
	if err != nil {
		return err
	}
	for _, b := range brought {
		facts[b.Row.CaseID] = facts[b.Row.CaseID].With(b)
	}
	activities, err := casefile.Activities(ctx, tx.Client(), touched...)
	if err != nil {
		return err
	}
	entries := group.entries
	for _, c := range group.cases {
		if !slices.Contains(touched, c.ID) {
			continue
		}
		f, before := facts[c.ID], c.HearingAt
		mine := slices.DeleteFunc(slices.Clone(activities), func(a *ent.ServiceActivity) bool { return a.CaseID != c.ID })
		if err := c.Fold(ctx, tx, f, mine, i.Timely); err != nil {
			return err
		}
		if h := f.Hearing(); h != nil && (before == nil || !before.Equal(h.ScheduledFor)) {
			entries = append(entries, journal.Entry{
				Kind: terms.HearingChanged, Case: c.ID, Sequence: c.Sequence, Step: group.step(c.ID),
				About: h.ID, Actor: actor, At: c.Now,
			})
		}
		if len(mine) > 0 {
			if err := i.Planner.Again(ctx, tx, c, f, mine); err != nil {
				return err
			}
		}
	}
	return journal.Append(ctx, tx, entries...)
}

// version is what is known of the newest row under a key.
type version struct {
	at   time.Time
	hash []byte
}

// versions gathers the rows of one group that become versions.
type versions struct {
	tx      *ent.Tx
	cases   map[terms.Docket]*casefile.Locked
	newest  map[key]*version
	rows    []newRow
	entries []journal.Entry
	steps   map[terms.ID]int64
}

type newRow struct {
	id     terms.ID
	record terms.ID
	c      *casefile.Locked
	facts  feed.Registry
	hash   []byte
}

func (g *versions) readNewest(ctx context.Context, ids []terms.ID) error {
	stored, err := g.tx.RegistryRow.Query().Where(registryrow.CaseIDIn(ids...)).All(ctx)
	if err != nil {
		return fmt.Errorf("reading the registry's rows: %w", err)
	}
	dockets := map[terms.ID]terms.Docket{}
	for docket, c := range g.cases {
		dockets[c.ID] = docket
	}
	for _, r := range stored {
		k := key{dockets[r.CaseID], r.OrderNumber}
		if v := g.newest[k]; v == nil || !r.SourceUpdatedAt.Before(v.at) {
			g.newest[k] = &version{r.SourceUpdatedAt, r.ContentSha256}
		}
	}
	return nil
}

// add counts the row, and takes it if it is newer and says something else.
func (g *versions) add(row feed.Registry, done *Report) error {
	hash, err := hex.DecodeString(row.Hash())
	if err != nil {
		return fmt.Errorf("hashing a row: %w", err)
	}
	k := keyOf(row)
	v := g.newest[k]
	switch {
	case v == nil:
		done.New++
	case row.SourceUpdatedAt.Before(v.at):
		done.Older++
		return nil
	case bytes.Equal(v.hash, hash):
		done.Unchanged++
		// A newer date of the same facts is kept as a version, or a row that
		// lies between the two would count as newer.
		if row.SourceUpdatedAt.Equal(v.at) {
			return nil
		}
	default:
		done.Changed++
	}
	g.newest[k] = &version{row.SourceUpdatedAt, hash}
	c := g.cases[row.DocketNumber]
	r := newRow{terms.NewID(terms.RegistryRowPrefix), terms.NewID(terms.JournalRecordPrefix), c, row, hash}
	g.rows = append(g.rows, r)
	g.entries = append(g.entries, journal.Entry{
		ID: r.record, Kind: terms.OrderFactsChanged, Case: c.ID, Sequence: c.Sequence, Step: g.step(c.ID),
		About: r.id, Actor: actor, At: c.Now,
	})
	return nil
}

// step numbers the records of one case within this transaction.
func (g *versions) step(id terms.ID) int64 {
	if g.steps == nil {
		g.steps = map[terms.ID]int64{}
	}
	g.steps[id]++
	return g.steps[id] - 1
}

func (g *versions) touched() []terms.ID {
	var ids []terms.ID
	for _, r := range g.rows {
		if !slices.Contains(ids, r.c.ID) {
			ids = append(ids, r.c.ID)
		}
	}
	return ids
}
