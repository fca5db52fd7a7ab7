package main_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/service-tracking/sts/internal/terms"
)

const (
	tooCostly       = "QUERY_TOO_COSTLY"
	unauthenticated = "UNAUTHENTICATED"
)

func numbered(n int, piece string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(piece, "%d", fmt.Sprint(i)) + " ")
	}
	return b.String()
}

// documents that are too much, or do not fit the schema (security.md, 1 to 9).
func (h *hostile) documents() {
	record := `recordService(input: {idempotencyKey: "bad-document-%d-00000", docketNumber: "` + h.docket + `", method: HAND, executedAt: "` + executed + `", policeAssistanceRequested: false, confirm: [ALREADY_SERVED, BEFORE_CASE_EXISTED]}) { activity { id } }`
	for name, c := range map[string]struct {
		query string
		codes []string
	}{
		"501 aliases":                        {"{ viewer { account { " + numbered(501, "a%d: id") + "} } }", []string{tooCostly}},
		"16 times one root field":            {"{" + numbered(16, `a%d: node(id: "x") { id }`) + "}", []string{tooCostly}},
		"16 recordings":                      {"mutation {" + numbered(16, "a%d: "+record) + "}", []string{tooCostly}},
		"a recording beside a field unknown": {"mutation { " + record + " nothing }", []string{invalid}},
		"a recording beside a deep one":      {"mutation { " + record + " x: recordService(input: " + strings.Repeat("{a:", 50_000) + " }", []string{invalid, tooCostly}},
		"deep":                               {strings.Repeat("{a", 30_000), []string{invalid, tooCostly}},
		"deep lists":                         {"{ nodes(ids: " + strings.Repeat("[", 60_000) + ") { id } }", []string{invalid, tooCostly}},
		"deep in the schema":                 {"{ serviceActivities(first: 1) { nodes { " + strings.Repeat("corrects { ", 20) + "id" + strings.Repeat(" }", 20) + " } } }", []string{tooCostly}},
		"tokens":                             {"{ viewer { " + strings.Repeat("roles ", 10_500) + "} }", []string{tooCostly}},
		"a text of 100 KB":                   {"{ viewer { roles } } #" + strings.Repeat(" x", 50_000), []string{tooCostly}},
		"two pages of one connection":        {`{ registryCase(docketNumber: "` + h.docket + `") { a: activities(first: 1) { totalCount } b: activities(first: 2) { totalCount } } }`, []string{invalid}},
		"a page too dear":                    {"{ registryCases(first: 100) { nodes { activities(first: 100) { nodes { id note kind } } } } }", []string{tooCostly}},
		"unknown fields":                     {"{ viewer { " + secret + " } }", []string{invalid}},
		"an unknown argument":                {"{ viewer(" + secret + ": 1) { roles } }", []string{invalid}},
		"a variable not declared":            {"{ node(id: $id) { id } }", []string{invalid}},
		"a variable of a type unknown":       {"query($x: " + secret + ") { node(id: $x) { id } }", []string{invalid}},
		"a variable of another type":         {"query($x: Int) { node(id: $x) { id } }", []string{invalid}},
		"a variable unused":                  {"query($x: Int) { viewer { roles } }", []string{invalid}},
		"a variable twice":                   {"query($x: ID!, $x: ID!) { node(id: $x) { id } }", []string{invalid}},
		"a circle of fragments":              {"{ viewer { ...A } } fragment A on Viewer { ...A }", []string{invalid}},
		"not GraphQL":                        {"SELECT * FROM accounts; --", []string{invalid}},
		"a string without end":               {`{ node(id: "` + secret, []string{invalid}},
		"a control character":                {"{ viewer \x00 { roles } }", []string{invalid}},
		"an empty document":                  {"   ", []string{invalid, request}},
		"two operations":                     {"query A { viewer { roles } } query B { viewer { roles } }", []string{invalid, request}},
		"half of a surrogate pair":           {`mutation { recordService(input: {idempotencyKey: "bad-document-surrogate", docketNumber: "` + h.docket + `", method: HAND, executedAt: "` + executed + `", policeAssistanceRequested: false, note: "\ud800", confirm: [ALREADY_SERVED, BEFORE_CASE_EXISTED]}) { activity { id } errors { ... on UserError { code message } } } }`, []string{invalid, "BAD_TEXT"}},
	} {
		h.run(name, func() { h.refused("officer1", bodyOf(c.query, ""), c.codes...) })
	}
}

// mutating is a recording that would be taken, as the JSON of a request.
func (h *hostile) mutating(note string) string {
	return string(bodyOf(`mutation($input: RecordServiceInput!) { recordService(input: $input) { activity { id } errors { ... on UserError { code message } } } }`,
		`{"input":{"idempotencyKey":"`+h.key()+`","docketNumber":"`+h.docket+`","method":"HAND","executedAt":"`+executed+`","policeAssistanceRequested":false,"confirm":["ALREADY_SERVED","BEFORE_CASE_EXISTED"],"note":`+note+`}}`))
}

// bodies that are not one JSON object in Unicode.
func (h *hostile) bodies() {
	good := h.mutating(`"x"`)
	for name, body := range map[string]string{
		"empty":               "",
		"null":                "null",
		"a number":            "42",
		"a text":              `"` + secret + `"`,
		"a batch":             "[" + good + "," + good + "]",
		"an empty batch":      "[]",
		"half":                good[:len(good)/2],
		"two":                 good + good,
		"something after":     good + "x",
		"a byte order mark":   "\ufeff" + good,
		"UTF-16":              "\xff\xfe{\x00}\x00",
		"a gzip":              "\x1f\x8b\x08\x00\x00\x00\x00\x00",
		"a trailing comma":    strings.TrimSuffix(good, "}") + ",}",
		"a comment":           "/* x */" + good,
		"query twice":         `{"query":"{ __typename }",` + good[1:],
		"variables twice":     `{"variables":{},` + good[1:],
		"QUERY":               `{"QUERY":"{ viewer { roles } }"}`,
		"a query of a number": `{"query":42}`,
		"variables a list":    `{"query":"{ __typename }","variables":[]}`,
		"variables a text":    `{"query":"{ __typename }","variables":"{}"}`,
		"extensions a text":   `{"query":"{ __typename }","extensions":"x"}`,
		"a name of a number":  `{"query":"{ __typename }","operationName":7}`,
		"no such document":    `{"documentId":"` + secret + `"}`,
		"100,000 deep":        `{"query":"{ __typename }","variables":` + strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000) + "}",
		"100,000 brackets":    strings.Repeat("[", 100_000),
		"deep, left aside":    `{"query":"{ __typename }","x":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + "}",
		"half a pair":         h.mutating(`"\ud800"`),
		"a pair turned round": h.mutating(`"\ude00\ud83d"`),
		"no UTF-8":            h.mutating("\"\xff\""),
		"a surrogate's bytes": h.mutating("\"\xed\xa0\xbd\xed\xb8\x80\""),
		"a raw control":       h.mutating("\"\x01\""),
	} {
		h.run(name, func() { h.refused("officer1", []byte(body), request) })
	}
	h.run("an operation that is not there", func() {
		h.refused("officer1", []byte(`{"operationName":"Nothing",`+good[1:]), invalid, request)
	})
	h.run("10 MB", func() { h.tooLarge(10 << 20) })
	h.run("taken as the specification asks", func() {
		for _, body := range []string{`{"query":"{ __typename }","variables":null,"extensions":null,"operationName":null,"more":1}`, `{"query":"{ __typename }","variables":{"nothing":1}}`} {
			if r := h.post("officer1", []byte(body)); r.status != http.StatusOK || len(r.codesOf()) > 0 {
				h.t.Errorf("%s: %s", body, r.body)
			}
		}
	})
}

// dial opens a connection and writes the head of a request with a body of n
// bytes.
func (h *hostile) dial(n int) net.Conn {
	h.t.Helper()
	address, err := url.Parse(h.url)
	if err != nil {
		h.t.Fatal(err)
	}
	conn, err := net.Dial("tcp", address.Host)
	if err != nil {
		h.t.Fatal(err)
	}
	_, err = fmt.Fprintf(conn, "POST /graphql HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n", address.Host, h.tokens["officer1"], n)
	if err != nil {
		h.t.Fatal(err)
	}
	return conn
}

// tooLarge sends what the server need not read to its end.
func (h *hostile) tooLarge(n int) {
	before := h.written()
	conn := h.dial(n)
	defer conn.Close()
	go io.Copy(conn, strings.NewReader(strings.Repeat(" ", n))) // it fails when the server has enough
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		h.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	if h.wants(h.judge(response.StatusCode, string(body)), request); response.StatusCode != http.StatusRequestEntityTooLarge {
		h.t.Errorf("answered %s", response.Status)
	}
	if h.written() != before {
		h.t.Error("something was written")
	}
}

// halfSent begins a recording and does not end it.
func (h *hostile) halfSent() net.Conn {
	h.t.Helper()
	body := h.mutating(`"x"`)
	conn := h.dial(len(body))
	if _, err := io.WriteString(conn, body[:len(body)-10]); err != nil {
		h.t.Fatal(err)
	}
	return conn
}

// finishHalfSent breaks off what was half sent: long ago, and now.
func (h *hostile) finishHalfSent(slow net.Conn) {
	for name, conn := range map[string]net.Conn{"slow": slow, "broken off": h.halfSent()} {
		if err := conn.(*net.TCPConn).CloseWrite(); err != nil && name != "slow" {
			h.t.Error(err)
		}
		// The slow one may have been cut off by now: then there is no answer.
		if response, err := http.ReadResponse(bufio.NewReader(conn), nil); err == nil {
			body, _ := io.ReadAll(response.Body)
			h.wants(h.judge(response.StatusCode, string(body)), request)
			response.Body.Close()
		}
		conn.Close()
	}
	gone := h.halfSent()
	if err := gone.(*net.TCPConn).SetLinger(0); err != nil { // a reset, as when a phone loses its network
		h.t.Error(err)
	}
	gone.Close()
	if n := h.written(); n != h.expected {
		h.t.Errorf("%d activities, want %d: half a request was written", n, h.expected)
	}
}

// waysIn that are none, and what a page of another site could send (security.md, 11).
func (h *hostile) waysIn() {
	good := h.mutating(`"x"`)
	form := "query=" + url.QueryEscape(`mutation { recordService(input: {}) { activity { id } } }`)
	get := func(query string, more ...string) string {
		return h.url + "?query=" + url.QueryEscape(query) + strings.Join(more, "")
	}
	for _, c := range []struct {
		name, account, method, url, contentType, body string
		code                                          terms.Code
	}{
		{"text/plain", "officer1", "POST", h.url, "text/plain", good, request},
		{"a form", "officer1", "POST", h.url, "application/x-www-form-urlencoded", form, request},
		{"a form of parts", "officer1", "POST", h.url, "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n" + good + "\r\n--x--", request},
		{"no type", "officer1", "POST", h.url, "", good, request},
		{"another character set", "officer1", "POST", h.url, "application/json; charset=iso-8859-1", good, request},
		{"application/graphql", "officer1", "POST", h.url, "application/graphql", "{ viewer { roles } }", request},
		{"nonsense for a type", "officer1", "POST", h.url, ";;;\u00e9", good, request},
		{"GET of a mutation", "officer1", "GET", get(`mutation { recordService(input: {idempotencyKey: "bad-get-0000000000", docketNumber: "` + h.docket + `", method: HAND, executedAt: "` + executed + `", policeAssistanceRequested: false, confirm: [ALREADY_SERVED, BEFORE_CASE_EXISTED]}) { activity { id } } }`), "", "", request},
		{"GET of a subscription", "officer1", "GET", get(`subscription { serviceEvents { eventId } }`), "", "", request},
		{"GET of nothing", "officer1", "GET", h.url, "", "", request},
		{"GET of a query twice", "officer1", "GET", get("{ __typename }", "&query=x"), "", "", request},
		{"GET with variables that are none", "officer1", "GET", get("{ __typename }", "&variables=[1"), "", "", request},
		{"GET with half a pair", "officer1", "GET", get("query($id: ID!) { node(id: $id) { id } }", "&variables=", url.QueryEscape(`{"id":"\ud800"}`)), "", "", request},
		{"GET that cannot be read", "officer1", "GET", h.url + "?query=%zz", "", "", request},
		{"GET with what is no UTF-8", "officer1", "GET", h.url + "?query=%7B__typename%FF%7D", "", "", ""},
		{"GET without a bearer", "nobody", "GET", get("{ viewer { roles } }"), "", "", ""},
		{"GET of what anyone may ask, without a bearer", "nobody", "GET", get("{ registrySection { email } }"), "", "", ""},
		{"POST without a bearer", "nobody", "POST", h.url, "application/json", good, unauthenticated},
		{"PUT", "officer1", "PUT", h.url, "application/json", good, request},
		{"DELETE", "officer1", "DELETE", h.url, "application/json", good, request},
		{"PATCH", "officer1", "PATCH", h.url, "application/json", good, request},
	} {
		h.run(c.name, func() {
			before := h.written()
			header := http.Header{"Content-Type": {c.contentType}}
			if c.contentType == "" {
				header = http.Header{"Content-Type": nil}
			}
			r := h.send(h.build(c.account, c.method, c.url, []byte(c.body), header))
			if c.code != "" {
				h.wants(r, string(c.code))
			} else if h.wants(r); r.status == http.StatusOK && len(r.Data) > 0 {
				h.t.Errorf("answered: %s", r.body)
			}
			if h.written() != before {
				h.t.Error("something was written")
			}
		})
	}
	h.run("an answer that cannot be", func() {
		h.wants(h.send(h.build("officer1", "POST", h.url, []byte(good), http.Header{"Accept": {"image/png"}})), request)
	})
	h.run("a subscription that is no stream", func() {
		h.wants(h.post("officer1", bodyOf("subscription { serviceEvents { eventId } }", "")), request)
	})
}

// badTokens sign nobody in.
func (h *hostile) badTokens() {
	good := h.tokens["officer1"]
	parts := strings.Split(good, ".")
	account := h.ids[terms.AccountPrefix]
	for name, values := range map[string][]string{
		"none":              nil,
		"two":               {"Bearer " + good, "Bearer " + h.tokens["registry1"]},
		"the same twice":    {"Bearer " + good, "Bearer " + good},
		"two in one":        {"Bearer " + good + ", Bearer " + good},
		"no scheme":         {good},
		"another scheme":    {"Basic " + good},
		"only the scheme":   {"Bearer"},
		"garbage":           {"Bearer " + secret},
		"dots":              {"Bearer ..."},
		"control":           {"Bearer a\tb"},
		"no text":           {"Bearer \xff\xfe"},
		"half":              {"Bearer " + good[:len(good)/2]},
		"no signature":      {"Bearer " + parts[0] + "." + parts[1] + "."},
		"alg none":          {"Bearer eyJhbGciOiJub25lIn0." + parts[1] + "."},
		"of another's body": {"Bearer " + parts[0] + "." + strings.Split(h.tokens["registry1"], ".")[1] + "." + parts[2]},
		"20 KB":             {"Bearer " + strings.Repeat("a", 20_000)},
		"expired":           {"Bearer " + h.mint(account, time.Now().Add(-2*time.Hour))},
		"of the future":     {"Bearer " + h.mint(account, time.Now().Add(2*time.Hour))},
		"of nobody":         {"Bearer " + h.mint(string(terms.NewID(terms.AccountPrefix)), time.Now())},
	} {
		h.run(name, func() {
			before := h.written()
			r := h.send(h.build("nobody", "POST", h.url, []byte(h.mutating(`"x"`)), http.Header{"Authorization": values}))
			if h.wants(r, unauthenticated); r.status != http.StatusUnauthorized && r.Data["recordService"] != nil && string(r.Data["recordService"]) != "null" {
				h.t.Errorf("signed in: %s", r.body)
			}
			if h.written() != before {
				h.t.Error("something was written")
			}
		})
	}
}
