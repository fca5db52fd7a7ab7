package bench

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/terms"
)

// What is measured must be there: the newest cases are brought to today, and
// then every list of the board holds something, and every search finds something.
func TestScreensShowSomething(t *testing.T) {
	s, _ := filledWith(t, 3000)
	now := time.Now()
	for range 2 { // the second time there is nothing to do
		if err := bringToToday(t.Context(), s.SQL(), now); err != nil {
			t.Fatal(err)
		}
	}
	var ahead, behind int
	err := s.SQL().QueryRowContext(t.Context(), "SELECT COUNT(CASE WHEN opened_at > ? THEN 1 END), COUNT(CASE WHEN opened_at < ? THEN 1 END) FROM registry_cases",
		now, now.AddDate(0, 0, -60)).Scan(&ahead, &behind)
	if err != nil || ahead != 0 || behind != 1500 {
		t.Errorf("%d cases were opened after today, %d long ago, want 0 and 1500: %v", ahead, behind, err)
	}
	var wrong int
	err = s.SQL().QueryRowContext(t.Context(), `SELECT COUNT(*) FROM registry_cases c JOIN service_activities a ON a.id = c.latest_activity_id
 WHERE a.recorded_at <> c.latest_activity_at OR c.hearing_at <> c.hearing_sort OR a.occurred_at < c.opened_at
 OR ABS(DATEDIFF(c.hearing_at, c.last_timely_day) - 3) > 1`).Scan(&wrong)
	if err != nil || wrong > 0 {
		t.Errorf("%d cases were torn apart: %v", wrong, err)
	}

	server := graphtest.Serve(schema(t, s, casefile.NewLookUps(s)))
	ctx := access.With(t.Context(), &access.Viewer{Account: "acc_1", Agreed: true, At: now, Roles: []terms.Role{terms.RoleRegistryClerk}})
	k, err := readKnown(t.Context(), s.SQL())
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 1))
	found := map[string]bool{}
	for _, q := range screens {
		for range 50 {
			a := graphtest.MustAsk(ctx, t, server, q.document, map[string]any{q.variable: q.parameter(random, k)})
			if q.name != "B1" {
				found[q.name] = found[q.name] || strings.Contains(a.Body, `"nodes":[{`)
				continue
			}
			board := a.At(t, "serviceBoard").(map[string]any)
			delete(board, "today")
			for list, held := range board {
				count, err := json.Marshal(held.(map[string]any)["count"])
				if err != nil || string(count) == "0" {
					t.Errorf("%s holds %s: %v", list, count, err)
				}
			}
			if found[q.name] = len(board) == 9; !found[q.name] {
				t.Errorf("the board has %d lists", len(board))
			}
			break
		}
	}
	for _, q := range screens {
		if !found[q.name] {
			t.Errorf("%s found nothing, whatever was asked for", q.name)
		}
	}
}
