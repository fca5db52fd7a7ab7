package read_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/internal/store/storetest"
)

// statements counts what is sent to the database.
type statements struct {
	mu   sync.Mutex
	sent []string
}

func (s *statements) observe(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = append(s.sent, text)
}

func (s *statements) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	sent := s.sent
	s.sent = nil
	return sent
}

// heavy asks everything about a page of cases.
const heavy = `query($n: Int) { registryCases(first: $n) { totalCount edges { cursor node {
	docketNumber courtLocation { name } respondent { lastName } unsuccessfulReportDue hearing { scheduledFor } hearingHistory { scheduledFor }
	processHolder { name { display } } protectionOrders { number } protectedPersons { lastName }
	addresses { town protectedPerson { lastName } } unroutedAddresses { reason address { town protectedPerson { lastName } } }
	activities(first: 5) { totalCount nodes { kind officer { name { display } } note registryEntry { kind } case { docketNumber }
		corrects { id } correctedBy { id } viewerCanCorrect review { note } deliverySummary { count } ... on Transfer { toOfficer { name { last } } acknowledgedAt viewerCanAcknowledge } } }
	deliveries(first: 3) { totalCount nodes { state disputed decisions { reason } abandonmentProposed { reason } viewerCanRetry viewerCanConfirm viewerCanAbandon recipient { ... on LawEnforcementAgency { name towns contactChannels { address } } }
		about { kind } case { id } attempts(first: 2) { totalCount nodes { outcome } } } } } } } }`

// A query costs a bounded number of statements, whatever its size.
func TestStatementsDoNotGrowWithThePage(t *testing.T) {
	seen := &statements{}
	w := graphtest.New(t, storetest.Observed(t, seen.observe))
	h := serve(w)
	for i := range 100 {
		w.Add(t, graphtest.Case{Author: "officer1", Activities: 6, Holder: "officer1", Hearing: graphtest.Now.Add(time.Duration(i/2) * time.Hour)})
	}
	for _, x := range []struct {
		name, role, query string
		most              int
	}{
		{"everything about cases", "registry1", heavy, 30},
		{"everything about cases, nothing confidential", "officer1", heavy, 17},
		{"a screen of cases", "supervisor1", `query($n: Int) { registryCases(first: $n) { nodes { docketNumber courtLocation { name } respondent { lastName }
			processHolder { name { display } } serviceStatus activities(first: 5) { nodes { kind occurredAt officer { name { display } } } } } } }`, 2},
		{"a list", "court1", `query($n: Int) { registryCases(first: $n) { nodes { docketNumber hearing { scheduledFor } } pageInfo { hasNextPage } } }`, 1},
		{"only how many", "registry1", `query($n: Int) { registryCases(first: $n) { totalCount } }`, 1},
		{"activities", "officer1", `query($n: Int) { serviceActivities(first: $n) { nodes { id kind note viewerCanCorrect case { docketNumber } officer { name { display } papers(first: 2) { totalCount } } } } }`, 4},
		{"a year and the cases behind it", "registry1", `query($n: Int) { annualData(year: 2026, basis: CALENDAR_YEAR) {
			ordersIssued { count rows { count } cases(first: $n) { totalCount nodes { docketNumber } } } ordersNotPickedUp { count }
			servedByMethod { count completeness { count of } cases(first: $n) { nodes { docketNumber } } } policePresenceRequests { count } endedUnserved { count } } }`, 11},
		{"statistics", "analyst1", `query($n: Int) { officers(first: $n) { totalCount } serviceStatistics(from: "2026-01-01", to: "2027-01-01", by: [MONTH, OFFICER, METHOD]) { total rows { count } completeness { count } } }`, 2},
		{"deliveries", "registry1", `query($n: Int) { deliveries(first: $n) { nodes { state recipient { ... on LawEnforcementAgency { name } } about { kind case { docketNumber } } } } }`, 3},
	} {
		t.Run(x.name, func(t *testing.T) {
			counts := map[int]int{}
			for _, n := range []int{5, 100} {
				seen.take()
				began := time.Now()
				graphtest.MustAsk(w.As(x.role), t, h, x.query, map[string]any{"n": n})
				sent := seen.take()
				counts[n] = len(sent)
				t.Logf("%s at %d: %d statements, %v", x.name, n, len(sent), time.Since(began).Round(time.Millisecond))
			}
			if counts[5] != counts[100] || counts[100] > x.most {
				t.Errorf("%d statements for a page of 5, %d for 100, at most %d wanted", counts[5], counts[100], x.most)
			}
		})
	}
}

// What the viewer may still do with activities costs two statements, however many
// they are: what was corrected, and what was acknowledged.
func TestWhatTheViewerCanDoIsBounded(t *testing.T) {
	seen := &statements{}
	w := graphtest.New(t, storetest.Observed(t, seen.observe))
	var ids []any
	for range 50 {
		ids = append(ids, w.Add(t, graphtest.Case{Author: "officer1", Activities: 4}).Activities[3])
	}
	for _, n := range []int{1, 50} {
		seen.take()
		graphtest.MustAsk(w.As("officer3"), t, serve(w), `query($ids: [ID!]!) { nodes(ids: $ids) { ... on Transfer { viewerCanAcknowledge } } }`, map[string]any{"ids": ids[:n]})
		if sent := seen.take(); len(sent) != 3 {
			t.Errorf("%d statements for %d transfers: %v", len(sent), n, sent)
		}
	}
}

// What a role may not see costs it nothing: the tables are not asked.
func TestHiddenFieldsSendNoStatement(t *testing.T) {
	seen := &statements{}
	w := graphtest.New(t, storetest.Observed(t, seen.observe))
	w.Add(t, graphtest.Case{Author: "officer1", Activities: 6, Holder: "officer1"})
	seen.take()
	a := graphtest.MustAsk(w.As("officer1"), t, serve(w), heavy, map[string]any{"n": 5})
	for _, statement := range seen.take() {
		for _, table := range []string{"protected_persons", "addresses", "unrouted_addresses", "delivery_attempts", "agency_channels", "accounts", "delivery_decisions", "reviews", "journal_records"} {
			if strings.Contains(statement, "FROM `"+table) {
				t.Errorf("an officer's question asks %s: %s", table, statement)
			}
		}
		for _, column := range []string{"control_number", "reasons", "recipient_key", "agency_id"} {
			if strings.Contains(statement, column) {
				t.Errorf("an officer's question asks for %s: %s", column, statement)
			}
		}
	}
	for _, field := range []string{"protectedPersons", "addresses", "unroutedAddresses"} {
		if got := a.At(t, "registryCases", "edges", 0, "node", field); got != nil {
			t.Errorf("%s is %v to an officer, want null", field, got)
		}
	}
}

// Only the columns that were asked for are read, in one order, so that one
// document is one statement text to the database.
func TestStatementsAreTheSameEachTime(t *testing.T) {
	seen := &statements{}
	w := graphtest.New(t, storetest.Observed(t, seen.observe))
	w.Add(t, graphtest.Case{Author: "officer1", Activities: 6})
	var first []string
	for range 5 {
		seen.take()
		graphtest.MustAsk(w.As("supervisor1"), t, serve(w), `{ registryCases(first: 3) { nodes { serviceStatus docketNumber activities(first: 2) { nodes { occurredAt kind } } } } }`, nil)
		sent := seen.take()
		if first == nil {
			first = sent
		}
		if !slices.Equal(sent, first) {
			t.Fatalf("other statements: %v, %v", sent, first)
		}
	}
	want := "SELECT `registry_cases`.`id`, `registry_cases`.`docket`, `registry_cases`.`hearing_sort`, `registry_cases`.`service_status` FROM `registry_cases` ORDER BY"
	if !strings.HasPrefix(first[0], want) {
		t.Error(fmt.Sprint("more than was asked for: ", first[0]))
	}
}
