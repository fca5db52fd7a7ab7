package graph_test

import (
	"testing"

	"github.com/service-tracking/sts/graph"
	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// The other ways in: what an event brings, and what a payload answers.

func TestNoCanaryComesBackByAStream(t *testing.T) {
	s := run(t, storetest.SQLite(t))
	schema := graph.New(graph.Options{}).Schema()
	row := s.Add(t, graphtest.Case{Holder: "officer1", Author: "officer1", Activities: 6})
	own := []terms.Docket{row.Docket}
	before := graphtest.MustAsk(s.As("supervisor1"), t, s.Server, `{ latestEventId }`, nil).At(t, "latestEventId")
	s.appended(terms.ActivityRecorded, row, row.Activities[1], 1)
	s.appended(terms.DeliveryChanged, row, row.Deliveries[0], 2)
	s.appended(terms.HearingChanged, row, terms.NewID(terms.HearingPrefix), 3)
	s.number()
	for _, role := range []string{"officer1", "officer3", "supervisor1", "court1", "registry1", "manager1"} {
		for _, field := range []string{"serviceEvents(after: $a)", `caseEvents(caseId: "` + string(row.ID) + `", after: $a)`} {
			w := s.watch(t, role, `subscription($a: EventID) { e: `+field+graphtest.EverythingOf(schema, "Event", 5)+` }`, map[string]any{"a": before})
			reached := map[string]bool{}
			for range 3 {
				a := w.next()
				if len(a.Errors) > 0 {
					t.Fatalf("%s watching: %s", role, a.Body)
				}
				for _, word := range canary.FindAllString(a.Body, -1) {
					reached[word] = true
					if !may(role, own, word) {
						t.Errorf("%s watching %s receives %s", role, field, word)
					}
				}
			}
			if !reached[graphtest.Seen+string(row.Docket)] {
				t.Errorf("%s watching %s did not receive his case", role, field)
			}
			w.stop()
		}
	}
}

func TestNoCanaryComesBackInAPayload(t *testing.T) {
	s := run(t, storetest.SQLite(t))
	schema := graph.New(graph.Options{}).Schema()
	row := s.Add(t, graphtest.Case{Author: "officer1", Activities: 6})
	a := graphtest.MustAsk(s.As("officer2"), t, s.Server,
		`mutation($input: RecordServiceInput!) { recordService(input: $input)`+graphtest.EverythingOf(schema, "RecordServicePayload", 5)+` }`, serviceInput(row.Docket, nil))
	if a.At(t, "recordService", "activity", "note") != "knocked" {
		t.Errorf("the payload is %s", a.Body)
	}
	for _, word := range canary.FindAllString(a.Body, -1) {
		if !may("officer2", []terms.Docket{row.Docket}, word) {
			t.Errorf("recording, officer2 receives %s", word)
		}
	}
}
