package journal

import (
	"context"
	"fmt"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// restored is what the record of a restore keeps.
type restored struct {
	// Origin is the log's before, and Newest the last of its positions that
	// the backup knows. What it had after that is cut off.
	Origin string   `json:"origin"`
	Newest Position `json:"newest"`
	// Backup names the file.
	Backup string `json:"backup"`
}

// Restored gives the log of a database that was just restored a new origin, and
// appends the record of it: whoever resumes after an event of the old log learns
// that its end is cut off, and loads anew. Nobody else may use the database yet.
// It answers the last position that the backup knows.
func Restored(ctx context.Context, s *store.Store, actor, backup string, now time.Time) (Position, error) {
	ctx = access.As(ctx, "sequencer")
	var newest Position
	err := s.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		h, err := tx.JournalHead.Get(ctx, headID)
		if err != nil {
			return fmt.Errorf("reading the journal's head: %w", err)
		}
		newest = Position(h.Next - 1)
		// A new epoch fences a sequencer that still has the old head in hand.
		if err := tx.JournalHead.UpdateOneID(headID).SetOrigin(newOrigin()).AddEpoch(1).Exec(ctx); err != nil {
			return fmt.Errorf("giving the journal a new origin: %w", err)
		}
		return Append(ctx, tx, Entry{
			Kind: terms.DatabaseRestored, Actor: actor, At: terms.Micro(now),
			Facts: restored{Origin: h.Origin, Newest: newest, Backup: backup},
		})
	})
	if err != nil {
		return 0, fmt.Errorf("noting the restore in the journal: %w", err)
	}
	return newest, nil
}
