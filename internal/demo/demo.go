package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

const (
	defaultCases = 1500
	// maxCases is for how many the numbers of dockets and files have room.
	maxCases    = 500_000
	defaultSeed = 46_15 // of C.G.S. §46b-15
)

// viewer is the name under which this room reads and writes.
const viewer = "demo"

// Options say what year it is. Only Now must be given.
type Options struct {
	// Now is when the year ends. The same Seed, Cases and Now make the same
	// cases.
	Now time.Time
	// Cases is how many there are: 1,500.
	Cases int
	// Seed makes another year of the same kind; 0 is the usual one.
	Seed uint64
	// Progress, if set, is told how many of the cases have been opened. It is
	// called by the goroutine that fills, once for each day of the story.
	Progress func(done, of int)
	Log      *slog.Logger
}

func (o Options) withDefaults() (Options, error) {
	if o.Now.IsZero() {
		return o, errors.New("the demonstration year must be told when it ends")
	}
	o.Now = terms.Micro(o.Now)
	if o.Cases == 0 {
		o.Cases = defaultCases
	}
	if o.Cases < 0 || o.Cases > maxCases {
		return o, fmt.Errorf("a demonstration year has 1 to %d cases, not %d", maxCases, o.Cases)
	}
	if o.Seed == 0 {
		o.Seed = defaultSeed
	}
	if o.Progress == nil {
		o.Progress = func(int, int) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	return o, nil
}

// Summary is what was made.
type Summary struct {
	Officers, Accounts, Cases int
	// What was recorded, each thing once: a correction is no service, whatever
	// it corrects.
	Services, Attempts, Receipts, Transfers, OtherInformation int
	Acknowledgements, Corrections, Withdrawals                int
	// ManualEntries are those of them that the registry section entered.
	ManualEntries int
	// Due is how often a clock ran out.
	Due int
	// Deliveries are those that arrived, reminders with them.
	Deliveries int
}

func (s *Summary) count(a *act) {
	if a.manual != nil {
		s.ManualEntries++
	}
	switch {
	case a.acknowledges():
		s.Acknowledgements++
	case a.withdraws():
		s.Withdrawals++
	case a.corrects():
		s.Corrections++
	case a.entry.Service != nil:
		s.Services++
	case a.entry.Attempt != nil:
		s.Attempts++
	case a.entry.Receipt != nil:
		s.Receipts++
	case a.entry.Transfer != nil:
		s.Transfers++
	case a.entry.OtherInformation != nil:
		s.OtherInformation++
	}
}

// recorded is how many activities there are.
func (s *Summary) recorded() int {
	return s.Services + s.Attempts + s.Receipts + s.Transfers + s.OtherInformation + s.Corrections + s.Withdrawals
}

// filledSetting tells that the year is there.
const filledSetting = "demo"

// Filled tells whether the database has a demonstration year.
func Filled(ctx context.Context, s *store.Store) (bool, error) {
	_, err := s.Client.Setting.Get(access.As(ctx, viewer), filledSetting)
	if ent.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("asking for a demonstration year: %w", err)
	}
	return true, nil
}

var (
	// ErrFilled says that there is a demonstration year already.
	ErrFilled = errors.New("the database has a demonstration year already")
	// ErrNotEmpty says that there are cases, officers or accounts: real ones,
	// or those of a year that was broken off.
	ErrNotEmpty = errors.New("the database is not empty: a demonstration year is made in an empty one only")
)

// Fill makes the year in a migrated database with its reference tables and
// nothing else.
func Fill(ctx context.Context, s *store.Store, o Options) (Summary, error) {
	o, err := o.withDefaults()
	if err != nil {
		return Summary{}, err
	}
	if err := mustBeEmpty(ctx, s); err != nil {
		return Summary{}, err
	}
	begun := time.Now()
	p, err := newPlayer(ctx, s, o)
	if err != nil {
		return Summary{}, fmt.Errorf("preparing the demonstration year: %w", err)
	}
	if err := p.play(ctx); err != nil {
		return Summary{}, fmt.Errorf("playing the demonstration year: %w", err)
	}
	err = s.Client.Setting.Create().SetID(filledSetting).SetValue(o.Now.Format(time.RFC3339)).Exec(access.As(ctx, viewer))
	if err != nil {
		return Summary{}, fmt.Errorf("noting the demonstration year: %w", err)
	}
	o.Log.InfoContext(ctx, "made the demonstration year", "cases", p.made.Cases, "recorded", p.made.recorded(),
		"services", p.made.Services, "due", p.made.Due, "deliveries", p.made.Deliveries, "took", time.Since(begun).Round(time.Millisecond))
	return p.made, nil
}

func mustBeEmpty(ctx context.Context, s *store.Store) error {
	if filled, err := Filled(ctx, s); err != nil {
		return err
	} else if filled {
		return ErrFilled
	}
	ctx = access.As(ctx, viewer)
	for _, there := range []func(context.Context) (bool, error){
		s.Client.RegistryCase.Query().Exist, s.Client.Officer.Query().Exist, s.Client.Account.Query().Exist,
	} {
		if found, err := there(ctx); err != nil {
			return fmt.Errorf("looking whether the database is empty: %w", err)
		} else if found {
			return ErrNotEmpty
		}
	}
	return nil
}
