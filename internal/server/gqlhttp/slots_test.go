package gqlhttp

import (
	"strings"
	"testing"

	"github.com/service-tracking/sts/internal/terms"
)

// readpath.md, trap 1: both keys would show the same rows.
func TestOneObjectIsAskedOnceForAConnection(t *testing.T) {
	refused := map[string]string{
		"two keys":                      "{ case { a: activities(first: 1) { nodes { id } } b: activities(first: 2) { nodes { id } } } }",
		"with and without":              "{ case { a: activities { nodes { id } } b: activities(first: 2) { nodes { id } } } }",
		"another argument":              `{ case { a: activities(first: 2) { nodes { id } } b: activities(first: 2, after: "x") { nodes { id } } } }`,
		"another list":                  "{ case { a: activities(first: 2, kinds: [SERVICE]) { nodes { id } } b: activities(first: 2, kinds: [ATTEMPT]) { nodes { id } } } }",
		"the third":                     "{ case { a: activities(first: 1) { nodes { id } } b: activities(first: 1) { nodes { id } } c: activities(first: 3) { nodes { id } } } }",
		"in a fragment":                 "{ case { activities(first: 1) { nodes { id } } ...A } } fragment A on Case { b: activities(first: 2) { nodes { id } } }",
		"in two fragments":              "{ case { ...A ... on Case { ...B } } } fragment A on Case { a: activities(first: 1) { nodes { id } } } fragment B on Case { b: activities(first: 2) { nodes { id } } }",
		"in an inline fragment":         "{ case { activities(first: 1) { nodes { id } } ... on Case { b: activities(first: 2) { nodes { id } } } ... { c: activities(first: 1) { nodes { id } } } } }",
		"under merged parents":          "{ case { court { a: cases(first: 1) { nodes { id } } } court { b: cases(first: 2) { nodes { id } } } } }",
		"under two keys of one edge":    "{ case { x: court { cases(first: 1) { nodes { id } } } y: court { cases(first: 2) { nodes { id } } } } }",
		"under merged roots":            "{ case { court { a: cases(first: 1) { nodes { id } } } } ... { case { court { b: cases(first: 2) { nodes { id } } } } } }",
		"in nodes and edges":            "{ case { activities(first: 5) { nodes { deliveries(first: 1) { nodes { id } } } edges { node { deliveries(first: 2) { nodes { id } } } } } } }",
		"in nodes and edges of a root":  "{ cases(first: 5) { nodes { activities(first: 1) { nodes { id } } } edges { node { activities(first: 2) { nodes { id } } } } } }",
		"across types of one interface": "{ case { activities(first: 5) { nodes { ... on Service { deliveries(first: 1) { nodes { id } } } ... on Attempt { deliveries(first: 2) { nodes { id } } } } } } }",
		"on the interface and a type":   "{ case { activities(first: 5) { nodes { deliveries(first: 1) { nodes { id } } ... on Attempt { d: deliveries(first: 2) { nodes { id } } } } } } }",
		"skipped":                       "{ case { a: activities(first: 1) @skip(if: true) { nodes { id } } b: activities(first: 2) { nodes { id } } } }",
		"in nodes of a mutation's case": "{ nodes(ids: [\"x\"]) { ... on Case { a: activities(first: 1) { nodes { id } } b: activities(first: 2) { nodes { id } } } } }",
	}
	allowed := map[string]string{
		"the same":                  `{ case { a: activities(first: 1, kinds: [SERVICE]) { nodes { id } } b: activities(kinds: [SERVICE], first: 1) { nodes { id } } } }`,
		"two roots":                 "{ a: cases(first: 1) { nodes { id } } b: cases(first: 2) { nodes { id } } }",
		"under two roots":           `{ a: case(docket: "x") { activities(first: 1) { nodes { id } } } b: case(docket: "y") { activities(first: 2) { nodes { id } } } }`,
		"on another level":          "{ case { activities(first: 1) { nodes { id } } parent { activities(first: 2) { nodes { id } } } } }",
		"no connection":             `{ a: echo(text: "a") b: echo(text: "b") }`,
		"on objects of other types": "{ case { court { cases(first: 1) { nodes { id } } } activities(first: 5) { nodes { deliveries(first: 2) { nodes { id } } } } } }",
	}
	a := start(t, Options{})
	for name, query := range refused {
		got := a.ask(query)
		if got.status != 400 || got.code(t) != terms.ValidationFailed || !strings.Contains(got.body, "twice with different arguments") {
			t.Errorf("%s: %d %s", name, got.status, got.body)
			continue
		}
		if at := got.Errors[0].Locations; len(at) != 2 || at[0]["column"] == at[1]["column"] {
			t.Errorf("%s: it shows %v", name, at)
		}
	}
	for name, query := range allowed {
		if got := a.ask(query); got.status != 200 || len(got.Errors) > 0 {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
}

func TestArgumentsAreComparedByWhatTheyMean(t *testing.T) {
	a := start(t, Options{})
	const query = `query ($n: Int, $m: Int, $f: CaseFilter, $g: CaseFilter, $k: [Kind!]) { case {
		a: activities(first: $n, kinds: $k) { nodes { id } }
		b: activities(first: $m, kinds: [SERVICE]) { nodes { id } }
		court { id }
	} cases(first: 1, filter: $f) { nodes { id } } more: cases(first: 1, filter: $g) { nodes { id } } }`
	kinds := []string{"SERVICE"}
	for name, c := range map[string]struct {
		variables map[string]any
		code      terms.Code
	}{
		"the same values":  {map[string]any{"n": 5, "m": 5, "k": kinds}, ""},
		"other numbers":    {map[string]any{"n": 5, "m": 6, "k": kinds}, terms.ValidationFailed},
		"another kind":     {map[string]any{"n": 5, "m": 5, "k": []string{"ATTEMPT"}}, terms.ValidationFailed},
		"one without":      {map[string]any{"n": 5, "k": kinds}, terms.ValidationFailed},
		"null and without": {map[string]any{"n": nil, "k": kinds}, terms.ValidationFailed},
		"both without":     {map[string]any{"k": kinds}, ""},
		"roots may differ": {map[string]any{"k": kinds, "f": map[string]any{"court": "HHD"}}, ""},
	} {
		for range 2 { // the second time from the cache
			if got := a.ask(query, c.variables); got.code(t) != c.code {
				t.Errorf("%s: %s", name, got.body)
			}
		}
	}
}
