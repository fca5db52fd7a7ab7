package read_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// calendar walks the pages of a calendar, in both directions, and answers the
// dockets of its cases.
func (d *desk) calendar(court, on string) []string {
	d.t.Helper()
	walk := func(n, from, cursor, more string) (all [][]string) {
		after := ""
		for range 20 {
			a := graphtest.MustAsk(d.As("court1"), d.t, serve(d.World), fmt.Sprintf(`{ courtCalendar(courtLocation: %q, on: %q) { entries(%s: 3%s) {
				totalCount edges { node { case { docketNumber } } } pageInfo { %s %s } } } }`, court, on, n, after, more, cursor), nil)
			var page []string
			for i := range a.At(d.t, "courtCalendar", "entries", "edges").([]any) {
				page = append(page, a.At(d.t, "courtCalendar", "entries", "edges", i, "node", "case", "docketNumber").(string))
			}
			all = append(all, page)
			if a.At(d.t, "courtCalendar", "entries", "pageInfo", more) != true {
				return all
			}
			after = fmt.Sprintf(", %s: %q", from, a.At(d.t, "courtCalendar", "entries", "pageInfo", cursor))
		}
		d.t.Fatal("the calendar has no last page")
		return nil
	}
	forward := slices.Concat(walk("first", "after", "endCursor", "hasNextPage")...)
	backward := walk("last", "before", "startCursor", "hasPreviousPage")
	slices.Reverse(backward)
	if other := slices.Concat(backward...); !slices.Equal(forward, other) {
		d.t.Errorf("forward the calendar is\n%v, backward\n%v", forward, other)
	}
	return forward
}

// §5(b): on hearing morning those whose report is due come first, then all by
// time; and every case stands on exactly one page.
func TestTheCalendarOfHearingMorning(t *testing.T) {
	onEach(t, func(d *desk) {
		var due, others []string
		for i, x := range []struct {
			status   terms.ServiceStatus
			reported bool
		}{
			{terms.StatusServed, false}, {terms.StatusNoEntry, false}, {terms.StatusAttempted, true}, {terms.StatusAttempted, false},
			{terms.StatusServed, true}, {terms.StatusNoEntry, false}, {terms.StatusAttempted, false}, {terms.StatusServed, false}, {terms.StatusNoEntry, true},
		} {
			row := d.Add(d.t, graphtest.Case{Hearing: graphtest.Now.Add(time.Duration(i/2) * time.Hour), Status: x.status, ReportMade: x.reported})
			if x.status == terms.StatusServed || x.reported {
				others = append(others, row.Docket.Display())
			} else {
				due = append(due, row.Docket.Display())
			}
		}
		d.Add(d.t, graphtest.Case{Court: "NNH", Hearing: graphtest.Now})
		if got, want := d.calendar("HHD", "2026-11-25"), slices.Concat(due, others); !slices.Equal(got, want) {
			d.t.Errorf("the calendar is\n%v, want\n%v", got, want)
		}
		question := `{ courtCalendar(courtLocation: "hhd", on: "2026-11-25") { courtLocation { name } on served attempted noEntry reportsDue entries(first: 5) { totalCount nodes { serviceStatus unsuccessfulReportDue } } } }`
		a := graphtest.MustAsk(d.As("court1"), d.t, serve(d.World), question, nil)
		for field, want := range map[string]any{"served": 3.0, "attempted": 3.0, "noEntry": 3.0, "reportsDue": 4.0, "on": "2026-11-25"} {
			if got := a.At(d.t, "courtCalendar", field); got != want {
				d.t.Errorf("%s is %v, want %v", field, got, want)
			}
		}
		if fmt.Sprint(a.At(d.t, "courtCalendar", "entries", "nodes", 3)) != "map[serviceStatus:ATTEMPTED unsuccessfulReportDue:true]" ||
			fmt.Sprint(a.At(d.t, "courtCalendar", "entries", "nodes", 4)) != "map[serviceStatus:SERVED unsuccessfulReportDue:false]" {
			d.t.Errorf("the entries are %s", a.Body)
		}
		// On the evening before nothing is due yet, and the order is the same.
		evening := *d.Viewers["court1"]
		evening.At = graphtest.Now.Add(-12 * time.Hour)
		a = graphtest.MustAsk(access.With(d.t.Context(), &evening), d.t, serve(d.World), question, nil)
		if a.At(d.t, "courtCalendar", "reportsDue") != 0.0 || strings.Contains(a.Body, "true") || a.At(d.t, "courtCalendar", "entries", "nodes", 4, "serviceStatus") != "SERVED" {
			d.t.Errorf("on the evening before the calendar is %s", a.Body)
		}
	})
}

// §5(e): the reason is that of the attempt made last, of those that stand and
// that were made since the hearing was set.
func TestTheCalendarTellsWhyServiceFailed(t *testing.T) {
	onEach(t, func(d *desk) {
		set := graphtest.Now.AddDate(0, 0, -5)
		attempt := func(row graphtest.Row, reason terms.AttemptReason, occurred time.Duration, more ...func(*ent.ServiceActivityCreate)) terms.ID {
			return d.activity(row, terms.KindAttempt, graphtest.Now, append(more, func(a *ent.ServiceActivityCreate) {
				a.SetReason(reason).SetOccurredAt(set.Add(occurred)).SetDetail(graphtest.Text + "officer1")
			})...)
		}
		add := func(hour int) graphtest.Row {
			row := d.Add(d.t, graphtest.Case{Hearing: graphtest.Now.Add(time.Duration(hour) * time.Hour), Status: terms.StatusAttempted})
			d.Store.Client.RegistryCase.UpdateOneID(row.ID).SetHearingSetAt(set).ExecX(system())
			return row
		}
		first := add(0) // recorded in another order than made
		want := attempt(first, terms.ReasonEvading, 3*time.Hour)
		attempt(first, terms.ReasonNoAnswer, time.Hour)
		attempt(first, terms.ReasonHospitalized, -time.Microsecond) // before the hearing was set
		second := add(1)                                            // the last one was taken back, the one before corrected
		attempt(second, terms.ReasonInCustody, time.Hour, corrects(attempt(second, terms.ReasonNoAnswer, time.Hour)))
		d.activity(second, terms.KindWithdrawal, graphtest.Now, corrects(attempt(second, terms.ReasonOutOfState, 2*time.Hour)))
		third := add(2) // nothing that counts
		attempt(third, terms.ReasonNoAnswer, -time.Hour)
		fourth := add(3) // two at the same time: the one recorded last
		attempt(fourth, terms.ReasonNoAnswer, 0)
		attempt(fourth, terms.ReasonNoSafeAccess, 0)
		a := graphtest.MustAsk(d.As("court1"), d.t, serve(d.World), `{ courtCalendar(courtLocation: "HHD", on: "2026-11-25") { entries(first: 10) { nodes {
			lastAttemptReason lastAttempt { id reason detail officer { name { last } } case { docketNumber } } } } } }`, nil)
		var got []string
		for i := range 4 {
			reason := a.At(d.t, "courtCalendar", "entries", "nodes", i, "lastAttemptReason")
			if same := a.At(d.t, "courtCalendar", "entries", "nodes", i, "lastAttempt", "reason"); reason != nil && same != reason {
				d.t.Errorf("the reason is %v and the attempt's %v", reason, same)
			}
			got = append(got, fmt.Sprint(reason))
		}
		if !slices.Equal(got, []string{"EVADING", "IN_CUSTODY", "<nil>", "NO_SAFE_ACCESS"}) {
			d.t.Errorf("the reasons are %v", got)
		}
		at := func(path ...any) any {
			return a.At(d.t, append([]any{"courtCalendar", "entries", "nodes", 0, "lastAttempt"}, path...)...)
		}
		if at("id") != string(want) || at("officer", "name", "last") != "Marshal1" || at("case", "docketNumber") != first.Docket.Display() || at("detail") != nil {
			d.t.Errorf("the last attempt is %v", at())
		}
	})
}

// A court day has 23 or 25 hours when clocks change: no hearing falls between
// two days, and none stands on both.
func TestTheCalendarWhenClocksChange(t *testing.T) {
	onEach(t, func(d *desk) {
		add := func(at string) string {
			when, err := time.Parse(time.RFC3339, at)
			if err != nil {
				d.t.Fatal(err)
			}
			return d.Add(d.t, graphtest.Case{Hearing: when.UTC()}).Docket.Display()
		}
		for day, want := range map[string][]string{
			// Clocks go back on November 1: 25 hours.
			"2026-10-31": {add("2026-10-31T23:59:59.999999-04:00")},
			"2026-11-01": {add("2026-11-01T00:00:00-04:00"), add("2026-11-01T01:30:00-04:00"), add("2026-11-01T01:30:00-05:00"), add("2026-11-01T23:59:59-05:00")},
			"2026-11-02": {add("2026-11-02T00:00:00-05:00")},
			// They go forward on March 14: 23 hours.
			"2027-03-13": {add("2027-03-13T23:59:59.999999-05:00")},
			"2027-03-14": {add("2027-03-14T00:00:00-05:00"), add("2027-03-14T03:00:00-04:00"), add("2027-03-14T23:59:59-04:00")},
			"2027-03-15": {add("2027-03-15T00:00:00-04:00")},
		} {
			if got := d.calendar("HHD", day); !slices.Equal(got, want) {
				d.t.Errorf("on %s the calendar is %v, want %v", day, got, want)
			}
		}
		if got := d.calendar("HHD", "2026-12-24"); len(got) != 0 {
			d.t.Errorf("on a day without hearings the calendar is %v", got)
		}
	})
}

func TestWhoMayAskForWhichCalendar(t *testing.T) {
	w := graphtest.New(t, storetest.SQLite(t))
	w.Add(t, graphtest.Case{Court: "NNH", Hearing: graphtest.Now})
	both := *w.Viewers["court1"]
	both.Courts = []string{"HHD", "NNH"}
	w.Viewers["court2"] = &both
	for _, x := range []struct{ role, court, on, code string }{
		{"court1", "HHD", "2026-11-25", ""},
		{"court1", "nnh", "2026-11-25", "FORBIDDEN"},
		{"court2", "nnh", "2026-11-25", ""},
		{"supervisor1", "NNH", "2026-11-25", ""},
		{"registry1", "NNH", "2026-11-25", ""},
		{"manager1", "NNH", "2026-11-25", ""},
		{"officer1", "NNH", "2026-11-25", "FORBIDDEN"},
		{"analyst1", "NNH", "2026-11-25", "FORBIDDEN"},
		{"", "NNH", "2026-11-25", "UNAUTHENTICATED"},
		{"court1", "XXX", "2026-11-25", "VALIDATION_FAILED"},
		{"officer1", "XXX", "2026-11-25", "FORBIDDEN"},
		{"court1", "HHD", "2026-11-31", "BAD_DATE_TIME"},
		{"court1", "HHD", "", "BAD_DATE_TIME"},
		{"court1", "HHD", "1999-12-31", "BAD_DATE_TIME"},
		{"court1", "HHD", "2200-12-31", ""},
	} {
		a := graphtest.Ask(w.As(x.role), t, serve(w), `query($court: String!, $on: Date!) { courtCalendar(courtLocation: $court, on: $on) { noEntry } }`, map[string]any{"court": x.court, "on": x.on})
		if a.Code() != x.code {
			t.Errorf("%q asking for %s on %s: %s, want %q", x.role, x.court, x.on, a.Body, x.code)
		}
		if x.code == "" && a.At(t, "courtCalendar", "noEntry") != map[bool]float64{true: 1}[strings.EqualFold(x.court, "NNH")] {
			t.Errorf("%q asking for %s on %s: %s", x.role, x.court, x.on, a.Body)
		}
	}
	for args, code := range map[string]string{`first: 0`: "BAD_PAGE", `last: 101`: "BAD_PAGE", `first: 1, after: "Y2FsZW5kYXI"`: "BAD_PAGE", `first: 1`: ""} {
		if got := graphtest.Ask(w.As("court1"), t, serve(w), `{ courtCalendar(courtLocation: "HHD", on: "2026-11-25") { entries(`+args+`) { totalCount } } }`, nil).Code(); got != code {
			t.Errorf("entries(%s): %q, want %q", args, got, code)
		}
	}
}
