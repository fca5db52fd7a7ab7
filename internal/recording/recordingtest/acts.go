package recordingtest

import (
	"context"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/terms"
)

// The helpers below record by the account that is named, with a new key, and
// must succeed. Warnings are confirmed where the test says so.

// By is the common part of an input about a case, with a new key.
func (w *World) By(docket terms.Docket, confirm ...terms.Confirmation) recording.Common {
	return recording.Common{IdempotencyKey: w.Key(), Docket: docket, Confirm: confirm}
}

// Receive records that the officer received the papers.
func (w *World) Receive(account string, docket terms.Docket, at time.Time) recording.Recorded {
	w.Helper()
	return w.Recorded(w.Recorder.RecordReceipt(context.Background(), w.As(account), recording.Receipt{
		Common: w.By(docket), ReceiptEntry: recording.ReceiptEntry{ReceivedAt: at},
	}))
}

// TransferTo is an input: the papers went to the officer of another account.
func (w *World) TransferTo(docket terms.Docket, account string, at time.Time) recording.Transfer {
	return recording.Transfer{
		Common:        w.By(docket),
		TransferEntry: recording.TransferEntry{To: recording.Receiver{Officer: w.Officer(account)}, TransferredAt: at},
	}
}

// Transfer records that the officer transferred the papers to the one of the
// other account.
func (w *World) Transfer(account string, docket terms.Docket, to string, at time.Time) recording.Recorded {
	w.Helper()
	return w.Recorded(w.Recorder.TransferProcess(context.Background(), w.As(account), w.TransferTo(docket, to, at)))
}

// Acknowledge acknowledges a transfer.
func (w *World) Acknowledge(account string, transfer terms.ID) recording.Recorded {
	w.Helper()
	return w.Recorded(w.Recorder.AcknowledgeTransfer(context.Background(), w.As(account), recording.Acknowledgement{
		Common: w.By(""), Transfer: transfer,
	}))
}

// Note records other information, about anything.
func (w *World) Note(account string, docket terms.Docket, text string) recording.Recorded {
	w.Helper()
	return w.Recorded(w.Recorder.RecordOtherInformation(context.Background(), w.As(account), recording.OtherInformation{
		Common:                w.By(docket),
		OtherInformationEntry: recording.OtherInformationEntry{About: []terms.InformationAbout{terms.AboutOther}, Text: text},
	}))
}

// Correct puts the entry in the place of the activity.
func (w *World) Correct(account string, activity terms.ID, e recording.Entry, confirm ...terms.Confirmation) recording.Recorded {
	w.Helper()
	return w.Recorded(w.Recorder.CorrectActivity(context.Background(), w.As(account), recording.Correction{
		Common: w.By("", confirm...), Activity: activity, Reason: "It was wrong.", Entry: e,
	}))
}

// Withdraw takes the activity back.
func (w *World) Withdraw(account string, activity terms.ID) recording.Recorded {
	w.Helper()
	return w.Recorded(w.Recorder.WithdrawActivity(context.Background(), w.As(account), recording.Withdrawal{
		Common: w.By(""), Activity: activity, Reason: "The wrong docket.",
	}))
}

// Replace puts the entry in the place of an activity of officer1's, with all that
// there is to be confirmed; without an entry it takes the activity back.
func (w *World) Replace(old *ent.ServiceActivity, e *recording.Entry) *ent.ServiceActivity {
	w.Helper()
	if e == nil {
		return w.Withdraw("officer1", old.ID).Activity
	}
	return w.Correct("officer1", old.ID, *e, terms.ConfirmAlreadyServed, terms.ConfirmBeforeCaseExisted).Activity
}

// Manual is an input of registry staff: reported now by telephone, on behalf of
// the account's officer, the respondent called as [intaketest.World.OpenCase]
// calls him.
func (w *World) Manual(onBehalfOf string, docket terms.Docket, e recording.Entry) recording.ManualEntry {
	return recording.ManualEntry{
		Common: w.By(docket), OnBehalfOf: w.Officer(onBehalfOf), ReportedVia: terms.ViaTelephone, ReportedAt: w.Clock.Now(),
		RespondentFirstName: "John", RespondentLastName: "Roe", Entry: e,
	}
}

// Enter records a manual entry by registry1.
func (w *World) Enter(in recording.ManualEntry) recording.Recorded {
	w.Helper()
	return w.Recorded(w.Recorder.RecordManualEntry(context.Background(), w.As("registry1"), in))
}

// Served is an entry: in hand at the time.
func Served(at time.Time) recording.Entry {
	return recording.Entry{Service: &recording.ServiceEntry{Method: terms.MethodHand, ExecutedAt: at}}
}

// Attempted is an entry: nobody answered at the time.
func Attempted(at time.Time) recording.Entry {
	return recording.Entry{Attempt: &recording.AttemptEntry{Reason: terms.ReasonNoAnswer, LastAttemptedAt: at}}
}

// Received is an entry: the papers were received at the time.
func Received(at time.Time) recording.Entry {
	return recording.Entry{Receipt: &recording.ReceiptEntry{ReceivedAt: at}}
}

// Transferred is an entry: the papers went to the officer at the time.
func Transferred(to terms.ID, at time.Time) recording.Entry {
	return recording.Entry{Transfer: &recording.TransferEntry{To: recording.Receiver{Officer: to}, TransferredAt: at}}
}

// Noted is an entry: other information.
func Noted(text string) recording.Entry {
	return recording.Entry{OtherInformation: &recording.OtherInformationEntry{About: []terms.InformationAbout{terms.AboutOther}, Text: text}}
}

// Retired is the id of an officer on the list who is no longer active.
func (w *World) Retired(first, last string) terms.ID {
	w.Helper()
	o := w.Store.Client.Officer.Create().SetFirstName(first).SetLastName(last).SetNameKey(terms.Fold(last + " " + first)).
		SetKind(terms.StateMarshal).SetCounty("Tolland").SetActive(false).SaveX(w.System())
	if err := w.Reference.Reload(context.Background()); err != nil {
		w.Fatal(err)
	}
	return o.ID
}
