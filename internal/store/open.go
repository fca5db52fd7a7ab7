package store

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/go-sql-driver/mysql"
	_ "modernc.org/sqlite" // the embedded engine

	"github.com/service-tracking/sts/ent"
	_ "github.com/service-tracking/sts/ent/runtime" // the policies: without them every query fails
)

// Options say which database, and how hard it must hold on to what it is told.
type Options struct {
	// URL is "sqlite:PATH", or "mysql:" followed by a DSN of go-sql-driver,
	// such as mysql:sts:secret@tcp(db.example:3306)/sts.
	URL string
	// Seeding gives up durability while a new SQLite file is filled that
	// nobody relies on yet. Never set it on a file in use.
	Seeding bool
	// Observe, if set, is called with every statement before it is sent.
	Observe func(statement string)
}

// Store is an open database.
type Store struct {
	// Client reads and writes through the policies of ent/schema.
	Client *ent.Client
	// Dialect is dialect.SQLite or dialect.MySQL.
	Dialect string

	url   string
	write *stdsql.DB
	read  *stdsql.DB
}

// Open opens the database. It neither creates tables nor changes any: see
// [Store.Migrate].
func Open(ctx context.Context, o Options) (*Store, error) {
	s := &Store{url: o.URL}
	kind, rest, _ := strings.Cut(o.URL, ":")
	var err error
	switch kind {
	case "sqlite":
		err = s.openSQLite(rest, o.Seeding)
	case "mysql":
		err = s.openMySQL(rest)
	default:
		return nil, fmt.Errorf("database URL must begin with sqlite: or mysql:, not with %q", kind)
	}
	if err != nil {
		return nil, err
	}
	// A new SQLite file becomes a WAL one at the first connection. Of several
	// processes that do so at once SQLite refuses some, without waiting.
	if err := again(ctx, s.write.PingContext); err != nil {
		return nil, errors.Join(fmt.Errorf("connecting to the database: %w", err), s.Close())
	}
	s.Client = ent.NewClient(ent.Driver(&driver{
		write:   entsql.OpenDB(s.Dialect, s.write),
		read:    entsql.OpenDB(s.Dialect, s.read),
		observe: o.Observe,
	}))
	return s, nil
}

// Close closes the database after what is running has ended.
func (s *Store) Close() error {
	err := s.write.Close()
	if s.read != s.write {
		err = errors.Join(s.read.Close(), err)
	}
	return err
}

// SQL is the connection pool that may write, for the few places that need SQL
// outside of ent.
func (s *Store) SQL() *stdsql.DB { return s.write }

// readers is the size of the pool of query-only SQLite connections.
func readers() int { return max(4, 2*runtime.NumCPU()) }

func (s *Store) openSQLite(path string, seeding bool) error {
	s.Dialect = dialect.SQLite
	if err := writable(filepath.Dir(path)); err != nil {
		return err
	}
	// SQLite gives its other files the mode of this one. Its owner alone reads it.
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("opening %s: %w", path, err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("opening %s: %w", path, err)
	}
	synchronous := "FULL" // a court record survives the power cut
	if seeding {
		synchronous = "OFF"
	}
	dsn := func(pragmas ...string) string {
		q := url.Values{"_time_format": {"sqlite"}, "_timezone": {"UTC"}, "_txlock": {"immediate"}}
		for _, p := range append(pragmas, "busy_timeout(10000)", "journal_mode(WAL)", "foreign_keys(1)", "temp_store(MEMORY)") {
			q.Add("_pragma", p)
		}
		return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
	}
	if s.write, err = stdsql.Open("sqlite", dsn("synchronous("+synchronous+")")); err != nil {
		return fmt.Errorf("opening %s: %w", path, err)
	}
	s.write.SetMaxOpenConns(1)
	if s.read, err = stdsql.Open("sqlite", dsn("query_only(1)")); err != nil {
		return errors.Join(fmt.Errorf("opening %s: %w", path, err), s.write.Close())
	}
	s.read.SetMaxOpenConns(readers())
	s.read.SetMaxIdleConns(readers())
	return nil
}

// writable says in words what a driver would say in riddles.
func writable(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("the data directory %s cannot be made: %w", dir, err)
	}
	probe, err := os.CreateTemp(dir, ".writable-*")
	if err != nil {
		return fmt.Errorf("the data directory %s cannot be written: %w", dir, err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

func (s *Store) openMySQL(dsn string) error {
	s.Dialect = dialect.MySQL
	config, err := mysql.ParseDSN(dsn)
	if err != nil {
		return errors.New("the mysql: database URL cannot be read; it looks like mysql:user:password@tcp(host:3306)/database")
	}
	config.ParseTime, config.Loc = true, time.UTC
	config.ClientFoundRows = true // compare-and-swap counts rows found, not rows changed
	config.InterpolateParams = true
	config.Timeout = 10 * time.Second
	if err := config.Apply(mysql.Charset("utf8mb4", "utf8mb4_unicode_ci")); err != nil {
		return fmt.Errorf("setting the character set: %w", err)
	}
	if config.Params == nil {
		config.Params = map[string]string{}
	}
	config.Params["time_zone"] = "'+00:00'"
	config.Params["sql_mode"] = "'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE'"
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return fmt.Errorf("preparing the database connection: %w", err)
	}
	s.write = stdsql.OpenDB(connector)
	s.write.SetMaxOpenConns(64)
	s.write.SetMaxIdleConns(32)
	s.write.SetConnMaxLifetime(30 * time.Minute)
	s.read = s.write
	return nil
}
