package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/service-tracking/sts/internal/intake"
	"github.com/service-tracking/sts/internal/intake/feed"
)

// badRowsStatus is the exit status when some rows could not be used.
const badRowsStatus = exitStatus(3)

// importFeed imports one file of a feed.
func importFeed(ctx context.Context, args []string, s streams) (err error) {
	const usage = "sts import daybook|registry FILE (- is standard input)"
	if len(args) == 0 || args[0] != "daybook" && args[0] != "registry" {
		return errors.New("say which feed: " + usage)
	}
	kind := args[0]
	c, f, err := parse("import "+kind, false, args[1:], s, nil)
	if err != nil {
		return err
	}
	if f.NArg() != 1 {
		return errors.New("name one file, after the flags: " + usage)
	}
	in := s.in
	if name := f.Arg(0); name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return fmt.Errorf("opening the feed: %w", err)
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		in = file
	}
	system, err := open(ctx, c, logger(s.err), nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, system.close()) }()
	importer := system.importer()
	importer.Bad = func(row *feed.RowError) { fmt.Fprintln(s.err, row) }
	progress, done := progressLine(s.err)
	importer.Progress = progress
	run := importer.Daybook
	if kind == "registry" {
		run = importer.Registry
	}
	report, err := run(ctx, in)
	done()
	fmt.Fprintf(s.out, "%s: %d rows: %d new, %d changed, %d unchanged, %d older (ignored), %d waiting for the daybook, %d bad\n",
		kind, report.Rows(), report.New, report.Changed, report.Unchanged, report.Older, report.Waiting, report.Bad)
	if err != nil {
		return err
	}
	if report.Bad > 0 {
		return badRowsStatus
	}
	return nil
}

// progressLine rewrites one line on a terminal; elsewhere it says nothing.
func progressLine(w io.Writer) (show func(intake.Report), done func()) {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return nil, func() {}
	}
	begun := time.Now()
	show = func(r intake.Report) {
		fmt.Fprintf(w, "\r%d rows, %.0f a second ", r.Rows(), float64(r.Rows())/time.Since(begun).Seconds())
	}
	return show, func() { fmt.Fprintln(w) }
}
