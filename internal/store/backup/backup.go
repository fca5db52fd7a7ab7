package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/service-tracking/sts/internal/store"
)

// ErrThere says that a file or a database is there already: neither a backup nor
// a restore writes over anything.
var ErrThere = errors.New("is there already, and nothing is written over")

// Take copies the database at the URL, as [store.Options] names it, into a new
// file that its owner alone may read. The file gets its name when it is whole.
// shown is called with the command that is run, where one is.
func Take(ctx context.Context, url, file string, shown func(command string)) (err error) {
	kind, rest, _ := strings.Cut(url, ":")
	if _, err := os.Lstat(file); err == nil {
		return fmt.Errorf("%s %w", file, ErrThere)
	} else if !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("looking for %s: %w", file, err)
	}
	half, err := newHalf(file)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, dismiss(half))
		}
	}()
	switch kind {
	case "sqlite":
		err = snapshot(ctx, rest, half)
	case "mysql":
		err = dump(ctx, rest, half, shown)
	default:
		err = fmt.Errorf("a database URL begins with sqlite: or mysql:, not with %q", kind)
	}
	if err != nil {
		return err
	}
	return finish(half, file)
}

// Restore makes the database at the URL of the file: a database that is not
// there yet, or that has no table. Before it gets its name (SQLite), or is told
// to be done, rename is called with it.
func Restore(ctx context.Context, url, file string, rename func(context.Context, *store.Store) error, shown func(command string)) error {
	kind, rest, _ := strings.Cut(url, ":")
	is, err := kindOf(file)
	if err != nil {
		return err
	}
	if is != kind {
		return fmt.Errorf("%s is a backup of a %s database, and this one is %s: restore it to a database of its own kind", file, engines[is], engines[kind])
	}
	if kind == "sqlite" {
		return restoreSnapshot(ctx, rest, file, rename)
	}
	if err := load(ctx, rest, file, shown); err != nil {
		return err
	}
	return openFor(ctx, url, rename)
}

var engines = map[string]string{"sqlite": "SQLite", "mysql": "MySQL or MariaDB"}

// kindOf tells the two kinds of file by how they begin.
func kindOf(file string) (kind string, err error) {
	f, err := os.Open(file)
	if err != nil {
		return "", fmt.Errorf("opening the backup: %w", err)
	}
	defer f.Close()
	head := make([]byte, 64)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("reading %s: %w", file, err)
	}
	switch head = head[:n]; {
	case bytes.HasPrefix(head, []byte("SQLite format 3\x00")):
		return "sqlite", nil
	case bytes.HasPrefix(head, []byte("--")), bytes.HasPrefix(head, []byte("/*")):
		return "mysql", nil
	}
	return "", fmt.Errorf("%s is no backup: it holds neither a SQLite database nor a dump", file)
}

// openFor opens the database, checks that it is one of ours, not newer than this
// program, and hands it over.
func openFor(ctx context.Context, url string, use func(context.Context, *store.Store) error) (err error) {
	s, err := store.Open(ctx, store.Options{URL: url})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if _, err := s.Migrate(ctx); err != nil {
		return err
	}
	return use(ctx, s)
}

// newHalf makes the file that is written before the backup has its name: beside
// it, readable by its owner alone.
func newHalf(file string) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".part-*")
	if err != nil {
		return "", fmt.Errorf("the backup cannot be written: %w", err)
	}
	return f.Name(), f.Close()
}

func dismiss(half string) error {
	if err := os.Remove(half); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("removing what was begun: %w", err)
	}
	return nil
}

// finish makes sure that the bytes are on the disk, then gives the file its
// name, which nobody must have taken meanwhile.
func finish(half, file string) error {
	if err := sync(half); err != nil {
		return err
	}
	if err := os.Link(half, file); errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s %w", file, ErrThere)
	} else if err != nil {
		return fmt.Errorf("naming the file: %w", err)
	}
	if err := os.Remove(half); err != nil {
		return fmt.Errorf("naming the file: %w", err)
	}
	return sync(filepath.Dir(file))
}

func sync(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("making sure that it is on the disk: %w", err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("making sure that it is on the disk: %w", err)
	}
	return nil
}
