package recording_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/journalrecord"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/intake/intaketest"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/recording/recordingtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// §7(a), §7(c): the staff of the registry section enter, nobody else.
func TestOnlyTheRegistrySectionEnters(t *testing.T) {
	w := recordingtest.New(t, storetest.SQLite(t))
	w.OpenCase(feed.Daybook{DocketNumber: docket})
	enter := func(v *access.Viewer) error {
		_, err := w.Recorder.RecordManualEntry(t.Context(), v, w.Manual("officer1", docket, recordingtest.Received(intaketest.Noon)))
		return err
	}
	for _, name := range []string{"officer1", "supervisor1", "court1", "analyst1"} {
		if err := enter(w.As(name)); !errors.Is(err, access.ErrForbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	unsigned := w.As("registry1")
	unsigned.Agreed = false
	if err := enter(unsigned); !errors.Is(err, access.ErrForbidden) {
		t.Errorf("before the agreement: %v", err)
	}
	if err := enter(nil); !errors.Is(err, access.ErrUnauthenticated) {
		t.Errorf("nobody: %v", err)
	}
	if err := enter(access.System("intake")); !errors.Is(err, access.ErrForbidden) {
		t.Errorf("a worker: %v", err)
	}
	for _, name := range []string{"registry1", "manager1"} {
		if err := enter(w.As(name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A clerk who is an officer as well enters as a clerk.
	both := w.As("officer1")
	both.Roles = append(both.Roles, terms.RoleRegistryManager)
	got := w.Recorded(w.Recorder.RecordManualEntry(t.Context(), both, w.Manual("officer2", docket, recordingtest.Received(intaketest.Noon))))
	if got.Activity.RecordedByRole != terms.RoleRegistryManager || got.Activity.OfficerID != w.Officer("officer2") {
		t.Errorf("activity: %v", got.Activity)
	}
}

// §7(b): what is checked of a manual entry: who, when, and the respondent's name.
func TestRefusedManualEntries(t *testing.T) {
	w := recordingtest.New(t, storetest.SQLite(t))
	w.OpenCase(feed.Daybook{DocketNumber: docket, CreatedAt: intaketest.Noon.Add(-24 * time.Hour)})
	retired := w.Retired("Otto", "Brandt")
	now := w.Clock.Now()
	for _, c := range []struct {
		name, want string
		change     func(*recording.ManualEntry)
	}{
		{"§7(b)(2): no such officer", "OFFICER_NOT_FOUND onBehalfOfOfficerId", func(in *recording.ManualEntry) { in.OnBehalfOf = terms.NewID(terms.OfficerPrefix) }},
		{"§7(b)(2): an officer who is no longer active", "OFFICER_NOT_LISTED onBehalfOfOfficerId", func(in *recording.ManualEntry) { in.OnBehalfOf = retired }},
		{"reported in the future", "IN_THE_FUTURE reportedAt", func(in *recording.ManualEntry) { in.ReportedAt = now.Add(time.Hour) }},
		{"reported before it happened", "IN_THE_FUTURE entry.service.executedAt", func(in *recording.ManualEntry) { in.ReportedAt = now.Add(-time.Hour) }},
		{"§7(b)(5): of tomorrow", "IN_THE_FUTURE entry.service.executedAt", func(in *recording.ManualEntry) { in.Entry = recordingtest.Served(now.Add(time.Hour)) }},
		{"before the case existed", "BEFORE_CASE_EXISTED entry.service.executedAt", func(in *recording.ManualEntry) { in.Entry = recordingtest.Served(now.Add(-25 * time.Hour)) }},
		{"§7(b)(4): another respondent", "RESPONDENT_MISMATCH respondentLastName", func(in *recording.ManualEntry) { in.RespondentLastName = "Rowe" }},
		{"no respondent", "DETAIL_REQUIRED respondentFirstName, DETAIL_REQUIRED respondentLastName", func(in *recording.ManualEntry) { in.RespondentFirstName, in.RespondentLastName = " ", "" }},
		{"a name too long", "TOO_LONG respondentLastName", func(in *recording.ManualEntry) { in.RespondentLastName = strings.Repeat("x", 201) }},
		{"no entry", "EXACTLY_ONE entry", func(in *recording.ManualEntry) { in.Entry = recording.Entry{} }},
		{"the detail of a reason", "DETAIL_REQUIRED entry.attempt.detail", func(in *recording.ManualEntry) {
			in.Entry = recordingtest.Attempted(now)
			in.Entry.Attempt.Reason = terms.ReasonOther
		}},
		{"a shared machine", "WRONG_OFFICER asOfficerId", func(in *recording.ManualEntry) { in.AsOfficer = w.Officer("officer1") }},
		{"all that needs a look, at once", "RESPONDENT_MISMATCH respondentLastName, OFFICER_NOT_LISTED onBehalfOfOfficerId", func(in *recording.ManualEntry) {
			in.OnBehalfOf, in.RespondentFirstName = retired, "Jane"
		}},
		{"§7(b)(3): a docket number of no court", "CASE_NOT_FOUND docketNumber", func(in *recording.ManualEntry) { in.Docket = "ZZZFA265012345S" }},
	} {
		in := w.Manual("officer1", docket, recordingtest.Served(now))
		c.change(&in)
		got, err := w.Recorder.RecordManualEntry(t.Context(), w.As("registry1"), in)
		if err != nil || codes(got) != c.want {
			t.Errorf("%s: %s, %v; want %s", c.name, codes(got), err, c.want)
		}
	}
	nothing(t, w)
	if n := w.Store.Client.RegistryCase.Query().CountX(w.System()); n != 1 {
		t.Errorf("%d cases", n)
	}
	w.Consistent()
}

// §7(b)(4): the name is compared as people say and write names; what differs and
// was confirmed is kept.
func TestTheRespondentsName(t *testing.T) {
	w := recordingtest.New(t, storetest.SQLite(t))
	for n, c := range []struct {
		docket, reported [2]string
		same             bool
	}{
		{[2]string{"John", "Roe"}, [2]string{" john ", "ROE"}, true},
		{[2]string{"José", "Núñez"}, [2]string{"Jose", "Nunez"}, true},
		{[2]string{"Siobhán", "O'Brien-Nguyễn"}, [2]string{"Siobhan", "OBrien Nguyen"}, true},
		{[2]string{"Maria", "De La Cruz"}, [2]string{"Maria", "delacruz"}, true},
		{[2]string{"Maria", "De La Cruz"}, [2]string{"De La Cruz", "Maria"}, true},
		{[2]string{"Maria", "De La Cruz"}, [2]string{"Delacruz", "Maria"}, true},
		{[2]string{"Mary Ann", "Roe"}, [2]string{"Mary", "Ann Roe"}, true},
		{[2]string{"José Luis", "Cruz"}, [2]string{"Luis José", "Cruz"}, true},
		{[2]string{"Łukasz", "Żółkiewski"}, [2]string{"Lukasz", "Zolkiewski"}, true},
		{[2]string{"John", "Roe"}, [2]string{"John", "Rowe"}, false},
		{[2]string{"John", "Roe"}, [2]string{"Jon", "Roe"}, false},
		{[2]string{"John", "Roe"}, [2]string{"John A.", "Roe"}, false},
		{[2]string{"John", "Roe"}, [2]string{"-", "?"}, false},
		{[2]string{"李", "明"}, [2]string{"李", "明"}, true},
		{[2]string{"李", "明"}, [2]string{"李", "民"}, false},
	} {
		docket := terms.Docket(fmt.Sprintf("HHDFA26%07dS", n))
		w.OpenCase(feed.Daybook{DocketNumber: docket, RespondentFirstName: c.docket[0], RespondentLastName: c.docket[1]})
		in := w.Manual("officer1", docket, recordingtest.Received(w.Clock.Now()))
		in.RespondentFirstName, in.RespondentLastName = c.reported[0], c.reported[1]
		got, err := w.Recorder.RecordManualEntry(t.Context(), w.As("registry1"), in)
		if err != nil || (len(got.Refusals) == 0) != c.same {
			t.Errorf("%s as %s: %s, %v", c.docket, c.reported, codes(got), err)
		}
		kept := ""
		if !c.same {
			if r := got.Refusals[0]; !strings.Contains(r.Message, strings.Join(c.docket[:], " ")) || !strings.Contains(r.Message, strings.Join(c.reported[:], " ")) {
				t.Errorf("it does not name both: %s", r.Message)
			}
			kept = strings.Join(c.reported[:], " ")
			in.Confirm = []terms.Confirmation{terms.ConfirmRespondentMismatch}
			got = w.Enter(in)
		}
		if got.Activity.ReportedRespondent != kept {
			t.Errorf("%s as %s: kept as %q", c.docket, c.reported, got.Activity.ReportedRespondent)
		}
	}
}

// §4(i), §7(c): the key of a manual entry is for all that was reported.
func TestTheKeyOfAManualEntry(t *testing.T) {
	w := recordingtest.New(t, storetest.SQLite(t))
	w.OpenCase(feed.Daybook{DocketNumber: docket})
	in := w.Manual("officer1", docket, recordingtest.Served(w.Clock.Now()))
	first := w.Enter(in).Activity.ID
	for name, change := range map[string]func(*recording.ManualEntry){
		"the same":            func(*recording.ManualEntry) {},
		"the same, confirmed": func(in *recording.ManualEntry) { in.Confirm = []terms.Confirmation{terms.ConfirmAlreadyServed} },
		"for another officer": func(in *recording.ManualEntry) { in.OnBehalfOf = w.Officer("officer2") },
		"by another way":      func(in *recording.ManualEntry) { in.ReportedVia = terms.ViaFax },
		"at another time":     func(in *recording.ManualEntry) { in.ReportedAt = in.ReportedAt.Add(-time.Microsecond) },
		"another spelling":    func(in *recording.ManualEntry) { in.RespondentLastName = "ROE" },
		"another docket":      func(in *recording.ManualEntry) { in.Docket = "HHDFA265099999S" },
		"another entry":       func(in *recording.ManualEntry) { in.Entry = recordingtest.Received(w.Clock.Now()) },
	} {
		again := in
		change(&again)
		got, err := w.Recorder.RecordManualEntry(t.Context(), w.As("registry1"), again)
		if same := strings.HasPrefix(name, "the same"); err != nil || same != (len(got.Refusals) == 0 && got.Activity.ID == first) || !same && codes(got) != "KEY_REUSED idempotencyKey" {
			t.Errorf("%s: %s, %v", name, codes(got), err)
		}
	}
	w.Consistent()
}

// §7: a docket that the daybook has not brought yet opens a provisional case,
// which the daybook later claims, with what the registry had sent.
func TestAProvisionalCase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		// The registry's facts came before the daybook, and wait.
		w.Registry(feed.Registry{DocketNumber: docket, OrderNumber: "PO-1", StateFileNumber: "S1", RespondentHome: feed.Address{Town: "Avon"}})
		served := w.Clock.Now().Add(-90 * time.Minute)
		in := w.Manual("officer1", docket, recordingtest.Served(served))
		in.RespondentFirstName, in.RespondentLastName = "Jon", "Roe"
		got := w.Enter(in) // nothing is asked about the time, nor the name
		a, c := got.Activity, got.Case
		if !c.Provisional || c.CourtCode != "HHD" || c.RespondentFirstName != "Jon" || c.RespondentKey != "roe jon" || !c.OpenedAt.Equal(terms.Micro(w.Clock.Now())) ||
			c.ServiceStatus != terms.StatusServed || !c.ServedAt.Equal(served) || a.ReportedRespondent != "Jon Roe" || !a.RecordedAt.After(c.OpenedAt) || *a.RecordedLate {
			t.Errorf("case: %v, activity: %v", c, a)
		}
		opened := s.Client.JournalRecord.Query().Where(journalrecord.KindEQ(terms.CaseOpened)).OnlyX(w.System())
		if *opened.AboutID != c.ID || *opened.AccountID != w.As("registry1").Account || opened.Actor != "registry1" || !opened.RecordedAt.Equal(c.OpenedAt) {
			t.Errorf("opened: %v", opened)
		}
		// The opening stands before the entry, in the journal too.
		if place := s.Client.JournalPending.GetX(w.System(), opened.ID); place.Sequence >= a.Sequence {
			t.Errorf("opened as number %d, and entered as %d", place.Sequence, a.Sequence)
		}
		// Another officer can record on it; so can the section, comparing the name.
		w.Try(recording.Attempt{Common: w.By(docket, terms.ConfirmAlreadyServed), AttemptEntry: w.Attempt(docket, served).AttemptEntry})
		mismatch, err := w.Recorder.RecordManualEntry(t.Context(), w.As("registry1"), w.Manual("officer2", docket, recordingtest.Received(served)))
		if err != nil || codes(mismatch) != "RESPONDENT_MISMATCH respondentLastName" {
			t.Errorf("%s, %v", codes(mismatch), err)
		}
		w.Consistent()

		w.Clock.Advance(time.Hour)
		w.OpenCase(feed.Daybook{DocketNumber: docket, CreatedAt: w.Clock.Now().Add(-30 * time.Minute)})
		c = w.Case(docket)
		if c.ID != a.CaseID || c.Provisional || c.RespondentFirstName != "John" || c.ServiceStatus != terms.StatusServed || c.OrderKind == nil {
			t.Errorf("claimed: %v", c)
		}
		changed := s.Client.JournalRecord.Query().Where(journalrecord.KindEQ(terms.CaseChanged)).OnlyX(w.System())
		if facts := string(changed.Facts); !strings.Contains(facts, `"provisional":true`) || !strings.Contains(facts, `"respondentFirstName":"Jon"`) {
			t.Errorf("what it was before: %s", facts)
		}
		// §7(b)(4): John is another than Jon. What waited for the case was applied, and
		// nobody is told of the service: package registry tests what becomes of it.
		if !c.RespondentDisputed || len(w.Deliveries(a.ID)) != 0 {
			t.Errorf("disputed: %v, %d deliveries", c.RespondentDisputed, len(w.Deliveries(a.ID)))
		}
		w.Consistent()
		// The daybook had mistyped it. §3(d), §3(e): what waited is sent now.
		w.Clock.Advance(time.Hour)
		w.Daybook(feed.Daybook{DocketNumber: docket, RespondentFirstName: "Jon", CreatedAt: c.OpenedAt, SourceUpdatedAt: w.Clock.Now()})
		if c = w.Case(docket); c.RespondentDisputed || c.RespondentFirstName != "Jon" {
			t.Errorf("settled: %v", c)
		}
		if told := w.Told(a.ID); len(told) != 1 || len(w.Deliveries(a.ID)) != 3 {
			t.Errorf("told are %v, %d deliveries", told, len(w.Deliveries(a.ID)))
		}
		if n := s.Client.WaitingRow.Query().CountX(w.System()); n != 0 {
			t.Errorf("%d rows wait", n)
		}
		w.Consistent()
	})
}

// §7: entries at once for one docket that nobody knows open one case, also
// while the daybook brings it.
func TestAProvisionalCaseIsOpenedOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		same := w.Manual("officer1", docket, recordingtest.Attempted(w.Clock.Now()))
		results := atOnce(t, 8, func(n int) (recording.Recorded, error) {
			if n == 7 {
				w.Daybook(feed.Daybook{DocketNumber: docket})
				return recording.Recorded{}, nil
			}
			in := same
			if n > 1 {
				in.IdempotencyKey = w.Key()
			}
			return w.Recorder.RecordManualEntry(t.Context(), w.As("registry1"), in)
		})
		id := w.Case(docket).ID
		for n, r := range results[:7] {
			if len(r.Refusals) > 0 || r.Activity.CaseID != id {
				t.Errorf("%d: %s, %v", n, codes(r), r.Activity)
			}
		}
		if results[0].Activity.ID != results[1].Activity.ID {
			t.Error("the same key recorded twice")
		}
		c := s.Client.RegistryCase.Query().OnlyX(w.System())
		if c.Provisional || s.Client.ServiceActivity.Query().CountX(w.System()) != 6 {
			t.Errorf("case: %v", c)
		}
		if n := s.Client.JournalRecord.Query().Where(journalrecord.KindEQ(terms.CaseOpened)).CountX(w.System()); n != 1 {
			t.Errorf("opened %d times", n)
		}
		w.Consistent()
	})
}

// A refused manual entry opens no case.
func TestARefusedEntryOpensNoCase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		in := w.Manual("officer1", docket, recordingtest.Served(w.Clock.Now().Add(time.Hour)))
		if got, err := w.Recorder.RecordManualEntry(t.Context(), w.As("registry1"), in); err != nil || codes(got) != "IN_THE_FUTURE entry.service.executedAt" {
			t.Errorf("%s, %v", codes(got), err)
		}
		if n := s.Client.RegistryCase.Query().CountX(w.System()) + s.Client.JournalRecord.Query().CountX(w.System()); n != 0 {
			t.Errorf("%d cases and records", n)
		}
	})
}

// No recording that fails on its way, whichever it is, leaves anything.
func TestWhateverFailsLeavesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		w.OpenCase(feed.Daybook{DocketNumber: docket})
		w.Registry(feed.Registry{DocketNumber: docket, OrderNumber: "PO-1", StateFileNumber: "S1", RespondentHome: feed.Address{Town: "Avon"}})
		mine := w.Serve(w.Service(docket, w.Clock.Now())).Activity.ID
		transfer := w.Transfer("officer1", docket, "officer2", w.Clock.Now()).Activity.ID
		now := w.Clock.Now()
		deeds := map[string]func() (recording.Recorded, error){
			"receipt": func() (recording.Recorded, error) {
				return w.Recorder.RecordReceipt(t.Context(), w.As("officer2"), recording.Receipt{Common: w.By(docket), ReceiptEntry: recording.ReceiptEntry{ReceivedAt: now}})
			},
			"transfer": func() (recording.Recorded, error) {
				return w.Recorder.TransferProcess(t.Context(), w.As("officer2"), w.TransferTo(docket, "officer3", now))
			},
			"acknowledgement": func() (recording.Recorded, error) {
				return w.Recorder.AcknowledgeTransfer(t.Context(), w.As("officer2"), recording.Acknowledgement{Common: w.By(""), Transfer: transfer})
			},
			"correction": func() (recording.Recorded, error) {
				return w.Recorder.CorrectActivity(t.Context(), w.As("officer1"), recording.Correction{Common: w.By(""), Activity: mine, Reason: "x", Entry: recordingtest.Attempted(now)})
			},
			"withdrawal": func() (recording.Recorded, error) {
				return w.Recorder.WithdrawActivity(t.Context(), w.As("officer1"), recording.Withdrawal{Common: w.By(""), Activity: mine, Reason: "x"})
			},
			"entry that opens a case": func() (recording.Recorded, error) {
				return w.Recorder.RecordManualEntry(t.Context(), w.As("registry1"), w.Manual("officer1", "HHDFA265099999S", recordingtest.Received(now)))
			},
		}
		before := counted(w)
		if _, err := s.SQL().ExecContext(t.Context(), "ALTER TABLE journal_pendings RENAME TO gone"); err != nil {
			t.Fatal(err)
		}
		for name, do := range deeds {
			if got, err := do(); err == nil {
				t.Errorf("%s: recorded without a journal: %v %s", name, got.Activity, codes(got))
			}
		}
		if _, err := s.SQL().ExecContext(t.Context(), "ALTER TABLE gone RENAME TO journal_pendings"); err != nil {
			t.Fatal(err)
		}
		if after := counted(w); after != before {
			t.Errorf("%s, and before %s", after, before)
		}
		w.Consistent()
	})
}

// counted is the case as it stands, and how much is recorded.
func counted(w *recordingtest.World) string {
	c := w.Store.Client
	rows := []int{
		c.RegistryCase.Query().CountX(w.System()), c.ServiceActivity.Query().CountX(w.System()), c.RegistryEntry.Query().CountX(w.System()),
		c.Delivery.Query().CountX(w.System()), c.CaseLookUp.Query().CountX(w.System()), c.JournalRecord.Query().CountX(w.System()),
		c.TransferAcknowledgement.Query().CountX(w.System()),
	}
	return fmt.Sprint(w.Case(docket), rows)
}

// §4(i), §7: nor does an entry whose key another entry of the account takes at
// the same moment.
func TestAKeyTakenMeanwhileOpensNoCase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		w.OpenCase(feed.Daybook{DocketNumber: docket})
		other := w.Manual("officer1", docket, recordingtest.Received(w.Clock.Now()))
		in := w.Manual("officer1", "HHDFA265099999S", recordingtest.Received(w.Clock.Now()))
		in.IdempotencyKey = other.IdempotencyKey
		var meanwhile atomic.Bool
		s.Client.RegistryCase.Intercept(ent.InterceptFunc(func(next ent.Querier) ent.Querier {
			return ent.QuerierFunc(func(ctx context.Context, q ent.Query) (ent.Value, error) {
				if meanwhile.CompareAndSwap(false, true) { // as the docket number is looked for
					w.Enter(other)
				}
				return next.Query(ctx, q)
			})
		}))
		if got, err := w.Recorder.RecordManualEntry(t.Context(), w.As("registry1"), in); err != nil || codes(got) != "KEY_REUSED idempotencyKey" {
			t.Errorf("%s, %v", codes(got), err)
		}
		if n := s.Client.RegistryCase.Query().CountX(w.System()); n != 1 {
			t.Errorf("%d cases: one was opened with nothing in it", n)
		}
	})
}
