package live_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/registrycase"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/live"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// gate holds each transaction just before its end until every other that can
// get there has come, and then lets them go one by one at random: so commits
// are as late and as much out of order as locks allow, without a clock.
type gate struct {
	mu      sync.Mutex
	random  *rand.Rand
	begun   map[terms.ID]int // by lock: transactions that have begun and not ended
	waiting []chan struct{}
}

func (g *gate) begin(lock terms.ID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.begun[lock]++
}

func (g *gate) wait() {
	g.mu.Lock()
	mine := make(chan struct{})
	g.waiting = append(g.waiting, mine)
	g.release()
	g.mu.Unlock()
	<-mine
}

func (g *gate) end(lock terms.ID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.begun[lock]--; g.begun[lock] == 0 {
		delete(g.begun, lock)
	}
	g.release()
}

// release lets one go if one waits under every lock that is wanted.
func (g *gate) release() {
	if len(g.waiting) == 0 || len(g.waiting) < len(g.begun) {
		return
	}
	i := g.random.IntN(len(g.waiting))
	close(g.waiting[i])
	g.waiting = append(g.waiting[:i], g.waiting[i+1:]...)
}

// deed is one transaction of a writer.
type deed struct {
	lock     terms.ID
	entries  int
	rollBack bool
}

// place is where a record stands within its case.
type place struct {
	lock           terms.ID
	sequence, step int64
}

func (p place) before(q place) bool {
	return p.sequence < q.sequence || p.sequence == q.sequence && p.step < q.step
}

var errRollBack = errors.New("rolled back on purpose")

// do takes the case's lock and appends, as every room does. The ids are made
// before the lock is taken, so they say nothing about the order.
func do(s *store.Store, g *gate, d deed) (map[terms.ID]place, error) {
	ids := make([]terms.ID, d.entries)
	for i := range ids {
		ids[len(ids)-1-i] = terms.NewID(terms.JournalRecordPrefix)
	}
	lock := d.lock
	if s.Dialect == "sqlite3" {
		lock = "the one writer"
	}
	g.begin(lock)
	defer g.end(lock)
	var done map[terms.ID]place
	err := s.Tx(access.As(context.Background(), "test"), func(ctx context.Context, tx *ent.Tx) error {
		done = map[terms.ID]place{}
		if _, err := tx.RegistryCase.Update().Where(registrycase.ID(d.lock)).AddNextSequence(1).Save(ctx); err != nil {
			return err
		}
		row, err := tx.RegistryCase.Get(ctx, d.lock)
		if err != nil {
			return err
		}
		entries := make([]journal.Entry, d.entries)
		for i, id := range ids {
			at := place{d.lock, row.NextSequence, int64(i)}
			done[id] = at
			entries[i] = journal.Entry{ID: id, Kind: terms.ActivityRecorded, Case: at.lock, Sequence: at.sequence, Step: at.step, Actor: "test", At: noon}
		}
		if err := journal.Append(ctx, tx, entries...); err != nil {
			return err
		}
		g.wait()
		if d.rollBack {
			return errRollBack
		}
		return nil
	})
	if errors.Is(err, errRollBack) {
		return nil, nil
	}
	return done, err
}

// processes are two processes on one database, each with its own sequencer,
// and a hub in the first.
type processes struct {
	stores [2]*store.Store
	cases  []terms.ID
}

func newProcesses(t *testing.T, url string) *processes {
	t.Helper()
	p := &processes{}
	for i := range p.stores {
		s, err := store.Open(t.Context(), store.Options{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		p.stores[i] = s
	}
	if _, err := p.stores[0].Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := journal.EnsureHead(t.Context(), p.stores[0]); err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		row, err := p.stores[0].Client.RegistryCase.Create().
			SetDocket(terms.Docket(fmt.Sprintf("HHDFA26000000%dS", i))).SetCourtCode("HHD").
			SetOpenedAt(noon).SetLastRecordedAt(noon).SetLatestActivityAt(noon).SetHearingSort(noon).
			SetRespondentFirstName("A").SetRespondentLastName("B").SetRespondentKey("b a").
			SetServiceStatus("").Save(access.As(t.Context(), "test"))
		if err != nil {
			t.Fatal(err)
		}
		p.cases = append(p.cases, row.ID)
	}
	return p
}

func TestJournalOrderUnderDelayedCommits(t *testing.T) {
	for name, url := range map[string]func(*testing.T) string{
		"SQLite":  func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "sts.db") },
		"MariaDB": func(t *testing.T) string { return storetest.MySQLURL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			p := newProcesses(t, url(t))
			rapid.Check(t, p.keepOrder)
		})
	}
}

func (p *processes) keepOrder(t *rapid.T) {
	ctx, stop := context.WithTimeout(context.Background(), 30*time.Second)
	defer stop()
	reader := journal.NewReader(p.stores[0], nil)
	_, start, err := reader.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}

	// Workers: they go on until ctx ends.
	hub := live.NewHub(reader, live.Options{Ring: rapid.IntRange(1, 40).Draw(t, "ring")})
	var workers sync.WaitGroup
	defer workers.Wait()
	defer stop()
	workers.Go(func() { _ = hub.Run(ctx) }) // answers nil
	var sequencers [2]*journal.Sequencer
	for i, s := range p.stores {
		q := journal.NewSequencer(s, journal.SequencerOptions{Poll: time.Millisecond, Batch: rapid.IntRange(1, 7).Draw(t, "batch")})
		q.OnNumbered(hub.Nudge)
		workers.Go(func() { _ = q.Run(ctx) })
		sequencers[i] = q
	}
	sub, err := hub.Subscribe(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Close()
	seen := make(chan journal.Item)
	workers.Go(func() {
		defer close(seen)
		for {
			item, err := sub.Next(ctx)
			if err != nil {
				return
			}
			select {
			case seen <- item:
			case <-ctx.Done():
				return
			}
		}
	})

	// Writers.
	g := &gate{begun: map[terms.ID]int{}, random: rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "commit order"), 0))}
	deeds := rapid.Custom(func(t *rapid.T) deed {
		return deed{rapid.SampledFrom(p.cases).Draw(t, "case"), rapid.IntRange(1, 3).Draw(t, "entries"), rapid.IntRange(0, 5).Draw(t, "roll back") == 0}
	})
	work := rapid.SliceOfN(rapid.SliceOfN(deeds, 1, 4), 2, 6).Draw(t, "writers")
	var mu sync.Mutex
	committed, failed := map[terms.ID]place{}, []error{}
	var writers sync.WaitGroup
	for i, list := range work {
		writers.Go(func() {
			for _, d := range list {
				done, err := do(p.stores[i%2], g, d)
				mu.Lock()
				for id, at := range done {
					committed[id] = at
				}
				if err != nil {
					failed = append(failed, err)
				}
				mu.Unlock()
				sequencers[i%2].Nudge()
			}
		})
	}
	written := make(chan struct{})
	go func() { writers.Wait(); close(written) }()

	var got []journal.Item
	for more := true; more; {
		select {
		case item := <-seen:
			got = append(got, item)
		case <-written:
			more = false
		}
	}
	if err := errors.Join(failed...); err != nil {
		t.Fatal(err)
	}
	for len(got) < len(committed) {
		item, ok := <-seen
		if !ok {
			t.Fatalf("the subscriber saw %d of %d records", len(got), len(committed))
		}
		got = append(got, item)
	}
	p.judge(ctx, t, start, committed, got, reader)
}

func (p *processes) judge(ctx context.Context, t *rapid.T, start journal.Position, committed map[terms.ID]place, got []journal.Item, reader *journal.Reader) {
	items, err := reader.Read(ctx, start, len(committed)+10) // itself refuses a gap
	if err != nil {
		t.Fatal(err)
	}
	if n, err := reader.Unnumbered(ctx); n != 0 || err != nil {
		t.Fatalf("%d stay unnumbered: %v", n, err)
	}
	if len(items) != len(committed) || len(got) != len(items) {
		t.Fatalf("%d committed, %d numbered, %d seen by the subscriber", len(committed), len(items), len(got))
	}
	last, numbered := map[terms.ID]place{}, map[terms.ID]bool{}
	var order strings.Builder
	for i, item := range items {
		id := item.Record.ID
		at, known := committed[id]
		fmt.Fprintf(&order, "%d: %v\n", item.Position, at)
		if !known || numbered[id] {
			t.Fatalf("position %d: record %s was never committed, or numbered before", item.Position, id)
		}
		if before, ok := last[at.lock]; ok && !before.before(at) {
			t.Fatalf("order within a case is broken:\n%s", order.String())
		}
		if got[i].Position != item.Position || got[i].Record.ID != id {
			t.Fatalf("at position %d the subscriber saw %d, %s", item.Position, got[i].Position, got[i].Record.ID)
		}
		last[at.lock], numbered[id] = at, true
	}
}
