package demo

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"github.com/service-tracking/sts/internal/intake"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/terms"
)

// feedsEvery is for how long rows of the feeds gather before they come: the
// systems that send them do so a few times a day.
const feedsEvery = 3 * time.Hour

// gathered are the rows that have not come yet, as the feeds spell them.
type gathered struct {
	daybook, registry bytes.Buffer
	since             time.Time             // the first of them; zero if there are none
	dockets           map[terms.Docket]bool // that they are about
	opened            map[terms.Docket]bool // that the daybook, or a manual entry, has ever named
}

// ripe tells whether the rows must come before the event: they have gathered
// for long enough, or somebody records what they are about.
func (g *gathered) ripe(e event) bool {
	if g.since.IsZero() {
		return false
	}
	return e.at.Sub(g.since) > feedsEvery || e.act != nil && g.dockets[e.act.docket]
}

// take keeps the event's row; false if it has none.
func (g *gathered) take(e event) bool {
	switch {
	case e.daybook != nil:
		g.daybook.Write(append(e.daybook.Canonical(), '\n'))
		g.dockets[e.daybook.DocketNumber], g.opened[e.daybook.DocketNumber] = true, true
	case e.registry != nil:
		g.registry.Write(append(e.registry.Canonical(), '\n'))
		g.dockets[e.registry.DocketNumber] = true
	default:
		if e.act.manual != nil {
			g.opened[e.act.docket] = true
		}
		return false
	}
	if g.since.IsZero() {
		g.since = e.at
	}
	return true
}

// bring imports what has gathered, the daybook first, and has all be told of
// what waited for it.
func (p *player) bring(ctx context.Context, g *gathered) error {
	facts := g.registry.Len() > 0
	if err := p.feed(ctx, &g.daybook, p.importer.Daybook); err != nil {
		return err
	}
	if err := p.feed(ctx, &g.registry, p.importer.Registry); err != nil {
		return err
	}
	g.since = time.Time{}
	clear(g.dockets)
	if !facts {
		return nil
	}
	return p.teller.tell(ctx, p.time(), noTrouble)
}

// feed imports the rows of one feed. A bad one is a mistake in the story.
func (p *player) feed(ctx context.Context, rows *bytes.Buffer, run func(context.Context, io.Reader) (intake.Report, error)) error {
	if rows.Len() == 0 {
		return nil
	}
	var bad error
	p.importer.Bad = func(row *feed.RowError) { bad = errors.Join(bad, row) }
	_, err := run(ctx, rows)
	rows.Reset()
	return errors.Join(err, bad)
}
