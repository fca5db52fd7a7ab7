package recording

import (
	"context"
	"fmt"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/serviceactivity"
	"github.com/service-tracking/sts/ent/transferacknowledgement"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/terms"
)

// AcknowledgeTransfer notes that the papers of a transfer arrived with the
// receiver (§6(b)). He held them since the transfer; the acknowledgement only
// says so. Recorded.Activity is the transfer.
//
// It says nothing but which transfer, so it is idempotent by itself: doing it
// again, with the same key or another, answers the first result and changes
// nothing. Its key is therefore not kept; one that was used for an entry is
// refused as everywhere.
func (r *Recorder) AcknowledgeTransfer(ctx context.Context, v *access.Viewer, in Acknowledgement) (Recorded, error) {
	if v == nil {
		return Recorded{}, access.ErrUnauthenticated
	}
	if !v.MayRecord() {
		return Recorded{}, access.ErrForbidden
	}
	ctx = access.As(ctx, "recording")
	o := objections{at: []string{"input"}}
	used, err := r.Store.Client.ServiceActivity.Query().
		Where(serviceactivity.AccountID(v.Account), serviceactivity.IdempotencyKey(in.IdempotencyKey)).Exist(ctx)
	if err != nil {
		return Recorded{}, fmt.Errorf("looking up the idempotency key: %w", err)
	}
	if used {
		return Recorded{Refusals: []Refusal{keyReused}}, nil
	}
	if o.wrongOfficer(in.Common, v); len(o.list) > 0 {
		return Recorded{Refusals: o.list}, nil
	}
	transfer, err := r.Store.Client.ServiceActivity.Get(ctx, in.Transfer)
	if err != nil && !ent.IsNotFound(err) {
		return Recorded{}, fmt.Errorf("finding the transfer: %w", err)
	}
	if err != nil || transfer.Kind != terms.KindTransfer || terms.Value(transfer.ToOfficerID) != v.Officer {
		o.add(NotReceiver, "You can acknowledge the transfers that name you as the one who received the papers. If you have them all the same, record a receipt (§6(a)).", "transferId")
		return Recorded{Refusals: o.list}, nil
	}
	var result Recorded
	fresh := false
	err = r.Store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		result, fresh, err = r.acknowledge(ctx, tx, v, transfer)
		return err
	})
	if err != nil {
		return Recorded{}, fmt.Errorf("acknowledging a transfer: %w", err)
	}
	if fresh {
		r.committed()
	}
	return result, nil
}

func (r *Recorder) acknowledge(ctx context.Context, tx *ent.Tx, v *access.Viewer, transfer *ent.ServiceActivity) (_ Recorded, fresh bool, _ error) {
	c, err := casefile.Lock(ctx, tx, transfer.CaseID, r.Clock())
	if err != nil {
		return Recorded{}, false, err
	}
	if err := casefile.LookedUp(tx, v.Account, c.ID, c.Now).Exec(ctx); err != nil {
		return Recorded{}, false, fmt.Errorf("keeping the look-up: %w", err)
	}
	known, err := tx.TransferAcknowledgement.Query().Where(transferacknowledgement.ActivityID(transfer.ID)).Exist(ctx)
	if err != nil {
		return Recorded{}, false, fmt.Errorf("looking for the acknowledgement: %w", err)
	}
	if known {
		return Recorded{Activity: transfer, Case: c.RegistryCase.Unwrap()}, false, nil
	}
	all, err := casefile.Activities(ctx, tx.Client(), c.ID)
	if err != nil {
		return Recorded{}, false, err
	}
	if newest := newest(all, transfer); newest.ID != transfer.ID {
		return Recorded{Refusals: []Refusal{{
			Code: AlreadyCorrected, Message: already(newest), Path: []string{"input", "transferId"}, Newest: newest.ID,
		}}}, false, nil
	}
	err = tx.TransferAcknowledgement.Create().SetCaseID(c.ID).SetActivityID(transfer.ID).SetAccountID(v.Account).
		SetAcknowledgedAt(c.Now).Exec(ctx)
	if err != nil {
		return Recorded{}, false, fmt.Errorf("acknowledging the transfer: %w", err)
	}
	facts, err := casefile.ReadFacts(ctx, tx.Client(), c.ID)
	if err != nil {
		return Recorded{}, false, err
	}
	if err := c.Fold(ctx, tx, facts, all, r.Timely); err != nil {
		return Recorded{}, false, err
	}
	err = journal.Append(ctx, tx, journal.Entry{
		Kind: terms.TransferAcknowledged, Case: c.ID, Sequence: c.Sequence, About: transfer.ID,
		Account: v.Account, Actor: v.DisplayName, At: c.Now,
	})
	return Recorded{Activity: transfer, Case: c.RegistryCase.Unwrap()}, true, err
}
