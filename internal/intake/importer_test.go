package intake_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/service-tracking/sts/ent/journalrecord"
	"github.com/service-tracking/sts/internal/intake"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/intake/intaketest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

const docket = intaketest.Docket

func report(t *testing.T, what string, got, want intake.Report) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s: %s", what, d)
	}
}

// records are the kinds of the case's journal records, in case order.
func records(w *intaketest.World, id terms.ID) string {
	var kinds []string
	for _, r := range w.Store.Client.JournalRecord.Query().Where(journalrecord.CaseID(id)).Order(journalrecord.ByID()).AllX(w.System()) {
		kinds = append(kinds, string(r.Kind))
	}
	return strings.Join(kinds, " ")
}

// §3(b)(1) to §3(b)(3): the daybook brings court location, docket number and
// the respondent's name; the same file changes nothing, an older row neither.
func TestDaybook(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := intaketest.New(t, s)
		row := feed.Daybook{
			DocketNumber: docket, CourtLocation: "HHD", RespondentFirstName: "José", RespondentLastName: "Núñez",
			CreatedAt: intaketest.Noon.Add(-time.Hour), SourceUpdatedAt: intaketest.Noon,
		}
		report(t, "new", w.Daybook(row), intake.Report{New: 1})
		c := w.Case(docket)
		if c.CourtCode != "HHD" || c.RespondentFirstName != "José" || c.RespondentLastName != "Núñez" || c.RespondentKey != "nunez jose" ||
			!c.OpenedAt.Equal(row.CreatedAt) || !c.LatestActivityAt.Equal(row.CreatedAt) || c.Provisional || c.ServiceStatus != terms.StatusNoEntry {
			t.Errorf("case: %v", c)
		}
		w.Clock.Advance(time.Hour)
		report(t, "again", w.Daybook(row), intake.Report{Unchanged: 1})
		if again := w.Case(docket); again.String() != c.String() {
			t.Errorf("importing again has changed\n%v\n%v", c, again)
		}
		changed := row
		changed.SourceUpdatedAt = intaketest.Noon.Add(time.Minute)
		changed.RespondentLastName, changed.CreatedAt = "Nunes", row.CreatedAt.Add(-time.Hour)
		report(t, "another spelling", w.Daybook(changed), intake.Report{Changed: 1})
		if c := w.Case(docket); c.ID != w.Case(docket).ID || c.RespondentLastName != "Nunes" || c.RespondentKey != "nunes jose" || !c.OpenedAt.Equal(changed.CreatedAt) {
			t.Errorf("case: %v", c)
		}
		report(t, "the older file", w.Daybook(row), intake.Report{Older: 1})
		same := changed
		for same.RespondentLastName = "Nuñez"; same.Hash() < changed.Hash(); {
			same.RespondentLastName += "z"
		}
		report(t, "equally old, other content with a greater hash", w.Daybook(same), intake.Report{Changed: 1})
		report(t, "the one it replaces", w.Daybook(changed), intake.Report{Older: 1})
		later := same
		later.SourceUpdatedAt = same.SourceUpdatedAt.Add(time.Hour)
		report(t, "only touched", w.Daybook(later), intake.Report{Unchanged: 1})
		report(t, "older than that", w.Daybook(changed), intake.Report{Older: 1})
		if got := records(w, c.ID); got != "CASE_OPENED CASE_CHANGED CASE_CHANGED" {
			t.Errorf("journal: %s", got)
		}
		w.Consistent()
	})
}

// A docket that stands several times in one file ends as if each row had come
// alone, whatever the groups.
func TestADocketSeveralTimesInOneFile(t *testing.T) {
	w := intaketest.New(t, storetest.SQLite(t))
	at := func(minutes int, name string) feed.Daybook {
		return feed.Daybook{DocketNumber: docket, RespondentLastName: name, CreatedAt: intaketest.Noon, SourceUpdatedAt: intaketest.Noon.Add(time.Duration(minutes) * time.Minute)}
	}
	report(t, "daybook", w.Daybook(at(1, "Roe"), at(3, "Rowe"), at(2, "Row"), at(4, "Roe"), at(4, "Roe")),
		intake.Report{New: 1, Changed: 2, Older: 1, Unchanged: 1})
	c := w.Case(docket)
	if c.RespondentLastName != "Roe" || records(w, c.ID) != "CASE_OPENED CASE_CHANGED CASE_CHANGED" {
		t.Errorf("%s; %v", records(w, c.ID), c)
	}
	row := func(minutes int, town string) feed.Registry {
		return feed.Registry{DocketNumber: docket, OrderNumber: "PO-1", RespondentHome: feed.Address{Town: town}, SourceUpdatedAt: intaketest.Noon.Add(time.Duration(minutes) * time.Minute)}
	}
	report(t, "registry", w.Registry(row(1, "Avon"), row(3, "Berlin"), row(2, "Canton"), row(3, "Berlin")),
		intake.Report{New: 1, Changed: 1, Older: 1, Unchanged: 1})
	w.Consistent()
}

// §3(d): the registry's facts are versions: the newest by its source's time is
// in force, and each leaves its record.
func TestRegistry(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := intaketest.New(t, s)
		id := w.OpenCase(feed.Daybook{DocketNumber: docket})
		hearing, continued := intaketest.Noon.Add(10*24*time.Hour), intaketest.Noon.Add(24*24*time.Hour)
		row := feed.Registry{
			DocketNumber: docket, OrderNumber: "PO-1", OrderKind: terms.CivilProtectionOrder, HearingAt: &hearing, Courtroom: "5A", SourceUpdatedAt: intaketest.Noon,
			IssuedAt: &intaketest.Noon, ExParte: true, ExpiresOn: "2027-11-24", PickedUpAt: &intaketest.Noon, StateFileNumber: "S1", NationalFileNumber: "N1",
			Outcome: terms.OutcomeDismissed, OutcomeReason: terms.OutcomeNotServed, AddressesConfidential: true,
			RespondentFirstName: "Jon", RespondentLastName: "Roe", RespondentHome: feed.Address{Street: "1 Main St", Town: "Avon", State: "CT", Zip: "06001"},
			ProtectedPersons: []feed.ProtectedPerson{{FirstName: "Jane", LastName: "Doe", Home: feed.Address{Town: "Berlin"}, Work: feed.Address{Town: "Canton"}}, {FirstName: "Kid", LastName: "Doe"}},
		}
		report(t, "new", w.Registry(row), intake.Report{New: 1})
		c := w.Case(docket)
		if *c.OrderKind != terms.CivilProtectionOrder || !c.HearingAt.Equal(hearing) || c.HearingCourtroom != "5A" || *c.LastTimelyDay != "2026-11-29" ||
			!c.HearingSort.Equal(hearing) || c.HearingSetAt != nil || c.RespondentFirstName != "John" {
			t.Errorf("case: %v", c)
		}
		order := s.Client.ProtectionOrder.Query().OnlyX(w.System())
		if order.Number != "PO-1" || !order.ExParte || *order.ExpiresOn != "2027-11-24" || *order.Outcome != terms.OutcomeDismissed || *order.OutcomeReason != terms.OutcomeNotServed ||
			!order.IssuedAt.Equal(intaketest.Noon) || !order.PickedUpAt.Equal(intaketest.Noon) || order.StateFileNumber != "S1" || order.NationalFileNumber != "N1" {
			t.Errorf("order: %v", order)
		}
		if n := s.Client.Address.Query().CountX(w.System()); n != 3 {
			t.Errorf("%d addresses", n)
		}
		w.Clock.Advance(time.Hour)
		report(t, "again", w.Registry(row), intake.Report{Unchanged: 1})
		turned := row
		turned.ProtectedPersons = []feed.ProtectedPerson{row.ProtectedPersons[1], row.ProtectedPersons[0]}
		report(t, "protected persons in another order", w.Registry(turned), intake.Report{Unchanged: 1})
		moved := row
		moved.HearingAt, moved.SourceUpdatedAt = &continued, intaketest.Noon.Add(30*time.Minute)
		report(t, "a continued hearing", w.Registry(moved), intake.Report{Changed: 1})
		if c := w.Case(docket); c.ID != id || !c.HearingAt.Equal(continued) || *c.LastTimelyDay != "2026-12-13" || !c.HearingSetAt.Equal(terms.Micro(w.Clock.Now())) {
			t.Errorf("case: %v", c)
		}
		report(t, "the older file", w.Registry(row), intake.Report{Older: 1})
		same := moved
		same.RespondentLastName = "Rowe"
		report(t, "equally old, other content", w.Registry(same), intake.Report{Changed: 1})
		if got := records(w, id); got != "CASE_OPENED ORDER_FACTS_CHANGED HEARING_CHANGED ORDER_FACTS_CHANGED HEARING_CHANGED ORDER_FACTS_CHANGED" {
			t.Errorf("journal: %s", got)
		}
		// Another order is another key: an older row of it is still new, and the
		// hearing stays that of the newest row.
		other := row
		other.OrderNumber, other.SourceUpdatedAt = "PO-2", intaketest.Noon.Add(-time.Hour)
		report(t, "another order", w.Registry(other), intake.Report{New: 1})
		if c := w.Case(docket); !c.HearingAt.Equal(continued) {
			t.Errorf("hearing: %v", c.HearingAt)
		}
		w.Consistent()
	})
}

// A registry row can come before the daybook's: it waits, in its newest
// version, and is applied when the case comes.
func TestTheRegistryBeforeTheDaybook(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := intaketest.New(t, s)
		row := func(order string, minutes int, town string) feed.Registry {
			return feed.Registry{DocketNumber: docket, OrderNumber: order, RespondentHome: feed.Address{Town: town}, SourceUpdatedAt: intaketest.Noon.Add(time.Duration(minutes) * time.Minute)}
		}
		report(t, "early", w.Registry(row("1", 1, "Avon"), row("2", 2, "Avon"), row("1", 3, "Berlin"), row("1", 2, "Canton")), intake.Report{Waiting: 3, Older: 1})
		report(t, "again", w.Registry(row("1", 1, "Avon"), row("1", 3, "Berlin")), intake.Report{Older: 1, Unchanged: 1})
		report(t, "newer", w.Registry(row("1", 4, "Canton")), intake.Report{Waiting: 1})
		if n := s.Client.WaitingRow.Query().CountX(w.System()); n != 2 {
			t.Errorf("%d rows wait", n)
		}
		report(t, "the daybook", w.Daybook(feed.Daybook{DocketNumber: docket}), intake.Report{New: 1})
		if n := s.Client.WaitingRow.Query().CountX(w.System()); n != 0 {
			t.Errorf("%d rows still wait", n)
		}
		if n := s.Client.RegistryRow.Query().CountX(w.System()); n != 2 {
			t.Errorf("%d rows applied", n)
		}
		report(t, "what was applied is known", w.Registry(row("1", 4, "Canton"), row("1", 3, "Berlin")), intake.Report{Unchanged: 1, Older: 1})
		w.Consistent()
	})
}

// §7: the daybook claims a case that was opened before it, in its place.
func TestTheDaybookClaimsAProvisionalCase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := intaketest.New(t, s)
		w.Registry(feed.Registry{DocketNumber: docket, OrderNumber: "1", RespondentHome: feed.Address{Town: "Avon"}})
		id := s.Client.RegistryCase.Create().SetDocket(docket).SetCourtCode("HHD").SetProvisional(true).SetOpenedAt(intaketest.Noon).
			SetLastRecordedAt(intaketest.Noon).SetRespondentFirstName("J").SetRespondentLastName("Roe").SetRespondentKey("roe j").
			SetHearingSort(time.Date(2200, 12, 31, 0, 0, 0, 0, time.UTC)).SetServiceStatus(terms.StatusNoEntry).SetLatestActivityAt(intaketest.Noon).
			SaveX(w.System()).ID
		w.Consistent()
		report(t, "claimed", w.Daybook(feed.Daybook{DocketNumber: docket}), intake.Report{Changed: 1})
		c := w.Case(docket)
		if c.ID != id || c.Provisional || c.RespondentFirstName != "John" || c.OrderKind == nil {
			t.Errorf("case: %v", c)
		}
		w.Consistent()
	})
}

// A bad row is reported with its line, and the good ones are kept.
func TestBadRows(t *testing.T) {
	w := intaketest.New(t, storetest.SQLite(t))
	var bad []string
	w.Importer.Bad = func(e *feed.RowError) { bad = append(bad, e.Error()) }
	var seen []int
	w.Importer.Progress = func(r intake.Report) { seen = append(seen, r.Rows()) }
	line := func(n int, court string) string {
		return fmt.Sprintf(`{"courtLocation":%q,"docketNumber":"HHD-FA-26-50%05d-S","respondentFirstName":"J","respondentLastName":"R","createdAt":"2026-11-24T09:00:00-05:00","sourceUpdatedAt":"2026-11-24T09:00:00-05:00"}`+"\n", court, n)
	}
	in := line(1, "HHD") + line(2, "XXX") + "{]\n" + line(3, "HHD")
	got, err := w.Importer.Daybook(t.Context(), strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	report(t, "two of four", got, intake.Report{New: 2, Bad: 2})
	if len(bad) != 2 || bad[0] != "line 2: courtLocation: is not the code of a court location" || !strings.HasPrefix(bad[1], "line 3: ") {
		t.Errorf("bad: %q", bad)
	}
	// The file breaks off: the rows before are kept, and counted.
	broken := errors.New("the disk is gone")
	got, err = w.Importer.Daybook(t.Context(), io.MultiReader(strings.NewReader(line(4, "HHD")), &failing{broken}))
	if !errors.Is(err, broken) {
		t.Errorf("error: %v", err)
	}
	report(t, "before the break", got, intake.Report{New: 1})
	// Groups of 200, each told of.
	seen = nil
	var many strings.Builder
	for n := range 450 {
		many.WriteString(line(100+n, "HHD"))
	}
	commits := 0
	w.Importer.OnCommit = func() { commits++ }
	if _, err := w.Importer.Daybook(t.Context(), strings.NewReader(many.String())); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(seen) != "[200 400 450]" || commits != 3 {
		t.Errorf("progress %v in %d commits", seen, commits)
	}
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

// Two hundred rows with fifty protected persons each are no transaction that
// keeps officers waiting, neither when they come nor when they have waited.
func TestTheLargestRows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := intaketest.New(t, s)
		var cases []feed.Daybook
		var rows []feed.Registry
		for n := range 200 {
			d := terms.Docket(fmt.Sprintf("HHDFA26%07dS", n))
			cases = append(cases, feed.Daybook{DocketNumber: d})
			row := feed.Registry{DocketNumber: d, OrderNumber: "1"}
			for p := range 50 {
				row.ProtectedPersons = append(row.ProtectedPersons, feed.ProtectedPerson{
					FirstName: fmt.Sprint(p), LastName: "Doe", Home: feed.Address{Town: "Avon"}, Work: feed.Address{Town: "Berlin"},
				})
			}
			rows = append(rows, row)
		}
		report(t, "registry", w.Registry(rows[:100]...), intake.Report{Waiting: 100})
		w.Daybook(cases...)
		report(t, "registry", w.Registry(rows[100:]...), intake.Report{New: 100})
		if n, waiting := s.Client.Address.Query().CountX(w.System()), s.Client.WaitingRow.Query().CountX(w.System()); n != 20_000 || waiting != 0 {
			t.Errorf("%d addresses, %d rows wait", n, waiting)
		}
	})
}
