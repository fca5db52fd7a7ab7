package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/registry"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// rowsPerCommit bounds a transaction, so that a recording waits for less than
// a second.
const rowsPerCommit = 200

// Importer applies the rows of the two feeds.
type Importer struct {
	Store     *store.Store
	Reference *casefile.Reference
	Planner   *registry.Planner
	Timely    casefile.Timely
	Clock     func() time.Time
	// OnCommit, if set, is called after each commit.
	OnCommit func()
	// Progress, if set, is called after each commit with what was done so far.
	Progress func(Report)
	// Bad, if set, is called with each row that cannot be used.
	Bad func(*feed.RowError)
}

// Report counts what became of the rows. Every row is counted once.
type Report struct {
	New, Changed, Unchanged, Older, Waiting, Bad int
}

// Rows is how many rows were read.
func (r Report) Rows() int {
	return r.New + r.Changed + r.Unchanged + r.Older + r.Waiting + r.Bad
}

// Daybook imports the clerk's daybook (§3(b)).
func (i *Importer) Daybook(ctx context.Context, in io.Reader) (Report, error) {
	known := func(code string) bool { return i.Reference.Court(code) != nil }
	return run(ctx, i, feed.ReadDaybook(in, known), i.applyDaybook)
}

// Registry imports the registry's order facts.
func (i *Importer) Registry(ctx context.Context, in io.Reader) (Report, error) {
	return run(ctx, i, feed.ReadRegistry(in), i.applyRegistry)
}

// claimArrived applies rows that were kept waiting at the very moment at which
// another process imported their case: neither transaction saw the other.
func (i *Importer) claimArrived(ctx context.Context, rows []feed.Registry) error {
	dockets := make([]terms.Docket, len(rows))
	for n, row := range rows {
		dockets[n] = row.DocketNumber
	}
	_, err := i.commit(ctx, func(ctx context.Context, tx *ent.Tx) (Report, error) {
		cases, err := casesByDocket(ctx, tx, dockets)
		if err != nil || len(cases) == 0 {
			return Report{}, err
		}
		return Report{}, i.claim(ctx, tx, slices.Collect(maps.Keys(cases)))
	})
	return err
}

// run reads rows and applies them in groups.
func run[T any](ctx context.Context, i *Importer, rows iter.Seq2[feed.Row[T], error], apply func(context.Context, *ent.Tx, []T) (Report, error)) (Report, error) {
	ctx = access.As(ctx, "intake")
	var total Report
	group := make([]T, 0, rowsPerCommit)
	flush := func() error {
		if len(group) == 0 {
			return nil
		}
		done, err := i.commit(ctx, func(ctx context.Context, tx *ent.Tx) (Report, error) { return apply(ctx, tx, group) })
		if err != nil {
			return err
		}
		total.add(done)
		if waiting, ok := any(group).([]feed.Registry); ok && done.Waiting > 0 {
			if err := i.claimArrived(ctx, waiting); err != nil {
				return err
			}
		}
		group = group[:0]
		if i.Progress != nil {
			i.Progress(total)
		}
		return nil
	}
	for row, err := range rows {
		var bad *feed.RowError
		switch {
		case errors.As(err, &bad):
			total.Bad++
			if i.Bad != nil {
				i.Bad(bad)
			}
			continue
		case err != nil:
			return total, errors.Join(err, flush()) // the good rows before it are kept
		}
		if group = append(group, row.Facts); len(group) == rowsPerCommit {
			if err := flush(); err != nil {
				return total, err
			}
		}
	}
	return total, flush()
}

// commit runs one group. Where another import has made the same case at the
// same moment the group runs again, and finds it.
func (i *Importer) commit(ctx context.Context, apply func(context.Context, *ent.Tx) (Report, error)) (Report, error) {
	for try := 1; ; try++ {
		var done Report
		err := i.Store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) (err error) {
			done, err = apply(ctx, tx)
			return err
		})
		if store.Duplicate(err) && try < 3 {
			continue
		}
		if err != nil {
			return Report{}, fmt.Errorf("importing: %w", err)
		}
		if i.OnCommit != nil {
			i.OnCommit()
		}
		return done, nil
	}
}

func (r *Report) add(o Report) {
	r.New += o.New
	r.Changed += o.Changed
	r.Unchanged += o.Unchanged
	r.Older += o.Older
	r.Waiting += o.Waiting
	r.Bad += o.Bad
}
