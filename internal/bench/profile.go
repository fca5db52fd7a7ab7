package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"syscall"
	"time"
)

// The program is profiled on a signal of its parent's, in this subcommand only:
// what is served to others has no door for it.

// begun and done are what the profile is called while it is written, and then.
const (
	profileBegun = "cpu.part"
	profileDone  = "cpu.pprof"
)

// ProfileOnSignal begins a CPU profile in the directory at each SIGUSR1, and
// ends it at the next. The returned function stops listening.
func ProfileOnSignal(dir string) (stop func(), err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	go func() {
		var out *os.File
		for range signals {
			var err error
			if out == nil {
				if out, err = os.Create(filepath.Join(dir, profileBegun)); err == nil {
					err = pprof.StartCPUProfile(out)
				}
			} else {
				pprof.StopCPUProfile()
				err = errors.Join(out.Close(), os.Rename(out.Name(), filepath.Join(dir, profileDone)))
				out = nil
			}
			if err != nil {
				fmt.Fprintln(os.Stderr, "profiling:", err)
			}
		}
	}()
	return func() { signal.Stop(signals); close(signals) }, nil
}

// profile asks the program one question once more, and keeps where its time
// went in NAME.pprof: go tool pprof -top bin/sts DIR/Q1.pprof.
func (o Options) profile(ctx context.Context, q question, k *known, s *side, database int) error {
	done := filepath.Join(o.Profile, profileDone)
	if err := os.Remove(done); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := s.cmd.Process.Signal(syscall.SIGUSR1); err != nil {
		return fmt.Errorf("profiling: %w", err)
	}
	if _, err := o.drive(ctx, q, k, s, database, o.Seed, o.Pass); err != nil {
		return err
	}
	if err := s.cmd.Process.Signal(syscall.SIGUSR1); err != nil {
		return fmt.Errorf("profiling: %w", err)
	}
	for range 100 {
		if err := os.Rename(done, filepath.Join(o.Profile, q.name+".pprof")); err == nil {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("no profile was written into %s", o.Profile)
}
