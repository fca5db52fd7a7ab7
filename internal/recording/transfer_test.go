package recording_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/intake/intaketest"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/recording/recordingtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// §6(b): to whom the papers can go, and what is said where they cannot.
func TestToWhomThePapersCanGo(t *testing.T) {
	w := recordingtest.New(t, storetest.SQLite(t))
	w.OpenCase(feed.Daybook{DocketNumber: docket})
	retired := w.Retired("Otto", "Brandt")
	one, two := w.Officer("officer1"), w.Officer("officer2")
	confirm := []terms.Confirmation{terms.ConfirmOfficerNotListed}
	for _, c := range []struct {
		name     string
		to       recording.Receiver
		confirm  []terms.Confirmation
		want     string
		says     string
		holder   terms.ID
		work     string
		receiver string // the name that is kept
	}{
		{name: "an officer of the list", to: recording.Receiver{Officer: two}, holder: two, work: "UNACKNOWLEDGED"},
		{name: "nobody", want: "EXACTLY_ONE to"},
		{name: "spaces are nobody", to: recording.Receiver{Name: " \t "}, want: "EXACTLY_ONE to"},
		{name: "both", to: recording.Receiver{Officer: two, Name: "Daniel Weiss"}, want: "EXACTLY_ONE to"},
		{name: "a name too long", to: recording.Receiver{Name: strings.Repeat("x", 201)}, want: "TOO_LONG to.officerName"},
		{name: "a name of two lines", to: recording.Receiver{Name: "Sam\nPool"}, want: "BAD_TEXT to.officerName"},
		{name: "oneself", to: recording.Receiver{Officer: one}, confirm: confirm, want: "SAME_OFFICER to.officerId", says: "Maria Ortiz is the officer who transfers"},
		{name: "oneself by name", to: recording.Receiver{Name: "ortiz, maria"}, confirm: confirm, want: "SAME_OFFICER to.officerName"},
		{name: "an id that is no officer's", to: recording.Receiver{Officer: terms.NewID(terms.OfficerPrefix)}, confirm: confirm, want: "OFFICER_NOT_FOUND to.officerId"},
		{name: "a name that is not on the list", to: recording.Receiver{Name: "Sam Pool"}, want: "OFFICER_NOT_LISTED to.officerName", says: "confirm OFFICER_NOT_LISTED"},
		{name: "confirmed: kept, as work for the registry section", to: recording.Receiver{Name: " Sam  Pool"}, confirm: confirm, work: "RECEIVER_NOT_LISTED", receiver: "Sam  Pool"},
		{name: "a typed name that is on the list", to: recording.Receiver{Name: "daniel WEISS"}, want: "OFFICER_NOT_LISTED to.officerName", says: "Daniel Weiss is on the list: choose"},
		{name: "another of that name, confirmed", to: recording.Receiver{Name: "Daniel Weiss"}, confirm: confirm, work: "RECEIVER_NOT_LISTED", receiver: "Daniel Weiss"},
		{name: "a typed name of one who is no longer active", to: recording.Receiver{Name: "Otto Brandt"}, want: "OFFICER_NOT_LISTED to.officerName", says: "No officer of the list is chosen"},
		{name: "an officer who is no longer active", to: recording.Receiver{Officer: retired}, want: "OFFICER_NOT_LISTED to.officerId", says: "Otto Brandt is no longer active"},
		{name: "confirmed: he holds them, as work for the registry section", to: recording.Receiver{Officer: retired}, confirm: confirm, holder: retired, work: "RECEIVER_NOT_LISTED", receiver: "Otto Brandt"},
	} {
		w.Receive("officer1", docket, w.Clock.Now())
		in := recording.Transfer{Common: w.By(docket, c.confirm...), TransferEntry: recording.TransferEntry{To: c.to, TransferredAt: w.Clock.Now()}}
		got, err := w.Recorder.TransferProcess(t.Context(), w.As("officer1"), in)
		if err != nil || codes(got) != c.want {
			t.Errorf("%s: %s, %v; want %s", c.name, codes(got), err, c.want)
			continue
		}
		if c.want != "" {
			if !strings.Contains(got.Refusals[0].Message, c.says) {
				t.Errorf("%s: %s", c.name, got.Refusals[0].Message)
			}
			continue
		}
		if a := got.Activity; terms.Value(got.Case.HolderOfficerID) != c.holder || work(got.Case) != string(a.ID)+" "+c.work ||
			terms.Value(a.ToOfficerID) != c.to.Officer || a.ToOfficerName != c.receiver {
			t.Errorf("%s: held by %v, %s, to %q", c.name, got.Case.HolderOfficerID, work(got.Case), a.ToOfficerName)
		}
	}
	// One who is not active and yet records on the case is at work: §6(b) asks no more.
	last := w.Receive("officer1", docket, w.Clock.Now()).Case.ID
	in := w.TransferTo(docket, "officer2", w.Clock.Now())
	in.To.Officer, in.Confirm = retired, confirm
	w.Recorded(w.Recorder.TransferProcess(t.Context(), w.As("officer1"), in))
	manual := w.Manual("officer2", docket, recordingtest.Attempted(w.Clock.Now()))
	manual.OnBehalfOf, manual.Confirm = retired, confirm
	if c := w.Enter(manual).Case; work(c) != "" || c.ID != last {
		t.Errorf("work: %s", work(c))
	}
	w.Consistent()
}

// §6(b): only the holder transfers; where nobody is recorded, anybody can. The
// answer names the holder.
func TestOnlyTheHolderTransfers(t *testing.T) {
	w := recordingtest.New(t, storetest.SQLite(t))
	w.OpenCase(feed.Daybook{DocketNumber: docket})
	w.Transfer("officer1", docket, "officer2", w.Clock.Now()) // nobody was recorded
	in := w.TransferTo(docket, "officer3", w.Clock.Now())
	for name, refuse := range map[string]func() (recording.Recorded, error){
		"in his own name": func() (recording.Recorded, error) {
			return w.Recorder.TransferProcess(t.Context(), w.As("officer1"), in)
		},
		"§7(c): by the registry section": func() (recording.Recorded, error) {
			return w.Recorder.RecordManualEntry(t.Context(), w.As("registry1"), w.Manual("officer1", docket, recordingtest.Transferred(w.Officer("officer3"), w.Clock.Now())))
		},
	} {
		got, err := refuse()
		if err != nil || len(got.Refusals) != 1 || got.Refusals[0].Code != recording.NotHolder {
			t.Fatalf("%s: %s, %v", name, codes(got), err)
		}
		if r := got.Refusals[0]; r.Holder != w.Officer("officer2") || !strings.Contains(r.Message, "Daniel Weiss is recorded as holding the papers") || !strings.Contains(r.Message, "If Maria Ortiz has them") {
			t.Errorf("%s: %+v", name, r)
		}
	}
	// He does what the answer says.
	w.Receive("officer1", docket, w.Clock.Now())
	in.IdempotencyKey = w.Key()
	got := w.Recorded(w.Recorder.TransferProcess(t.Context(), w.As("officer1"), in))
	// §7(c): in a manual entry it is the officer who reported that transfers.
	entered := w.Enter(w.Manual("officer3", docket, recordingtest.Transferred(w.Officer("officer2"), w.Clock.Now())))
	if a := entered.Activity; *got.Case.HolderOfficerID != w.Officer("officer3") || *a.FromOfficerID != w.Officer("officer3") || *entered.Case.HolderOfficerID != w.Officer("officer2") {
		t.Errorf("entered: %v", a)
	}
	w.Consistent()
}

// §6(b): of two transfers at once one wins, the other is told who holds the
// papers now.
func TestTwoTransfersAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		w.OpenCase(feed.Daybook{DocketNumber: docket})
		w.Receive("officer1", docket, w.Clock.Now())
		to := []string{"officer2", "officer3", "officer2", "officer3"}
		results := atOnce(t, len(to), func(n int) (recording.Recorded, error) {
			return w.Recorder.TransferProcess(t.Context(), w.As("officer1"), w.TransferTo(docket, to[n], w.Clock.Now()))
		})
		holder := *w.Case(docket).HolderOfficerID
		won := 0
		for n, r := range results {
			switch {
			case len(r.Refusals) == 0:
				if won++; w.Officer(to[n]) != holder {
					t.Errorf("%s won, and %s holds", to[n], holder)
				}
			case codes(r) != "NOT_HOLDER to" || r.Refusals[0].Holder != holder:
				t.Errorf("%d: %+v", n, r.Refusals)
			}
		}
		if won != 1 {
			t.Errorf("%d won", won)
		}
		w.Consistent()
	})
}

// atOnce does it n times at the same moment; none may fail.
func atOnce(t *testing.T, n int, do func(int) (recording.Recorded, error)) []recording.Recorded {
	t.Helper()
	results, errs := make([]recording.Recorded, n), make([]error, n)
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			results[i], errs[i] = do(i)
		})
	}
	close(start)
	wg.Wait()
	for i, err := range errs {
		if err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
	return results
}

// §6(a), §6(b): nothing is received or transferred in the future; before the
// case existed only if confirmed. Service asks for no confirmation of either.
func TestWhenPapersMove(t *testing.T) {
	w := recordingtest.New(t, storetest.SQLite(t))
	w.OpenCase(feed.Daybook{DocketNumber: docket})
	now := w.Clock.Now()
	w.Serve(w.Service(docket, now))
	receive := func(at time.Time, writ terms.Date, confirm ...terms.Confirmation) string {
		r, err := w.Recorder.RecordReceipt(t.Context(), w.As("officer1"), recording.Receipt{
			Common: w.By(docket, confirm...), ReceiptEntry: recording.ReceiptEntry{ReceivedAt: at, WritDate: writ},
		})
		if err != nil {
			t.Fatal(err)
		}
		return codes(r)
	}
	transfer := func(at time.Time, confirm ...terms.Confirmation) string {
		in := w.TransferTo(docket, "officer2", at)
		in.Confirm = confirm
		r, err := w.Recorder.TransferProcess(t.Context(), w.As("officer1"), in)
		if err != nil {
			t.Fatal(err)
		}
		return codes(r)
	}
	for _, c := range []struct{ name, got, want string }{
		{"received tomorrow", receive(now.Add(24*time.Hour), ""), "IN_THE_FUTURE receivedAt"},
		{"received before the case existed", receive(now.Add(-2*time.Hour), ""), "BEFORE_CASE_EXISTED receivedAt"},
		{"a writ of tomorrow", receive(now, terms.DateOf(now).AddDays(1)), "IN_THE_FUTURE writDate"},
		{"a writ of today", receive(now, terms.DateOf(now)), ""},
		{"confirmed", receive(now.Add(-2*time.Hour), "", terms.ConfirmBeforeCaseExisted), ""},
		{"transferred tomorrow", transfer(now.Add(24 * time.Hour)), "IN_THE_FUTURE transferredAt"},
		{"transferred before the case existed", transfer(now.Add(-2 * time.Hour)), "BEFORE_CASE_EXISTED transferredAt"},
		{"transferred now, after service", transfer(now), ""},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.name, c.got, c.want)
		}
	}
	w.Note("officer3", docket, "He has moved.") // §6(c): after service, without a word
	w.Consistent()
}

// §6(b): transfers that a correction makes inconsistent stay, as work; a receipt
// says who has the papers, and settles it.
func TestACorrectionCanMakeATransferInconsistent(t *testing.T) {
	w := recordingtest.New(t, storetest.SQLite(t))
	w.OpenCase(feed.Daybook{DocketNumber: docket})
	w.Receive("officer1", docket, intaketest.Noon)
	first := w.Transfer("officer1", docket, "officer2", intaketest.Noon).Activity
	second := w.Transfer("officer2", docket, "officer1", intaketest.Noon).Activity
	w.Acknowledge("officer1", second.ID)
	c := w.Correct("officer1", first.ID, recordingtest.Transferred(w.Officer("officer3"), intaketest.Noon)).Case
	if work(c) != string(second.ID)+" INCONSISTENT" || *c.HolderOfficerID != w.Officer("officer1") {
		t.Errorf("work: %s, held by %s", work(c), *c.HolderOfficerID)
	}
	// The newest in doubt comes first, and then the older one again.
	third := w.Transfer("officer1", docket, "officer3", intaketest.Noon)
	if work(third.Case) != string(third.Activity.ID)+" UNACKNOWLEDGED" {
		t.Errorf("work: %s", work(third.Case))
	}
	if c := w.Acknowledge("officer3", third.Activity.ID).Case; work(c) != string(second.ID)+" INCONSISTENT" {
		t.Errorf("work: %s", work(c))
	}
	if c := w.Receive("officer3", docket, intaketest.Noon).Case; work(c) != "" {
		t.Errorf("work: %s", work(c))
	}
	w.Consistent()
}

// §6(b): a correction that leaves the receiver asks nothing again, and keeps the
// acknowledgement.
func TestACorrectedTransferKeepsItsReceiver(t *testing.T) {
	w := recordingtest.New(t, storetest.SQLite(t))
	w.OpenCase(feed.Daybook{DocketNumber: docket})
	w.Receive("officer1", docket, intaketest.Noon)
	transfer := w.Transfer("officer1", docket, "officer2", intaketest.Noon).Activity
	w.Acknowledge("officer2", transfer.ID)
	w.Clock.Advance(time.Hour)
	corrected := w.Correct("officer1", transfer.ID, recordingtest.Transferred(w.Officer("officer2"), intaketest.Noon.Add(time.Minute)))
	if work(corrected.Case) != "" {
		t.Errorf("work: %s", work(corrected.Case))
	}
	// The old one is answered as before; it is not acknowledged anew.
	if again := w.Acknowledge("officer2", transfer.ID); again.Activity.ID != transfer.ID {
		t.Errorf("again: %v", again.Activity)
	}
	other := w.Correct("registry1", corrected.Activity.ID, recordingtest.Transferred(w.Officer("officer3"), intaketest.Noon))
	if work(other.Case) != string(other.Activity.ID)+" UNACKNOWLEDGED" {
		t.Errorf("another receiver has acknowledged nothing: %s", work(other.Case))
	}
	late, err := w.Recorder.AcknowledgeTransfer(t.Context(), w.As("officer3"), recording.Acknowledgement{Common: w.By(""), Transfer: other.Activity.ID})
	if err != nil || len(late.Refusals) > 0 {
		t.Fatal(late.Refusals, err)
	}

	retired := w.Retired("Otto", "Brandt")
	e := recordingtest.Transferred(retired, intaketest.Noon)
	unlisted := w.Correct("officer1", other.Activity.ID, e, terms.ConfirmOfficerNotListed)
	again := w.Correct("officer1", unlisted.Activity.ID, e)
	if work(again.Case) != string(again.Activity.ID)+" RECEIVER_NOT_LISTED" || again.Activity.ToOfficerName != "Otto Brandt" {
		t.Errorf("work: %s", work(again.Case))
	}
	e.Transfer.To = recording.Receiver{Name: "Sam Pool"}
	named := w.Correct("officer1", again.Activity.ID, e, terms.ConfirmOfficerNotListed)
	same := w.Correct("officer1", named.Activity.ID, e)
	if work(same.Case) != string(same.Activity.ID)+" RECEIVER_NOT_LISTED" {
		t.Errorf("work: %s", work(same.Case))
	}
	e.Transfer.To.Name = "Samuel Pool"
	asked, err := w.Recorder.CorrectActivity(t.Context(), w.As("officer1"), recording.Correction{Common: w.By(""), Activity: same.Activity.ID, Reason: "x", Entry: e})
	if err != nil || codes(asked) != "OFFICER_NOT_LISTED entry.transfer.to.officerName" {
		t.Errorf("another name: %s, %v", codes(asked), err)
	}
	w.Consistent()
}

// §6(b): what was taken back cannot be acknowledged; the answer names what
// stands in its place.
func TestAcknowledgingWhatWasTakenBack(t *testing.T) {
	w := recordingtest.New(t, storetest.SQLite(t))
	w.OpenCase(feed.Daybook{DocketNumber: docket})
	transfer := w.Transfer("officer1", docket, "officer2", intaketest.Noon).Activity
	newest := w.Correct("officer1", transfer.ID, recordingtest.Transferred(w.Officer("officer2"), intaketest.Noon)).Activity
	for _, id := range []terms.ID{newest.ID, ""} {
		if id == "" {
			id = w.Withdraw("officer1", newest.ID).Activity.ID
		}
		got, err := w.Recorder.AcknowledgeTransfer(t.Context(), w.As("officer2"), recording.Acknowledgement{Common: w.By(""), Transfer: transfer.ID})
		if err != nil || codes(got) != "ALREADY_CORRECTED transferId" || got.Refusals[0].Newest != id {
			t.Errorf("%+v, %v", got.Refusals, err)
		}
	}
	w.Consistent()
}
