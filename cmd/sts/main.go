// Command sts is the Service Tracking System: officers record service of
// orders of protection, and police agencies, the state file and the national
// file are told.
//
// Each subcommand has a file of its own; system.go puts the rooms together.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/service-tracking/sts/internal/config"
)

// command is one subcommand.
type command struct {
	name, usage, about string
	run                func(ctx context.Context, args []string, io streams) error
}

// streams are what a subcommand reads and writes, so that tests can.
type streams struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string
}

var commands = []command{
	{"serve", "sts serve [--demo]", "serve the API, work off deliveries, number the journal", serve},
	{"migrate", "sts migrate", "bring the database to what this program needs", migrate},
	{"import", "sts import daybook|registry FILE", "import a feed: newline-delimited JSON, or CSV with a header; - is standard input; --watch DIR", importFeed},
	{"token", "sts token --account NAME [--ttl 1h]", "print a bearer token for an account; audited", token},
	{"check", "sts check", "recompute what is derived and compare it with what is stored", check},
	{"backup", "sts backup FILE", "copy the database into a new file, while the system runs", backUp},
	{"restore", "sts restore FILE", "make a database of a backup, where there is none yet", restore},
	{"demo", "sts demo drive [--rate 12/min]", "play a day of marshals recording on a demonstration year, until stopped", demonstrate},
	{"bench", "sts bench [flags]", "measure the API against SQL and HTTP written by hand, on a MariaDB of its own", measure},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := dispatch(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr, os.Getenv})
	var status exitStatus
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
	case errors.As(err, &status):
		os.Exit(int(status))
	default:
		fmt.Fprintln(os.Stderr, "sts:", err)
		os.Exit(1)
	}
}

// exitStatus ends the process with a status; what it means was printed.
type exitStatus int

func (e exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

func dispatch(ctx context.Context, args []string, io streams) error {
	if len(args) == 0 {
		usage(io.err)
		return exitStatus(2)
	}
	for _, c := range commands {
		if c.name == args[0] {
			return c.run(ctx, args[1:], io)
		}
	}
	if args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		usage(io.out)
		return nil
	}
	usage(io.err)
	return fmt.Errorf("there is no subcommand %q", args[0])
}

func usage(w io.Writer) {
	fmt.Fprintln(w, "Service Tracking System. Subcommands:")
	for _, c := range commands {
		fmt.Fprintf(w, "  %-36s %s\n", c.usage, c.about)
	}
	fmt.Fprintln(w, "Each takes --data DIR (or STS_DATA); sts SUBCOMMAND --help tells the rest.")
}

// configure parses the arguments of a subcommand that takes flags alone. A word
// that is left over ended the flags, and what follows it would be passed over:
// in "serve --demo false --listen …" the address.
func configure(name string, serving bool, args []string, s streams, more func(*flag.FlagSet)) (*config.Config, *flag.FlagSet, error) {
	c, f, err := parse(name, serving, args, s, more)
	if err == nil && f.NArg() > 0 {
		err = fmt.Errorf("sts %s takes flags only, and %q is none (to turn a flag off write --flag=false)", name, f.Arg(0))
	}
	return c, f, err
}

// parse parses the flags of a subcommand into its configuration, and leaves the
// words after them.
func parse(name string, serving bool, args []string, s streams, more func(*flag.FlagSet)) (*config.Config, *flag.FlagSet, error) {
	f := flag.NewFlagSet("sts "+name, flag.ContinueOnError)
	f.SetOutput(s.err)
	c := config.Flags(f, serving)
	if more != nil {
		more(f)
	}
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil, nil, err
		}
		return nil, nil, exitStatus(2) // the flag set has said why
	}
	if err := c.Complete(f, s.getenv); err != nil {
		return nil, nil, fmt.Errorf("configuration: %w", err)
	}
	return c, f, nil
}

// logger writes structured lines to w.
func logger(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }
