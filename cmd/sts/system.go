package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/casefile/reference"
	"github.com/service-tracking/sts/internal/config"
	"github.com/service-tracking/sts/internal/deadline"
	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/identity"
	"github.com/service-tracking/sts/internal/intake"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/lawenforcement"
	"github.com/service-tracking/sts/internal/registry"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// system is the rooms that every subcommand may need, put together.
type system struct {
	config    *config.Config
	log       *slog.Logger
	store     *store.Store
	reference *casefile.Reference
	routing   *lawenforcement.Routing
	delivery  delivery.Options
	ledger    *delivery.Ledger
	planner   *registry.Planner
	accounts  *identity.Accounts
	timely    casefile.Timely
	clock     func() time.Time
}

// open opens the database, migrates it, and puts the rooms together. onCommit
// is called after each commit that concerns the workers.
func open(ctx context.Context, c *config.Config, log *slog.Logger, onCommit func()) (*system, error) {
	return openAt(ctx, c, log, time.Now, onCommit)
}

// openAt is open with a clock, which all rooms go by.
func openAt(ctx context.Context, c *config.Config, log *slog.Logger, clock func() time.Time, onCommit func()) (_ *system, err error) {
	s := &system{config: c, log: log, clock: clock}
	if s.store, err = store.Open(ctx, store.Options{URL: c.Database}); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.store.Close())
		}
	}()
	if err = prepare(ctx, s.store); err != nil {
		return nil, err
	}
	if s.reference, err = casefile.LoadReference(ctx, s.store); err != nil {
		return nil, err
	}
	places, err := reference.Load()
	if err != nil {
		return nil, err
	}
	s.routing = lawenforcement.NewRouting(places, s.reference)
	s.delivery = delivery.Options{
		Log: log, Clock: s.clock, OnCommit: onCommit,
		Route:     lawenforcement.ByContact(s.reference),
		Deadlines: delivery.Deadlines{Police: c.PoliceBy, State: c.StateBy, National: c.NationalBy},
	}
	s.ledger = delivery.NewLedger(s.store, s.delivery)
	s.planner = &registry.Planner{Routing: s.routing, Ledger: s.ledger}
	s.accounts = identity.NewAccounts(s.store, s.clock)
	s.timely = casefile.Timely{terms.ReliefFromAbuse: c.DaysRestraining, terms.CivilProtectionOrder: c.DaysCivil}
	return s, nil
}

// existing says where a mistyped directory would else become a new, empty
// installation.
func existing(c *config.Config) error {
	kind, path, _ := strings.Cut(c.Database, ":")
	if kind != "sqlite" {
		return nil
	}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("there is no database at %s: check --data, or make one with sts migrate", path)
	}
	return nil // whatever else is wrong, opening it says
}

// prepare brings a database to what this program needs: its tables, the
// journal's head, the reference tables.
func prepare(ctx context.Context, s *store.Store) error {
	if _, err := s.Migrate(ctx); err != nil {
		return err
	}
	if err := journal.EnsureHead(ctx, s); err != nil {
		return err
	}
	tables, err := reference.Load()
	if err != nil {
		return err
	}
	if _, err := intake.LoadTables(ctx, s, tables); err != nil {
		return fmt.Errorf("loading the reference tables: %w", err)
	}
	return nil
}

func (s *system) close() error { return s.store.Close() }

// desk is where registry staff decide.
func (s *system) desk(w *workers) *registry.Desk {
	return &registry.Desk{
		Store: s.store, Planner: s.planner, Ledger: s.ledger, Reference: s.reference, Clock: s.clock, OnCommit: w.nudge,
		Channels: w.toAgencies,
	}
}

// deadlines are the rules of the clocks, the same for who tells what became due
// and for who shows it.
func (s *system) deadlines() deadline.Rules {
	return deadline.Rules{AcknowledgeWithin: s.config.AcknowledgeBy}
}

// claimWaiting applies what the registry had sent for a docket whose case was
// opened just now (§7). The entry is recorded by then, and stays so when whoever
// asked goes away.
func (s *system) claimWaiting(ctx context.Context, docket terms.Docket) {
	if err := s.importer().Claim(context.WithoutCancel(ctx), docket); err != nil {
		s.log.Error("what waits for a provisional case could not be applied: the daybook's row will apply it", "docket", docket, "error", err)
	}
}

func (s *system) importer() *intake.Importer {
	return &intake.Importer{
		Store: s.store, Reference: s.reference, Planner: s.planner, Timely: s.timely,
		Clock: s.clock, OnCommit: s.delivery.OnCommit,
	}
}
