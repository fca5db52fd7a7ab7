package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// Options say what year it is. Only Now must be given.
type Options struct {
	// Now is when the year ends.
	Now time.Time
	// Cases is how many there are: 1,500.
	Cases int
	// Seed makes another year of the same kind.
	Seed uint64
	Log  *slog.Logger
}

func (o Options) withDefaults() Options {
	o.Now = terms.Micro(o.Now)
	if o.Cases == 0 {
		o.Cases = 1500
	}
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	return o
}

// Summary is what was made.
type Summary struct {
	Officers, Cases, Services, Attempts, Deliveries int
}

// filledSetting tells that the year is there.
const filledSetting = "demo"

// Filled tells whether the database has a demonstration year.
func Filled(ctx context.Context, s *store.Store) (bool, error) {
	_, err := s.Client.Setting.Get(access.As(ctx, "demo"), filledSetting)
	if ent.IsNotFound(err) {
		return false, nil
	}
	return err == nil, err
}

// ErrFilled says that there is a demonstration year already.
var ErrFilled = errors.New("the database has a demonstration year already")

// Fill makes the year in a migrated database with its reference tables.
func Fill(ctx context.Context, s *store.Store, o Options) (Summary, error) {
	o = o.withDefaults()
	if filled, err := Filled(ctx, s); filled || err != nil {
		return Summary{}, errors.Join(err, ErrFilled)
	}
	p, err := newPlayer(ctx, s, o)
	if err != nil {
		return Summary{}, err
	}
	begun := time.Now()
	if err := p.play(ctx); err != nil {
		return Summary{}, fmt.Errorf("playing the demonstration year: %w", err)
	}
	if err := s.Client.Setting.Create().SetID(filledSetting).SetValue(o.Now.Format(time.RFC3339)).Exec(access.As(ctx, "demo")); err != nil {
		return Summary{}, fmt.Errorf("noting the demonstration year: %w", err)
	}
	o.Log.InfoContext(ctx, "made the demonstration year", "cases", p.made.Cases, "services", p.made.Services,
		"attempts", p.made.Attempts, "took", time.Since(begun).Round(time.Millisecond))
	return p.made, nil
}

// SeedFile makes the year in a new SQLite file at path. It is written beside,
// without waiting for the disk, and named path only when it is whole and safe:
// whoever finds path finds all of it. prepare migrates and loads the tables.
func SeedFile(ctx context.Context, path string, o Options, prepare func(context.Context, *store.Store) error) error {
	draft := path + ".seeding"
	litter := []string{draft, draft + "-wal", draft + "-shm", draft + ".migrating"}
	for _, name := range litter { // of a process that was killed here
		if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("removing what an earlier seeding left: %w", err)
		}
	}
	if err := seedDraft(ctx, draft, o, prepare); err != nil {
		return err
	}
	file, err := os.OpenFile(draft, os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("opening the seeded file: %w", err)
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("writing the seeded file to the disk: %w", err)
	}
	if err := os.Remove(draft + ".migrating"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("removing the migration lock: %w", err)
	}
	if err := os.Rename(draft, path); err != nil {
		return fmt.Errorf("naming the seeded file: %w", err)
	}
	return nil
}

func seedDraft(ctx context.Context, draft string, o Options, prepare func(context.Context, *store.Store) error) (err error) {
	s, err := store.Open(ctx, store.Options{URL: "sqlite:" + draft, Seeding: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := prepare(ctx, s); err != nil {
		return err
	}
	if _, err := Fill(ctx, s, o); err != nil {
		return err
	}
	if _, err := s.SQL().ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		return fmt.Errorf("bringing the log into the file: %w", err)
	}
	return nil
}
