package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/store"
)

const (
	// rest is how long the sequencer waits after a numbering, so that a burst
	// of commits is numbered together: on SQLite each numbering takes the one
	// writer from those who record.
	rest = 5 * time.Millisecond
	// readLife bounds the reading before a numbering transaction.
	readLife = 5 * time.Second
	// longestWait is how far apart the tries are while the database is away.
	longestWait = 5 * time.Second
)

// SequencerOptions may be left zero.
type SequencerOptions struct {
	Log   *slog.Logger
	Clock func() time.Time
	// Poll is how often it looks for what other processes committed: 200 ms.
	Poll time.Duration
	// Batch is how many records one transaction numbers at most: 500.
	Batch int
	// Owner names this process in the log.
	Owner string
}

// Sequencer gives committed records their positions. Every process may run
// one: they need no leader (number.go), and so a record is numbered at once by
// the process that committed it, and soon by another if that one dies.
type Sequencer struct {
	store  *store.Store
	o      SequencerOptions
	nudged chan struct{}

	mu    sync.Mutex
	hooks []func()
}

// NewSequencer makes a sequencer; [Sequencer.Run] sets it to work.
func NewSequencer(s *store.Store, o SequencerOptions) *Sequencer {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Poll <= 0 {
		o.Poll = 200 * time.Millisecond
	}
	if o.Batch <= 0 {
		o.Batch = 500
	}
	o.Log = o.Log.With("worker", "sequencer", "owner", o.Owner)
	return &Sequencer{store: s, o: o, nudged: make(chan struct{}, 1)}
}

// Nudge says that this process has committed records. It never blocks.
func (q *Sequencer) Nudge() {
	select {
	case q.nudged <- struct{}{}:
	default: // it will look anyway
	}
}

// OnNumbered has f called after each numbering that this process committed.
// It is called by the sequencer's goroutine, so it must not block.
func (q *Sequencer) OnNumbered(f func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.hooks = append(q.hooks, f)
}

// Run numbers until ctx ends, and then answers nil. While the database is away
// it tries again, less and less often; nudges wait as well.
func (q *Sequencer) Run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	wait, nudged := q.o.Poll, q.nudged
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		case <-nudged:
		}
		n, err := q.Drain(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			q.o.Log.ErrorContext(ctx, "numbering journal records failed; will try again", "error", err, "in", wait)
			timer.Reset(wait)
			wait, nudged = min(2*wait, longestWait), nil
			continue
		case nudged == nil:
			q.o.Log.InfoContext(ctx, "numbering journal records works again")
		}
		wait, nudged = q.o.Poll, q.nudged
		if n > 0 {
			timer.Reset(rest)
			select {
			case <-ctx.Done():
				return nil
			case <-timer.C:
			}
		}
		timer.Reset(wait)
	}
}

// Drain numbers all that is committed when it begins, and answers how many
// records it numbered itself. Run calls it; so may whoever needs the numbers
// now, such as an import.
func (q *Sequencer) Drain(ctx context.Context) (numbered int, err error) {
	ctx = access.As(ctx, "sequencer")
	for {
		n, err := q.number(ctx)
		numbered += n
		switch {
		case ent.IsNotFound(err):
			if err := EnsureHead(ctx, q.store); err != nil {
				return numbered, err
			}
		case errors.Is(err, errFenced):
			// Whoever came first made progress, so this ends.
			q.o.Log.DebugContext(ctx, "another sequencer was faster")
		case err != nil:
			return numbered, err
		case n < q.o.Batch:
			return numbered, nil
		}
	}
}

// number runs one numbering transaction, if there is anything to number.
func (q *Sequencer) number(ctx context.Context) (int, error) {
	reading, cancel := context.WithTimeout(ctx, readLife)
	defer cancel()
	b, err := readBatch(reading, q.store, q.o.Batch)
	if err != nil || len(b.records) == 0 {
		return 0, err
	}
	// Run again after a conflict, the same batch is still right or fenced.
	err = q.store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		return b.write(ctx, tx, q.store.Dialect, q.o.Clock())
	})
	if err != nil {
		return 0, fmt.Errorf("numbering %d records: %w", len(b.records), err)
	}
	q.mu.Lock()
	hooks := q.hooks
	q.mu.Unlock()
	for _, f := range hooks {
		f()
	}
	return len(b.records), nil
}
