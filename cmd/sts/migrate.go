package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/service-tracking/sts/internal/store"
)

// migrate brings the database to what this program needs.
func migrate(ctx context.Context, args []string, io streams) (err error) {
	c, _, err := configure("migrate", false, args, io, nil)
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, store.Options{URL: c.Database})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	n, err := s.Migrate(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "%d migrations applied; the database is what this program needs\n", n)
	return nil
}
