package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/service-tracking/sts/internal/store"
)

// SeedFile makes the year in a new SQLite file at path. It is written beside,
// without waiting for the disk, and named path only when it is whole and safe:
// whoever finds path finds all of it. prepare migrates and loads the tables.
func SeedFile(ctx context.Context, path string, o Options, prepare func(context.Context, *store.Store) error) error {
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		return errors.Join(fmt.Errorf("a demonstration year needs a new file: %s is there", path), err)
	}
	draft := path + ".seeding"
	// Of a process that was killed here. The log of a database that is gone
	// must not be taken for that of the new one.
	err := remove(draft, draft+"-wal", draft+"-shm", draft+".migrating", path+"-wal", path+"-shm")
	if err != nil {
		return fmt.Errorf("removing what an earlier file left: %w", err)
	}
	if err := seedDraft(ctx, draft, o, prepare); err != nil {
		return err
	}
	if err := flush(draft, os.O_RDWR); err != nil {
		return fmt.Errorf("writing the seeded file to the disk: %w", err)
	}
	if err := remove(draft + ".migrating"); err != nil {
		return fmt.Errorf("removing the migration lock: %w", err)
	}
	if err := os.Rename(draft, path); err != nil {
		return fmt.Errorf("naming the seeded file: %w", err)
	}
	if err := flush(filepath.Dir(path), os.O_RDONLY); err != nil { // the name as well
		return fmt.Errorf("writing the seeded file's name to the disk: %w", err)
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
		return fmt.Errorf("preparing the seeded file: %w", err)
	}
	if _, err := Fill(ctx, s, o); err != nil {
		return err
	}
	return checkpoint(ctx, s)
}

// checkpoint brings the log into the file, all of it: what stayed in the log
// would be lost when the file gets its name.
func checkpoint(ctx context.Context, s *store.Store) error {
	var busy, frames, moved int
	if err := s.SQL().QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved); err != nil {
		return fmt.Errorf("bringing the log into the file: %w", err)
	}
	if busy != 0 {
		return errors.New("bringing the log into the file: somebody else is reading it")
	}
	return nil
}

func remove(names ...string) error {
	for _, name := range names {
		if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

func flush(name string, flag int) error {
	file, err := os.OpenFile(name, flag, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
