package live

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/terms"
)

// Subscription is one reader's place in the journal. Next is for one goroutine
// at a time; Past and Close for any.
type Subscription struct {
	hub      *Hub
	account  terms.ID     // whose it is, "" of a worker
	past     atomic.Int64 // the cursor
	returned time.Time    // when Next last came back
	page     []journal.Item
	ended    error
	closed   atomic.Bool
}

// Past is the newest position that the reader is past: what it sends along
// with a heartbeat, as [Hub.EventID] writes it.
func (s *Subscription) Past() journal.Position { return journal.Position(s.past.Load()) }

// Close gives the place back. It may be called more than once.
func (s *Subscription) Close() {
	if s.closed.Swap(true) {
		return
	}
	s.hub.dismiss(s.account)
}

// Next answers the next item, and waits for it. It answers an error that wraps
// ctx's when ctx ends, [ErrStopping] when the hub stops, and [ErrTooSlow], then
// and ever after, to a reader that let items wait for longer than
// Options.SlowAfter without asking. After every other error Next may be called
// again: the cursor moves with an answered item only.
func (s *Subscription) Next(ctx context.Context) (journal.Item, error) {
	item, err := s.next(ctx)
	if err == nil {
		s.past.Store(int64(item.Position))
	}
	s.returned = s.hub.o.Clock()
	return item, err
}

func (s *Subscription) next(ctx context.Context) (journal.Item, error) {
	if s.ended == nil && s.tooSlow() {
		s.ended, s.page = ErrTooSlow, nil
	}
	if s.ended != nil {
		return journal.Item{}, s.ended
	}
	want := s.Past() + 1
	for {
		select {
		case <-s.hub.done:
			return journal.Item{}, ErrStopping
		case <-ctx.Done():
			return journal.Item{}, fmt.Errorf("waiting for an event: %w", ctx.Err())
		default:
		}
		if item, ok := s.fromPage(want); ok {
			return item, nil
		}
		item, ok, older, changed := s.hub.at(want)
		switch {
		case ok:
			return item, nil
		case older:
			page, err := s.hub.history.page(ctx, want)
			if err != nil {
				return journal.Item{}, err
			}
			s.page = page
			continue
		}
		select {
		case <-changed:
		case <-s.hub.done:
		case <-ctx.Done():
		}
	}
}

func (s *Subscription) fromPage(want journal.Position) (journal.Item, bool) {
	if len(s.page) == 0 {
		return journal.Item{}, false
	}
	if i := int(want - s.page[0].Position); i < len(s.page) {
		return s.page[i], true
	}
	s.page = nil
	return journal.Item{}, false
}

// tooSlow tells whether items after the cursor were there before SlowAfter ago,
// and the reader has not asked since.
func (s *Subscription) tooSlow() bool {
	then := s.hub.o.Clock().Add(-s.hub.o.SlowAfter)
	if !s.returned.Before(then) {
		return false
	}
	s.hub.mu.RLock()
	defer s.hub.mu.RUnlock()
	return s.hub.marks.before(then) > s.Past()
}
