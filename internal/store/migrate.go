package store

import (
	"context"
	stdsql "database/sql"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql/schema"
	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// ErrNewer says that the database was written by a newer program.
var ErrNewer = errors.New("the database is newer than this program: use the program that wrote it, or a newer one")

// migrationLock bounds how long one process waits for another that migrates.
const migrationLock = 2 * time.Minute

// Migrate brings the tables to what this program needs, and answers how many
// migrations it applied. Several processes may call it together: one works,
// the others wait and find nothing to do. A database that a newer program has
// migrated is [ErrNewer].
func (s *Store) Migrate(ctx context.Context) (applied int, err error) {
	provider, err := s.provider()
	if err != nil {
		return 0, err
	}
	// Without the lock an error may only mean that another process is at it.
	if done, err := upToDate(ctx, provider); done || errors.Is(err, ErrNewer) {
		return 0, err
	}
	unlock, err := s.lockMigrations(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if done, err := upToDate(ctx, provider); done || err != nil {
		return 0, err
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return 0, fmt.Errorf("migrating the database: %w", err)
	}
	return len(results), nil
}

// Migrated answers nil if the tables are just what this program needs. It asks
// as a reader: the one SQLite connection that may write is for those who
// record, and may be held while they do.
func (s *Store) Migrated(ctx context.Context) error {
	target, err := newest[s.Dialect]()
	if err != nil {
		return err
	}
	var current int64
	if err := s.read.QueryRowContext(ctx, "SELECT MAX(version_id) FROM "+goose.DefaultTablename).Scan(&current); err != nil {
		return fmt.Errorf("reading the database's version: %w", err)
	}
	switch {
	case current > target:
		return ErrNewer
	case current < target:
		return errors.New("the database is older than this program: run sts migrate")
	}
	return nil
}

// newest is the version that this program needs, by dialect.
var newest = map[string]func() (int64, error){
	dialect.SQLite: sync.OnceValues(func() (int64, error) { return newestIn("migrations/sqlite") }),
	dialect.MySQL:  sync.OnceValues(func() (int64, error) { return newestIn("migrations/mysql") }),
}

func newestIn(dir string) (last int64, err error) {
	files, err := fs.ReadDir(migrations, dir)
	if err != nil {
		return 0, fmt.Errorf("reading the migrations: %w", err)
	}
	for _, f := range files {
		if path.Ext(f.Name()) != ".sql" {
			continue
		}
		version, err := goose.NumericComponent(f.Name())
		if err != nil {
			return 0, fmt.Errorf("reading the migrations: %w", err)
		}
		last = max(last, version)
	}
	return last, nil
}

func upToDate(ctx context.Context, provider *goose.Provider) (bool, error) {
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return false, fmt.Errorf("reading the database's version: %w", err)
	}
	if current > target {
		return false, ErrNewer
	}
	return current == target, nil
}

func (s *Store) provider() (*goose.Provider, error) {
	kind, dir := goose.DialectMySQL, "migrations/mysql"
	if s.Dialect == dialect.SQLite {
		kind, dir = goose.DialectSQLite3, "migrations/sqlite"
	}
	files, err := fs.Sub(migrations, dir)
	if err != nil {
		return nil, fmt.Errorf("reading the migrations: %w", err)
	}
	provider, err := goose.NewProvider(kind, s.write, files)
	if err != nil {
		return nil, fmt.Errorf("reading the migrations: %w", err)
	}
	return provider, nil
}

// lockMigrations holds a lock that the engine gives back when its holder dies.
func (s *Store) lockMigrations(ctx context.Context) (unlock func() error, err error) {
	ctx, cancel := context.WithTimeout(ctx, migrationLock)
	defer cancel()
	if s.Dialect == dialect.SQLite {
		// A transaction on a file beside: the database itself must stay free
		// for the migrations' own transactions.
		_, path, _ := strings.Cut(s.url, ":")
		lock, err := stdsql.Open("sqlite", "file:"+path+".migrating?_txlock=immediate&_pragma=busy_timeout(120000)")
		if err != nil {
			return nil, fmt.Errorf("opening the migration lock: %w", err)
		}
		// Not under ctx: its end would end the transaction, and so the lock.
		tx, err := lock.BeginTx(context.WithoutCancel(ctx), nil)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("waiting for another process that migrates: %w", err), lock.Close())
		}
		return func() error { return errors.Join(tx.Rollback(), lock.Close()) }, nil
	}
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("connecting for the migration lock: %w", err)
	}
	var got stdsql.NullInt64
	if err := conn.QueryRowContext(ctx, "SELECT GET_LOCK(CONCAT(DATABASE(), '.sts_migrate'), ?)", int(migrationLock.Seconds())).Scan(&got); err != nil || got.Int64 != 1 {
		return nil, errors.Join(errors.New("another process has been migrating for two minutes"), err, conn.Close())
	}
	return func() error {
		_, err := conn.ExecContext(context.Background(), "SELECT RELEASE_LOCK(CONCAT(DATABASE(), '.sts_migrate'))")
		return errors.Join(err, conn.Close())
	}, nil
}

// WriteMissing writes the statements that the entities need beyond the
// migrations. A test fails where it writes any.
func (s *Store) WriteMissing(ctx context.Context, w io.Writer) error {
	err := s.Client.Schema.WriteTo(ctx, w, schema.WithDropColumn(true), schema.WithDropIndex(true))
	if err != nil {
		return fmt.Errorf("comparing the database with the entities: %w", err)
	}
	return nil
}
