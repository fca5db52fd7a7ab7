package delivery

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// Dispatcher works the ledger off. Several may run on one database.
type Dispatcher struct {
	l        *Ledger
	channels map[terms.ChannelKind]Channel
	wake     chan struct{}
	at       func(step string) error // set by tests of crashes

	open atomic.Int64 // jobs claimed and not recorded yet
}

// New makes a dispatcher.
func New(s *store.Store, o Options) *Dispatcher {
	d := &Dispatcher{l: NewLedger(s, o), channels: map[terms.ChannelKind]Channel{}, wake: make(chan struct{}, 1)}
	for _, c := range o.Channels {
		d.channels[c.Kind()] = c
	}
	return d
}

// Nudge says that something became due. It never blocks.
func (d *Dispatcher) Nudge() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// run is one Run of a dispatcher.
type run struct {
	*Dispatcher
	o       Options
	hands   *hands
	results chan done
	stop    chan struct{} // closed when nothing is reported any more

	life    context.Context // of everything; it outlives the context of Run
	end     context.CancelCauseFunc
	calls   context.Context // of the calls of channels
	endCall context.CancelFunc
}

// lastWords is for how long Run goes on after Grace: to end what does not end
// by itself, and to record it.
const lastWords = 5 * time.Second

// Run works until ctx ends: then it claims nothing more, waits for what is in
// flight (at most Grace), records it and returns nil. It is called once.
func (d *Dispatcher) Run(ctx context.Context) error {
	ctx = access.As(ctx, systemViewer)
	r := &run{Dispatcher: d, o: d.l.o, results: make(chan done, d.l.o.Batch), stop: make(chan struct{})}
	r.life, r.end = context.WithCancelCause(context.WithoutCancel(ctx))
	defer r.end(nil)
	r.calls, r.endCall = context.WithCancel(r.life)
	defer r.endCall()
	r.hands = newHands(r.o.Workers, r.work)

	recorded := make(chan struct{})
	go func() {
		defer close(recorded)
		r.record()
	}()
	r.claimLoop(ctx)
	return r.drain(recorded)
}

// claimLoop claims until ctx ends.
func (r *run) claimLoop(ctx context.Context) {
	poll := time.NewTicker(r.o.Poll)
	defer poll.Stop()
	for ctx.Err() == nil && r.life.Err() == nil {
		// Not under ctx: a claim whose commit was cut off would be UNKNOWN.
		n, err := r.round(r.life)
		if err != nil && r.life.Err() == nil {
			r.o.Log.ErrorContext(ctx, "the dispatcher cannot work, and tries again", "owner", r.o.Owner, "error", err)
		}
		if n > 0 {
			continue
		}
		r.idle()
		select {
		case <-ctx.Done():
		case <-r.life.Done():
		case <-poll.C:
		case <-r.wake:
		case <-r.hands.room:
		}
	}
}

// drain brings what is in flight to its end.
func (r *run) drain(recorded <-chan struct{}) error {
	for _, j := range r.hands.close() {
		r.report(j, giveBack(turn{d: j.d, attempt: j.attempt}, j.asked, "not begun: the dispatcher stopped", atOnce))
	}
	grace := time.AfterFunc(r.o.Grace, r.endCall)
	defer grace.Stop()
	last := time.AfterFunc(r.o.Grace+lastWords, func() { r.end(errors.New("calls in flight, or their results, did not end in time")) })
	defer last.Stop()
	select {
	case <-r.hands.idle:
	case <-r.life.Done():
	}
	close(r.stop)
	<-recorded
	return context.Cause(r.life)
}
