package bench

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/service-tracking/sts/graph"
	"github.com/service-tracking/sts/graph/read"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/casefile/reference"
	"github.com/service-tracking/sts/internal/deadline"
	"github.com/service-tracking/sts/internal/identity"
	"github.com/service-tracking/sts/internal/intake"
	"github.com/service-tracking/sts/internal/server/gqlhttp"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
)

// filled is a MariaDB database with a few hundred generated cases.
func filled(t *testing.T) (*store.Store, string) { return filledWith(t, 300) }

func filledWith(t *testing.T, cases int) (*store.Store, string) {
	t.Helper()
	url := storetest.MySQLURL(t)
	s, err := store.Open(t.Context(), store.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	tables, err := reference.Load()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := intake.LoadTables(t.Context(), s, tables); err != nil {
		t.Fatal(err)
	}
	courts, err := courtCodes(t.Context(), s.SQL())
	if err != nil {
		t.Fatal(err)
	}
	if err := newGenerator(Size{Cases: cases, ActivitiesPerCase: 3, Officers: 4}, 1, courts).load(t.Context(), s.SQL()); err != nil {
		t.Fatal(err)
	}
	return s, url
}

func TestGeneratedRowsAreTheSameInEveryDatabase(t *testing.T) {
	sums := func() string {
		s, _ := filled(t)
		all := ""
		for _, table := range []string{"officers", "accounts", "registry_cases", "service_activities", "deliveries", "reviews", "unrouted_addresses"} {
			var name string
			var sum, n int64
			if err := s.SQL().QueryRowContext(t.Context(), "CHECKSUM TABLE "+table).Scan(&name, &sum); err != nil {
				t.Fatal(err)
			}
			if err := s.SQL().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&n); err != nil {
				t.Fatal(err)
			}
			all += fmt.Sprintln(table, n, sum)
		}
		var wrong int
		err := s.SQL().QueryRowContext(t.Context(), `SELECT COUNT(*) FROM registry_cases c LEFT JOIN service_activities a ON a.id = c.latest_activity_id
 WHERE a.id IS NULL OR a.case_id <> c.id OR a.sequence + 1 <> c.next_sequence OR a.recorded_at <> c.latest_activity_at
 OR (c.service_status = 'SERVED') <> (a.kind = 'SERVICE')`).Scan(&wrong)
		if err != nil || wrong > 0 {
			t.Errorf("%d cases do not agree with their activities: %v", wrong, err)
		}
		return all
	}
	if one, other := sums(), sums(); one != other {
		t.Errorf("the same seed made\n%sand\n%s", one, other)
	}
}

// schema is the program's API over the store.
func schema(t *testing.T, s *store.Store, lookUps *casefile.LookUps) graphql.ExecutableSchema {
	known, err := casefile.LoadReference(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return graph.New(graph.Options{Read: read.New(s, known, lookUps, casefile.DefaultTimely, deadline.Rules{}, nil)})
}

func TestBothSidesAnswerTheSameBytes(t *testing.T) {
	s, url := filled(t)
	lookUps := casefile.NewLookUps(s)
	ctx, cancel := context.WithCancel(context.Background())
	stopped := make(chan error, 1)
	go func() { stopped <- lookUps.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-stopped; err != nil {
			t.Error(err)
		}
	})
	dir := t.TempDir()
	issuer, err := identity.Open(dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	accounts := identity.NewAccounts(s, time.Now)
	graphqlServer := httptest.NewServer(withViewer(issuer, accounts, gqlhttp.New(schema(t, s, lookUps), gqlhttp.Options{})))
	t.Cleanup(graphqlServer.Close)

	db, err := openRaw(url)
	if err != nil {
		t.Fatal(err)
	}
	r, err := newRaw(t.Context(), db, issuer, accounts)
	if err != nil {
		t.Fatal(err)
	}
	rawStopped := make(chan struct{})
	go func() { r.lookUps.run(ctx); close(rawStopped) }()
	t.Cleanup(func() {
		cancel()
		<-rawStopped
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	rawServer := httptest.NewServer(r.handler())
	t.Cleanup(rawServer.Close)

	k, err := readKnown(t.Context(), s.SQL())
	if err != nil {
		t.Fatal(err)
	}
	k.days += 30 // to where fewer than 50 cases are left, and none
	one := &side{name: "raw", address: rawServer.Listener.Addr().String(), ask: map[string]template{}}
	other := &side{name: "graphql", address: graphqlServer.Listener.Addr().String(), ask: map[string]template{}}
	if err := prepareRequests(t.Context(), s.SQL(), dir, questions, k, one, other); err != nil {
		t.Fatal(err)
	}
	if err := (Options{Seed: 1, Out: t.Output()}).compare(t.Context(), questions, k, one, other); err != nil {
		t.Error(err)
	}
	unknown := template{one.ask["Q1"].before, one.ask["Q1"].after}
	c, err := dial(t.Context(), one.address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.conn.Close()
	if body, err := c.ask(unknown, "HHD-FA-99-9999999-S", nil); err != nil || string(body) != `{"data":{"registryCase":null}}` {
		t.Errorf("an unknown docket: %s %v", body, err)
	}
}

// withViewer signs in as package server does.
func withViewer(issuer *identity.Issuer, accounts *identity.Accounts, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		claims, err := issuer.Verify(r.Context(), identity.BearerToken(r))
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		v, err := accounts.Viewer(r.Context(), claims.Subject)
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r.WithContext(access.With(r.Context(), v)))
	})
}

func TestAnOfficersRowsAreScopedByHandToo(t *testing.T) {
	s, url := filled(t)
	db, err := openRaw(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	mine, err := column(t.Context(), s.SQL(), "SELECT c.docket FROM registry_cases c JOIN officers o ON o.id = (SELECT officer_id FROM accounts WHERE name = 'officer1') WHERE "+
		"c.id NOT IN (SELECT case_id FROM service_activities a WHERE a.officer_id = o.id) LIMIT 1")
	if err != nil || len(mine) == 0 {
		t.Fatal("no case of another officer", err)
	}
	var officer, account string
	if err := s.SQL().QueryRowContext(t.Context(), "SELECT officer_id, id FROM accounts WHERE name = 'officer1'").Scan(&officer, &account); err != nil {
		t.Fatal(err)
	}
	rows, err := column(t.Context(), s.SQL(), "SELECT id FROM ("+caseHeadID+mayOfficer+") t", mine[0], officer, officer, officer, account, time.Now())
	if err != nil && !errors.Is(err, stdsql.ErrNoRows) || len(rows) > 0 {
		t.Errorf("%v %v", rows, err)
	}
}

const caseHeadID = "SELECT c.id FROM registry_cases c WHERE c.docket = ?"
