package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/service-tracking/sts/internal/bench"
	"github.com/service-tracking/sts/internal/config"
)

// measure compares the API with SQL and HTTP written by hand, on a database of
// its own. It starts this program again as both sides: --serve and --raw, which
// are for it alone.
func measure(ctx context.Context, args []string, io streams) error {
	if len(args) > 0 && (args[0] == "--raw" || args[0] == "--serve") {
		return measured(ctx, args[0], args[1:], io)
	}
	o := bench.Options{Size: bench.DefaultSize, Prepare: prepare, Out: io.out}
	var only config.List
	var file string
	f := flag.NewFlagSet("sts bench", flag.ContinueOnError)
	f.SetOutput(io.err)
	f.IntVar(&o.Size.Cases, "cases", o.Size.Cases, "how many cases")
	f.IntVar(&o.Size.ActivitiesPerCase, "activities", o.Size.ActivitiesPerCase, "how many activities a case has, or one more")
	f.Uint64Var(&o.Seed, "seed", 1, "what the data and the questions are made from")
	f.IntVar(&o.Connections, "connections", 16, "how many ask at once")
	f.DurationVar(&o.Pass, "pass", 4*time.Second, "how long one side is asked at a stretch")
	f.IntVar(&o.Passes, "passes", 3, "how often")
	f.Var(&only, "only", "the questions to ask, such as Q1,Q3 (default all)")
	f.IntVar(&o.MemoryMiB, "memory-mib", 512, "memory limit of both servers' heaps in MiB")
	f.StringVar(&o.Cache, "cache", "", "directory in which the data are kept for the next run (default sts-bench in the user's cache directory)")
	f.StringVar(&file, "json", "", "file to write the figures to as well")
	f.StringVar(&o.Profile, "profile", "", "directory for CPU profiles of the program, one a question")
	if err := f.Parse(args); err != nil {
		if err == flag.ErrHelp {
			return err
		}
		return exitStatus(2) // the flag set has said why
	}
	if o.Size.Cases < 100 || o.Size.ActivitiesPerCase < 1 || o.Connections < 1 || o.Passes < 1 || o.Pass <= 0 {
		return fmt.Errorf("at least 100 cases, 1 activity, 1 connection and 1 pass are needed")
	}
	o.Only = only
	var err error
	if o.Program, err = os.Executable(); err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	for _, dir := range []*string{&o.Cache, &o.Profile} {
		if *dir != "" {
			if *dir, err = filepath.Abs(*dir); err != nil {
				return err
			}
		}
	}
	if o.Cache == "" {
		caches, err := os.UserCacheDir()
		if err != nil {
			return fmt.Errorf("where to keep the data: %w (say it with --cache)", err)
		}
		o.Cache = filepath.Join(caches, "sts-bench")
	}
	report, err := bench.Run(ctx, o)
	if err != nil {
		return err
	}
	if file != "" {
		text, err := json.MarshalIndent(report, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(file, append(text, '\n'), 0o644); err != nil {
			return err
		}
	}
	return report.Print(io.out)
}

// measured is one of the sides.
func measured(ctx context.Context, side string, args []string, io streams) error {
	if side == "--serve" {
		if len(args) < 2 || !strings.HasPrefix(args[0], "--profile") {
			return exitStatus(2)
		}
		stop, err := bench.ProfileOnSignal(args[1])
		if err != nil {
			return err
		}
		defer stop()
		return serve(ctx, slices.Clone(args[2:]), io)
	}
	c, _, err := configure("bench --raw", true, args, io, nil)
	if err != nil {
		return err
	}
	collectAt(int64(c.MemoryLimit) << 20) // as serve does
	return bench.ServeRaw(ctx, c.Listen, c.Data, c.Database)
}
