package graph_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/graph"
	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/casefile/reference"
	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/lawenforcement"
	"github.com/service-tracking/sts/internal/live"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/registry"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// system is the API with all that stands behind it, running.
type system struct {
	*graphtest.World
	graphtest.Server
	Desk    *registry.Desk
	hub     *live.Hub
	stopHub context.CancelFunc
	// number gives what was committed its positions.
	number func()
	// closed are accounts that were closed meanwhile.
	closed sync.Map
	// beat makes a heartbeat due on every stream.
	beat  chan struct{}
	tests *testing.T
	keys  int
}

var section = model.RegistrySection{Email: "registry@example.org", Telephone: "860-555-0100", Fax: "860-555-0101", HelpDesk: "860-555-0102"}

func run(t *testing.T, s *store.Store) *system {
	t.Helper()
	w := graphtest.New(t, s)
	ctx, cancel := context.WithCancel(context.Background())
	var workers sync.WaitGroup
	t.Cleanup(func() { cancel(); workers.Wait() })
	if err := journal.EnsureHead(ctx, s); err != nil {
		t.Fatal(err)
	}
	places, err := reference.Load()
	if err != nil {
		t.Fatal(err)
	}
	sequencer := journal.NewSequencer(s, journal.SequencerOptions{Clock: now})
	hub := live.NewHub(journal.NewReader(s, now), live.Options{Clock: now})
	sequencer.OnNumbered(hub.Nudge)
	sys := &system{World: w, hub: hub, beat: make(chan struct{}), tests: t}
	sys.number = func() {
		if _, err := sequencer.Drain(ctx); err != nil {
			t.Error(err)
		}
	}
	hubCtx, stopHub := context.WithCancel(ctx)
	sys.stopHub = stopHub
	workers.Go(func() { _ = hub.Run(hubCtx) }) // it ends with its context
	begun, err := hub.Subscribe(ctx, nil)      // waits until the hub has begun
	if err != nil {
		t.Fatal(err)
	}
	begun.Close()
	ledger := delivery.NewLedger(s, delivery.Options{Clock: now})
	planner := &registry.Planner{Routing: lawenforcement.NewRouting(places, w.Reference), Ledger: ledger}
	recorder := &recording.Recorder{
		Store: s, Reference: w.Reference, Timely: casefile.DefaultTimely, Clock: now, Planner: planner,
	}
	desk := &registry.Desk{
		Store: s, Planner: planner, Ledger: ledger, Reference: w.Reference, Clock: now, Channels: []terms.ChannelKind{terms.ChannelSpool},
	}
	sys.Desk = desk
	sys.Server = graphtest.Serve(graph.New(graph.Options{
		Read: w.Reader, Reports: w.Reports, Recorder: recorder, Desk: desk, Hub: hub, Section: section, Clock: now,
		Refresh: func(_ context.Context, v *access.Viewer) (*access.Viewer, error) {
			if _, gone := sys.closed.Load(v.AccountName); gone {
				return nil, access.ErrUnauthenticated
			}
			return v, nil
		},
		End: func(ctx context.Context, err error) { ctx.Value(endKey{}).(*atomic.Value).Store(err) },
		Beat: func(ctx context.Context) (context.Context, context.CancelFunc) {
			due, cancel := context.WithCancel(ctx)
			go func() {
				select {
				case <-sys.beat:
					cancel()
				case <-due.Done():
				}
			}()
			return due, cancel
		},
	}))
	return sys
}

type endKey struct{}

// watcher is a client that watches.
type watcher struct {
	t       *testing.T
	answers chan graphtest.Answer
	end     *atomic.Value
	stop    context.CancelFunc
}

// watch begins a subscription; it is open when watch returns.
func (s *system) watch(t *testing.T, who, query string, variables map[string]any) *watcher {
	t.Helper()
	ctx, cancel := context.WithCancel(s.As(who))
	w := &watcher{t: t, answers: make(chan graphtest.Answer, 64), end: &atomic.Value{}, stop: cancel}
	respond, errs := s.Start(context.WithValue(ctx, endKey{}, w.end), t, query, variables)
	if errs != nil {
		t.Fatal(errs)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(w.answers)
		for response := respond(); response != nil; response = respond() {
			w.answers <- graphtest.Read(t, response)
		}
	}()
	t.Cleanup(func() { cancel(); <-done })
	return w
}

// open makes sure that so many streams are open: what is numbered from now on
// reaches them.
func (s *system) open(n int) {
	s.tests.Helper()
	if got := s.hub.Subscriptions(); got != n {
		s.tests.Fatalf("%d streams are open, want %d", got, n)
	}
}

// next answers the next event.
func (w *watcher) next() graphtest.Answer {
	w.t.Helper()
	select {
	case a, open := <-w.answers:
		if !open {
			w.t.Fatalf("the stream ended: %v", w.end.Load())
		}
		return a
	case <-time.After(20 * time.Second):
		w.t.Fatal("no event came")
	}
	return graphtest.Answer{}
}

// ended waits for the end and answers why.
func (w *watcher) ended() error {
	w.t.Helper()
	for {
		select {
		case _, open := <-w.answers:
			if !open {
				err, _ := w.end.Load().(error)
				return err
			}
		case <-time.After(20 * time.Second):
			w.t.Fatal("the stream did not end")
		}
	}
}

// quiet makes a heartbeat due and answers it: nothing else may come before it.
func (s *system) quiet(w *watcher) graphtest.Answer {
	w.t.Helper()
	s.beat <- struct{}{}
	a := w.next()
	if a.At(w.t, "e", "__typename") != "Heartbeat" {
		w.t.Errorf("there should be nothing but a heartbeat, came %s", a.Body)
	}
	return a
}

// appended appends a record that the delivery went on, as the dispatcher does.
func (s *system) appended(kind terms.RecordKind, row graphtest.Row, about terms.ID, step int64) {
	s.tests.Helper()
	err := s.Store.Tx(access.As(context.Background(), "test"), func(ctx context.Context, tx *ent.Tx) error {
		return journal.Append(ctx, tx, journal.Entry{Kind: kind, Case: row.ID, Sequence: 1, Step: step, About: about, Actor: "test", At: graphtest.Now})
	})
	if err != nil {
		s.tests.Fatal(err)
	}
}
