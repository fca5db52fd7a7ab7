package journal

import (
	"context"
	"fmt"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/journalposition"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// Item is a record with its position.
type Item struct {
	Position Position
	Record   *ent.JournalRecord
}

// Reader reads the journal by position. It sees every record: whoever shows
// one to a client authorizes it there. It may be used by many at once.
type Reader struct {
	store *store.Store
	clock func() time.Time
	floor floor
}

// NewReader makes a reader; clock may be nil.
func NewReader(s *store.Store, clock func() time.Time) *Reader {
	if clock == nil {
		clock = time.Now
	}
	return &Reader{store: s, clock: clock}
}

func reading(ctx context.Context) context.Context { return access.As(ctx, "journal reader") }

// Head answers which log this is and the newest position, 0 if there is none.
func (r *Reader) Head(ctx context.Context) (origin string, newest Position, err error) {
	h, err := head(reading(ctx), r.store)
	if err != nil {
		return "", 0, err
	}
	return h.Origin, Position(h.Next - 1), nil
}

// Read answers up to limit items after the position, in order, in at most two
// statements. Fewer than limit means that there were no more.
func (r *Reader) Read(ctx context.Context, after Position, limit int) ([]Item, error) {
	ctx = reading(ctx)
	rows, err := r.store.Client.JournalPosition.Query().
		Select(journalposition.FieldID, journalposition.FieldRecordID).
		Where(journalposition.IDGT(int64(after))).
		Order(ent.Asc(journalposition.FieldID)).Limit(limit).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the journal after %d: %w", after, err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	ids := make([]terms.ID, len(rows))
	for i, row := range rows {
		if row.ID != int64(after)+int64(i)+1 {
			// Positions are inserted under the head's lock: a gap is damage,
			// and going on would hide it from every reader.
			return nil, fmt.Errorf("the journal has no position %d but has %d", int64(after)+int64(i)+1, row.ID)
		}
		ids[i] = row.RecordID
	}
	records, err := recordsByID(ctx, r.store, ids)
	if err != nil {
		return nil, err
	}
	items := make([]Item, len(rows))
	for i, row := range rows {
		items[i] = Item{Position(row.ID), records[i]}
	}
	return items, nil
}

// Unnumbered answers how many committed records have no position yet. In a
// healthy system it is 0 or a few.
func (r *Reader) Unnumbered(ctx context.Context) (int, error) {
	n, err := r.store.Client.JournalPending.Query().Count(reading(ctx))
	if err != nil {
		return 0, fmt.Errorf("counting unnumbered records: %w", err)
	}
	return n, nil
}
