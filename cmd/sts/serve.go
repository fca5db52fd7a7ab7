package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
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

const (
	// drainWithin is how long requests in flight may take when the process stops.
	drainWithin = 15 * time.Second
	// stopWithin is how long the workers may take then: longer than the
	// dispatcher waits for what it is sending, and records what came of it (15 s).
	stopWithin = 20 * time.Second
)

// serve runs everything in one process until it is told to stop.
func serve(ctx context.Context, args []string, io streams) (err error) {
	c, _, err := configure("serve", true, args, io, nil)
	if err != nil {
		return err
	}
	log := logger(io.err)
	collectAt(int64(c.MemoryLimit) << 20)

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
	api := graphQL(s, w, callers)
	handler := server.New(server.Options{
		GraphQL: api, Callers: callers, Origins: c.Origins, Ready: w.ready, Metrics: metrics, Log: log,
	})
	w.start(ctx)
	p := process{
		workers: w, http: server.HTTP(handler, log), sockets: api, listener: listener,
		drainWithin: drainWithin, stopWithin: stopWithin,
	}
	return p.run(ctx, func() { greet(io, c, listener.Addr()) })
}

// process is what serves, and what is stopped with it.
type process struct {
	workers  *workers
	http     *http.Server
	sockets  interface{ Shutdown(context.Context) error } // which http knows nothing of
	listener net.Listener

	drainWithin, stopWithin time.Duration
}

// run serves until ctx ends or a worker fails, then stops in order: no new
// requests and streams, then what was in flight, then the workers.
func (p process) run(ctx context.Context, ready func()) error {
	served := make(chan error, 1)
	go func() { served <- p.http.Serve(p.listener) }()
	ready()
	var err error
	select {
	case <-ctx.Done():
	case err = <-p.workers.failed:
	case err = <-served:
		err = fmt.Errorf("serving: %w", err)
	}
	ctx = context.WithoutCancel(ctx)
	return errors.Join(err, p.drain(ctx), p.stop(ctx))
}

// drain ends what clients began.
func (p process) drain(ctx context.Context) (err error) {
	p.workers.stopStreams()
	ctx, cancel := context.WithTimeout(ctx, p.drainWithin)
	defer cancel()
	sockets := make(chan error, 1)
	go func() { sockets <- p.sockets.Shutdown(ctx) }()
	if stopped := p.http.Shutdown(ctx); stopped != nil {
		err = errors.Join(fmt.Errorf("waiting for requests in flight: %w", stopped), p.http.Close())
	}
	return errors.Join(err, <-sockets)
}

// stop ends the workers. They have a time of their own: however long a client
// held the drain up, what is being sent must be recorded.
func (p process) stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, p.stopWithin)
	defer cancel()
	return p.workers.stop(ctx)
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
