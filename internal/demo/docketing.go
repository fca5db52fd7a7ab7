package demo

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/intake"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/terms"
)

// application is a new case: the rows that the feeds will bring of it. The
// daybook brings a few times a day what clerks opened in the last hours, so that
// officers can have been at the door before it is known here.
func (d *driver) application() (feed.Daybook, feed.Registry, string) {
	d.numbers++
	opened := terms.Micro(d.o.Clock().Add(-time.Duration(45+d.r.IntN(300)) * time.Minute))
	town := d.atlas.town(d.r)
	for len(d.officers[town.County]) == 0 {
		town = d.atlas.town(d.r)
	}
	// The numbers of orders and files go on above those of the year.
	c := &plan{n: d.numbers - drivenFrom + maxCases, r: d.r, town: town, court: courtOf(d.r, town), kind: kindOf(d.r), opened: opened}
	c.hearing = d.calendar.hearing(d.r, opened, 8+d.r.IntN(6))
	s := &story{plan: c, p: &player{texts: d.texts, atlas: d.atlas, calendar: d.calendar}, respondent: d.texts.somebody(d.r)}
	s.docket = docketOf(c, d.numbers)
	s.firstFacts()
	book := feed.Daybook{
		CourtLocation: c.court, DocketNumber: s.docket,
		RespondentFirstName: s.respondent.first, RespondentLastName: s.respondent.last, CreatedAt: opened, SourceUpdatedAt: opened,
	}
	return book, s.row, town.County
}

// newCase is one that the daybook brings; the registry's facts follow.
func (d *driver) newCase(ctx context.Context) (bool, error) {
	book, facts, _ := d.application()
	return true, d.open(ctx, book, facts)
}

func (d *driver) open(ctx context.Context, book feed.Daybook, facts feed.Registry) error {
	if err := d.bring(ctx, book.Canonical(), d.o.Importer.Daybook); err != nil {
		return err
	}
	row, err := d.read(ctx, book.DocketNumber)
	if err != nil {
		return err
	}
	d.made.Cases++
	d.o.Tell(Told{At: d.o.Clock(), Docket: book.DocketNumber, What: "new case", By: "the daybook"})
	c := d.known(row)
	d.follow(soonLeast, soonMost, func(ctx context.Context) (bool, error) {
		return true, d.facts(ctx, c, facts, "order facts, hearing "+facts.HearingAt.In(terms.CourtZone).Format("January 2"))
	})
	return nil
}

// known is the case, new or known before the daybook brought it.
func (d *driver) known(row *ent.RegistryCase) *openCase {
	for _, c := range d.cases {
		if c.docket == row.Docket {
			d.keep(c, row)
			return c
		}
	}
	return d.add(row)
}

// facts brings a row of the registry.
func (d *driver) facts(ctx context.Context, c *openCase, row feed.Registry, what string) error {
	row.SourceUpdatedAt = terms.Micro(d.o.Clock())
	if err := d.bring(ctx, row.Canonical(), d.o.Importer.Registry); err != nil {
		return err
	}
	c.order = &row
	d.made.Rows++
	d.o.Tell(Told{At: d.o.Clock(), Docket: c.docket, What: what, By: "the registry"})
	return d.refresh(ctx, c)
}

// bring has an importer take one row. A bad one is a mistake here.
func (d *driver) bring(ctx context.Context, row []byte, run func(context.Context, io.Reader) (intake.Report, error)) error {
	var bad error
	d.o.Importer.Bad = func(row *feed.RowError) { bad = row }
	if _, err := run(ctx, strings.NewReader(string(row)+"\n")); err != nil {
		return err
	}
	return bad
}

// ahead is a manual entry on a docket that the daybook brings a little later
// (§7).
func (d *driver) ahead(ctx context.Context, method terms.ServiceMethod) (bool, error) {
	book, facts, county := d.application()
	v := visit{method: method, at: d.o.Clock().Add(-time.Duration(10+d.r.IntN(60)) * time.Minute).Truncate(time.Minute)}
	book.CreatedAt = v.at.Add(-2 * time.Hour)
	d.follow(laterLeast, laterMost, func(ctx context.Context) (bool, error) { return true, d.open(ctx, book, facts) })
	c := &openCase{docket: book.DocketNumber, county: county}
	return true, d.report(ctx, c, v, person{book.RespondentFirstName, book.RespondentLastName})
}

// soonHeard is how near a hearing is when the court continues it.
const soonHeard = 10 * 24 * time.Hour

// continuance moves the hearing of a case in which nobody was served.
func (d *driver) continuance(ctx context.Context) (bool, error) {
	now := d.o.Clock()
	c, err := d.find(ctx, func(c *openCase) bool {
		return c.row.HearingAt != nil && c.row.HearingAt.Before(now.Add(soonHeard)) && c.row.HearingAt.After(now)
	})
	if c == nil || err != nil {
		return false, err
	}
	row := c.order
	if row == nil {
		if row, err = d.rowInForce(ctx, c); row == nil || err != nil {
			return false, err
		}
	}
	until := d.calendar.hearing(d.r, *c.row.HearingAt, 7+d.r.IntN(7))
	next := *row
	next.HearingAt = &until
	if next.OrderNumber != "" {
		next.ExpiresOn = terms.DateOf(until)
	}
	d.made.Continuances++
	return true, d.facts(ctx, c, next, "hearing continued to "+until.In(terms.CourtZone).Format("January 2"))
}

// rowInForce is the newest row of the registry, spelled as its feed did; nil if
// none has come.
func (d *driver) rowInForce(ctx context.Context, c *openCase) (*feed.Registry, error) {
	facts, err := casefile.ReadFacts(access.As(ctx, viewer), d.o.Store.Client, c.row.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the facts of %s: %w", c.docket.Display(), err)
	}
	if len(facts.Rows) == 0 || facts.Respondent == nil {
		return nil, nil
	}
	newest := facts.Rows[0]
	row := &feed.Registry{
		DocketNumber: c.docket, OrderNumber: newest.OrderNumber, OrderKind: newest.OrderKind, AddressesConfidential: newest.AddressesConfidential,
		RespondentFirstName: facts.Respondent.FirstName, RespondentLastName: facts.Respondent.LastName,
		Courtroom: c.row.HearingCourtroom,
	}
	for _, o := range facts.Orders {
		if o.RowID == newest.ID {
			row.IssuedAt, row.ExParte, row.PickedUpAt, row.ExpiresOn = o.IssuedAt, o.ExParte, o.PickedUpAt, terms.Value(o.ExpiresOn)
			row.Outcome, row.OutcomeReason = terms.Value(o.Outcome), terms.Value(o.OutcomeReason)
			row.StateFileNumber, row.NationalFileNumber = o.StateFileNumber, o.NationalFileNumber
		}
	}
	protectedAgain(row, facts, newest.ID)
	return row, nil
}

// protectedAgain puts the people and addresses of a stored row into the feed's.
func protectedAgain(row *feed.Registry, facts *casefile.Facts, from terms.ID) {
	persons := slices.DeleteFunc(slices.Clone(facts.ProtectedPersons), func(p *ent.ProtectedPerson) bool { return p.RowID != from })
	for _, p := range persons {
		row.ProtectedPersons = append(row.ProtectedPersons, feed.ProtectedPerson{FirstName: p.FirstName, LastName: p.LastName})
	}
	for _, a := range facts.Addresses {
		if a.RowID != from {
			continue
		}
		where := feed.Address{Street: a.Street, Town: a.Town, State: a.State, Zip: a.Zip}
		i := slices.IndexFunc(persons, func(p *ent.ProtectedPerson) bool { return p.ID == terms.Value(a.ProtectedPersonID) })
		switch {
		case a.Reason == terms.RespondentHome:
			row.RespondentHome = where
		case i >= 0 && a.Reason == terms.ProtectedPersonHome:
			row.ProtectedPersons[i].Home = where
		case i >= 0:
			row.ProtectedPersons[i].Work = where
		}
	}
}
