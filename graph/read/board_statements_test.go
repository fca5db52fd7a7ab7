package read_test

import (
	"strings"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// everyList asks every list of the board, how many it has and a page, with what
// a screen shows of each element.
const everyList = `query($n: Int) { serviceBoard { ` +
	`recordedLate { count activities(first: $n) { nodes { id officer { name { display } } case { docketNumber } } } } ` +
	`otherInformation { count activities(first: $n) { nodes { id case { docketNumber } } } } ` +
	`transfers { count activities(first: $n) { nodes { id case { docketNumber } ... on Transfer { toOfficer { name { display } } acknowledgedAt } } } } ` +
	`pastLastTimelyDay { count cases(first: $n) { nodes { docketNumber processHolder { name { display } } } } } ` +
	`hearingNear { count cases(first: $n) { nodes { docketNumber } } } ` +
	`hearingPassed { count cases(first: $n) { nodes { docketNumber } } } ` +
	`respondentsDisputed { count cases(first: $n) { nodes { docketNumber respondentDisputed } } } ` +
	`undelivered { count deliveries(first: $n) { nodes { state case { docketNumber } } } } ` +
	`waiting { count deliveries(first: $n) { nodes { state case { docketNumber } } } } ` +
	`unrouted { count addresses(first: $n) { nodes { reason kind address { town } case { docketNumber } } } } } }`

const everyEntry = `query($n: Int) { courtCalendar(courtLocation: "HHD", on: "2026-11-25") { served attempted noEntry reportsDue entries(first: $n) { totalCount nodes {
	case { docketNumber respondent { lastName } processHolder { name { display } } } serviceStatus unsuccessfulReportDue lastAttemptReason lastAttempt { occurredAt officer { name { display } } } } } } }`

// A board and a calendar cost a bounded number of statements, whatever is on them.
func TestStatementsDoNotGrowWithTheBoard(t *testing.T) {
	seen := &statements{}
	d := &desk{World: graphtest.New(t, storetest.Observed(t, seen.observe)), t: t}
	for i := range 60 {
		row := d.Add(t, graphtest.Case{Hearing: graphtest.Now.Add(time.Duration(i) * time.Minute), Holder: "officer1"})
		d.activity(row, terms.KindService, graphtest.Now, late)
		d.activity(row, terms.KindOtherInformation, graphtest.Now)
		d.activity(row, terms.KindAttempt, graphtest.Now, func(a *ent.ServiceActivityCreate) { a.SetReason(terms.ReasonNoAnswer) })
		d.transfer(row, terms.TransferInconsistent, graphtest.Now)
		d.disputed(row)
		d.delivery(row, terms.Failed, graphtest.Now, "")
		d.delivery(row, terms.Waiting, graphtest.Now, terms.WaitsForFileNumber)
		d.Add(t, graphtest.Case{Hearing: graphtest.Now.AddDate(0, 0, -1)})
	}
	for _, x := range []struct {
		name, role, query string
		most              int
	}{
		{"the board", "registry1", everyList, 29},
		{"the board, without addresses", "supervisor1", everyList, 24},
		{"its numbers", "registry1", `{ serviceBoard { recordedLate { count } otherInformation { count } transfers { count } pastLastTimelyDay { count } hearingNear { count } hearingPassed { count } undelivered { count } waiting { count } respondentsDisputed { count } unrouted { count } } }`, 10},
		{"the calendar", "court1", everyEntry, 5},
		{"its numbers", "court1", `{ courtCalendar(courtLocation: "HHD", on: "2026-11-25") { served attempted noEntry reportsDue } }`, 1},
	} {
		t.Run(x.name+" for "+x.role, func(t *testing.T) {
			counts := map[int]int{}
			for _, n := range []int{2, 50} {
				seen.take()
				began := time.Now()
				a := graphtest.MustAsk(d.As(x.role), t, serve(d.World), x.query, map[string]any{"n": n})
				sent := seen.take()
				counts[n] = len(sent)
				t.Logf("%d of each: %d statements, %v", n, len(sent), time.Since(began).Round(time.Millisecond))
				if strings.Contains(a.Body, `"count":0`) || strings.Contains(a.Body, `"nodes":[]`) {
					t.Errorf("a list is empty: %s", a.Body)
				}
				if x.role != "registry1" && strings.Contains(strings.Join(sent, "\n"), "unrouted_addresses") {
					t.Error("what may not be seen is asked for")
				}
			}
			if counts[2] != counts[50] || counts[50] != x.most {
				t.Errorf("%d statements for 2 of each, %d for 50, want %d", counts[2], counts[50], x.most)
			}
		})
	}
}

// No list of the board, and no search, reads a large table from end to end: on
// SQLite the plan says so, whatever is in the tables.
func TestNoListReadsAWholeTable(t *testing.T) {
	seen := &statements{}
	s := storetest.Observed(t, seen.observe)
	d := &desk{World: graphtest.New(t, s), t: t}
	d.person("José", "Nuñez")
	court := strings.Replace(everyList, "serviceBoard", `serviceBoard(courtLocation: "HHD")`, 1)
	for name, query := range map[string]string{
		"the board": everyList, "the board of a court": court, "the calendar": everyEntry,
		"respondents":      `query($n: Int) { registryCases(filter: {respondentNameBeginsWith: "José Nuñez"}, orderBy: {field: RESPONDENT_NAME}, first: $n) { totalCount nodes { id } } }`,
		"holders":          `query($n: Int) { registryCases(filter: {processHolderNameBeginsWith: "olive"}, first: $n) { totalCount } }`,
		"a docket's start": `query($n: Int) { registryCases(filter: {docketFragment: "HHD-FA-26-1"}, orderBy: {field: DOCKET_NUMBER}, first: $n) { totalCount nodes { id } } }`,
	} {
		seen.take()
		graphtest.MustAsk(d.As("registry1"), t, serve(d.World), query, map[string]any{"n": 10})
		for _, statement := range seen.take() {
			args := make([]any, strings.Count(statement, "?"))
			for i := range args {
				args[i] = "0"
			}
			rows, err := s.SQL().QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+statement, args...)
			if err != nil {
				t.Fatal(err)
			}
			var plan []string
			for rows.Next() {
				var id, parent, unused int
				var step string
				if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
					t.Fatal(err)
				}
				plan = append(plan, step)
				for _, table := range []string{"registry_cases", "service_activities", "deliveries", "reviews", "unrouted_addresses"} {
					if strings.HasPrefix(step, "SCAN "+table) && !strings.Contains(step, "USING INDEX") {
						t.Errorf("%s reads all of %s: %s", name, table, statement)
					}
				}
			}
			if err := rows.Close(); err != nil {
				t.Fatal(err)
			}
			t.Logf("%s: %s\n%s", name, statement, strings.Join(plan, "\n"))
		}
	}
}
