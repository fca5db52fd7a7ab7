package read

import (
	"strings"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"github.com/service-tracking/sts/ent/officer"
	"github.com/service-tracking/sts/ent/registrycase"
	"github.com/service-tracking/sts/internal/terms"
)

// Names are searched in their folded form "last first" ([terms.Fold]), which
// an index holds. People type the last name, "last, first" or "first last", with
// or without the sign in O'Brien, and seldom to the end.

const (
	// maxSearch is the longest text to search for, in bytes.
	maxSearch = 400
	// maxSplits is at how many places a name is taken for "first last": each
	// is one more range of the index.
	maxSplits = 3
)

// name is what somebody typed, folded.
type name struct {
	whole string
	// split tells that it may be "first last": no comma says otherwise.
	split bool
	// blank: nothing was typed, which begins every name. Signs alone begin none.
	blank bool
}

func nameOf(field, typed string) (name, error) {
	if err := searchable(field, typed); err != nil {
		return name{}, err
	}
	return name{whole: terms.Fold(typed), split: !strings.Contains(typed, ","), blank: strings.TrimSpace(typed) == ""}, nil
}

func searchable(field, text string) error {
	if len(text) > maxSearch {
		return invalid(field + " is longer than any name.")
	}
	return nil
}

// reading is one way to read it: a key that begins so, and holds a later word
// that begins so, if one is given.
type reading struct{ begins, later string }

// readings are all ways to read the name: at most 2 × (1 + maxSplits).
func (n name) readings() []reading {
	var all []reading
	for _, last := range spellings(n.whole) {
		all = append(all, reading{begins: last})
	}
	if words := strings.Fields(n.whole); n.split {
		for i := 1; i < len(words) && i <= maxSplits; i++ {
			for _, last := range spellings(strings.Join(words[i:], " ")) {
				all = append(all, reading{begins: last, later: strings.Join(words[:i], " ")})
			}
		}
	}
	return all
}

// spellings are the folded name and, where a single letter can stand before its
// first word with an apostrophe, the other way to write that: "o brien" for
// O'Brien, "obrien" for OBrien.
func spellings(last string) []string {
	const before = "dlmnot" // D'Angelo, L'Heureux, M'Bala, N'Diaye, O'Brien, 't Hooft
	if last == "" || !strings.Contains(before, last[:1]) || len(last) < 3 {
		return []string{last}
	}
	if last[1] == ' ' {
		return []string{last, last[:1] + last[2:]}
	}
	return []string{last, last[:1] + " " + last[1:]}
}

// named leaves the rows whose key the name begins, in any reading.
func (w *walk) named(q *sql.Selector, column string, n name, more ...*sql.Predicate) *sql.Predicate {
	if n.whole == "" {
		return sql.False()
	}
	readings := more
	for _, r := range n.readings() {
		p := w.like(q, column, r.begins)
		if r.later != "" {
			p = sql.And(p, w.holdsWord(q, column, r.later))
		}
		readings = append(readings, p)
	}
	return sql.Or(readings...)
}

// like compares the beginning. What [terms.Fold] returns has no letter that a
// pattern would take for a wild card. SQLite uses an index for GLOB alone, MySQL
// for LIKE.
func (w *walk) like(q *sql.Selector, column, begins string) *sql.Predicate {
	if w.dialect == dialect.SQLite {
		return sql.ExprP(q.C(column)+" GLOB ?", begins+"*")
	}
	return sql.Like(q.C(column), begins+"%")
}

// holdsWord tells whether a word after the first begins so.
func (w *walk) holdsWord(q *sql.Selector, column, begins string) *sql.Predicate {
	if w.dialect == dialect.SQLite {
		return sql.ExprP(q.C(column)+" GLOB ?", "* "+begins+"*")
	}
	return sql.Like(q.C(column), "% "+begins+"%")
}

// respondentNamed reads a few ranges of the index of names.
func (w *walk) respondentNamed(n name) mod {
	return func(q *sql.Selector) {
		if !n.blank {
			q.Where(w.named(q, registrycase.FieldRespondentKey, n))
		}
	}
}

// officerNamed finds the first name alone too: it reads all officers, who are a
// few hundred.
func (w *walk) officerNamed(n name) mod {
	return func(q *sql.Selector) {
		if !n.blank {
			q.Where(w.named(q, officer.FieldNameKey, n, w.holdsWord(q, officer.FieldNameKey, n.whole)))
		}
	}
}

// heldByOfficerNamed finds the officers, whom everyone signed in may read, and
// their papers by the index of holders.
func (w *walk) heldByOfficerNamed(n name) mod {
	return func(q *sql.Selector) {
		officers := sql.Dialect(q.Dialect()).Select("id").From(sql.Table(officer.Table))
		w.officerNamed(n)(officers)
		q.Where(sql.In(q.C(registrycase.FieldHolderOfficerID), officers))
	}
}
