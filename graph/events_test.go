package graph_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

const everyRecorded = `subscription($f: ServiceEventFilter, $after: EventID) { e: serviceEvents(filter: $f, after: $after) { __typename eventId
	... on ActivityRecorded { activity { ...A } } ... on ProcessTransferred { activity { ...A } } ... on ActivityCorrected { activity { ...A } }
	... on TransferAcknowledged { activity { ...A } }
	... on BecameOverdue { rule dueAt hearing case { docketNumber } transfer { id toOfficer { id } } delivery { id recipient { __typename } } } } }
fragment A on ServiceActivity { id kind note correctionReason corrects { id note } case { processHolder { id } }
	... on Transfer { acknowledgedAt viewerCanAcknowledge } ... on Withdrawal { withdrawalReason } ... on OtherInformation { text } }`

// §6(a), §6(b): each act is one event, of the kind that says what happened, to
// whoever may see the case, with what he may see of it; the papers' next holder
// sees the case from the moment of the transfer.
func TestEachActIsItsEvent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.Store) {
		s := run(t, db)
		row := s.Add(t, graphtest.Case{})
		watchers := map[string]*watcher{}
		for _, role := range roles(s.World) {
			watchers[role] = s.watch(t, role, everyRecorded, nil)
		}
		s.open(len(watchers))
		s.acted(t, "officer1", "recordReceipt", with(receipt(row.Docket, ago(3*time.Hour)), "note", "mine"))
		transfer := s.acted(t, "officer1", "transferProcess", s.transfer(row.Docket, "officer2", ago(2*time.Hour))).At(t, "r", "activity", "id")
		s.number()
		s.acted(t, "officer2", "acknowledgeTransfer", map[string]any{"transferId": transfer})
		s.acted(t, "officer2", "acknowledgeTransfer", map[string]any{"transferId": transfer}) // says nothing new
		info := s.acted(t, "officer2", "recordOtherInformation", map[string]any{"docketNumber": row.Docket, "about": []string{"OTHER"}, "text": "a dog"}).At(t, "r", "activity", "id")
		fixed := s.acted(t, "officer2", "correctActivity", correction(info, map[string]any{"otherInformation": map[string]any{"about": []string{"OTHER"}, "text": "two dogs"}})).At(t, "r", "activity", "id")
		s.acted(t, "registry1", "withdrawActivity", map[string]any{"activityId": fixed, "reason": "no dogs"})
		s.number()
		events := []string{"ActivityRecorded", "ProcessTransferred", "TransferAcknowledged", "ActivityRecorded", "ActivityCorrected", "ActivityCorrected"}
		for role, sees := range map[string]string{
			"officer1":    "mine - - - - -",
			"officer2":    "- - - a dog the wrong time -", // the receipt too: when it was sent, he had been named
			"registry1":   "mine - - a dog the wrong time no dogs",
			"manager1":    "mine - - a dog the wrong time no dogs",
			"supervisor1": "- - - - - -",
			"court1":      "- - - - - -",
		} {
			var words []string
			for _, typ := range events {
				a := watchers[role].next()
				if a.At(t, "e", "__typename") != typ {
					t.Fatalf("%s receives %s, want %s", role, a.Body, typ)
				}
				said := "-"
				for _, field := range []string{"note", "text", "correctionReason", "withdrawalReason"} {
					if text, ok := a.At(t, "e", "activity", field).(string); ok {
						said = text
					}
				}
				words = append(words, said)
				switch typ {
				case "TransferAcknowledged":
					if a.At(t, "e", "activity", "id") != transfer || a.At(t, "e", "activity", "acknowledgedAt") == nil {
						t.Errorf("%s sees the acknowledgement as %s", role, a.Body)
					}
				case "ProcessTransferred":
					if a.At(t, "e", "activity", "id") != transfer || a.At(t, "e", "activity", "case", "processHolder", "id") != string(s.Officers["officer2"]) {
						t.Errorf("%s sees the transfer as %s", role, a.Body)
					}
				}
			}
			if got := strings.Join(words, " "); got != sees {
				t.Errorf("%s reads %q, want %q", role, got, sees)
			}
		}
		for role := range watchers { // nothing else came, and to the others nothing at all
			watchers[role].stop()
			for a := range watchers[role].answers {
				t.Errorf("%s receives %s", role, a.Body)
			}
		}
	})
}

// §5(b), §5(c), §6(b): that a clock ran out reaches whoever may see the case, with
// the transfer or the delivery that it is about.
func TestWhatBecameOverdueIsTold(t *testing.T) {
	s := run(t, storetest.SQLite(t))
	row := s.Add(t, graphtest.Case{Author: "officer1", Activities: 4, Holder: "officer1"})
	before := graphtest.MustAsk(s.As("supervisor1"), t, s.Server, `{ latestEventId }`, nil).At(t, "latestEventId")
	rules := []terms.DueRule{terms.DuePastTimely, terms.DueHearingNear, terms.DueHearingPassed, terms.DueAcknowledgement, terms.DueDelivery}
	about := map[terms.DueRule]terms.ID{terms.DueAcknowledgement: row.Activities[3], terms.DueDelivery: row.Deliveries[1]}
	for i, rule := range rules {
		s.appended(terms.BecameOverdue, row, s.Due(t, row, rule, about[rule]), int64(i))
	}
	s.appended(terms.BecameOverdue, row, terms.NewID(terms.DueItemPrefix), 9) // whose item is not there: no event
	s.number()
	for _, who := range []string{"officer1", "officer3", "supervisor1", "court1", "registry1"} {
		w := s.watch(t, who, everyRecorded, map[string]any{"after": before})
		for _, rule := range rules {
			a := w.next()
			if a.At(t, "e", "__typename") != "BecameOverdue" || a.At(t, "e", "rule") != string(rule) || a.At(t, "e", "dueAt") != "2026-11-25T13:00:00.000000Z" ||
				a.At(t, "e", "hearing") != "2026-12-05T14:00:00.000000Z" || a.At(t, "e", "case", "docketNumber") != row.Docket.Display() {
				t.Fatalf("%s receives %s, want %s", who, a.Body, rule)
			}
			for field, of := range map[string]terms.DueRule{"transfer": terms.DueAcknowledgement, "delivery": terms.DueDelivery} {
				want := any(nil)
				if rule == of {
					want = string(about[rule])
				}
				if got := a.At(t, "e", field, "id"); got != want {
					t.Errorf("%s: %s is %v, want %v", rule, field, got, want)
				}
			}
			if told := a.At(t, "e", "delivery", "recipient"); rule == terms.DueDelivery && (told != nil) != (who == "registry1") {
				t.Errorf("%s learns who is told: %s", who, a.Body)
			}
		}
		s.quiet(w)
		w.stop()
		if err := w.ended(); err != nil {
			t.Error(err)
		}
	}
	stranger := s.watch(t, "officer2", everyRecorded, map[string]any{"after": before})
	s.quiet(stranger)
}

// A condition on activities lets the events of activities pass, whatever kind of
// event they are, and nothing else.
func TestFiltersKnowEveryEventOfAnActivity(t *testing.T) {
	s := run(t, storetest.SQLite(t))
	row := s.Add(t, graphtest.Case{Author: "officer1", Activities: 6, Manual: true, Holder: "officer1"})
	there := s.Add(t, graphtest.Case{Author: "officer2", Activities: 4, Court: "NNH"})
	before := graphtest.MustAsk(s.As("supervisor1"), t, s.Server, `{ latestEventId }`, nil).At(t, "latestEventId")
	s.everyKindOfEvent(row)
	s.appended(terms.ProcessTransferred, there, there.Activities[3], 1)
	s.appended(terms.BecameOverdue, there, s.Due(t, there, terms.DueHearingNear, ""), 2)
	s.number()
	for _, x := range []struct {
		filter string
		want   string
	}{
		{`{kinds: [TRANSFER]}`, "ProcessTransferred TransferAcknowledged ProcessTransferred"},
		{`{kinds: [OTHER_INFORMATION, WITHDRAWAL]}`, "ActivityCorrected ActivityCorrected"},
		{`{kinds: [RECEIPT, ATTEMPT]}`, "ActivityRecorded ActivityRecorded"},
		{`{late: true}`, ""},
		{fmt.Sprintf(`{officerId: %q}`, s.Officers["officer2"]), "ProcessTransferred"},
		{fmt.Sprintf(`{officerId: %q, kinds: [TRANSFER]}`, s.Officers["officer1"]), "ProcessTransferred TransferAcknowledged"},
		{`{courtLocation: "NNH"}`, "ProcessTransferred BecameOverdue"},
	} {
		w := s.watch(t, "supervisor1", `subscription($a: EventID) { e: serviceEvents(filter: `+x.filter+`, after: $a) { __typename } }`, map[string]any{"a": before})
		for _, want := range strings.Fields(x.want) {
			if a := w.next(); a.At(t, "e", "__typename") != want {
				t.Errorf("%s: %s, want %s", x.filter, a.Body, want)
			}
		}
		s.quiet(w)
		w.stop()
		if err := w.ended(); err != nil {
			t.Error(err)
		}
	}
}
