package read_test

import (
	"strings"
	"testing"

	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
)

const yearAndCases = `query($first: Int, $after: String) { annualData(year: 2026, basis: CALENDAR_YEAR) { from to yearEnded
	ordersIssued { count rows { orderKind exParte count method } cases(first: $first, after: $after) { totalCount nodes { docketNumber } pageInfo { hasNextPage endCursor } } }
	served: servedByMethod { count rows { method activityKind } cases(first: 1) { totalCount } }
	completeness: endedUnserved { completeness { kind count of meaning } } } }`

// What a figure is drawn from is there for those who may see the cases, page by
// page; analysts get null, not an empty list that lies (C.G.S. §51-5c).
func TestTheCasesBehindAFigure(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := graphtest.New(t, s)
		h := serve(w)
		w.Add(t, graphtest.Case{Author: "officer1", Activities: 1})
		w.Add(t, graphtest.Case{Court: "NNH"})
		w.Add(t, graphtest.Case{OpenedAt: graphtest.Now.AddDate(-1, 0, 0)})
		a := graphtest.MustAsk(w.As("registry1"), t, h, yearAndCases, map[string]any{"first": 1})
		year := func(path ...any) any { return a.At(t, append([]any{"annualData"}, path...)...) }
		for _, x := range []struct {
			path []any
			want any
		}{
			{[]any{"from"}, "2026-01-01"}, {[]any{"to"}, "2027-01-01"}, {[]any{"yearEnded"}, false},
			{[]any{"ordersIssued", "count"}, 2.0}, {[]any{"ordersIssued", "rows", 0, "orderKind"}, "RELIEF_FROM_ABUSE"},
			{[]any{"ordersIssued", "rows", 0, "exParte"}, true}, {[]any{"ordersIssued", "rows", 0, "method"}, nil},
			{[]any{"ordersIssued", "cases", "totalCount"}, 2.0}, {[]any{"ordersIssued", "cases", "pageInfo", "hasNextPage"}, true},
			{[]any{"served", "count"}, 1.0}, {[]any{"served", "rows", 0, "method"}, "HAND"}, {[]any{"served", "cases", "totalCount"}, 1.0},
			{[]any{"completeness", "completeness", 0, "kind"}, "OUTCOME_REASON_UNKNOWN"},
		} {
			if got := year(x.path...); got != x.want {
				t.Errorf("%v is %v, want %v", x.path, got, x.want)
			}
		}
		first := year("ordersIssued", "cases", "nodes", 0, "docketNumber")
		a = graphtest.MustAsk(w.As("supervisor1"), t, h, yearAndCases, map[string]any{"first": 1, "after": year("ordersIssued", "cases", "pageInfo", "endCursor")})
		if second := year("ordersIssued", "cases", "nodes", 0, "docketNumber"); second == nil || second == first || year("ordersIssued", "cases", "pageInfo", "hasNextPage") != false {
			t.Errorf("the second page: %s", a.Body)
		}
		a = graphtest.MustAsk(w.As("analyst1"), t, h, yearAndCases, map[string]any{"first": 1})
		if year("ordersIssued", "count") != 2.0 || strings.Count(a.Body, `"cases":null`) != 2 || strings.Contains(a.Body, "FA26") {
			t.Errorf("to an analyst: %s", a.Body)
		}
		for _, first := range []any{0, 101, nil} {
			if code := graphtest.Ask(w.As("registry1"), t, h, yearAndCases, map[string]any{"first": first}).Code(); code != "BAD_PAGE" {
				t.Errorf("a page of %v is answered %q", first, code)
			}
		}
	})
}
