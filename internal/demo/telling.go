package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/orderfile"
	"github.com/service-tracking/sts/internal/terms"
)

// trouble is what goes wrong, on purpose, with telling of one service.
type trouble int32

const (
	noTrouble trouble = iota
	// refusedByState: the state file rejects the update; a person must look.
	refusedByState
	// policeUnknown: nobody knows whether one agency's notice arrived.
	policeUnknown
	// nationalSilent: the state file has forwarded, the national one is silent.
	nationalSilent
)

// untilAPerson is when the dispatcher looks again at what was left in trouble:
// not before a person does. So no demonstration ever sends it by itself.
const untilAPerson = 100 * 365 * 24 * time.Hour

// office stands for everybody who is told.
type office struct {
	ledger  *delivery.Ledger
	trouble atomic.Int32 // with what is told now
	filed   atomic.Int64
}

// once takes the trouble, if it is this one: it befalls one recipient.
func (o *office) once(t trouble) bool { return o.trouble.CompareAndSwap(int32(t), int32(noTrouble)) }

// filing is a channel that only files: what it is given has arrived. Nobody is
// told of people who do not exist.
type filing struct {
	kind terms.ChannelKind
	*office
}

func (f filing) Kind() terms.ChannelKind { return f.kind }

// ControlNumber draws one as the switch would ask for.
func (f filing) ControlNumber() string { return string(orderfile.NewControlNumber()) }

// Render keeps a note in place of a page: the demonstration files no pages.
func (f filing) Render(_ context.Context, d *ent.Delivery) (delivery.Content, error) {
	facts, err := json.Marshal(map[string]terms.ID{"delivery": d.ID})
	if err != nil {
		return delivery.Content{}, fmt.Errorf("noting a delivery: %w", err)
	}
	return delivery.Content{Facts: facts}, nil
}

// Send files.
func (f filing) Send(ctx context.Context, p delivery.Parcel) delivery.Result {
	if f.kind == terms.ChannelSwitch {
		return f.update(ctx, p)
	}
	if f.once(policeUnknown) {
		return delivery.Result{Outcome: delivery.Unknown, Detail: "the line dropped after the last page", RetryAfter: untilAPerson}
	}
	f.filed.Add(1)
	return delivery.Result{Outcome: delivery.Verified, Detail: "filed"}
}

// update files an update of the state file, which is forwarded: the national
// file confirms it too.
func (f filing) update(ctx context.Context, p delivery.Parcel) delivery.Result {
	if f.once(refusedByState) {
		return delivery.Result{Outcome: delivery.Refused, Detail: "STATE REJ R04 NAM DOES NOT MATCH NIC"}
	}
	answer := delivery.Result{Outcome: delivery.Verified, Detail: "filed"}
	if f.once(nationalSilent) {
		answer = delivery.Result{Outcome: delivery.Sent, Detail: "forwarded, no answer", AnswerDue: untilAPerson}
	} else {
		f.filed.Add(1)
	}
	national := delivery.Ref{ControlNumber: *p.Delivery.ControlNumber, Recipient: terms.ToNationalFile}
	if _, err := f.ledger.Settle(ctx, national, answer); err != nil {
		return delivery.Result{Outcome: delivery.NotSent, Detail: err.Error()}
	}
	f.filed.Add(1)
	return delivery.Result{Outcome: delivery.Verified, Detail: "filed"}
}

// Reconcile is asked only after a crash, and then the draft is thrown away.
func (f filing) Reconcile(context.Context, delivery.Parcel) delivery.Result {
	return delivery.Result{Outcome: delivery.NeverArrived, Detail: "nothing was filed"}
}
