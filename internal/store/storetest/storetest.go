// Package storetest gives tests a fresh, migrated database: SQLite always, and
// MariaDB where STS_TEST_MYSQL names a server (the DSN of an account that may
// create databases, without a database's name). make test starts one.
package storetest

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/service-tracking/sts/internal/store"
)

// Each runs the test on every engine that is there.
func Each(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("MariaDB", func(t *testing.T) { test(t, MySQL(t)) })
}

// SQLite answers a fresh, migrated SQLite database.
func SQLite(t testing.TB) *store.Store {
	return open(t, store.Options{URL: "sqlite:" + filepath.Join(t.TempDir(), "sts.db")})
}

// Observed is SQLite with every statement shown to observe.
func Observed(t testing.TB, observe func(string)) *store.Store {
	return open(t, store.Options{URL: "sqlite:" + filepath.Join(t.TempDir(), "sts.db"), Observe: observe})
}

// MySQL answers a fresh, migrated MariaDB database, or skips the test.
func MySQL(t testing.TB) *store.Store {
	url := MySQLURL(t)
	return open(t, store.Options{URL: url})
}

// MySQLURL answers the URL of an empty MariaDB database, or skips the test.
func MySQLURL(t testing.TB) string {
	t.Helper()
	url, drop, err := NewMySQL(context.Background())
	if errors.Is(err, errNoServer) {
		t.Skip("needs MariaDB: " + err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(drop)
	return url
}

func open(t testing.TB, o store.Options) *store.Store {
	t.Helper()
	ctx := context.Background()
	s, err := store.Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := s.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	return s
}

var errNoServer = errors.New("STS_TEST_MYSQL names no server (make test starts one where mariadbd is installed; make test-deps installs it)")

// NewMySQL makes an empty database and answers its URL and what drops it.
func NewMySQL(ctx context.Context) (url string, drop func(), err error) {
	server := os.Getenv("STS_TEST_MYSQL")
	if server == "" {
		return "", nil, errNoServer
	}
	db, err := stdsql.Open("mysql", server)
	if err != nil {
		return "", nil, fmt.Errorf("opening STS_TEST_MYSQL: %w", err)
	}
	name := "sts_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	if _, err := db.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return "", nil, errors.Join(fmt.Errorf("creating a database for a test: %w", err), db.Close())
	}
	drop = func() {
		if _, err := db.ExecContext(ctx, "DROP DATABASE "+name); err != nil {
			panic(err)
		}
		db.Close()
	}
	return "mysql:" + server + name, drop, nil
}
