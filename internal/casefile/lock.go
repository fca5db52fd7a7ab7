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
	n, err := tx.RegistryCase.Update().Where(registrycase.ID(id)).AddNextSequence(1).Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("locking case %s: %w", id, err)
	}
	if n == 0 {
		return nil, fmt.Errorf("locking case %s: there is none", id)
	}
	row, err := tx.RegistryCase.Get(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("reading case %s under its lock: %w", id, err)
	}
	recorded := terms.Micro(now)
	if earliest := row.LastRecordedAt.Add(time.Microsecond); recorded.Before(earliest) {
		recorded = earliest
	}
	return &Locked{RegistryCase: row, Sequence: row.NextSequence - 1, Now: recorded}, nil
}
