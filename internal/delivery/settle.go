package delivery

import (
	"context"
	"errors"
	"fmt"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/deliveryattempt"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/terms"
)

// ErrNoDelivery says that no delivery is known by a reference: the answer
// belongs on the list of unmatched ones.
var ErrNoDelivery = errors.New("no delivery is known by this reference")

// Ref names a delivery: by its id, or as the other side does, by the control
// number of the update of the state file and the file that speaks.
type Ref struct {
	Delivery      terms.ID
	ControlNumber string
	Recipient     terms.RecipientKind // with ControlNumber: which of the two files
}

// settleTries is how often Settle reads anew a row that others change.
const settleTries = 10

// Settle records an answer that came after Send (an acknowledgement, a
// rejection, "will forward"), in a transaction of its own, and tells whether it
// made a journal record. A nil error means that it is committed: only then may
// the other side forget it. An answer that came again changes nothing; one to
// what a person resolved, or that came too late, is kept with the attempt and
// changes nothing else.
func (l *Ledger) Settle(ctx context.Context, ref Ref, r Result) (changed bool, err error) {
	ctx = access.As(ctx, systemViewer)
	for range settleTries {
		d, err := l.find(ctx, ref)
		if err != nil {
			return false, err
		}
		attempt, err := l.newestAttempt(ctx, d)
		if err != nil {
			return false, err
		}
		t, err := l.verdict(ctx, turn{d: d, attempt: attempt}, toAnswer, r)
		if err != nil {
			return false, err
		}
		w, err := l.write(ctx, []turn{t})
		if err != nil {
			return false, err
		}
		if len(w.lost) == 0 {
			return w.records > 0, nil
		}
	}
	return false, fmt.Errorf("settling %s%s: %w, again and again", ref.Delivery, ref.ControlNumber, errLost)
}

func (l *Ledger) find(ctx context.Context, ref Ref) (*ent.Delivery, error) {
	query := l.store.Client.Delivery.Query()
	if ref.Delivery != "" {
		query.Where(delivery.ID(ref.Delivery))
	} else {
		query.Where(delivery.ControlNumber(ref.ControlNumber))
	}
	d, err := query.Only(ctx)
	if err == nil && ref.Delivery == "" && ref.Recipient == terms.ToNationalFile {
		d, err = l.store.Client.Delivery.Query().Where(siblingOf(d)...).Only(ctx)
	}
	if ent.IsNotFound(err) {
		return nil, ErrNoDelivery
	}
	if err != nil {
		return nil, fmt.Errorf("looking for delivery %s%s: %w", ref.Delivery, ref.ControlNumber, err)
	}
	return d, nil
}

func (l *Ledger) newestAttempt(ctx context.Context, d *ent.Delivery) (*ent.DeliveryAttempt, error) {
	if d.AttemptCount == 0 {
		return nil, nil
	}
	a, err := l.store.Client.DeliveryAttempt.Query().
		Where(deliveryattempt.DeliveryID(d.ID), deliveryattempt.Number(d.AttemptCount)).Only(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading attempt %d of delivery %s: %w", d.AttemptCount, d.ID, err)
	}
	return a, nil
}
