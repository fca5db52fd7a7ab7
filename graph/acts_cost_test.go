package graph_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/service-tracking/sts/graph"
	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/internal/store/storetest"
)

// What an act costs the database does not grow with what was recorded before,
// whatever is asked of its payload.
func TestAnActCostsAsManyStatementsAsAnyOther(t *testing.T) {
	var sent atomic.Int64
	s := run(t, storetest.Observed(t, func(statement string) {
		if !strings.Contains(statement, "`journal_") { // which the hub asks all the time
			sent.Add(1)
		}
	}))
	schema := graph.New(graph.Options{}).Schema()
	mutation := `mutation($input: CorrectActivityInput!) { r: correctActivity(input: $input)` + graphtest.EverythingOf(schema, "CorrectActivityPayload", 4) + ` }`
	costs := map[int]int64{}
	for _, before := range []int{6, 120} {
		row := s.Add(t, graphtest.Case{Author: "officer1", Activities: before})
		first := s.acted(t, "officer1", "recordReceipt", receipt(row.Docket, ago(time.Hour))).At(t, "r", "activity", "id")
		input := correction(first, map[string]any{"receipt": map[string]any{"receivedAt": ago(2 * time.Hour)}})
		input["idempotencyKey"] = "cost-0123456789-" + row.Docket.Display()
		sent.Store(0)
		a := graphtest.MustAsk(s.As("officer1"), t, s.Server, mutation, map[string]any{"input": input})
		if costs[before] = sent.Load(); a.At(t, "r", "activity", "id") == nil {
			t.Fatalf("refused: %.500s", a.Body)
		}
	}
	if costs[6] != costs[120] || costs[6] == 0 {
		t.Errorf("after so many activities, so many statements: %v", costs)
	}
	t.Logf("a correction with everything asked of its payload: %d statements", costs[6])
}
