package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/service-tracking/sts/internal/demo"
	"github.com/service-tracking/sts/internal/recording"
)

const demoUsage = "sts demo drive [--rate 12/min] [--for 10m] [--seed N]"

// demonstrate is what can be done with a demonstration year.
func demonstrate(ctx context.Context, args []string, io streams) error {
	if len(args) > 0 && args[0] == "drive" {
		return drive(ctx, args[1:], io)
	}
	return errors.New("say what to do with the demonstration: " + demoUsage)
}

// drive plays a day of marshals recording on the demonstration year, beside the
// process that serves it: that one numbers, sends and shows what is recorded.
func drive(ctx context.Context, args []string, io streams) (err error) {
	pace := rate{every: 5 * time.Second}
	var last time.Duration
	var seed uint64
	c, _, err := configure("demo drive", false, args, io, func(f *flag.FlagSet) {
		f.Var(&pace, "rate", "how many things happen: a number and /s, /min or /h")
		f.DurationVar(&last, "for", 0, "for how long, such as 10m; without it until stopped")
		f.Uint64Var(&seed, "seed", 0, "play the same day again; without it another one each time")
	})
	if err != nil {
		return err
	}
	if last < 0 {
		return fmt.Errorf("--for %s: a day lasts for more than nothing, such as 10m", last)
	}
	if err := existing(c); err != nil {
		return err
	}
	s, err := open(ctx, c, logger(io.err), nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if last > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, last)
		defer cancel()
	}
	if seed == 0 {
		seed = uint64(s.clock().UnixNano())
	}
	ticker := time.NewTicker(pace.every)
	defer ticker.Stop()
	driven, err := demo.Drive(ctx, demo.DriveOptions{
		Store: s.store, Reference: s.reference, Accounts: s.accounts, Importer: s.importer(), Clock: s.clock, Tick: ticker.C, Seed: seed,
		Recorder: &recording.Recorder{Store: s.store, Reference: s.reference, Planner: s.planner, Timely: s.timely, Clock: s.clock, OnOpened: s.claimWaiting},
		Tell:     func(t demo.Told) { t.Write(io.out) },
	})
	if !errors.Is(err, demo.ErrNoYear) {
		driven.Write(io.out)
	}
	return err
}

// rate is how often something happens, as a flag: 12/min.
type rate struct{ every time.Duration }

// mostOften is the shortest time between two things.
const mostOften = time.Millisecond

var rateUnits = map[string]time.Duration{"s": time.Second, "min": time.Minute, "h": time.Hour}

func (r *rate) Set(text string) error {
	number, unit, _ := strings.Cut(text, "/")
	n, err := strconv.ParseFloat(number, 64)
	per, known := rateUnits[unit]
	if err != nil || !known || !(n > 0) {
		return errors.New("write how many things happen, such as 12/min, 3/s or 100/h")
	}
	every := float64(per) / n
	if every < float64(mostOften) || every > float64(24*time.Hour) {
		return errors.New("between one a day and 1000/s")
	}
	r.every = time.Duration(every)
	return nil
}

func (r *rate) String() string {
	if r.every == 0 {
		return ""
	}
	return strconv.FormatFloat(float64(time.Minute)/float64(r.every), 'g', 6, 64) + "/min"
}
