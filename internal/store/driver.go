package store

import (
	"context"
	stdsql "database/sql"
	"strings"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"

	"github.com/service-tracking/sts/internal/terms"
)

// driver sends queries to the readers and everything else to the writer, and
// brings every instant to UTC microseconds on its way: MariaDB would truncate
// nanoseconds, TiDB round them and SQLite keep them.
type driver struct {
	write, read *entsql.Driver
	observe     func(string)
}

func (d *driver) Dialect() string { return d.write.Dialect() }
func (d *driver) Close() error    { return nil } // Store.Close owns the pools

func (d *driver) see(statement string) {
	if d.observe != nil {
		d.observe(statement)
	}
}

func (d *driver) Exec(ctx context.Context, query string, args, v any) error {
	d.see(query)
	return d.write.Exec(ctx, query, micro(args), v)
}

func (d *driver) Query(ctx context.Context, query string, args, v any) error {
	d.see(query)
	return d.reader(query).Query(ctx, query, micro(args), v)
}

// reader is the pool for a statement that answers rows. An INSERT … RETURNING
// is one as well, and the readers would refuse it.
func (d *driver) reader(query string) *entsql.Driver {
	if strings.HasPrefix(query, "SELECT") || strings.HasPrefix(query, "WITH") {
		return d.read
	}
	return d.write
}

// ExecContext and QueryContext are ent's door for SQL by hand.
func (d *driver) ExecContext(ctx context.Context, query string, args ...any) (stdsql.Result, error) {
	d.see(query)
	return d.write.ExecContext(ctx, query, micro(args).([]any)...)
}

func (d *driver) QueryContext(ctx context.Context, query string, args ...any) (*stdsql.Rows, error) {
	d.see(query)
	return d.reader(query).QueryContext(ctx, query, micro(args).([]any)...)
}

func (d *driver) Tx(ctx context.Context) (dialect.Tx, error) { return d.BeginTx(ctx, nil) }

// BeginTx begins a writing transaction: READ COMMITTED, or BEGIN IMMEDIATE on
// SQLite (by _txlock).
func (d *driver) BeginTx(ctx context.Context, o *stdsql.TxOptions) (dialect.Tx, error) {
	if o == nil && d.Dialect() == dialect.MySQL {
		o = &stdsql.TxOptions{Isolation: stdsql.LevelReadCommitted}
	}
	d.see("BEGIN")
	tx, err := d.write.BeginTx(ctx, o)
	if err != nil {
		return nil, err
	}
	return &transaction{tx, d}, nil
}

type transaction struct {
	dialect.Tx
	d *driver
}

func (t *transaction) Exec(ctx context.Context, query string, args, v any) error {
	t.d.see(query)
	return t.Tx.Exec(ctx, query, micro(args), v)
}

func (t *transaction) Query(ctx context.Context, query string, args, v any) error {
	t.d.see(query)
	return t.Tx.Query(ctx, query, micro(args), v)
}

// sqlTx is what the transaction of ent's driver can do beyond dialect.Tx.
type sqlTx interface {
	ExecContext(ctx context.Context, query string, args ...any) (stdsql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*stdsql.Rows, error)
}

func (t *transaction) ExecContext(ctx context.Context, query string, args ...any) (stdsql.Result, error) {
	t.d.see(query)
	return t.Tx.(sqlTx).ExecContext(ctx, query, micro(args).([]any)...)
}

func (t *transaction) QueryContext(ctx context.Context, query string, args ...any) (*stdsql.Rows, error) {
	t.d.see(query)
	return t.Tx.(sqlTx).QueryContext(ctx, query, micro(args).([]any)...)
}

func micro(args any) any {
	list, ok := args.([]any)
	if !ok {
		return args
	}
	for i, a := range list {
		switch t := a.(type) {
		case time.Time:
			list[i] = terms.Micro(t)
		case *time.Time:
			if t != nil {
				list[i] = terms.Micro(*t)
			}
		}
	}
	return list
}
