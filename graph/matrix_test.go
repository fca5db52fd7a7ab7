package graph_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/service-tracking/sts/graph"
	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

func now() time.Time { return graphtest.Now }

var canary = regexp.MustCompile(`CANARY-[A-Za-z0-9-]+`)

// may tells which canaries a role may ever receive.
func may(role string, own []terms.Docket, word string) bool {
	if role == "registry1" || role == "manager1" {
		return true
	}
	switch {
	case strings.HasPrefix(word, graphtest.Secret):
		return false
	case strings.HasPrefix(word, graphtest.Text):
		return word == graphtest.Text+role
	}
	return role == "supervisor1" || slices.Contains(own, terms.Docket(strings.TrimPrefix(word, graphtest.Seen)))
}

// Whatever a role asks, on whatever path, no word reaches it that it may not
// read (C.G.S. §51-5c); and the registry section reaches all of them, so the
// questions are the right ones.
func TestNoCanaryComesBackWhereItMayNot(t *testing.T) {
	w := graphtest.New(t, storetest.SQLite(t))
	schema := graph.New(graph.Options{Read: w.Reader, Reports: w.Reports, Clock: now})
	h := graphtest.Serve(schema)
	held := w.Add(t, graphtest.Case{Holder: "officer1", Author: "officer1", Activities: 6, Manual: true})
	elsewhere := w.Add(t, graphtest.Case{Holder: "officer2", Author: "officer2", Activities: 6, Court: "NNH"})
	untouched := w.Add(t, graphtest.Case{Court: "NNH"})
	reminded := []terms.ID{
		w.Remind(t, held, "officer1", terms.DueHearingNear, "", graphtest.Now),
		w.Remind(t, elsewhere, "officer2", terms.DueHearingNear, "", graphtest.Now),
		w.Remind(t, untouched, "registry1", terms.DueHearingPassed, "", graphtest.Now),
		w.Remind(t, elsewhere, "officer1", terms.DuePastTimely, "", graphtest.Now), // of a case that is closed to him now
	}
	all := []graphtest.Row{held, elsewhere, untouched}
	w.Board(t, elsewhere)
	// officer3 was named in the transfers, so both cases are his to see.
	own := map[string][]terms.Docket{
		"officer1": {held.Docket}, "officer2": {elsewhere.Docket}, "officer3": {held.Docket, elsewhere.Docket}, "court1": {held.Docket},
	}
	questions := map[string]string{
		"viewer": "", "registrySection": "", "annualData": "(year: 2026, basis: CALENDAR_YEAR)",
		"serviceStatistics": `(from: "2026-01-01", to: "2027-01-01", by: [COURT_LOCATION, MONTH, OFFICER, ACTIVITY_KIND])`,
	}
	for _, list := range []string{"registryCases", "serviceActivities", "deliveries", "officers", "lawEnforcementAgencies"} {
		questions[list] = "(first: 10)"
	}
	questions["serviceBoard"] = ""
	questions["courtCalendar"] = `(courtLocation: "HHD", on: "2026-12-05")` // where the cases are heard
	var ids []string
	for _, id := range reminded {
		ids = append(ids, `"`+string(id)+`"`)
	}
	for _, row := range all {
		for _, id := range slices.Concat([]terms.ID{row.ID}, row.Activities, row.Deliveries) {
			ids = append(ids, `"`+string(id)+`"`)
		}
	}
	for name, v := range w.Viewers {
		ids = append(ids, `"`+string(v.Account)+`"`)
		if v.Officer != "" {
			ids = append(ids, `"`+string(w.Officers[name])+`"`)
		}
	}
	questions["nodes"] = "(ids: [" + strings.Join(append(ids, `"`+string(w.Agency)+`"`), ", ") + "])"
	reached := map[string]map[string]bool{}
	for _, role := range append(roles(w), "") {
		reached[role] = map[string]bool{}
		for root, args := range questions {
			a := graphtest.Ask(w.As(role), t, h, graphtest.Everything(schema.Schema(), root, args, 5), nil)
			for _, e := range a.Errors {
				if code, _ := e.Extensions["code"].(string); code != "FORBIDDEN" && code != "UNAUTHENTICATED" {
					t.Errorf("%s asking %s: %s", role, root, e.Message)
				}
			}
			if root == "serviceBoard" && role == "registry1" && (!strings.Contains(a.Body, graphtest.Secret+"street") || !strings.Contains(a.Body, graphtest.Text+"officer2")) {
				t.Errorf("the board shows the registry section neither addresses nor text: %.2000s", a.Body)
			}
			for _, word := range canary.FindAllString(a.Body, -1) {
				reached[role][word] = true
				if !may(role, own[role], word) {
					t.Errorf("%s asking %s receives %s", role, root, word)
				}
			}
			// Which agency is told tells where somebody lives.
			if role != "registry1" && role != "manager1" && (strings.Contains(a.Body, `recipient":{`) || strings.Contains(a.Body, `reasons":[`)) {
				t.Errorf("%s asking %s learns who is told, or why", role, root)
			}
		}
	}
	for _, word := range []string{
		"file", "Protected", "street", "town", "suggestion", "attempt", "fax", "decider", "decision", "reviewer", "review", // of Secret
	} {
		if word != "file" && !reached["registry1"][graphtest.Secret+word] { // file numbers are in no field
			t.Errorf("the registry section never received %s: the questions do not reach it", graphtest.Secret+word)
		}
	}
	for role, dockets := range own {
		for _, docket := range dockets {
			if !reached[role][graphtest.Seen+string(docket)] {
				t.Errorf("%s never received his case %s", role, docket)
			}
		}
	}
	for _, author := range []string{"officer1", "officer2"} {
		if !reached[author][graphtest.Text+author] || !reached["registry1"][graphtest.Text+author] {
			t.Errorf("what %s wrote did not reach him, or the registry section", author)
		}
	}
	if !reached["manager1"][graphtest.Text+"registry1"] {
		t.Error("what a clerk wrote did not reach the registry section")
	}
	if len(reached["analyst1"])+len(reached[""]) > 0 {
		t.Errorf("an analyst received %v, a stranger %v", reached["analyst1"], reached[""])
	}
}

func roles(w *graphtest.World) []string {
	var names []string
	for name := range w.Viewers {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Which root fields a role may ask at all.
func TestWhoMayAskWhat(t *testing.T) {
	w := graphtest.New(t, storetest.SQLite(t))
	h := graphtest.Serve(graph.New(graph.Options{Read: w.Reader, Reports: w.Reports, Clock: now}))
	row := w.Add(t, graphtest.Case{Author: "officer1", Activities: 1})
	everyone := "court1 manager1 officer1 registry1 supervisor1"
	for _, x := range []struct{ question, who string }{
		{fmt.Sprintf(`{ registryCase(docketNumber: %q) { id } }`, row.Docket), everyone},
		{`{ registryCases(first: 1) { totalCount } }`, everyone},
		{`{ serviceActivities(first: 1) { totalCount } }`, "manager1 officer1 registry1 supervisor1"},
		{`{ deliveries(first: 1) { totalCount } }`, "manager1 registry1 supervisor1"},
		{fmt.Sprintf(`{ deliveries(first: 1, filter: {agencyId: %q}) { totalCount } }`, w.Agency), "manager1 registry1"},
		{`{ officers(first: 1) { totalCount } }`, "analyst1 " + everyone},
		{`{ lawEnforcementAgencies(first: 1) { totalCount } }`, "analyst1 " + everyone},
		{`{ serviceStatistics(from: "2026-01-01", to: "2027-01-01", by: []) { total } }`, "analyst1 manager1 registry1 supervisor1"},
		{`{ annualData(year: 2026, basis: FISCAL_YEAR) { ordersIssued { count } } }`, "analyst1 manager1 registry1 supervisor1"},
		{`{ serviceBoard { today } }`, "manager1 registry1 supervisor1"},
		{`{ courtCalendar(courtLocation: "HHD", on: "2026-11-25") { noEntry } }`, "court1 manager1 registry1 supervisor1"},
		{`{ viewer { roles } }`, "analyst1 " + everyone},
	} {
		for _, role := range []string{"officer1", "supervisor1", "registry1", "manager1", "court1", "analyst1", ""} {
			want := ""
			switch {
			case role == "":
				want = "UNAUTHENTICATED"
			case !strings.Contains(x.who, role):
				want = "FORBIDDEN"
			}
			if got := graphtest.Ask(w.As(role), t, h, x.question, nil).Code(); got != want {
				t.Errorf("%q asking %s: %q, want %q", role, x.question, got, want)
			}
		}
	}
	for permission, who := range map[string]string{
		"viewerCanLookUpCases": everyone, "viewerCanListCases": everyone,
		"viewerCanListActivities": "manager1 officer1 registry1 supervisor1", "viewerCanListDeliveries": "manager1 registry1 supervisor1",
		"viewerCanSeeBoard": "manager1 registry1 supervisor1", "viewerCanSeeCalendars": "court1 manager1 registry1 supervisor1",
		"viewerCanSeeStatistics": "analyst1 manager1 registry1 supervisor1", "viewerCanSeeConfidential": "manager1 registry1",
	} {
		for _, role := range []string{"officer1", "supervisor1", "registry1", "manager1", "court1", "analyst1"} {
			a := graphtest.MustAsk(w.As(role), t, h, "{ viewer { permissions { p: "+permission+" } } }", nil)
			if a.At(t, "viewer", "permissions", "p") != strings.Contains(who, role) {
				t.Errorf("%s of %s: %s", permission, role, a.Body)
			}
		}
	}
	a := graphtest.MustAsk(w.As(""), t, h, `{ __typename registrySection { email } }`, nil)
	if a.At(t, "__typename") != "Query" {
		t.Errorf("a stranger's question is answered %s", a.Body)
	}
}

// §9(a)(3): before the user agreement is signed there is no access, to what is
// kept in memory neither; and no boolean promises any.
func TestBeforeTheAgreementIsSignedNothingIsShown(t *testing.T) {
	w := graphtest.New(t, storetest.SQLite(t))
	schema := graph.New(graph.Options{Read: w.Reader, Reports: w.Reports, Clock: now})
	h := graphtest.Serve(schema)
	row := w.Add(t, graphtest.Case{Holder: "officer1", Author: "officer1", Activities: 6})
	w.Remind(t, row, "officer1", terms.DueHearingNear, "", graphtest.Now)
	ids := []terms.ID{w.Agency, w.Officers["officer2"], row.ID, row.Activities[0], row.Deliveries[0]}
	for _, role := range roles(w) {
		unsigned := *w.Viewers[role]
		unsigned.Agreed = false
		ctx := access.With(t.Context(), &unsigned)
		for _, root := range []struct{ name, args string }{{"viewer", ""}, {"nodes", fmt.Sprintf("(ids: [%q, %q, %q, %q, %q])", ids[0], ids[1], ids[2], ids[3], ids[4])}} {
			a := graphtest.MustAsk(ctx, t, h, graphtest.Everything(schema.Schema(), root.name, root.args, 5), nil)
			if canary.MatchString(a.Body) || strings.Contains(a.Body, "Police") || strings.Contains(a.Body, `CanSeeConfidential":true`) || strings.Contains(a.Body, "Marshal2") && role != "officer2" {
				t.Errorf("%s, who has not signed, asks for %s: %.2000s", role, root.name, a.Body)
			}
			if root.name == "viewer" && strings.HasPrefix(role, "officer") && !strings.Contains(a.Body, "Marshal"+role[len(role)-1:]) {
				t.Errorf("%s does not see who he is himself: %s", role, a.Body)
			}
		}
	}
}

// What depends on the viewer is null for others, never an empty list that lies.
func TestWhatIsHiddenIsNull(t *testing.T) {
	w := graphtest.New(t, storetest.SQLite(t))
	h := graphtest.Serve(graph.New(graph.Options{Read: w.Reader, Reports: w.Reports, Clock: now}))
	row := w.Add(t, graphtest.Case{Holder: "officer1", Author: "officer1", Activities: 1})
	question := fmt.Sprintf(`{ node(id: %q) { ... on RegistryCase { protectedPersons { lastName } addresses { town } unroutedAddresses { reason }
		processHolder { papers(first: 1) { totalCount } }
		deliveries(first: 5) { nodes { state channel reasons controlNumber recipient { __typename } attempts(first: 5) { totalCount } decisions { kind } } } activities(first: 1) { nodes { note review { note } } } } } }`, row.ID)
	for role, hidden := range map[string]string{
		"officer1":    "protectedPersons addresses unroutedAddresses channel reasons controlNumber recipient attempts decisions review",
		"supervisor1": "protectedPersons addresses unroutedAddresses channel reasons controlNumber recipient attempts decisions review note",
		"court1":      "protectedPersons addresses unroutedAddresses channel reasons controlNumber recipient attempts decisions review note papers",
		"registry1":   "",
	} {
		a := graphtest.MustAsk(w.As(role), t, h, question, nil)
		for _, field := range []string{"protectedPersons", "addresses", "unroutedAddresses", "channel", "reasons", "controlNumber", "recipient", "attempts", "decisions", "review", "note", "papers"} {
			if null := strings.Contains(a.Body, `"`+field+`":null`); null != slices.Contains(strings.Fields(hidden), field) {
				t.Errorf("to %s %s is null: %t", role, field, null)
			}
		}
		if !strings.Contains(a.Body, `"state":"CONFIRMED"`) {
			t.Errorf("%s does not see that it was delivered", role)
		}
	}
}
