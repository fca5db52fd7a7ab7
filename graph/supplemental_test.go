package graph_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// holds checks who is recorded as holder, as the supervisor sees it, and that
// the papers of each officer are exactly what he holds.
func (s *system) holds(t *testing.T, row graphtest.Row, holder string) {
	t.Helper()
	a := graphtest.MustAsk(s.As("supervisor1"), t, s.Server, `query($d: DocketNumber!) { registryCase(docketNumber: $d) { processHolder { id } } }`, map[string]any{"d": row.Docket})
	want := any(nil)
	if holder != "" {
		want = string(s.Officers[holder])
	}
	if got := a.At(t, "registryCase", "processHolder", "id"); got != want {
		t.Errorf("the holder is %v, want %s", got, holder)
	}
	for name, id := range s.Officers {
		papers := graphtest.MustAsk(s.As("supervisor1"), t, s.Server, `query($id: ID!) { node(id: $id) { ... on Officer { papers(first: 5) { totalCount nodes { docketNumber } } } } }`, map[string]any{"id": id})
		has := papers.At(t, "node", "papers", "totalCount") == 1.0 && papers.At(t, "node", "papers", "nodes", 0, "docketNumber") == row.Docket.Display()
		if has != (name == holder) || !has && papers.At(t, "node", "papers", "totalCount") != 0.0 {
			t.Errorf("held by %q, the papers of %s are %s", holder, name, papers.Body)
		}
	}
}

// §6(a), §6(b): who holds the papers is exact after each act, through a chain
// that comes back to its beginning, and through what is corrected and withdrawn.
func TestThePapersGoFromHandToHand(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.Store) {
		s := run(t, db)
		row := s.Add(t, graphtest.Case{})
		s.holds(t, row, "")
		a := s.acted(t, "officer1", "recordReceipt", map[string]any{"docketNumber": row.Docket, "receivedAt": ago(5 * time.Hour), "writDate": "2026-11-20", "note": "from the clerk"})
		if a.At(t, "r", "activity", "__typename") != "Receipt" || a.At(t, "r", "activity", "writDate") != "2026-11-20" || a.At(t, "r", "activity", "note") != "from the clerk" ||
			a.At(t, "r", "case", "processHolder", "papers", "nodes", 0, "docketNumber") != row.Docket.Display() {
			t.Errorf("the receipt: %s", a.Body)
		}
		s.holds(t, row, "officer1")
		var last graphtest.Answer
		for i, hand := range [][2]string{{"officer1", "officer2"}, {"officer2", "officer3"}, {"officer3", "officer1"}} {
			last = s.acted(t, hand[0], "transferProcess", s.transfer(row.Docket, hand[1], ago(time.Duration(240-i)*time.Minute)))
			if last.At(t, "r", "activity", "fromOfficer", "id") != string(s.Officers[hand[0]]) || last.At(t, "r", "activity", "toOfficer", "id") != string(s.Officers[hand[1]]) ||
				last.At(t, "r", "activity", "toOfficerName") != nil || last.At(t, "r", "activity", "viewerCanAcknowledge") != false {
				t.Errorf("the transfer: %s", last.Body)
			}
			s.holds(t, row, hand[1]) // at once, before he acknowledges
		}
		transfer := last.At(t, "r", "activity", "id")
		seen := graphtest.MustAsk(s.As("officer1"), t, s.Server, `query($id: ID!) { node(id: $id) { ... on Transfer { viewerCanAcknowledge acknowledgedAt } } }`, map[string]any{"id": transfer})
		if seen.At(t, "node", "viewerCanAcknowledge") != true {
			t.Errorf("the receiver may acknowledge: %s", seen.Body)
		}
		ack := s.acted(t, "officer1", "acknowledgeTransfer", map[string]any{"transferId": transfer})
		if ack.At(t, "r", "activity", "id") != transfer || ack.At(t, "r", "activity", "acknowledgedAt") == nil || ack.At(t, "r", "activity", "viewerCanAcknowledge") != false {
			t.Errorf("the acknowledgement: %s", ack.Body)
		}
		s.holds(t, row, "officer1")
		// Officer 3 gave them away by mistake: they never left him.
		s.acted(t, "officer3", "withdrawActivity", map[string]any{"activityId": transfer, "reason": "still in my bag"})
		s.holds(t, row, "officer3")
		s.acted(t, "officer3", "transferProcess", map[string]any{
			"docketNumber": row.Docket, "to": map[string]any{"officerName": "Nora Newcomer"}, "transferredAt": ago(time.Minute), "confirm": []string{"OFFICER_NOT_LISTED"},
		})
		s.holds(t, row, "")
		s.acted(t, "officer2", "recordService", service(row.Docket, ago(30*time.Second)))
		s.holds(t, row, "officer2") // who served had them
	})
}

// §6(b): each mistake of a transfer is answered with what to do.
func TestMistakesOfATransfer(t *testing.T) {
	s := run(t, storetest.SQLite(t))
	row := s.Add(t, graphtest.Case{})
	s.acted(t, "officer1", "recordReceipt", receipt(row.Docket, ago(2*time.Hour)))
	input := func(to map[string]any) map[string]any {
		return map[string]any{"docketNumber": row.Docket, "to": to, "transferredAt": ago(time.Hour)}
	}
	s.refused(t, "officer1", "transferProcess", input(map[string]any{"officerName": "Nora Newcomer"}), "OFFICER_NOT_LISTED input.to.officerName")
	s.refused(t, "officer1", "transferProcess", input(map[string]any{"officerId": terms.NewID(terms.OfficerPrefix)}), "OFFICER_NOT_FOUND input.to.officerId")
	s.refused(t, "officer1", "transferProcess", input(map[string]any{"officerId": s.Officers["officer1"]}), "SAME_OFFICER input.to.officerId")
	a := s.refused(t, "officer2", "transferProcess", input(map[string]any{"officerId": s.Officers["officer3"]}), "NOT_HOLDER input.to")
	if a.At(t, "r", "errors", 0, "holder", "id") != string(s.Officers["officer1"]) || a.At(t, "r", "errors", 0, "holder", "name", "display") != "Olive Marshal1" {
		t.Errorf("who holds them: %s", a.Body)
	}
	if a.At(t, "r", "errors", 0, "holder", "papers") != nil {
		t.Errorf("the papers of another are shown: %s", a.Body)
	}
	s.holds(t, row, "officer1")
	transfer := s.acted(t, "officer1", "transferProcess", s.transfer(row.Docket, "officer2", ago(time.Hour))).At(t, "r", "activity", "id")
	for who, id := range map[string]any{"officer1": transfer, "officer3": transfer, "officer2": terms.NewID(terms.ActivityPrefix)} {
		s.refused(t, who, "acknowledgeTransfer", map[string]any{"transferId": id}, "NOT_RECEIVER input.transferId")
	}
	corrected := s.acted(t, "officer1", "correctActivity", correction(transfer, map[string]any{"transfer": map[string]any{
		"to": map[string]any{"officerId": s.Officers["officer3"]}, "transferredAt": ago(time.Hour),
	}})).At(t, "r", "activity", "id")
	late := s.refused(t, "officer2", "acknowledgeTransfer", map[string]any{"transferId": transfer}, "ALREADY_CORRECTED input.transferId")
	if late.At(t, "r", "errors", 0, "newest", "id") != corrected || late.At(t, "r", "errors", 0, "newest", "toOfficer", "id") != string(s.Officers["officer3"]) {
		t.Errorf("what stands now: %s", late.Body)
	}
}

// §6(c): other information is kept; only its author and the registry section read
// it.
func TestOtherInformation(t *testing.T) {
	s := run(t, storetest.SQLite(t))
	row := s.Add(t, graphtest.Case{})
	a := s.acted(t, "officer1", "recordOtherInformation", map[string]any{"docketNumber": row.Docket, "about": []string{"RESPONDENT_ADDRESS", "OTHER"}, "text": "the house number is missing"})
	if a.At(t, "r", "activity", "text") != "the house number is missing" || a.At(t, "r", "activity", "occurredAt") != a.At(t, "r", "activity", "recordedAt") ||
		fmt.Sprint(a.At(t, "r", "activity", "about")) != "[OTHER RESPONDENT_ADDRESS]" {
		t.Errorf("the information: %s", a.Body)
	}
	for who, reads := range map[string]any{"registry1": "the house number is missing", "supervisor1": nil, "court1": nil} {
		seen := graphtest.MustAsk(s.As(who), t, s.Server, `query($id: ID!) { node(id: $id) { ... on OtherInformation { about text } } }`, map[string]any{"id": a.At(t, "r", "activity", "id")})
		if seen.At(t, "node", "text") != reads || seen.At(t, "node", "about", 0) != "OTHER" {
			t.Errorf("%s reads %s", who, seen.Body)
		}
	}
	s.refused(t, "officer1", "recordOtherInformation", map[string]any{"docketNumber": row.Docket, "about": []string{}, "text": " "},
		"DETAIL_REQUIRED input.about", "DETAIL_REQUIRED input.text")
	s.refused(t, "officer1", "recordReceipt", receipt("HHDFA269999999S", ago(time.Hour)), "CASE_NOT_FOUND input.docketNumber")
	s.refused(t, "officer1", "recordReceipt", map[string]any{"docketNumber": row.Docket, "receivedAt": graphtest.Now.Add(time.Hour), "writDate": "2030-01-01"},
		"IN_THE_FUTURE input.receivedAt", "IN_THE_FUTURE input.writDate")
}
