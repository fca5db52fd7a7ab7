package demo

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/terms"
)

// How many ticks later something follows: soon, and a little later.
const (
	soonLeast, soonMost   = 2, 6
	laterLeast, laterMost = 5, 25
)

// named is a code as people read it.
func named[T ~string](code T) string {
	return strings.ToLower(strings.ReplaceAll(string(code), "_", " "))
}

func (d *driver) receipt(ctx context.Context) (bool, error) {
	c, err := d.find(ctx, func(c *openCase) bool { return c.row.HolderOfficerID == nil && !c.row.Provisional })
	if c == nil || err != nil {
		return false, err
	}
	now := d.o.Clock()
	received := later(now.Add(-time.Duration(2+d.r.IntN(20))*time.Minute), earlier(c.row.OpenedAt, now)).Truncate(time.Second)
	a := &act{by: d.holder(c), entry: recording.Entry{Receipt: &recording.ReceiptEntry{ReceivedAt: received}}}
	return true, d.record(ctx, c, a, "received the papers")
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// visited is a visit on an open case just now: when it was, and so whether it is
// recorded late, is as in the year. A case must have been there by then.
func (d *driver) visited(ctx context.Context, method terms.ServiceMethod) (*openCase, visit, error) {
	v := visit{method: method, report: method == "" && chance(d.r, 15), at: d.o.Clock().Add(-delay(d.r)).Truncate(time.Minute)}
	c, err := d.find(ctx, func(c *openCase) bool { return d.canVisit(c) && c.row.OpenedAt.Before(v.at) })
	return c, v, err
}

func (d *driver) service(ctx context.Context) (bool, error) { return d.visit(ctx, methodOf(d.r)) }

func (d *driver) attempt(ctx context.Context) (bool, error) { return d.visit(ctx, "") }

func (d *driver) visit(ctx context.Context, method terms.ServiceMethod) (bool, error) {
	c, v, err := d.visited(ctx, method)
	if c == nil || err != nil {
		return false, err
	}
	e := d.texts.visit(d.r, v)
	return true, d.record(ctx, c, &act{by: d.holder(c), entry: e}, said(e))
}

// said tells what an entry says.
func said(e recording.Entry) string {
	if e.Service != nil {
		return "served, " + named(e.Service.Method)
	}
	if e.Attempt.NoFurtherAttempt {
		return "not served, none planned: " + named(e.Attempt.Reason)
	}
	return "not served: " + named(e.Attempt.Reason)
}

// transfer: mostly to an officer of the list, who mostly acknowledges a little
// later, or passes the papers on.
func (d *driver) transfer(ctx context.Context) (bool, error) {
	c, err := d.find(ctx, d.held)
	if c == nil || err != nil {
		return false, err
	}
	return true, d.handOver(ctx, c, chance(d.r, toAName), chance(d.r, inAChain))
}

func (d *driver) held(c *openCase) bool { return c.row.HolderOfficerID != nil && d.canVisit(c) }

func (d *driver) handOver(ctx context.Context, c *openCase, toName, again bool) error {
	from := d.holder(c)
	e := &recording.TransferEntry{TransferredAt: d.o.Clock().Add(-time.Duration(20+d.r.IntN(200)) * time.Second)}
	a := &act{by: from, entry: recording.Entry{Transfer: e}}
	others := slices.DeleteFunc(slices.Clone(d.officers[c.county]), func(v *access.Viewer) bool { return v == from })
	if toName || len(others) == 0 {
		who := d.texts.somebody(d.r)
		e.To.Name = who.first + " " + who.last
		return d.record(ctx, c, a, "transferred the papers to somebody not listed")
	}
	to := pick(d.r, others)
	e.To.Officer = to.Officer
	if err := d.record(ctx, c, a, "transferred the papers to "+to.DisplayName); err != nil {
		return err
	}
	if !chance(d.r, unheardOf) {
		d.follow(soonLeast, laterMost, func(ctx context.Context) (bool, error) {
			return d.about(ctx, c, &act{by: to, earlier: a}, "has the papers")
		})
	}
	if again {
		d.follow(laterLeast, laterMost, func(ctx context.Context) (bool, error) {
			if err := d.refresh(ctx, c); err != nil || c.row.HolderOfficerID == nil || *c.row.HolderOfficerID != to.Officer {
				return false, err
			}
			return true, d.handOver(ctx, c, false, false)
		})
	}
	return nil
}

// about records what is about an earlier act, if that was recorded.
func (d *driver) about(ctx context.Context, c *openCase, a *act, what string) (bool, error) {
	if a.earlier.done == nil {
		return false, nil
	}
	return true, d.record(ctx, c, a, what)
}

func (d *driver) information(ctx context.Context) (bool, error) {
	c, err := d.find(ctx, d.held)
	if c == nil || err != nil {
		return false, err
	}
	e := d.texts.information(d.r)
	return true, d.record(ctx, c, &act{by: d.holder(c), entry: e}, "other information: "+named(e.OtherInformation.About[0]))
}

// mistyped is a visit recorded with a mistake, which is corrected a little later.
func (d *driver) mistyped(ctx context.Context) (bool, error) {
	method := terms.ServiceMethod("")
	if chance(d.r, 40) {
		method = methodOf(d.r)
	}
	c, v, err := d.visited(ctx, method)
	if c == nil || err != nil {
		return false, err
	}
	right := d.texts.visit(d.r, v)
	wrong, reason := d.texts.mistype(d.r, right)
	first := &act{by: d.holder(c), entry: wrong}
	by := first.by
	if chance(d.r, clerkCorrects) {
		by = d.clerk
	}
	d.follow(soonLeast, laterMost, func(ctx context.Context) (bool, error) {
		return d.about(ctx, c, &act{by: by, earlier: first, reason: reason, entry: right}, "corrected: "+said(right))
	})
	return true, d.record(ctx, c, first, said(wrong))
}

// misplaced is a visit recorded on the wrong docket: withdrawn soon, and then
// recorded on its own.
func (d *driver) misplaced(ctx context.Context) (bool, error) {
	c, v, err := d.visited(ctx, "")
	if c == nil || err != nil {
		return false, err
	}
	other, err := d.find(ctx, func(o *openCase) bool { return o != c && o.county == c.county && o.row.OpenedAt.Before(v.at) })
	if other == nil || err != nil {
		return false, err
	}
	by, e := d.holder(c), d.texts.visit(d.r, v)
	wrong := &act{by: by, entry: e}
	d.follow(soonLeast, soonMost, func(ctx context.Context) (bool, error) {
		d.follow(1, soonLeast, func(ctx context.Context) (bool, error) {
			return true, d.record(ctx, c, &act{by: by, entry: e}, said(e)+" (the right docket)")
		})
		return d.about(ctx, other, &act{by: by, earlier: wrong, reason: pick(d.r, d.texts.remarks["docket"])}, "withdrawn: wrong docket")
	})
	return true, d.record(ctx, other, wrong, said(e))
}

// aheadOfDaybook is how many of a hundred manual entries are on a docket that the
// daybook brings a little later: assumed.
const aheadOfDaybook = 20

// manual is a visit that an officer reported to the registry section (§7):
// mostly one who has no account.
func (d *driver) manual(ctx context.Context) (bool, error) {
	method := terms.ServiceMethod("")
	if chance(d.r, 40) {
		method = methodOf(d.r)
	}
	if chance(d.r, aheadOfDaybook) {
		return d.ahead(ctx, method)
	}
	v := visit{method: method, at: d.o.Clock().Add(-delay(d.r)).Truncate(time.Minute)}
	c, err := d.find(ctx, func(c *openCase) bool { return c.row.OpenedAt.Before(v.at) })
	if c == nil || err != nil {
		return false, err
	}
	return true, d.report(ctx, c, v, person{c.row.RespondentFirstName, c.row.RespondentLastName})
}

// report enters the visit. It was reported halfway between then and now.
func (d *driver) report(ctx context.Context, c *openCase, v visit, who person) error {
	m := &manual{
		via:        pick(d.r, []terms.EntryVia{terms.ViaTelephone, terms.ViaTelephone, terms.ViaTelephone, terms.ViaEmail, terms.ViaFax, terms.ViaInPerson}),
		respondent: misheard(d.r, who),
	}
	m.at = v.at.Add(d.o.Clock().Sub(v.at) / 2)
	if m.officer = d.reporter(c); m.officer == nil {
		return nil
	}
	e := d.texts.visit(d.r, v)
	return d.record(ctx, c, &act{by: d.clerk, entry: e, manual: m}, said(e)+", by "+named(m.via))
}

// reporter is an officer without an account, if the county has one, or who has
// the papers.
func (d *driver) reporter(c *openCase) *ent.Officer {
	if c.row != nil && c.row.HolderOfficerID != nil {
		return d.o.Reference.Officer(*c.row.HolderOfficerID)
	}
	if silent := d.silent[c.county]; len(silent) > 0 {
		return pick(d.r, silent)
	}
	return d.o.Reference.Officer(pick(d.r, d.officers[c.county]).Officer)
}
