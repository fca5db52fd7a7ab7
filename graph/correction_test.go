package graph_test

import (
	"slices"
	"testing"
	"time"

	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// A correction stands in the place of what it corrects, the chain is shown, and
// a withdrawal takes the whole of it back.
func TestACorrectionStandsInItsPlace(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.Store) {
		s := run(t, db)
		row := s.Add(t, graphtest.Case{})
		first := s.acted(t, "officer1", "recordService", service(row.Docket, ago(time.Hour))).At(t, "r", "activity", "id")
		second := s.acted(t, "officer1", "correctActivity", correction(first, served(ago(90*time.Minute))))
		if second.At(t, "r", "activity", "__typename") != "Service" || second.At(t, "r", "activity", "corrects", "id") != first ||
			second.At(t, "r", "activity", "correctionReason") != "the wrong time" || second.At(t, "r", "case", "servedAt") != "2026-11-25T12:30:00.000000Z" {
			t.Errorf("the correction: %s", second.Body)
		}
		attempt := map[string]any{"attempt": map[string]any{"reason": "OTHER", "detail": "it was his brother", "lastAttemptedAt": ago(90 * time.Minute), "policeAssistanceRequested": false}}
		third := s.acted(t, "registry1", "correctActivity", correction(second.At(t, "r", "activity", "id"), attempt))
		if third.At(t, "r", "activity", "__typename") != "Attempt" || third.At(t, "r", "case", "serviceStatus") != "ATTEMPTED" || third.At(t, "r", "case", "servedAt") != nil ||
			third.At(t, "r", "activity", "officer", "id") != string(s.Officers["officer1"]) || third.At(t, "r", "activity", "recordedBy", "role") != "REGISTRY_CLERK" {
			t.Errorf("a service becomes an attempt: %s", third.Body)
		}
		late := s.refused(t, "officer1", "correctActivity", correction(first, served(ago(time.Hour))), "ALREADY_CORRECTED input.activityId")
		if late.At(t, "r", "errors", 0, "newest", "id") != third.At(t, "r", "activity", "id") || late.At(t, "r", "errors", 0, "newest", "detail") != nil {
			t.Errorf("the newest, as he may see it: %s", late.Body)
		}
		gone := s.acted(t, "officer1", "withdrawActivity", map[string]any{"activityId": third.At(t, "r", "activity", "id"), "reason": "the wrong docket"})
		if gone.At(t, "r", "activity", "withdrawalReason") != "the wrong docket" || gone.At(t, "r", "activity", "viewerCanCorrect") != false ||
			gone.At(t, "r", "case", "serviceStatus") != "NO_ENTRY" || gone.At(t, "r", "case", "activities", "totalCount") != 4.0 {
			t.Errorf("the withdrawal: %s", gone.Body)
		}
		for _, id := range []any{first, gone.At(t, "r", "activity", "id")} {
			s.refused(t, "officer1", "withdrawActivity", map[string]any{"activityId": id, "reason": "again"}, "ALREADY_CORRECTED input.activityId")
		}
		chain := graphtest.MustAsk(s.As("supervisor1"), t, s.Server, `query($id: ID!) { node(id: $id) { ... on ServiceActivity { kind
			correctedBy { kind correctionReason correctedBy { kind correctedBy { kind corrects { kind } correctedBy { id } ... on Withdrawal { withdrawalReason } } } } } } }`, map[string]any{"id": first})
		if chain.Body != `{"data":{"node":{"kind":"SERVICE","correctedBy":{"kind":"SERVICE","correctionReason":null,"correctedBy":{"kind":"ATTEMPT","correctedBy":{"kind":"WITHDRAWAL","corrects":{"kind":"ATTEMPT"},"correctedBy":null,"withdrawalReason":null}}}}}}` {
			t.Errorf("the chain, without its words: %s", chain.Body)
		}
	})
}

func TestMistakesOfACorrection(t *testing.T) {
	s := run(t, storetest.SQLite(t))
	row := s.Add(t, graphtest.Case{})
	mine := s.acted(t, "officer1", "recordService", service(row.Docket, ago(time.Hour))).At(t, "r", "activity", "id")
	for _, id := range []any{mine, terms.NewID(terms.ActivityPrefix)} { // alike
		s.refused(t, "officer2", "correctActivity", correction(id, served(ago(time.Hour))), "NOT_YOURS input.activityId")
		s.refused(t, "officer2", "withdrawActivity", map[string]any{"activityId": id, "reason": "not his"}, "NOT_YOURS input.activityId")
	}
	s.refused(t, "officer1", "correctActivity", with(correction(mine, served(ago(time.Hour))), "reason", "  "), "REASON_REQUIRED input.reason")
	s.refused(t, "officer1", "withdrawActivity", map[string]any{"activityId": mine, "reason": ""}, "REASON_REQUIRED input.reason")
	s.refused(t, "officer1", "correctActivity", correction(mine, served(graphtest.Now.Add(time.Hour))), "IN_THE_FUTURE input.entry.service.executedAt")
	s.refused(t, "officer1", "correctActivity", correction(mine, map[string]any{"attempt": map[string]any{
		"reason": "OTHER", "lastAttemptedAt": ago(time.Hour), "policeAssistanceRequested": false,
	}}), "DETAIL_REQUIRED input.entry.attempt.detail")
	for _, who := range []string{"supervisor1", "court1", "analyst1"} {
		for mutation, input := range map[string]map[string]any{
			"correctActivity": correction(mine, served(ago(time.Hour))), "withdrawActivity": {"activityId": mine, "reason": "no"},
			"recordManualEntry": s.manual(row.Docket, "officer1", lastName(row), served(ago(time.Hour))), "recordReceipt": receipt(row.Docket, ago(time.Hour)),
			"acknowledgeTransfer": {"transferId": mine},
		} {
			if a := s.act(t, who, mutation, input); a.Code() != "FORBIDDEN" {
				t.Errorf("%s by %s: %s", mutation, who, a.Body)
			}
		}
	}
}

// viewerCanCorrect and viewerCanAcknowledge say of every activity, to every
// role, what the mutations then do.
func TestWhatTheViewerCanDoHeCan(t *testing.T) {
	s := run(t, storetest.SQLite(t))
	var rows []graphtest.Row
	for range len(s.Viewers) * 2 {
		rows = append(rows, s.Add(t, graphtest.Case{Author: "officer1", Activities: 6, Holder: "officer2"}))
	}
	// The seeded transfers are acknowledged already.
	if _, err := s.Store.SQL().Exec("DELETE FROM transfer_acknowledgements"); err != nil {
		t.Fatal(err)
	}
	correct, acknowledged := 0, 0
	for i, who := range slices.Concat(roles(s.World), roles(s.World)) {
		mutation, may := "withdrawActivity", "viewerCanCorrect"
		for n, id := range rows[i].Activities {
			input := map[string]any{"activityId": id, "reason": "to see"}
			if n == 3 && i >= len(s.Viewers) { // the transfer
				mutation, may, input = "acknowledgeTransfer", "viewerCanAcknowledge", map[string]any{"transferId": id}
			} else if i >= len(s.Viewers) {
				continue
			}
			seen := graphtest.Ask(s.As(who), t, s.Server, `query($id: ID!) { node(id: $id) { ... on ServiceActivity { viewerCanCorrect } ... on Transfer { viewerCanAcknowledge } } }`, map[string]any{"id": id})
			can := seen.At(t, "node", may) == true
			a := s.act(t, who, mutation, input)
			if did := a.At(t, "r", "activity", "id") != nil; did != can {
				t.Errorf("%s: %s of activity %d is %t, and then %s", who, may, n, can, a.Body)
			}
			if can && may == "viewerCanCorrect" {
				correct++
			} else if can {
				acknowledged++
			}
		}
	}
	// officer1, registry1 and manager1 each: the service, the receipt and the transfer.
	if correct != 9 || acknowledged != 1 {
		t.Errorf("%d could be withdrawn, %d acknowledged", correct, acknowledged)
	}
}
