package inbox

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// Done is the directory, within the inbox, of what was taken.
const Done = "done"

// kinds are the ends of the names that are looked at.
var kinds = []string{".ndjson", ".jsonl", ".json", ".csv"}

// ErrWatched says that another process has the inbox.
var ErrWatched = errors.New("another process watches this directory")

// Inbox is a directory into which files come.
type Inbox struct {
	Dir string
	// Take imports one file. It writes a line to bad for each row that cannot
	// be used; an error means that the file is to be tried again.
	Take func(ctx context.Context, name string, in io.Reader, bad io.Writer) error
	Log  *slog.Logger

	seen   map[string]look
	failed map[string]string // what was said of a file that failed
}

// look is how a file looked.
type look struct {
	size     int64
	modified time.Time
}

// Watch looks into the directory at each tick until ctx ends. One process
// watches a directory; a second one gets [ErrWatched].
func (b *Inbox) Watch(ctx context.Context, ticks <-chan time.Time) (err error) {
	if err := os.MkdirAll(filepath.Join(b.Dir, Done), 0o700); err != nil {
		return fmt.Errorf("the inbox cannot be used: %w", err)
	}
	lock := flock.New(filepath.Join(b.Dir, ".lock"), flock.SetPermissions(0o600))
	got, err := lock.TryLock()
	if err != nil {
		return fmt.Errorf("locking the inbox: %w", err)
	}
	if !got {
		return fmt.Errorf("%s: %w", b.Dir, ErrWatched)
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	for {
		if err := b.once(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticks:
		}
	}
}

// once takes what has come, in the order of the names.
func (b *Inbox) once(ctx context.Context) error {
	if b.failed == nil {
		b.failed = map[string]string{}
	}
	now, err := b.looks()
	if err != nil {
		return err
	}
	ready := make([]string, 0, len(now))
	for name, l := range now {
		if before, ok := b.seen[name]; ok && before.size == l.size && before.modified.Equal(l.modified) {
			ready = append(ready, name)
		}
	}
	b.seen = now
	slices.SortFunc(ready, cmp.Compare[string])
	for _, name := range ready {
		if ctx.Err() != nil {
			return nil
		}
		err := b.take(ctx, name)
		switch {
		case err == nil:
			delete(b.seen, name)
			delete(b.failed, name)
		case ctx.Err() != nil:
			return nil // it stays, and is taken the next time
		case b.failed[name] != err.Error():
			b.failed[name] = err.Error()
			b.Log.Error("a file of the feed could not be taken; it is tried again", "file", name, "error", err)
		}
	}
	return nil
}

func (b *Inbox) looks() (map[string]look, error) {
	entries, err := os.ReadDir(b.Dir)
	if err != nil {
		return nil, fmt.Errorf("looking into the inbox: %w", err)
	}
	now := map[string]look{}
	for _, e := range entries {
		if !e.Type().IsRegular() || strings.HasPrefix(e.Name(), ".") || !slices.Contains(kinds, strings.ToLower(filepath.Ext(e.Name()))) {
			continue
		}
		info, err := e.Info()
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, fmt.Errorf("looking into the inbox: %w", err)
		default:
			now[e.Name()] = look{info.Size(), info.ModTime()}
		}
	}
	return now, nil
}

// take imports one file and moves it away. The rows that could not be used are
// in place before the file is.
func (b *Inbox) take(ctx context.Context, name string) (err error) {
	in, err := os.Open(filepath.Join(b.Dir, name))
	if err != nil {
		return fmt.Errorf("opening it: %w", err)
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	bad, err := os.CreateTemp(filepath.Join(b.Dir, Done), ".bad-*")
	if err != nil {
		return fmt.Errorf("keeping the rows that cannot be used: %w", err)
	}
	defer func() {
		if gone := os.Remove(bad.Name()); !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}()
	lines := bufio.NewWriter(bad) // it keeps the first error
	taken := errors.Join(b.Take(ctx, name, in, lines), lines.Flush())
	info, err := bad.Stat()
	if err := errors.Join(taken, err, bad.Close()); err != nil {
		return err
	}
	done, err := b.free(name)
	if err != nil {
		return err
	}
	if info.Size() > 0 {
		if err := os.Rename(bad.Name(), done+".bad"); err != nil {
			return fmt.Errorf("keeping the rows that cannot be used: %w", err)
		}
	}
	if err := os.Rename(filepath.Join(b.Dir, name), done); err != nil {
		return fmt.Errorf("moving it away: %w", err)
	}
	return nil
}

// free is a path in done that no file has: feeds often send the same name again.
func (b *Inbox) free(name string) (string, error) {
	ext := filepath.Ext(name)
	path := filepath.Join(b.Dir, Done, name)
	for n := 2; ; n++ {
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			return path, nil
		} else if err != nil {
			return "", fmt.Errorf("looking for a free name: %w", err)
		}
		path = filepath.Join(b.Dir, Done, fmt.Sprintf("%s-%d%s", strings.TrimSuffix(name, ext), n, ext))
	}
}
