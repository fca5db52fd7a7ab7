package report

import (
	"slices"
	"strings"

	"entgo.io/ent/dialect/sql"

	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/terms"
)

// The tables that are counted, and what they are called in the statements: a is
// an activity, c its case, f its officer, t the case's court location; o is an
// order.
const (
	activitiesTable = "service_activities"
	ordersTable     = "protection_orders"
)

// all holds for every row.
const all = "1 = 1"

// stands is the SQL of casefile.Standing: what was neither corrected nor
// withdrawn, and is no withdrawal itself.
func stands(activity string) string {
	return activity + ".kind <> 'WITHDRAWAL' AND NOT EXISTS (SELECT 1 FROM service_activities later WHERE later.corrects_id = " + activity + ".id)"
}

// ofKind is for activities of a case that is known: without the function SQLite
// takes the index of the kind, and walks through those of all cases.
func ofKind(activity, kinds string) string {
	return "COALESCE(" + activity + ".kind, '') IN (" + kinds + ")"
}

// within leaves what lies in the period.
func (p Period) within(column string) *sql.Predicate {
	return sql.ExprP(column+" >= ? AND "+column+" < ?", p.From.Start(), p.To.Start())
}

// standing are the activities that stand and occurred in the period, with what
// dimensions and gaps look at.
func (p Period) standing(dialect string) *sql.Selector {
	d := sql.Dialect(dialect)
	a, c := d.Table(activitiesTable).As("a"), d.Table("registry_cases").As("c")
	officers, courts := d.Table("officers").As("f"), d.Table("courts").As("t")
	s := d.Select().From(a)
	s.Join(c).On(c.C("id"), a.C("case_id"))
	s.LeftJoin(officers).On(officers.C("id"), a.C("officer_id"))
	s.LeftJoin(courts).On(courts.C("code"), c.C("court_code"))
	return s.Where(sql.And(sql.ExprP(stands("a")), p.within("a.occurred_at")))
}

// firsts finds, for what corrects, the way by which the first of its chain came:
// a correction is no report, and says nothing of it. It goes back from the
// corrections, which are few and have an index.
const firsts = `WITH RECURSIVE chains (id, earlier_id) AS (
 SELECT id, corrects_id FROM service_activities WHERE corrects_id > ''
 UNION ALL
 SELECT chains.id, earlier.corrects_id FROM chains JOIN service_activities earlier ON earlier.id = chains.earlier_id WHERE earlier.corrects_id > ''
), firsts (id, reported_via) AS (
 SELECT chains.id, earlier.reported_via FROM chains JOIN service_activities earlier ON earlier.id = chains.earlier_id WHERE earlier.corrects_id IS NULL
)`

// reportedVia is the way by which it was reported (§7(b)), null where the officer
// recorded it himself. It needs [firsts], as r.
const reportedVia = "COALESCE(a.reported_via, r.reported_via)"

// activities are those that the query counts.
func (q Query) activities(dialect string) *sql.Selector {
	s, f := q.standing(dialect), q.Filter
	if f.Manual != nil || slices.Contains(q.By, terms.ByReportedVia) {
		r := sql.Dialect(dialect).Table("firsts").As("r")
		s.Prefix(sql.Raw(firsts)).LeftJoin(r).On(r.C("id"), sql.Table(activitiesTable).As("a").C("id"))
	}
	among(s, "a.kind", f.Kinds)
	among(s, "c.court_code", upper(f.CourtLocations))
	among(s, "c.order_kind", f.OrderKinds)
	among(s, "a.method", f.Methods)
	among(s, "a.reason", f.Reasons)
	among(s, "a.officer_id", f.OfficerIDs)
	if f.PoliceAssistanceRequested != nil {
		s.Where(sql.ExprP("a.kind IN ('SERVICE', 'ATTEMPT') AND a.police_assistance_requested = ?", *f.PoliceAssistanceRequested))
	}
	if f.Late != nil {
		s.Where(sql.ExprP("a.recorded_late = ?", *f.Late))
	}
	if f.Manual != nil {
		s.Where(sql.ExprP("("+reportedVia+" IS NOT NULL) = ?", *f.Manual))
	}
	return s
}

// among leaves the rows with one of the values; nil is no condition.
func among[T any](s *sql.Selector, column string, values []T) {
	switch {
	case values == nil:
		return
	case len(values) == 0:
		s.Where(sql.False())
		return
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	s.Where(sql.ExprP(column+" IN (?"+strings.Repeat(", ?", len(args)-1)+")", args...))
}

func upper(codes []string) []string {
	if codes == nil {
		return nil
	}
	up := make([]string, len(codes))
	for i, code := range codes {
		up[i] = strings.ToUpper(code)
	}
	return up
}

// at answers in which of the spans the instant lies. It searches by halves: ten
// years of months are seven comparisons a row.
func (c calendar) at(column string, spans []span) key {
	if len(spans) == 1 {
		return key{"?", []any{spans[0].key}}
	}
	half := len(spans) / 2
	before, after := c.at(column, spans[:half]), c.at(column, spans[half:])
	return key{
		"CASE WHEN " + column + " < ? THEN " + before.expr + " ELSE " + after.expr + " END",
		slices.Concat([]any{spans[half].start}, before.args, after.args),
	}
}

// orders are all orders, each in its version in force.
func orders(dialect string) *sql.Selector {
	d := sql.Dialect(dialect)
	o, c := d.Table(ordersTable).As("o"), d.Table("registry_cases").As("c")
	s := d.Select().From(o)
	s.Join(c).On(c.C("id"), o.C("case_id"))
	return s.Where(sql.ExprP(casefile.RowInForce("o.row_id")))
}

// issued are the orders issued in the period.
func (p Period) issued(dialect string) *sql.Selector {
	return orders(dialect).Where(p.within("o.issued_at"))
}

// served are the first services of the cases whose first service was executed in
// the period: of two at the same instant, the one recorded first.
func (p Period) served(dialect string) *sql.Selector {
	return p.standing(dialect).Where(sql.ExprP(`a.kind = 'SERVICE' AND NOT EXISTS (SELECT 1 FROM service_activities earlier
 WHERE earlier.case_id = a.case_id AND ` + ofKind("earlier", "'SERVICE'") + ` AND ` + stands("earlier") + `
 AND (earlier.occurred_at < a.occurred_at OR (earlier.occurred_at = a.occurred_at AND earlier.sequence < a.sequence)))`))
}

// asked are the services and attempts for which police were asked to be present.
func (p Period) asked(dialect string) *sql.Selector {
	return p.standing(dialect).Where(sql.ExprP("a.kind IN ('SERVICE', 'ATTEMPT') AND a.police_assistance_requested"))
}

// What annual items count, and what they may lack.
const (
	notPickedUp   = "o.picked_up_at IS NULL"
	ended         = "o.outcome IN ('EXPIRED', 'DISMISSED')"
	endedUnserved = ended + " AND o.outcome_reason = 'NOT_SERVED'"
	hasOrder      = "EXISTS (SELECT 1 FROM protection_orders known WHERE known.case_id = c.id)"
)

// papersOut: an officer recorded something that he does with the papers in hand.
var papersOut = "EXISTS (SELECT 1 FROM service_activities papers WHERE papers.case_id = c.id AND " + ofKind("papers", "'SERVICE', 'ATTEMPT', 'RECEIPT', 'TRANSFER'") + " AND " + stands("papers") + ")"

// dimension is one thing to count activities by: how people call it, and the SQL
// that counts it. Of a dimension of time the SQL depends on the period.
type dimension struct {
	definition string
	expr       string
	calendar   *calendar
}

func (d dimension) key(p Period) key {
	if d.calendar != nil {
		return d.calendar.at("a.occurred_at", d.calendar.spans(p))
	}
	return key{expr: d.expr}
}

// The SQL answers NOT_APPLICABLE for what has no such value, as against null, of
// which it is not known.
var dimensions = map[terms.StatisticsDimension]dimension{
	terms.ByMonth:            {"The month in which it occurred, in the court's zone (America/New_York), such as 2026-11.", "", &byMonth},
	terms.ByQuarter:          {"The quarter of the calendar year in which it occurred, in the court's zone (America/New_York), such as 2026-Q4.", "", &byQuarter},
	terms.ByCalendarYear:     {"The calendar year in which it occurred, in the court's zone (America/New_York).", "", &byYear},
	terms.ByFiscalYear:       {"The state's fiscal year in which it occurred, in the court's zone (America/New_York): July 1 to June 30, named by the year in which it ends.", "", &byFiscal},
	terms.ByCourtLocation:    {"The code of the court location at which the case stands now: the daybook can move a case.", "c.court_code", nil},
	terms.ByJudicialDistrict: {"The judicial district of that court location; not known where the table of court locations lacks the code.", "NULLIF(t.judicial_district, '')", nil},
	terms.ByCounty:           {"The county of the officer whose activity it is: marshals are appointed by county (C.G.S. §6-38). Not the county of the court, nor of an address. Not known of an officer without one.", "NULLIF(f.county, '')", nil},
	terms.ByOrderKind:        {"The statute under which the order is asked for, as the newest row of the registry says it now; not known until one has come.", "c.order_kind", nil},
	terms.ByActivityKind:     {"The kind of activity, as it stands after corrections.", "a.kind", nil},
	terms.ByMethod:           {"How service was executed (§4(e)); of other kinds NOT_APPLICABLE.", "CASE WHEN a.kind = 'SERVICE' THEN a.method ELSE 'NOT_APPLICABLE' END", nil},
	terms.ByReason:           {"Why service was not executed (§5(e)); of other kinds than attempts NOT_APPLICABLE.", "CASE WHEN a.kind = 'ATTEMPT' THEN a.reason ELSE 'NOT_APPLICABLE' END", nil},
	terms.ByPoliceAssistance: {"Whether the officer asked for police to be present (§4(g), §5(g)): REQUESTED or NOT_REQUESTED; of other kinds than services and attempts NOT_APPLICABLE.", "CASE WHEN a.kind NOT IN ('SERVICE', 'ATTEMPT') THEN 'NOT_APPLICABLE' WHEN a.police_assistance_requested THEN 'REQUESTED' WHEN NOT a.police_assistance_requested THEN 'NOT_REQUESTED' END", nil},
	terms.ByTimeliness:       {"Whether a service was recorded, or reported to the registry section, within two hours of its execution (§4(b)): WITHIN_TWO_HOURS or LATE; of other kinds NOT_APPLICABLE.", "CASE WHEN a.kind <> 'SERVICE' THEN 'NOT_APPLICABLE' WHEN a.recorded_late THEN 'LATE' WHEN NOT a.recorded_late THEN 'WITHIN_TWO_HOURS' END", nil},
	terms.ByServedInTime:     {"Of a service, whether the case's earliest service was executed by the last day for timely service (§5(c)): IN_TIME or TOO_LATE; not known while no hearing is; of other kinds NOT_APPLICABLE.", "CASE WHEN a.kind <> 'SERVICE' THEN 'NOT_APPLICABLE' WHEN c.served_in_time THEN 'IN_TIME' WHEN NOT c.served_in_time THEN 'TOO_LATE' END", nil},
	terms.ByReportedVia:      {"How it first came into the system: DIRECT, as the officer recorded it himself, or the way by which he reported it to the registry section (§7(b)). A correction, whoever made it, leaves that as it was.", "COALESCE(" + reportedVia + ", 'DIRECT')", nil},
	terms.ByOfficer:          {"The officer whose activity it is, by id.", "a.officer_id", nil},
}

// countedActivities is what a row of the statistics counts.
const countedActivities = "Service activities that stand and occurred from the first day on and before the last, in the court's zone (America/New_York). What was corrected counts once, as it was corrected, with the time, kind and officer of the correction. What was withdrawn does not count, and a withdrawal itself is no activity to count. Each activity is in exactly one row, so the rows add up to the total; null is the value of a dimension of which nothing is known. What is recorded or corrected later changes the figures: they are as of the moment given. They count activities, not cases: a case can have several attempts, and more than one service. Small numbers can point to a case for someone who knows the court: leave them out of what is published (C.G.S. §51-5c)."

// activityGaps are what the activities counted may lack.
var activityGaps = []gap{
	{terms.GapProvisional, "c.provisional", nil, all, "Activities on cases that the daybook has not brought yet (§7): the docket number may be wrong."},
	{terms.GapOrderKind, "c.order_kind IS NULL", nil, all, "Activities on cases of which the registry has brought no facts: the kind of order is not known."},
	{terms.GapDistrict, "t.judicial_district IS NULL OR t.judicial_district = ''", nil, all, "Activities on cases of a court location that the table of court locations lacks: the judicial district is not known."},
	{terms.GapCounty, "COALESCE(f.county, '') = ''", nil, all, "Activities of officers without a county."},
	{terms.GapServedInTime, "a.kind = 'SERVICE' AND c.served_in_time IS NULL", nil, "a.kind = 'SERVICE'", "Services of which nobody can say whether they were in time: no hearing is known."},
}
