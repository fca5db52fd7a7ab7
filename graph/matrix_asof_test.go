package graph_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/service-tracking/sts/graph"
	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

func caseAsOf(d terms.Docket, at time.Time) string {
	return fmt.Sprintf("(docketNumber: %q, at: %q)", d, at.Format(time.RFC3339Nano))
}

func calendarAsOf(court string, on terms.Date, at time.Time) string {
	return fmt.Sprintf("(courtLocation: %q, on: %q, at: %q)", court, on, at.Format(time.RFC3339Nano))
}

// The past shows nobody what the present does not (C.G.S. §51-5c).
func TestNoCanaryComesBackFromThePast(t *testing.T) {
	w := graphtest.New(t, storetest.SQLite(t))
	schema := graph.New(graph.Options{Read: w.Reader, Clock: now})
	h := graphtest.Serve(schema)
	held := w.Add(t, graphtest.Case{Holder: "officer1", Author: "officer1", Activities: 6})
	elsewhere := w.Add(t, graphtest.Case{Holder: "officer2", Author: "officer2", Activities: 6, Court: "NNH"})
	w.Opened(t, held, elsewhere)
	ask := func(role, root, args string) graphtest.Answer {
		return graphtest.Ask(w.As(role), t, h, graphtest.Everything(schema.Schema(), root, args, 6), nil)
	}
	check := func(role string, own []terms.Docket, a graphtest.Answer) map[string]bool {
		reached := map[string]bool{}
		for _, word := range canary.FindAllString(a.Body, -1) {
			reached[word] = true
			if !may(role, own, word) {
				t.Errorf("%s receives %s of the past", role, word)
			}
		}
		return reached
	}
	for _, role := range append(roles(w), "") {
		for _, row := range []graphtest.Row{held, elsewhere} {
			own := []terms.Docket{} // an officer's look-up opens any case to him; court staff have theirs
			if strings.HasPrefix(role, "officer") || role == "court1" && row.Docket == held.Docket {
				own = append(own, row.Docket)
			}
			a := ask(role, "registryCaseAsOf", caseAsOf(row.Docket, now()))
			reached := check(role, own, a)
			sees := role == "registry1" || role == "manager1" || role == "supervisor1" || len(own) > 0
			if reached[graphtest.Seen+string(row.Docket)] != sees {
				t.Errorf("%q sees the case %s as of now: %s", role, row.Docket, a.Body)
			}
			author := map[terms.Docket]string{held.Docket: "officer1", elsewhere.Docket: "officer2"}[row.Docket]
			if wrote := role == author || role == "registry1" || role == "manager1"; reached[graphtest.Text+author] != wrote {
				t.Errorf("%q reads what %s wrote: %t", role, author, !wrote)
			}
		}
		for court, row := range map[string]graphtest.Row{"HHD": held, "NNH": elsewhere} {
			a := ask(role, "courtCalendarAsOf", calendarAsOf(court, terms.DateOf(now().AddDate(0, 0, 10)), now()))
			own := []terms.Docket{}
			if role == "court1" && court == "HHD" {
				own = append(own, row.Docket)
			}
			reached := check(role, own, a)
			want := ""
			switch {
			case role == "":
				want = "UNAUTHENTICATED"
			case strings.HasPrefix(role, "officer") || role == "analyst1" || role == "court1" && court == "NNH":
				want = "FORBIDDEN"
			}
			if a.Code() != want || reached[graphtest.Seen+string(row.Docket)] != (want == "") {
				t.Errorf("%q asking for the calendar of %s: %s, want %q", role, court, a.Body, want)
			}
		}
	}
}

// Permissions are those of now: what an officer could see then is no matter.
func TestThePastIsOpenToWhomThePresentIs(t *testing.T) {
	w := graphtest.New(t, storetest.SQLite(t))
	h := graphtest.Serve(graph.New(graph.Options{Read: w.Reader, Clock: now}))
	row := w.Add(t, graphtest.Case{Court: "NNH", Author: "officer1", Activities: 1})
	w.Opened(t, row)
	question := `{ registryCaseAsOf` + caseAsOf(row.Docket, now()) + ` { serviceStatus } }`
	looked := func() int { return w.Store.Client.CaseLookUp.Query().CountX(access.As(t.Context(), "test")) }
	for role, want := range map[string]any{"court1": nil, "supervisor1": "SERVED", "registry1": "SERVED"} {
		if got := graphtest.MustAsk(w.As(role), t, h, question, nil).At(t, "registryCaseAsOf", "serviceStatus"); got != want {
			t.Errorf("%s: %v, want %v", role, got, want)
		}
	}
	if n := looked(); n != 0 {
		t.Errorf("%d look-ups of those who need none", n)
	}
	// An officer's question is a look-up, and kept before the answer leaves.
	if got := graphtest.MustAsk(w.As("officer2"), t, h, question, nil).At(t, "registryCaseAsOf", "serviceStatus"); got != "SERVED" {
		t.Errorf("officer2: %v", got)
	}
	if n := looked(); n != 1 {
		t.Errorf("%d look-ups, want 1", n)
	}
	for role, want := range map[string]string{"": "UNAUTHENTICATED", "analyst1": "FORBIDDEN"} {
		if got := graphtest.Ask(w.As(role), t, h, question, nil).Code(); got != want {
			t.Errorf("%q: %q, want %q", role, got, want)
		}
	}
}

// What cannot be answered says why.
func TestQuestionsAboutThePastThatMakeNoSense(t *testing.T) {
	w := graphtest.New(t, storetest.SQLite(t))
	h := graphtest.Serve(graph.New(graph.Options{Read: w.Reader, Clock: now}))
	row := w.Add(t, graphtest.Case{})
	w.Opened(t, row)
	day := terms.DateOf(now())
	for _, x := range []struct {
		name, question, code string
	}{
		{"a clock may differ by two minutes", "registryCaseAsOf" + caseAsOf(row.Docket, now().Add(2*time.Minute)) + "{ at }", ""},
		{"the future", "registryCaseAsOf" + caseAsOf(row.Docket, now().Add(2*time.Minute+time.Microsecond)) + "{ at }", "BAD_DATE_TIME"},
		{"the future of a calendar", "courtCalendarAsOf" + calendarAsOf("HHD", day, now().AddDate(0, 0, 1)) + "{ at }", "BAD_DATE_TIME"},
		{"no offset", `registryCaseAsOf(docketNumber: "HHD-FA-26-5012345-S", at: "2026-11-24T09:00:00") { at }`, "BAD_DATE_TIME"},
		{"no docket number", `registryCaseAsOf(docketNumber: "HHD", at: "2026-11-24T09:00:00Z") { at }`, "BAD_DOCKET_NUMBER"},
		{"no such court", "courtCalendarAsOf" + calendarAsOf("XXX", day, now()) + "{ at }", "VALIDATION_FAILED"},
		{"a court in lower case", "courtCalendarAsOf" + calendarAsOf("hhd", day, now()) + "{ at }", ""},
		{"no day", `courtCalendarAsOf(courtLocation: "HHD", on: "11/24/2026", at: "2026-11-24T09:00:00Z") { at }`, "BAD_DATE_TIME"},
	} {
		if a := graphtest.Ask(w.As("registry1"), t, h, "{ "+x.question+" }", nil); a.Code() != x.code {
			t.Errorf("%s: %s, want %q", x.name, a.Body, x.code)
		}
	}
	a := graphtest.MustAsk(w.As("registry1"), t, h, `{ registryCaseAsOf`+caseAsOf("HHDFA269999999S", now())+` { at } }`, nil)
	if a.At(t, "registryCaseAsOf") != nil {
		t.Errorf("a docket that is not known: %s", a.Body)
	}
}
