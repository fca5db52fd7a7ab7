package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
)

// check recomputes the folds of every case and tells where the stored ones
// differ.
func check(ctx context.Context, args []string, io streams) (err error) {
	c, _, err := configure("check", false, args, io, nil)
	if err != nil {
		return err
	}
	if err := existing(c); err != nil {
		return err
	}
	s, err := open(ctx, c, logger(io.err), nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	differences, err := casefile.Check(access.As(ctx, "check"), s.store.Client, s.timely)
	if err != nil {
		return err
	}
	for _, d := range differences {
		fmt.Fprintln(io.out, d)
	}
	fmt.Fprintf(io.out, "%d differences\n", len(differences))
	if len(differences) > 0 {
		return exitStatus(1)
	}
	return nil
}
