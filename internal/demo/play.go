package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"time"

	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/casefile/reference"
	ledger "github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/identity"
	"github.com/service-tracking/sts/internal/intake"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/lawenforcement"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/registry"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// player plays the year through the rooms of the real system.
type player struct {
	store      *store.Store
	random     *rand.Rand
	now        time.Time
	cases      int
	tables     reference.Tables
	viewers    map[string][]*access.Viewer // officers' accounts by county
	accountsOf *identity.Accounts
	recorder   *recording.Recorder
	importer   *intake.Importer
	dispatcher *ledger.Dispatcher
	sequencer  *journal.Sequencer
	// clock is the time in the story; everything that is recorded asks it.
	clock atomic.Pointer[time.Time]
	// moved has something in it when deliveries may have moved.
	moved chan struct{}
	filed atomic.Int64
	made  Summary
}

func newPlayer(ctx context.Context, s *store.Store, o Options) (*player, error) {
	p := &player{
		store: s, random: rand.New(rand.NewPCG(o.Seed, 51)), now: o.Now, cases: o.Cases,
		viewers: map[string][]*access.Viewer{}, moved: make(chan struct{}, 1),
	}
	p.set(o.Now.AddDate(-1, 0, -30))
	clock := func() time.Time { return *p.clock.Load() }
	var err error
	if p.tables, err = reference.Load(); err != nil {
		return nil, err
	}
	byCounty, err := p.officers(ctx)
	if err != nil {
		return nil, err
	}
	p.accountsOf = identity.NewAccounts(s, clock)
	if err := p.accounts(ctx, byCounty); err != nil {
		return nil, err
	}
	loaded, err := casefile.LoadReference(ctx, s)
	if err != nil {
		return nil, err
	}
	options := ledger.Options{Clock: clock, Log: o.Log, Poll: 20 * time.Millisecond, OnCommit: p.wake}
	book := ledger.NewLedger(s, options)
	for _, kind := range []terms.ChannelKind{terms.ChannelSpool, terms.ChannelSwitch} {
		options.Channels = append(options.Channels, filing{kind, book, &p.filed})
	}
	p.dispatcher = ledger.New(s, options)
	planner := &registry.Planner{Routing: lawenforcement.NewRouting(p.tables, loaded), Ledger: book}
	p.recorder = &recording.Recorder{Store: s, Reference: loaded, Planner: planner, Timely: casefile.DefaultTimely, Clock: clock, OnCommit: func() {}}
	p.importer = &intake.Importer{Store: s, Reference: loaded, Planner: planner, Timely: casefile.DefaultTimely, Clock: clock}
	p.sequencer = journal.NewSequencer(s, journal.SequencerOptions{Log: o.Log, Clock: clock})
	return p, nil
}

func (p *player) set(at time.Time) { p.clock.Store(&at) }

func (p *player) wake() {
	select {
	case p.moved <- struct{}{}:
	default:
	}
}

// play plays all stories in the order in which things happen, up to now.
func (p *player) play(ctx context.Context) error {
	dispatching, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- p.dispatcher.Run(dispatching) }()
	err := p.playAll(ctx)
	stop()
	if err := errors.Join(err, <-ended); err != nil {
		return err
	}
	p.set(p.now)
	if _, err := p.sequencer.Drain(ctx); err != nil {
		return fmt.Errorf("numbering the journal: %w", err)
	}
	p.made.Deliveries = int(p.filed.Load())
	return nil
}

func (p *player) playAll(ctx context.Context) error {
	var events []event
	const day, year = 24 * time.Hour, 365 * 24 * time.Hour
	for n := range p.cases { // the last is opened yesterday
		about := p.now.Add(-year + (year-day)/time.Duration(p.cases)*time.Duration(n+1))
		events = append(events, p.tell(n, about)...)
	}
	p.made.Cases = p.cases
	slices.SortStableFunc(events, func(a, b event) int { return a.at.Compare(b.at) })
	// What comes in one go is imported in one go.
	var daybook, registry bytes.Buffer
	flush := func() error {
		return errors.Join(p.feed(ctx, &daybook, p.importer.Daybook), p.feed(ctx, &registry, p.importer.Registry))
	}
	for _, e := range events {
		if e.at.After(p.now) {
			break
		}
		switch {
		case e.daybook != nil:
			daybook.Write(append(e.daybook.Canonical(), '\n'))
		case e.registry != nil:
			registry.Write(append(e.registry.Canonical(), '\n'))
		default:
			if err := flush(); err != nil {
				return err
			}
			p.set(e.at)
			if err := p.record(ctx, e); err != nil {
				return err
			}
			continue
		}
		p.set(e.at)
	}
	return errors.Join(flush(), p.settle(ctx))
}

// feed imports what has gathered.
func (p *player) feed(ctx context.Context, rows *bytes.Buffer, run func(context.Context, io.Reader) (intake.Report, error)) error {
	if rows.Len() == 0 {
		return nil
	}
	var bad error
	p.importer.Bad = func(row *feed.RowError) { bad = errors.Join(bad, row) }
	_, err := run(ctx, rows)
	rows.Reset()
	return errors.Join(err, bad)
}

// record records what the officer did; of a service, all are told before time
// goes on.
func (p *player) record(ctx context.Context, e event) error {
	var done recording.Recorded
	var err error
	if e.service != nil {
		done, err = p.recorder.RecordService(ctx, e.by, *e.service)
		p.made.Services++
	} else {
		done, err = p.recorder.RecordAttempt(ctx, e.by, *e.attempt)
		p.made.Attempts++
	}
	if err == nil && len(done.Refusals) > 0 {
		err = fmt.Errorf("%s: %s", done.Refusals[0].Code, done.Refusals[0].Message)
	}
	if err != nil || e.service == nil {
		return err
	}
	return p.settle(ctx)
}

// settle waits until nothing is due any more, a little later in the story.
func (p *player) settle(ctx context.Context) error {
	p.set(p.clock.Load().Add(3 * time.Second))
	p.dispatcher.Nudge()
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for {
		due, err := p.store.Client.Delivery.Query().Where(
			delivery.NextAtLT(ledger.Parked), delivery.StateIn(terms.Pending, terms.Sending),
		).Exist(access.As(ctx, "demo"))
		if err != nil || !due {
			return err
		}
		select {
		case <-p.moved:
		case <-again.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
