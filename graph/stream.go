package graph

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/graph/read"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/live"
	"github.com/service-tracking/sts/internal/terms"
)

// A filter decides which events a stream shows. Each function may be nil.
type filter struct {
	// record decides by the journal record alone.
	record func(*ent.JournalRecord) bool
	// concern decides by the case and the activity.
	concern func(*read.Concern) bool
	// delivery decides by the delivery as it stands.
	delivery func(*model.Delivery) bool
}

// stream is one viewer's subscription.
type stream struct {
	*Resolver
	sub    *live.Subscription
	filter filter
	viewer *access.Viewer
	turn   int64 // of its beginning, among readings of concerns

	asked     [sha256.Size]byte
	selection read.Selection
}

// stream begins a subscription strictly after the event, or from now on. The
// channel closes when it ends; why is said by End.
func (r *Resolver) stream(ctx context.Context, after *model.EventID, f filter) (<-chan model.Event, error) {
	v := access.From(ctx)
	if v == nil {
		return nil, access.ErrUnauthenticated
	}
	sub, err := r.Hub.Subscribe(ctx, (*string)(after))
	if err != nil {
		return nil, err
	}
	s := &stream{
		Resolver: r, sub: sub, filter: f, viewer: v, turn: r.loads.turns.Add(1),
		asked: fingerprint(ctx), selection: read.Selected(ctx),
	}
	events := make(chan model.Event)
	go func() {
		defer close(events)
		defer sub.Close()
		if err := s.guarded(ctx, events); err != nil && ctx.Err() == nil {
			r.End(ctx, err)
		}
	}()
	return events, nil
}

// guarded is run whose panics end this stream alone: gqlgen catches those of
// its own goroutines only.
func (s *stream) guarded(ctx context.Context, events chan<- model.Event) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("a stream panicked: %v\n%s", v, debug.Stack())
		}
	}()
	return s.run(ctx, events)
}

// run sends events until ctx ends or one cannot be sent. None is passed over:
// the client resumes after the last one that it received.
func (s *stream) run(ctx context.Context, events chan<- model.Event) error {
	beat, cancel := s.Beat(ctx)
	defer func() { cancel() }()
	for {
		item, err := s.sub.Next(beat)
		var event model.Event
		switch {
		case err == nil:
			event, err = s.event(ctx, item)
		case beat.Err() != nil && ctx.Err() == nil && errors.Is(err, beat.Err()):
			cancel()
			beat, cancel = s.Beat(ctx)
			event, err = s.heartbeat(ctx)
		}
		switch {
		case err != nil:
			return err
		case event == nil:
			continue
		}
		select {
		case events <- event:
		case <-ctx.Done():
			return nil
		}
	}
}

// refresh makes sure that the account is still what it was, or not at all.
func (s *stream) refresh(ctx context.Context) (context.Context, error) {
	v, err := s.Refresh(ctx, s.viewer)
	if err != nil {
		return nil, err
	}
	s.viewer = v
	return access.With(ctx, v), nil
}

func (s *stream) heartbeat(ctx context.Context) (model.Event, error) {
	if _, err := s.refresh(ctx); err != nil {
		return nil, err
	}
	return model.Heartbeat{Happened: model.Happened{
		EventID: model.EventID(s.Hub.EventID(s.sub.Past())), RecordedAt: terms.Micro(s.Clock()),
	}}, nil
}

// event is the item as the viewer may see it now; nil if he may not, or if it
// is not one that this stream shows.
func (s *stream) event(ctx context.Context, item journal.Item) (model.Event, error) {
	record := item.Record
	if !journal.Shown(record.Kind) || s.filter.record != nil && !s.filter.record(record) {
		return nil, nil
	}
	ctx, err := s.refresh(ctx)
	if err != nil {
		return nil, err
	}
	passes, sure, err := s.concerns(ctx, item)
	if err != nil || !passes {
		return nil, err
	}
	happened := model.Happened{EventID: model.EventID(s.Hub.EventID(item.Position)), RecordedAt: record.RecordedAt}
	key := loadKey{item.Position, scopeOf(s.viewer), s.asked}
	if !sure {
		key.scope = fmt.Sprintf("stream %d", s.turn) // nobody else's answer is new enough
	}
	return s.shown(ctx, record, key, happened)
}

// concerns rules out, without a question for each stream, what does not concern
// the viewer and what the filter leaves out. Where it is not sure his scope must
// decide.
func (s *stream) concerns(ctx context.Context, item journal.Item) (passes, sure bool, err error) {
	if s.viewer.SeesEveryCase() && s.filter.concern == nil {
		return true, true, nil
	}
	known, err := loaded(ctx, s.loads, loadKey{position: item.Position, scope: "concern"}, func(ctx context.Context) (concernAt, error) {
		turn := s.loads.turns.Add(1)
		c, err := s.Read.Concern(ctx, terms.Value(item.Record.CaseID), terms.Value(item.Record.AboutID))
		return concernAt{c, turn}, err
	})
	if err != nil || s.filter.concern != nil && !s.filter.concern(known.Concern) {
		return false, false, err
	}
	// What was read before this stream began does not know of a look-up since
	// then, which may have opened the case to the viewer.
	sure = known.Of(s.viewer)
	return sure || known.turn < s.turn, sure, nil
}

// concernAt is a concern and when, among streams' beginnings, its reading began.
type concernAt struct {
	*read.Concern
	turn int64
}
