package gqlhttp

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/service-tracking/sts/internal/terms"
)

// many writes a document piece by piece: %d becomes the number of the piece.
func many(n int, piece string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(piece, "%d", fmt.Sprint(i)))
		b.WriteByte(' ')
	}
	return b.String()
}

func nested(n int, open, inner string) string {
	return strings.Repeat(open+" { ", n) + inner + strings.Repeat(" }", n)
}

// Attacks 1 to 6, 8, 9 and 16 of security.md: each is refused with a code, before
// anything runs, and in little time.
func TestHostileDocumentsAreRefused(t *testing.T) {
	const limit = 2 * time.Second // a hang, on a busy machine; they take milliseconds
	bomb := func(n int, last string) string {
		return many(n, "") + func() string {
			var b strings.Builder
			for i := range n {
				fmt.Fprintf(&b, "fragment F%d on Case { ...F%d x%d: parent { ...F%d } } ", i, i+1, i, i+1)
			}
			fmt.Fprintf(&b, "fragment F%d on Case { %s }", n, last)
			return b.String()
		}()
	}
	for name, c := range map[string]struct {
		query string
		code  terms.Code
	}{
		"1: aliases":                                {"{ viewer { " + many(501, "a%d: name") + "} }", terms.QueryTooCostly},
		"1: the same root field under aliases":      {"{" + many(16, "a%d: viewer { id }") + "}", terms.QueryTooCostly},
		"1: ... in fragments":                       {"{ ...A ...B } fragment A on Query {" + many(8, "a%d: viewer { id }") + "} fragment B on Query { ... {" + many(8, "b%d: viewer { id }") + "} }", terms.QueryTooCostly},
		"8: guessing by aliases":                    {"mutation {" + many(16, `a%d: signIn(pin: "%d")`) + "}", terms.QueryTooCostly},
		"2: directives":                             {"{ viewer " + many(51, "@include(if: true)") + "{ id } }", terms.QueryTooCostly},
		"2: unknown directives":                     {"{ viewer " + strings.Repeat("@aa", 4000) + "{ id } }", terms.QueryTooCostly},
		"2: directives on the operation":            {"query " + many(51, "@a") + " { viewer { id } }", terms.QueryTooCostly},
		"3: tokens":                                 {"{ viewer { " + strings.Repeat("id ", 10_001) + "} }", terms.QueryTooCostly},
		"3: one field again and again":              {"{ viewer { " + strings.Repeat("id ", 9_900) + "} }", terms.QueryTooCostly},
		"3: ... spread over parents":                {"{ " + strings.Repeat("viewer { "+strings.Repeat("id ", 90)+"} ", 100) + "}", terms.QueryTooCostly},
		"3: other fields under one key":             {"{ viewer { " + many(3_000, "x: f%d") + "} }", terms.QueryTooCostly},
		"3: fields that do not exist":               {"{ viewer { " + many(9_000, "f%d") + "} }", terms.ValidationFailed},
		"4: deep":                                   {"{ case { " + nested(14, "parent", "id") + " } }", terms.QueryTooCostly},
		"4: deep through fragments":                 {"{ case { ...A } } fragment A on Case { " + nested(7, "parent", "...B") + " } fragment B on Case { " + nested(7, "parent", "id") + " }", terms.QueryTooCostly},
		"4: deeper than the parser goes":            {nested(3_000, "a", "b"), terms.ValidationFailed},
		"4: deep values":                            {"{ echo(text: " + strings.Repeat("[", 4_000) + strings.Repeat("]", 4_000) + ") }", terms.ValidationFailed},
		"5: introspection in circles":               {"{ __schema { types { " + nested(14, "fields { type", "name") + strings.Repeat("}", 14) + " } } }", terms.QueryTooCostly},
		"6: a fragment in itself":                   {"{ case { ...A } } fragment A on Case { ...A }", terms.ValidationFailed},
		"6: a fragment in itself, deeper":           {"{ case { ...A } } fragment A on Case { parent { ...B } } fragment B on Case { parent { ...A } }", terms.ValidationFailed},
		"6: a circle nobody uses":                   {"{ viewer { id } } fragment A on Case { ...B } fragment B on Case { ...A }", terms.ValidationFailed},
		"6: a bomb":                                 {"{ case { ...F0 } } " + bomb(60, "id"), terms.QueryTooCostly},
		"6: a shallow bomb":                         {"{ case { ...F0 } } " + shallowBomb(90), terms.QueryTooCostly},
		"6: a bomb nobody uses":                     {"{ viewer { id } } " + bomb(60, "id"), terms.ValidationFailed},
		"6: a long chain of fragments":              {"{ case { ...F0 } } " + longChain(98, 90), terms.QueryTooCostly},
		"6: many fragments":                         {"{ viewer { id } } " + many(101, "fragment F%d on Case { id }"), terms.QueryTooCostly},
		"6: a fragment that is not there":           {"{ case { ...Nothing } }", terms.ValidationFailed},
		"operations":                                {many(11, "query Q%d { viewer { id } }"), terms.QueryTooCostly},
		"9: a page too large costs a page":          {"{ cases(first: 99999999) { nodes { activities(first: 99999999) { nodes { deliveries(first: 99999999) { nodes { id } } } } } } }", terms.QueryTooCostly},
		"9: pages within pages":                     {"{ cases(first: 100) { nodes { activities(first: 100) { nodes { id note } } } } }", terms.QueryTooCostly},
		"16: a long text":                           {"{ viewer { id } } # " + strings.Repeat("x", 64<<10), terms.QueryTooCostly},
		"defer":                                     {"{ ... @defer { viewer { id } } }", terms.ValidationFailed},
		"a number that is none":                     {"{ nodes(ids: [99999999999999999999]) { id } }", terms.ValidationFailed},
		"a default that is none":                    {"query ($n: Int = 99999999999999999999) { echo(n: $n) }", terms.ValidationFailed},
		"a fraction that is none":                   {"{ echo(at: 1e999) }", terms.ValidationFailed},
		"no operation":                              {"fragment A on Case { id }", terms.ValidationFailed},
		"only a comment":                            {"# nothing", terms.ValidationFailed},
		"a schema":                                  {"type Query { x: Int }", terms.ValidationFailed},
		"conflicting fields":                        {"{ viewer { a: id a: name } }", terms.ValidationFailed},
		"one field of a subscription is one stream": {"subscription { a: events b: events }", terms.ValidationFailed},
	} {
		t.Run(name, func(t *testing.T) {
			a := start(t, Options{Bearer: bearer})
			began := time.Now()
			got := a.ask(c.query)
			if took := time.Since(began); took > limit {
				t.Errorf("took %v", took)
			}
			if code := got.code(t); code != c.code || got.status != 400 {
				t.Errorf("got %d %.400s, want %s", got.status, got.body, c.code)
			}
			if len(got.body) > 8<<10 || len(got.Errors) > maxErrors {
				t.Errorf("an answer of %d bytes, %d errors", len(got.body), len(got.Errors))
			}
			if strings.Contains(got.body, "Did you mean") || a.schema.runs.Load() != 0 || strings.Contains(a.log.String(), "internal") {
				t.Errorf("%.400s %s", got.body, a.log)
			}
		})
	}
}

// shallowBomb doubles with each fragment and is never deep.
func shallowBomb(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "fragment F%d on Case { ...F%d ... { ...F%d } } ", i, i+1, i+1)
	}
	fmt.Fprintf(&b, "fragment F%d on Case { id }", n)
	return b.String()
}

// longChain makes the validator find the same mistakes once for each link.
func longChain(n, fields int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "fragment F%d on Case { ...F%d %s } ", i, i+1, strings.Repeat("nothing ", fields))
	}
	fmt.Fprintf(&b, "fragment F%d on Case { id }", n)
	return b.String()
}

// What ordinary screens and tools send is let through, at the limits too.
func TestOrdinaryDocumentsRun(t *testing.T) {
	for name, query := range map[string]string{
		"15 aliases of a root field": "{" + many(15, "a%d: viewer { id }") + "}",
		"15 deep":                    "{ case { " + nested(13, "parent", "id") + " } }",
		"500 aliases":                "{ viewer {" + many(500, "a%d: name") + "} }",
		"50 directives, in places":   "{ " + many(50, "... @include(if: true) { __typename }") + "}",
		"a screen of fragments":      "{ viewer { ...A ...B ...C } } fragment A on Account { id ...B } fragment B on Account { id name } fragment C on Account { ...A court { id } }",
		"a page of pages":            "{ cases(first: 50) { totalCount edges { cursor node { id name court { id name } activities(first: 5) { nodes { id note } } } } } }",
		"introspection":              introspectionQuery,
	} {
		t.Run(name, func(t *testing.T) {
			a := start(t, Options{Bearer: bearer})
			for range 2 { // the second time from the cache
				if got := a.ask(query); got.status != 200 || len(got.Errors) > 0 {
					t.Errorf("%d %.300s", got.status, got.body)
				}
			}
		})
	}
}

// Attack 10.
func TestIntrospectionIsForBearerTokens(t *testing.T) {
	a := start(t, Options{})
	for _, query := range []string{
		introspectionQuery, "{ __schema { queryType { name } } }", `{ x: __type(name: "Case") { name } }`,
		`{ ...A } fragment A on Query { ... { __type(name: "Case") { name } } }`,
	} {
		if got := a.ask(query); got.status != 403 || got.code(t) != terms.Forbidden {
			t.Errorf("%d %.200s", got.status, got.body)
		}
	}
	if got := a.ask("{ __typename viewer { __typename } }"); got.status != 200 {
		t.Errorf("__typename: %d %s", got.status, got.body)
	}
	for _, query := range []string{
		"{ viewr { id } }", "{ viewer { nam } }", "{ echo(txt: 1) }", "{ viewer { ... on Acount { id } } }", "{ viewer }",
		"{ cases(filter: {cort: \"x\"}) { totalCount } }", "{ cases(filter: {kinds: [SERVICES]}) { totalCount } }", "query ($f: CaseFiltr) { viewer { id } }",
		"{ case { ...A } } fragment A on Cas { id }",
	} {
		if got := a.ask(query); got.code(t) != terms.ValidationFailed || strings.Contains(got.body, "Did you mean") {
			t.Errorf("%s: %s", query, got.body)
		}
	}
}

func TestTheCostOfAPageIsItsElements(t *testing.T) {
	a := start(t, Options{Limits: Limits{Cost: 100}})
	for query, code := range map[string]terms.Code{
		"{ cases(first: 24) { nodes { id name court { id } } } }":                        terms.QueryTooCostly,
		"{ cases(first: 19) { nodes { id name court { id } } } }":                        "",
		"{ cases(last: 24) { nodes { id name court { id } } } }":                         terms.QueryTooCostly,
		`{ nodes(ids: ["a","b"]) { id } }`:                                               "",
		"{ calendar { entries { id } } }":                                                terms.QueryTooCostly, // a list that comes whole
		"{ nodes(ids: [" + many(101, `"x"`) + "]) { id } }":                              terms.QueryTooCostly,
		"query($n: Int = 24) { cases(first: $n) { nodes { id name court { id } } } }":    terms.QueryTooCostly,
		"query($n: Int = 9) { cases(first: $n) { nodes { id name court { id } } } }":     "",
		"{ cases(first: -5) { nodes { id } } }":                                          "",
		"{ cases(first: 9) { nodes { id } } ... { cases(first: 90) { nodes { id } } } }": terms.ValidationFailed,
	} {
		if got := a.ask(query); got.code(t) != code {
			t.Errorf("%s: %s", query, got.body)
		}
	}
	query := "query($n: Int) { cases(first: $n) { nodes { id name court { id } } } }"
	if got := a.ask(query, map[string]any{"n": 24}); got.code(t) != terms.QueryTooCostly {
		t.Error(got.body)
	}
	if got := a.ask(query, map[string]any{"n": 9}); got.code(t) != "" {
		t.Error(got.body)
	}
}

func TestTheCacheKeepsWhatIsSmall(t *testing.T) {
	schema := newTestSchema()
	d := newDocuments(2)
	for _, query := range []string{"{ viewer { id } }", "{ viewer { id } } #" + strings.Repeat("x", maxCachedBytes)} {
		d.Add(t.Context(), query, gqlparser.MustLoadQueryWithRules(schema.schema, query, rules.NewDefaultRules()))
	}
	if d.kept.Len() != 1 || !d.has("{ viewer { id } }") {
		t.Errorf("%d documents kept", d.kept.Len())
	}
	// One that is not kept runs all the same.
	a := start(t, Options{})
	if got := a.ask("{ viewer { id } } #" + strings.Repeat("x", maxCachedBytes)); got.status != 200 {
		t.Error(got.body)
	}
}

// introspectionQuery is what graphql-js 16 sends: fifteen deep.
const introspectionQuery = `query IntrospectionQuery { __schema { queryType { name } mutationType { name } subscriptionType { name }
	types { ...FullType } directives { name description locations args { ...InputValue } } } }
fragment FullType on __Type { kind name description
	fields(includeDeprecated: true) { name description args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
	inputFields { ...InputValue } interfaces { ...TypeRef }
	enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
	ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }`
