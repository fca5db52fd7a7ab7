package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/deliveryattempt"
	"github.com/service-tracking/sts/ent/journalrecord"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a database with its clock, and a pulse that tells when something
// happened, so that no test sleeps.
type world struct {
	testing.TB
	s      *store.Store
	ledger *Ledger
	o      Options
	pulse  *pulse
	ctx    context.Context

	mu sync.Mutex
	at time.Time
}

var sequence atomic.Int64

var evening = time.Date(2026, 11, 25, 2, 40, 0, 0, time.UTC) // 9:40 p.m. in Hartford

func newWorld(t testing.TB, s *store.Store, channels ...Channel) *world {
	w := &world{TB: t, s: s, at: evening, pulse: newPulse(), ctx: access.As(context.Background(), "test")}
	w.o = Options{
		Channels: channels, Clock: w.now, OnCommit: w.pulse.beat, Poll: time.Hour, // nudged only
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	}
	w.ledger = NewLedger(s, w.o)
	return w
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *world) advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

// check ends the test if err is one.
func (w *world) check(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) newCase() terms.ID {
	w.Helper()
	docket, err := terms.ParseDocket(fmt.Sprintf("HHD-FA-26-%07d-S", 5000000+sequence.Add(1)))
	w.check(err)
	c, err := w.s.Client.RegistryCase.Create().SetDocket(docket).SetCourtCode("HHD").SetOpenedAt(evening).
		SetLastRecordedAt(evening).SetRespondentFirstName("Jose").SetRespondentLastName("Nunez").SetRespondentKey("nunez jose").
		SetHearingSort(Never).SetServiceStatus(terms.StatusServed).SetLatestActivityAt(evening).Save(w.ctx)
	w.check(err)
	return c.ID
}

// service is the common part of the plans of one service.
func (w *world) service(c terms.ID) Plan {
	return Plan{Case: c, Activity: terms.NewID(terms.ActivityPrefix), Sequence: sequence.Add(1)}
}

func (p Plan) to(r terms.RecipientKind, key string) Plan {
	p.Recipient, p.Key = r, key
	if r == terms.ToAgency {
		p.Reasons = []terms.NoticeReason{terms.RespondentHome}
	}
	return p
}

func (w *world) tx(fn func(ctx context.Context, tx *ent.Tx) error) {
	w.Helper()
	w.check(w.s.Tx(w.ctx, fn))
}

func (w *world) add(plans ...Plan) (added []*ent.Delivery) {
	w.Helper()
	w.tx(func(ctx context.Context, tx *ent.Tx) (err error) {
		added, err = w.ledger.Add(ctx, tx, w.now(), plans...)
		return err
	})
	return added
}

// notices plans n notices, each to an agency of its own.
func (w *world) notices(n int) []*ent.Delivery {
	w.Helper()
	p := w.service(w.newCase())
	var plans []Plan
	for range n {
		plans = append(plans, p.to(terms.ToAgency, string(terms.NewID(terms.AgencyPrefix))))
	}
	return w.add(plans...)
}

// files plans the updates of one order's record in both files.
func (w *world) files(c terms.ID) (state, national *ent.Delivery) {
	w.Helper()
	p := w.service(c)
	added := w.add(p.to(terms.ToStateFile, "P1"), p.to(terms.ToNationalFile, "P1"))
	return added[0], added[1]
}

func (w *world) get(id terms.ID) *ent.Delivery {
	w.Helper()
	d, err := w.s.Client.Delivery.Get(w.ctx, id)
	w.check(err)
	return d
}

func (w *world) is(d *ent.Delivery, state terms.DeliveryState) *ent.Delivery {
	w.Helper()
	now := w.get(d.ID)
	if now.State != state {
		w.Fatalf("delivery to %s is %s, want %s; attempts:\n%s", d.RecipientKind, now.State, state, w.evidence(d))
	}
	return now
}

func (w *world) attempts(d *ent.Delivery) []*ent.DeliveryAttempt {
	w.Helper()
	all, err := w.s.Client.DeliveryAttempt.Query().Where(deliveryattempt.DeliveryID(d.ID)).Order(deliveryattempt.ByNumber()).All(w.ctx)
	w.check(err)
	return all
}

func (w *world) evidence(d *ent.Delivery) (text string) {
	for _, a := range w.attempts(d) {
		text += fmt.Sprintf("%d %s: %s\n", a.Number, a.Outcome, a.Detail)
	}
	return text
}

// story is the states of a delivery as the journal tells them.
func (w *world) story(d *ent.Delivery) (states []terms.DeliveryState) {
	w.Helper()
	records, err := w.s.Client.JournalRecord.Query().
		Where(journalrecord.AboutID(d.ID), journalrecord.KindEQ(terms.DeliveryChanged)).All(w.ctx)
	w.check(err)
	steps := map[terms.ID]int64{}
	for _, r := range records {
		p, err := w.s.Client.JournalPending.Get(w.ctx, r.ID)
		w.check(err)
		if p.Sequence != d.Sequence {
			w.Fatalf("a record stands behind sequence %d, want %d", p.Sequence, d.Sequence)
		}
		steps[r.ID] = p.Step
	}
	slices.SortFunc(records, func(a, b *ent.JournalRecord) int { return int(steps[a.ID] - steps[b.ID]) })
	for _, r := range records {
		var facts changed
		w.check(json.Unmarshal(r.Facts, &facts))
		states = append(states, facts.State)
	}
	return states
}

func (w *world) tells(d *ent.Delivery, states ...terms.DeliveryState) {
	w.Helper()
	if got := w.story(d); !slices.Equal(got, states) {
		w.Fatalf("the journal tells %v, want %v", got, states)
	}
}

// count answers how many deliveries are in the state.
func (w *world) count(state terms.DeliveryState) int {
	n, err := w.s.Client.Delivery.Query().Where(delivery.StateEQ(state)).Count(w.ctx)
	w.check(err)
	return n
}

// await waits until the condition holds, looking again after each pulse.
func (w *world) await(what string, condition func() bool) {
	w.Helper()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	for {
		next := w.pulse.next()
		if condition() {
			return
		}
		select {
		case <-next:
		case <-deadline.C:
			w.Fatalf("waited in vain until %s", what)
		}
	}
}

// pass lets time pass for the dispatcher until the condition holds.
func (w *world) pass(d *Dispatcher, step time.Duration, what string, condition func() bool) {
	w.Helper()
	w.await(what, func() bool {
		if condition() {
			return true
		}
		if d.open.Load() == 0 {
			w.advance(step)
			d.Nudge()
		}
		return false
	})
}

func (w *world) allAre(state terms.DeliveryState, all ...*ent.Delivery) func() bool {
	return func() bool {
		return !slices.ContainsFunc(all, func(d *ent.Delivery) bool { return w.get(d.ID).State != state })
	}
}

// awaitAll lets time pass until all are in the state.
func (w *world) awaitAll(d *Dispatcher, state terms.DeliveryState, all ...*ent.Delivery) {
	w.Helper()
	w.pass(d, time.Second, "all are "+string(state), w.allAre(state, all...))
}

// awaitState waits without letting time pass.
func (w *world) awaitState(state terms.DeliveryState, all ...*ent.Delivery) {
	w.Helper()
	w.await("all are "+string(state), w.allAre(state, all...))
}

// run runs a dispatcher until the test or stop ends it.
func (w *world) run(d *Dispatcher) (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		err := d.Run(ctx)
		ended <- err
		w.pulse.beat()
	}()
	stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	w.Cleanup(func() {
		if err := stop(); err != nil && !errors.Is(err, errKilled) {
			w.Error(err)
		}
	})
	return stop
}

func (w *world) start() *Dispatcher {
	d := New(w.s, w.o)
	d.at = func(string) error {
		w.pulse.beat()
		return nil
	}
	w.run(d)
	return d
}

// pulse tells everybody who waits that something happened.
type pulse struct {
	mu sync.Mutex
	ch chan struct{}
}

func newPulse() *pulse { return &pulse{ch: make(chan struct{})} }

func (p *pulse) beat() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.ch)
	p.ch = make(chan struct{})
}

func (p *pulse) next() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ch
}
