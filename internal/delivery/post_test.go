package delivery

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/terms"
)

// post is a channel to an other side that remembers what arrived, so that it
// can be asked. What it does otherwise is scripted.
type post struct {
	kind terms.ChannelKind
	// send, if set, says how it ends; arrive is called for what arrives.
	send      func(ctx context.Context, p Parcel, arrive func()) Result
	reconcile func(p Parcel) Result
	verify    func(p Parcel) Result
	render    func(d *ent.Delivery) (Content, error)
	beat      func()

	mu       sync.Mutex
	arrived  map[terms.ID]int
	bytes    map[terms.ID]string
	rendered map[terms.ID]int
	asked    []string
}

func newPost(kind terms.ChannelKind) *post {
	return &post{kind: kind, arrived: map[terms.ID]int{}, bytes: map[terms.ID]string{}, rendered: map[terms.ID]int{}}
}

func (c *post) Kind() terms.ChannelKind { return c.kind }

func (c *post) Render(_ context.Context, d *ent.Delivery) (Content, error) {
	c.mu.Lock()
	c.rendered[d.ID]++
	n := c.rendered[d.ID]
	c.mu.Unlock()
	if c.render != nil {
		return c.render(d)
	}
	// Facts alone, as the switch has; each rendering would differ.
	return Content{Facts: fmt.Appendf(nil, "%s %v rendering %d", d.ID, d.Reasons, n)}, nil
}

func (c *post) arrive(p Parcel) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.arrived[p.Delivery.ID]++
	c.bytes[p.Delivery.ID] = string(p.Content.Facts)
}

func (c *post) Send(ctx context.Context, p Parcel) Result {
	if c.beat != nil {
		c.beat()
	}
	if c.send != nil {
		return c.send(ctx, p, func() { c.arrive(p) })
	}
	c.arrive(p)
	return Result{Outcome: Confirmed, Detail: "taken"}
}

func (c *post) Reconcile(_ context.Context, p Parcel) Result {
	c.mu.Lock()
	c.asked = append(c.asked, "reconcile")
	n := c.arrived[p.Delivery.ID]
	c.mu.Unlock()
	if c.reconcile != nil {
		return c.reconcile(p)
	}
	if n == 0 {
		return Result{Outcome: NeverArrived, Detail: "asked: it is not there"}
	}
	return Result{Outcome: Confirmed, Detail: "asked: it is there"}
}

func (c *post) count(d *ent.Delivery) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.arrived[d.ID]
}

func (c *post) questions() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.asked, " ")
}

// switchPost is a post with control numbers whose confirmations are verified.
type switchPost struct{ *post }

func (switchPost) ControlNumber() string {
	return fmt.Sprintf("REF%07d", sequence.Add(1))
}

func (c switchPost) Verify(_ context.Context, p Parcel) Result {
	c.mu.Lock()
	c.asked = append(c.asked, "verify")
	c.mu.Unlock()
	if c.verify != nil {
		return c.verify(p)
	}
	return Result{Outcome: Verified, Detail: "the inquiry agrees"}
}
