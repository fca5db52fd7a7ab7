package gqlhttp

import (
	"context"
	"encoding/json"
	"math"

	"github.com/99designs/gqlgen/complexity"
	"github.com/99designs/gqlgen/graphql"
)

// costOf is what an operation may come to at the most.
func costOf(ctx context.Context, schema graphql.ExecutableSchema, opCtx *graphql.OperationContext) int {
	return complexity.Calculate(ctx, costing{schema}, opCtx.Operation, opCtx.Variables)
}

// costing prices what the schema has no price of its own for: a field that is
// asked for a number of elements costs that many times what lies below it.
type costing struct{ graphql.ExecutableSchema }

// whole are lists that come without pages: how many elements are counted for
// them. Without it one answer could be asked for hundreds of times, under as
// many keys.
var whole = map[string]int{
	// A court hears fewer than two hundred cases a day, most far fewer.
	"CourtCalendarSnapshot.entries":   100,
	"RegistryCaseSnapshot.activities": 20,
	"ServiceStatistics.rows":          500, // at most 5,000
}

// reads is what a field costs beside what lies below it: for little that is
// answered the database reads much, and each key of a root field reads it anew.
var reads = map[string]int{
	"Query.serviceStatistics": 2000, // all activities of the time, ten years at most
	"Query.courtCalendarAsOf": 1000, // the day whole, with all that was recorded
	"Query.registryCaseAsOf":  100,

	"AnnualData.ordersIssued":           800,
	"AnnualData.ordersNotPickedUp":      800,
	"AnnualData.servedByMethod":         800,
	"AnnualData.policePresenceRequests": 800,
	"AnnualData.endedUnserved":          800,

	// Each list of the board is counted whole.
	"ServiceBoard.recordedLate":      100,
	"ServiceBoard.pastLastTimelyDay": 100,
	"ServiceBoard.hearingNear":       100,
	"ServiceBoard.hearingPassed":     100,
	"ServiceBoard.undelivered":       100,
	"ServiceBoard.waiting":           100,
	"ServiceBoard.unrouted":          100,
	"ServiceBoard.transfers":         100,
	"ServiceBoard.otherInformation":  100,
}

func (c costing) Complexity(ctx context.Context, typeName, field string, below int, args map[string]any) (int, bool) {
	if cost, ok := c.ExecutableSchema.Complexity(ctx, typeName, field, below, args); ok {
		return cost, true
	}
	n := max(1, whole[typeName+"."+field])
	for _, name := range []string{"first", "last"} {
		n = max(n, number(args[name]))
	}
	if ids, ok := args["ids"].([]any); ok {
		n = max(n, len(ids))
	}
	own := 1 + reads[typeName+"."+field]
	if below > (math.MaxInt-own)/n {
		return math.MaxInt, true
	}
	return own + n*below, true
}

// number reads an argument. What is none, or too large for one, is the
// resolver's to refuse (BAD_PAGE); it costs at least what a whole page does.
func number(v any) int {
	const page = 100
	switch v := v.(type) {
	case int64:
		return int(min(max(v, 0), page))
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return int(min(max(n, 0), page))
		}
		return page
	case nil:
		return 0
	default:
		return page
	}
}
