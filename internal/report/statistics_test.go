package report_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/report"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

var everyDimension = []terms.StatisticsDimension{
	terms.ByMonth, terms.ByQuarter, terms.ByCalendarYear, terms.ByFiscalYear, terms.ByCourtLocation, terms.ByJudicialDistrict, terms.ByCounty,
	terms.ByOrderKind, terms.ByActivityKind, terms.ByMethod, terms.ByReason, terms.ByPoliceAssistance, terms.ByTimeliness, terms.ByServedInTime,
	terms.ByReportedVia, terms.ByOfficer,
}

func keyOf(row report.Row) string {
	var values []string
	for _, k := range row.Keys {
		if k.Value == nil {
			values = append(values, unknown)
			continue
		}
		values = append(values, *k.Value)
	}
	return strings.Join(values, " ")
}

// Whatever is counted, by whatever dimensions and under whatever filter, is what
// a plain loop over the journal counts.
func TestStatisticsAreWhatTheJournalSays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		w.history(20261124)
		standing := w.standing()
		t.Logf("%d activities stand", len(standing))
		v := w.As("analyst1")
		seen := map[terms.StatisticsDimension]map[string]bool{}
		check := func(t rapid.TB, q report.Query) {
			got, err := w.reporter.Statistics(context.Background(), v, q)
			if err != nil {
				t.Fatal(err)
			}
			want, total := map[string]int{}, 0
			lacking := map[terms.DataGapKind][2]int{}
			lack := func(kind terms.DataGapKind, lacks, of bool) {
				n := lacking[kind]
				if lacks {
					n[0]++
				}
				if of {
					n[1]++
				}
				lacking[kind] = n
			}
			for _, a := range standing {
				if !a.in(q) {
					continue
				}
				total++
				var values []string
				for _, by := range q.By {
					value := a.value(by)
					if seen[by] == nil {
						seen[by] = map[string]bool{}
					}
					seen[by][value] = true
					values = append(values, value)
				}
				want[strings.Join(values, " ")]++
				lack(terms.GapProvisional, a.c.Provisional, true)
				lack(terms.GapOrderKind, a.kind == nil, true)
				lack(terms.GapCounty, a.f.County == "", true)
				lack(terms.GapServedInTime, a.value(terms.ByServedInTime) == unknown, a.Kind == terms.KindService)
				lack(terms.GapDistrict, districts[a.c.CourtCode] == "", true)
			}
			if len(q.By) == 0 && total == 0 {
				want[""] = 0
			}
			rows, sum := map[string]int{}, 0
			for _, row := range got.Rows {
				rows[keyOf(row)] += row.Count
				sum += row.Count
			}
			if !maps.Equal(rows, want) || len(rows) != len(got.Rows) || sum != total || got.Total != total {
				t.Fatalf("%+v:\ncounted %v (total %d)\nthe journal says %v (total %d)", q, rows, got.Total, want, total)
			}
			for _, g := range got.Completeness {
				if n := lacking[g.Kind]; n != [2]int{g.Count, g.Of} {
					t.Fatalf("%+v: %s is %d of %d, the journal says %v", q, g.Kind, g.Count, g.Of, n)
				}
			}
			if len(got.Completeness) != 5 || len(got.Dimensions) != len(q.By) {
				t.Fatalf("%d gaps, %d definitions", len(got.Completeness), len(got.Dimensions))
			}
			if !slices.IsSortedFunc(got.Rows, func(a, b report.Row) int {
				return strings.Compare(strings.ReplaceAll(keyOf(a), unknown, "~"), strings.ReplaceAll(keyOf(b), unknown, "~"))
			}) {
				t.Fatalf("%+v: the rows are out of order: %v", q, got.Rows)
			}
		}
		whole := report.Period{From: "2020-01-01", To: "2030-01-01"}
		for _, by := range everyDimension {
			check(t, report.Query{Period: whole, By: []terms.StatisticsDimension{by}})
			if len(seen[by]) < 2 {
				t.Errorf("the history has only %v of %s", seen[by], by)
			}
		}
		rapid.Check(t, func(t *rapid.T) {
			q := report.Query{Period: report.Period{From: day(t, "from"), To: day(t, "to")}}
			if q.From >= q.To {
				q.Period = whole
			}
			q.By = rapid.SliceOfNDistinct(rapid.SampledFrom(everyDimension), 0, 4, rapid.ID).Draw(t, "by")
			q.Filter = filter(t, w)
			check(t, q)
		})
	})
}

// day is one of the days around which something turns, or any.
func day(t *rapid.T, name string) terms.Date {
	if rapid.Bool().Draw(t, name+" turns") {
		return terms.DateOf(rapid.SampledFrom(turns).Draw(t, name))
	}
	return terms.Date("2024-01-01").AddDays(rapid.IntRange(0, 1100).Draw(t, name))
}

func filter(t *rapid.T, w *world) report.Filter {
	var f report.Filter
	for _, condition := range rapid.SliceOfN(rapid.IntRange(0, 8), 0, 2).Draw(t, "filter") {
		yes := rapid.Bool().Draw(t, "yes")
		switch condition {
		case 0:
			f.Kinds = rapid.SliceOfN(rapid.SampledFrom([]terms.ActivityKind{terms.KindService, terms.KindAttempt, terms.KindReceipt, terms.KindWithdrawal}), 0, 2).Draw(t, "kinds")
		case 1:
			f.CourtLocations = rapid.SliceOfN(rapid.SampledFrom([]string{"HHD", "nnh", "UWY", "XXX"}), 0, 2).Draw(t, "courts")
		case 2:
			f.OrderKinds = []terms.OrderKind{terms.CivilProtectionOrder}
		case 3:
			f.Methods = []terms.ServiceMethod{terms.MethodAbode}
		case 4:
			f.Reasons = []terms.AttemptReason{terms.ReasonOutOfState, terms.ReasonEvading}
		case 5:
			f.OfficerIDs = []terms.ID{w.Officer("officer2"), w.Officer("officer3")}
		case 6:
			f.PoliceAssistanceRequested = &yes
		case 7:
			f.Late = &yes
		case 8:
			f.Manual = &yes
		}
	}
	return f
}

// The court's days, months and years, not those of Greenwich (§4(f)).
func TestPeriodsTurnInHartford(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		w.OpenCase(feed.Daybook{DocketNumber: "HHDFA255000001S"})
		record := func(text string) {
			in := w.Attempt("HHDFA255000001S", at(text))
			in.Confirm = []terms.Confirmation{terms.ConfirmBeforeCaseExisted}
			w.Try(in)
		}
		// 11:59 p.m. on June 30, daylight saving time: July in Greenwich.
		record("2025-06-30T23:59:00-04:00")
		record("2025-07-01T00:00:00-04:00")
		// The last microsecond of the year.
		record("2025-12-31T23:59:59.999999-05:00")
		record("2026-01-01T00:00:00-05:00")
		// The night in which an hour comes twice, and the one in which one is left out.
		record("2025-11-02T01:30:00-04:00")
		record("2025-11-02T01:30:00-05:00")
		record("2026-03-08T01:59:59-05:00")
		record("2026-03-08T03:00:00-04:00")
		for _, x := range []struct {
			name string
			from terms.Date
			to   terms.Date
			by   terms.StatisticsDimension
			want map[string]int
		}{
			{"months", "2025-01-01", "2027-01-01", terms.ByMonth, map[string]int{"2025-06": 1, "2025-07": 1, "2025-11": 2, "2025-12": 1, "2026-01": 1, "2026-03": 2}},
			{"quarters", "2025-01-01", "2027-01-01", terms.ByQuarter, map[string]int{"2025-Q2": 1, "2025-Q3": 1, "2025-Q4": 3, "2026-Q1": 3}},
			{"calendar years", "2025-01-01", "2027-01-01", terms.ByCalendarYear, map[string]int{"2025": 5, "2026": 3}},
			{"fiscal years end on June 30", "2025-01-01", "2027-01-01", terms.ByFiscalYear, map[string]int{"2025": 1, "2026": 7}},
			{"a period that begins within a month", "2025-06-15", "2025-07-02", terms.ByMonth, map[string]int{"2025-06": 1, "2025-07": 1}},
			{"to is the first day that no longer counts", "2025-06-30", "2025-07-01", terms.ByMonth, map[string]int{"2025-06": 1}},
			{"one day", "2025-12-31", "2026-01-01", terms.ByFiscalYear, map[string]int{"2026": 1}},
			{"the night with 25 hours", "2025-11-02", "2025-11-03", terms.ByMonth, map[string]int{"2025-11": 2}},
			{"the night with 23 hours", "2026-03-08", "2026-03-09", terms.ByMonth, map[string]int{"2026-03": 2}},
			{"a time in which nothing happened", "2019-01-01", "2020-01-01", terms.ByMonth, map[string]int{}},
		} {
			got, err := w.reporter.Statistics(context.Background(), w.As("supervisor1"), report.Query{Period: report.Period{From: x.from, To: x.to}, By: []terms.StatisticsDimension{x.by}})
			if err != nil {
				t.Fatal(err)
			}
			rows := map[string]int{}
			for _, row := range got.Rows {
				rows[keyOf(row)] = row.Count
			}
			if !maps.Equal(rows, x.want) {
				t.Errorf("%s: %v, want %v", x.name, rows, x.want)
			}
		}
	})
}

// Labels are for people.
func TestLabels(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t))
	w.OpenCase(feed.Daybook{DocketNumber: "HHDFA255000001S"})
	w.Serve(w.Service("HHDFA255000001S", w.Clock.Now()))
	want := map[terms.StatisticsDimension]string{
		terms.ByMonth: "November 2026", terms.ByQuarter: "Q4 of 2026", terms.ByCalendarYear: "Calendar year 2026", terms.ByFiscalYear: "Fiscal year ending June 30, 2027",
		terms.ByCourtLocation: "Judicial District of Hartford", terms.ByJudicialDistrict: "Hartford", terms.ByCounty: "Hartford", terms.ByOrderKind: "Not known",
		terms.ByActivityKind: "Service", terms.ByMethod: "Hand", terms.ByReason: "Not applicable", terms.ByPoliceAssistance: "Not requested",
		terms.ByTimeliness: "Within two hours", terms.ByServedInTime: "Not known", terms.ByReportedVia: "Direct", terms.ByOfficer: "Maria Ortiz",
	}
	for _, by := range everyDimension {
		got, err := w.reporter.Statistics(context.Background(), w.As("registry1"), report.Query{Period: report.Period{From: "2026-11-24", To: "2026-11-25"}, By: []terms.StatisticsDimension{by}})
		if err != nil || len(got.Rows) != 1 || got.Rows[0].Keys[0].Label != want[by] || got.Dimensions[0].Definition == "" {
			t.Errorf("%s: %+v, %v; want %q", by, got, err, want[by])
		}
	}
}

func TestWhatCannotBeCountedSaysWhatToAsk(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t))
	year := report.Period{From: "2026-01-01", To: "2027-01-01"}
	by := func(dims ...terms.StatisticsDimension) []terms.StatisticsDimension { return dims }
	for _, x := range []struct {
		name  string
		query report.Query
		code  terms.Code
		says  string
	}{
		{"backwards", report.Query{Period: report.Period{From: "2026-02-01", To: "2026-01-01"}}, terms.ValidationFailed, "from must lie before to"},
		{"no day at all", report.Query{Period: report.Period{From: "2026-02-01", To: "2026-02-01"}}, terms.ValidationFailed, "2027-01-01"},
		{"eleven years", report.Query{Period: report.Period{From: "2015-01-01", To: "2025-01-02"}}, terms.QueryTooCostly, "10 years after"},
		{"five dimensions", report.Query{Period: year, By: everyDimension[:5]}, terms.ValidationFailed, "4 dimensions"},
		{"one dimension twice", report.Query{Period: year, By: by(terms.ByMonth, terms.ByMonth)}, terms.ValidationFailed, "twice"},
		{"no such dimension", report.Query{Period: year, By: by("MOON")}, terms.ValidationFailed, "does not exist"},
		{"too many values", report.Query{Period: year, Filter: report.Filter{CourtLocations: make([]string, 101)}}, terms.ValidationFailed, "100 values"},
		{"no code", report.Query{Period: year, Filter: report.Filter{CourtLocations: []string{strings.Repeat("H", 101)}}}, terms.ValidationFailed, "HHD"},
		{"another's id", report.Query{Period: year, Filter: report.Filter{OfficerIDs: []terms.ID{terms.NewID(terms.CasePrefix)}}}, terms.BadID, "ofc_"},
	} {
		_, err := w.reporter.Statistics(context.Background(), w.As("analyst1"), x.query)
		var refused *terms.InputError
		if !errors.As(err, &refused) || refused.Code != x.code || !strings.Contains(refused.Message, x.says) {
			t.Errorf("%s: %v", x.name, err)
		}
	}
	if _, err := w.reporter.Statistics(context.Background(), w.As("analyst1"), report.Query{Period: report.Period{From: "2016-02-29", To: "2026-02-28"}}); err != nil {
		t.Errorf("ten years: %v", err)
	}
}

// Analysts, the registry section and supervisors may ask for figures; officers and
// court staff may not, nor who has not signed the agreement (§9(a)(3)).
func TestWhoMayAskForFigures(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t))
	for who, want := range map[string]error{
		"analyst1": nil, "registry1": nil, "manager1": nil, "supervisor1": nil, "officer1": access.ErrForbidden, "court1": access.ErrForbidden,
	} {
		v := w.As(who)
		_, err := w.reporter.Statistics(context.Background(), v, report.Query{Period: report.Period{From: "2026-01-01", To: "2027-01-01"}})
		_, annual := w.reporter.Annual(context.Background(), v, 2026, terms.CalendarYear)
		if !errors.Is(err, want) || !errors.Is(annual, want) {
			t.Errorf("%s: %v, %v", who, err, annual)
		}
		v.Agreed = false
		if _, err := w.reporter.Annual(context.Background(), v, 2026, terms.CalendarYear); !errors.Is(err, access.ErrNotAgreed) {
			t.Errorf("%s, unsigned: %v", who, err)
		}
	}
	if _, err := w.reporter.Annual(context.Background(), nil, 2026, terms.CalendarYear); !errors.Is(err, access.ErrUnauthenticated) {
		t.Error("a stranger:", err)
	}
}

// An answer is bounded: what would have more rows is refused with what to do.
func TestAnswersAreBounded(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t))
	id, v := w.OpenCase(feed.Daybook{DocketNumber: "HHDFA255000001S"}), w.As("registry1")
	kinds := []terms.ActivityKind{terms.KindReceipt, terms.KindTransfer, terms.KindOtherInformation}
	ways := []terms.EntryVia{"", terms.ViaEmail, terms.ViaFax, terms.ViaInPerson, terms.ViaTelephone}
	row := func(a *ent.ServiceActivityCreate, n int) {
		month, rest := n%120, n/120
		a.SetCaseID(id).SetSequence(int64(n + 10)).SetRecordedAt(w.Clock.Now()).SetAccountID(v.Account).SetRecordedByName("Clerk").SetRecordedByRole(terms.RoleRegistryClerk).
			SetIdempotencyKey(fmt.Sprintf("bulk-key-%08d", n)).SetContentSha256(make([]byte, 32)).
			SetOccurredAt(time.Date(2016, 12, 15, 12, 0, 0, 0, time.UTC).AddDate(0, month, 0)).
			SetKind(kinds[rest%3]).SetOfficerID(w.Officer(fmt.Sprintf("officer%d", rest/3%3+1)))
		if via := ways[rest/9]; via != "" {
			a.SetReportedVia(via)
		}
	}
	if err := w.Store.Tx(w.System(), func(ctx context.Context, tx *ent.Tx) error {
		for first := 0; first < 5001; first += 500 {
			err := tx.ServiceActivity.MapCreateBulk(make([]int, min(500, 5001-first)), func(a *ent.ServiceActivityCreate, i int) { row(a, first+i) }).Exec(ctx)
			if err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	q := report.Query{
		Period: report.Period{From: "2016-12-01", To: "2026-12-01"},
		By:     []terms.StatisticsDimension{terms.ByMonth, terms.ByActivityKind, terms.ByReportedVia, terms.ByOfficer},
	}
	var refused *terms.InputError
	if _, err := w.reporter.Statistics(context.Background(), v, q); !errors.As(err, &refused) || refused.Code != terms.QueryTooCostly || !strings.Contains(refused.Message, "5000 rows") {
		t.Errorf("5,001 rows: %v", err)
	}
	q.From = "2017-01-01"
	if got, err := w.reporter.Statistics(context.Background(), v, q); err != nil || len(got.Rows) != got.Total || got.Total != 5001-42 {
		t.Errorf("within the bound: %v", err)
	}
}
