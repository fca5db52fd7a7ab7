package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/casefile/reference"
	"github.com/service-tracking/sts/internal/deadline"
	"github.com/service-tracking/sts/internal/identity"
	"github.com/service-tracking/sts/internal/intake"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/lawenforcement"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/registry"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// player plays the year through the rooms of the real system.
type player struct {
	store    *store.Store
	o        Options
	texts    *texts
	atlas    *atlas
	calendar calendar
	viewers  map[string][]*access.Viewer // officers' accounts by county
	// accountless are the officers who have none; clerk is of the registry section.
	accountless []*ent.Officer
	clerk       *access.Viewer
	told        []*story

	accounts  *identity.Accounts
	recorder  *recording.Recorder
	importer  *intake.Importer
	sequencer *journal.Sequencer
	sweeper   *deadline.Sweeper
	swept     time.Time // the last morning on which it swept
	teller    *teller
	// clock is the time in the story; everything that is recorded asks it.
	clock atomic.Pointer[time.Time]
	made  Summary
}

func newPlayer(ctx context.Context, s *store.Store, o Options) (p *player, err error) {
	p = &player{store: s, o: o, calendar: calendarOf(o.Now), viewers: map[string][]*access.Viewer{}}
	p.set(days(o.Now, -395))
	if p.texts, err = readTexts(); err != nil {
		return nil, err
	}
	tables, err := reference.Load()
	if err != nil {
		return nil, err
	}
	if p.atlas, err = newAtlas(tables, p.texts); err != nil {
		return nil, err
	}
	byCounty, err := p.officers(ctx, p.random(-1))
	if err != nil {
		return nil, err
	}
	p.accounts = identity.NewAccounts(s, p.time)
	if err := p.makeAccounts(ctx, byCounty); err != nil {
		return nil, err
	}
	loaded, err := casefile.LoadReference(ctx, s)
	if err != nil {
		return nil, err
	}
	p.teller = newTeller(s, o.Log, p.time())
	planner := &registry.Planner{Routing: lawenforcement.NewRouting(tables, loaded), Ledger: p.teller.office.ledger}
	p.recorder = &recording.Recorder{Store: s, Reference: loaded, Planner: planner, Timely: casefile.DefaultTimely, Clock: p.time, OnCommit: func() {}}
	p.importer = &intake.Importer{Store: s, Reference: loaded, Planner: planner, Timely: casefile.DefaultTimely, Clock: p.time}
	p.recorder.OnOpened = func(ctx context.Context, docket terms.Docket) {
		if err := p.importer.Claim(ctx, docket); err != nil {
			o.Log.Error("what waits for a provisional case could not be applied", "docket", docket, "error", err)
		}
	}
	p.sweeper = deadline.NewSweeper(s, p.teller.office.ledger, deadline.Options{Clock: p.time, Log: o.Log, LookBack: 14 * 24 * time.Hour})
	p.sequencer = journal.NewSequencer(s, journal.SequencerOptions{Log: o.Log, Clock: p.time})
	return p, nil
}

func (p *player) set(t time.Time) {
	t = terms.Micro(t)
	p.clock.Store(&t)
}

func (p *player) time() time.Time { return *p.clock.Load() }

// play plays all stories in the order in which things happen, up to now, with
// the dispatcher at work.
func (p *player) play(ctx context.Context) error {
	working, stop := context.WithCancelCause(ctx)
	ended := make(chan error, 1)
	go func() {
		err := p.teller.dispatcher.Run(working)
		stop(err) // or the story would wait for ever
		ended <- err
	}()
	err := p.playAll(working)
	stop(nil)
	if err := errors.Join(err, <-ended); err != nil {
		return err
	}
	p.set(p.o.Now)
	if err := p.number(ctx); err != nil {
		return err
	}
	p.made.Deliveries = int(p.teller.office.filed.Load())
	p.o.Progress(p.made.Cases, p.o.Cases)
	return nil
}

// number gives the journal's records their positions. It is done day by day,
// since what is numbered together is put in the order of cases.
func (p *player) number(ctx context.Context) error {
	if _, err := p.sequencer.Drain(ctx); err != nil {
		return fmt.Errorf("numbering the journal: %w", err)
	}
	return nil
}

// events are those of all cases, in the order of time.
func (p *player) events() []event {
	var all []event
	last := closings(p.o.Cases)
	ordinary := p.o.Cases - last
	begin, end := days(p.o.Now, -365), days(p.o.Now, -9) // then the closing ones come
	for n := range ordinary {
		about := begin.Add(time.Duration(float64(end.Sub(begin)) * float64(n+1) / float64(ordinary)))
		all = append(all, p.tell(p.ordinary(n, about))...)
	}
	for k := range last {
		all = append(all, p.tell(p.closing(ordinary+k, k))...)
	}
	slices.SortStableFunc(all, func(a, b event) int { return a.at.Compare(b.at) })
	return slices.DeleteFunc(all, func(e event) bool { return e.at.After(p.o.Now) })
}

func (p *player) playAll(ctx context.Context) error {
	rows := &gathered{opened: map[terms.Docket]bool{}, dockets: map[terms.Docket]bool{}}
	day := terms.Date("")
	for _, e := range p.events() {
		if rows.ripe(e) {
			if err := p.bring(ctx, rows); err != nil {
				return err
			}
		}
		if today := terms.DateOf(e.at); today != day {
			day = today
			if err := p.number(ctx); err != nil {
				return err
			}
			p.o.Progress(len(rows.opened), p.o.Cases)
		}
		if err := p.morning(ctx, e.at); err != nil {
			return err
		}
		p.set(e.at)
		if rows.take(e) {
			continue
		}
		if err := p.record(ctx, e); err != nil {
			return err
		}
	}
	p.made.Cases = len(rows.opened)
	if err := p.bring(ctx, rows); err != nil {
		return err
	}
	return p.morning(ctx, p.o.Now)
}

// sweepAt is the hour at which the year looks for what became due: from then on
// officers may be rung (package deadline). It does so in its last days only, in
// as many as the system looks back when it starts: that is not to find old work.
const (
	sweepAt   = 6
	sweptDays = 61
)

// morning has what became due since yesterday noticed, and reminds of it, before
// the first thing that happens on a day.
func (p *player) morning(ctx context.Context, t time.Time) error {
	hour := at(t, sweepAt, 0)
	if t.Before(hour) || !p.swept.Before(hour) || hour.Before(days(p.o.Now, -sweptDays)) {
		return nil
	}
	p.swept = hour
	p.set(later(hour, p.time()))
	n, err := p.sweeper.Sweep(ctx)
	p.made.Due += n
	if err != nil || n == 0 {
		return err
	}
	return p.teller.tell(ctx, p.time(), noTrouble)
}

// record records what somebody did, and has everybody told of a service.
func (p *player) record(ctx context.Context, e event) error {
	p.made.count(e.act)
	done, err := e.act.record(ctx, p.recorder)
	if err == nil && len(done.Refusals) > 0 {
		err = fmt.Errorf("%s on %s: %s: %s", e.act.key, e.act.docket.Display(), done.Refusals[0].Code, done.Refusals[0].Message)
	}
	if err != nil || !e.act.ofService() {
		return err
	}
	return p.teller.tell(ctx, done.Activity.RecordedAt, e.trouble)
}
