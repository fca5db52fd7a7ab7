package gqlhttp

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/service-tracking/sts/internal/terms"
)

func TestAnAnswerGoesOutAsItIs(t *testing.T) {
	a := start(t, Options{})
	got := a.post(`{"query":"query One { viewer { name } }","operationName":"One","variables":null,"extensions":{}}`)
	if got.status != 200 || got.body != `{"data":{"viewer":{"name":"A \u003cb\u003e \u0026 \u2028"}}}` {
		t.Errorf("%d %s", got.status, got.body)
	}
	if ct := got.header.Get("Content-Type"); ct != "application/graphql-response+json; charset=utf-8" {
		t.Error(ct)
	}
	if got.header.Get("Cache-Control") != "no-store" {
		t.Error("an answer that caches may keep")
	}
}

// Attack 17 (an error echoes what was sent) and 11 (what a page of another site
// can make a browser send) of security.md, and the strict reading of bodies.
func TestBadRequestsAreRefusedWithoutEcho(t *testing.T) {
	const canary = "canary-4711"
	deep := strings.Repeat("[", maxJSONDepth) + strings.Repeat("]", maxJSONDepth)
	for name, c := range map[string]struct {
		body    string
		status  int
		headers []string
	}{
		"empty":                       {"", 400, nil},
		"not JSON":                    {canary, 400, nil},
		"cut off":                     {`{"query":"{__typename}","variables":{"` + canary, 400, nil},
		"something behind":            {`{"query":"{__typename}"} ` + canary, 400, nil},
		"two objects":                 {`{"query":"{__typename}"}{"query":"{__typename}"}`, 400, nil},
		"a batch":                     {`[{"query":"{__typename}"},{"query":"{__typename}"}]`, 400, nil},
		"an empty batch":              {`[]`, 400, nil},
		"a string":                    {`"` + canary + `"`, 400, nil},
		"null":                        {`null`, 400, nil},
		"no query":                    {`{"variables":{}}`, 400, nil},
		"query in capitals":           {`{"QUERY":"{__typename}"}`, 400, nil},
		"query with a space":          {`{"query ":"{__typename}"}`, 400, nil},
		"null query":                  {`{"query":null}`, 400, nil},
		"empty query":                 {`{"query":""}`, 400, nil},
		"query twice":                 {`{"query":"{__typename}","query":"{viewer{id}}"}`, 400, nil},
		"query escaped twice":         {`{"query":"{__typename}","qu\u0065ry":"{viewer{id}}"}`, 400, nil},
		"query is a number":           {`{"query":4711}`, 400, nil},
		"operationName is an object":  {`{"query":"{__typename}","operationName":{}}`, 400, nil},
		"variables are a list":        {`{"query":"{__typename}","variables":["` + canary + `"]}`, 400, nil},
		"variables are text":          {`{"query":"{__typename}","variables":"{}"}`, 400, nil},
		"extensions are text":         {`{"query":"{__typename}","extensions":"` + canary + `"}`, 400, nil},
		"documentId is a number":      {`{"documentId":1}`, 400, nil},
		"not UTF-8":                   {"{\"query\":\"{__typename}\",\"variables\":{\"a\":\"\xff\xfe\"}}", 400, nil},
		"half a pair, high":           {`{"query":"{__typename}","variables":{"a":"\ud83d"}}`, 400, nil},
		"half a pair, low":            {`{"query":"{__typename}","variables":{"a":"\ude00\ud83d"}}`, 400, nil},
		"half a pair, high, high":     {`{"query":"{__typename}","variables":{"a":"\uD83D\uD83D"}}`, 400, nil},
		"half a pair at the end":      {`{"query":"\ud83d`, 400, nil},
		"half a pair in a name":       {`{"query":"{__typename}","\ud83d":1}`, 400, nil},
		"half a pair in the document": {`{"query":"{ echo(text: \"\\ud83d\") }"}`, 400, nil},
		"deep":                        {`{"query":"{__typename}","variables":{"a":` + deep + `}}`, 400, nil},
		"very deep":                   {strings.Repeat(`{"a":`, 100_000), 400, nil},
		"too large":                   {`{"query":"{__typename}","a":"` + strings.Repeat("x", 2<<20) + `"}`, 413, nil},
		"no type":                     {`{"query":"{__typename}"}`, 415, []string{"Content-Type", " "}},
		"a form":                      {`query={__typename}`, 415, []string{"Content-Type", "application/x-www-form-urlencoded"}},
		"multipart":                   {`--x`, 415, []string{"Content-Type", "multipart/form-data; boundary=x"}},
		"text":                        {`{"query":"{__typename}"}`, 415, []string{"Content-Type", "text/plain"}},
		"application/graphql":         {`{__typename}`, 415, []string{"Content-Type", "application/graphql"}},
		"another encoding":            {`{"query":"{__typename}"}`, 415, []string{"Content-Type", "application/json; charset=utf-16"}},
		"nothing acceptable":          {`{"query":"{__typename}"}`, 406, []string{"Accept", "text/html"}},
		"nothing accepted":            {`{"query":"{__typename}"}`, 406, []string{"Accept", "application/json;q=0"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := start(t, Options{})
			got := a.post(c.body, c.headers...)
			code := got.code(t)
			if got.status != c.status || (code != terms.BadRequest && code != terms.ValidationFailed) {
				t.Errorf("got %d %s", got.status, got.body)
			}
			if strings.Contains(got.body, canary) || strings.Contains(a.log.String(), canary) {
				t.Errorf("echoed: %s, log %s", got.body, a.log)
			}
			if strings.Contains(got.body, `"data"`) || a.schema.runs.Load() != 0 {
				t.Errorf("it ran: %s", got.body)
			}
		})
	}
}

func TestGoodRequestsOfManyShapes(t *testing.T) {
	for name, body := range map[string]string{
		"nulls":                 `{"query":"{__typename}","operationName":null,"variables":null,"extensions":null}`,
		"white space":           "\r\n {\t\"query\" : \"{__typename}\" , \"variables\" : { } }\n ",
		"names beside":          `{"query":"{__typename}","id":7,"Query":"x"}`,
		"a surrogate pair":      `{"query":"query($t: String){echo(text:$t)}","variables":{"t":"\ud83d\ude00"}}`,
		"a pair in the text":    `{"query":"{echo(text:\"\\ud83d\\ude00\")}"}`,
		"U+FFFD as it is":       `{"query":"{echo(text:\"\\u0041 ` + "\uFFFD" + `\")}"}`,
		"backslashes":           `{"query":"query($t: String){echo(text:$t)}","variables":{"t":"\\ud83d \\"}}`,
		"numbers stay numbers":  `{"query":"query($n: Int){echo(n:$n)}","variables":{"n":5}}`,
		"one of two operations": `{"query":"query A{__typename} query B{viewer{id}}","operationName":"B"}`,
	} {
		t.Run(name, func(t *testing.T) {
			if got := start(t, Options{}).post(body); got.status != 200 || len(got.Errors) > 0 {
				t.Errorf("%d %s", got.status, got.body)
			}
		})
	}
}

func TestStatusesByMediaType(t *testing.T) {
	for _, c := range []struct {
		name, query    string
		legacy, modern int
		code           terms.Code
		data           bool
	}{
		{"no such field", "{ nothing }", 200, 400, terms.ValidationFailed, false},
		{"not GraphQL", "{", 200, 400, terms.ValidationFailed, false},
		{"a resolver fails", `{ fail(how: "driver") viewer { id } }`, 200, 200, terms.Internal, true},
		{"too deep", "{ case " + strings.Repeat("{ parent ", 15) + "{ id } " + strings.Repeat("}", 15) + " }", 200, 400, terms.QueryTooCostly, false},
		{"reading the schema", "{ __schema { types { name } } }", 403, 403, terms.Forbidden, false},
		{"a subscription", "subscription { events }", 400, 400, terms.BadRequest, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := start(t, Options{})
			body := fmt.Sprintf(`{"query":%q}`, c.query)
			for accept, want := range map[string]int{
				typeJSON: c.legacy, typeResponse: c.modern, "*/*": c.legacy, "application/*": c.legacy,
				"text/html, application/graphql-response+json;q=0.5, application/json;q=0.4": c.modern,
				"application/json;q=0.8, application/graphql-response+json":                  c.modern,
			} {
				got := a.post(body, "Accept", accept)
				if got.status != want || got.code(t) != c.code || strings.Contains(got.body, `"data"`) != c.data {
					t.Errorf("%s: got %d %s, want %d", accept, got.status, got.body, want)
				}
			}
		})
	}
}

// frontend.md, trap 20: urql names text/event-stream in every Accept header.
func TestAQueryThatAcceptsStreamsGetsPlainJSON(t *testing.T) {
	a := start(t, Options{})
	for _, accept := range []string{
		"application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed",
		"text/event-stream",
	} {
		got := a.post(`{"query":"{__typename}"}`, "Accept", accept)
		if ct := got.header.Get("Content-Type"); got.status != 200 || !strings.HasPrefix(ct, typeResponse) || got.body != `{"data":{"__typename":"Query"}}` {
			t.Errorf("%s: %d %s %s", accept, got.status, ct, got.body)
		}
	}
	if got := a.post(`{"query":"{nothing}"}`, "Accept", eventStream); got.status != 400 || got.code(t) != terms.ValidationFailed {
		t.Errorf("a broken document: %d %s", got.status, got.body)
	}
}

func TestOtherMethods(t *testing.T) {
	a := start(t, Options{Bearer: bearer})
	for _, method := range []string{"PUT", "DELETE", "PATCH"} {
		got := a.do(a.request(method, "/", `{"query":"{__typename}"}`, "Content-Type", typeJSON))
		if got.status != 405 || got.code(t) != terms.BadRequest || got.header.Get("Allow") == "" {
			t.Errorf("%s: %d %s", method, got.status, got.body)
		}
	}
	if got := a.do(a.request("OPTIONS", "/", "")); got.status != 204 || got.header.Get("Allow") != allowedMethods {
		t.Errorf("OPTIONS: %d", got.status)
	}
	if got := a.do(a.request("HEAD", "/?query={__typename}", "")); got.status != 405 {
		t.Errorf("HEAD: %d", got.status)
	}
	if a.schema.runs.Load() != 0 {
		t.Error("something ran")
	}
}

// Attack 13: whichever way a session sends a document, one place decides.
func TestTheDocumentHookDecides(t *testing.T) {
	a := start(t, Options{Bearer: bearer, Document: func(_ context.Context, id, query string) (string, error) {
		if id == "Viewer" && query == "" {
			return "{ viewer { id } }", nil
		}
		return "", &terms.InputError{Code: terms.DocumentNotAllowed, Message: "This document is not one of the app's."}
	}})
	if got := a.post(`{"documentId":"Viewer"}`); got.status != 200 || got.Data["viewer"] == nil {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := a.do(a.request("GET", "/?documentId=Viewer", "")); got.status != 200 || got.Data["viewer"] == nil {
		t.Errorf("by GET: %d %s", got.status, got.body)
	}
	for name, body := range map[string]string{
		"unknown":            `{"documentId":"canary"}`,
		"other case":         `{"documentId":"viewer"}`,
		"space":              `{"documentId":"Viewer "}`,
		"with a text":        `{"documentId":"Viewer","query":"{__typename}"}`,
		"a text":             `{"query":"{__typename}"}`,
		"in the extensions":  `{"query":"{__typename}","extensions":{"documentId":"Viewer"}}`,
		"APQ registration":   `{"query":"{__typename}","extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}`,
		"extensions, no doc": `{"query":" ","extensions":{"documentId":"Viewer"}}`,
	} {
		for _, accept := range []string{typeJSON, typeResponse, eventStream} {
			got := a.post(body, "Accept", accept)
			if got.status != 400 || got.code(t) != terms.DocumentNotAllowed || strings.Contains(got.body, "canary") {
				t.Errorf("%s, %s: %d %s", name, accept, got.status, got.body)
			}
		}
	}
}

func TestAQueryThatTakesTooLong(t *testing.T) {
	a := start(t, Options{Limits: Limits{Timeout: 20 * time.Millisecond}})
	got := a.ask("{ slow }")
	if got.status != 200 || got.code(t) != terms.TimedOut {
		t.Errorf("%d %s", got.status, got.body)
	}
	if strings.Contains(a.log.String(), "internal error") {
		t.Error(a.log)
	}
}

func TestCheckJSONAgreesWithTheDecoder(t *testing.T) {
	for _, text := range []string{`{"a":"\u"}`, `{"a":"\u12"}`, `{"a":"\ud83d\u"}`, `{"a":"\`, `{"a":"\"]]]]"}`, `]`} {
		if err := checkJSON([]byte(text)); err != nil && codeOf(err) != terms.BadRequest {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := checkJSON(bytes.Repeat([]byte(`{"a":[]},`), 10_000)); err != nil {
		t.Errorf("wide is not deep: %v", err)
	}
}

func FuzzDecodeParams(f *testing.F) {
	for _, seed := range []string{`{"query":"{a}","variables":{"a":"\ud83d\ude00"}}`, `{"query":1}`, `[]`, "{\"\xff\":1}", `{"documentId":"x","extensions":{"documentId":1}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		params, err := decodeParams(b)
		if (err == nil) == (params == nil) {
			t.Fatal("neither an operation nor an error")
		}
		if err != nil && codeOf(err) != terms.BadRequest {
			t.Fatal(err)
		}
	})
}
