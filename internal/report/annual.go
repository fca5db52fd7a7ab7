package report

import (
	"context"
	"fmt"
	"time"

	"entgo.io/ent/dialect/sql"

	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/terms"
)

// Item is one of the five things that C.G.S. §46b-15e(b) asks for, as the API
// calls it.
type Item string

// The items, in the order of the statute.
const (
	OrdersIssued           Item = "ordersIssued"
	OrdersNotPickedUp      Item = "ordersNotPickedUp"
	ServedByMethod         Item = "servedByMethod"
	PolicePresenceRequests Item = "policePresenceRequests"
	EndedUnserved          Item = "endedUnserved"
)

// Annual are the annual data of one year.
type Annual struct {
	Period
	Year  int
	Basis terms.AnnualBasis
	AsOf  time.Time
	// YearEnded tells whether the year was over when it was counted.
	YearEnded bool
	Figures   map[Item]*Figure
}

// Figure is one item.
type Figure struct {
	Count        int
	Rows         []AnnualRow
	Definition   string
	Completeness []Gap
	// Cases leaves, of a query on registry_cases, the cases that are behind the
	// figure. Nil for whoever does not see every case.
	Cases func(*sql.Selector)
}

// AnnualRow is a part of a figure. What it is not split by is nil.
type AnnualRow struct {
	OrderKind    *terms.OrderKind
	ExParte      *bool
	Method       *terms.ServiceMethod
	ActivityKind *terms.ActivityKind
	Count        int
}

// Annual counts the items of the year. The errors are [access.Denied], and
// [terms.InputError] for a year that cannot be.
func (r *Reporter) Annual(ctx context.Context, v *access.Viewer, n int, basis terms.AnnualBasis, items ...Item) (*Annual, error) {
	ctx, now, err := r.begin(ctx, v)
	if err != nil {
		return nil, err
	}
	p, err := year(n, basis)
	if err != nil {
		return nil, err
	}
	a := &Annual{Period: p, Year: n, Basis: basis, AsOf: now, YearEnded: !now.Before(p.To.Start()), Figures: map[Item]*Figure{}}
	for _, name := range items {
		if a.Figures[name], err = r.figure(ctx, v, annualItems(p, now)[name]); err != nil {
			return nil, fmt.Errorf("counting %s: %w", name, err)
		}
	}
	return a, nil
}

// item is how one item is counted.
type item struct {
	definition string
	from       func(dialect string) *sql.Selector
	table      string
	caseID     string
	counted    string
	split      []split
	gaps       []gap
	// undated asks also how many orders nobody knows the year of.
	undated bool
}

// split is what the rows of an item are split by.
type split struct {
	expr string
	set  func(*AnnualRow, string)
}

var (
	byOrderKind = func(column string) split {
		return split{column, func(r *AnnualRow, key string) { kind := terms.OrderKind(key); r.OrderKind = &kind }}
	}
	byExParte = split{"CASE WHEN o.ex_parte THEN 'EX_PARTE' ELSE 'AFTER_HEARING' END", func(r *AnnualRow, key string) {
		exParte := key == "EX_PARTE"
		r.ExParte = &exParte
	}}
	byMethod = split{"a.method", func(r *AnnualRow, key string) { method := terms.ServiceMethod(key); r.Method = &method }}
	byKind   = split{"a.kind", func(r *AnnualRow, key string) { kind := terms.ActivityKind(key); r.ActivityKind = &kind }}
)
