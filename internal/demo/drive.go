package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/identity"
	"github.com/service-tracking/sts/internal/intake"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// DriveOptions are the rooms through which a day is played, and how.
type DriveOptions struct {
	Store     *store.Store
	Reference *casefile.Reference
	Accounts  *identity.Accounts
	Recorder  *recording.Recorder
	Importer  *intake.Importer
	// Clock is that of the rooms.
	Clock func() time.Time
	// Tick says when: one thing happens each time. The day ends when it is
	// closed.
	Tick <-chan time.Time
	// Seed makes another day of the same kind. The same seed plays the same on
	// the same database at the same times.
	Seed uint64
	// Tell, if set, is called after each thing, by the goroutine that drives.
	Tell func(Told)
}

// Told is one thing that happened while driving. It names no respondent.
type Told struct {
	At     time.Time
	Docket terms.Docket
	What   string
	By     string
	// Refused says why nothing was recorded; "" if it was.
	Refused recording.Code
}

// Driven is what a day brought.
type Driven struct {
	Summary
	// Rows are those of the registry's feed, Continuances the hearings that they
	// moved.
	Rows, Continuances int
	// Late are the services recorded late (§4(b)).
	Late int
	// Refused is what the rules refused, for instance because a person was
	// faster.
	Refused int
}

// ErrNoYear says that there is no demonstration year to play on.
var ErrNoYear = errors.New("the database has no demonstration year, and nothing is ever played on real cases: make one with sts serve --demo")

// Drive plays a day of marshals recording on the open cases of a demonstration
// year, until ctx or the ticks end: that is no error. What is recorded when ctx
// ends is recorded whole.
func Drive(ctx context.Context, o DriveOptions) (Driven, error) {
	if filled, err := Filled(ctx, o.Store); err != nil {
		return Driven{}, err
	} else if !filled {
		return Driven{}, ErrNoYear
	}
	if o.Tell == nil {
		o.Tell = func(Told) {}
	}
	d, err := newDriver(ctx, o)
	if err != nil {
		return Driven{}, fmt.Errorf("preparing to drive: %w", err)
	}
	for {
		select {
		case <-ctx.Done():
			return d.made, nil
		case _, open := <-o.Tick:
			if !open {
				return d.made, nil
			}
		}
		if ctx.Err() != nil {
			return d.made, nil
		}
		if err := d.next(context.WithoutCancel(ctx)); err != nil {
			return d.made, fmt.Errorf("driving: %w", err)
		}
	}
}

// turn does one thing. It is false where there was nothing to do, such as no
// case that fits.
type turn func(ctx context.Context) (did bool, err error)

// sequel is what follows upon something: a transfer's acknowledgement.
type sequel struct {
	at int // the tick
	turn
}

// mostTries is how often another turn is drawn where there was nothing to do.
// A new case can always be brought, so that a tick rarely passes idle.
const mostTries = 20

// next does what is to follow now, or else draws a turn.
func (d *driver) next(ctx context.Context) error {
	d.tick++
	for range mostTries {
		var t turn
		if len(d.sequels) > 0 && d.sequels[0].at <= d.tick {
			t, d.sequels = d.sequels[0].turn, d.sequels[1:]
		} else {
			t = d.draw()
		}
		if did, err := t(ctx); did || err != nil {
			return err
		}
	}
	return nil
}

// follow has the turn come a few ticks on: so whoever watches sees what follows
// upon what, at any rate.
func (d *driver) follow(least, most int, t turn) {
	next := sequel{d.tick + least + d.r.IntN(most-least+1), t}
	d.sequels = append(d.sequels, next)
	slices.SortStableFunc(d.sequels, func(a, b sequel) int { return a.at - b.at })
}

// draw draws a turn, in the proportions of the year: so many to a thousand new
// cases.
func (d *driver) draw() turn {
	const cases = 1000
	const visits = cases * 150 / 100 // of a case, services and attempts: as in the year
	const services = cases * (inHand + atAbode) / 100
	rates := []struct {
		turn
		of int
	}{
		{d.newCase, cases},
		{d.receipt, cases * (100 - notRecorded) / 100},
		{d.service, services},
		{d.attempt, visits - services},
		{d.transfer, cases * transferred / 100},
		{d.information, cases * withInformation / 100},
		{d.continuance, (cases - services) * continued / 100},
		{d.mistyped, visits * mistyped / 1000},
		{d.misplaced, visits * misplaced / 1000},
		{d.manual, visits * reportedBy / 1000},
	}
	sum := 0
	for _, one := range rates {
		sum += one.of
	}
	n := d.r.IntN(sum)
	for _, one := range rates {
		if n -= one.of; n < 0 {
			return one.turn
		}
	}
	return d.newCase
}

// record records what an officer or the clerk does, and tells of it. What the
// rules refuse is no error: a person was faster, and the day goes on.
func (d *driver) record(ctx context.Context, c *openCase, a *act, what string) error {
	d.acts++
	a.key, a.docket = fmt.Sprintf("drive-%d-%d", d.begun.UnixMicro(), d.acts), c.docket
	a.confirm = []terms.Confirmation{terms.ConfirmBeforeCaseExisted, terms.ConfirmRespondentMismatch, terms.ConfirmOfficerNotListed}
	done, err := a.record(ctx, d.o.Recorder)
	if err != nil {
		return err
	}
	told := Told{At: d.o.Clock(), Docket: c.docket, What: what, By: a.by.DisplayName}
	if a.manual != nil {
		told.By += " for " + casefile.OfficerName(a.manual.officer)
	}
	if len(done.Refusals) > 0 {
		told.Refused = done.Refusals[0].Code
		d.made.Refused++
		d.o.Tell(told)
		return d.refresh(ctx, c)
	}
	d.made.count(a)
	if done.Activity.RecordedLate != nil && *done.Activity.RecordedLate && !a.acknowledges() {
		d.made.Late++
		told.What += ", recorded late"
	}
	d.o.Tell(told)
	d.keep(c, done.Case)
	return nil
}

// Write writes the line of what happened.
func (t Told) Write(w io.Writer) {
	refused := ""
	if t.Refused != "" {
		refused = "  (refused: " + string(t.Refused) + ")"
	}
	fmt.Fprintf(w, "%s  %s  %-52s  %s%s\n", t.At.In(terms.CourtZone).Format("15:04:05"), t.Docket.Display(), t.What, t.By, refused)
}

// Write writes the summary.
func (d Driven) Write(w io.Writer) {
	fmt.Fprintf(w, `
%d new cases, %d rows of the registry, %d continuances
%d services (%d recorded late), %d attempts, %d receipts, %d transfers (%d acknowledged), %d with other information
%d corrections, %d withdrawals; %d of all entered by the registry section; %d refused
`, d.Cases, d.Rows, d.Continuances, d.Services, d.Late, d.Attempts, d.Receipts, d.Transfers, d.Acknowledgements, d.OtherInformation,
		d.Corrections, d.Withdrawals, d.ManualEntries, d.Refused)
}
