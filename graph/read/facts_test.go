package read_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/registryrow"
	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

func system() context.Context { return access.As(context.Background(), "test") }

// version seeds a row of the registry and its order, if it has a number. The
// rows' ids ascend.
func version(w *graphtest.World, kase terms.ID, number string, updated time.Time, sequence int64, issued *time.Time) *ent.RegistryRow {
	r := w.Store.Client.RegistryRow.Create().SetCaseID(kase).SetOrderNumber(number).SetSourceUpdatedAt(updated).SetRecordedAt(updated).
		SetSequence(sequence).SetRecordID(terms.NewID(terms.JournalRecordPrefix)).SetContentSha256(make([]byte, 32)).
		SetOrderKind(terms.ReliefFromAbuse).SaveX(system())
	if number != "" {
		w.Store.Client.ProtectionOrder.Create().SetCaseID(kase).SetRowID(r.ID).SetNumber(number).SetKind(terms.ReliefFromAbuse).
			SetNillableIssuedAt(issued).ExecX(system())
	}
	return r
}

// Whatever ties, what the API shows is in force where casefile says so.
func TestTheSameRowsAreInForceEverywhere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := graphtest.New(t, s)
		row := w.Add(t, graphtest.Case{})
		issued := map[terms.ID]string{}
		n := 0
		for _, number := range []string{"A", "B", "C", "D"} {
			for _, tie := range [][2]int{{1, 5}, {2, 5}, {2, 5}, {2, 4}, {2, 5}} { // its time and sequence
				n++
				at := graphtest.Now.Add(time.Duration(n) * time.Second)
				r := version(w, row.ID, number, graphtest.Now.Add(time.Duration(tie[0])*time.Minute), int64(tie[1]), &at)
				issued[r.ID] = number + " " + at.Format(terms.InstantLayout)
			}
		}
		var want []string
		for _, r := range casefile.InForce(s.Client.RegistryRow.Query().Where(registryrow.CaseID(row.ID)).AllX(system())) {
			if is := issued[r.ID]; is != "" {
				want = append(want, is)
			}
		}
		a := graphtest.MustAsk(w.As("registry1"), t, serve(w), `query($d: DocketNumber!) { registryCase(docketNumber: $d) { protectionOrders { number issuedAt } } }`, map[string]any{"d": row.Docket})
		var got []string
		for i := range a.At(t, "registryCase", "protectionOrders").([]any) {
			if number := a.At(t, "registryCase", "protectionOrders", i, "number"); number != "1" { // which Add seeds
				got = append(got, fmt.Sprint(number, " ", a.At(t, "registryCase", "protectionOrders", i, "issuedAt")))
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if len(want) != 4 || !slices.Equal(got, want) {
			t.Errorf("in force are\n%s\nbut shown are\n%s", strings.Join(want, "\n"), strings.Join(got, "\n"))
		}
	})
}

// Orders of which it is not known when they were issued come last, by number.
func TestOrdersAreInOneOrder(t *testing.T) {
	w := graphtest.New(t, storetest.SQLite(t))
	row := w.Add(t, graphtest.Case{OpenedAt: graphtest.Now.AddDate(0, 0, -30)}) // order 1, the earliest
	early, late := graphtest.Now.AddDate(0, 0, -10), graphtest.Now.AddDate(0, 0, -5)
	for _, o := range []struct {
		number string
		issued *time.Time
	}{{"2", &late}, {"3", nil}, {"4", &early}, {"0", nil}, {"5", &late}, {"6", &early}} {
		version(w, row.ID, o.number, graphtest.Now, 9, o.issued)
	}
	a := graphtest.MustAsk(w.As("registry1"), t, serve(w), `query($d: DocketNumber!) { registryCase(docketNumber: $d) { protectionOrders { number } } }`, map[string]any{"d": row.Docket})
	got := ""
	for i := range a.At(t, "registryCase", "protectionOrders").([]any) {
		got += fmt.Sprint(a.At(t, "registryCase", "protectionOrders", i, "number"))
	}
	if got != "1462503" {
		t.Errorf("the orders are %s", got)
	}
}

// The history begins with the hearing in force, which need not be the newest:
// one that was taken away is history.
func TestTheHearingInForceComesFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := graphtest.New(t, s)
		in := func(days int) time.Time { return graphtest.Now.AddDate(0, 0, days) }
		row := w.Add(t, graphtest.Case{Hearing: in(10)}) // in force, says the fold
		for i, days := range []int{20, 30} {
			r := version(w, row.ID, "2", graphtest.Now.Add(time.Duration(i)*time.Minute), int64(5+i), nil)
			s.Client.Hearing.Create().SetCaseID(row.ID).SetRowID(r.ID).SetScheduledFor(in(days)).SetCourtroom("4B").
				SetSourceUpdatedAt(r.SourceUpdatedAt).SetRecordedAt(r.RecordedAt).ExecX(system())
		}
		version(w, row.ID, "2", graphtest.Now.Add(time.Hour), 8, nil) // takes it away
		show := func() string {
			a := graphtest.MustAsk(w.As("registry1"), t, serve(w), `query($d: DocketNumber!) { registryCase(docketNumber: $d) { hearing { scheduledFor } hearingHistory { scheduledFor } } }`, map[string]any{"d": row.Docket})
			text := fmt.Sprint(a.At(t, "registryCase", "hearing", "scheduledFor"), ":")
			for i := range a.At(t, "registryCase", "hearingHistory").([]any) {
				text += fmt.Sprint(" ", a.At(t, "registryCase", "hearingHistory", i, "scheduledFor"))
			}
			return text
		}
		p := func(days int) string { return in(days).Format(terms.InstantLayout) }
		if got, want := show(), fmt.Sprintf("%s: %s %s %s", p(10), p(10), p(30), p(20)); got != want {
			t.Errorf("shown is\n%s, want\n%s", got, want)
		}
		s.Client.RegistryCase.UpdateOneID(row.ID).ClearHearingAt().SetHearingSort(casefile.NoHearing).ExecX(system())
		if got, want := show(), fmt.Sprintf("<nil>: %s %s %s", p(30), p(20), p(10)); got != want {
			t.Errorf("without one in force shown is\n%s, want\n%s", got, want)
		}
	})
}

// What nothing could match is refused before it reaches the database: SQLite
// answers long patterns with an error.
func TestLongFiltersAreRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := graphtest.New(t, s)
		h := serve(w)
		long := func(n int) string { return strings.Repeat("A", n) }
		for _, x := range []struct{ ask, code string }{
			{`registryCases(first: 1, filter: {docketFragment: "` + long(15) + `"}) { totalCount }`, ""},
			{`registryCases(first: 1, filter: {docketFragment: "HHD-FA-26-0000001-S"}) { totalCount }`, ""},
			{`registryCases(first: 1, filter: {docketFragment: "` + long(16) + `"}) { totalCount }`, "VALIDATION_FAILED"},
			{`registryCases(first: 1, filter: {docketFragment: "` + long(60_000) + `"}) { totalCount nodes { id } }`, "VALIDATION_FAILED"},
			{`registryCases(first: 1, filter: {courtLocation: "` + long(100) + `"}) { totalCount }`, ""},
			{`registryCases(first: 1, filter: {courtLocation: "` + long(101) + `"}) { totalCount }`, "VALIDATION_FAILED"},
			{`officers(first: 1, filter: {county: "` + strings.Repeat("é", 100) + `"}) { totalCount }`, ""},
			{`officers(first: 1, filter: {county: "` + long(101) + `"}) { totalCount }`, "VALIDATION_FAILED"},
			{`lawEnforcementAgencies(first: 1, filter: {town: "` + long(100) + `"}) { totalCount }`, ""},
			{`lawEnforcementAgencies(first: 1, filter: {town: "` + long(101) + `"}) { totalCount }`, "VALIDATION_FAILED"},
		} {
			a := graphtest.Ask(w.As("registry1"), t, h, `{ `+x.ask+` }`, nil)
			if a.Code() != x.code || x.code == "" && len(a.Errors) > 0 {
				t.Errorf("%.80s: %s", x.ask, a.Body)
			}
		}
	})
}

// A statement has a limited number of places for values: one that is repeated
// takes one.
func TestAFilterThatRepeatsItself(t *testing.T) {
	onEach(t, func(d *desk) {
		row := d.Add(t, graphtest.Case{})
		states := slices.Repeat([]string{"CONFIRMED", "PENDING"}, 35_000)
		a := graphtest.MustAsk(d.As("registry1"), d.t, serve(d.World), `query($s: [DeliveryState!]) { deliveries(first: 1, filter: {states: $s}) { totalCount } }`, map[string]any{"s": states})
		if a.At(d.t, "deliveries", "totalCount") != float64(len(row.Deliveries)) {
			d.t.Errorf("of %d deliveries: %s", len(row.Deliveries), a.Body)
		}
	})
}
