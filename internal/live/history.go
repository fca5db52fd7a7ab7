package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/service-tracking/sts/internal/journal"
)

const (
	historyPage  = 128
	historyPages = 64 // kept
	historyReads = 4  // at once: those who catch up must not starve those who record
)

// history reads what the ring no longer holds, in pages that begin at fixed
// positions, so that those who catch up together share pages and statements.
type history struct {
	reader *journal.Reader
	slots  chan struct{}

	mu    sync.Mutex
	pages map[journal.Position]*page
	kept  []journal.Position // in the order in which they were read
}

// page is a part of the journal; done is closed when items or err is set.
type page struct {
	done  chan struct{}
	items []journal.Item
	err   error
}

// errAbandoned says that whoever was reading the page left before he began.
var errAbandoned = errors.New("the reading of a page was abandoned")

func newHistory(reader *journal.Reader) *history {
	return &history{reader: reader, slots: make(chan struct{}, historyReads), pages: map[journal.Position]*page{}}
}

// page answers the page that holds p, which must be numbered.
func (h *history) page(ctx context.Context, p journal.Position) ([]journal.Item, error) {
	after := (p - 1) / historyPage * historyPage
	for ctx.Err() == nil {
		h.mu.Lock()
		found, there := h.pages[after]
		if !there {
			found = &page{done: make(chan struct{})}
			h.pages[after] = found
		}
		h.mu.Unlock()
		if !there {
			h.read(ctx, after, found)
		}
		select {
		case <-found.done:
		case <-ctx.Done():
			continue
		}
		switch {
		case errors.Is(found.err, errAbandoned):
			continue // ours to read now, or our own leaving
		case found.err != nil:
			return nil, found.err
		case int(p-after) <= len(found.items):
			return found.items, nil
		case there:
			h.forget(after, found) // it was the journal's end, which has grown
		default:
			return nil, fmt.Errorf("the journal has no position %d", p)
		}
	}
	return nil, fmt.Errorf("waiting for a page of the journal: %w", ctx.Err())
}

// read reads the page for all who wait for it, so not under the context of
// whoever happened to be first.
func (h *history) read(ctx context.Context, after journal.Position, to *page) {
	select {
	case h.slots <- struct{}{}:
		reading, cancel := context.WithTimeout(context.WithoutCancel(ctx), readLife)
		to.items, to.err = h.reader.Read(reading, after, historyPage)
		cancel()
		<-h.slots
	case <-ctx.Done():
		to.err = errAbandoned
	}
	defer close(to.done)
	if to.err != nil {
		h.forget(after, to)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.kept = append(h.kept, after); len(h.kept) > historyPages {
		delete(h.pages, h.kept[0])
		h.kept = slices.Delete(h.kept, 0, 1)
	}
}

func (h *history) forget(after journal.Position, p *page) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.pages[after] == p {
		delete(h.pages, after)
	}
}
