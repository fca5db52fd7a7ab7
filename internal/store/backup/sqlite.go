package backup

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the embedded engine

	"github.com/service-tracking/sts/internal/store"
)

// snapshot writes one consistent copy. Writers go on meanwhile: in WAL mode a
// reader holds nobody up.
func snapshot(ctx context.Context, path, half string) (err error) {
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("there is no database to back up: %w", err)
	}
	db, err := openSQLite(path, "mode=rw")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	// The file is there and empty, which VACUUM INTO takes as its own.
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", half); err != nil {
		return fmt.Errorf("copying the database: %w", err)
	}
	return whole(ctx, half)
}

// whole tells whether the file is a sound database.
func whole(ctx context.Context, path string) (err error) {
	db, err := openSQLite(path, "mode=ro&immutable=1")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var said string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&said); err != nil {
		return fmt.Errorf("checking the copy: %w", err)
	}
	if said != "ok" {
		return fmt.Errorf("the copy is damaged: %s", said)
	}
	return nil
}

func openSQLite(path, query string) (*stdsql.DB, error) {
	db, err := stdsql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+query+"&_pragma=busy_timeout(10000)")
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	return db, nil
}

// restoreSnapshot brings the copy to its place under a passing name, has it
// renamed, and gives it its own.
func restoreSnapshot(ctx context.Context, path, file string, rename func(context.Context, *store.Store) error) (err error) {
	for _, part := range []string{"", "-wal", "-shm"} {
		if _, err := os.Lstat(path + part); err == nil {
			return fmt.Errorf("%s %w: move it away first, with its -wal and -shm files", path+part, ErrThere)
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("the data directory cannot be made: %w", err)
	}
	half, err := newHalf(path)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, dismiss(half), dismiss(half+"-wal"), dismiss(half+"-shm"), dismiss(half+".migrating"))
		}
	}()
	if err := copyFile(file, half); err != nil {
		return err
	}
	if err := whole(ctx, half); err != nil {
		return err
	}
	if err := openFor(ctx, "sqlite:"+half, rename); err != nil {
		return err
	}
	// Closing the last connection has brought everything into the one file.
	if err := errors.Join(dismiss(half+"-wal"), dismiss(half+"-shm"), dismiss(half+".migrating")); err != nil {
		return err
	}
	return finish(half, path)
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("opening the backup: %w", err)
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("writing the database: %w", err)
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if _, err := io.Copy(out, in); err != nil {
		return fmt.Errorf("writing the database: %w", err)
	}
	return nil
}
