package read_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// court is an instant in court time, in 2026: "12-01 09:00".
func court(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", "2026-"+s, terms.CourtZone)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

const (
	entryFields  = ` serviceStatus unsuccessfulReportDue lastAttemptReason lastAttempt { id kind reason } case { docketNumber hearing { scheduledFor } serviceStatus } `
	calendarNow  = `query($on: Date!) { courtCalendar(courtLocation: "HHD", on: $on) { courtLocation { name } on served attempted noEntry reportsDue entries(first: 100) { nodes {` + entryFields + `} } } }`
	calendarThen = `query($on: Date!, $at: DateTime!) { courtCalendarAsOf(courtLocation: "HHD", on: $on, at: $at) {
		at settled position courtLocation { name } on served attempted noEntry reportsDue entries {` + entryFields + `} } }`
)

// calendar prints what a court's calendar of the day showed at the moment: one
// word a case, an exclamation mark where the report was due.
func (p *past) calendar(t *testing.T, account string, on terms.Date, at time.Time) (string, map[string]any) {
	t.Helper()
	a := graphtest.MustAsk(p.asked(account, court("12-20 09:00")), t, p.Server, calendarThen, map[string]any{"on": on, "at": at})
	var words []string
	for _, e := range a.At(t, "courtCalendarAsOf", "entries").([]any) {
		e := e.(map[string]any)
		word := strings.TrimSuffix(strings.TrimPrefix(e["case"].(map[string]any)["docketNumber"].(string), "HHD-FA-26-000000"), "-S") + ":" + e["serviceStatus"].(string)
		if reason := e["lastAttemptReason"]; reason != nil {
			word += ":" + reason.(string)
		}
		if e["unsuccessfulReportDue"].(bool) {
			word += "!"
		}
		words = append(words, word)
	}
	return strings.Join(words, " "), a.Data["courtCalendarAsOf"].(map[string]any)
}

// calendars are what courtCalendar answered the registry section, by moment and day.
type calendars map[time.Time]map[terms.Date]any

func (p *past) remember(t *testing.T, c calendars, days ...terms.Date) {
	t.Helper()
	at := p.Clock.Now()
	c[at] = map[terms.Date]any{}
	for _, on := range days {
		a := graphtest.MustAsk(p.asked("registry1", at), t, p.Server, calendarNow, map[string]any{"on": on})
		shown := a.Data["courtCalendar"].(map[string]any)
		shown["entries"] = shown["entries"].(map[string]any)["nodes"]
		c[at][on] = shown
	}
}

// §5(b): on the morning of the hearing the court asks what it can hear; in the
// afternoon somebody asks what it knew at nine.
func TestTheCalendarOfAHearingMorning(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := newPast(t, s)
		d := func(n int) terms.Docket { return terms.Docket(fmt.Sprintf("HHDFA26%07dS", n)) }
		const day, other terms.Date = "2026-12-01", "2026-12-15"
		heard := func(n int, at string) {
			hearing := court(at)
			p.World.Registry(feed.Registry{DocketNumber: d(n), OrderNumber: "PO-1", HearingAt: &hearing, SourceUpdatedAt: p.Clock.Now()})
		}
		// Whenever the clock moves on, what was answered until then is remembered.
		told := calendars{}
		until := func(at string) {
			p.Clock.Advance(time.Minute)
			p.remember(t, told, day, other)
			p.Clock.Set(court(at))
		}
		p.Clock.Set(court("11-20 09:00"))
		for n := 1; n <= 6; n++ {
			p.OpenCase(feed.Daybook{DocketNumber: d(n)})
		}
		p.OpenCase(feed.Daybook{DocketNumber: d(7), CourtLocation: "NNH"})
		for n, at := range map[int]string{1: "12-01 11:00", 2: "12-01 10:00", 3: "12-01 09:30", 4: "12-01 12:00", 5: "12-15 10:00", 6: "12-01 10:30", 7: "12-01 13:00"} {
			heard(n, at)
		}
		until("11-22 18:00")
		p.Serve(p.Service(d(3), court("11-22 17:30")))
		attempt := func(n int, at string, reason terms.AttemptReason) terms.ID {
			in := p.Attempt(d(n), court(at))
			in.Reason = reason
			return p.Try(in).Activity.ID
		}
		attempt(1, "11-22 17:00", terms.ReasonNoAnswer)
		wrong := attempt(1, "11-22 17:30", terms.ReasonEvading)
		attempt(4, "11-22 17:10", terms.ReasonEvading)
		report := p.Attempt(d(6), court("11-22 17:45"))
		report.Reason, report.NoFurtherAttempt = terms.ReasonOutOfState, true
		p.Try(report)
		attempt(6, "11-22 16:00", terms.ReasonNoAnswer) // recorded later, and made before
		until("11-22 19:00")
		p.Withdraw("officer1", wrong)
		until("12-01 09:20")
		p.Serve(p.Service(d(1), court("11-30 19:00"))) // recorded late
		until("12-01 09:40")
		heard(4, "12-15 09:00") // continued
		heard(5, "12-01 14:00") // advanced
		until("12-01 09:50")
		p.Daybook(feed.Daybook{DocketNumber: d(2), CourtLocation: "NNH"}, feed.Daybook{DocketNumber: d(7), CourtLocation: "HHD"})
		until("12-01 15:00")
		p.number()

		for _, x := range []struct {
			at      string
			on      terms.Date
			account string
			want    string
		}{
			{"11-20 08:59", day, "registry1", ""}, // no case was known
			{"11-21 09:00", day, "registry1", "3:NO_ENTRY 2:NO_ENTRY 6:NO_ENTRY 1:NO_ENTRY 4:NO_ENTRY"},
			{"11-22 18:30", day, "registry1", "2:NO_ENTRY 1:ATTEMPTED:EVADING 4:ATTEMPTED:EVADING 3:SERVED 6:ATTEMPTED:OUT_OF_STATE"},
			{"11-30 23:59", day, "supervisor1", "2:NO_ENTRY 1:ATTEMPTED:NO_ANSWER 4:ATTEMPTED:EVADING 3:SERVED 6:ATTEMPTED:OUT_OF_STATE"},
			{"12-01 09:00", day, "registry1", "2:NO_ENTRY! 1:ATTEMPTED:NO_ANSWER! 4:ATTEMPTED:EVADING! 3:SERVED 6:ATTEMPTED:OUT_OF_STATE"},
			// The second case is another court's by now: its staff see it, not these.
			{"12-01 09:00", day, "court1", "1:ATTEMPTED:NO_ANSWER! 4:ATTEMPTED:EVADING! 3:SERVED 6:ATTEMPTED:OUT_OF_STATE"},
			{"12-01 09:00", other, "registry1", "5:NO_ENTRY"},
			{"12-01 09:20", day, "registry1", "2:NO_ENTRY! 4:ATTEMPTED:EVADING! 3:SERVED 6:ATTEMPTED:OUT_OF_STATE 1:SERVED:NO_ANSWER"},
			{"12-01 09:45", day, "registry1", "2:NO_ENTRY! 5:NO_ENTRY! 3:SERVED 6:ATTEMPTED:OUT_OF_STATE 1:SERVED:NO_ANSWER"},
			// What was attempted before the continuance counts no more.
			{"12-01 09:45", other, "court1", "4:NO_ENTRY"},
			{"12-01 10:00", day, "court1", "7:NO_ENTRY! 5:NO_ENTRY! 3:SERVED 6:ATTEMPTED:OUT_OF_STATE 1:SERVED:NO_ANSWER"},
		} {
			if got, _ := p.calendar(t, x.account, x.on, court(x.at)); got != x.want {
				t.Errorf("%s asks what was known at %s of %s:\n %s, want\n %s", x.account, x.at, x.on, got, x.want)
			}
		}
		for at, days := range told {
			for on, want := range days {
				_, got := p.calendar(t, "registry1", on, at)
				if got["settled"] != true || got["at"] != at.Format(terms.InstantLayout) {
					t.Errorf("the calendar of %v: %v", at, got)
				}
				for _, field := range []string{"at", "settled", "position"} {
					delete(got, field)
				}
				if !reflect.DeepEqual(got, want) {
					t.Errorf("the calendar of %s at %v is %v,\nand was %v", on, at, got, want)
				}
			}
		}
	})
}

// A court that has more hearings on a day than any court has is told to ask
// otherwise.
func TestACalendarOfThePastIsBounded(t *testing.T) {
	p := newPast(t, storetest.SQLite(t))
	var cases []feed.Daybook
	var rows []feed.Registry
	hearing := court("12-01 10:00")
	for i := range casefile.MostHeard {
		d := terms.Docket(fmt.Sprintf("HHDFA26%07dS", i))
		cases = append(cases, feed.Daybook{DocketNumber: d})
		rows = append(rows, feed.Registry{DocketNumber: d, HearingAt: &hearing})
	}
	p.Daybook(cases...)
	p.World.Registry(rows...)
	ask := func() graphtest.Answer {
		p.Clock.Advance(time.Minute)
		return graphtest.Ask(p.asked("court1", p.Clock.Now()), t, p.Server, calendarThen, map[string]any{"on": "2026-12-01", "at": p.Clock.Now()})
	}
	if a := ask(); a.Code() != "" || a.At(t, "courtCalendarAsOf", "noEntry") != float64(casefile.MostHeard) {
		t.Errorf("%d cases: %.300s", casefile.MostHeard, a.Body)
	}
	p.OpenCase(feed.Daybook{DocketNumber: "HHDFA269999999S"})
	p.World.Registry(feed.Registry{DocketNumber: "HHDFA269999999S", HearingAt: &hearing})
	if a := ask(); a.Code() != "QUERY_TOO_COSTLY" || a.At(t, "courtCalendarAsOf") != nil {
		t.Errorf("one more: %.300s", a.Body)
	}
}

// The past costs a bounded number of statements, whatever there is to tell.
func TestStatementsAboutThePast(t *testing.T) {
	seen := &statements{}
	w := graphtest.New(t, storetest.Observed(t, seen.observe))
	h := serve(w)
	few, many := graphtest.Now.AddDate(0, 0, 20), graphtest.Now.AddDate(0, 0, 30)
	var rows []graphtest.Row
	add := func(c graphtest.Case) graphtest.Row {
		row := w.Add(t, c)
		rows = append(rows, row)
		return row
	}
	for i := range 80 {
		hearing := many
		if i < 3 {
			hearing = few
		}
		add(graphtest.Case{Author: "officer1", Activities: 6, Hearing: hearing})
	}
	short, long := add(graphtest.Case{Author: "officer1", Activities: 6}), add(graphtest.Case{Author: "officer1", Activities: 90})
	w.Opened(t, rows...)
	whole := ` { at settled position courtLocation { code } processHolder { name { display } } hearingHistory { courtroom } protectionOrders { number }
		activities { note officer { name { last } } toOfficer { id } acknowledgedAt corrects { id registryEntry { officerName } correctedBy { id } } } } `
	ask := func(role, question string) (int, string) {
		seen.take()
		a := graphtest.MustAsk(w.As(role), t, h, question, nil)
		return len(slices.DeleteFunc(seen.take(), func(s string) bool { return s == "BEGIN" || strings.HasPrefix(s, "INSERT") })), a.Body
	}
	at := fmt.Sprintf("at: %q", graphtest.Now.Format(time.RFC3339))
	for _, x := range []struct {
		name, role, small, large string
		most                     int
	}{
		{"a case", "registry1", fmt.Sprintf("{ registryCaseAsOf(docketNumber: %q, %s) %s }", short.Docket, at, whole),
			fmt.Sprintf("{ registryCaseAsOf(docketNumber: %q, %s) %s }", long.Docket, at, whole), 11},
		{"a case, to one who looks it up", "officer2", fmt.Sprintf("{ registryCaseAsOf(docketNumber: %q, %s) { serviceStatus } }", short.Docket, at),
			fmt.Sprintf("{ registryCaseAsOf(docketNumber: %q, %s) { serviceStatus } }", long.Docket, at), 10},
		{"a calendar", "court1", fmt.Sprintf("{ courtCalendarAsOf(courtLocation: \"HHD\", on: %q, %s) { reportsDue entries { lastAttemptReason case %s } } }", terms.DateOf(few), at, whole),
			fmt.Sprintf("{ courtCalendarAsOf(courtLocation: \"HHD\", on: %q, %s) { reportsDue entries { lastAttemptReason case %s } } }", terms.DateOf(many), at, whole), 11},
	} {
		little, body := ask(x.role, x.small)
		much, bodies := ask(x.role, x.large)
		if little != much || much > x.most {
			t.Errorf("%s: %d statements, and %d for more of it; at most %d wanted", x.name, little, much, x.most)
		}
		if len(bodies) < len(body) {
			t.Errorf("%s: the larger answer is %s", x.name, bodies)
		}
		t.Logf("%s: %d statements, %d and %d bytes", x.name, much, len(body), len(bodies))
	}
}
