package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/service-tracking/sts/internal/config"
	"github.com/service-tracking/sts/internal/demo"
	"github.com/service-tracking/sts/internal/identity"
	"github.com/service-tracking/sts/internal/server"
	"github.com/service-tracking/sts/internal/store"
)

// drainWithin is how long requests in flight may take when the process stops.
const drainWithin = 15 * time.Second

// serve runs everything in one process until it is told to stop.
func serve(ctx context.Context, args []string, io streams) (err error) {
	c, _, err := configure("serve", true, args, io, nil)
	if err != nil {
		return err
	}
	log := logger(io.err)
	// The heap may grow to the limit before it is collected: where answers are
	// built and thrown away, that saves a third of the processor.
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(int64(c.MemoryLimit) << 20)

	// First the port: who started it twice should know at once.
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("cannot serve on %s: %w (choose another with --listen or LISTEN=)", c.Listen, err)
	}
	defer func() {
		if closed := listener.Close(); !errors.Is(closed, net.ErrClosed) {
			err = errors.Join(err, closed)
		}
	}()
	if c.Demo {
		if err := seed(ctx, c, io); err != nil {
			return fmt.Errorf("making the demonstration year: %w", err)
		}
	}
	w := newWorkers(log)
	s, err := open(ctx, c, log, w.nudge)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	issuer, err := identity.Open(c.Data, s.clock)
	if err != nil {
		return err
	}
	if err := w.build(ctx, s); err != nil {
		return err
	}
	callers := &server.Callers{Issuer: issuer, Accounts: s.accounts, Log: log}
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	w.measure(metrics)
	handler := server.New(server.Options{
		GraphQL: graphQL(s, w, callers), Callers: callers, Origins: c.Origins, Ready: w.ready, Metrics: metrics, Log: log,
	})
	w.start(ctx)
	return run(ctx, w, server.HTTP(handler, log), listener, func() { greet(io, c, listener.Addr()) })
}

// run serves until ctx ends or a worker fails, then stops in order: no new
// requests and streams, then what was in flight, then the workers.
func run(ctx context.Context, w *workers, h *http.Server, listener net.Listener, ready func()) error {
	served := make(chan error, 1)
	go func() { served <- h.Serve(listener) }()
	ready()
	var err error
	select {
	case <-ctx.Done():
	case err = <-w.failed:
	case err = <-served:
		err = fmt.Errorf("serving: %w", err)
	}
	w.stopStreams()
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainWithin)
	defer cancel()
	if stopped := h.Shutdown(drain); stopped != nil {
		err = errors.Join(err, fmt.Errorf("waiting for requests in flight: %w", stopped), h.Close())
	}
	return errors.Join(err, w.stop(drain))
}

// seed fills a new database with the demonstration year; one that is there
// stays as it is.
func seed(ctx context.Context, c *config.Config, io streams) (err error) {
	options := demo.Options{Now: time.Now(), Cases: c.DemoCases, Log: logger(io.err)}
	kind, path, _ := strings.Cut(c.Database, ":")
	if kind == "sqlite" {
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			return err // nil: it is there
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return fmt.Errorf("the data directory cannot be made: %w", err)
		}
		fmt.Fprintf(io.out, "Making a demonstration year of %d cases …\n", c.DemoCases)
		return demo.SeedFile(ctx, path, options, prepare)
	}
	s, err := store.Open(ctx, store.Options{URL: c.Database})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := prepare(ctx, s); err != nil {
		return err
	}
	if filled, err := demo.Filled(ctx, s); filled || err != nil {
		return err
	}
	_, err = demo.Fill(ctx, s, options)
	return err
}

// greet says where to look and how to sign in.
func greet(io streams, c *config.Config, addr net.Addr) {
	fmt.Fprintf(io.out, `
Service Tracking System

  GraphQL            http://%[1]s/graphql
  Health, metrics    http://%[1]s/healthz  /readyz  /metrics
  Notices to police  %[2]s
  Order files        %[3]s

Sign in: make a bearer token at this machine's console, such as

  bin/sts token --account registry1 --data %[4]s
`, addr, filepath.Join(spoolDir(c)), filepath.Join(simulatorDir(c), "{state,national}.jsonl"), c.Data)
	if c.Demo {
		fmt.Fprint(io.out, `
Demo accounts: officer1 officer2 officer3 (officers), supervisor1, registry1 (clerk),
manager1 (registry manager), court1 (court staff), analyst1. They have no passwords yet.
`)
	}
	fmt.Fprint(io.out, "\nCtrl-C stops it.\n")
}
