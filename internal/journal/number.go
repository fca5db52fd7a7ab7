package journal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/journalhead"
	"github.com/service-tracking/sts/ent/journalpending"
	"github.com/service-tracking/sts/ent/journalrecord"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// How records get their numbers, and why two sequencers never disagree.
//
//	1  read the head: next, epoch                         (no transaction)
//	2  read the first rows of journal_pendings, by case   (no transaction)
//	3  UPDATE journal_heads SET next = next + n, epoch = epoch + 1
//	   WHERE next = … AND epoch = …   one row, or start over    ┐ one
//	   insert n positions, delete the n pending rows            ┘ transaction
//
// The update needs n, so the rows are read first, and the head before the
// rows. Only a numbering deletes pending rows or inserts positions, and each
// raises the epoch: so if the update finds the epoch of step 1, nothing was
// numbered between step 1 and the update, and what step 2 read is still
// pending, still without a position, and next is still free. From the update
// to the commit the row's lock (MySQL, MariaDB), the conflict at commit (TiDB)
// or the single writer (SQLite) keeps every other numbering out. A sequencer
// that stalls anywhere before the update finds another epoch and starts over;
// one that stalls after it either commits, and then the others start over, or
// is rolled back, and then nothing happened. No clock and no lease is needed.
// The primary key of a position, the unique record and the count of deleted
// rows would refuse what this argument rules out.
//
// Order within a case: whoever writes in a case holds its lock until the
// commit (a delivery's steps: its version). So of two records of a case the
// earlier was committed before the later one's transaction could write. Step 2
// is one statement, which sees one moment: where it sees the later record it
// sees the earlier, unless that has its number already. Sorted by case,
// sequence and step, the earlier stands first, and a limit that cuts the list
// keeps a prefix of each case. What commits after step 2 is numbered later,
// and cannot precede anything that step 2 saw.

// errFenced says that another sequencer has numbered since the batch was read.
var errFenced = errors.New("another sequencer has numbered meanwhile")

// batch is what one numbering transaction is going to do.
type batch struct {
	next, epoch int64
	records     []*ent.JournalRecord // in the order of their positions
}

// readBatch is steps 1 and 2. The records are read after the head as well, and
// hashed before the transaction begins, which keeps it short.
func readBatch(ctx context.Context, s *store.Store, limit int) (batch, error) {
	h, err := head(ctx, s)
	if err != nil {
		return batch{}, err
	}
	b := batch{next: h.Next, epoch: h.Epoch}
	pending, err := s.Client.JournalPending.Query().
		Order(ent.Asc(journalpending.FieldCaseKey, journalpending.FieldSequence, journalpending.FieldStep, journalpending.FieldID)).
		Limit(limit).IDs(ctx)
	if err != nil {
		return batch{}, fmt.Errorf("reading unnumbered records: %w", err)
	}
	if len(pending) == 0 {
		return b, nil
	}
	records, err := recordsByID(ctx, s, pending)
	if err != nil {
		return batch{}, err
	}
	b.records = records
	return b, nil
}

// recordsByID answers the records in the order of their ids in the list.
func recordsByID(ctx context.Context, s *store.Store, ids []terms.ID) ([]*ent.JournalRecord, error) {
	rows, err := s.Client.JournalRecord.Query().Where(journalrecord.IDIn(ids...)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading journal records: %w", err)
	}
	byID := make(map[terms.ID]*ent.JournalRecord, len(rows))
	for _, r := range rows {
		byID[r.ID] = r
	}
	records := make([]*ent.JournalRecord, len(ids))
	for i, id := range ids {
		if records[i] = byID[id]; records[i] == nil {
			return nil, fmt.Errorf("journal record %s is missing", id)
		}
	}
	return records, nil
}

// write is step 3, in the caller's transaction, of which it must be the first
// statement.
func (b batch) write(ctx context.Context, tx *ent.Tx, engine string, at time.Time) error {
	n := len(b.records)
	found, err := tx.JournalHead.Update().
		Where(journalhead.ID(headID), journalhead.Next(b.next), journalhead.Epoch(b.epoch)).
		SetNext(b.next + int64(n)).SetEpoch(b.epoch + 1).Save(ctx)
	if err != nil {
		return fmt.Errorf("advancing the journal's head: %w", err)
	}
	if found != 1 {
		return errFenced
	}
	positions := make([]*ent.JournalPositionCreate, n)
	ids := make([]terms.ID, n)
	for i, r := range b.records {
		leaf := Leaf(r)
		positions[i] = tx.JournalPosition.Create().SetID(b.next + int64(i)).SetRecordID(r.ID).SetLeaf(leaf[:]).SetNumberedAt(at)
		ids[i] = r.ID
	}
	if err := tx.JournalPosition.CreateBulk(positions...).Exec(ctx); err != nil {
		return fmt.Errorf("inserting positions %d and on: %w", b.next, err)
	}
	deleted, err := deletePending(ctx, tx, engine, b.next, ids)
	if err != nil {
		return fmt.Errorf("taking numbered records off the pending: %w", err)
	}
	if deleted != n {
		return fmt.Errorf("%d of %d records were no longer pending under an unchanged epoch", n-deleted, n)
	}
	return nil
}
