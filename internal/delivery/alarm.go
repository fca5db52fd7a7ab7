package delivery

import (
	"context"
	"fmt"
	"time"

	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/terms"
)

// Stats are for the metrics and for the readiness of the process.
type Stats struct {
	Queued, Running int       // calls of channels, in this process
	InHand          int       // claimed by this process and not recorded yet
	Overdue         int       // in the whole ledger, as last counted
	LastRound       time.Time // when it last looked for work and met no error
}

// countEvery is how old the count of what is overdue may be.
const countEvery = 10 * time.Second

// Overdue counts the deliveries that should have been settled by now
// (§3(d)–(f)): those that wait, and those of which nobody knows, included.
func (d *Dispatcher) Overdue(ctx context.Context) (int, error) {
	n, err := d.l.store.Client.Delivery.Query().Where(
		delivery.NextAtLT(Never), // what is settled drops out by the index
		delivery.StateNotIn(terms.Confirmed, terms.Failed, terms.Abandoned, terms.Superseded),
		delivery.DueByLT(terms.Micro(d.l.o.Clock())),
	).Count(access.As(ctx, systemViewer))
	if err != nil {
		return 0, fmt.Errorf("counting overdue deliveries: %w", err)
	}
	return n, nil
}

// Stats answers the figures of this instance without asking the database.
func (d *Dispatcher) Stats() Stats {
	s := Stats{Overdue: int(d.overdue.Load()), InHand: int(d.open.Load())}
	if h := d.hands.Load(); h != nil {
		s.Queued, s.Running = h.count()
	}
	if t := d.lastRound.Load(); t != nil {
		s.LastRound = *t
	}
	return s
}

func (r *run) countOverdue(ctx context.Context) error {
	now := r.o.Clock()
	if now.Sub(r.counted) < countEvery {
		return nil
	}
	n, err := r.Overdue(ctx)
	if err != nil {
		return err
	}
	r.overdue.Store(int64(n))
	r.counted = now
	return nil
}
