package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/service-tracking/sts/internal/intake"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/intake/inbox"
)

// badRowsStatus is the exit status when some rows could not be used.
const badRowsStatus = exitStatus(3)

// lookEvery is how often a watched directory is looked into.
const lookEvery = 2 * time.Second

// importFeed imports one file of a feed, or those that come into a directory.
func importFeed(ctx context.Context, args []string, s streams) (err error) {
	const usage = "sts import daybook|registry FILE (- is standard input), or --watch DIR"
	if len(args) == 0 || args[0] != "daybook" && args[0] != "registry" {
		return errors.New("say which feed: " + usage)
	}
	i := feedImport{kind: args[0], out: s.out}
	watched := ""
	c, f, err := parse("import "+i.kind, false, args[1:], s, func(f *flag.FlagSet) {
		f.StringVar(&watched, "watch", "", "take files as they come into this directory, until stopped")
	})
	if err != nil {
		return err
	}
	if watched == "" && f.NArg() != 1 || watched != "" && f.NArg() != 0 {
		return errors.New("name one file, after the flags, or a directory to watch: " + usage)
	}
	in := s.in
	if name := f.Arg(0); name != "" && name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return fmt.Errorf("opening the feed: %w", err)
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		in = file
	}
	if i.system, err = open(ctx, c, logger(s.err), nil); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, i.system.close()) }()
	if watched != "" {
		return i.watch(ctx, watched)
	}
	progress, done := progressLine(s.err)
	report, err := i.run(ctx, i.kind, in, s.err, progress)
	done()
	if err == nil && report.Bad > 0 {
		return badRowsStatus
	}
	return err
}

// feedImport imports files of one feed.
type feedImport struct {
	kind   string
	system *system
	out    io.Writer
}

// run imports one file, writes the rows that cannot be used to bad, and tells
// what became of them all.
func (i feedImport) run(ctx context.Context, name string, in io.Reader, bad io.Writer, progress func(intake.Report)) (intake.Report, error) {
	importer := i.system.importer()
	importer.Bad = func(row *feed.RowError) { fmt.Fprintln(bad, row) }
	importer.Progress = progress
	read := importer.Daybook
	if i.kind == "registry" {
		read = importer.Registry
	}
	report, err := read(ctx, in)
	fmt.Fprintf(i.out, "%s: %d rows: %d new, %d changed, %d unchanged, %d older (ignored), %d waiting for the daybook, %d bad\n",
		name, report.Rows(), report.New, report.Changed, report.Unchanged, report.Older, report.Waiting, report.Bad)
	return report, err
}

// watch takes files as they come into the directory.
func (i feedImport) watch(ctx context.Context, dir string) error {
	box := inbox.Inbox{
		Dir: dir, Log: i.system.log,
		Take: func(ctx context.Context, name string, in io.Reader, bad io.Writer) error {
			// Agencies and officers may have come since the last file.
			if err := i.system.reference.Reload(ctx); err != nil {
				return err
			}
			_, err := i.run(ctx, name, in, bad, nil)
			return err
		},
	}
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	fmt.Fprintf(i.out, "Taking %s files as they come into %s; what was taken moves into %s. Ctrl-C stops it.\n", i.kind, dir, inbox.Done)
	return box.Watch(ctx, ticker.C)
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
