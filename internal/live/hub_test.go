package live_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/live"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 25, 17, 0, 0, 0, time.UTC)

// world is a journal with a sequencer and a hub that are not running yet.
type world struct {
	t         testing.TB
	ctx       context.Context // so that what is missed fails the test instead of hanging it
	store     *store.Store
	sequencer *journal.Sequencer
	hub       *live.Hub
}

func newWorld(t testing.TB, s *store.Store, o live.Options) *world {
	t.Helper()
	if err := journal.EnsureHead(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	w := &world{t: t, ctx: ctx, store: s}
	w.sequencer = journal.NewSequencer(s, journal.SequencerOptions{})
	w.hub = live.NewHub(journal.NewReader(s, nil), o)
	w.sequencer.OnNumbered(w.hub.Nudge)
	return w
}

// runHub runs the hub until the test ends or stop is called.
func (w *world) runHub() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.hub.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			w.t.Error(err)
		}
	})
	w.t.Cleanup(stop)
	return stop
}

// append records n facts; number gives them their positions.
func (w *world) append(n int) {
	w.t.Helper()
	entries := make([]journal.Entry, n)
	for i := range entries {
		entries[i] = journal.Entry{Kind: terms.ActivityRecorded, Actor: "test", At: noon}
	}
	err := w.store.Tx(access.As(context.Background(), "test"), func(ctx context.Context, tx *ent.Tx) error {
		return journal.Append(ctx, tx, entries...)
	})
	if err != nil {
		w.t.Error(err)
	}
}

func (w *world) number() {
	w.t.Helper()
	if _, err := w.sequencer.Drain(context.Background()); err != nil {
		w.t.Error(err)
	}
}

func (w *world) subscribe(after *string) *live.Subscription {
	w.t.Helper()
	sub, err := w.hub.Subscribe(w.t.Context(), after)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(sub.Close)
	return sub
}

func (w *world) id(p journal.Position) *string {
	w.t.Helper()
	origin, _, err := journal.NewReader(w.store, nil).Head(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	id := journal.FormatEventID(origin, p)
	return &id
}

func (w *world) next(sub *live.Subscription, want journal.Position) {
	w.t.Helper()
	item, err := sub.Next(w.ctx)
	if err != nil || item.Position != want || item.Record == nil {
		w.t.Fatalf("next = %d, %v; want %d", item.Position, err, want)
	}
	if sub.Past() != want {
		w.t.Fatalf("past = %d, want %d", sub.Past(), want)
	}
}

func TestReplayHandsOverToLiveWithoutLoss(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s, live.Options{Ring: 16})
		const before, during = 600, 400
		w.append(before)
		w.number()
		w.runHub()
		var wg sync.WaitGroup
		for _, after := range []journal.Position{0, 1, 127, 128, 129, 400, 590, 599, 600} {
			for range 3 {
				sub := w.subscribe(w.id(after))
				wg.Go(func() {
					for want := after + 1; want <= before+during; want++ {
						item, err := sub.Next(w.ctx)
						if err != nil || item.Position != want {
							t.Errorf("after %d: got %d, %v; want %d", after, item.Position, err, want)
							return
						}
					}
				})
			}
		}
		for range during / 8 {
			w.append(8)
			w.number()
		}
		wg.Wait()
	})
}

func TestEveryPlaceBeforeAndInTheRing(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t), live.Options{Ring: 8})
	w.append(10)
	w.number()
	w.runHub()
	w.subscribe(nil)
	w.append(10)
	w.number()
	w.next(w.subscribe(w.id(19)), 20) // the hub has it
	for after := journal.Position(0); after < 20; after++ {
		sub := w.subscribe(w.id(after))
		for want := after + 1; want <= 20; want++ {
			w.next(sub, want)
		}
	}
}

func TestWithoutAfterASubscriptionBeginsNow(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t), live.Options{})
	w.append(3)
	w.number()
	w.runHub()
	sub := w.subscribe(nil)
	if latest := w.hub.Latest(); latest != *w.id(3) || sub.Past() != 3 {
		t.Errorf("latest %s, past %d", latest, sub.Past())
	}
	w.append(1)
	w.number()
	w.next(sub, 4)
	if latest := w.hub.Latest(); latest != *w.id(4) {
		t.Errorf("latest %s", latest)
	}
}

func TestAWaitThatEndsLosesNothing(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t), live.Options{})
	w.runHub()
	sub := w.subscribe(nil)
	// As for a heartbeat: wait, say where the reader is, wait on.
	brief, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := sub.Next(brief); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	if got := w.hub.EventID(sub.Past()); got != *w.id(0) {
		t.Errorf("past %s", got)
	}
	w.append(2)
	w.number()
	w.next(sub, 1)
	w.next(sub, 2)
}

func TestIDsThatCannotBeResumedFrom(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t), live.Options{})
	w.append(3)
	w.number()
	w.runHub()
	other := "zzzzzzzzzz-000000000001"
	malformed := "rcs_01J00000000000000000000000"
	for _, id := range []*string{&other, &malformed, w.id(4)} {
		_, err := w.hub.Subscribe(t.Context(), id)
		var input *terms.InputError
		if !errors.As(err, &input) || input.Code != terms.EventExpired || !strings.Contains(input.Message, "Reload") {
			t.Errorf("%s: %v", *id, err)
		}
	}
	if n := w.hub.Subscriptions(); n != 0 {
		t.Errorf("%d subscriptions are open", n)
	}
}

// Another process, whose hub was quicker, may have sent the id.
func TestAnIDThatThisHubHasNotSeenYetIsGood(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t), live.Options{Poll: time.Hour})
	w.runHub()
	w.subscribe(nil) // the hub has begun, and sleeps
	elsewhere := journal.NewSequencer(w.store, journal.SequencerOptions{})
	w.append(2)
	if _, err := elsewhere.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	sub := w.subscribe(w.id(1))
	w.hub.Nudge()
	w.next(sub, 2)
}

func TestASlowReaderIsToldAndResumes(t *testing.T) {
	var now atomic.Int64
	now.Store(noon.Unix())
	clock := func() time.Time { return time.Unix(now.Load(), 0) }
	w := newWorld(t, storetest.SQLite(t), live.Options{Clock: clock, Ring: 8})
	w.runHub()
	slow, idle, witness := w.subscribe(nil), w.subscribe(nil), w.subscribe(nil)
	step := func(seconds int64, n int) {
		t.Helper()
		now.Add(seconds)
		for range n {
			w.append(1)
			w.number()
			w.next(witness, witness.Past()+1) // the hub has it
		}
	}
	step(1, 2)
	w.next(slow, 1)
	w.next(idle, 1)
	w.next(idle, 2)
	step(30, 0)
	w.next(slow, 2) // in time, just
	step(3600, 0)   // nothing to read for an hour is no fault
	step(0, 20)     // more than the ring holds
	step(30, 0)
	w.next(idle, 3)
	for range 12 { // a busy hub must not make it forget
		step(3, 1)
	}
	for range 2 {
		if _, err := slow.Next(w.ctx); !errors.Is(err, live.ErrTooSlow) || !strings.Contains(err.Error(), "after") {
			t.Fatalf("slow reader: %v", err)
		}
	}
	resumed := w.subscribe(w.id(slow.Past()))
	for want := slow.Past() + 1; want <= witness.Past(); want++ {
		w.next(resumed, want)
	}
}

func TestAFullHubSaysSo(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t), live.Options{Limit: 2})
	w.runHub()
	first := w.subscribe(nil)
	w.subscribe(nil)
	if _, err := w.hub.Subscribe(t.Context(), nil); !errors.Is(err, live.ErrFull) {
		t.Errorf("the third: %v", err)
	}
	first.Close()
	first.Close()
	w.subscribe(nil)
	if n := w.hub.Subscriptions(); n != 2 {
		t.Errorf("%d are open", n)
	}
}

func TestAHubThatStopsEndsEveryWait(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t), live.Options{})
	stop := w.runHub()
	var wg sync.WaitGroup
	for range 10 {
		sub := w.subscribe(nil)
		wg.Go(func() {
			if _, err := sub.Next(w.ctx); !errors.Is(err, live.ErrStopping) {
				t.Error(err)
			}
		})
	}
	stop()
	wg.Wait()
	_, err := w.hub.Subscribe(t.Context(), nil)
	var ended *live.Ended
	if !errors.Is(err, live.ErrStopping) || !errors.As(err, &ended) || ended.ErrorCode() != terms.Unavailable {
		t.Errorf("subscribing to a hub that has stopped: %v", err)
	}
}

func TestAHubThatNeverBeganAnswersStopping(t *testing.T) {
	s := storetest.SQLite(t) // without a head
	w := &world{t: t, store: s, hub: live.NewHub(journal.NewReader(s, nil), live.Options{})}
	if latest := w.hub.Latest(); latest != "" {
		t.Errorf("latest %q", latest)
	}
	w.runHub()()
	if _, err := w.hub.Subscribe(t.Context(), nil); !errors.Is(err, live.ErrStopping) {
		t.Error(err)
	}
}

func TestTheHubOutlivesADatabaseThatIsAway(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t), live.Options{Poll: time.Millisecond})
	w.runHub()
	sub := w.subscribe(nil)
	w.append(1)
	w.number()
	w.next(sub, 1)
	for _, statement := range []string{"ALTER TABLE journal_positions RENAME TO away", "ALTER TABLE away RENAME TO journal_positions"} {
		if _, err := w.store.SQL().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
		w.hub.Nudge()
	}
	w.append(1)
	w.number()
	w.next(sub, 2)
}

func TestAfterARestartTheRingAnswersThoseWhoComeBack(t *testing.T) {
	var statements atomic.Int64
	w := newWorld(t, storetest.Observed(t, func(string) { statements.Add(1) }), live.Options{Poll: time.Hour})
	w.append(300)
	w.number()
	after := w.id(200)
	w.runHub()
	w.subscribe(nil)
	statements.Store(0)
	for range 50 {
		sub := w.subscribe(after)
		for want := journal.Position(201); want <= 300; want++ {
			w.next(sub, want)
		}
	}
	if n := statements.Load(); n != 0 {
		t.Errorf("%d statements", n)
	}
}

func TestThoseWhoCatchUpTogetherShareStatements(t *testing.T) {
	var statements atomic.Int64
	w := newWorld(t, storetest.Observed(t, func(string) { statements.Add(1) }), live.Options{Poll: time.Hour, Ring: 8})
	w.append(1000)
	w.number()
	w.runHub()
	var subs []*live.Subscription
	for range 100 {
		subs = append(subs, w.subscribe(w.id(0)))
	}
	statements.Store(0)
	var wg sync.WaitGroup
	for _, sub := range subs {
		wg.Go(func() {
			for range 1000 {
				if _, err := sub.Next(w.ctx); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if n := statements.Load(); n != 2*8 {
		t.Errorf("%d statements for 8 pages of two", n)
	}
}
