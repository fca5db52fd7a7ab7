package journal

import (
	"context"
	"fmt"
	"time"

	"entgo.io/ent/dialect/sql"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/journalpending"
	"github.com/service-tracking/sts/ent/journalposition"
	"github.com/service-tracking/sts/ent/journalrecord"
	"github.com/service-tracking/sts/internal/store"
)

// Moment is where the journal stood at an instant: what its records of then
// tell is what the system knew.
type Moment struct {
	At time.Time
	// Origin is which log this is; Newest is the position of the record that is
	// the newest of those recorded by then, 0 if there is none.
	Origin string
	Newest Position
	// Settled tells that nothing will ever be recorded at or before At that is
	// not there yet: At is older than a transaction's life, and all that was
	// recorded by then has its position. What is read after that, of rows and
	// records with recordedAt ≤ At, is the same for ever. It takes the clocks of
	// all instances to agree.
	Settled bool
}

// MomentAt answers where the journal stood at the instant, in four statements
// at the most. now is the clock's time. What is known at the moment must be
// read after it, else Settled promises too much.
func MomentAt(ctx context.Context, s *store.Store, at, now time.Time) (Moment, error) {
	ctx = reading(ctx)
	h, err := head(ctx, s)
	if err != nil {
		return Moment{}, err
	}
	m := Moment{At: at, Origin: h.Origin, Settled: !at.After(now.Add(-store.TxLife))}
	if m.Settled { // younger moments are not, whatever is pending
		pending, err := s.Client.JournalRecord.Query().
			Where(journalrecord.RecordedAtLTE(at), numbered(false)).Exist(ctx)
		if err != nil {
			return Moment{}, fmt.Errorf("looking for unnumbered records: %w", err)
		}
		m.Settled = !pending
	}
	newest, err := s.Client.JournalRecord.Query().
		Where(journalrecord.RecordedAtLTE(at), numbered(true)).
		Order(ent.Desc(journalrecord.FieldRecordedAt, journalrecord.FieldID)).Limit(1).IDs(ctx)
	if err != nil {
		return Moment{}, fmt.Errorf("finding the newest record of a moment: %w", err)
	}
	if len(newest) == 0 {
		return m, nil
	}
	p, err := s.Client.JournalPosition.Query().Where(journalposition.RecordID(newest[0])).OnlyID(ctx)
	if err != nil {
		return Moment{}, fmt.Errorf("reading the position of record %s: %w", newest[0], err)
	}
	m.Newest = Position(p)
	return m, nil
}

// numbered leaves the records that have a position, or those that have none:
// what is pending is few, and has none.
func numbered(yes bool) func(*sql.Selector) {
	return func(s *sql.Selector) {
		pending := sql.Select(journalpending.FieldID).From(sql.Table(journalpending.Table))
		if yes {
			s.Where(sql.NotIn(s.C(journalrecord.FieldID), pending))
			return
		}
		s.Where(sql.In(s.C(journalrecord.FieldID), pending))
	}
}
