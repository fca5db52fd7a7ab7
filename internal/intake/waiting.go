package intake

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/waitingrow"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/terms"
)

// A row of the registry's feed can come before the daybook brings its case, and
// at the very moment at which another process imports it. So that none waits
// for ever, both sides look again after their commit: whoever commits last
// finds what the other wrote.

// keepWaiting keeps rows whose case the daybook has not brought: of each key
// the newest, and those that are as old and say something else, in the order in
// which they came.
func (i *Importer) keepWaiting(ctx context.Context, tx *ent.Tx, rows []feed.Registry) (Report, error) {
	var r Report
	if len(rows) == 0 {
		return r, nil
	}
	stored, err := tx.WaitingRow.Query().
		Where(waitingrow.DocketIn(docketsOf(rows, func(r feed.Registry) terms.Docket { return r.DocketNumber })...)).All(ctx)
	if err != nil {
		return r, fmt.Errorf("reading waiting rows: %w", err)
	}
	known := map[key][]feed.Registry{} // rows of one age
	there := map[key]*ent.WaitingRow{}
	for _, w := range stored {
		k := key{w.Docket, w.OrderNumber}
		there[k] = w
		if known[k], err = kept(w.Row); err != nil {
			return r, fmt.Errorf("reading waiting row %s: %w", w.ID, err)
		}
	}
	changed := map[key][]feed.Registry{}
	for _, row := range rows {
		k := keyOf(row)
		before := known[k]
		var age int
		if len(before) > 0 {
			age = row.SourceUpdatedAt.Compare(before[0].SourceUpdatedAt)
		}
		same := func(b feed.Registry) bool { return b.Hash() == row.Hash() }
		switch {
		case age < 0:
			r.Older++
			continue
		case age == 0 && slices.ContainsFunc(before, same):
			r.Unchanged++
			continue
		case age > 0:
			before = nil
		}
		r.Waiting++
		known[k] = append(slices.Clone(before), row)
		changed[k] = known[k]
	}
	return r, i.writeWaiting(ctx, tx, changed, there)
}

// waitingBytes bounds what waits under one key: rows of one age are few.
const waitingBytes = 1 << 20

// lines are the rows as lines of the feed; where they are too much, the latest.
func lines(rows []feed.Registry) []byte {
	var all []byte
	for _, row := range slices.Backward(rows) {
		line := append(row.Canonical(), '\n')
		if len(all) > 0 && len(all)+len(line) > waitingBytes {
			break
		}
		all = append(line, all...)
	}
	return all
}

// writeWaiting writes rows in place of those that are there.
func (i *Importer) writeWaiting(ctx context.Context, tx *ent.Tx, rows map[key][]feed.Registry, there map[key]*ent.WaitingRow) error {
	now := terms.Micro(i.Clock())
	var creates []*ent.WaitingRowCreate
	for k, kept := range rows {
		at := kept[0].SourceUpdatedAt
		if was := there[k]; was != nil {
			n, err := tx.WaitingRow.Update().Where(waitingrow.ID(was.ID), waitingrow.Row(was.Row)).
				SetSourceUpdatedAt(at).SetReceivedAt(now).SetRow(lines(kept)).Save(ctx)
			if err != nil {
				return fmt.Errorf("changing a waiting row: %w", err)
			}
			if n == 1 {
				continue
			}
			// Else the daybook has claimed it just now, and this one waits anew;
			// or another import has kept something else: then this is a
			// duplicate, the group runs again and finds it.
		}
		creates = append(creates, tx.WaitingRow.Create().SetDocket(k.docket).SetOrderNumber(k.order).
			SetSourceUpdatedAt(at).SetReceivedAt(now).SetRow(lines(kept)))
	}
	if err := tx.WaitingRow.CreateBulk(creates...).Exec(ctx); err != nil {
		return fmt.Errorf("keeping waiting rows: %w", err)
	}
	return nil
}

// kept reads rows that were kept in their canonical form.
func kept(content []byte) ([]feed.Registry, error) {
	var rows []feed.Registry
	for row, err := range feed.ReadRegistry(bytes.NewReader(content)) {
		if err != nil {
			return nil, err
		}
		rows = append(rows, row.Facts)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("it is empty")
	}
	return rows, nil
}

// Claim applies the registry's rows that wait for a docket whose case was opened
// just now, by a manual entry (§7). Where it fails they wait on, until the daybook
// brings the case or the registry its next row.
func (i *Importer) Claim(ctx context.Context, docket terms.Docket) error {
	return i.claimArrived(access.As(ctx, "intake"), []terms.Docket{docket})
}

// claimArrived applies the rows that wait for cases which are there by now.
func (i *Importer) claimArrived(ctx context.Context, dockets []terms.Docket) error {
	if len(dockets) == 0 {
		return nil
	}
	var waiting []terms.Docket
	err := i.Store.Client.WaitingRow.Query().Where(waitingrow.DocketIn(dockets...)).Unique(true).Select(waitingrow.FieldDocket).Scan(ctx, &waiting)
	if err != nil {
		return fmt.Errorf("looking for waiting rows: %w", err)
	}
	if len(waiting) == 0 {
		return nil
	}
	dockets = waiting
	tooMany := false
	_, err = i.commit(ctx, func(ctx context.Context, tx *ent.Tx) (Report, error) {
		cases, err := casesByDocket(ctx, tx, dockets)
		if err != nil || len(cases) == 0 {
			return Report{}, err
		}
		if _, err := casefile.LockAll(ctx, tx, idsOf(cases), i.Clock()); err != nil {
			return Report{}, err
		}
		tooMany, err = i.claim(ctx, tx, slices.Collect(maps.Keys(cases)))
		return Report{}, err
	})
	if err != nil || !tooMany {
		return err
	}
	half := len(dockets) / 2
	if err := i.claimArrived(ctx, dockets[:half]); err != nil {
		return err
	}
	return i.claimArrived(ctx, dockets[half:])
}

// claimBytes bounds how much is claimed in one transaction: some 1,000 rows.
const claimBytes = 1 << 20

// claim applies the registry's rows that waited for these cases, whose locks
// the transaction holds. If they are too many for this transaction it leaves
// them to claimArrived.
func (i *Importer) claim(ctx context.Context, tx *ent.Tx, dockets []terms.Docket) (tooMany bool, err error) {
	// An update that changes nothing locks the rows: none may change between
	// being read and being removed.
	n, err := tx.WaitingRow.Update().Where(waitingrow.DocketIn(dockets...)).SetReceivedAt(terms.Micro(i.Clock())).Save(ctx)
	if err != nil {
		return false, fmt.Errorf("locking waiting rows: %w", err)
	}
	if n == 0 {
		return false, nil
	}
	waiting, err := tx.WaitingRow.Query().Where(waitingrow.DocketIn(dockets...)).Order(waitingrow.BySourceUpdatedAt(), waitingrow.ByID()).All(ctx)
	if err != nil {
		return false, fmt.Errorf("reading waiting rows: %w", err)
	}
	rows := make([]feed.Registry, 0, len(waiting))
	ids := make([]terms.ID, len(waiting))
	size := 0
	for n, w := range waiting {
		if size += len(w.Row); size > claimBytes && len(dockets) > 1 {
			return true, nil
		}
		ids[n] = w.ID
		lines, err := kept(w.Row)
		if err != nil {
			return false, fmt.Errorf("reading waiting row %s: %w", w.ID, err)
		}
		rows = append(rows, lines...)
	}
	if _, err := i.applyRegistry(ctx, tx, rows); err != nil {
		return false, err
	}
	if _, err := tx.WaitingRow.Delete().Where(waitingrow.IDIn(ids...)).Exec(ctx); err != nil {
		return false, fmt.Errorf("removing waiting rows: %w", err)
	}
	return false, nil
}
