package bench

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/terms"
)

const (
	// As in casefile.LookUps.
	lookUpsPerCommit = 50
	lookUpsWait      = 20 * time.Millisecond
)

// rawLookUps keeps officers' look-ups before the answers leave, many in one
// commit, as casefile.LookUps does.
type rawLookUps struct {
	db    *stdsql.DB
	find  *stdsql.Stmt
	queue chan rawLookUp
}

type rawLookUp struct {
	kase string
	v    *access.Viewer
	done chan error
}

func newRawLookUps(ctx context.Context, db *stdsql.DB) (*rawLookUps, error) {
	find, err := db.PrepareContext(ctx, "SELECT id FROM registry_cases WHERE docket = ?")
	if err != nil {
		return nil, fmt.Errorf("preparing a statement: %w", err)
	}
	return &rawLookUps{db, find, make(chan rawLookUp, lookUpsPerCommit)}, nil
}

func (l *rawLookUps) keep(ctx context.Context, v *access.Viewer, docket terms.Docket) error {
	one := rawLookUp{v: v, done: make(chan error, 1)}
	err := l.find.QueryRowContext(ctx, docket).Scan(&one.kase)
	if errors.Is(err, stdsql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	select {
	case l.queue <- one:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-one.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *rawLookUps) run(ctx context.Context) {
	for {
		var group []rawLookUp
		select {
		case one := <-l.queue:
			group = append(group, one)
		case <-ctx.Done():
			return
		}
		late := time.After(lookUpsWait)
	collect:
		for len(group) < lookUpsPerCommit {
			select {
			case one := <-l.queue:
				group = append(group, one)
			case <-late:
				break collect
			}
		}
		args := make([]any, 0, 4*len(group))
		for _, one := range group {
			args = append(args, terms.NewID(terms.LookUpPrefix), one.v.Account, one.kase, terms.Micro(one.v.At))
		}
		_, err := l.db.ExecContext(ctx, "INSERT INTO case_look_ups (id, account_id, case_id, looked_up_at) VALUES (?, ?, ?, ?)"+
			strings.Repeat(", (?, ?, ?, ?)", len(group)-1), args...)
		for _, one := range group {
			one.done <- err
		}
	}
}
