package main_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/service-tracking/sts/internal/terms"
)

// A page is asked with exactly one of first and last, 1 to 100, and with the
// cursors of the same list in the same order.
func (h *hostile) pages() {
	var lists []string
	for _, field := range h.schema.Query.Fields {
		if strings.HasSuffix(field.Type.Name(), "Connection") {
			lists = append(lists, field.Name)
		}
	}
	if len(lists) < 5 {
		h.t.Fatalf("only these lists: %v", lists)
	}
	cursors := map[string]string{}
	for _, list := range lists {
		r := h.post("registry1", bodyOf("{ "+list+"(first: 1) { edges { cursor } } }", ""))
		var page struct{ Edges []struct{ Cursor string } }
		if err := json.Unmarshal(r.Data[list], &page); err != nil || len(page.Edges) != 1 {
			h.t.Fatalf("%s: %s", list, r.body)
		}
		cursors[list] = page.Edges[0].Cursor
	}
	refused := func(list, arguments string) {
		h.t.Helper()
		r := h.post("registry1", bodyOf("{ "+list+"("+arguments+") { totalCount nodes { __typename } } }", ""))
		h.wants(r, "BAD_PAGE")
		if h.t.Failed() {
			h.t.Fatalf("%s(%s)", list, arguments)
		}
	}
	forge := func(list, from, to string) string {
		text, err := base64.RawURLEncoding.DecodeString(cursors[list])
		if err != nil {
			h.t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(text), from, to, 1)))
	}
	for _, list := range lists {
		for _, arguments := range []string{
			"first: 0", "first: -1", "first: 101", "first: 2147483647", "last: 0", "last: -1", "last: 101",
			"first: 1, last: 1", "first: null", "last: null", "first: null, last: null",
			fmt.Sprintf("first: 1, before: %q", cursors[list]), fmt.Sprintf("last: 1, after: %q", cursors[list]),
			fmt.Sprintf("first: 1, after: %q, before: %[1]q", cursors[list]),
		} {
			refused(list, arguments)
		}
		for _, cursor := range []string{
			"", " ", secret, "====", "AAAA", "null", cursors[list] + "A", cursors[list] + "=", cursors[list][1:], strings.ToLower(cursors[list]),
			base64.RawURLEncoding.EncodeToString([]byte("\x00\x00")), base64.StdEncoding.EncodeToString([]byte("cursor:1")),
			strings.Repeat("A", 20_000), forge(list, "\x00", "\x00'; DROP TABLE service_activities --\x00"), forge(list, "_", "' OR 1=1 --_"),
		} {
			refused(list, fmt.Sprintf("first: 1, after: %q", cursor))
			refused(list, fmt.Sprintf("last: 1, before: %q", cursor))
		}
		for _, other := range lists {
			if other != list {
				refused(list, fmt.Sprintf("first: 1, after: %q", cursors[other]))
			}
		}
	}
	// A list in another order is another list.
	refused("registryCases", fmt.Sprintf("first: 1, orderBy: {field: RESPONDENT_NAME}, after: %q", cursors["registryCases"]))
	refused("registryCases", fmt.Sprintf("first: 1, orderBy: {field: HEARING_DATE, direction: DESC}, after: %q", cursors["registryCases"]))
	h.wants(h.post("registry1", bodyOf("{ serviceActivities { totalCount } }", "")), "BAD_PAGE")
}

// An id of another type is BAD_ID wherever a certain type is needed; one that
// does not exist answers like one that may not be seen: nothing.
func (h *hostile) idsOfOtherTypes() {
	prefixes := []terms.Prefix{terms.CasePrefix, terms.ActivityPrefix, terms.OfficerPrefix, terms.DeliveryPrefix, terms.AgencyPrefix, terms.AccountPrefix, terms.CourtPrefix, terms.ProtectedPersonPrefix}
	for ask, needed := range map[string]terms.Prefix{
		`{ registryCases(first: 1, filter: {processHolderId: %q}) { totalCount } }`: terms.OfficerPrefix,
		`{ serviceActivities(first: 1, filter: {officerId: %q}) { totalCount } }`:   terms.OfficerPrefix,
		`{ deliveries(first: 1, filter: {agencyId: %q}) { totalCount } }`:           terms.AgencyPrefix,
		`subscription { caseEvents(caseId: %q) { __typename } }`:                    terms.CasePrefix,
		`subscription { serviceEvents(filter: {officerId: %q}) { __typename } }`:    terms.OfficerPrefix,
	} {
		for _, prefix := range prefixes {
			body := bodyOf(fmt.Sprintf(ask, terms.NewID(prefix)), "")
			if strings.HasPrefix(ask, "subscription") {
				if r := h.firstOf(body, prefix != needed); prefix != needed {
					h.wants(r, "BAD_ID")
				}
				continue
			}
			if r := h.post("registry1", body); prefix != needed {
				h.wants(r, "BAD_ID")
			} else if !strings.Contains(r.body, `"totalCount":0`) {
				h.t.Errorf("an id that does not exist: %s", r.body)
			}
		}
	}
	for _, prefix := range prefixes {
		r := h.post("registry1", bodyOf(fmt.Sprintf(`{ node(id: %q) { id } }`, terms.NewID(prefix)), ""))
		if got := r.codesOf(); string(r.Data["node"]) != "null" || len(got) > 0 && got[0] != "BAD_ID" {
			h.t.Errorf("node of an id that does not exist: %s", r.body)
		}
	}
	many := strings.Repeat(quoted(string(terms.NewID(terms.CasePrefix)))+",", 101)
	h.wants(h.post("registry1", bodyOf(`query($ids: [ID!]!) { nodes(ids: $ids) { id } }`, `{"ids":[`+strings.TrimSuffix(many, ",")+`]}`)), "BAD_PAGE", "QUERY_TOO_COSTLY")
}

// Every script and every emoji is welcome where people write, comes back as it
// was sent, and stands on the notice or is visibly spelled out there.
func (h *hostile) texts() {
	const docket = "HHD-FA-26-6600002-S"
	name := "Zoë 😀 王 Łukasz"
	row := strings.NewReplacer("José", name, "Nuñez", "O’Brien‑Nuñez 👮🏽‍♀️").Replace(daybookRow(docket))
	h.importFeed("daybook", row)
	h.importFeed("registry", strings.Replace(registryRow(docket, "PO-1", "H660000201"), "Ana", "Ana 🌈", 1))
	deliveries := h.subscribe(h.tokens["registry1"], `subscription { deliveryEvents(filter: {states: [CONFIRMED], recipientKinds: [LAW_ENFORCEMENT_AGENCY]}) { __typename ... on DeliveryChanged { delivery { recipientKind state about { id } } } } }`)

	for _, note := range []string{
		"👩‍👩‍👧‍👦 🚔 é ß İ 王小明 שלום مرحبا नमस्ते", "line one\nline two\ttab", `"quotes" \ <b> & {{.}} %s ' OR 1=1 --`, strings.Repeat("👮", 4000), "\U0010ffff\ue000",
	} {
		input := serviceInput(docket, h.key())
		input["input"].(map[string]any)["note"] = note
		input["input"].(map[string]any)["confirm"] = []string{"ALREADY_SERVED"}
		var got struct {
			RecordService struct {
				Activity struct{ ID, Note string }
				Errors   []struct{ Code string }
			}
		}
		err := h.ask(h.tokens["officer1"], `mutation($input: RecordServiceInput!) { recordService(input: $input) { activity { id note } errors { ... on UserError { code } } } }`, input, &got)
		if err != nil || got.RecordService.Activity.Note != note {
			h.t.Errorf("%.40q came back as %.40q, %v %v", note, got.RecordService.Activity.Note, got.RecordService.Errors, err)
		}
		var again struct{ Node struct{ Note string } }
		if err := h.ask(h.tokens["registry1"], `query($id: ID!) { node(id: $id) { ... on Service { note } } }`, map[string]any{"id": got.RecordService.Activity.ID}, &again); err != nil || again.Node.Note != note {
			h.t.Errorf("%.40q was kept as %.40q, %v", note, again.Node.Note, err)
		}
	}
	var kept struct {
		RegistryCase struct {
			Respondent       struct{ FirstName, LastName string }
			ProtectedPersons []struct{ FirstName string }
		}
	}
	if err := h.ask(h.tokens["registry1"], `{ registryCase(docketNumber: "`+docket+`") { respondent { firstName lastName } protectedPersons { firstName } } }`, nil, &kept); err != nil {
		h.t.Fatal(err)
	}
	if c := kept.RegistryCase; c.Respondent.FirstName != name || c.Respondent.LastName != "O’Brien‑Nuñez 👮🏽‍♀️" || c.ProtectedPersons[0].FirstName != "Ana 🌈" {
		h.t.Errorf("the names were kept as %+v", c)
	}
	await(h.t, deliveries, "notice to the police", func(e event) bool { return e.Delivery.State == "CONFIRMED" })
	h.run("the notice", func() { h.noticeShows("Zoë [U+1F600] [U+738B] Łukasz", "[U+1F46E][U+1F3FD][U+200D][U+2640][U+FE0F]") })
	h.longTexts(docket)
	h.expected = h.written()
}

// noticeShows reads the pages in the spool back: one has all the words,
// wherever its lines are broken.
func (h *hostile) noticeShows(words ...string) {
	pdftotext, err := exec.LookPath("pdftotext")
	if err != nil {
		h.t.Skip("SKIPPED: pdftotext is not installed (Debian: poppler-utils), so no notice was read back")
	}
	pages, err := filepath.Glob(filepath.Join(h.data, "spool", "notices", "*.pdf"))
	if err != nil || len(pages) == 0 {
		h.t.Fatal("no notice", err)
	}
	solid := func(s string) string { return strings.Join(strings.Fields(s), "") }
	var all strings.Builder
	for _, page := range pages {
		out, err := exec.Command(pdftotext, "-layout", page, "-").Output()
		if err != nil {
			h.t.Fatal(err)
		}
		missing := slices.DeleteFunc(slices.Clone(words), func(word string) bool { return strings.Contains(solid(string(out)), solid(word)) })
		if len(missing) == 0 {
			return
		}
		all.Write(out)
	}
	h.t.Errorf("no notice shows %q:\n%.3000s", words, &all)
}

// longTexts are refused at the first character too many, and nothing is written.
func (h *hostile) longTexts(docket string) {
	attempt := `mutation($input: RecordAttemptInput!) { recordAttempt(input: $input) { activity { id } case { id } errors { ... on UserError { code message path } } } }`
	for _, c := range []struct{ field, text, code string }{
		{"note", strings.Repeat("é", 4001), "TOO_LONG"}, {"detail", strings.Repeat("😀", 1001), "TOO_LONG"}, {"note", strings.Repeat("x", 900_000), "TOO_LONG"},
		{"note", "\x00", "BAD_TEXT"}, {"detail", "a\u202eb", "BAD_TEXT"}, {"note", "\u001b[2J", "BAD_TEXT"}, {"note", "a\u200eb", "BAD_TEXT"},
	} {
		input := map[string]any{
			"idempotencyKey": h.key(), "docketNumber": docket, "reason": "OTHER", "detail": "a dog", c.field: c.text,
			"lastAttemptedAt": time.Now().Add(-time.Minute).Format(time.RFC3339), "policeAssistanceRequested": false, "confirm": []string{"ALREADY_SERVED"},
		}
		variables, err := json.Marshal(map[string]any{"input": input})
		if err != nil {
			h.t.Fatal(err)
		}
		h.refused("officer1", bodyOf(attempt, string(variables)), c.code)
	}
}
