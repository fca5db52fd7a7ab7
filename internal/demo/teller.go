package demo

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/internal/access"
	ledger "github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// teller has the dispatcher work off what a moment brought, before the story
// goes on. It has a clock of its own, which stands a few seconds after the
// moment, so that a delivery arrives then. They take turns: two at once would
// only wait for each other, since SQLite has one writer.
type teller struct {
	store      *store.Store
	office     *office
	dispatcher *ledger.Dispatcher
	clock      atomic.Pointer[time.Time]
	// moved has something in it when deliveries may have moved.
	moved chan struct{}
}

// tellingTakes is from a recording to its deliveries.
const tellingTakes = 3 * time.Second

func newTeller(s *store.Store, log *slog.Logger, begin time.Time) *teller {
	t := &teller{store: s, moved: make(chan struct{}, 1)}
	t.clock.Store(&begin)
	o := ledger.Options{
		Clock: func() time.Time { return *t.clock.Load() }, Log: log, Poll: time.Second, Owner: viewer,
		OnCommit: func() {
			select {
			case t.moved <- struct{}{}:
			default:
			}
		},
	}
	t.office = &office{ledger: ledger.NewLedger(s, o)}
	o.Channels = []ledger.Channel{filing{terms.ChannelSpool, t.office}, filing{terms.ChannelSwitch, t.office}}
	t.dispatcher = ledger.New(s, o)
	return t
}

// tell has all be told of what came up to the moment.
func (t *teller) tell(ctx context.Context, at time.Time, trouble trouble) error {
	now := at.Add(tellingTakes)
	if before := *t.clock.Load(); now.Before(before) {
		now = before // two things happened at about the same time
	}
	t.office.trouble.Store(int32(trouble))
	t.clock.Store(&now)
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for nudged := false; ; nudged = true {
		due, err := t.store.Client.Delivery.Query().Where(
			delivery.NextAtLT(ledger.Parked), delivery.StateIn(terms.Pending, terms.Sending, terms.Retrying),
		).Exist(access.As(ctx, viewer))
		if err != nil {
			return fmt.Errorf("looking whether all have been told: %w", err)
		}
		if !due {
			return nil
		}
		if !nudged {
			t.dispatcher.Nudge()
		}
		select {
		case <-t.moved:
		case <-again.C:
		case <-ctx.Done():
			return fmt.Errorf("waiting until all have been told: %w", context.Cause(ctx))
		}
	}
}
