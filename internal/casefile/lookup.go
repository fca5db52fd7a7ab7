package casefile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/registrycase"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

const (
	// A group of look-ups is committed when it is this large or this old.
	lookUpsPerCommit = 50
	lookUpsWait      = 20 * time.Millisecond
)

// LookUps writes a row for each look-up by an officer before the answer
// leaves (C.G.S. §51-5c), many in one commit.
type LookUps struct {
	store   *store.Store
	queue   chan lookUp
	stopped chan struct{} // closed when Run has ended
}

type lookUp struct {
	account, kase terms.ID
	at            time.Time
	done          chan error
}

// NewLookUps makes the writer. Nothing is written until [LookUps.Run] runs,
// and what is asked after it has ended is refused.
func NewLookUps(s *store.Store) *LookUps {
	return &LookUps{store: s, queue: make(chan lookUp, lookUpsPerCommit), stopped: make(chan struct{})}
}

// Find answers the id of the case with the docket number, "" if the daybook
// has not brought it. It is for the rooms: it asks nobody who is asking.
func Find(ctx context.Context, c *ent.Client, docket terms.Docket) (terms.ID, error) {
	id, err := c.RegistryCase.Query().Where(registrycase.Docket(docket)).OnlyID(access.As(ctx, "casefile"))
	switch {
	case ent.IsNotFound(err):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("finding a case by its docket number: %w", err)
	}
	return id, nil
}

// Open leaves the trace of an officer's look-up and returns after it is
// committed. For other roles, and for a docket number that is not known, it
// does nothing.
func (l *LookUps) Open(ctx context.Context, v *access.Viewer, docket terms.Docket) error {
	if v == nil || !v.Is(terms.RoleOfficer) || v.Account == "" {
		return nil
	}
	id, err := Find(ctx, l.store.Client, docket)
	if err != nil || id == "" {
		return err
	}
	row := lookUp{v.Account, id, v.At, make(chan error, 1)}
	select {
	case <-l.stopped:
		return errStopped
	default:
	}
	select {
	case l.queue <- row:
	case <-l.stopped:
		return errStopped
	case <-ctx.Done():
		return fmt.Errorf("waiting to keep a look-up: %w", ctx.Err())
	}
	select {
	case err := <-row.done:
		return err
	case <-l.stopped:
		select {
		case err := <-row.done: // committed just before
			return err
		default:
			return errStopped
		}
	case <-ctx.Done():
		return fmt.Errorf("waiting for a look-up to be kept: %w", ctx.Err())
	}
}

var errStopped = errors.New("the look-up writer has stopped")

// Run commits look-ups in groups until the context ends. It runs once.
func (l *LookUps) Run(ctx context.Context) error {
	defer close(l.stopped) // refuses whoever waits
	for {
		var group []lookUp
		select {
		case row := <-l.queue:
			group = append(group, row)
		case <-ctx.Done():
			return nil
		}
		timer := time.NewTimer(lookUpsWait)
	collect:
		for len(group) < lookUpsPerCommit {
			select {
			case row := <-l.queue:
				group = append(group, row)
			case <-timer.C:
				break collect
			case <-ctx.Done():
				break collect
			}
		}
		timer.Stop()
		err := l.commit(context.WithoutCancel(ctx), group)
		for _, row := range group {
			row.done <- err
		}
	}
}

func (l *LookUps) commit(ctx context.Context, group []lookUp) error {
	ctx = access.As(ctx, "lookups")
	err := l.store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		rows := make([]*ent.CaseLookUpCreate, len(group))
		for i, g := range group {
			rows[i] = LookedUp(tx, g.account, g.kase, g.at)
		}
		return tx.CaseLookUp.CreateBulk(rows...).Exec(ctx)
	})
	if err != nil {
		return fmt.Errorf("keeping look-ups: %w", err)
	}
	return nil
}

// LookedUp is the row of one look-up, for transactions that write it themselves.
func LookedUp(tx *ent.Tx, account, kase terms.ID, at time.Time) *ent.CaseLookUpCreate {
	return tx.CaseLookUp.Create().SetAccountID(account).SetCaseID(kase).SetLookedUpAt(at)
}
