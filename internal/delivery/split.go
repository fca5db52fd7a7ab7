package delivery

import (
	"context"
	"fmt"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/terms"
)

// Split is a channel of one kind that different rooms carry to different kinds
// of recipients: files in a spool are notices to agencies and reminders to
// accounts. Make one with [NewSplit].
type Split struct {
	kind terms.ChannelKind
	by   map[terms.RecipientKind]Channel
}

// NewSplit makes a channel of the others, which must be of one kind, and
// neither verify nor number: the dispatcher would not see that they do.
func NewSplit(by map[terms.RecipientKind]Channel) (*Split, error) {
	s := &Split{by: by}
	for recipient, c := range by {
		if s.kind != "" && s.kind != c.Kind() {
			return nil, fmt.Errorf("splitting a channel: one is %s, another is %s", s.kind, c.Kind())
		}
		s.kind = c.Kind()
		_, verifies := c.(Verifier)
		if _, numbers := c.(Numberer); verifies || numbers {
			return nil, fmt.Errorf("splitting channel %s: that to %s verifies or numbers", s.kind, recipient)
		}
	}
	return s, nil
}

// Kind is what the channels are.
func (s *Split) Kind() terms.ChannelKind { return s.kind }

// Render has it rendered by the channel to the recipient.
func (s *Split) Render(ctx context.Context, d *ent.Delivery) (Content, error) {
	c := s.by[d.RecipientKind]
	if c == nil {
		return Content{}, fmt.Errorf("nothing goes to %s by %s here", d.RecipientKind, s.kind)
	}
	return c.Render(ctx, d)
}

// Send has it sent by the channel to the recipient.
func (s *Split) Send(ctx context.Context, p Parcel) Result {
	c := s.by[p.Delivery.RecipientKind]
	if c == nil {
		return Result{Outcome: NotSent, Detail: "nothing goes to this kind of recipient by this channel here"}
	}
	return c.Send(ctx, p)
}

// Reconcile asks the channel to the recipient.
func (s *Split) Reconcile(ctx context.Context, p Parcel) Result {
	c := s.by[p.Delivery.RecipientKind]
	if c == nil {
		return Result{Outcome: Unknown, Detail: "nothing goes to this kind of recipient by this channel here"}
	}
	return c.Reconcile(ctx, p)
}
