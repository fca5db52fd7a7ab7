package gqlhttp

import (
	"net/url"
	"strings"
	"testing"

	"github.com/service-tracking/sts/internal/terms"
)

func TestGetAnswersQueriesOfBearerTokens(t *testing.T) {
	get := func(a *api, params ...string) reply {
		q := url.Values{}
		for i := 0; i < len(params); i += 2 {
			q.Add(params[i], params[i+1])
		}
		return a.do(a.request("GET", "/?"+q.Encode(), "", "Accept", typeResponse))
	}
	a := start(t, Options{Bearer: bearer})
	got := get(a, "query", "query A($t: String, $n: Int) { echo(text: $t, n: $n) } query B { viewer { id } }", "operationName", "A",
		"variables", ` {"t":"hello","n":5}`, "extensions", `{"x":1}`)
	if got.status != 200 || got.Data["echo"] != "hello" || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %s", got.status, got.body)
	}
	before := a.schema.runs.Load()
	for name, c := range map[string]struct {
		params []string
		status int
	}{
		"a mutation":                  {[]string{"query", "mutation { record }"}, 405},
		"a mutation among queries":    {[]string{"query", "query A { viewer { id } } mutation B { record }", "operationName", "B"}, 405},
		"a subscription":              {[]string{"query", "subscription { events }"}, 405},
		"nothing":                     {nil, 400},
		"two queries":                 {[]string{"query", "{ a: __typename }", "query", "{ b: __typename }"}, 400},
		"variables that are text":     {[]string{"query", "{ __typename }", "variables", "canary"}, 400},
		"variables that are a list":   {[]string{"query", "{ __typename }", "variables", "[]"}, 400},
		"variables and something":     {[]string{"query", "{ __typename }", "variables", "{} canary"}, 400},
		"variables with half a pair":  {[]string{"query", "{ __typename }", "variables", `{"a":"\ud800"}`}, 400},
		"extensions that are text":    {[]string{"query", "{ __typename }", "extensions", `"x"`}, 400},
		"a document that is no UTF-8": {[]string{"query", "{ echo(text: \"\xff\") }"}, 400},
		"a broken document":           {[]string{"query", "{"}, 400},
	} {
		got := get(a, c.params...)
		if got.status != c.status || got.code(t) == "" || strings.Contains(got.body, "canary") {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	if got := a.do(a.request("GET", "/?query=%zz", "")); got.status != 400 || got.code(t) != terms.BadRequest {
		t.Errorf("a broken query string: %d %s", got.status, got.body)
	}
	if a.schema.runs.Load() != before {
		t.Error("something ran")
	}

	cookies := start(t, Options{})
	if got := get(cookies, "query", "{ __typename }"); got.status != 403 || got.code(t) != terms.Forbidden || cookies.schema.runs.Load() != 0 {
		t.Errorf("without a token: %d %s", got.status, got.body)
	}
}
