package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/terms"
)

const (
	// maxBy is by how many dimensions one question can count.
	maxBy = 4
	// maxRows is how many rows one answer can have.
	maxRows = 5000
	// maxValues is how many values one condition of a filter can have, and
	// maxValue how long one can be.
	maxValues, maxValue = 100, 100
)

// Query says what to count.
type Query struct {
	Period
	By     []terms.StatisticsDimension
	Filter Filter
}

// Filter leaves some of the activities. All conditions given must hold; a list
// means any of its values, and nil no condition.
type Filter struct {
	Kinds          []terms.ActivityKind
	CourtLocations []string // codes, in any case of letters
	OrderKinds     []terms.OrderKind
	Methods        []terms.ServiceMethod
	Reasons        []terms.AttemptReason
	OfficerIDs     []terms.ID
	// PoliceAssistanceRequested leaves services and attempts only (§4(g), §5(g)).
	PoliceAssistanceRequested *bool
	// Late leaves services only (§4(b)).
	Late *bool
	// Manual tells what registry staff first entered (§7) from what officers did,
	// whoever corrected it since.
	Manual *bool
}

// Statistics are counts of service activities.
type Statistics struct {
	Period
	AsOf         time.Time
	Total        int
	Rows         []Row
	Definition   string
	Dimensions   []DimensionDefinition
	Completeness []Gap
}

// Row is how many activities have the keys.
type Row struct {
	Keys  []Key
	Count int
}

// Key is the value of one dimension, nil where nothing is known.
type Key struct {
	Dimension terms.StatisticsDimension
	Value     *string
	Label     string
}

// DimensionDefinition says what a dimension means.
type DimensionDefinition struct {
	Dimension  terms.StatisticsDimension
	Definition string
}

// Statistics counts the activities that stand and occurred in the period, one
// row for each combination of keys that occurs, in the order of the keys. The
// errors are [access.Denied], and [terms.InputError] for a question that cannot
// be answered.
func (r *Reporter) Statistics(ctx context.Context, v *access.Viewer, q Query) (*Statistics, error) {
	ctx, now, err := r.begin(ctx, v)
	if err != nil {
		return nil, err
	}
	if err := q.check(); err != nil {
		return nil, err
	}
	s := &Statistics{Period: q.Period, AsOf: now, Rows: []Row{}, Definition: countedActivities}
	keys := make([]key, len(q.By))
	for i, by := range q.By {
		d := dimensions[by]
		keys[i] = d.key(q.Period)
		s.Dimensions = append(s.Dimensions, DimensionDefinition{by, d.definition})
	}
	found, gaps, err := r.tally(ctx, tally{from: q.activities(r.Store.Dialect), table: activitiesTable, keys: keys, counted: all, gaps: activityGaps, limit: maxRows + 1})
	if err != nil {
		return nil, fmt.Errorf("counting service activities: %w", err)
	}
	if len(found) > maxRows {
		return nil, costly(fmt.Sprintf("This makes more than %d rows. Ask for fewer dimensions or a shorter time, or filter.", maxRows))
	}
	slices.SortFunc(found, func(a, b tallied) int { return slices.CompareFunc(a.keys, b.keys, knownFirst) })
	for _, t := range found {
		row := Row{Keys: make([]Key, len(q.By)), Count: t.count}
		for i, by := range q.By {
			row.Keys[i] = Key{by, t.keys[i], r.label(by, t.keys[i])}
		}
		s.Rows = append(s.Rows, row)
		s.Total += t.count
	}
	s.Completeness = gaps
	return s, nil
}

// knownFirst orders values, the unknown one last.
func knownFirst(a, b *string) int {
	switch {
	case a == nil || b == nil:
		return cmp.Compare(boolean(a == nil), boolean(b == nil))
	default:
		return cmp.Compare(*a, *b)
	}
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (q Query) check() error {
	if err := q.Period.check(); err != nil {
		return err
	}
	if len(q.By) > maxBy {
		return invalid(fmt.Sprintf("Count by %d dimensions at the most.", maxBy))
	}
	for i, by := range q.By {
		if slices.Contains(q.By[:i], by) {
			return invalid("by names a dimension twice. Name each once.")
		}
		if _, ok := dimensions[by]; !ok {
			return invalid("by names a dimension that does not exist.")
		}
	}
	return q.Filter.check()
}

func (f Filter) check() error {
	for _, n := range []int{len(f.Kinds), len(f.CourtLocations), len(f.OrderKinds), len(f.Methods), len(f.Reasons), len(f.OfficerIDs)} {
		if n > maxValues {
			return invalid(fmt.Sprintf("A condition of the filter can have %d values at the most.", maxValues))
		}
	}
	for _, code := range f.CourtLocations {
		if len(code) > maxValue {
			return invalid("courtLocations are codes such as HHD.")
		}
	}
	for _, id := range f.OfficerIDs {
		if err := id.Must(terms.OfficerPrefix); err != nil {
			return err
		}
	}
	return nil
}
