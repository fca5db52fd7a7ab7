package delivery

import (
	"context"
	"fmt"

	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/terms"
)

// Overdue counts the deliveries that should have been settled by now
// (§3(d)–(f)): those that wait, those of which nobody knows, and those that
// failed for good or were disputed and that no person has seen to yet, included.
func (d *Dispatcher) Overdue(ctx context.Context) (int, error) {
	n, err := d.l.store.Client.Delivery.Query().Where(
		delivery.NextAtLT(Never), // what is settled drops out by the index
		delivery.Or(
			delivery.StateNotIn(terms.Confirmed, terms.Abandoned, terms.Superseded),
			delivery.And(delivery.StateEQ(terms.Confirmed), delivery.NextAt(Parked))),
		delivery.DueByLT(terms.Micro(d.l.o.Clock())),
	).Count(access.As(ctx, systemViewer))
	if err != nil {
		return 0, fmt.Errorf("counting overdue deliveries: %w", err)
	}
	return n, nil
}
