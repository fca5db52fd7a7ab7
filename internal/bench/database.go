package bench

import (
	"context"
	"crypto/sha256"
	stdsql "database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/service-tracking/sts/ent/migrate"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/privatedb"
)

const (
	// database is the name of ours in the server.
	database = "sts"
	// filledFile stands in a directory whose data are whole.
	filledFile = "filled"
	stopWithin = time.Minute
)

// serverArgs: the whole data set fits into memory, and a commit is on the disk
// before it is acknowledged, as in a court's data centre.
var serverArgs = []string{
	"--innodb-buffer-pool-size=2G", "--innodb-log-file-size=1G", "--innodb-flush-log-at-trx-commit=1",
	// Loading sorts each index in memory of this size.
	"--innodb-sort-buffer-size=64M",
}

// data is a running server with the rows in it.
type data struct {
	*privatedb.Server
	lock *os.File
}

// url is the database's, as store.Open reads it.
func (d *data) url() string { return "mysql:" + d.DSN() + database }

func (d *data) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	return errors.Join(d.Stop(ctx), d.lock.Close())
}

// openData starts the server on the data kept from an earlier run, or makes
// them. The directory's name tells everything that they depend on, the
// migrations included.
func openData(ctx context.Context, o Options) (_ *data, err error) {
	if err := os.MkdirAll(o.Cache, 0o700); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(o.Cache, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, lock.Close())
		}
	}()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, fmt.Errorf("another benchmark uses %s: %w", o.Cache, err)
	}
	dir := filepath.Join(o.Cache, keyOf(o))
	_, err = os.Stat(filepath.Join(dir, filledFile))
	filled := err == nil
	if !filled {
		// Of earlier sizes and schemas nothing is kept: a gigabyte each.
		if err := clear(o.Cache); err != nil {
			return nil, err
		}
	}
	server, err := privatedb.Start(ctx, dir, serverArgs...)
	if err != nil {
		return nil, err
	}
	d := &data{server, lock}
	if filled {
		return d, nil
	}
	if err := d.fill(ctx, o); err != nil {
		d.Kill()
		return nil, err
	}
	return d, os.WriteFile(filepath.Join(dir, filledFile), nil, 0o600)
}

// prefix begins the names of the directories that are ours to remove.
const prefix = "data-"

func clear(cache string) error {
	old, err := filepath.Glob(filepath.Join(cache, prefix+"*"))
	if err != nil {
		return err
	}
	for _, dir := range old {
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	return nil
}

// keyOf names the data: their size, and a hash of what they are made from. A
// test of package store holds the migrations to the tables of ent.
func keyOf(o Options) string {
	h := sha256.New()
	fmt.Fprintf(h, "generator %s, seed %d, officers %d\n", generatorVersion, o.Seed, o.Size.Officers)
	for _, t := range migrate.Tables {
		fmt.Fprintln(h, t.Name)
		for _, c := range t.Columns {
			fmt.Fprintln(h, c.Name, c.Type, c.Size, c.Nullable, c.Default, c.SchemaType)
		}
		for _, i := range t.Indexes {
			fmt.Fprint(h, i.Name, i.Unique)
			for _, c := range i.Columns {
				fmt.Fprint(h, " ", c.Name)
			}
			fmt.Fprintln(h)
		}
	}
	return fmt.Sprintf("%s%dx%d-%s", prefix, o.Size.Cases, o.Size.ActivitiesPerCase, hex.EncodeToString(h.Sum(nil))[:12])
}

// fill makes the database, its tables and its rows.
func (d *data) fill(ctx context.Context, o Options) (err error) {
	fmt.Fprintf(o.Out, "Making %d cases with about %d activities (kept for the next run in %s) …\n",
		o.Size.Cases, o.Size.Cases*(2*o.Size.ActivitiesPerCase+1)/2, o.Cache)
	begun := time.Now()
	root, err := stdsql.Open("mysql", d.DSN())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	for _, statement := range []string{
		"SET GLOBAL innodb_flush_log_at_trx_commit = 0",
		"CREATE DATABASE " + database + " CHARACTER SET utf8mb4",
	} {
		if _, err := root.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	s, err := store.Open(ctx, store.Options{URL: d.url()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := o.Prepare(ctx, s); err != nil {
		return err
	}
	courts, err := courtCodes(ctx, s.SQL())
	if err != nil {
		return err
	}
	if err := newGenerator(o.Size, o.Seed, courts).load(ctx, s.SQL()); err != nil {
		return err
	}
	if _, err := root.ExecContext(ctx, "SET GLOBAL innodb_flush_log_at_trx_commit = 1"); err != nil {
		return err
	}
	if _, err := root.ExecContext(ctx, "FLUSH ENGINE LOGS"); err != nil {
		return err
	}
	fmt.Fprintf(o.Out, "made in %v\n", time.Since(begun).Round(time.Second))
	return nil
}

func courtCodes(ctx context.Context, db *stdsql.DB) ([]string, error) {
	return column(ctx, db, "SELECT code FROM courts ORDER BY code")
}

// column reads a column of texts.
func column(ctx context.Context, db *stdsql.DB, query string, args ...any) (all []string, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}
