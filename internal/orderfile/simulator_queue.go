package orderfile

import (
	"container/list"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"
)

// queue holds what the simulator must still do, across its own restarts:
// answers that were not accepted, and updates that were not yet forwarded.
type queue struct {
	lines  *lines
	nextID uint64
	items  *list.List // of *item, oldest first
	byID   map[uint64]*list.Element
}

// item is one thing to do; it is also its line in queue.jsonl.
type item struct {
	ID      uint64        `json:"id"`
	Done    bool          `json:"done,omitempty"` // the line that takes an earlier one back
	To      string        `json:"to,omitempty"`
	Ref     ControlNumber `json:"ref,omitempty"`
	Body    string        `json:"body,omitempty"`
	Forward *forward      `json:"forward,omitempty"`
	Held    string        `json:"held,omitempty"` // an update, while the state file is out of service; else an answer

	// Of an answer, in memory only: whom it is offered to now, whom first.
	offered   *simSession
	home      *simSession
	notBefore time.Time
}

// forward is an update on its way to the national file.
type forward struct {
	Change Change    `json:"change"`
	Key    string    `json:"key"`
	Due    time.Time `json:"due"`
	Fault  Fault     `json:"fault"`
}

func openQueue(dir string) (*queue, error) {
	q := &queue{items: list.New(), byID: map[uint64]*list.Element{}}
	var err error
	q.lines, err = openLines(filepath.Join(dir, queueLines), func(line []byte) error {
		it := new(item)
		if err := json.Unmarshal(line, it); err != nil {
			return err
		}
		q.nextID = max(q.nextID, it.ID)
		if it.Done {
			q.forget(it.ID)
			return nil
		}
		q.byID[it.ID] = q.items.PushBack(it)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("open the queue: %w", err)
	}
	return q, q.tidy()
}

// add keeps items; they are in the file before it returns.
func (q *queue) add(items ...*item) error {
	written := make([]any, len(items))
	for i, it := range items {
		q.nextID++
		it.ID = q.nextID
		written[i] = it
	}
	if err := q.lines.append(written...); err != nil {
		return err
	}
	for _, it := range items {
		q.byID[it.ID] = q.items.PushBack(it)
	}
	return nil
}

func (q *queue) done(it *item) error {
	if err := q.lines.append(item{ID: it.ID, Done: true}); err != nil {
		return err
	}
	q.forget(it.ID)
	return q.tidy()
}

func (q *queue) forget(id uint64) {
	if e, ok := q.byID[id]; ok {
		q.items.Remove(e)
		delete(q.byID, id)
	}
}

// tidy empties the file when nothing in it is still to do.
func (q *queue) tidy() error {
	if q.items.Len() > 0 || q.lines.held < 1000 {
		return nil
	}
	return q.lines.clear()
}
