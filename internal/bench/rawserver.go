package bench

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/service-tracking/sts/internal/identity"
	"github.com/service-tracking/sts/internal/store"
)

// ServeRaw is the hand-written server until ctx ends. The database's URL and
// the directory with the signing key are those of sts serve.
func ServeRaw(ctx context.Context, address, dir, url string) (err error) {
	s, err := store.Open(ctx, store.Options{URL: url}) // for the accounts
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	issuer, err := identity.Open(dir, time.Now)
	if err != nil {
		return err
	}
	db, err := openRaw(url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	r, err := newRaw(ctx, db, issuer, identity.NewAccounts(s, time.Now))
	if err != nil {
		return err
	}
	go r.lookUps.run(ctx)
	server := &http.Server{Addr: address, Handler: r.handler(), ReadHeaderTimeout: 5 * time.Second}
	stop := context.AfterFunc(ctx, func() { server.Close() }) //nolint:errcheck // it ends
	defer stop()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving: %w", err)
	}
	return nil
}

// openRaw opens as many connections as the program's store. Instants stay the
// text that the database sends: a time.Time of each would only be printed again.
func openRaw(url string) (*stdsql.DB, error) {
	config, err := mysql.ParseDSN(strings.TrimPrefix(url, "mysql:"))
	if err != nil {
		return nil, fmt.Errorf("reading the database's URL: %w", err)
	}
	config.Loc, config.InterpolateParams = time.UTC, true
	if err := config.Apply(mysql.Charset("utf8mb4", "utf8mb4_unicode_ci")); err != nil {
		return nil, err
	}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, fmt.Errorf("preparing the database connection: %w", err)
	}
	db := stdsql.OpenDB(connector)
	db.SetMaxOpenConns(64)
	db.SetMaxIdleConns(32)
	return db, nil
}
