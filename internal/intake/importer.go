package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/registry"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// A transaction is bounded, so that a recording waits for less than a second:
// by rows, and by the facts in them, since a row can name fifty protected
// persons with two addresses each.
const (
	rowsPerCommit  = 200
	factsPerCommit = 2000
)

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
	facts := func(feed.Daybook) int { return 1 }
	return run(ctx, i, feed.ReadDaybook(in, known), facts, i.applyDaybook, func(rows []feed.Daybook, done Report) []terms.Docket {
		if done.New+done.Changed == 0 {
			return nil
		}
		return docketsOf(rows, func(r feed.Daybook) terms.Docket { return r.DocketNumber })
	})
}

// Registry imports the registry's order facts.
func (i *Importer) Registry(ctx context.Context, in io.Reader) (Report, error) {
	facts := func(r feed.Registry) int { return 5 + 3*len(r.ProtectedPersons) }
	return run(ctx, i, feed.ReadRegistry(in), facts, i.applyRegistry, func(rows []feed.Registry, done Report) []terms.Docket {
		if done.Waiting == 0 {
			return nil
		}
		return docketsOf(rows, func(r feed.Registry) terms.Docket { return r.DocketNumber })
	})
}

func docketsOf[T any](rows []T, docket func(T) terms.Docket) []terms.Docket {
	dockets := make([]terms.Docket, len(rows))
	for n, row := range rows {
		dockets[n] = docket(row)
	}
	return dockets
}

// run reads rows and applies them in groups. After each group met answers the
// dockets whose case may have come while its rows were kept waiting, or the
// other way round.
func run[T any](
	ctx context.Context, i *Importer, rows iter.Seq2[feed.Row[T], error], facts func(T) int,
	apply func(context.Context, *ent.Tx, []T) (Report, error), met func([]T, Report) []terms.Docket,
) (Report, error) {
	ctx = access.As(ctx, "intake")
	var total Report
	group, weight := make([]T, 0, rowsPerCommit), 0
	flush := func() error {
		if len(group) == 0 {
			return nil
		}
		done, err := i.commit(ctx, func(ctx context.Context, tx *ent.Tx) (Report, error) { return apply(ctx, tx, group) })
		if err != nil {
			return err
		}
		total.add(done)
		if err := i.claimArrived(ctx, met(group, done)); err != nil {
			return err
		}
		group, weight = group[:0], 0
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
			err = errors.Join(err, flush()) // the good rows before it are kept
			return total, err
		}
		group = append(group, row.Facts)
		if weight += facts(row.Facts); len(group) == rowsPerCommit || weight >= factsPerCommit {
			if err := flush(); err != nil {
				return total, err
			}
		}
	}
	err := flush()
	return total, err
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
