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
	if len(here) == 0 {
		return i.keepWaiting(ctx, tx, early)
	}
	// The locks come first, before anything is written.
	ids := idsOf(cases)
	locked, err := casefile.LockAll(ctx, tx, ids, i.Clock())
	if err != nil {
		return Report{}, err
	}
	done, err := i.keepWaiting(ctx, tx, early)
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
	hearings := make(map[terms.ID]*ent.Hearing, len(touched))
	for id, f := range facts {
		hearings[id] = f.Hearing()
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
		f, before := facts[c.ID], hearings[c.ID]
		mine := slices.DeleteFunc(slices.Clone(activities), func(a *ent.ServiceActivity) bool { return a.CaseID != c.ID })
		if err := c.Fold(ctx, tx, f, mine, i.Timely); err != nil {
			return err
		}
		if h := changed(before, f.Hearing()); h != nil {
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

// changed answers the hearing that a change of date or courtroom is about: the one now
// in force, or the one that was taken away; nil if both are what they were.
func changed(before, now *ent.Hearing) *ent.Hearing {
	switch {
	case now == nil:
		return before
	case before == nil || !before.ScheduledFor.Equal(now.ScheduledFor) || before.Courtroom != now.Courtroom:
		return now
	}
	return nil
}

// version is what is known of the newest row under a key.
type version struct {
	at   time.Time
	hash []byte
	// tied are the hashes of all rows that are as old as this one.
	tied [][]byte
	// record is the journal record that brought these facts.
	record terms.ID
}

func (v *version) knows(hash []byte) bool {
	return slices.ContainsFunc(v.tied, func(h []byte) bool { return bytes.Equal(h, hash) })
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
	byCase := map[terms.ID][]*ent.RegistryRow{}
	for _, r := range stored {
		byCase[r.CaseID] = append(byCase[r.CaseID], r)
	}
	for id, rows := range byCase {
		for _, r := range casefile.InForce(rows) {
			g.newest[key{dockets[id], r.OrderNumber}] = &version{at: r.SourceUpdatedAt, hash: r.ContentSha256, record: r.RecordID}
		}
		for _, r := range rows {
			if v := g.newest[key{dockets[id], r.OrderNumber}]; r.SourceUpdatedAt.Equal(v.at) {
				v.tied = append(v.tied, r.ContentSha256)
			}
		}
	}
	return nil
}

// add counts the row, and takes it if it is newer, or as old as the newest and
// says what no other of that age has said.
func (g *versions) add(row feed.Registry, done *Report) error {
	hash, err := hex.DecodeString(row.Hash())
	if err != nil {
		return fmt.Errorf("hashing a row: %w", err)
	}
	k := keyOf(row)
	v := g.newest[k]
	next := &version{at: row.SourceUpdatedAt, hash: hash, tied: [][]byte{hash}, record: terms.NewID(terms.JournalRecordPrefix)}
	c := g.cases[row.DocketNumber]
	switch {
	case v == nil:
		done.New++
	case row.SourceUpdatedAt.Before(v.at):
		done.Older++
		return nil
	case row.SourceUpdatedAt.Equal(v.at):
		if v.knows(hash) {
			done.Unchanged++
			return nil
		}
		done.Changed++
		next.tied = append(next.tied, v.tied...)
	case bytes.Equal(v.hash, hash):
		// A newer date of the same facts is kept as a version, or a row that
		// lies between the two would count as newer. It changes nothing, so it
		// has no journal record of its own.
		done.Unchanged++
		next.record = v.record
	default:
		done.Changed++
	}
	r := newRow{terms.NewID(terms.RegistryRowPrefix), next.record, c, row, hash}
	g.newest[k] = next
	g.rows = append(g.rows, r)
	if v != nil && v.record == r.record {
		return nil
	}
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
