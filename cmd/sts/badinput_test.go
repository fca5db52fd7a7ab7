package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/service-tracking/sts/internal/identity"
	"github.com/service-tracking/sts/internal/terms"
)

// hostile is a client that sends what no client should, to a real server, and
// judges every answer.
type hostile struct {
	*installation
	schema *ast.Schema
	// The codes that the SDL documents, of top-level and of user errors.
	codes, userCodes map[string]bool
	tokens           map[string]string
	ids              map[terms.Prefix]string
	event            string // the id of the position before the first event
	docket           string
	keys, cases      int
	expected         int // activities: those that were accepted
}

const quietDocket = "HHD-FA-26-6600001-S" // without addresses: recording on it tells nobody

func newHostile(t *testing.T) *hostile {
	t.Helper()
	h := &hostile{installation: install(t), tokens: map[string]string{"nobody": ""}, ids: map[terms.Prefix]string{}, docket: quietDocket}
	h.serve()
	for _, account := range []string{"officer1", "registry1"} {
		h.tokens[account] = h.token(account)
	}
	files, err := filepath.Glob("../../graph/schema/*.graphql")
	if err != nil || len(files) == 0 {
		t.Fatal("no SDL", err)
	}
	var sources []*ast.Source
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, &ast.Source{Name: file, Input: string(text)})
	}
	if h.schema, err = gqlparser.LoadSchema(sources...); err != nil {
		t.Fatal(err)
	}
	h.codes, h.userCodes = valuesOf(h.schema.Types["ErrorCode"]), valuesOf(h.schema.Types["UserErrorCode"])
	if len(h.codes) == 0 || len(h.userCodes) == 0 {
		t.Fatal("the SDL documents no codes")
	}
	h.importFeed("daybook", daybookRow(h.docket))
	h.meet()
	h.expected = h.written()
	return h
}

func valuesOf(enum *ast.Definition) map[string]bool {
	values := map[string]bool{}
	for _, v := range enum.EnumValues {
		values[v.Name] = true
	}
	return values
}

// meet learns ids that exist.
func (h *hostile) meet() {
	h.t.Helper()
	var data struct {
		RegistryCase           struct{ ID string }
		Viewer                 struct{ Account struct{ ID string } }
		Officers               struct{ Nodes []struct{ ID string } }
		LawEnforcementAgencies struct{ Nodes []struct{ ID string } }
	}
	err := h.ask(h.tokens["registry1"], `{ registryCase(docketNumber: "`+h.docket+`") { id } viewer { account { id } }
		officers(first: 2) { nodes { id } } lawEnforcementAgencies(first: 1) { nodes { id } } }`, nil, &data)
	if err != nil {
		h.t.Fatal(err)
	}
	h.ids[terms.CasePrefix], h.ids[terms.AccountPrefix] = data.RegistryCase.ID, data.Viewer.Account.ID
	h.ids[terms.AgencyPrefix] = data.LawEnforcementAgencies.Nodes[0].ID
	var own struct {
		Viewer struct{ Officer struct{ ID string } }
	}
	if err := h.ask(h.tokens["officer1"], `{ viewer { officer { id } } }`, nil, &own); err != nil {
		h.t.Fatal(err)
	}
	h.ids["own"] = own.Viewer.Officer.ID
	for _, o := range data.Officers.Nodes {
		if o.ID != h.ids["own"] {
			h.ids[terms.OfficerPrefix] = o.ID
		}
	}
	h.event = h.firstEvent()
}

// key is an idempotency key that was never used.
func (h *hostile) key() string {
	h.keys++
	return fmt.Sprintf("bad-input-%010d", h.keys)
}

// reply is what came back.
type reply struct {
	status int
	body   string
	Data   map[string]json.RawMessage
	Errors []struct {
		Message    string
		Extensions struct{ Code string }
	}
}

// codes are those of the errors, top-level or a user's.
func (r reply) codesOf() []string {
	var codes []string
	for _, e := range r.Errors {
		codes = append(codes, e.Extensions.Code)
	}
	for _, field := range r.Data {
		var payload struct{ Errors []struct{ Code string } }
		if json.Unmarshal(field, &payload) == nil {
			for _, e := range payload.Errors {
				codes = append(codes, e.Code)
			}
		}
	}
	return codes
}

// body is a request's, with variables exactly as written.
func bodyOf(query, variables string) []byte {
	text, err := json.Marshal(query)
	if err != nil {
		panic(err) // a string
	}
	if variables == "" {
		variables = "{}"
	}
	return []byte(`{"query":` + string(text) + `,"variables":` + variables + `}`)
}

// post sends a body as it is, signed in as the account.
func (h *hostile) post(account string, body []byte) reply {
	h.t.Helper()
	return h.send(h.build(account, http.MethodPost, h.url, body, nil))
}

func (h *hostile) build(account, method, url string, body []byte, header http.Header) *http.Request {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
	}
	if token := h.tokens[account]; token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for name, values := range header {
		r.Header[name] = values
	}
	return r
}

func (h *hostile) send(r *http.Request) reply {
	h.t.Helper()
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatalf("no answer: %v", err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		h.t.Fatalf("half an answer: %v", err)
	}
	return h.judge(response.StatusCode, string(body))
}

// leaks are traces of what no client should learn.
var leaks = regexp.MustCompile(`(?i)\bsql\b|sqlite|mysql|Error 1\d\d\d|\bent: |goroutine|panic|\.go:\d|runtime error|\bjson: |strconv|gqlgen|constraint|reflect|interface \{\}|0xc0|/work/|eyJ[A-Za-z0-9]{8}`)

// secret stands in values that are sent; no error may repeat it.
const secret = "Kanarienvogel"

// judge holds every answer to the contract: no fault of the server, errors with
// a documented code, and nothing told that was not meant for the client.
func (h *hostile) judge(status int, body string) reply {
	h.t.Helper()
	r := reply{status: status, body: body}
	short := body[:min(len(body), 600)]
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		h.t.Errorf("not answered in JSON: %d %s", status, short)
		return r
	}
	if status >= 500 {
		h.t.Errorf("a fault of the server: %d %s", status, short)
	}
	for _, e := range r.Errors {
		switch code := e.Extensions.Code; {
		case !h.codes[code]:
			h.t.Errorf("the code %q is not documented: %s", code, short)
		case code == string(terms.Internal), code == string(terms.TimedOut), code == string(terms.Unavailable):
			h.t.Errorf("a fault of the server: %s", short)
		case e.Message == "":
			h.t.Errorf("an error without words: %s", short)
		}
		if leak := leaks.FindString(e.Message); leak != "" {
			h.t.Errorf("the answer tells %q: %s", leak, short)
		}
		// Of what breaks the types of GraphQL the validator names the value.
		if e.Extensions.Code != string(terms.ValidationFailed) && strings.Contains(e.Message, secret) {
			h.t.Errorf("the answer repeats what was sent: %s", short)
		}
	}
	for name, field := range r.Data {
		var payload struct {
			Activity, Case any
			Errors         []struct {
				Code, Message string
				Path          []string
			}
		}
		if json.Unmarshal(field, &payload) != nil || len(payload.Errors) == 0 {
			continue
		}
		if payload.Activity != nil || payload.Case != nil {
			h.t.Errorf("%s: errors, and a result: %s", name, short)
		}
		for _, e := range payload.Errors {
			if !h.userCodes[e.Code] || e.Message == "" || leaks.MatchString(e.Message) || strings.Contains(e.Message, secret) {
				h.t.Errorf("%s: a user error that is none: %s", name, short)
			}
		}
	}
	return r
}

// written is how many activities there are, as the registry counts them.
func (h *hostile) written() int {
	h.t.Helper()
	var data struct{ ServiceActivities struct{ TotalCount int } }
	if err := h.ask(h.tokens["registry1"], `{ serviceActivities(first: 1) { totalCount } }`, nil, &data); err != nil {
		h.t.Fatal(err)
	}
	return data.ServiceActivities.TotalCount
}

// refused sends, and expects one of the codes (any, if none is given) and
// nothing written.
func (h *hostile) refused(account string, body []byte, codes ...string) {
	h.t.Helper()
	before := h.written()
	r := h.post(account, body)
	h.wants(r, codes...)
	if after := h.written(); after != before {
		h.t.Errorf("refused, and yet %d activities were written", after-before)
	}
}

func (h *hostile) wants(r reply, codes ...string) {
	h.t.Helper()
	got := r.codesOf()
	if len(got) == 0 {
		h.t.Errorf("not refused: %d %.400s", r.status, r.body)
	}
	for _, code := range got {
		if len(codes) > 0 && !slices.Contains(codes, code) {
			h.t.Errorf("refused as %s, want %v: %d %.400s", code, codes, r.status, r.body)
		}
	}
}

// mint makes a token with the installation's own key, as of another time.
func (h *hostile) mint(subject string, at time.Time) string {
	h.t.Helper()
	issuer, err := identity.Open(h.data, time.Now)
	if err != nil {
		h.t.Fatal(err)
	}
	token, err := issuer.Mint(terms.ID(subject), at, time.Hour)
	if err != nil {
		h.t.Fatal(err)
	}
	return token
}

// run is one part of a test, with the failures told there.
func (h *hostile) run(name string, part func()) {
	t := h.t
	t.Run(name, func(inner *testing.T) {
		h.t = inner
		defer func() { h.t = t }()
		part()
	})
}

var faults = regexp.MustCompile(`(?m)^.*(level=ERROR|panic|goroutine \d).*$`)

// unharmed says that the server still stands, complained of no fault of its
// own, and that what it keeps is consistent.
func (h *hostile) unharmed() {
	h.t.Helper()
	if out, code := h.sts("", "check"); code != 0 {
		h.t.Errorf("sts check: %s", out)
	}
	h.kill() // what it wrote is read when it writes no more
	log := h.output.String()
	if found := faults.FindAllString(log, 5); found != nil {
		h.t.Errorf("the log tells faults:\n%s", strings.Join(found, "\n"))
	}
	for account, token := range h.tokens {
		if token != "" && strings.Contains(log, token) {
			h.t.Errorf("the log holds the token of %s", account)
		}
	}
	if strings.Contains(log, secret) {
		h.t.Error("the log repeats what was sent")
	}
}

// §9(a)(2): whatever a client sends, it is taken as it is meant or refused with
// a documented code; the server stands, tells nothing that it should not, and
// of what it refused it has written nothing.
func TestBadInputIsRefusedAndHarmsNothing(t *testing.T) {
	h := newHostile(t)
	slow := h.halfSent() // a request that stays unfinished while all others come
	h.run("texts", h.texts)
	h.run("every field of every input", h.everyInput)
	h.run("every argument below the roots", h.everyNestedArgument)
	h.run("pages", h.pages)
	h.run("ids of other types", h.idsOfOtherTypes)
	h.run("documents", h.documents)
	h.run("bodies", h.bodies)
	h.run("ways in", h.waysIn)
	h.run("tokens", h.badTokens)
	h.run("half a request", func() { h.finishHalfSent(slow) })
	h.unharmed()
}
