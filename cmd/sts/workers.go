package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/config"
	"github.com/service-tracking/sts/internal/deadline"
	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/lawenforcement"
	"github.com/service-tracking/sts/internal/live"
	"github.com/service-tracking/sts/internal/orderfile"
	"github.com/service-tracking/sts/internal/server"
	"github.com/service-tracking/sts/internal/terms"
)

func spoolDir(c *config.Config) string     { return filepath.Join(c.Data, "spool", "notices") }
func reminderDir(c *config.Config) string  { return filepath.Join(c.Data, "spool", "reminders") }
func simulatorDir(c *config.Config) string { return filepath.Join(c.Data, "orderfile-simulator") }

// workers are what runs beside the requests.
type workers struct {
	log        *slog.Logger
	system     *system
	sequencer  *journal.Sequencer
	reader     *journal.Reader
	hub        *live.Hub
	lookUps    *casefile.LookUps
	dispatcher *delivery.Dispatcher
	sweeper    *deadline.Sweeper
	spools     []*lawenforcement.Spool
	// toAgencies are the channels by which notices can go.
	toAgencies []terms.ChannelKind
	simulator  *orderfile.Simulator
	client     *orderfile.Client

	// reloadEvery is how old the reference tables in memory may be. Courts,
	// officers and agencies are changed by another process (sts import) or
	// another instance, which cannot tell this one.
	reloadEvery time.Duration

	failed chan error
	hubUp  *worker
	// In the order in which they are stopped.
	running []*worker
}

// worker is one loop, with what ends it.
type worker struct {
	name   string
	cancel context.CancelFunc
	done   chan struct{}
	err    error
}

func newWorkers(log *slog.Logger) *workers {
	return &workers{log: log, reloadEvery: time.Minute, failed: make(chan error, 8)}
}

// nudge wakes those who work off what was just committed. Before the workers
// are built there is nobody to wake.
func (w *workers) nudge() {
	if w.sequencer != nil {
		w.sequencer.Nudge()
	}
	if w.dispatcher != nil {
		w.dispatcher.Nudge()
	}
}

// build makes the workers; nothing runs yet but the simulator.
func (w *workers) build(ctx context.Context, s *system) error {
	w.system = s
	w.sequencer = journal.NewSequencer(s.store, journal.SequencerOptions{Log: s.log, Clock: s.clock})
	w.reader = journal.NewReader(s.store, s.clock)
	w.hub = live.NewHub(w.reader, live.Options{Log: s.log, Clock: s.clock})
	w.sequencer.OnNumbered(w.hub.Nudge)
	w.lookUps = casefile.NewLookUps(s.store)

	w.sweeper = deadline.NewSweeper(s.store, s.ledger, deadline.Options{
		Rules: s.deadlines(), LookBack: s.config.LookBack,
		Clock: s.clock, Log: s.log, OnCommit: s.delivery.OnCommit,
	})
	spool, err := w.openSpools(s)
	if err != nil {
		return err
	}
	address := s.config.Switch
	if address == "" {
		w.simulator, err = orderfile.Start(context.WithoutCancel(ctx), orderfile.SimulatorOptions{
			Dir: simulatorDir(s.config), TimeTag: s.config.TimeTag, Log: s.log, Clock: s.clock,
		})
		if err != nil {
			return err
		}
		address = w.simulator.Addr().String()
	}
	profile := orderfile.DefaultProfile()
	profile.User, profile.TimeTag = s.config.SwitchUser, s.config.TimeTag
	link := orderfile.NewTCPLink(orderfile.LinkOptions{
		Dial: func(ctx context.Context) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", address)
		},
		User: profile.User, Log: s.log,
	})
	w.client = orderfile.NewClient(link, orderfile.ClientOptions{Profile: profile, Log: s.log})
	options := s.delivery
	toAgencies := []delivery.Channel{spool}
	for _, c := range toAgencies {
		w.toAgencies = append(w.toAgencies, c.Kind())
	}
	options.Channels = append(toAgencies,
		orderfile.NewChannel(w.client, s.ledger, s.store.Client, orderfile.ChannelOptions{Profile: profile, ORI: s.config.SwitchORI, Clock: s.clock, Log: s.log}))
	w.dispatcher = delivery.New(s.store, options)
	return nil
}

// openSpools makes the channel whose files other systems take: notices to
// agencies (§3(d)), and reminders to accounts.
func (w *workers) openSpools(s *system) (delivery.Channel, error) {
	notices, err := lawenforcement.OpenSpool(spoolDir(s.config))
	if err != nil {
		return nil, err
	}
	reminders, err := lawenforcement.OpenTextSpool(reminderDir(s.config))
	if err != nil {
		return nil, err
	}
	w.spools = []*lawenforcement.Spool{notices, reminders}
	page, err := lawenforcement.NewPage()
	if err != nil {
		return nil, err
	}
	return delivery.NewSplit(map[terms.RecipientKind]delivery.Channel{
		terms.ToAgency: lawenforcement.SpoolChannel{Spool: notices, Renderer: &lawenforcement.Notices{
			Client: s.store.Client, Reference: s.reference, Routing: s.routing, Page: page,
			Registry: lawenforcement.Contact{CallBack: s.config.Section.Telephone, Contact: s.config.Section.Email},
		}},
		terms.ToAccount: lawenforcement.SpoolChannel{Spool: reminders, Renderer: &deadline.Letters{
			Client: s.store.Client, Reference: s.reference, Clock: s.clock,
		}},
	})
}

// start runs the workers. They end when they are stopped, not with ctx: they
// are needed until the last request is answered.
func (w *workers) start(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	w.hubUp = w.run(ctx, "live hub", w.hub.Run)
	w.running = []*worker{
		w.run(ctx, "memory", keepRoom(int64(w.system.config.MemoryLimit)<<20, time.Second, w.log)),
		w.run(ctx, "upkeep", w.keepUp),
		w.run(ctx, "sweep of deadlines", w.sweeper.Run),
		w.run(ctx, "dispatcher", w.dispatcher.Run),
		w.run(ctx, "order-file client", w.client.Run),
		w.run(ctx, "look-ups", w.lookUps.Run),
		w.run(ctx, "sequencer", w.sequencer.Run),
	}
}

// keepUp reads the reference tables again and again, a few statements a minute,
// and sweeps the spools. When that fails, what was read before stays good.
func (w *workers) keepUp(ctx context.Context) error {
	ticker := time.NewTicker(w.reloadEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if err := w.reloadOnce(ctx); err != nil && ctx.Err() == nil {
			w.log.ErrorContext(ctx, "upkeep failed: the reference tables are as old as they were; will try again", "error", err, "in", w.reloadEvery)
		}
	}
}

func (w *workers) reloadOnce(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	err := w.system.reference.Reload(ctx)
	for _, spool := range w.spools {
		err = errors.Join(err, spool.Sweep())
	}
	return err
}

func (w *workers) run(ctx context.Context, name string, loop func(context.Context) error) *worker {
	ctx, cancel := context.WithCancel(ctx)
	one := &worker{name: name, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(one.done)
		if err := loop(ctx); err != nil && ctx.Err() == nil {
			one.err = fmt.Errorf("%s: %w", name, err)
			w.failed <- one.err
		}
	}()
	return one
}

func (o *worker) stop(ctx context.Context) error {
	o.cancel()
	select {
	case <-o.done:
		return nil // what failed was said when it did
	case <-ctx.Done():
		return fmt.Errorf("the %s did not stop in time", o.name)
	}
}

// stopStreams ends all subscriptions: a server that drains would wait for them.
func (w *workers) stopStreams() { w.hubUp.cancel() }

// stop ends the workers one after the other, and numbers what they wrote last.
func (w *workers) stop(ctx context.Context) error {
	errs := []error{w.hubUp.stop(ctx)}
	for _, one := range w.running {
		errs = append(errs, one.stop(ctx))
	}
	if _, err := w.sequencer.Drain(ctx); err != nil {
		errs = append(errs, fmt.Errorf("numbering the last records: %w", err))
	}
	if w.simulator != nil {
		errs = append(errs, w.simulator.Close())
	}
	return errors.Join(errs...)
}

// ready answers nil while the database answers, is migrated, and no worker has
// ended.
func (w *workers) ready(ctx context.Context) error {
	for _, one := range append([]*worker{w.hubUp}, w.running...) {
		select {
		case <-one.done:
			return fmt.Errorf("the %s has ended", one.name)
		default:
		}
	}
	return w.system.store.Migrated(ctx)
}

// measure tells /metrics what somebody should be woken for.
func (w *workers) measure(r *prometheus.Registry) {
	gauge := func(name, help string, read func(context.Context) (int, error)) {
		// Whoever reaches the port may ask, and as often as he likes.
		remembered := server.Remembered(2*time.Second, func(ctx context.Context) (int, error) {
			n, err := read(ctx)
			if err != nil {
				w.log.Error("measuring", "metric", name, "error", err)
				return -1, nil
			}
			return n, nil
		})
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
			n, _ := remembered(context.Background()) // never fails: see above
			return float64(n)
		}))
	}
	gauge("sts_deliveries_overdue", "Deliveries past their deadline and not settled; -1: unknown.", w.dispatcher.Overdue)
	gauge("sts_journal_unnumbered", "Journal records that have no position yet; -1: unknown.", w.reader.Unnumbered)
	gauge("sts_subscriptions", "Open subscriptions of this process.", func(context.Context) (int, error) { return w.hub.Subscriptions(), nil })
}
