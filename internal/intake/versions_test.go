package intake_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent/journalrecord"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/intake"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/intake/intaketest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// Two rows of one key and one age contradict each other. Importing their file
// again changes nothing, and what came later under the old date stays.
func TestRowsOfOneAge(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := intaketest.New(t, s)
		var names []feed.Daybook
		for _, name := range []string{"Roe", "Rowe", "Row"} {
			names = append(names, feed.Daybook{DocketNumber: docket, RespondentLastName: name, CreatedAt: intaketest.Noon, SourceUpdatedAt: intaketest.Noon})
		}
		w.Daybook(names...)
		c := w.Case(docket)
		if got := w.Daybook(names...); got.Changed > 0 || w.Case(docket).String() != c.String() {
			t.Errorf("the daybook again: %+v\n%v\n%v", got, c, w.Case(docket))
		}
		slices.Reverse(names)
		w.Daybook(names...)
		if w.Case(docket).String() != c.String() {
			t.Errorf("the daybook in another order: %v", w.Case(docket))
		}

		row := func(order string, days int) feed.Registry {
			hearing := intaketest.Noon.AddDate(0, 0, days)
			return feed.Registry{DocketNumber: docket, OrderNumber: order, HearingAt: &hearing, SourceUpdatedAt: intaketest.Noon}
		}
		file := []feed.Registry{row("PO-1", 10), row("PO-1", 20), row("PO-1", 15)}
		report(t, "registry", w.Registry(file...), intake.Report{New: 1, Changed: 2})
		count := func() [2]int {
			return [2]int{s.Client.RegistryRow.Query().CountX(w.System()), s.Client.JournalRecord.Query().CountX(w.System())}
		}
		before := count()
		for range 2 {
			report(t, "again", w.Registry(file...), intake.Report{Unchanged: 3})
		}
		if c := w.Case(docket); count() != before || !c.HearingAt.Equal(*file[2].HearingAt) {
			t.Errorf("%v rows and records, were %v; hearing %v", count(), before, c.HearingAt)
		}
		report(t, "a correction under the old date", w.Registry(row("PO-1", 30)), intake.Report{Changed: 1})
		report(t, "and the file from before it", w.Registry(file...), intake.Report{Unchanged: 3})
		if c := w.Case(docket); !c.HearingAt.Equal(*row("", 30).HearingAt) {
			t.Errorf("hearing %v", c.HearingAt)
		}
		w.Consistent()
	})
}

// Rows of one age that wait are no others than those that do not.
func TestRowsOfOneAgeThatWait(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := intaketest.New(t, s)
		row := func(town string) feed.Registry {
			return feed.Registry{DocketNumber: docket, OrderNumber: "1", RespondentHome: feed.Address{Town: town}, SourceUpdatedAt: intaketest.Noon}
		}
		file := []feed.Registry{row("Avon"), row("Berlin")}
		report(t, "early", w.Registry(file...), intake.Report{Waiting: 2})
		report(t, "again", w.Registry(file...), intake.Report{Unchanged: 2})
		report(t, "a third", w.Registry(row("Canton")), intake.Report{Waiting: 1})
		report(t, "the daybook", w.Daybook(feed.Daybook{DocketNumber: docket}), intake.Report{New: 1})
		report(t, "when they are there", w.Registry(append(file, row("Canton"))...), intake.Report{Unchanged: 3})
		facts, err := casefile.ReadFacts(w.System(), s.Client, w.Case(docket).ID)
		if err != nil || len(facts.Versions) != 3 || len(facts.Addresses) != 1 || facts.Addresses[0].Town != "Canton" {
			t.Errorf("%v %v", facts, err)
		}
		w.Consistent()
	})
}

// A row that only has a newer date changes nothing, so nobody is told; it is
// kept, for a row that lies between the two is older.
func TestARowThatOnlyHasANewerDate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := intaketest.New(t, s)
		id := w.OpenCase(feed.Daybook{DocketNumber: docket})
		row := func(minutes int, town string) feed.Registry {
			return feed.Registry{DocketNumber: docket, OrderNumber: "1", RespondentHome: feed.Address{Town: town}, SourceUpdatedAt: intaketest.Noon.Add(time.Duration(minutes) * time.Minute)}
		}
		w.Registry(row(0, "Avon"))
		report(t, "touched", w.Registry(row(10, "Avon"), row(20, "Avon")), intake.Report{Unchanged: 2})
		report(t, "between", w.Registry(row(15, "Berlin")), intake.Report{Older: 1})
		if got := records(w, id); got != "CASE_OPENED ORDER_FACTS_CHANGED" {
			t.Errorf("journal: %s", got)
		}
		record := s.Client.JournalRecord.Query().Where(journalrecord.KindEQ(terms.OrderFactsChanged)).OnlyX(w.System()).ID
		for _, r := range s.Client.RegistryRow.Query().AllX(w.System()) {
			if r.RecordID != record {
				t.Errorf("row %s was brought by %s, want %s", r.ID, r.RecordID, record)
			}
		}
		report(t, "changed", w.Registry(row(30, "Berlin")), intake.Report{Changed: 1})
		if got := records(w, id); got != "CASE_OPENED ORDER_FACTS_CHANGED ORDER_FACTS_CHANGED" {
			t.Errorf("journal: %s", got)
		}
		w.Consistent()
	})
}

// A newer row without a hearing takes the hearing away, and those who watch are
// told.
func TestTheRegistryTakesAHearingAway(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := intaketest.New(t, s)
		id := w.OpenCase(feed.Daybook{DocketNumber: docket})
		hearing := intaketest.Noon.AddDate(0, 0, 10)
		row := feed.Registry{DocketNumber: docket, OrderNumber: "PO-1", HearingAt: &hearing, SourceUpdatedAt: intaketest.Noon}
		w.Registry(row)
		set := s.Client.Hearing.Query().OnlyX(w.System())
		row.HearingAt, row.SourceUpdatedAt = nil, intaketest.Noon.Add(time.Minute)
		report(t, "taken away", w.Registry(row), intake.Report{Changed: 1})
		if c := w.Case(docket); c.HearingAt != nil || c.LastTimelyDay != nil || c.HearingSetAt != nil || !c.HearingSort.Equal(casefile.NoHearing) {
			t.Errorf("case: %v", c)
		}
		if got := records(w, id); got != "CASE_OPENED ORDER_FACTS_CHANGED HEARING_CHANGED ORDER_FACTS_CHANGED HEARING_CHANGED" {
			t.Errorf("journal: %s", got)
		}
		for _, r := range s.Client.JournalRecord.Query().Where(journalrecord.KindEQ(terms.HearingChanged)).AllX(w.System()) {
			if *r.AboutID != set.ID {
				t.Errorf("the record is about %s", *r.AboutID)
			}
		}
		w.Consistent()
	})
}

// Nothing is written before the locks are taken: two transactions that lock and
// write the other way round would wait for each other.
func TestTheLocksComeFirst(t *testing.T) {
	var mu sync.Mutex
	var first []string // the first writing statement of each transaction
	fresh := true
	s := storetest.Observed(t, func(statement string) {
		mu.Lock()
		defer mu.Unlock()
		word, _, _ := strings.Cut(statement, " ")
		if fresh && (word == "UPDATE" || word == "INSERT" || word == "DELETE") {
			first = append(first, strings.Join(strings.Fields(statement)[:2], " "))
			fresh = false
		}
	})
	w := intaketest.New(t, s)
	committed := func() { mu.Lock(); fresh = true; mu.Unlock() }
	w.OpenCase(feed.Daybook{DocketNumber: docket})
	begin := func() { committed(); first = nil }
	w.Importer.OnCommit = committed
	const other = terms.Docket("HHDFA265012346S")
	begin()
	w.Registry(feed.Registry{DocketNumber: docket, OrderNumber: "1"}, feed.Registry{DocketNumber: other, OrderNumber: "1"})
	if len(first) == 0 || first[0] != "UPDATE `registry_cases`" {
		t.Errorf("a known case and an unknown one: %q", first)
	}
	// A row that waits though its case is there, as when both come at once.
	s.Client.WaitingRow.Create().SetDocket(docket).SetOrderNumber("2").SetSourceUpdatedAt(intaketest.Noon).SetReceivedAt(intaketest.Noon).
		SetRow(feed.Registry{DocketNumber: docket, OrderNumber: "2", OrderKind: terms.ReliefFromAbuse, RespondentFirstName: "J", RespondentLastName: "R", SourceUpdatedAt: intaketest.Noon}.Canonical()).
		ExecX(w.System())
	begin()
	w.Registry(feed.Registry{DocketNumber: docket, OrderNumber: "1"}, feed.Registry{DocketNumber: other, OrderNumber: "2"})
	w.Daybook(feed.Daybook{DocketNumber: docket, RespondentLastName: "Rowe", SourceUpdatedAt: intaketest.Noon.Add(time.Hour)})
	if s.Client.WaitingRow.Query().CountX(w.System()) != 2 {
		t.Error("the row still waits")
	}
	for _, f := range first {
		if f != "UPDATE `registry_cases`" {
			t.Errorf("the first writes are %q", first)
			break
		}
	}
}
