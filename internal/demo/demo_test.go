package demo_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent/account"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/registrycase"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/casefile/reference"
	"github.com/service-tracking/sts/internal/demo"
	"github.com/service-tracking/sts/internal/intake"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

var now = time.Date(2026, 11, 25, 14, 0, 0, 0, time.UTC)

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
	_, err = intake.LoadTables(ctx, s, tables)
	return err
}

// year makes a year in a new file and opens it.
func year(t *testing.T, cases int) *store.Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sts.db")
	if err := demo.SeedFile(t.Context(), path, demo.Options{Now: now, Cases: cases}, prepare); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(path + ".*")
	if err != nil || len(left) > 0 {
		t.Errorf("seeding left %v (%v)", left, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file may be read by others: %v %v", info.Mode(), err)
	}
	s, err := store.Open(t.Context(), store.Options{URL: "sqlite:" + path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func dockets(t *testing.T, s *store.Store) []terms.Docket {
	t.Helper()
	cases, err := s.Client.RegistryCase.Query().Order(registrycase.ByDocket()).All(access.As(t.Context(), "test"))
	if err != nil {
		t.Fatal(err)
	}
	var list []terms.Docket
	for _, c := range cases {
		list = append(list, c.Docket)
	}
	return list
}

func TestTheYearIsPlausible(t *testing.T) {
	s := year(t, 240)
	ctx := access.As(t.Context(), "test")
	count := func(what string, n int, err error) int {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		return n
	}
	c := s.Client
	n, err := c.RegistryCase.Query().Count(ctx)
	if count("cases", n, err) != 240 {
		t.Errorf("%d cases", n)
	}
	n, err = c.RegistryCase.Query().Where(registrycase.ServiceStatusEQ(terms.StatusServed)).Count(ctx)
	if served := count("served", n, err); served < 110 || served > 180 {
		t.Errorf("%d of 240 served: about three in five are", served)
	}
	for _, court := range mustLoad(t).Courts {
		n, err := c.RegistryCase.Query().Where(registrycase.CourtCode(court.Code)).Count(ctx)
		if count("cases of "+court.Code, n, err) == 0 {
			t.Errorf("no case in %s", court.Code)
		}
	}
	n, err = c.Delivery.Query().Where(delivery.StateIn(terms.Pending, terms.Sending, terms.Unknown, terms.Retrying)).Count(ctx)
	if count("open deliveries", n, err) > 0 {
		t.Errorf("%d deliveries would be sent for real", n)
	}
	n, err = c.Account.Query().Where(account.NameIn("officer1", "officer2", "officer3", "supervisor1", "registry1", "manager1", "court1", "analyst1")).Count(ctx)
	if count("accounts", n, err) != 8 {
		t.Errorf("%d of the eight accounts", n)
	}
	differences, err := casefile.Check(ctx, c, casefile.DefaultTimely)
	if err != nil || len(differences) > 0 {
		t.Errorf("what is derived differs: %v %v", differences, err)
	}
	n, err = c.JournalPending.Query().Count(ctx)
	if count("unnumbered records", n, err) > 0 {
		t.Errorf("%d records have no position", n)
	}
	if _, err := demo.Fill(t.Context(), s, demo.Options{Now: now}); !errors.Is(err, demo.ErrFilled) {
		t.Errorf("filled twice: %v", err)
	}
}

func TestTheSameSeedMakesTheSameCases(t *testing.T) {
	a, b := dockets(t, year(t, 40)), dockets(t, year(t, 40))
	if len(a) != 40 || len(b) != 40 {
		t.Fatalf("%d and %d cases", len(a), len(b))
	}
	for i := range a {
		if a[i] != b[i] {
			t.Fatalf("case %d is %s and %s", i, a[i], b[i])
		}
	}
}

func mustLoad(t *testing.T) reference.Tables {
	t.Helper()
	tables, err := reference.Load()
	if err != nil {
		t.Fatal(err)
	}
	return tables
}
