package inbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// watched is an inbox that looks when the test says so.
type watched struct {
	*testing.T
	*Inbox
	said *bytes.Buffer
}

func watch(t *testing.T, take func(ctx context.Context, name string, in io.Reader, bad io.Writer) error) *watched {
	t.Helper()
	w := &watched{T: t, said: new(bytes.Buffer)}
	w.Inbox = &Inbox{Dir: t.TempDir(), Take: take, Log: slog.New(slog.NewTextHandler(w.said, nil))}
	if err := os.Mkdir(filepath.Join(w.Dir, Done), 0o700); err != nil {
		t.Fatal(err)
	}
	return w
}

// look has it look so often.
func (w *watched) look(times int) {
	w.Helper()
	for range times {
		if err := w.once(w.Context()); err != nil {
			w.Fatal(err)
		}
	}
}

func (w *watched) put(name, content string) {
	w.Helper()
	if err := os.WriteFile(filepath.Join(w.Dir, name), []byte(content), 0o600); err != nil {
		w.Fatal(err)
	}
}

// has are the files that are there, done included.
func (w *watched) has() string {
	w.Helper()
	var names []string
	err := filepath.WalkDir(w.Dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != ".lock" {
			name, _ := filepath.Rel(w.Dir, path)
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return strings.Join(names, " ")
}

// §3(b): files are taken as they come, in the order of their names, once; one
// that grows is left alone until it is whole.
func TestFilesAreTakenAsTheyCome(t *testing.T) {
	var taken []string
	w := watch(t, func(_ context.Context, name string, in io.Reader, bad io.Writer) error {
		content, err := io.ReadAll(in)
		taken = append(taken, name+"="+string(content))
		if strings.Contains(string(content), "bad") {
			fmt.Fprintln(bad, "line 1: is bad")
		}
		return err
	})
	w.look(1)
	w.put("b.csv", "2")
	w.put("a.ndjson", "1 bad")
	w.put(".c.csv", "hidden")
	w.put("d.part", "not a feed")
	w.put("e.CSV", "3")
	w.look(2) // the second look finds them the same
	w.put("grows.json", "half")
	w.look(1)
	w.put("grows.json", "half and half")
	w.look(2)
	w.put("b.csv", "2 again")
	w.look(3)
	want := []string{"a.ndjson=1 bad", "b.csv=2", "e.CSV=3", "grows.json=half and half", "b.csv=2 again"}
	if !slices.Equal(taken, want) {
		t.Errorf("taken: %q", taken)
	}
	if has := w.has(); has != ".c.csv d.part done/a.ndjson done/a.ndjson.bad done/b-2.csv done/b.csv done/e.CSV done/grows.json" {
		t.Errorf("there are %s", has)
	}
	if bad, err := os.ReadFile(filepath.Join(w.Dir, "done", "a.ndjson.bad")); err != nil || string(bad) != "line 1: is bad\n" {
		t.Errorf("the rows that could not be used: %q, %v", bad, err)
	}
}

// What could not be taken stays, is said once, and is tried again.
func TestWhatFailsIsTriedAgain(t *testing.T) {
	away, tries := true, 0
	w := watch(t, func(_ context.Context, _ string, _ io.Reader, bad io.Writer) error {
		tries++
		if away {
			fmt.Fprintln(bad, "half a report")
			return errors.New("the database is away")
		}
		return nil
	})
	w.put("a.csv", "1")
	w.look(4)
	if has := w.has(); tries != 3 || has != "a.csv" {
		t.Errorf("after %d tries there are %s", tries, has)
	}
	away = false
	w.look(1)
	if has := w.has(); tries != 4 || has != "done/a.csv" {
		t.Errorf("after %d tries there are %s", tries, has)
	}
	if n := strings.Count(w.said.String(), "the database is away"); n != 1 {
		t.Errorf("said %d times: %s", n, w.said)
	}
}

// Told to stop in the middle of a file, it leaves it for the next time.
func TestStoppedInTheMiddle(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	w := watch(t, func(ctx context.Context, _ string, _ io.Reader, _ io.Writer) error {
		stop()
		<-ctx.Done()
		return ctx.Err()
	})
	w.put("a.csv", "1")
	w.look(1)
	if err := w.Watch(ctx, nil); err != nil { // looks once, then has ended
		t.Error(err)
	}
	if has := w.has(); has != "a.csv" || w.said.Len() > 0 {
		t.Errorf("there are %s; it said %s", has, w.said)
	}
}

// Two watchers of one directory would take files from each other's hands.
func TestOneWatchesADirectory(t *testing.T) {
	w := watch(t, nil)
	ctx, stop := context.WithCancel(t.Context())
	ticks, ended := make(chan time.Time), make(chan error, 1)
	go func() { ended <- w.Watch(ctx, ticks) }()
	ticks <- time.Time{} // it has the directory
	second := &Inbox{Dir: w.Dir}
	if err := second.Watch(ctx, nil); !errors.Is(err, ErrWatched) {
		t.Errorf("the second: %v", err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := second.Watch(ctx, nil); err != nil {
		t.Errorf("after the first: %v", err)
	}
}
