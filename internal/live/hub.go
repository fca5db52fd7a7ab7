package live

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/terms"
)

const (
	// readPage is how many items the hub reads at once.
	readPage = 500
	// readLife bounds one reading of the hub.
	readLife = 5 * time.Second
	// longestWait is how far apart the tries are while the database is away.
	longestWait = 5 * time.Second
)

// Options may be left zero.
type Options struct {
	Log   *slog.Logger
	Clock func() time.Time
	// Poll is how often the hub looks for what other processes numbered: 200 ms.
	Poll time.Duration
	// Ring is how many of the latest items are kept in memory: 8,192.
	Ring int
	// SlowAfter is how long a reader may let items wait without asking: 30 s.
	SlowAfter time.Duration
	// Limit is how many subscriptions may be open: 20,000.
	Limit int
	// LimitPerAccount is how many of them one account may have: 100. Workers,
	// who have none, are not counted.
	LimitPerAccount int
}

// Hub follows the journal for the subscribers of this process.
type Hub struct {
	reader  *journal.Reader
	o       Options
	history *history
	nudged  chan struct{}
	ready   chan struct{} // closed when origin is known and the ring filled
	done    chan struct{} // closed when Run ends
	origin  string        // set before ready is closed

	// mu guards what follows. It is held for a few assignments only.
	mu      sync.RWMutex
	ring    []journal.Item // the item of position p is at p modulo its length
	first   journal.Position
	last    journal.Position // first … last are in the ring; last may be first − 1
	changed chan struct{}    // closed and replaced when last advances
	marks   marks
	open    int              // subscriptions
	opened  map[terms.ID]int // of each account that has any
}

// NewHub makes a hub; [Hub.Run] sets it to work. Let the sequencer of the same
// process wake it: sequencer.OnNumbered(hub.Nudge).
func NewHub(reader *journal.Reader, o Options) *Hub {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Poll <= 0 {
		o.Poll = 200 * time.Millisecond
	}
	if o.Ring <= 0 {
		o.Ring = 8192
	}
	if o.SlowAfter <= 0 {
		o.SlowAfter = 30 * time.Second
	}
	if o.Limit <= 0 {
		o.Limit = 20_000
	}
	if o.LimitPerAccount <= 0 {
		o.LimitPerAccount = 100
	}
	o.Log = o.Log.With("worker", "live hub")
	return &Hub{
		reader: reader, o: o, history: newHistory(reader),
		nudged: make(chan struct{}, 1), ready: make(chan struct{}), done: make(chan struct{}),
		ring: make([]journal.Item, o.Ring), changed: make(chan struct{}), opened: map[terms.ID]int{},
	}
}

// Nudge says that records were numbered. It never blocks.
func (h *Hub) Nudge() {
	select {
	case h.nudged <- struct{}{}:
	default: // it will look anyway
	}
}

// Run follows the journal until ctx ends, then ends every subscription with
// [ErrStopping] and answers nil. While the database is away it tries again,
// and subscribers wait. It is called once.
func (h *Hub) Run(ctx context.Context) error {
	defer close(h.done)
	timer := time.NewTimer(0)
	defer timer.Stop()
	wait, nudged := h.o.Poll, h.nudged
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		case <-nudged:
		}
		err := h.follow(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			h.o.Log.ErrorContext(ctx, "following the journal failed; will try again", "error", err, "in", wait)
			timer.Reset(wait)
			wait, nudged = min(2*wait, longestWait), nil
			continue
		case nudged == nil:
			h.o.Log.InfoContext(ctx, "following the journal works again")
		}
		wait, nudged = h.o.Poll, h.nudged
		timer.Reset(wait)
	}
}

// follow reads until there is no more.
func (h *Hub) follow(ctx context.Context) error {
	if h.origin == "" {
		if err := h.begin(ctx); err != nil {
			return err
		}
	}
	for {
		n, err := h.readOn(ctx)
		if err != nil {
			return err
		}
		if n < readPage {
			break
		}
	}
	select {
	case <-h.ready:
	default:
		close(h.ready)
	}
	return nil
}

// begin finds out where to follow from: as far back as the ring reaches. After
// a restart everyone comes back at once, with a cursor a little behind the
// newest position; the filled ring answers them without a statement.
func (h *Hub) begin(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readLife)
	defer cancel()
	origin, newest, err := h.reader.Head(ctx)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last = max(0, newest-journal.Position(len(h.ring)))
	h.first = h.last + 1
	h.origin = origin
	return nil
}

func (h *Hub) readOn(ctx context.Context) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, readLife)
	defer cancel()
	items, err := h.reader.Read(ctx, h.last, readPage) // only this goroutine writes last
	if err != nil || len(items) == 0 {
		return 0, err
	}
	now := h.o.Clock()
	h.mu.Lock()
	for _, item := range items {
		h.ring[int(item.Position)%len(h.ring)] = item
		h.last = item.Position
	}
	h.first = max(h.first, h.last-journal.Position(len(h.ring))+1)
	h.marks = h.marks.add(now, h.last, h.o.SlowAfter)
	changed := h.changed
	h.changed = make(chan struct{})
	h.mu.Unlock()
	close(changed)
	return len(items), nil
}

// at answers the item at p if the ring holds it. Else it tells whether p is
// older than the ring, or, if it has not come yet, what is closed when it may
// have.
func (h *Hub) at(p journal.Position) (item journal.Item, ok, older bool, changed <-chan struct{}) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	switch {
	case p > h.last:
		return item, false, false, h.changed
	case p < h.first:
		return item, false, true, nil
	}
	return h.ring[int(p)%len(h.ring)], true, false, nil
}

// Latest is the id of the newest event that this process knows of, "" until
// the hub has begun.
func (h *Hub) Latest() (eventID string) {
	select {
	case <-h.ready:
	default:
		return ""
	}
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.EventID(h.last)
}

// EventID is the id of the event at a position that a subscription gave.
func (h *Hub) EventID(p journal.Position) string { return journal.FormatEventID(h.origin, p) }

// Subscriptions is how many are open.
func (h *Hub) Subscriptions() int {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.open
}

// Subscribe begins a subscription strictly after the event id, or from now on
// if after is nil. An id that cannot be resumed from is a [terms.InputError]
// with [terms.EventExpired]; a hub with no room left answers [ErrFull], or
// [ErrTooMany] where it is the viewer of ctx who has taken enough of it. Close
// the subscription in the end.
func (h *Hub) Subscribe(ctx context.Context, after *string) (*Subscription, error) {
	select {
	case <-h.ready:
	case <-h.done:
		return nil, ErrStopping
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for the journal: %w", ctx.Err())
	}
	select {
	case <-h.done:
		return nil, ErrStopping
	default:
	}
	var account terms.ID
	if v := access.From(ctx); v != nil {
		account = v.Account
	}
	from, err := h.admit(account)
	if err != nil {
		return nil, err
	}
	s := &Subscription{hub: h, account: account, returned: h.o.Clock()}
	if after != nil {
		if from, err = h.resume(ctx, *after); err != nil {
			s.Close()
			return nil, err
		}
	}
	s.past.Store(int64(from))
	return s, nil
}

// admit takes a place, and answers the newest position.
func (h *Hub) admit(account terms.ID) (journal.Position, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.open >= h.o.Limit:
		return 0, ErrFull
	case account != "" && h.opened[account] >= h.o.LimitPerAccount:
		return 0, ErrTooMany
	}
	h.open++
	if account != "" {
		h.opened[account]++
	}
	return h.last, nil
}

// dismiss gives a place back.
func (h *Hub) dismiss(account terms.ID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open--
	if account == "" {
		return
	}
	if h.opened[account]--; h.opened[account] == 0 {
		delete(h.opened, account)
	}
}

// resume answers the position from which a client may go on. What is certainly
// young enough needs no statement, however many come back at once.
func (h *Hub) resume(ctx context.Context, eventID string) (journal.Position, error) {
	origin, p, err := journal.ParseEventID(eventID)
	if err != nil {
		return 0, err
	}
	h.mu.RLock()
	behind := h.last - p
	h.mu.RUnlock()
	if origin == h.origin && 0 <= behind && behind <= journal.ReplayEvents {
		return p, nil
	}
	return h.reader.Resolve(ctx, eventID)
}
