package report

import (
	"context"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql"

	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/terms"
)

// annualItems are the items of the year: the words of the statute, how this
// system counts them, and the SQL that does.
func annualItems(p Period, now time.Time) map[Item]item {
	ofOrders := item{from: p.issued, table: ordersTable, caseID: "o.case_id", counted: all, split: []split{byOrderKind("o.kind"), byExParte}, undated: true}
	items := map[Item]item{}

	issued := ofOrders
	issued.definition = "C.G.S. §46b-15e(b)(1): the number of restraining orders issued under section 46b-15 and civil protection orders issued under section 46b-16a. Counted are the orders that the registry says were issued in the year, by its newest row for each; an order ex parte and one after hearing are two, and the rows tell them apart."
	items[OrdersIssued] = issued

	left := ofOrders
	left.definition = "C.G.S. §46b-15e(b)(2): the number of such orders that are not picked up by an applicant from the office of the clerk. Counted are the orders issued in the year for which the registry gives no time at which they were picked up. An order that is picked up later leaves the figure."
	left.counted = notPickedUp
	left.gaps = []gap{{terms.GapPickedUpAt, notPickedUp + " AND " + papersOut, nil, notPickedUp,
		"Orders counted as not picked up, on whose case an officer recorded a receipt, a transfer, an attempt or a service: the papers seem to have left the clerk's office, and the registry does not say when."}}
	items[OrdersNotPickedUp] = left

	items[ServedByMethod] = item{
		definition: "C.G.S. §46b-15e(b)(3): the method of service of such orders in cases in which a respondent is successfully served. Counted are the cases with an order whose earliest service that stands was executed in the year, each once, by the method of that service.",
		from:       p.served, table: activitiesTable, caseID: "a.case_id", counted: hasOrder,
		split: []split{byOrderKind("c.order_kind"), byMethod},
		gaps: []gap{{terms.GapNoOrder, "NOT " + hasOrder, nil, all,
			"Cases served in the year that are not counted, because the registry has brought no order of theirs: a notice of hearing alone was served, or the facts have not come."}},
	}

	items[PolicePresenceRequests] = item{
		definition: "C.G.S. §46b-15e(b)(4): the number of requests for a police officer to be present at the time of service, pursuant to section 46b-15(h). Counted are the services and attempts of the year of which the officer recorded that he asked for it (§4(g), §5(g)), each once. Those under section 46b-15(h) are the rows of RELIEF_FROM_ABUSE; requests in cases under section 46b-16a stand beside them. A request after which nothing was recorded is not known here.",
		from:       p.asked, table: activitiesTable, caseID: "a.case_id", counted: all,
		split: []split{byOrderKind("c.order_kind"), byKind},
		gaps: []gap{{terms.GapOrderKind, "c.order_kind IS NULL", nil, all,
			"Requests in cases of which the registry has brought no facts: under which statute is not known."}},
	}

	never := ofOrders
	never.definition = "C.G.S. §46b-15e(b)(5): the number of such orders issued that subsequently expire or are dismissed because the respondent could not be served. Counted are the orders issued in the year, whenever they ended, of which the registry says that they expired or were dismissed and that the respondent could not be served."
	never.counted = endedUnserved
	never.gaps = []gap{
		{terms.GapOutcomeReason, ended + " AND o.outcome_reason IS NULL", nil, ended,
			"Orders issued in the year that expired or were dismissed, of which the registry does not say why. They are not counted."},
		{terms.GapOutcome, "o.outcome IS NULL AND o.expires_on < ? AND c.service_status <> 'SERVED'", []any{terms.DateOf(now)}, all,
			"Orders issued in the year whose last day has passed, on cases not served, of which the registry gives no outcome. They are not counted."},
		{terms.GapServiceRecorded, endedUnserved + " AND c.service_status = 'SERVED'", nil, endedUnserved,
			"Orders counted here although a service stands on their case: one of the two is wrong, or another order was served."},
	}
	items[EndedUnserved] = never
	return items
}

// undatedMeaning is what GapIssuedAt means.
const undatedMeaning = "Orders of all years of which the registry does not say when they were issued: no year has them."

// figure counts one item, in one statement; another looks for undated orders.
func (r *Reporter) figure(ctx context.Context, v *access.Viewer, i item) (*Figure, error) {
	keys := make([]key, len(i.split))
	for n, by := range i.split {
		keys[n] = key{expr: by.expr}
	}
	found, gaps, err := r.tally(ctx, tally{from: i.from(r.Store.Dialect), table: i.table, keys: keys, counted: i.counted, gaps: i.gaps})
	if err != nil {
		return nil, err
	}
	if i.undated {
		undated := gap{terms.GapIssuedAt, "o.issued_at IS NULL", nil, all, undatedMeaning}
		_, more, err := r.tally(ctx, tally{from: orders(r.Store.Dialect), table: i.table, counted: all, gaps: []gap{undated}})
		if err != nil {
			return nil, err
		}
		gaps = append(gaps, more...)
	}
	f := &Figure{Definition: i.definition, Completeness: gaps, Rows: []AnnualRow{}}
	slices.SortFunc(found, func(a, b tallied) int { return slices.CompareFunc(a.keys, b.keys, knownFirst) })
	for _, t := range found {
		row := AnnualRow{Count: t.count}
		for n, by := range i.split {
			if t.keys[n] != nil {
				by.set(&row, *t.keys[n])
			}
		}
		f.Rows = append(f.Rows, row)
		f.Count += t.count
	}
	if v.SeesEveryCase() {
		f.Cases = func(q *sql.Selector) {
			counted := i.from(r.Store.Dialect).Where(sql.ExprP(i.counted)).SelectExpr(sql.Raw(i.caseID))
			q.Where(sql.In(q.C("id"), counted))
		}
	}
	return f, nil
}
