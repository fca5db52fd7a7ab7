package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/orderfile"
	"github.com/service-tracking/sts/internal/terms"
)

// refusedOrder ends the numbers of orders that the state file refuses, so that
// the boards have something to show.
const refusedOrder = "-REFUSED"

// filing is a channel that only files: what it is given has arrived. Nobody is
// told of people who do not exist.
type filing struct {
	kind   terms.ChannelKind
	ledger *delivery.Ledger
	filed  *atomic.Int64
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

// Send files. An update of the state file is forwarded, and the national file
// confirms it too.
func (f filing) Send(ctx context.Context, p delivery.Parcel) delivery.Result {
	if strings.HasSuffix(p.Delivery.OrderNumber, refusedOrder) {
		return delivery.Result{Outcome: delivery.Refused, Detail: "STATE REJ R04 NAM DOES NOT MATCH NIC"}
	}
	if f.kind == terms.ChannelSwitch {
		national := delivery.Ref{ControlNumber: *p.Delivery.ControlNumber, Recipient: terms.ToNationalFile}
		if _, err := f.ledger.Settle(ctx, national, delivery.Result{Outcome: delivery.Verified, Detail: "filed"}); err != nil {
			return delivery.Result{Outcome: delivery.NotSent, Detail: err.Error()}
		}
		f.filed.Add(1)
	}
	f.filed.Add(1)
	return delivery.Result{Outcome: delivery.Verified, Detail: "filed"}
}

// Reconcile is asked only after a crash, and then the draft is thrown away.
func (f filing) Reconcile(context.Context, delivery.Parcel) delivery.Result {
	return delivery.Result{Outcome: delivery.NeverArrived, Detail: "nothing was filed"}
}
