package delivery

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/terms"
)

// Route answers the channels for a delivery, the one to try first in front.
type Route func(ctx context.Context, d *ent.Delivery) ([]terms.ChannelKind, error)

// Options are shared by the [Ledger] and the [Dispatcher], so that both move
// rows by the same rules. Zero values are the defaults named here.
type Options struct {
	// Channels by which to send; only the dispatcher needs them.
	Channels []Channel
	// Route; by default notices and reminders go by SPOOL, file updates by
	// SWITCH.
	Route Route
	// Clock; by default time.Now.
	Clock func() time.Time
	// Log; by default slog's.
	Log *slog.Logger
	// Deadlines after which an unsettled delivery raises an alarm.
	Deadlines Deadlines
	// Backoff of attempts that did not arrive and of unanswered inquiries.
	Backoff Backoff
	// OnCommit is called after each commit that may have journal records, to
	// nudge the journal's sequencer. It must not block.
	OnCommit func()

	// Lease is for how long an attempt belongs to one dispatcher: 60 s. A
	// send must end within half of it.
	Lease time.Duration
	// SendTimeout bounds one call of a channel: half of Lease at most, and by
	// default.
	SendTimeout time.Duration
	// Batch is how many rows are claimed or recorded in one commit: 50.
	Batch int
	// Workers is how many calls of channels run at once: 16. One recipient
	// has at most a quarter of them.
	Workers int
	// Poll is how often to look for what became due without a nudge: 200 ms.
	Poll time.Duration
	// Grace is for how long Run waits at its end for calls in flight: 10 s.
	Grace time.Duration
	// Owner names this instance in the log.
	Owner string
}

// Deadlines say when a delivery should have arrived, counted from when it was
// planned.
type Deadlines struct {
	Police   time.Duration // §3(d): 5 minutes
	State    time.Duration // §3(e): 5 minutes
	National time.Duration // §3(f): 15 minutes
	Account  time.Duration // reminders: 1 hour
}

func (d Deadlines) of(kind terms.RecipientKind) time.Duration {
	switch kind {
	case terms.ToAgency:
		return d.Police
	case terms.ToStateFile:
		return d.State
	case terms.ToNationalFile:
		return d.National
	}
	return d.Account
}

// Backoff doubles from Min to Max, give or take a fifth, so that what failed
// together is not tried together.
type Backoff struct {
	Min time.Duration // 1 s
	Max time.Duration // 2 min
}

const jitter = 0.2

// after is the pause after so many attempts, counted from 1.
func (b Backoff) after(attempts int) time.Duration {
	pause := b.Min
	for i := 1; i < attempts && pause < b.Max; i++ {
		pause *= 2
	}
	return b.spread(pause)
}

// since is the pause between inquiries about an attempt: as long as it has been
// unknown, so that the pauses double without being counted.
func (b Backoff) since(elapsed time.Duration) time.Duration {
	return b.spread(max(elapsed, b.Min))
}

func (b Backoff) spread(pause time.Duration) time.Duration {
	return time.Duration(float64(min(pause, b.Max)) * (1 - jitter + 2*jitter*rand.Float64()))
}

func or[T comparable](value *T, fallback T) {
	var zero T
	if *value == zero {
		*value = fallback
	}
}

func (o Options) withDefaults() Options {
	if o.Route == nil {
		o.Route = PlainRoute
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.OnCommit == nil {
		o.OnCommit = func() {}
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	or(&o.Deadlines.Police, 5*time.Minute)
	or(&o.Deadlines.State, 5*time.Minute)
	or(&o.Deadlines.National, 15*time.Minute)
	or(&o.Deadlines.Account, time.Hour)
	or(&o.Backoff.Min, time.Second)
	or(&o.Backoff.Max, 2*time.Minute)
	or(&o.Lease, time.Minute)
	or(&o.SendTimeout, o.Lease/2)
	o.SendTimeout = min(o.SendTimeout, o.Lease/2)
	or(&o.Batch, 50)
	or(&o.Workers, 16)
	or(&o.Poll, 200*time.Millisecond)
	or(&o.Grace, 10*time.Second)
	return o
}

// PlainRoute is the [Route] where agencies have no channels of their own.
func PlainRoute(_ context.Context, d *ent.Delivery) ([]terms.ChannelKind, error) {
	switch d.RecipientKind {
	case terms.ToStateFile, terms.ToNationalFile:
		return []terms.ChannelKind{terms.ChannelSwitch}, nil
	}
	return []terms.ChannelKind{terms.ChannelSpool}, nil
}
