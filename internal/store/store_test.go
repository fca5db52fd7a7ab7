package store_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/entc"
	"entgo.io/ent/entc/gen"
	"entgo.io/ent/privacy"
	"entgo.io/ent/schema/field"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/migrate"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

func TestMigrationsMakeWhatTheEntitiesNeed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var missing bytes.Buffer
		if err := s.WriteMissing(t.Context(), &missing); err != nil {
			t.Fatal(err)
		}
		if missing.Len() > 0 {
			t.Errorf("the migrations lack (run go run ./internal/store/newmigration NAME):\n%s", missing.String())
		}
	})
}

func TestProcessesThatStartTogetherMigrateOnce(t *testing.T) {
	for name, url := range map[string]func(*testing.T) string{
		"SQLite":  func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "sts.db") },
		"MariaDB": func(t *testing.T) string { return storetest.MySQLURL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			url := url(t)
			var wg sync.WaitGroup
			applied := make([]int, 4)
			for i := range applied {
				s, err := store.Open(t.Context(), store.Options{URL: url})
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				wg.Go(func() {
					if applied[i], err = s.Migrate(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			worked := 0
			for _, n := range applied {
				if n > 0 {
					worked++
				}
			}
			if worked != 1 {
				t.Errorf("migrations applied by the processes: %v; want all by one", applied)
			}
		})
	}
}

func TestADatabaseNewerThanTheProgramIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		if _, err := s.SQL().ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (29990101000000, 1)"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Migrate(t.Context()); !errors.Is(err, store.ErrNewer) {
			t.Errorf("Migrate = %v, want ErrNewer", err)
		}
	})
}

func TestEveryInstantIsStoredWithMicroseconds(t *testing.T) {
	for _, table := range migrate.Tables {
		for _, column := range table.Columns {
			if column.Type == field.TypeTime && column.SchemaType[dialect.MySQL] != "datetime(6)" {
				t.Errorf("%s.%s: declare it with instant(), or MariaDB keeps seconds only", table.Name, column.Name)
			}
		}
	}
}

func TestEveryEntityHasAPolicyAndAScope(t *testing.T) {
	graph, err := entc.LoadGraph("../../ent/schema", &gen.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if len(graph.Nodes) != len(migrate.Tables) {
		t.Errorf("%d entities, %d tables", len(graph.Nodes), len(migrate.Tables))
	}
	for _, node := range graph.Nodes {
		if node.NumPolicy() == 0 {
			t.Errorf("%s has no privacy policy: mix in entity() or record()", node.Name)
		}
		if !access.Known(node.Table()) {
			t.Errorf("%s: access has no rule for table %s", node.Name, node.Table())
		}
	}
}

func TestNobodyReadsWithoutAViewer(t *testing.T) {
	s := storetest.SQLite(t)
	_, err := s.Client.RegistryCase.Query().All(t.Context())
	if !errors.Is(err, access.ErrUnauthenticated) {
		t.Errorf("reading without a viewer: %v", err)
	}
}

func TestInstantsComeBackInUTCToTheMicrosecond(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := access.As(t.Context(), "test")
		at := time.Date(2026, 11, 24, 21, 40, 0, 123456789, terms.CourtZone)
		err := s.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
			return tx.Account.Create().SetName("a").SetDisplayName("A").SetStatus(terms.AccountActive).SetRoles(nil).SetCreatedAt(at).Exec(ctx)
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Client.Account.Query().Only(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if want := time.Date(2026, 11, 25, 2, 40, 0, 123456000, time.UTC); got.CreatedAt != want {
			t.Errorf("came back as %v, want %v", got.CreatedAt, want)
		}
	})
}

func TestNobodyChangesOrDeletesAnActivity(t *testing.T) {
	s := storetest.SQLite(t)
	ctx := access.As(t.Context(), "test")
	if err := s.Client.ServiceActivity.Update().Exec(ctx); !errors.Is(err, privacy.Deny) {
		t.Errorf("update: %v", err)
	}
	if _, err := s.Client.ServiceActivity.Delete().Exec(ctx); !errors.Is(err, privacy.Deny) {
		t.Errorf("delete: %v", err)
	}
	viewer := access.With(t.Context(), &access.Viewer{Account: "acc_x", Roles: []terms.Role{terms.RoleRegistryManager}})
	if err := s.Client.Officer.Create().SetFirstName("x").Exec(viewer); err == nil || !strings.Contains(err.Error(), "own rooms") {
		t.Errorf("an account that writes by itself: %v", err)
	}
}

func TestTransactionsThatCollideAreRunAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := access.As(t.Context(), "test")
		if err := s.Client.Setting.Create().SetID("n").SetValue("").Exec(ctx); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				err := s.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
					row, err := tx.Setting.Get(ctx, "n")
					if err != nil {
						return err
					}
					n, err := tx.Setting.Update().SetValue(row.Value + "x").Where().Save(ctx)
					if n != 1 {
						t.Errorf("%d rows", n)
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
}

// Whoever asks whether all is well neither waits for who records, nor holds him up.
func TestTheVersionIsReadBesideAWriter(t *testing.T) {
	s := storetest.SQLite(t)
	writer, err := s.SQL().Conn(t.Context()) // the only one
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	if _, err := writer.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := s.Migrated(ctx); err != nil {
		t.Error(err)
	}
	if _, err := writer.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Error(err)
	}
}

func TestADatabaseOlderThanTheProgramIsNotReady(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		if err := s.Migrated(t.Context()); err != nil {
			t.Errorf("as migrated: %v", err)
		}
		if _, err := s.SQL().ExecContext(t.Context(), "DELETE FROM goose_db_version WHERE version_id > 0"); err != nil {
			t.Fatal(err)
		}
		if err := s.Migrated(t.Context()); err == nil || !strings.Contains(err.Error(), "older") {
			t.Errorf("without its last migrations: %v", err)
		}
		if _, err := s.SQL().ExecContext(t.Context(), "DROP TABLE goose_db_version"); err != nil {
			t.Fatal(err)
		}
		if err := s.Migrated(t.Context()); err == nil {
			t.Error("without any")
		}
	})
}
