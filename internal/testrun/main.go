package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/service-tracking/sts/internal/store/privatedb"
)

// all is how long the whole run may take, building included.
const all = 20 * time.Minute

type options struct {
	everything bool // nothing may be left out
	race       bool
	run        string
	timeout    time.Duration // of one package
	packages   []string
}

func main() {
	o := options{everything: os.Getenv("CI") == "true"}
	flag.BoolVar(&o.everything, "all", o.everything, "a test that is left out counts as failed (set where CI=true)")
	flag.BoolVar(&o.race, "race", false, "with the race detector")
	flag.StringVar(&o.run, "run", "", "only the tests whose names match")
	flag.DurationVar(&o.timeout, "timeout", 10*time.Minute, "how long one package may take")
	flag.Parse()
	if o.packages = flag.Args(); len(o.packages) == 0 {
		o.packages = []string{"./..."}
	}
	os.Exit(run(o))
}

// run answers the exit status: 0 if all is well, 1 if tests failed, 2 if they
// could not be run.
func run(o options) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, all)
	defer cancel()

	env := os.Environ()
	if os.Getenv("STS_TEST_MYSQL") == "" { // else somebody has a server of their own
		db, err := startDatabase(ctx)
		switch {
		case errors.Is(err, privatedb.ErrNotInstalled):
			fmt.Println(err.Error() + ": the tests that need it are left out")
		case err != nil:
			fmt.Fprintln(os.Stderr, "testrun: starting MariaDB:", err)
			return 2
		default:
			defer db.remove()
			env = append(env, "STS_TEST_MYSQL="+db.DSN())
		}
	}
	s := newSummary(o.everything, os.Stdout)
	err := goTest(ctx, o, env, s)
	if ctx.Err() != nil {
		fmt.Printf("\nstopped before the end: %v\n", context.Cause(ctx))
	}
	s.close(ctx.Err() != nil)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testrun:", err)
		return 2
	}
	if ctx.Err() != nil || s.failed > 0 {
		return 1
	}
	return 0
}

// goTest feeds the summary with what go test reports. That tests fail is no
// error of it, if the summary has seen it.
func goTest(ctx context.Context, o options, env []string, s *summary) error {
	args := []string{"test", "-json", "-timeout", o.timeout.String()}
	if o.race {
		args = append(args, "-race")
	}
	if o.run != "" {
		args = append(args, "-run", o.run)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, o.packages...)...)
	cmd.Env = env
	cmd.Stderr = os.Stderr
	// In a group of its own, so that what the tests have started ends as well.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	readErr := read(out, s)
	err = cmd.Wait()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		// A test that did not heed the signal must not outlive the run.
		if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			return err
		}
		return nil
	case errors.As(err, &exit) && s.failed > 0:
		return readErr
	}
	return errors.Join(err, readErr)
}

// read hands each line to the summary. Lines have no limit: a failing test may
// print much.
func read(from io.Reader, s *summary) error {
	for lines := bufio.NewReaderSize(from, 1<<16); ; {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			s.line(line)
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("reading what go test reports: %w", err)
		}
	}
}
