package main_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	_ "modernc.org/sqlite"
)

// A mistake at the console is told in words that say what to do, and changes
// nothing.
func TestMistakesAtTheConsole(t *testing.T) {
	i := install(t)
	i.serve()
	i.kill()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("not a database"), 0o600); err != nil {
		t.Fatal(err)
	}
	nowhere := filepath.Join(t.TempDir(), "nowhere")
	for _, c := range []struct {
		name string
		args []string
		told string
	}{
		{"no subcommand", nil, "Subcommands:"},
		{"an empty subcommand", []string{""}, "there is no subcommand"},
		{"a flag before the subcommand", []string{"--data", "x", "token"}, "there is no subcommand"},
		{"a token for nobody", []string{"token"}, "say whose token: --account NAME"},
		{"a token for a name without its flag", []string{"token", "registry1"}, "registry1"},
		{"a token for an empty name", []string{"token", "--account", ""}, "say whose token"},
		{"a token for who is unknown", []string{"token", "--account", "nobody1"}, `there is no account "nobody1"`},
		{"a token for a name that is none", []string{"token", "--account", "x' OR 1=1 --\x1b[2J"}, "there is no account"},
		{"a token for no time", []string{"token", "--account", "registry1", "--ttl", "0"}, "between a second and 24h"},
		{"a token for less than no time", []string{"token", "--account", "registry1", "--ttl", "-1h"}, "between a second and 24h"},
		{"a token for 25 hours", []string{"token", "--account", "registry1", "--ttl", "25h"}, "between a second and 24h"},
		{"a token for a time that is none", []string{"token", "--account", "registry1", "--ttl", "tomorrow"}, "invalid value"},
		{"a word too much", []string{"token", "--account", "registry1", "1h"}, `"1h"`},
		{"a word too much for check", []string{"check", "everything"}, `"everything"`},
		{"a word too much for migrate", []string{"migrate", "up"}, `"up"`},
		{"a value for a flag that takes none", []string{"serve", "--demo", "false", "--listen", "127.0.0.1:0"}, `"false"`},
		{"a flag that is not there", []string{"check", "--fix"}, "not defined: -fix"},
		{"a data directory that is a file", []string{"token", "--account", "registry1", "--data", file}, "the data directory " + file},
		{"a data directory that cannot be made", []string{"migrate", "--data", "/proc/nothing"}, "the data directory /proc/nothing cannot be made"},
		{"a database of another kind", []string{"migrate", "--database", "postgres://sts:" + secret + "@db/sts"}, `must begin with sqlite: or mysql:`},
		{"a database without a kind", []string{"migrate", "--database", "sts.db"}, `must begin with sqlite: or mysql:`},
		{"a DSN that cannot be read", []string{"migrate", "--database", "mysql:" + secret + "@nowhere"}, "the mysql: database URL cannot be read"},
		{"a database that is not there", []string{"migrate", "--database", "mysql:sts:" + secret + "@tcp(127.0.0.1:1)/sts"}, "connecting to the database"},
		{"a database that is no database", []string{"migrate", "--database", "sqlite:" + file}, "not a database"},
		{"a database that is a directory", []string{"migrate", "--database", "sqlite:" + filepath.Dir(file)}, "is a directory"},
		{"a database without a path", []string{"migrate", "--database", "sqlite:"}, "no such file"},
		{"days before the hearing that cannot be", []string{"check", "--days-46b15", "-1"}, "cannot be negative"},
		{"an address that is none", []string{"serve", "--listen", "8080"}, "must be host:port"},
		{"a port that is none", []string{"serve", "--listen", "127.0.0.1:99999"}, "cannot serve on"},
		{"deadlines of nothing", []string{"serve", "--police-by", "0s", "--listen", "127.0.0.1:0"}, "deadlines must be longer than nothing"},
		{"a demonstration year of nothing", []string{"serve", "--demo", "--demo-cases", "0", "--listen", "127.0.0.1:0"}, "needs cases"},
		{"too little memory", []string{"serve", "--memory-mib", "1", "--listen", "127.0.0.1:0"}, "at least 64 MiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			i.t = t
			out, code := i.sts("", c.args...)
			if code == 0 || !strings.Contains(out, c.told) {
				t.Errorf("status %d: %.600s", code, out)
			}
			if strings.Contains(out, secret) || strings.Contains(out, "goroutine") || strings.Contains(out, "\x1b") {
				t.Errorf("it tells more than it should: %.600s", out)
			}
		})
	}
	i.t = t
	if _, err := os.Stat(nowhere); !os.IsNotExist(err) {
		t.Error("a directory was made")
	}
	if out, code := i.sts("", "help"); code != 0 || !strings.Contains(out, "sts token") {
		t.Errorf("help: %d %s", code, out)
	}
	if out, code := i.sts("", "token", "--help"); code != 0 || !strings.Contains(out, "-account") {
		t.Errorf("token --help: %d %s", code, out)
	}
}

// §9: whoever reads the signing key can be anyone, so one that others may read
// is not used, neither for a token nor to serve.
func TestAKeyThatOthersMayReadIsNotUsed(t *testing.T) {
	i := install(t)
	i.serve()
	i.token("registry1")
	i.kill()
	key := filepath.Join(i.data, "issuer.key")
	for name, spoil := range map[string]func() error{
		"mode 0644": func() error { return os.Chmod(key, 0o644) },
		"empty":     func() error { return os.WriteFile(key, nil, 0o600) },
		"garbage": func() error {
			return os.WriteFile(key, []byte("-----BEGIN PRIVATE KEY-----\n"+secret+"\n-----END PRIVATE KEY-----\n"), 0o600)
		},
		"a directory": func() error {
			if err := os.Remove(key); err != nil {
				return err
			}
			return os.Mkdir(key, 0o700)
		},
	} {
		t.Run(name, func(t *testing.T) {
			i.t = t
			text, err := os.ReadFile(key)
			if err != nil {
				t.Fatal(err)
			}
			if err := spoil(); err != nil {
				t.Fatal(err)
			}
			for _, args := range [][]string{{"token", "--account", "registry1"}, {"serve", "--listen", "127.0.0.1:0"}} {
				out, code := i.sts("", args...)
				if code == 0 || !strings.Contains(out, "reading the signing key "+key) || strings.Contains(out, secret) || strings.Contains(out, "eyJ") {
					t.Errorf("%v: status %d: %s", args, code, out)
				}
				if name == "mode 0644" && !strings.Contains(out, "0644") {
					t.Errorf("%v does not say what to mend: %s", args, out)
				}
			}
			if err := os.RemoveAll(key); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(key, text, 0o600); err != nil {
				t.Fatal(err)
			}
		})
	}
	i.t = t
	i.token("registry1")
}

// A database that a newer program wrote is left alone by every subcommand.
func TestANewerDatabaseIsLeftAlone(t *testing.T) {
	i := install(t)
	if out, code := i.sts("", "migrate"); code != 0 || !strings.Contains(out, "migrations applied") {
		t.Fatal(out)
	}
	db, err := sql.Open("sqlite", filepath.Join(i.data, "sts.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99990101000000, 1)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"migrate"}, {"check"}, {"token", "--account", "registry1"}, {"import", "daybook", "-"}, {"serve", "--listen", "127.0.0.1:0"}, {"serve", "--demo", "--listen", "127.0.0.1:0"},
	} {
		out, code := i.sts(daybookRow("HHD-FA-26-6100001-S"), args...)
		if code != 1 || !strings.Contains(out, "the database is newer than this program") {
			t.Errorf("%v: status %d: %s", args, code, out)
		}
	}
}

// Several processes that start at once on a new data directory migrate it once.
func TestMigrationsAtOnceAreOne(t *testing.T) {
	i := install(t)
	const processes = 4
	var all sync.WaitGroup
	outs, codes := make([]string, processes), make([]int, processes)
	for n := range processes {
		all.Go(func() { outs[n], codes[n] = i.sts("", "migrate") })
	}
	all.Wait()
	worked := 0
	for n, out := range outs {
		if codes[n] != 0 {
			t.Errorf("status %d: %s", codes[n], out)
		}
		if !strings.HasPrefix(out, "0 migrations applied") {
			worked++
		}
	}
	if worked != 1 {
		t.Errorf("%d processes say that they migrated: %q", worked, outs)
	}
	if out, code := i.sts("", "check"); code != 0 {
		t.Errorf("sts check: %s", out)
	}
}

// Two processes on one data directory would both be the order-file switch, and
// write the same files.
func TestOneDirectoryOneSimulator(t *testing.T) {
	i := install(t)
	i.serve()
	out, code := i.sts("", "serve", "--listen", "127.0.0.1:0")
	if code != 1 || !strings.Contains(out, "a data directory of its own") {
		t.Errorf("a second server: status %d: %s", code, out)
	}
}
