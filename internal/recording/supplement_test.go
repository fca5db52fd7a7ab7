package recording_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/journalrecord"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/intake/intaketest"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/recording/recordingtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// told are the kinds of the journal's records about the id, in the order of the case.
func told(w *recordingtest.World, about terms.ID) []terms.RecordKind {
	var kinds []terms.RecordKind
	for _, r := range w.Store.Client.JournalRecord.Query().Where(journalrecord.AboutID(about)).Order(ent.Asc(journalrecord.FieldRecordedAt)).AllX(w.System()) {
		kinds = append(kinds, r.Kind)
	}
	return kinds
}

// work is the transfer on which somebody must look, and why: "" if none.
func work(c *ent.RegistryCase) string {
	if c.TransferWork == nil {
		return ""
	}
	return string(*c.TransferID) + " " + string(*c.TransferWork)
}

// §6(a): an officer records when he received the papers, and holds them.
func TestReceipt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		w.OpenCase(feed.Daybook{DocketNumber: docket, CreatedAt: intaketest.Noon.Add(-48 * time.Hour)})
		w.Registry(feed.Registry{DocketNumber: docket, OrderNumber: "PO-1", StateFileNumber: "S1", RespondentHome: feed.Address{Town: "Avon"}})
		in := recording.Receipt{Common: w.By(docket), ReceiptEntry: recording.ReceiptEntry{
			ReceivedAt: intaketest.Noon.Add(-30 * time.Hour), WritDate: "2026-11-23", Note: " from the clerk ",
		}}
		got := w.Recorded(w.Recorder.RecordReceipt(t.Context(), w.As("officer2"), in))
		a := got.Activity
		if a.Kind != terms.KindReceipt || !a.OccurredAt.Equal(in.ReceivedAt) || *a.WritDate != "2026-11-23" || a.Note != "from the clerk" ||
			a.RecordedLate != nil || a.PoliceAssistanceRequested != nil {
			t.Errorf("activity: %v", a)
		}
		// A receipt of the day before is not late: the two hours bind a service.
		if got.Case.ServiceStatus != terms.StatusNoEntry || *got.Case.HolderOfficerID != w.Officer("officer2") {
			t.Errorf("case: %v", got.Case)
		}
		if kinds := told(w, a.ID); !slices.Equal(kinds, []terms.RecordKind{terms.ActivityRecorded}) {
			t.Errorf("records: %v", kinds)
		}
		if n := s.Client.Delivery.Query().CountX(w.System()); n != 0 {
			t.Errorf("%d deliveries: a receipt tells nobody", n)
		}
		// Whoever says that he received them has them, whoever had them before;
		// after service too, without a word of warning.
		w.Serve(w.Service(docket, w.Clock.Now()))
		if c := w.Receive("officer3", docket, w.Clock.Now()).Case; *c.HolderOfficerID != w.Officer("officer3") {
			t.Errorf("held by %s", *c.HolderOfficerID)
		}
		w.Consistent()
	})
}

// §6(b): a transfer names the other officer, who holds the papers at once and
// can acknowledge them.
func TestTransferAndAcknowledgement(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		w.OpenCase(feed.Daybook{DocketNumber: docket})
		one, two, three := w.Officer("officer1"), w.Officer("officer2"), w.Officer("officer3")
		w.Receive("officer1", docket, w.Clock.Now())
		got := w.Transfer("officer1", docket, "officer2", w.Clock.Now())
		a := got.Activity
		if a.Kind != terms.KindTransfer || a.OfficerID != one || *a.FromOfficerID != one || *a.ToOfficerID != two || a.ToOfficerName != "" {
			t.Errorf("activity: %v", a)
		}
		if *got.Case.HolderOfficerID != two || work(got.Case) != string(a.ID)+" UNACKNOWLEDGED" || !got.Case.TransferAt.Equal(a.OccurredAt) {
			t.Errorf("case: %v", got.Case)
		}
		if kinds := told(w, a.ID); !slices.Equal(kinds, []terms.RecordKind{terms.ProcessTransferred}) {
			t.Errorf("records: %v", kinds)
		}
		acknowledge := func(account string, transfer terms.ID) recording.Recorded {
			r, err := w.Recorder.AcknowledgeTransfer(t.Context(), w.As(account), recording.Acknowledgement{Common: w.By(""), Transfer: transfer})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		// Only the receiver; and nobody learns whether there is such a transfer.
		var words []string
		for account, transfer := range map[string]terms.ID{"officer1": a.ID, "officer3": a.ID, "officer2": terms.NewID(terms.ActivityPrefix)} {
			r := acknowledge(account, transfer)
			if codes(r) != "NOT_RECEIVER transferId" {
				t.Errorf("%s: %s", account, codes(r))
			}
			words = append(words, r.Refusals[0].Message)
		}
		if len(slices.Compact(words)) != 1 {
			t.Errorf("the answers differ: %v", words)
		}
		w.Clock.Advance(time.Hour)
		first := w.Acknowledge("officer2", a.ID)
		if first.Activity.ID != a.ID || work(first.Case) != "" || first.Case.String() != w.Case(docket).String() {
			t.Errorf("acknowledged: %v", first)
		}
		// Twice is once, whatever key.
		at := s.Client.TransferAcknowledgement.Query().OnlyX(w.System()).AcknowledgedAt
		w.Clock.Advance(time.Hour)
		if again := w.Acknowledge("officer2", a.ID); again.Activity.ID != a.ID {
			t.Errorf("again: %v", again)
		}
		if row := s.Client.TransferAcknowledgement.Query().OnlyX(w.System()); !row.AcknowledgedAt.Equal(at) || row.AccountID != w.As("officer2").Account {
			t.Errorf("acknowledgement: %v", row)
		}
		if kinds := told(w, a.ID); !slices.Equal(kinds, []terms.RecordKind{terms.ProcessTransferred, terms.TransferAcknowledged}) {
			t.Errorf("records: %v", kinds)
		}
		// A → B → C → A.
		back := w.Transfer("officer2", docket, "officer3", w.Clock.Now())
		home := w.Transfer("officer3", docket, "officer1", w.Clock.Now())
		if *back.Case.HolderOfficerID != three || *home.Case.HolderOfficerID != one || work(home.Case) != string(home.Activity.ID)+" UNACKNOWLEDGED" {
			t.Errorf("home again: %v", home.Case)
		}
		// Whoever records on the case has the papers: no word is missing then.
		if c := w.Try(w.Attempt(docket, w.Clock.Now())).Case; work(c) != "" {
			t.Errorf("work: %s", work(c))
		}
		// A key that was used for an entry is none for an acknowledgement.
		used, err := w.Recorder.AcknowledgeTransfer(t.Context(), w.As("officer1"), recording.Acknowledgement{
			Common: recording.Common{IdempotencyKey: s.Client.ServiceActivity.Query().FirstX(w.System()).IdempotencyKey}, Transfer: home.Activity.ID,
		})
		if err != nil || codes(used) != "KEY_REUSED idempotencyKey" {
			t.Errorf("used key: %s, %v", codes(used), err)
		}
		shared, err := w.Recorder.AcknowledgeTransfer(t.Context(), w.As("officer1"), recording.Acknowledgement{
			Common: recording.Common{IdempotencyKey: w.Key(), AsOfficer: two}, Transfer: home.Activity.ID,
		})
		if err != nil || codes(shared) != "WRONG_OFFICER asOfficerId" {
			t.Errorf("shared phone: %s, %v", codes(shared), err)
		}
		w.Consistent()
	})
}

// §6(c): other information says what it is about, and occurs as it is recorded.
func TestOtherInformation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		w.OpenCase(feed.Daybook{DocketNumber: docket})
		in := recording.OtherInformation{Common: w.By(docket), OtherInformationEntry: recording.OtherInformationEntry{
			About: []terms.InformationAbout{terms.AboutRespondentBirthDate, terms.AboutRespondentAddress, terms.AboutRespondentBirthDate},
			Text:  "The birth date on the papers is his son's.\r\n",
		}}
		record := func(in recording.OtherInformation) recording.Recorded {
			r, err := w.Recorder.RecordOtherInformation(t.Context(), w.As("officer1"), in)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		got := record(in)
		a := got.Activity
		if a.Kind != terms.KindOtherInformation || !a.OccurredAt.Equal(a.RecordedAt) || a.Text != "The birth date on the papers is his son's." ||
			!slices.Equal(a.About, []terms.InformationAbout{terms.AboutRespondentAddress, terms.AboutRespondentBirthDate}) {
			t.Errorf("activity: %v", a)
		}
		if got.Case.HolderOfficerID != nil || got.Case.ServiceStatus != terms.StatusNoEntry {
			t.Errorf("it says nothing of the papers: %v", got.Case)
		}
		// What it is about is a set.
		in.About = []terms.InformationAbout{terms.AboutRespondentAddress, terms.AboutRespondentBirthDate}
		if again := record(in); again.Activity == nil || again.Activity.ID != a.ID {
			t.Errorf("the same again: %s", codes(again))
		}
		in.About = in.About[:1]
		if other := record(in); codes(other) != "KEY_REUSED idempotencyKey" {
			t.Errorf("about something else: %s", codes(other))
		}
		for want, e := range map[string]recording.OtherInformationEntry{
			"DETAIL_REQUIRED about":                       {Text: "x"},
			"DETAIL_REQUIRED text":                        {About: in.About, Text: " \n"},
			"DETAIL_REQUIRED about, DETAIL_REQUIRED text": {},
			"TOO_LONG text":                               {About: in.About, Text: strings.Repeat("x", 4001)},
			"BAD_TEXT text":                               {About: in.About, Text: "\a"},
		} {
			if r := record(recording.OtherInformation{Common: w.By(docket), OtherInformationEntry: e}); codes(r) != want {
				t.Errorf("%s, want %s", codes(r), want)
			}
		}
		w.Consistent()
	})
}

// §5(h): a correction stands in the place of what it corrects, and stays the officer's.
func TestCorrectionAndWithdrawal(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		w.OpenCase(feed.Daybook{DocketNumber: docket, CreatedAt: intaketest.Noon.Add(-48 * time.Hour)})
		served := w.Clock.Now().Add(-time.Hour)
		service := w.Serve(w.Service(docket, served)).Activity
		w.Clock.Advance(24 * time.Hour)
		in := recording.Correction{Common: w.By(""), Activity: service.ID, Reason: " a.m., not p.m. ", Entry: recordingtest.Served(served.Add(-30 * time.Minute))}
		in.Entry.Service.Note = "in the yard"
		first := w.Recorded(w.Recorder.CorrectActivity(t.Context(), w.As("registry1"), in))
		c := first.Activity
		if *c.CorrectsID != service.ID || c.CorrectionReason != "a.m., not p.m." || c.Note != "in the yard" || c.OfficerID != service.OfficerID ||
			c.RecordedByRole != terms.RoleRegistryClerk || c.AccountID != w.As("registry1").Account || *c.RecordedLate || *c.RecordingDelayMinutes != 90 {
			t.Errorf("correction: %v", c)
		}
		if !first.Case.ServedAt.Equal(c.OccurredAt) {
			t.Errorf("case: %v", first.Case)
		}
		if kinds := told(w, c.ID); !slices.Equal(kinds, []terms.RecordKind{terms.ActivityCorrected}) {
			t.Errorf("records: %v", kinds)
		}
		if again := w.Recorded(w.Recorder.CorrectActivity(t.Context(), w.As("registry1"), in)); again.Activity.ID != c.ID {
			t.Errorf("again: %v", again.Activity)
		}
		gone := w.Withdraw("officer1", c.ID)
		if a := gone.Activity; a.Kind != terms.KindWithdrawal || *a.CorrectsID != c.ID || a.WithdrawalReason == "" || a.CorrectionReason != "" ||
			!a.OccurredAt.Equal(a.RecordedAt) || a.OfficerID != service.OfficerID || a.RecordedByRole != terms.RoleOfficer {
			t.Errorf("withdrawal: %v", a)
		}
		if gone.Case.ServiceStatus != terms.StatusNoEntry || gone.Case.ServedAt != nil || gone.Case.HolderOfficerID != nil {
			t.Errorf("nothing earlier revives: %v", gone.Case)
		}
		if n := s.Client.RegistryEntry.Query().CountX(w.System()); n != 3 {
			t.Errorf("%d registry entries", n)
		}
		w.Consistent()
	})
}

// §7: the registry section records for the officer what he reported.
func TestManualEntry(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		id := w.OpenCase(feed.Daybook{DocketNumber: docket})
		w.Registry(feed.Registry{DocketNumber: docket, OrderNumber: "PO-1", StateFileNumber: "S1", RespondentHome: feed.Address{Town: "Avon"}})
		in := w.Manual("officer2", docket, recordingtest.Served(w.Clock.Now()))
		in.ReportedAt, in.ReportedVia = w.Clock.Now().Add(2*time.Hour), terms.ViaFax
		w.Clock.Advance(5 * time.Hour) // the fax lay there
		got := w.Enter(in)
		a := got.Activity
		if a.CaseID != id || a.OfficerID != w.Officer("officer2") || a.AccountID != w.As("registry1").Account || a.RecordedByRole != terms.RoleRegistryClerk ||
			*a.ReportedVia != terms.ViaFax || !a.ReportedAt.Equal(in.ReportedAt) || a.ReportedRespondent != "" {
			t.Errorf("activity: %v", a)
		}
		// §4(b): the two hours run to the report, not to its entry.
		if *a.RecordedLate || *a.RecordingDelayMinutes != 120 {
			t.Errorf("late: %v, %d minutes", *a.RecordedLate, *a.RecordingDelayMinutes)
		}
		if got.Case.ServiceStatus != terms.StatusServed || *got.Case.HolderOfficerID != w.Officer("officer2") || len(w.Told(a.ID)) != 1 {
			t.Errorf("case: %v, told: %v", got.Case, w.Told(a.ID))
		}
		if entry := s.Client.RegistryEntry.Query().OnlyX(w.System()); entry.OfficerName != "Daniel Weiss" {
			t.Errorf("registry entry: %v", entry)
		}
		// The clerk sees every case: no look-up row.
		if n := s.Client.CaseLookUp.Query().CountX(w.System()); n != 0 {
			t.Errorf("%d look-ups", n)
		}
		w.Consistent()
	})
}
