package main

import (
	"context"
	"flag"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/config"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/orderfile"
	"github.com/service-tracking/sts/internal/terms"
)

// assembled is a system with its workers, which do not run yet.
func assembled(t *testing.T, clock func() time.Time) (*system, *workers) {
	t.Helper()
	f := flag.NewFlagSet("serve", flag.ContinueOnError)
	c := config.Flags(f, true)
	if err := f.Parse([]string{"--data", t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	if err := c.Complete(f, func(string) string { return "" }); err != nil {
		t.Fatal(err)
	}
	w := newWorkers(slog.New(slog.DiscardHandler))
	s, err := openAt(t.Context(), c, w.log, clock, w.nudge)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	if err := w.build(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	return s, w
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not in twenty seconds: %s", what)
		}
	}
}

type noSockets struct{}

func (noSockets) Shutdown(context.Context) error { return nil }

// A client that never reads may use up the time that requests have when the
// process stops. The workers have theirs nevertheless.
func TestAClientThatNeverReadsDoesNotCutTheWorkersOff(t *testing.T) {
	_, w := assembled(t, time.Now)
	w.start(t.Context())
	// A worker that has something to end.
	slow := w.run(context.Background(), "slow worker", func(ctx context.Context) error {
		<-ctx.Done()
		time.Sleep(100 * time.Millisecond)
		return nil
	})
	w.running = append([]*worker{slow}, w.running...)

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	writing, wrote := make(chan struct{}), make(chan struct{})
	endless := http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		defer close(wrote)
		close(writing)
		for {
			if _, err := rw.Write(make([]byte, 1<<20)); err != nil {
				return
			}
		}
	})
	p := process{
		workers: w, http: &http.Server{Handler: endless}, sockets: noSockets{}, listener: listener,
		drainWithin: 200 * time.Millisecond, stopWithin: stopWithin,
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.run(ctx, func() {}) }()
	client, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := client.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	<-writing
	stop()
	err = <-ended
	if err == nil || !strings.Contains(err.Error(), "requests in flight") {
		t.Errorf("the client did not hold the drain up: %v", err)
	}
	if err != nil && (strings.Contains(err.Error(), "did not stop in time") || strings.Contains(err.Error(), "numbering")) {
		t.Errorf("the workers were cut off: %v", err)
	}
	<-wrote
}

// One clock for every room: what one calls now, all do.
func TestEveryRoomGoesByTheSystemsClock(t *testing.T) {
	noon := time.Date(2031, 11, 25, 17, 0, 0, 0, time.UTC)
	s, w := assembled(t, func() time.Time { return noon })
	defer w.simulator.Close()
	if now := s.delivery.Clock; now == nil || now() != noon {
		t.Error("the delivery rooms have a clock of their own")
	}
	if err := w.simulator.Enter(orderfile.Change{File: orderfile.StateFile, RecordNumber: "H1", Name: "NUNEZ, JOSE", Code: "2"}); err != nil {
		t.Fatal(err)
	}
	for _, version := range w.simulator.Versions(orderfile.StateFile, "H1") {
		if version.At != noon {
			t.Errorf("the simulator calls %v now", version.At)
		}
	}
}

// What another process changes in the reference tables is seen here.
func TestTheReferenceTablesAreReadAgain(t *testing.T) {
	if w := newWorkers(nil); w.reloadEvery != time.Minute {
		t.Errorf("they are read every %v", w.reloadEvery)
	}
	s, w := assembled(t, time.Now)
	w.reloadEvery = 5 * time.Millisecond
	w.start(t.Context())
	defer func() {
		w.stopStreams()
		if err := (process{workers: w, stopWithin: stopWithin}).stop(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	if s.reference.Court("ZZZ") != nil {
		t.Fatal("it is there already")
	}
	ctx := access.As(t.Context(), "test")
	if err := s.store.Client.Court.Create().SetCode("ZZZ").SetName("Z").SetJudicialDistrict("Z").SetSitsAt("Z").Exec(ctx); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the new court is known", func() bool { return s.reference.Court("ZZZ") != nil })
	// A database that is away for a moment ends nothing.
	for _, statement := range []string{"ALTER TABLE courts RENAME TO away", "ALTER TABLE away RENAME TO courts"} {
		if _, err := s.store.SQL().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err := s.store.Client.Court.Create().SetCode("ZZY").SetName("Z").SetJudicialDistrict("Z").SetSitsAt("Z").Exec(ctx); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the next court is known", func() bool { return s.reference.Court("ZZY") != nil })
}

// Strangers may read /metrics as often as they like: the database is asked once
// a second.
func TestGaugesAreRemembered(t *testing.T) {
	s, w := assembled(t, time.Now)
	defer w.simulator.Close()
	r := prometheus.NewRegistry()
	w.measure(r)
	unnumbered := func() float64 {
		t.Helper()
		families, err := r.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range families {
			if f.GetName() == "sts_journal_unnumbered" {
				return f.GetMetric()[0].GetGauge().GetValue()
			}
		}
		t.Fatal("no such gauge")
		return 0
	}
	started := time.Now()
	before := unnumbered()
	err := s.store.Tx(access.As(t.Context(), "test"), func(ctx context.Context, tx *ent.Tx) error {
		return journal.Append(ctx, tx, journal.Entry{Kind: terms.ActivityRecorded, Actor: "test", At: time.Now()})
	})
	if err != nil {
		t.Fatal(err)
	}
	if again := unnumbered(); again != before && time.Since(started) < time.Second {
		t.Errorf("%v, then %v", before, again)
	}
	eventually(t, "the gauge tells of one more", func() bool { return unnumbered() == before+1 })
}

func TestTheMemoryLimitLeavesRoom(t *testing.T) {
	const mib = 1 << 20
	for _, c := range []struct {
		in   memory
		want int64
	}{
		{memory{0, 0}, 512 * mib},
		{memory{live: 40 * mib, besides: 30 * mib}, 512 * mib},
		{memory{live: 200 * mib, besides: 112 * mib}, 512 * mib},
		{memory{live: 600 * mib, besides: 100 * mib}, 1300 * mib},
	} {
		if got := roomFor(512*mib, c.in); got != c.want {
			t.Errorf("%+v: %d MiB, want %d", c.in, got/mib, c.want/mib)
		}
	}

	const limit = 64 * mib
	before := debug.SetMemoryLimit(limit)
	defer debug.SetMemoryLimit(before)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- keepRoom(limit, time.Millisecond, slog.New(slog.DiscardHandler))(ctx) }()
	hog := make([]byte, 200*mib) // the viewers
	runtime.GC()
	eventually(t, "the limit is raised", func() bool { return debug.SetMemoryLimit(-1) >= 2*int64(len(hog)) })
	runtime.KeepAlive(hog)
	hog = nil
	runtime.GC()
	eventually(t, "the limit is what it was", func() bool { return debug.SetMemoryLimit(-1) == limit })
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
