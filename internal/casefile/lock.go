package casefile

import (
	"context"
	"fmt"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/registrycase"
	"github.com/service-tracking/sts/internal/terms"
)

// Locked is a registry case whose lock this transaction holds.
type Locked struct {
	*ent.RegistryCase
	// Sequence is the number that this transaction has among those of the case.
	Sequence int64
	// Now is when what this transaction writes is recorded: the clock's time,
	// but always after what the case recorded before.
	Now time.Time
}

// Lock takes the case's lock by raising its sequence. It must be the first
// statement of a transaction about the case: every read that a rule decides on
// comes after it.
func Lock(ctx context.Context, tx *ent.Tx, id terms.ID, now time.Time) (*Locked, error) {
	locked, err := LockAll(ctx, tx, []terms.ID{id}, now)
	if err != nil {
		return nil, err
	}
	return locked[id], nil
}

// LockAll takes the locks of several cases in one statement.
func LockAll(ctx context.Context, tx *ent.Tx, ids []terms.ID, now time.Time) (map[terms.ID]*Locked, error) {
	n, err := tx.RegistryCase.Update().Where(registrycase.IDIn(ids...)).AddNextSequence(1).Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("locking %d cases: %w", len(ids), err)
	}
	if n != len(ids) {
		return nil, fmt.Errorf("locking %d cases: only %d are there", len(ids), n)
	}
	rows, err := tx.RegistryCase.Query().Where(registrycase.IDIn(ids...)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading cases under their locks: %w", err)
	}
	locked := make(map[terms.ID]*Locked, len(rows))
	for _, row := range rows {
		locked[row.ID] = held(row, now)
	}
	return locked, nil
}

// Stamp writes the time of the last record where nothing else of the case's row
// changes, so that what is recorded next stands behind it.
func (l *Locked) Stamp(ctx context.Context, tx *ent.Tx) error {
	if err := tx.RegistryCase.UpdateOneID(l.ID).SetLastRecordedAt(l.Now).Exec(ctx); err != nil {
		return fmt.Errorf("writing when case %s was last recorded on: %w", l.ID, err)
	}
	l.LastRecordedAt = l.Now
	return nil
}

// held is a case that this transaction has locked, or just made.
func held(row *ent.RegistryCase, now time.Time) *Locked {
	recorded := terms.Micro(now)
	if earliest := row.LastRecordedAt.Add(time.Microsecond); recorded.Before(earliest) {
		recorded = earliest
	}
	return &Locked{RegistryCase: row, Sequence: row.NextSequence - 1, Now: recorded}
}

// OpeningSequence is the number of the transaction that opens a case.
const OpeningSequence = 1

// OpenProvisional opens a case that the daybook has not brought (§7), and holds
// its lock: nobody else knows it yet. Where somebody else opens it at the same
// moment the unique docket number refuses one of them (store.Duplicate).
func OpenProvisional(ctx context.Context, tx *ent.Tx, docket terms.Docket, first, last string, now time.Time) (*Locked, error) {
	now = terms.Micro(now)
	row, err := tx.RegistryCase.Create().SetDocket(docket).SetCourtCode(docket.Court()).SetProvisional(true).
		SetOpenedAt(now).SetNextSequence(OpeningSequence + 2).SetLastRecordedAt(now).
		SetRespondentFirstName(first).SetRespondentLastName(last).SetRespondentKey(RespondentKey(first, last)).
		SetHearingSort(NoHearing).SetServiceStatus(terms.StatusNoEntry).SetLatestActivityAt(now).Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("opening a provisional case: %w", err)
	}
	return held(row, now), nil
}
