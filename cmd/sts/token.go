package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"github.com/service-tracking/sts/internal/identity"
)

// token prints a bearer token. It works only beside the database: whoever can
// read the signing key may be anybody.
func token(ctx context.Context, args []string, io streams) (err error) {
	var name string
	var ttl time.Duration
	c, _, err := configure("token", false, args, io, func(f *flag.FlagSet) {
		f.StringVar(&name, "account", "", "name of the account")
		f.DurationVar(&ttl, "ttl", time.Hour, "for how long the token is valid")
	})
	if err != nil {
		return err
	}
	if name == "" {
		return errors.New("say whose token: --account NAME")
	}
	if err := existing(c); err != nil {
		return err
	}
	s, err := open(ctx, c, logger(io.err), nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	issuer, err := identity.Open(c.Data, s.clock)
	if err != nil {
		return err
	}
	token, err := s.accounts.Token(ctx, issuer, name, ttl)
	if err != nil {
		return err
	}
	fmt.Fprintln(io.out, token)
	return nil
}
