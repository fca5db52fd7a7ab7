package recording_test

import (
	"testing"
	"time"

	"github.com/service-tracking/sts/ent/journalrecord"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/intake/intaketest"
	"github.com/service-tracking/sts/internal/recording/recordingtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// §4(d), §4(e), §4(f), §4(g), §4(i): one transaction writes the service, the
// registry entry, who must be told, what lists sort by, and the journal record.
func TestTheMainRoad(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		// §3(b): as soon as the daybook has it, before the registry's facts.
		w.OpenCase(feed.Daybook{DocketNumber: docket})
		nudged := 0
		w.Recorder.OnCommit = func() { nudged++ }
		w.Clock.Advance(30*time.Minute + 123456789*time.Nanosecond)
		in := w.Service(docket, intaketest.Noon.In(terms.CourtZone).Add(789*time.Nanosecond))
		in.Method, in.PoliceAssistanceRequested, in.Note = terms.MethodAbode, true, "  left with his brother 👍 "
		got := w.Serve(in)
		a, c := got.Activity, got.Case
		if a.Kind != terms.KindService || *a.Method != terms.MethodAbode || !*a.PoliceAssistanceRequested ||
			!a.OccurredAt.Equal(intaketest.Noon) || a.Note != "left with his brother 👍" ||
			a.OfficerID != w.Officer("officer1") || a.RecordedByName != "Maria Ortiz" || a.RecordedByRole != terms.RoleOfficer ||
			!a.RecordedAt.Equal(terms.Micro(w.Clock.Now())) || *a.RecordingDelayMinutes != 30 {
			t.Errorf("activity: %v", a)
		}
		stored := w.Case(docket)
		if c.ServiceStatus != terms.StatusServed || !c.ServedAt.Equal(intaketest.Noon) || *c.HolderOfficerID != w.Officer("officer1") ||
			*c.LatestActivityID != a.ID || !c.LatestActivityAt.Equal(a.RecordedAt) || c.ServedInTime != nil || c.String() != stored.String() {
			t.Errorf("the answer's case differs from what is stored:\n%v\n%v", c, stored)
		}
		// What was read in the transaction is of use after it.
		if again, err := a.QueryRegistryCase().Only(w.System()); err != nil || again.ID != c.ID {
			t.Errorf("following the activity to its case: %v, %v", again, err)
		}
		// §3(c)(1) to §3(c)(4):
		entry, err := s.Client.RegistryEntry.Query().Only(w.System())
		if err != nil {
			t.Fatal(err)
		}
		if entry.ActivityID != a.ID || entry.OfficerName != "Maria Ortiz" || entry.Kind != terms.KindService ||
			!entry.OccurredAt.Equal(intaketest.Noon) || !entry.RecordedAt.Equal(a.RecordedAt) {
			t.Errorf("registry entry: %v", entry)
		}
		record, err := s.Client.JournalRecord.Query().Where(journalrecord.KindEQ(terms.ActivityRecorded)).Only(w.System())
		if err != nil {
			t.Fatal(err)
		}
		if *record.AboutID != a.ID || *record.CaseID != c.ID || *record.AccountID != w.As("officer1").Account || record.Actor != "Maria Ortiz" {
			t.Errorf("journal record: %v", record)
		}
		pending := s.Client.JournalPending.GetX(w.System(), record.ID)
		if pending.Sequence != a.Sequence || pending.CaseKey != string(c.ID) {
			t.Errorf("its place in the case: %v", pending)
		}
		// C.G.S. §51-5c: recording is a look-up.
		look := s.Client.CaseLookUp.Query().OnlyX(w.System())
		if look.CaseID != c.ID || look.AccountID != w.As("officer1").Account {
			t.Errorf("look-up: %v", look)
		}
		if nudged != 1 {
			t.Errorf("%d nudges", nudged)
		}
		w.Consistent()
	})
}

// §5(d), §5(e), §5(f), §5(g), §5(i): an attempt is entered in the registry, and
// nobody is sent anything.
func TestAttempt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		w.OpenCase(feed.Daybook{DocketNumber: docket})
		w.Registry(feed.Registry{DocketNumber: docket, OrderNumber: "PO-1", StateFileNumber: "S1", RespondentHome: feed.Address{Town: "Avon"}})
		in := w.Attempt(docket, intaketest.Noon)
		in.Reason, in.Detail, in.PoliceAssistanceRequested, in.NoFurtherAttempt = terms.ReasonOther, "a dog", true, true
		got := w.Try(in)
		a := got.Activity
		if a.Kind != terms.KindAttempt || *a.Reason != terms.ReasonOther || a.Detail != "a dog" || !a.OccurredAt.Equal(intaketest.Noon) ||
			!*a.PoliceAssistanceRequested || !a.NoFurtherAttempt || a.RecordedLate != nil || a.Method != nil {
			t.Errorf("activity: %v", a)
		}
		if got.Case.ServiceStatus != terms.StatusAttempted || !got.Case.ReportMade || got.Case.ServedAt != nil {
			t.Errorf("case: %v", got.Case)
		}
		if entry := s.Client.RegistryEntry.Query().OnlyX(w.System()); entry.Kind != terms.KindAttempt {
			t.Errorf("registry entry: %v", entry)
		}
		w.Registry(feed.Registry{DocketNumber: docket, OrderNumber: "PO-1", StateFileNumber: "S1", RespondentHome: feed.Address{Town: "Berlin"}})
		if n := s.Client.Delivery.Query().CountX(w.System()) + s.Client.UnroutedAddress.Query().CountX(w.System()); n != 0 {
			t.Errorf("%d deliveries and unrouted addresses", n)
		}
		w.Consistent()
	})
}

// recordedAt always rises within a case, even when the machine's clock goes back.
func TestRecordedAtNeverGoesBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		w.OpenCase(feed.Daybook{DocketNumber: docket})
		var last time.Time
		for i, step := range []time.Duration{time.Second, 0, -time.Hour, 0, 100 * time.Nanosecond, time.Minute, 2 * time.Hour} {
			w.Clock.Advance(step)
			a := w.Try(w.Attempt(docket, intaketest.Noon)).Activity
			if !a.RecordedAt.After(last) {
				t.Errorf("step %d: %v follows %v", i, a.RecordedAt, last)
			}
			last = a.RecordedAt
		}
		w.Consistent()
	})
}

// nothing tells that no trace of a recording is there.
func nothing(t *testing.T, w *recordingtest.World) {
	t.Helper()
	c := w.Store.Client
	for what, n := range map[string]int{
		"activities":       c.ServiceActivity.Query().CountX(w.System()),
		"registry entries": c.RegistryEntry.Query().CountX(w.System()),
		"deliveries":       c.Delivery.Query().CountX(w.System()),
		"look-ups":         c.CaseLookUp.Query().CountX(w.System()),
		"records":          c.JournalRecord.Query().Where(journalrecord.KindEQ(terms.ActivityRecorded)).CountX(w.System()),
	} {
		if n != 0 {
			t.Errorf("%d %s", n, what)
		}
	}
	if c := w.Case(docket); c.ServiceStatus != terms.StatusNoEntry {
		t.Errorf("the case is %s", c.ServiceStatus)
	}
}

// A recording that fails on its way, wherever, leaves nothing, and can then be
// sent again with the same key.
func TestARecordingThatFailsLeavesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		w.OpenCase(feed.Daybook{DocketNumber: docket})
		w.Registry(feed.Registry{DocketNumber: docket, OrderNumber: "PO-1", StateFileNumber: "S1", RespondentHome: feed.Address{Town: "Avon"}})
		in := w.Service(docket, intaketest.Noon)
		for _, table := range []string{"journal_pendings", "deliveries", "registry_entries"} {
			if _, err := s.SQL().ExecContext(t.Context(), "ALTER TABLE "+table+" RENAME TO gone"); err != nil {
				t.Fatal(err)
			}
			if got, err := w.Recorder.RecordService(t.Context(), w.As("officer1"), in); err == nil {
				t.Errorf("recorded without %s: %v", table, got.Activity)
			}
			if _, err := s.SQL().ExecContext(t.Context(), "ALTER TABLE gone RENAME TO "+table); err != nil {
				t.Fatal(err)
			}
			nothing(t, w)
		}
		w.Serve(in)
		w.Consistent()
	})
}

// An officer who was added after this process loaded its tables can record.
func TestAnOfficerAddedSinceRecords(t *testing.T) {
	w := recordingtest.New(t, storetest.SQLite(t))
	w.OpenCase(feed.Daybook{DocketNumber: docket})
	o := w.Store.Client.Officer.Create().SetFirstName("Noah").SetLastName("Lind").SetNameKey("lind noah").
		SetKind(terms.OtherProperOfficer).SaveX(w.System())
	v := w.As("officer1")
	v.Officer = o.ID
	got, err := w.Recorder.RecordService(t.Context(), v, w.Service(docket, intaketest.Noon))
	if err != nil || len(got.Refusals) > 0 {
		t.Fatal(got.Refusals, err)
	}
	if entry := w.Store.Client.RegistryEntry.Query().OnlyX(w.System()); entry.OfficerName != "Noah Lind" {
		t.Errorf("entered as %q", entry.OfficerName)
	}
}
