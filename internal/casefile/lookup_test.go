package casefile_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/intake/intaketest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
)

// running runs the writer until the test ends or stop is called.
func running(t *testing.T, l *casefile.LookUps) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// §4(c): an officer opens a case by its docket number; the row of it is
// committed before the answer leaves (C.G.S. §51-5c).
func TestLookUps(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := intaketest.New(t, s)
		id := w.OpenCase(feed.Daybook{DocketNumber: intaketest.Docket})
		l := casefile.NewLookUps(s)
		stop := running(t, l)
		count := func() int { return s.Client.CaseLookUp.Query().CountX(w.System()) }
		v := w.As("officer1")
		if err := l.Open(t.Context(), v, intaketest.Docket); err != nil {
			t.Fatal(err)
		}
		row := s.Client.CaseLookUp.Query().OnlyX(w.System())
		if row.CaseID != id || row.AccountID != v.Account || !row.LookedUpAt.Equal(v.At) {
			t.Errorf("row: %v", row)
		}
		for _, name := range []string{"registry1", "manager1", "supervisor1", "court1", "analyst1"} {
			if err := l.Open(t.Context(), w.As(name), intaketest.Docket); err != nil || count() != 1 {
				t.Errorf("%s leaves a trace: %v", name, err)
			}
		}
		if err := l.Open(t.Context(), nil, intaketest.Docket); err != nil || count() != 1 {
			t.Errorf("nobody leaves a trace: %v", err)
		}
		if err := l.Open(t.Context(), v, "HHDFA260000000S"); err != nil || count() != 1 {
			t.Errorf("an unknown docket leaves a trace: %v", err)
		}
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		if err := l.Open(cancelled, v, intaketest.Docket); err == nil {
			t.Error("an answer to a request that has ended")
		}
		stop()
		before := count()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // so that waiting for ever fails
		defer cancel()
		for range 100 { // more than the queue holds
			if err := l.Open(ctx, v, intaketest.Docket); err == nil || errors.Is(err, context.DeadlineExceeded) {
				t.Fatal("waiting for ever, or an answer without a trace, after the writer has stopped:", err)
			}
		}
		if count() != before {
			t.Error("written after the stop")
		}
	})
}

// Many at once share commits: at most fifty rows each.
func TestLookUpsAreCommittedInGroups(t *testing.T) {
	var mu sync.Mutex
	var sizes []int
	s := storetest.Observed(t, func(statement string) {
		if strings.HasPrefix(statement, "INSERT INTO `case_look_ups`") {
			mu.Lock()
			defer mu.Unlock()
			sizes = append(sizes, strings.Count(statement, "("+"?"))
		}
	})
	w := intaketest.New(t, s)
	w.OpenCase(feed.Daybook{DocketNumber: intaketest.Docket})
	l := casefile.NewLookUps(s)
	running(t, l)
	v := w.As("officer1")
	const n = 400
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if err := l.Open(t.Context(), v, intaketest.Docket); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	total := 0
	for _, size := range sizes {
		if total += size; size > 50 {
			t.Errorf("%d rows in one commit", size)
		}
	}
	if total != n || len(sizes) > n/5 {
		t.Errorf("%d rows in %d commits", total, len(sizes))
	}
}

// Whoever waits when the writer stops is answered: written, or refused.
func TestStoppingAnswersWhoeverWaits(t *testing.T) {
	w := intaketest.New(t, storetest.SQLite(t))
	w.OpenCase(feed.Daybook{DocketNumber: intaketest.Docket})
	l := casefile.NewLookUps(w.Store)
	stop := running(t, l)
	v := w.As("officer1")
	var wg sync.WaitGroup
	var mu sync.Mutex
	kept := 0
	for range 200 {
		wg.Go(func() {
			if err := l.Open(t.Context(), v, intaketest.Docket); err == nil {
				mu.Lock()
				kept++
				mu.Unlock()
			}
		})
	}
	stop()
	wg.Wait()
	if n := w.Store.Client.CaseLookUp.Query().CountX(w.System()); n != kept {
		t.Errorf("%d rows, but %d were told that theirs is kept", n, kept)
	}
}
