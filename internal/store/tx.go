package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/go-sql-driver/mysql"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/service-tracking/sts/ent"
)

const (
	// TxLife is how long a transaction lives at most: what none has written
	// after it, none will write any more.
	TxLife = 5 * time.Second
	// txTries is how often one that the engine refused is tried.
	txTries = 12
)

// Tx runs fn in one writing transaction and commits it. Where the engine asks
// for it (deadlock, lock wait, snapshot conflict, busy) fn runs again from the
// start: so it must do nothing but read and write through tx. Every read that
// a rule decides on must come after the statement that takes the case's lock.
func (s *Store) Tx(ctx context.Context, fn func(ctx context.Context, tx *ent.Tx) error) error {
	return again(ctx, func(ctx context.Context) error { return s.once(ctx, fn) })
}

// again does what the engine may refuse for the moment, until it does not.
func again(ctx context.Context, do func(context.Context) error) error {
	for try := 1; ; try++ {
		err := do(ctx)
		if err == nil || !Conflict(err) || try == txTries || ctx.Err() != nil {
			return err
		}
		pause := time.NewTimer(time.Duration(rand.Int64N(int64(try)*int64(5*time.Millisecond)) + int64(time.Millisecond)))
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return fmt.Errorf("waiting to try again: %w", ctx.Err())
		}
	}
}

func (s *Store) once(ctx context.Context, fn func(ctx context.Context, tx *ent.Tx) error) (err error) {
	ctx, cancel := context.WithTimeout(ctx, TxLife)
	defer cancel()
	tx, err := s.Client.Tx(ctx)
	if err != nil {
		return fmt.Errorf("beginning a transaction: %w", err)
	}
	finished := false
	defer func() {
		if finished {
			return
		}
		if rollback := tx.Rollback(); rollback != nil && err != nil && ctx.Err() == nil {
			err = fmt.Errorf("%w (and rolling back: %w)", err, rollback)
		}
	}()
	if err := fn(ctx, tx); err != nil {
		return err
	}
	finished = true
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	return nil
}

// Conflict tells whether the engine refused a transaction that may succeed
// when it is run again.
func Conflict(err error) bool {
	var my *mysql.MySQLError
	if errors.As(err, &my) {
		switch my.Number {
		case 1213, // deadlock
			1205,                   // lock wait timeout
			1020,                   // MariaDB: the record has changed since the snapshot
			9007, 8002, 8022, 8028: // TiDB: write conflict, and the schema changed meanwhile
			return true
		}
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() & 0xff { // the low byte: BUSY_SNAPSHOT and its like are BUSY
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
			return true
		}
	}
	return false
}

// Duplicate tells whether a unique index refused a row.
func Duplicate(err error) bool {
	var my *mysql.MySQLError
	if errors.As(err, &my) {
		return my.Number == 1062
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	return false
}
