package delivery

import (
	"sync"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/terms"
)

// hands does the claimed jobs, several at once but few for one recipient: a
// dead fax machine, or a dead switch, delays nobody else.
type hands struct {
	workers, each int
	work          func(*job)
	// room is told when a recipient's queue has run dry.
	room chan struct{}

	mu      sync.Mutex
	groups  map[string]*group
	order   []*group // those with a queue; the first is served next
	queued  int
	running int
	closed  bool
	idle    chan struct{} // closed when nothing runs and nothing will
}

// group is the jobs of one recipient.
type group struct {
	name    string
	queue   []*job
	running int
}

func newHands(workers int, work func(*job)) *hands {
	return &hands{
		workers: workers, each: max(1, workers/4), work: work,
		room: make(chan struct{}, 1), groups: map[string]*group{}, idle: make(chan struct{}),
	}
}

// groupOf names the recipient whose slowness must not spread: an agency, an
// account, or a file as a whole.
func groupOf(d *ent.Delivery) string {
	switch d.RecipientKind {
	case terms.ToStateFile, terms.ToNationalFile:
		return string(d.RecipientKind)
	}
	return d.RecipientKey
}

// put queues jobs and starts what may start.
func (h *hands) put(jobs []*job) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, j := range jobs {
		name := groupOf(j.d)
		g := h.groups[name]
		if g == nil {
			g = &group{name: name}
			h.groups[name] = g
		}
		if len(g.queue) == 0 {
			h.order = append(h.order, g)
		}
		g.queue = append(g.queue, j)
		h.queued++
	}
	for h.running < h.workers {
		j, g := h.next()
		if j == nil {
			return
		}
		h.running++
		go h.loop(j, g)
	}
}

// next takes the next job of the first recipient that has a hand free, and
// lets the recipient go to the end of the line.
func (h *hands) next() (*job, *group) {
	for i, g := range h.order {
		if g.running >= h.each {
			continue
		}
		j := g.queue[0]
		g.queue = g.queue[1:]
		g.running++
		h.queued--
		h.order = append(h.order[:i:i], h.order[i+1:]...)
		if len(g.queue) > 0 {
			h.order = append(h.order, g)
		} else {
			select {
			case h.room <- struct{}{}:
			default:
			}
		}
		return j, g
	}
	return nil, nil
}

func (h *hands) loop(j *job, g *group) {
	for j != nil {
		h.work(j)
		h.mu.Lock()
		g.running--
		if g.running == 0 && len(g.queue) == 0 {
			delete(h.groups, g.name)
		}
		if j, g = h.next(); j == nil {
			h.running--
			h.rest()
		}
		h.mu.Unlock()
	}
}

// busy names the recipients that have jobs in line: no more are claimed for
// them, and what is due for others is found behind theirs.
func (h *hands) busy() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	names := make([]string, len(h.order))
	for i, g := range h.order {
		names[i] = g.name
	}
	return names
}

func (h *hands) count() (queued, running int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.queued, h.running
}

// close takes back what is in line; what runs goes on. put is not called after.
func (h *hands) close() (left []*job) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, g := range h.order {
		left = append(left, g.queue...)
		g.queue = nil
	}
	h.order, h.queued, h.closed = nil, 0, true
	h.rest()
	return left
}

func (h *hands) rest() {
	if h.closed && h.running == 0 {
		close(h.idle)
	}
}
