package read

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"

	"github.com/service-tracking/sts/internal/terms"
)

// maxPage is how many elements a page may have.
const maxPage = 100

// Page is how a connection is asked: first (and after), or last (and before).
type Page struct {
	First, Last   *int
	After, Before *string
}

func badPage(message string) error { return &terms.InputError{Code: terms.BadPage, Message: message} }

// span is a page that has been checked.
type span struct {
	limit    int
	ahead    int // elements read behind the page, to tell whether there are more
	backward bool
	from     *position // exclusive; nil: from the end
}

// position is a place in a list: of an element, what the list is sorted by,
// and the id.
type position struct {
	value any
	id    terms.ID
	first bool
}

// check reads the arguments of the connection in the field.
func check[R any](p Page, field string, o *order[R]) (span, error) {
	var s span
	n, cursor, other := p.First, p.After, p.Before
	if n == nil {
		n, cursor, other, s.backward = p.Last, p.Before, p.After, true
	}
	switch {
	case p.First == nil && p.Last == nil, p.First != nil && p.Last != nil:
		return s, badPage(field + ": give exactly one of first and last, 1 to 100.")
	case *n < 1 || *n > maxPage:
		return s, badPage(field + ": first and last must lie between 1 and 100. Ask for the next page with the cursor of this one.")
	case other != nil:
		return s, badPage(field + ": after goes with first, before goes with last.")
	}
	s.limit = *n
	if cursor != nil {
		from, err := o.decode(*cursor)
		if err != nil {
			return s, badPage(field + ": this is not a cursor of this list in this order. Use the cursors of the same list only.")
		}
		s.from = from
	}
	return s, nil
}

// sortedBy is the type of what a list is sorted by.
type sortedBy int

const (
	text sortedBy = iota
	instant
	whole
)

// order is the order of a list: by one column that is never null, then by id.
type order[R any] struct {
	// first, if any, divides the list: rows that meet it stand before all others.
	first *divider[R]
	// tag names the list and its order in cursors.
	tag    string
	column string
	desc   bool
	is     sortedBy
	// key is the value of the column, in the form that cursors have.
	key func(R) string
}

// divider is a condition, as SQL and of a row. The SQL is never null.
type divider[R any] struct {
	sql func(*sql.Selector) string
	is  func(R) bool
}

// rank is 0 for rows that meet the condition, 1 for the others.
func (d *divider[R]) rank(q *sql.Selector) string {
	return "CASE WHEN " + d.sql(q) + " THEN 0 ELSE 1 END"
}

// printInstant is the form that cursors have of an instant.
func printInstant(t time.Time) string { return t.UTC().Format(terms.InstantLayout) }

const (
	cursorSeparator = "\x00"
	// beforeOthers stands behind the tag, for a row that stands before others.
	beforeOthers = ".first"
)

// encode makes the cursor of an element. It holds nothing that is not in the
// element itself, and opens nothing: the scope holds on every page.
func (o *order[R]) encode(row R, id terms.ID) string {
	tag := o.tag
	if o.first != nil && o.first.is(row) {
		tag += beforeOthers
	}
	return base64.RawURLEncoding.EncodeToString([]byte(tag + cursorSeparator + o.key(row) + cursorSeparator + string(id)))
}

var errCursor = badPage("This is not a cursor of this list.")

func (o *order[R]) decode(cursor string) (*position, error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, errCursor
	}
	parts := strings.Split(string(raw), cursorSeparator)
	first := o.first != nil && parts[0] == o.tag+beforeOthers
	if len(parts) != 3 || parts[0] != o.tag && !first {
		return nil, errCursor
	}
	id, err := terms.ParseID(parts[2])
	if err != nil {
		return nil, errCursor
	}
	switch o.is {
	case instant:
		t, err := time.Parse(terms.InstantLayout, parts[1])
		if err != nil {
			return nil, errCursor
		}
		return &position{t, id, first}, nil
	case whole:
		n, err := strconv.ParseInt(parts[1], 10, 64)
		if err != nil {
			return nil, errCursor
		}
		return &position{n, id, first}, nil
	}
	return &position{parts[1], id, first}, nil
}

// descends tells in which direction the page is read.
func (o *order[R]) descends(s span) bool { return o.desc != s.backward }

// after leaves what lies behind the position, in the direction of reading. The
// first condition alone gives an index its range.
func (o *order[R]) after(s span) mod {
	return func(q *sql.Selector) {
		if s.from == nil {
			return
		}
		column, id := q.C(o.column), q.C("id")
		behind := sql.And(sql.GTE(column, s.from.value), sql.Or(sql.GT(column, s.from.value), sql.GT(id, s.from.id)))
		if o.descends(s) {
			behind = sql.And(sql.LTE(column, s.from.value), sql.Or(sql.LT(column, s.from.value), sql.LT(id, s.from.id)))
		}
		if o.first == nil {
			q.Where(behind)
			return
		}
		// Of those that stand before the others, and of the others: the same part
		// from the position on, the other part whole or not at all.
		part := sql.ExprP(o.first.rank(q)+" = ?", rankOf(s.from.first))
		whole := s.from.first != s.backward
		if other := sql.ExprP(o.first.rank(q)+" = ?", rankOf(!s.from.first)); whole {
			q.Where(sql.Or(sql.And(part, behind), other))
			return
		}
		q.Where(sql.And(part, behind))
	}
}

func rankOf(first bool) int {
	if first {
		return 0
	}
	return 1
}

// by is what the statement is ordered by.
func (o *order[R]) by(q *sql.Selector, s span) []string {
	if o.descends(s) {
		return []string{sql.Desc(q.C(o.column)), sql.Desc(q.C("id"))}
	}
	return []string{sql.Asc(q.C(o.column)), sql.Asc(q.C("id"))}
}

// limited is one page, and the element behind it if it is asked whether there
// are more.
func (o *order[R]) limited(s span) mod {
	return func(q *sql.Selector) {
		if o.first != nil {
			rank := sql.Expr(o.first.rank(q))
			if s.backward {
				rank = sql.Expr(o.first.rank(q) + " DESC")
			}
			q.OrderExpr(rank)
		}
		q.OrderBy(o.by(q, s)...).Limit(s.limit + s.ahead)
	}
}

// limitedPer is one page for each parent, in one statement. What is ranked are
// ids alone, which the index of the list holds: rows are read of the page only,
// and not of all that the parents have. Lists with parents are not divided.
func (o *order[R]) limitedPer(parent string, s span) mod {
	return func(q *sql.Selector) {
		columns := q.UnqualifiedColumns()
		ranked := q.Clone().Select(q.C("id"))
		ranked.AppendSelectExprAs(sql.RowNumber().PartitionBy(q.C(parent)).OrderBy(o.by(q, s)...), "place").As("ranked")
		d := sql.Dialect(q.Dialect())
		table := d.Table(q.TableName())
		outer := d.Select().From(table)
		outer.Join(ranked).On(table.C("id"), ranked.C("id"))
		outer.Select(outer.Columns(columns...)...)
		outer.Where(sql.LTE(ranked.C("place"), s.limit+s.ahead)).OrderBy(ranked.C("place"))
		*q = *outer.WithContext(q.Context())
	}
}
