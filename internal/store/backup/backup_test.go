package backup_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/setting"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/backup"
	"github.com/service-tracking/sts/internal/store/storetest"
)

// engines are the kinds of database, each with what names a new, empty one.
func engines(t *testing.T) map[string]func(*testing.T) string {
	return map[string]func(*testing.T) string{
		"SQLite": func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "sts.db") },
		"MariaDB": func(t *testing.T) string {
			if _, err := exec.LookPath("mariadb-dump"); err != nil {
				t.Skip("needs mariadb-dump (make test-deps installs it)")
			}
			return storetest.MySQLURL(t)
		},
	}
}

func open(t *testing.T, url string) *store.Store {
	t.Helper()
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
	return s
}

// pair writes two rows that belong together.
func pair(s *store.Store, n int) error {
	return s.Tx(access.As(context.Background(), "test"), func(ctx context.Context, tx *ent.Tx) error {
		for _, half := range []string{"left", "right"} {
			if err := tx.Setting.Create().SetID(fmt.Sprintf("%s %04d", half, n)).SetValue("O'Brien \\ \x01 Nuñez 👍").Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

func silent(string) {}

// A backup is one moment of a database that is written into meanwhile: what was
// committed before it is in it, and nothing is in it by half.
func TestABackupIsOneMomentOfARunningDatabase(t *testing.T) {
	for engine, empty := range engines(t) {
		t.Run(engine, func(t *testing.T) {
			url := empty(t)
			s := open(t, url)
			const before = 200
			for n := range before {
				if err := pair(s, n); err != nil {
					t.Fatal(err)
				}
			}
			stop, written := make(chan struct{}), make(chan error, 1)
			begun := make(chan struct{})
			go func() {
				for n := before; ; n++ {
					select {
					case <-stop:
						written <- nil
						return
					default:
					}
					if err := pair(s, n); err != nil {
						written <- err
						return
					}
					if n == before {
						close(begun)
					}
				}
			}()
			<-begun
			file := filepath.Join(t.TempDir(), "backup")
			shown := ""
			err := backup.Take(t.Context(), url, file, func(command string) { shown = command })
			close(stop)
			if err := errors.Join(err, <-written); err != nil {
				t.Fatal(err)
			}
			if engine == "MariaDB" && !strings.Contains(shown, "--single-transaction") {
				t.Errorf("the command is shown as %q", shown)
			}
			if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("the file: %v, %v", info, err)
			}

			target := empty(t)
			renamed := 0
			err = backup.Restore(t.Context(), target, file, func(ctx context.Context, s *store.Store) error {
				renamed++
				return s.Tx(access.As(ctx, "test"), func(ctx context.Context, tx *ent.Tx) error {
					return tx.Setting.Create().SetID("renamed").SetValue("yes").Exec(ctx)
				})
			}, silent)
			if err != nil || renamed != 1 {
				t.Fatalf("restoring, renamed %d times: %v", renamed, err)
			}
			restored := open(t, target)
			rows := restored.Client.Setting.Query().Where(setting.IDNEQ("renamed")).AllX(access.As(t.Context(), "test"))
			halves := map[string]int{}
			for _, row := range rows {
				half, n, _ := strings.Cut(row.ID, " ")
				halves[n]++
				if row.Value != "O'Brien \\ \x01 Nuñez 👍" || half == "" {
					t.Errorf("%s holds %q", row.ID, row.Value)
				}
			}
			for n, count := range halves {
				if count != 2 {
					t.Errorf("pair %s is there by half", n)
				}
			}
			if len(halves) <= before {
				t.Errorf("%d pairs, and %d were there before the backup began", len(halves), before+1)
			}
			if !restored.Client.Setting.Query().Where(setting.ID("renamed")).ExistX(access.As(t.Context(), "test")) {
				t.Error("what was done before the database got its name is lost")
			}
		})
	}
}

// Neither writes over anything, and each mistake is told.
func TestNothingIsWrittenOver(t *testing.T) {
	for engine, empty := range engines(t) {
		t.Run(engine, func(t *testing.T) {
			url := empty(t)
			s := open(t, url)
			if err := pair(s, 1); err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			file := filepath.Join(dir, "backup")
			if err := backup.Take(t.Context(), url, file, silent); err != nil {
				t.Fatal(err)
			}
			if err := backup.Take(t.Context(), url, file, silent); !errors.Is(err, backup.ErrThere) {
				t.Errorf("a second backup of that name: %v", err)
			}
			never := func(context.Context, *store.Store) error {
				t.Error("it was handed over")
				return nil
			}
			if err := backup.Restore(t.Context(), url, file, never, silent); !errors.Is(err, backup.ErrThere) {
				t.Errorf("restoring over a database: %v", err)
			}
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for name, bad := range map[string][]byte{
				"cut off":   content[:len(content)*2/3],
				"empty":     {},
				"no backup": []byte("\x7fELF"),
			} {
				path := filepath.Join(dir, "bad")
				if err := os.WriteFile(path, bad, 0o600); err != nil {
					t.Fatal(err)
				}
				target := empty(t)
				if err := backup.Restore(t.Context(), target, path, never, silent); err == nil {
					t.Errorf("%s was restored", name)
				}
				// What failed is gone, and the place is free for the next try.
				err := backup.Restore(t.Context(), target, file, func(context.Context, *store.Store) error { return nil }, silent)
				if err != nil {
					t.Errorf("after %s: %v", name, err)
				}
			}
			refused := errors.New("refused")
			target := empty(t)
			if engine == "SQLite" {
				err := backup.Restore(t.Context(), target, file, func(context.Context, *store.Store) error { return refused }, silent)
				left, globErr := filepath.Glob(filepath.Join(filepath.Dir(strings.TrimPrefix(target, "sqlite:")), "*"))
				if !errors.Is(err, refused) || len(left) > 0 || globErr != nil {
					t.Errorf("a refused restore: %v; it left %v", err, left)
				}
			}
			if left, err := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 || err != nil {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
	t.Run("of another kind", func(t *testing.T) {
		url := "sqlite:" + filepath.Join(t.TempDir(), "sts.db")
		open(t, url)
		file := filepath.Join(t.TempDir(), "backup")
		if err := backup.Take(t.Context(), url, file, silent); err != nil {
			t.Fatal(err)
		}
		err := backup.Restore(t.Context(), "mysql:root@tcp(127.0.0.1:1)/sts", file, nil, silent)
		if err == nil || !strings.Contains(err.Error(), "is a backup of a SQLite database") {
			t.Errorf("restored to another kind of database: %v", err)
		}
		if err := backup.Take(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "none.db"), file+"2", silent); err == nil || !strings.Contains(err.Error(), "no database") {
			t.Errorf("a backup of nothing: %v", err)
		}
	})
}

// A password never stands on a command line, where every user of the machine can
// read it.
func TestThePasswordIsNotShown(t *testing.T) {
	if _, err := exec.LookPath("mariadb-dump"); err != nil {
		t.Skip("needs mariadb-dump (make test-deps installs it)")
	}
	shown := ""
	err := backup.Take(t.Context(), `mysql:nobody:pass"word@tcp(127.0.0.1:1)/sts`, filepath.Join(t.TempDir(), "backup"), func(c string) { shown = c })
	if err == nil || strings.Contains(err.Error(), "word") || strings.Contains(shown, "word=") || strings.Contains(shown, `pass"word`) || !strings.Contains(shown, "--password sts") {
		t.Errorf("shown: %s; said: %v", shown, err)
	}
}
