package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/service-tracking/sts/internal/terms"
)

// Period is a stretch of court days.
type Period struct {
	From terms.Date // the first day
	To   terms.Date // the first day that no longer counts
}

// maxYears is how long a period may be: the statement names the first instant
// of each of its months.
const maxYears = 10

func (p Period) check() error {
	if p.From >= p.To {
		return invalid("from must lie before to: to is the first day that no longer counts. The whole of 2026 is from 2026-01-01 to 2027-01-01.")
	}
	if p.To > terms.Date(date(p.From).AddDate(maxYears, 0, 0).Format(time.DateOnly)) {
		return costly(fmt.Sprintf("to may lie %d years after from at the most. Ask for a shorter time.", maxYears))
	}
	return nil
}

// The years for which annual data can be asked.
const firstYear, lastYear = 2001, 2199

// year is the year on the basis. The state's fiscal year ends on June 30 and is
// named by the year in which it ends: the statutes speak of "the fiscal year
// ending June 30, 2010" (C.G.S. §12-432c).
func year(n int, basis terms.AnnualBasis) (Period, error) {
	if n < firstYear || n > lastYear {
		return Period{}, invalid(fmt.Sprintf("Give a year between %d and %d.", firstYear, lastYear))
	}
	switch basis {
	case terms.CalendarYear:
		return Period{dayOf(n, time.January), dayOf(n+1, time.January)}, nil
	case terms.FiscalYear:
		return Period{dayOf(n-1, time.July), dayOf(n, time.July)}, nil
	}
	return Period{}, invalid("The basis is CALENDAR_YEAR or FISCAL_YEAR.")
}

// date is the day as the calendar has it, without a zone.
func date(d terms.Date) time.Time {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{} // no client can send one: see terms.ParseDate
	}
	return t
}

func dayOf(year int, month time.Month) terms.Date {
	return terms.Date(fmt.Sprintf("%04d-%02d-01", year, month))
}

// span is a stretch of the calendar by which activities are counted.
type span struct {
	key   string    // such as 2026-11
	start time.Time // its first instant
}

// calendar divides time: months, quarters, years.
type calendar struct {
	months int // how long each is
	first  time.Month
	key    func(first time.Time) string
}

var (
	byMonth   = calendar{1, time.January, func(t time.Time) string { return t.Format("2006-01") }}
	byQuarter = calendar{3, time.January, func(t time.Time) string { return fmt.Sprintf("%d-Q%d", t.Year(), (t.Month()+2)/3) }}
	byYear    = calendar{12, time.January, func(t time.Time) string { return strconv.Itoa(t.Year()) }}
	byFiscal  = calendar{12, time.July, func(t time.Time) string { return strconv.Itoa(t.Year() + 1) }}
)

// spans are the calendar's spans that the period touches. The first one may
// begin before it, the last one end after it.
func (c calendar) spans(p Period) []span {
	day := date(p.From)
	back := (int(day.Month()) - int(c.first) + 12) % c.months
	at := time.Date(day.Year(), day.Month()-time.Month(back), 1, 0, 0, 0, 0, time.UTC)
	var spans []span
	for ; terms.Date(at.Format(time.DateOnly)) < p.To; at = at.AddDate(0, c.months, 0) {
		spans = append(spans, span{c.key(at), terms.Date(at.Format(time.DateOnly)).Start()})
	}
	return spans
}

// label says the span of a key in words.
func (c calendar) label(key string) string {
	switch year, quarter, _ := strings.Cut(key, "-"); {
	case c.months == 1:
		t, err := time.Parse("2006-01", key)
		if err != nil {
			return key
		}
		return t.Format("January 2006")
	case c.months == 3:
		return quarter + " of " + year
	case c.first == time.July:
		return "Fiscal year ending June 30, " + key
	}
	return "Calendar year " + key
}
