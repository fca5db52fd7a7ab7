package delivery

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

var errKilled = errors.New("killed")

// Kill the process between any two lines, and each notice still arrives once;
// what was sent a second time, the ledger says why (§3(d)).
func TestKilledAnywhere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, step := range []string{"claimed", "called", "recording", "recorded"} {
			for _, nth := range []int{1, 3} {
				t.Run(fmt.Sprintf("at %s, time %d", step, nth), func(t *testing.T) {
					c := newPost(terms.ChannelSpool)
					w := newWorld(t, s, c)
					w.o.Batch = 2
					all := w.notices(7)
					killedAt(w, step, nth)
					w.advance(w.ledger.o.Lease + time.Second)
					w.awaitAll(w.start(), terms.Confirmed, all...)
					for _, x := range all {
						if n := c.count(x); n != 1 {
							t.Errorf("it arrived %d times:\n%s", n, w.evidence(x))
						}
						if n := c.rendered[x.ID]; n != 1 && w.get(x.ID).AttemptCount > 1 {
							t.Errorf("it was rendered %d times", n)
						}
						attempts := w.attempts(x)
						for _, a := range attempts[:len(attempts)-1] {
							if a.Outcome != terms.AttemptNotSent || a.Detail == "" {
								t.Errorf("it was sent again though attempt %d is %s: %q", a.Number, a.Outcome, a.Detail)
							}
						}
					}
				})
			}
		}
	})
}

// The database is away when the result comes: nothing is lost or sent again.
func TestAResultIsRecordedWhenTheDatabaseIsBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newPost(terms.ChannelSpool)
		w := newWorld(t, s, c)
		w.o.Log = slog.New(slog.DiscardHandler) // it complains, rightly
		sql := func(statement string) {
			if _, err := s.SQL().ExecContext(w.ctx, statement); err != nil {
				t.Error(err)
			}
		}
		all := w.notices(3)
		d := New(s, w.o)
		tries := 0
		d.at = func(step string) error {
			if step == "recording" {
				switch tries++; tries {
				case 1:
					sql("ALTER TABLE delivery_attempts RENAME TO away")
				case 2:
					sql("ALTER TABLE away RENAME TO delivery_attempts")
				}
			}
			return nil
		}
		w.run(d)
		w.awaitState(terms.Confirmed, all...)
		for _, x := range all {
			if c.count(x) != 1 {
				t.Errorf("it arrived %d times:\n%s", c.count(x), w.evidence(x))
			}
			w.tells(x, terms.Confirmed)
		}
	})
}

// killedAt runs a dispatcher that dies at the nth time that it comes to a step.
func killedAt(w *world, step string, nth int) {
	w.Helper()
	d := New(w.s, w.o)
	var mu sync.Mutex
	d.at = func(name string) error {
		mu.Lock()
		defer mu.Unlock()
		if name == step {
			nth--
		}
		if nth <= 0 {
			return errKilled
		}
		return nil
	}
	dead := make(chan error, 1)
	go func() { dead <- d.Run(w.ctx) }()
	if err := <-dead; !errors.Is(err, errKilled) {
		w.Fatalf("the dispatcher ended with %v", err)
	}
}
