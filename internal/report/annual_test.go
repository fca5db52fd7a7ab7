package report_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"testing"
	"time"

	"entgo.io/ent/dialect/sql"
	"pgregory.net/rapid"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/report"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

var everyItem = []report.Item{report.OrdersIssued, report.OrdersNotPickedUp, report.ServedByMethod, report.PolicePresenceRequests, report.EndedUnserved}

// plain is what the plain loop makes of one item.
type plain struct {
	rows  map[string]int
	cases map[terms.Docket]bool
	gaps  map[terms.DataGapKind][2]int
}

func (p *plain) count(docket terms.Docket, key string) {
	p.rows[key]++
	p.cases[docket] = true
}

func (p *plain) lack(kind terms.DataGapKind, lacks, of bool) {
	n := p.gaps[kind]
	if lacks {
		n[0]++
	}
	if of {
		n[1]++
	}
	p.gaps[kind] = n
}

// annual counts by the statute's words, over the rows that the registry sent and
// over what stands in the journal.
func (w *world) annual(standing []counted, from, to time.Time) map[report.Item]*plain {
	items := map[report.Item]*plain{}
	for _, item := range everyItem {
		items[item] = &plain{map[string]int{}, map[terms.Docket]bool{}, map[terms.DataGapKind][2]int{}}
	}
	in := func(t time.Time) bool { return !t.Before(from) && t.Before(to) }
	first, out, ordered := map[terms.Docket]counted{}, map[terms.Docket]bool{}, map[terms.Docket]bool{}
	for _, a := range standing {
		docket := a.c.Docket
		if a.Kind != terms.KindOtherInformation {
			out[docket] = true
		}
		if asked := terms.Value(a.PoliceAssistanceRequested); asked && in(a.OccurredAt) && (a.Kind == terms.KindService || a.Kind == terms.KindAttempt) {
			i := items[report.PolicePresenceRequests]
			i.count(docket, known(string(terms.Value(a.kind)))+" "+string(a.Kind))
			i.lack(terms.GapOrderKind, a.kind == nil, true)
		}
		if was, ok := first[docket]; a.Kind == terms.KindService && (!ok || cmp.Or(a.OccurredAt.Compare(was.OccurredAt), cmp.Compare(a.Sequence, was.Sequence)) < 0) {
			first[docket] = a
		}
	}
	for _, o := range w.newest() {
		ordered[o.DocketNumber] = true
		for _, item := range []report.Item{report.OrdersIssued, report.OrdersNotPickedUp, report.EndedUnserved} {
			items[item].lack(terms.GapIssuedAt, o.IssuedAt == nil, true)
		}
		if o.IssuedAt == nil || !in(*o.IssuedAt) {
			continue
		}
		_, served := first[o.DocketNumber]
		key := fmt.Sprint(o.OrderKind, " ", o.ExParte)
		items[report.OrdersIssued].count(o.DocketNumber, key)
		if o.PickedUpAt == nil {
			items[report.OrdersNotPickedUp].count(o.DocketNumber, key)
			items[report.OrdersNotPickedUp].lack(terms.GapPickedUpAt, out[o.DocketNumber], true)
		}
		over := o.Outcome == terms.OutcomeExpired || o.Outcome == terms.OutcomeDismissed
		i := items[report.EndedUnserved]
		i.lack(terms.GapOutcomeReason, over && o.OutcomeReason == "", over)
		i.lack(terms.GapOutcome, o.Outcome == "" && o.ExpiresOn != "" && o.ExpiresOn < "2026-11-24" && !served, true)
		if over && o.OutcomeReason == terms.OutcomeNotServed {
			i.count(o.DocketNumber, key)
			i.lack(terms.GapServiceRecorded, served, true)
		}
	}
	for docket, a := range first {
		if !in(a.OccurredAt) {
			continue
		}
		items[report.ServedByMethod].lack(terms.GapNoOrder, !ordered[docket], true)
		if ordered[docket] {
			items[report.ServedByMethod].count(docket, string(*a.kind)+" "+string(*a.Method))
		}
	}
	return items
}

func partOf(item report.Item, row report.AnnualRow) string {
	kind := known(string(terms.Value(row.OrderKind)))
	switch item {
	case report.ServedByMethod:
		return kind + " " + string(*row.Method)
	case report.PolicePresenceRequests:
		return kind + " " + string(*row.ActivityKind)
	}
	return fmt.Sprint(kind, " ", *row.ExParte)
}

// The five items of C.G.S. §46b-15e(b), of any year on either basis, are what a
// plain loop counts over the journal and the rows that the registry sent; the
// cases behind a figure are those that the loop met.
func TestAnnualDataAreWhatTheRecordsSay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		w.history(46)
		standing := w.standing()
		counts := map[report.Item]int{}
		for _, basis := range []terms.AnnualBasis{terms.CalendarYear, terms.FiscalYear} {
			for n := 2023; n <= 2028; n++ {
				from, to := time.Date(n, 1, 1, 0, 0, 0, 0, newYork), time.Date(n+1, 1, 1, 0, 0, 0, 0, newYork)
				if basis == terms.FiscalYear {
					from, to = time.Date(n-1, 7, 1, 0, 0, 0, 0, newYork), time.Date(n, 7, 1, 0, 0, 0, 0, newYork)
				}
				want := w.annual(standing, from, to)
				got, err := w.reporter.Annual(context.Background(), w.As("supervisor1"), n, basis, everyItem...)
				if err != nil {
					t.Fatal(err)
				}
				if got.YearEnded != to.Before(w.Clock.Now()) || got.From != terms.DateOf(from) || got.To != terms.DateOf(to) {
					t.Errorf("%s %d is from %s to %s, ended %t", basis, n, got.From, got.To, got.YearEnded)
				}
				for _, item := range everyItem {
					counts[item] += got.Figures[item].Count
					w.same(t, fmt.Sprint(basis, " ", n, " ", item), item, got.Figures[item], want[item])
				}
			}
		}
		for item, n := range counts {
			if n == 0 {
				t.Errorf("the history has nothing for %s", item)
			}
		}
	})
}

func (w *world) same(t *testing.T, name string, item report.Item, got *report.Figure, want *plain) {
	t.Helper()
	rows, sum := map[string]int{}, 0
	for _, row := range got.Rows {
		rows[partOf(item, row)] += row.Count
		sum += row.Count
	}
	if !maps.Equal(rows, want.rows) || len(rows) != len(got.Rows) || sum != got.Count {
		t.Errorf("%s: counted %v (%d), want %v", name, rows, got.Count, want.rows)
	}
	for _, g := range got.Completeness {
		if n := want.gaps[g.Kind]; n != [2]int{g.Count, g.Of} || g.Meaning == "" {
			t.Errorf("%s: %s is %d of %d, want %v", name, g.Kind, g.Count, g.Of, n)
		}
		delete(want.gaps, g.Kind)
	}
	if len(want.gaps) > 0 || got.Definition == "" {
		t.Errorf("%s does not tell of %v", name, want.gaps)
	}
	cases := map[terms.Docket]bool{}
	for _, c := range w.behind(got) {
		cases[c.Docket] = true
	}
	if !maps.Equal(cases, want.cases) {
		t.Errorf("%s: the cases behind are %v, want %v", name, cases, want.cases)
	}
}

func (w *world) behind(f *report.Figure) []*ent.RegistryCase {
	q := w.Store.Client.RegistryCase.Query()
	q.Modify(func(s *sql.Selector) { f.Cases(s) })
	return q.AllX(w.System())
}

// Analysts get the same figures and no case (C.G.S. §51-5c).
func TestAnalystsGetFiguresAndNoCase(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t))
	w.history(7)
	for who, sees := range map[string]bool{"analyst1": false, "supervisor1": true, "registry1": true, "manager1": true} {
		got, err := w.reporter.Annual(context.Background(), w.As(who), 2025, terms.CalendarYear, everyItem...)
		if err != nil {
			t.Fatal(err)
		}
		for item, f := range got.Figures {
			if f.Count == 0 || (f.Cases != nil) != sees {
				t.Errorf("%s: %s is %d, cases %t", who, item, f.Count, f.Cases != nil)
			}
		}
	}
}

func TestYearsThatCannotBe(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t))
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(rapid.IntRange(1990, 2210), rapid.Int()).Draw(t, "year")
		basis := rapid.SampledFrom([]terms.AnnualBasis{terms.CalendarYear, terms.FiscalYear, "MOON"}).Draw(t, "basis")
		_, err := w.reporter.Annual(context.Background(), w.As("analyst1"), n, basis)
		var refused *terms.InputError
		if bad := errors.As(err, &refused); bad == (n >= 2001 && n <= 2199 && basis != "MOON") || !bad && err != nil {
			t.Fatalf("%d %s: %v", n, basis, err)
		}
	})
}

// An order issued at 11:30 p.m. on June 30 is of the fiscal year that ends then,
// though it is July in Greenwich; a row that comes later moves it.
func TestAnOrderIsOfTheYearInWhichItWasIssued(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t))
	w.OpenCase(feed.Daybook{DocketNumber: "HHDFA255000001S"})
	issued := at("2025-06-30T23:30:00-04:00")
	row := feed.Registry{DocketNumber: "HHDFA255000001S", OrderNumber: "1", OrderKind: terms.ReliefFromAbuse, IssuedAt: &issued, ExParte: true}
	w.registry(row)
	count := func(year int) int {
		got, err := w.reporter.Annual(context.Background(), w.As("analyst1"), year, terms.FiscalYear, report.OrdersIssued)
		if err != nil {
			t.Fatal(err)
		}
		return got.Figures[report.OrdersIssued].Count
	}
	if count(2025) != 1 || count(2026) != 0 {
		t.Errorf("June 30: %d in fiscal 2025, %d in fiscal 2026", count(2025), count(2026))
	}
	later := at("2025-07-01T00:00:00-04:00")
	row.IssuedAt = &later
	w.registry(row)
	if count(2025) != 0 || count(2026) != 1 {
		t.Errorf("July 1: %d in fiscal 2025, %d in fiscal 2026", count(2025), count(2026))
	}
}

// The edges of what an item counts, and of what it lacks.
func TestEdgesOfTheItems(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t))
	const docket = "HHDFA255000001S"
	w.Daybook(feed.Daybook{DocketNumber: docket})
	issued, today := at("2026-03-01T12:00:00-05:00"), terms.DateOf(w.Clock.Now())
	order := func(number string, expires terms.Date) {
		w.registry(feed.Registry{DocketNumber: docket, OrderNumber: number, OrderKind: terms.ReliefFromAbuse, IssuedAt: &issued, ExpiresOn: expires})
	}
	order("1", today)
	order("2", today.AddDays(-1))
	figure := func(item report.Item) *report.Figure {
		got, err := w.reporter.Annual(context.Background(), w.As("supervisor1"), 2026, terms.CalendarYear, item)
		if err != nil {
			t.Fatal(err)
		}
		return got.Figures[item]
	}
	gap := func(item report.Item, kind terms.DataGapKind) int {
		for _, g := range figure(item).Completeness {
			if g.Kind == kind {
				return g.Count
			}
		}
		t.Fatalf("%s does not tell of %s", item, kind)
		return 0
	}
	if n := gap(report.EndedUnserved, terms.GapOutcome); n != 1 {
		t.Errorf("%d orders are past their last day: one ended yesterday, one is in force today", n)
	}
	if n := gap(report.OrdersNotPickedUp, terms.GapPickedUpAt); n != 0 {
		t.Errorf("before anything was recorded %d orders seem to have left the clerk", n)
	}
	w.Transfer("officer1", docket, "officer2", w.Clock.Now())
	if n := gap(report.OrdersNotPickedUp, terms.GapPickedUpAt); n != 2 {
		t.Errorf("after a transfer %d orders seem to have left the clerk, want both", n)
	}
	// Served twice at one instant: the one recorded first counts, and the case once.
	first, second := w.Service(docket, w.Clock.Now()), w.Service(docket, w.Clock.Now())
	first.Method = terms.MethodAbode
	second.Confirm = []terms.Confirmation{terms.ConfirmAlreadyServed}
	w.Serve(first)
	w.Serve(second)
	if f := figure(report.ServedByMethod); f.Count != 1 || *f.Rows[0].Method != terms.MethodAbode {
		t.Errorf("served twice at one instant: %+v", f.Rows)
	}
	if n := gap(report.EndedUnserved, terms.GapOutcome); n != 0 {
		t.Errorf("on a case that is served %d orders lack an outcome", n)
	}
}
