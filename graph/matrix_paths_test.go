package graph_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/service-tracking/sts/graph"
	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// The other ways in: what an event brings, and what a payload answers.

func TestNoCanaryComesBackByAStream(t *testing.T) {
	s := run(t, storetest.SQLite(t))
	schema := graph.New(graph.Options{}).Schema()
	row := s.Add(t, graphtest.Case{Holder: "officer1", Author: "officer1", Activities: 6, Manual: true})
	own := []terms.Docket{row.Docket}
	before := graphtest.MustAsk(s.As("supervisor1"), t, s.Server, `{ latestEventId }`, nil).At(t, "latestEventId")
	want := s.everyKindOfEvent(row)
	s.number()
	for _, role := range []string{"officer1", "officer3", "supervisor1", "court1", "registry1", "manager1"} {
		for _, field := range []string{"serviceEvents(after: $a)", `caseEvents(caseId: "` + string(row.ID) + `", after: $a)`} {
			w := s.watch(t, role, `subscription($a: EventID) { e: `+field+graphtest.EverythingOf(schema, "Event", 5)+` }`, map[string]any{"a": before})
			reached := map[string]bool{}
			for _, typ := range want {
				a := w.next()
				if len(a.Errors) > 0 || a.At(t, "e", "__typename") != typ {
					t.Fatalf("%s watching, instead of %s: %.2000s", role, typ, a.Body)
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
			if role == "officer1" && !reached[graphtest.Text+role] || role == "registry1" && !reached[graphtest.Text+role] {
				t.Errorf("%s watching %s did not receive his own words", role, field)
			}
			w.stop()
		}
	}
}

// everyKindOfEvent appends one record of each kind that streams show, and
// answers the types of their events in order.
func (s *system) everyKindOfEvent(row graphtest.Row) []string {
	s.tests.Helper()
	attempt, transfer, information, withdrawal, manual := row.Activities[1], row.Activities[3], row.Activities[4], row.Activities[5], row.Activities[6]
	var types []string
	for i, e := range []struct {
		typ   string
		kind  terms.RecordKind
		about terms.ID
	}{
		{"ActivityRecorded", terms.ActivityRecorded, attempt},
		{"ActivityRecorded", terms.ActivityRecorded, manual},
		{"ProcessTransferred", terms.ProcessTransferred, transfer},
		{"TransferAcknowledged", terms.TransferAcknowledged, transfer},
		{"ActivityCorrected", terms.ActivityCorrected, information},
		{"ActivityCorrected", terms.ActivityCorrected, withdrawal},
		{"DeliveryChanged", terms.DeliveryChanged, row.Deliveries[0]},
		{"HearingChanged", terms.HearingChanged, terms.NewID(terms.HearingPrefix)},
		{"BecameOverdue", terms.BecameOverdue, s.Due(s.tests, row, terms.DueHearingNear, "")},
		{"BecameOverdue", terms.BecameOverdue, s.Due(s.tests, row, terms.DueAcknowledgement, transfer)},
		{"BecameOverdue", terms.BecameOverdue, s.Due(s.tests, row, terms.DueDelivery, row.Deliveries[0])},
	} {
		s.appended(e.kind, row, e.about, int64(i))
		types = append(types, e.typ)
	}
	return types
}

// Whatever is recorded, and whoever records it, the payload brings nobody what he
// may not read: neither the activity and the case, nor what an error shows.
func TestNoCanaryComesBackInAPayload(t *testing.T) {
	s := run(t, storetest.SQLite(t))
	schema := graph.New(graph.Options{}).Schema()
	// officer3 is named in the transfer; registry staff see everything.
	row := s.Add(t, graphtest.Case{Author: "officer1", Activities: 6, Manual: true, Holder: "officer1"})
	own := []terms.Docket{row.Docket}
	reached := map[string]bool{}
	ask := func(who, mutation string, input map[string]any, want string) string {
		t.Helper()
		s.keys++
		all := map[string]any{"idempotencyKey": fmt.Sprintf("payload-%012d", s.keys)}
		maps.Copy(all, input)
		name := strings.ToUpper(mutation[:1]) + mutation[1:]
		a := graphtest.MustAsk(s.As(who), t, s.Server, `mutation($input: `+name+`Input!) { r: `+mutation+`(input: $input)`+graphtest.EverythingOf(schema, name+"Payload", 5)+` }`, map[string]any{"input": all})
		if !strings.Contains(a.Body, want) {
			t.Errorf("%s by %s: %.1000s", mutation, who, a.Body)
		}
		for _, word := range canary.FindAllString(a.Body, -1) {
			reached[who+" "+word] = true
			if !may(who, own, word) {
				t.Errorf("%s by %s brings %s", mutation, who, word)
			}
		}
		id, _ := a.At(t, "r", "activity", "id").(string)
		return id
	}
	again := []string{"ALREADY_SERVED"}
	ask("officer2", "recordReceipt", receipt(row.Docket, ago(3*time.Hour)), `"errors":[]`)
	ask("officer3", "transferProcess", s.transfer(row.Docket, "officer1", ago(time.Hour)), `NOT_HOLDER`)
	transfer := ask("officer2", "transferProcess", s.transfer(row.Docket, "officer3", ago(2*time.Hour)), `"errors":[]`)
	ask("officer3", "acknowledgeTransfer", map[string]any{"transferId": transfer}, `"errors":[]`)
	ask("officer2", "recordOtherInformation", map[string]any{"docketNumber": row.Docket, "about": []string{"OTHER"}, "text": graphtest.Text + "officer2"}, `"errors":[]`)
	ask("officer2", "recordAttempt", map[string]any{"docketNumber": row.Docket, "reason": "NO_ANSWER", "lastAttemptedAt": ago(time.Hour), "policeAssistanceRequested": false, "confirm": again}, `"errors":[]`)
	service := ask("officer2", "recordService", with(service(row.Docket, ago(time.Hour)), "confirm", again), `"note":"knocked"`)
	// A clerk corrects in words of his own; whose service it was sees that it was.
	corrected := ask("registry1", "correctActivity", with(correction(service, served(ago(time.Hour))), "reason", graphtest.Text+"registry1"), `"errors":[]`)
	ask("officer2", "correctActivity", correction(service, served(ago(time.Hour))), `ALREADY_CORRECTED`)
	ask("officer2", "withdrawActivity", map[string]any{"activityId": corrected, "reason": "wrong docket"}, `"errors":[]`)
	ask("registry1", "recordManualEntry", with(s.manual(row.Docket, "officer2", lastName(row), served(ago(time.Hour))), "confirm", again), `"errors":[]`)
	for _, who := range []string{"officer2", "officer3", "registry1"} {
		if !reached[who+" "+graphtest.Seen+string(row.Docket)] {
			t.Errorf("%s did not receive the case: the questions do not reach it", who)
		}
	}
	if !reached["registry1 "+graphtest.Text+"registry1"] || !reached["officer2 "+graphtest.Text+"officer2"] {
		t.Errorf("nobody received his own words: %v", slices.Sorted(maps.Keys(reached)))
	}
}
