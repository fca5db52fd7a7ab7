package read

import (
	"cmp"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql"

	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/terms"
)

// maxIn is how many ids one statement may name: SQLite allows 32,766
// parameters. The cost limit of gqlhttp keeps documents far below.
const maxIn = 30_000

// idsOf are the distinct ids of the rows, in their order, without "".
func idsOf[R any](rows []R, id func(R) terms.ID) []terms.ID {
	ids := make([]terms.ID, 0, len(rows))
	seen := make(map[terms.ID]bool, len(rows))
	for _, row := range rows {
		if at := id(row); at != "" && !seen[at] {
			seen[at] = true
			ids = append(ids, at)
		}
	}
	return ids
}

// in leaves the rows whose column holds one of the ids.
func in(column string, ids []terms.ID) (mod, error) {
	if len(ids) > maxIn {
		return nil, &terms.InputError{Code: terms.QueryTooCostly, Message: "This asks for too much at once: ask for fewer elements in first or last."}
	}
	if len(ids) == 1 {
		return where(column, ids[0]), nil
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	return func(q *sql.Selector) { q.Where(sql.In(q.C(column), args...)) }, nil
}

// where leaves the rows whose column has the value.
func where(column string, value any) mod {
	return func(q *sql.Selector) { q.Where(sql.EQ(q.C(column), value)) }
}

// isTrue leaves the rows whose column is true. It compares, so that an index
// serves: ent writes the bare column, which none does.
func isTrue(column string) mod {
	return func(q *sql.Selector) { q.Where(sql.ExprP(q.C(column)+" = ?", true)) }
}

// anyOf leaves the rows whose column has one of the values. Each is named once,
// however often a client repeats it: a statement has a limited number of places.
func anyOf[T cmp.Ordered](column string, values []T) mod {
	distinct := slices.Compact(slices.Sorted(slices.Values(values)))
	args := make([]any, len(distinct))
	for i, v := range distinct {
		args[i] = v
	}
	return func(q *sql.Selector) { q.Where(sql.In(q.C(column), args...)) }
}

// inForce leaves the facts that a row in force brought: of each key (case and
// order number) the newest by what the feed says of its age.
func inForce(q *sql.Selector) { q.Where(sql.ExprP(casefile.RowInForce(q.C("row_id")))) }

// notEnded leaves the facts whose order has not ended on the day: the SQL of
// casefile.Ended.
func notEnded(day terms.Date) mod {
	return func(q *sql.Selector) {
		q.Where(sql.ExprP(`NOT EXISTS (SELECT 1 FROM protection_orders po WHERE po.case_id = `+q.C("case_id")+` AND po.row_id = `+q.C("row_id")+`
 AND ((po.outcome IS NOT NULL AND po.outcome <> ?) OR (po.expires_on IS NOT NULL AND po.expires_on < ?)))`,
			terms.OutcomeGranted, day))
	}
}

// coversTown leaves the agencies that cover the town, wholly or in part.
func coversTown(town string) mod {
	return func(q *sql.Selector) {
		q.Where(sql.ExprP(`EXISTS (SELECT 1 FROM agency_coverages ac JOIN towns t ON t.number = ac.town_number
 WHERE ac.agency_id = `+q.C("id")+` AND LOWER(t.name) = LOWER(?))`, town))
	}
}

// standing leaves the activities in whose place no other stands: the SQL of
// casefile.Standing, for kinds other than WITHDRAWAL.
func standing(q *sql.Selector) { without(q, "service_activities", "corrects_id", "newer") }

// unreviewed leaves the activities that the registry section has not seen to.
// It reads reviews for every viewer, but lets none of them see one.
func unreviewed(q *sql.Selector) { without(q, "reviews", "activity_id", "seen") }

// without leaves the rows to which no row of the table belongs; at most one can.
// It is a join, not NOT EXISTS: MariaDB would gather all rows of the table first,
// of all years, or take five times as long for each.
func without(q *sql.Selector, table, column, alias string) {
	t := sql.Dialect(q.Dialect()).Table(table).As(alias)
	q.LeftJoin(t).On(q.C("id"), t.C(column)).Where(sql.IsNull(t.C("id")))
}

// ofCourt leaves the rows of cases of the court location. The engine shall begin
// with the few rows of the list, not with the many cases of the court: so it is
// an outer join, and a condition that does not let it be taken for an inner one.
func ofCourt(code string) mod {
	return func(q *sql.Selector) {
		t := sql.Dialect(q.Dialect()).Table("registry_cases").As("cc")
		q.LeftJoin(t).On(q.C("case_id"), t.C("id")).Where(sql.ExprP("COALESCE("+t.C("court_code")+", '') = ?", code))
	}
}

// needsTransferWork leaves the transfers that need a person (§6(b)): those that
// the fold of their case names, of the court if one is given. Once the respondent
// is served nobody waits for the papers (deadline.Rules). It reads cases for
// every viewer, but lets none of them see one: the scope of the activities holds.
func needsTransferWork(unacknowledgedSince time.Time, court string) mod {
	return func(q *sql.Selector) {
		cond, args := `SELECT tc.transfer_id FROM registry_cases tc WHERE (tc.transfer_work = ? AND tc.transfer_at <= ? AND tc.service_status <> ?
 OR tc.transfer_work IN (?, ?) AND NOT EXISTS (SELECT 1 FROM reviews rv WHERE rv.activity_id = tc.transfer_id))`,
			[]any{terms.TransferUnacknowledged, unacknowledgedSince, terms.StatusServed, terms.TransferNotListed, terms.TransferInconsistent}
		if court != "" {
			// Not by the index of courts: few transfers need a person, and a court
			// has many cases.
			cond, args = cond+" AND COALESCE(tc.court_code, '') = ?", append(args, court)
		}
		q.Where(sql.ExprP(q.C("id")+" IN ("+cond+")", args...))
	}
}

// openOnce leaves the unrouted addresses that are still work, each once: every
// activity of the case notices the same address again.
func openOnce(q *sql.Selector) {
	q.Where(sql.IsNull(q.C("resolved_at")))
	q.Where(sql.ExprP(`NOT EXISTS (SELECT 1 FROM unrouted_addresses earlier WHERE earlier.case_id = ` + q.C("case_id") + ` AND earlier.address_key = ` + q.C("address_key") + `
 AND earlier.reason = ` + q.C("reason") + ` AND earlier.resolved_at IS NULL AND earlier.id < ` + q.C("id") + `)`))
}
