package main

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"path/filepath"
	"time"

	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/backup"
)

// backUp copies the database into a new file while others write into it.
func backUp(ctx context.Context, args []string, io streams) error {
	c, f, err := parse("backup", false, args, io, nil)
	if err != nil {
		return err
	}
	if f.NArg() != 1 {
		return errors.New("name the file to write, after the flags: sts backup FILE")
	}
	if err := existing(c); err != nil {
		return err
	}
	begun := time.Now()
	file := f.Arg(0)
	err = backup.Take(ctx, c.Database, file, func(command string) { fmt.Fprintln(io.out, command) })
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "%s is whole, after %s. It holds confidential data, and not the signing key: keep both safe, apart.\n",
		file, time.Since(begun).Round(time.Millisecond))
	return nil
}

// restore makes a database of a backup. The log gets a new origin before anybody
// can read it.
func restore(ctx context.Context, args []string, io streams) error {
	c, f, err := parse("restore", false, args, io, nil)
	if err != nil {
		return err
	}
	if f.NArg() != 1 {
		return errors.New("name the backup, after the flags: sts restore FILE")
	}
	var newest journal.Position
	err = backup.Restore(ctx, c.Database, f.Arg(0), func(ctx context.Context, s *store.Store) (err error) {
		newest, err = journal.Restored(ctx, s, "sts restore ("+operator()+")", filepath.Base(f.Arg(0)), time.Now())
		return err
	}, func(command string) { fmt.Fprintln(io.out, command) })
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, `The database is restored as of record %d of its journal; what was recorded after that is not in it.
The journal has a new origin, so that whoever watched the old one loads anew.
What was being sent when the backup was made will be sent once its turn comes, also if it was sent since.
Run sts check, then sts serve.
`, newest)
	return nil
}

// operator is the name under which somebody works at this machine's console.
func operator() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "unknown"
}
