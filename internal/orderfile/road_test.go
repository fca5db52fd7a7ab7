package orderfile_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/deliveryattempt"
	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/intake/intaketest"
	"github.com/service-tracking/sts/internal/orderfile"
	"github.com/service-tracking/sts/internal/recording/recordingtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

const docket = intaketest.Docket

// wake is a log that nobody reads, but that wakes who waits.
type wake func()

func (w wake) Write(p []byte) (int, error) {
	w()
	return len(p), nil
}

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// road is the whole way from a recorded service to both files: a database, the
// dispatcher, the client, and a switch. Time stands still until it is moved.
type road struct {
	*recordingtest.World
	switchAt  string
	simulator *orderfile.Simulator
	dir       string
	options   delivery.Options
	log       *slog.Logger
	// accept is how long A may take.
	accept time.Duration
	// around wraps the channel of the next process.
	around func(delivery.Channel) delivery.Channel
	// deaf: the next process takes no answer.
	deaf bool

	mu      sync.Mutex
	changed chan struct{}
}

// newRoad has one case with one order, and a simulator.
func newRoad(t *testing.T, s *store.Store) *road {
	t.Helper()
	r := newWorld(t, s)
	r.dir = t.TempDir()
	var err error
	r.simulator, err = orderfile.Start(t.Context(), orderfile.SimulatorOptions{Dir: r.dir, Clock: r.Clock.Now, Log: quiet})
	r.check(err)
	t.Cleanup(func() {
		if err := r.simulator.Close(); err != nil {
			t.Error(err)
		}
	})
	r.switchAt = r.simulator.Addr().String()
	return r
}

func newWorld(t *testing.T, s *store.Store) *road {
	r := &road{World: recordingtest.New(t, s), changed: make(chan struct{}), accept: 10 * time.Second}
	r.log = slog.New(slog.NewTextHandler(wake(r.beat), nil))
	r.around = func(c delivery.Channel) delivery.Channel { return c }
	r.options = delivery.Options{
		Clock: r.Clock.Now, OnCommit: r.beat, Poll: 5 * time.Millisecond, Log: quiet, Grace: time.Millisecond,
	}
	r.OpenCase(feed.Daybook{DocketNumber: docket, RespondentFirstName: "Jon", RespondentLastName: "Roe"})
	return r
}

func (r *road) check(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// order is the registry's row; the file holds the name in its spelling.
func (r *road) order(change func(*feed.Registry)) {
	r.Helper()
	row := feed.Registry{
		DocketNumber: docket, OrderNumber: "PO-1", StateFileNumber: "S1001",
		RespondentFirstName: "José", RespondentLastName: "Núñez", RespondentHome: feed.Address{Town: "Avon"},
	}
	if change != nil {
		change(&row)
	}
	r.Registry(row)
}

// serve records a service at noon, ten minutes later, and answers its updates.
func (r *road) serve() (state, national *ent.Delivery) {
	r.Helper()
	r.Clock.Advance(10 * time.Minute)
	return r.serveAt(intaketest.Noon)
}

func (r *road) serveAt(executed time.Time) (state, national *ent.Delivery) {
	r.Helper()
	in := r.Service(docket, executed)
	in.Confirm = []terms.Confirmation{terms.ConfirmAlreadyServed, terms.ConfirmBeforeCaseExisted}
	for _, d := range r.Deliveries(r.Serve(in).Activity.ID) {
		switch d.RecipientKind {
		case terms.ToStateFile:
			state = d
		case terms.ToNationalFile:
			national = d
		}
	}
	return state, national
}

func (r *road) beat() {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.changed)
	r.changed = make(chan struct{})
}

// await waits until the condition holds, looking again after each commit.
func (r *road) await(what string, condition func() bool) {
	r.Helper()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	for {
		r.mu.Lock()
		changed := r.changed
		r.mu.Unlock()
		if condition() {
			return
		}
		select {
		case <-changed:
		case <-deadline.C:
			r.Fatalf("waited in vain until %s\n%s", what, r.evidence())
		}
	}
}

func (r *road) get(d *ent.Delivery) *ent.Delivery {
	r.Helper()
	now, err := r.Store.Client.Delivery.Get(r.System(), d.ID)
	r.check(err)
	return now
}

func (r *road) awaits(d *ent.Delivery, state terms.DeliveryState) {
	r.Helper()
	r.await(fmt.Sprintf("the %s is %s", d.RecipientKind, state), func() bool { return r.get(d).State == state })
}

func (r *road) is(d *ent.Delivery, state terms.DeliveryState) {
	r.Helper()
	if now := r.get(d); now.State != state {
		r.Fatalf("the %s is %s, want %s\n%s", d.RecipientKind, now.State, state, r.evidence())
	}
}

// pass lets time pass for the delivery, from one look at it to the next, until
// the condition holds.
func (r *road) pass(d *ent.Delivery, what string, condition func() bool) {
	r.Helper()
	r.await(what, func() bool {
		if condition() {
			return true
		}
		switch now := r.get(d); now.State {
		case terms.Retrying, terms.Unknown, terms.Confirmed:
			if wait := now.NextAt.Sub(r.Clock.Now()); wait > 0 && wait < 24*time.Hour {
				r.Clock.Advance(wait)
			}
		}
		return false
	})
}

// ends lets time pass until the delivery is in the state.
func (r *road) ends(d *ent.Delivery, state terms.DeliveryState) {
	r.Helper()
	r.pass(d, fmt.Sprintf("the %s is %s", d.RecipientKind, state), func() bool { return r.get(d).State == state })
}

// staysUnknown lets time pass until the files have been asked several times.
func (r *road) staysUnknown(d *ent.Delivery) {
	r.Helper()
	begun := r.read(".ZPO.")
	r.pass(d, "the files are asked", func() bool { return r.read(".ZPO.") >= begun+5 })
	r.is(d, terms.Unknown)
}

func (r *road) attempts(d *ent.Delivery) []*ent.DeliveryAttempt {
	r.Helper()
	all, err := r.Store.Client.DeliveryAttempt.Query().Where(deliveryattempt.DeliveryID(d.ID)).
		Order(deliveryattempt.ByNumber()).All(r.System())
	r.check(err)
	return all
}

func (r *road) evidence() (text string) {
	all, err := r.Store.Client.Delivery.Query().All(r.System())
	r.check(err)
	for _, d := range all {
		text += fmt.Sprintf("%s %s\n", d.RecipientKind, d.State)
		for _, a := range r.attempts(d) {
			text += fmt.Sprintf("  %d %s: %s\n", a.Number, a.Outcome, a.Detail)
		}
	}
	return text
}

// lines are the changes of a file. There must be n.
func (r *road) lines(file orderfile.File, n int) []orderfile.Change {
	r.Helper()
	all, err := orderfile.ReadChanges(r.dir, file)
	r.check(err)
	if len(all) != n {
		r.Fatalf("the %s file was changed %d times, want %d: %+v\n%s", file, len(all), n, all, r.evidence())
	}
	return all
}

// read counts the messages with the key that the switch read.
func (r *road) read(key string) (n int) {
	for _, line := range r.simulator.Journal() {
		if line.Direction == "in" && line.Type == "M" && strings.Contains(line.Body, key) {
			n++
		}
	}
	return n
}

func (r *road) updates() int { return r.read(".MPO.") + r.read(".MTO.") }

// process is a running sts, as far as it concerns the files.
type process struct {
	client     *orderfile.Client
	dispatcher *delivery.Dispatcher
	kill       func() // it claims, sends and takes nothing any more
}

// start runs a process until it is stopped or the test ends.
func (r *road) start() *process {
	r.Helper()
	link := orderfile.NewTCPLink(orderfile.LinkOptions{
		Dial: func(ctx context.Context) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", r.switchAt)
		},
		User: "STSDISP", AcceptTimeout: r.accept, Log: r.log,
		Backoff: func(int) time.Duration { return time.Millisecond },
	})
	profile := orderfile.DefaultProfile()
	p := &process{client: orderfile.NewClient(link, orderfile.ClientOptions{Profile: profile, Log: r.log})}
	channel := orderfile.NewChannel(p.client, delivery.NewLedger(r.Store, r.options), r.Store.Client, orderfile.ChannelOptions{
		Profile: profile, ORI: "CT018015J", Clock: r.Clock.Now, Log: r.log,
	})
	if r.deaf {
		p.client.OnAnswer(func(ctx context.Context, _ orderfile.Answer) error {
			<-ctx.Done()
			return ctx.Err()
		})
	}
	o := r.options
	o.Channels = []delivery.Channel{r.around(channel)}
	p.dispatcher = delivery.New(r.Store, o)
	endDispatcher, stopDispatcher := run(p.dispatcher.Run)
	_, stopClient := run(p.client.Run)
	killed := false
	p.kill = func() {
		killed = true
		endDispatcher()
		r.check(stopClient())
	}
	r.Cleanup(func() {
		if err := errors.Join(stopDispatcher(), stopClient()); err != nil && !killed {
			r.Error(err)
		}
	})
	return p
}

// run runs a loop. End lets it end, stop waits until it has.
func run(loop func(context.Context) error) (end func(), stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- loop(ctx) }()
	return cancel, sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
}
