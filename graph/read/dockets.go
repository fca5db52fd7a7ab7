package read

import (
	"context"
	"fmt"
	"strings"

	"entgo.io/ent/dialect/sql"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/registrycase"
	"github.com/service-tracking/sts/internal/terms"
)

const digits = "0123456789"

// maxFragment is how many letters and digits a docket number has.
const maxFragment = 15

// docketFragment is part of a docket number in its canonical form. What is
// longer than one is found nowhere, and SQLite refuses long patterns.
func docketFragment(typed string) (string, error) {
	fragment := strings.ToUpper(strings.Map(func(r rune) rune {
		if strings.ContainsRune("-. \u2010\u2011\u2012\u2013\u00a0", r) {
			return -1
		}
		return r
	}, typed))
	switch {
	case len(fragment) < 3 || strings.Trim(fragment, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "":
		return "", invalid("docketFragment must have at least three letters or digits, and nothing else but hyphens and spaces.")
	case len(fragment) > maxFragment:
		return "", invalid(fmt.Sprintf("docketFragment has more letters and digits than a docket number: at most %d.", maxFragment))
	}
	return fragment, nil
}

const (
	// lettersBefore is how many letters a docket number begins with: court
	// location and case type. digitsAfter follow: year and number.
	lettersBefore, digitsAfter = 5, 9
	// maxFound is how many cases a part of a docket number is looked up for.
	maxFound = 1000
)

// docketHolds looks for part of a docket number.
//
// What is its beginning is a range of the index. All else takes one pass over
// the docket numbers, as long as there are cases (a tenth of a second on 200,000);
// the few cases found are then read by their ids. Left to themselves the engines
// walk the cases in the order of the list instead, and read each of them whole
// until the page is full. Where more are found than can be named that is the right
// way: the page is soon full. It is too for who lists few cases anyway.
func (w *walk) docketHolds(ctx context.Context, typed string) (mod, error) {
	fragment, err := docketFragment(typed)
	if err != nil {
		return nil, err
	}
	if strings.IndexAny(fragment, digits) == lettersBefore {
		return func(q *sql.Selector) { q.Where(w.like(q, registrycase.FieldDocket, fragment)) }, nil
	}
	holds := func(q *sql.Selector) { q.Where(sql.Like(q.C(registrycase.FieldDocket), docketPattern(fragment))) }
	if !w.viewer.SeesEveryCase() {
		return holds, nil
	}
	found, err := w.cases.rows(ctx, w.client, []string{registrycase.FieldID}, holds, func(q *sql.Selector) { q.Limit(maxFound + 1) })
	if err != nil {
		return nil, fmt.Errorf("looking for part of a docket number: %w", err)
	}
	switch {
	case len(found) > maxFound:
		return holds, nil
	case len(found) == 0:
		return nothing, nil
	}
	return in(registrycase.FieldID, idsOf(found, func(c *ent.RegistryCase) terms.ID { return c.ID }))
}

// docketPattern puts the fragment where it can stand alone, if it tells: letters
// before digits are the end of the letters, nine digits are year and number.
func docketPattern(fragment string) string {
	letters := strings.IndexAny(fragment, digits)
	run := len(fragment) - len(strings.TrimLeft(fragment, digits))
	switch {
	case letters > 0 && letters < lettersBefore:
		return strings.Repeat("_", lettersBefore-letters) + fragment + "%"
	case run == digitsAfter:
		return strings.Repeat("_", lettersBefore) + fragment + "%"
	}
	return "%" + fragment + "%"
}
