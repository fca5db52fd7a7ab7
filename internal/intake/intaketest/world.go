// Package intaketest gives tests a small world: a database with the reference
// tables, a few officers and accounts, and an importer whose clock the test
// sets. [World.OpenCase] and [World.Registry] bring rows of the two feeds the
// way they come in, as text.
package intaketest

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/casefile/reference"
	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/intake"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/lawenforcement"
	"github.com/service-tracking/sts/internal/registry"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// Docket is the case of tests that need only one.
const Docket terms.Docket = "HHDFA265012345S"

// Noon is when a world begins: a Tuesday in Hartford, two days before
// Thanksgiving.
var Noon = time.Date(2026, 11, 24, 17, 0, 0, 0, time.UTC)

// World is what tests of the rooms above casefile share.
type World struct {
	testing.TB
	Store     *store.Store
	Places    reference.Tables
	Reference *casefile.Reference
	Routing   *lawenforcement.Routing
	Ledger    *delivery.Ledger
	Planner   *registry.Planner
	Importer  *intake.Importer
	Clock     *Clock

	accounts map[string]*access.Viewer
}

// Clock is a clock that stands still until it is moved.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// Now answers the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Set moves the clock.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

// Advance moves the clock on, or back.
func (c *Clock) Advance(d time.Duration) { c.Set(c.Now().Add(d)) }

// New makes a world in a migrated database. Its accounts are officer1 to
// officer3, supervisor1, registry1, manager1, court1 (of HHD) and analyst1.
func New(t testing.TB, s *store.Store) *World {
	t.Helper()
	w := &World{TB: t, Store: s, Clock: &Clock{at: Noon}, accounts: map[string]*access.Viewer{}}
	ctx := context.Background()
	w.must(journal.EnsureHead(ctx, s))
	var err error
	w.Places, err = reference.Load()
	w.must(err)
	_, err = intake.LoadTables(ctx, s, w.Places)
	w.must(err)
	w.must(s.Tx(w.System(), func(ctx context.Context, tx *ent.Tx) error {
		for n, name := range []string{"Maria Ortiz", "Daniel Weiss", "Aisha Grant"} {
			if err := w.officer(ctx, tx, fmt.Sprintf("officer%d", n+1), name); err != nil {
				return err
			}
		}
		for name, role := range map[string]terms.Role{
			"supervisor1": terms.RoleSupervisor, "registry1": terms.RoleRegistryClerk, "manager1": terms.RoleRegistryManager,
			"court1": terms.RoleCourtStaff, "analyst1": terms.RoleAnalyst,
		} {
			if err := w.account(ctx, tx, name, name, role, ""); err != nil {
				return err
			}
		}
		return nil
	}))
	w.Reference, err = casefile.LoadReference(ctx, s)
	w.must(err)
	w.Routing = lawenforcement.NewRouting(w.Places, w.Reference)
	w.Ledger = delivery.NewLedger(s, delivery.Options{Clock: w.Clock.Now})
	w.Planner = &registry.Planner{Routing: w.Routing, Ledger: w.Ledger}
	w.Importer = &intake.Importer{
		Store: s, Reference: w.Reference, Planner: w.Planner, Timely: casefile.DefaultTimely, Clock: w.Clock.Now,
	}
	return w
}

func (w *World) officer(ctx context.Context, tx *ent.Tx, account, name string) error {
	first, last, _ := strings.Cut(name, " ")
	o, err := tx.Officer.Create().SetFirstName(first).SetLastName(last).SetNameKey(terms.Fold(last + " " + first)).
		SetKind(terms.StateMarshal).SetCounty("Hartford").Save(ctx)
	if err != nil {
		return err
	}
	return w.account(ctx, tx, account, name, terms.RoleOfficer, o.ID)
}

func (w *World) account(ctx context.Context, tx *ent.Tx, name, display string, role terms.Role, officer terms.ID) error {
	create := tx.Account.Create().SetName(name).SetDisplayName(display).SetStatus(terms.AccountActive).
		SetRoles([]terms.Role{role}).SetCreatedAt(Noon).SetAgreementSignedAt(Noon)
	v := &access.Viewer{AccountName: name, DisplayName: display, Roles: []terms.Role{role}, Officer: officer, Agreed: true}
	if officer != "" {
		create.SetOfficerID(officer)
	}
	if role == terms.RoleCourtStaff {
		v.Courts = []string{Docket.Court()}
		create.SetCourtCodes(v.Courts)
	}
	a, err := create.Save(ctx)
	if err != nil {
		return err
	}
	v.Account = a.ID
	w.accounts[name] = v
	return nil
}

func (w *World) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// System is a context that sees and may write everything.
func (w *World) System() context.Context { return access.As(context.Background(), "test") }

// As is the viewer with the account's name, asking now.
func (w *World) As(name string) *access.Viewer {
	w.Helper()
	v, ok := w.accounts[name]
	if !ok {
		w.Fatalf("there is no account %s", name)
	}
	now := *v
	now.At = w.Clock.Now()
	return &now
}

// Officer is the id of the officer whose account has the name.
func (w *World) Officer(name string) terms.ID { return w.As(name).Officer }

// OpenCase imports a row of the daybook. What it leaves out is filled in: court
// location by docket number, John Roe, created an hour ago, updated now.
func (w *World) OpenCase(row feed.Daybook) terms.ID {
	w.Helper()
	w.Daybook(row)
	return w.Case(row.DocketNumber).ID
}

// Daybook imports rows of the daybook, see OpenCase.
func (w *World) Daybook(rows ...feed.Daybook) intake.Report {
	w.Helper()
	var in bytes.Buffer
	for _, row := range rows {
		fill(&row.CourtLocation, row.DocketNumber.Court())
		fill(&row.RespondentFirstName, "John")
		fill(&row.RespondentLastName, "Roe")
		fill(&row.CreatedAt, w.Clock.Now().Add(-time.Hour))
		fill(&row.SourceUpdatedAt, w.Clock.Now())
		in.Write(append(row.Canonical(), '\n'))
	}
	return w.imported(w.Importer.Daybook(context.Background(), &in))
}

// Registry imports rows of the registry. What they leave out is filled in:
// relief from abuse, John Roe, updated now.
func (w *World) Registry(rows ...feed.Registry) intake.Report {
	w.Helper()
	var in bytes.Buffer
	for _, row := range rows {
		fill(&row.OrderKind, terms.ReliefFromAbuse)
		fill(&row.RespondentFirstName, "John")
		fill(&row.RespondentLastName, "Roe")
		fill(&row.SourceUpdatedAt, w.Clock.Now())
		in.Write(append(row.Canonical(), '\n'))
	}
	return w.imported(w.Importer.Registry(context.Background(), &in))
}

func (w *World) imported(r intake.Report, err error) intake.Report {
	w.Helper()
	w.must(err)
	if r.Bad > 0 {
		w.Fatalf("%d rows of the test are bad", r.Bad)
	}
	return r
}

func fill[T comparable](value *T, with T) {
	var zero T
	if *value == zero {
		*value = with
	}
}

// Case answers the case with the docket number.
func (w *World) Case(docket terms.Docket) *ent.RegistryCase {
	w.Helper()
	id, err := casefile.Find(w.System(), w.Store.Client, docket)
	w.must(err)
	if id == "" {
		w.Fatalf("there is no case %s", docket)
	}
	c, err := w.Store.Client.RegistryCase.Get(w.System(), id)
	w.must(err)
	return c
}

// Agency is the id of the agency with the name.
func (w *World) Agency(name string) terms.ID {
	w.Helper()
	all, err := w.Store.Client.LawEnforcementAgency.Query().All(w.System())
	w.must(err)
	for _, a := range all {
		if a.Name == name {
			return a.ID
		}
	}
	w.Fatalf("there is no agency %s", name)
	return ""
}

// Consistent fails the test where a fold differs from what it is derived from.
func (w *World) Consistent() {
	w.Helper()
	found, err := casefile.Check(context.Background(), w.Store.Client, w.Importer.Timely)
	w.must(err)
	for _, d := range found {
		w.Error(d)
	}
}
