package journal

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"entgo.io/ent/dialect/sql"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/journalposition"
	"github.com/service-tracking/sts/ent/journalrecord"
	"github.com/service-tracking/sts/internal/terms"
)

// Replay reaches back replayFor, and never fewer than ReplayEvents events.
const (
	ReplayEvents = 100_000
	replayFor    = 7 * 24 * time.Hour
	// floorFor is how long the place of the oldest of those is remembered.
	// It only moves forward, so an old answer is a generous one.
	floorFor = time.Minute
)

// shown are the kinds that a subscription shows as events. The others do not
// count towards ReplayEvents.
var shown = []terms.RecordKind{
	terms.ActivityRecorded, terms.ProcessTransferred, terms.ActivityCorrected, terms.TransferAcknowledged,
	terms.DeliveryChanged, terms.HearingChanged, terms.BecameOverdue,
}

// Shown tells whether records of the kind are events of subscriptions.
func Shown(kind terms.RecordKind) bool { return slices.Contains(shown, kind) }

// Resolve answers the position that a client's event id names, if it is one of
// this log from which events can be replayed, else a [terms.InputError] with
// [terms.EventExpired].
func (r *Reader) Resolve(ctx context.Context, eventID string) (Position, error) {
	origin, p, err := ParseEventID(eventID)
	if err != nil {
		return 0, err
	}
	ours, newest, err := r.Head(ctx)
	if err != nil {
		return 0, err
	}
	if origin != ours {
		return 0, expired("This event id belongs to another journal, such as one from before a restore.")
	}
	return p, r.checkReplay(ctx, p, newest)
}

// CheckReplay answers nil if events after the position can be replayed. A
// position beyond the newest, or one that is too old, is a [terms.InputError]
// with [terms.EventExpired].
func (r *Reader) CheckReplay(ctx context.Context, p Position) error {
	_, newest, err := r.Head(ctx)
	if err != nil {
		return err
	}
	return r.checkReplay(ctx, p, newest)
}

func (r *Reader) checkReplay(ctx context.Context, p, newest Position) error {
	if p < 0 || p > newest {
		return expired("This event id is of an event that has not happened here.")
	}
	if newest-p <= ReplayEvents {
		return nil
	}
	ctx = reading(ctx)
	// The first record that would be replayed is younger than seven days?
	next, err := r.store.Client.JournalPosition.Get(ctx, int64(p)+1)
	if err != nil {
		return fmt.Errorf("reading position %d: %w", p+1, err)
	}
	if !next.NumberedAt.Before(r.clock().Add(-replayFor)) {
		return nil
	}
	oldest, err := r.oldest(ctx)
	if err != nil {
		return err
	}
	if p >= oldest {
		return nil
	}
	return expired("This event id is too old: replay reaches back seven days.")
}

// floor remembers the oldest position from which ReplayEvents events follow.
type floor struct {
	mu    sync.Mutex
	at    time.Time
	after Position
}

// oldest answers the position after which ReplayEvents events stand. Finding
// it walks over as many rows: once a minute at most, by one caller at a time.
func (r *Reader) oldest(ctx context.Context) (Position, error) {
	r.floor.mu.Lock()
	defer r.floor.mu.Unlock()
	if now := r.clock(); r.floor.at.IsZero() || now.Sub(r.floor.at) > floorFor {
		after, err := r.before(ctx, ReplayEvents)
		if err != nil {
			return 0, err
		}
		r.floor.at, r.floor.after = now, after
	}
	return r.floor.after, nil
}

// before answers the position just before the n newest events, 0 if there are
// fewer.
func (r *Reader) before(ctx context.Context, n int) (Position, error) {
	kinds := make([]any, len(shown))
	for i, k := range shown {
		kinds[i] = k
	}
	ids, err := r.store.Client.JournalPosition.Query().
		Where(func(s *sql.Selector) {
			records := sql.Table(journalrecord.Table)
			s.Join(records).On(s.C(journalposition.FieldRecordID), records.C(journalrecord.FieldID))
			s.Where(sql.In(records.C(journalrecord.FieldKind), kinds...))
		}).
		Order(ent.Desc(journalposition.FieldID)).Offset(n - 1).Limit(1).IDs(ctx)
	if err != nil {
		return 0, fmt.Errorf("finding the oldest event to replay: %w", err)
	}
	if len(ids) == 0 {
		return 0, nil
	}
	return Position(ids[0] - 1), nil
}
