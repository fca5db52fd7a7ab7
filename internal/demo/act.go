package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/terms"
)

// act is something that a person records.
type act struct {
	key    string // the idempotency key
	docket terms.Docket
	by     *access.Viewer
	// entry is what is recorded. Without one, earlier is acknowledged or, with
	// a reason, withdrawn.
	entry recording.Entry
	// manual is set where registry staff enter for an officer (§7).
	manual *manual
	// earlier is what this act corrects, withdraws or acknowledges; reason says
	// why it is corrected or withdrawn.
	earlier *act
	reason  string
	confirm []terms.Confirmation

	// done is the activity, once it is recorded: of an acknowledgement the
	// transfer.
	done *ent.ServiceActivity
}

// manual is what the registry section knows of what it enters for an officer.
type manual struct {
	officer    *ent.Officer
	via        terms.EntryVia
	at         time.Time // when the officer reported it
	respondent person    // as he spelled it
}

// record records the act. Whatever the rules refuse is answered, and nothing
// was recorded then.
func (a *act) record(ctx context.Context, r *recording.Recorder) (recording.Recorded, error) {
	common := recording.Common{IdempotencyKey: a.key, Docket: a.docket, Confirm: a.confirm}
	var done recording.Recorded
	var err error
	switch {
	case a.earlier != nil:
		common.Docket = "" // the activity names it
		done, err = a.recordAbout(ctx, r, common)
	case a.manual != nil:
		done, err = r.RecordManualEntry(ctx, a.by, recording.ManualEntry{
			Common: common, OnBehalfOf: a.manual.officer.ID, ReportedVia: a.manual.via, ReportedAt: a.manual.at,
			RespondentFirstName: a.manual.respondent.first, RespondentLastName: a.manual.respondent.last, Entry: a.entry,
		})
	default:
		done, err = a.recordOwn(ctx, r, common)
	}
	if err == nil && len(done.Refusals) == 0 {
		a.done = done.Activity
	}
	return done, err
}

// recordAbout records what is about an earlier act.
func (a *act) recordAbout(ctx context.Context, r *recording.Recorder, common recording.Common) (recording.Recorded, error) {
	if a.earlier.done == nil {
		return recording.Recorded{}, fmt.Errorf("%s is about %s, which was not recorded", a.key, a.earlier.key)
	}
	about := a.earlier.done.ID
	switch {
	case a.reason == "":
		return r.AcknowledgeTransfer(ctx, a.by, recording.Acknowledgement{Common: common, Transfer: about})
	case a.entry == recording.Entry{}:
		return r.WithdrawActivity(ctx, a.by, recording.Withdrawal{Common: common, Activity: about, Reason: a.reason})
	}
	return r.CorrectActivity(ctx, a.by, recording.Correction{Common: common, Activity: about, Reason: a.reason, Entry: a.entry})
}

// recordOwn records what the officer did himself.
func (a *act) recordOwn(ctx context.Context, r *recording.Recorder, common recording.Common) (recording.Recorded, error) {
	switch e := a.entry; {
	case e.Service != nil:
		return r.RecordService(ctx, a.by, recording.Service{Common: common, ServiceEntry: *e.Service})
	case e.Attempt != nil:
		return r.RecordAttempt(ctx, a.by, recording.Attempt{Common: common, AttemptEntry: *e.Attempt})
	case e.Receipt != nil:
		return r.RecordReceipt(ctx, a.by, recording.Receipt{Common: common, ReceiptEntry: *e.Receipt})
	case e.Transfer != nil:
		return r.TransferProcess(ctx, a.by, recording.Transfer{Common: common, TransferEntry: *e.Transfer})
	case e.OtherInformation != nil:
		return r.RecordOtherInformation(ctx, a.by, recording.OtherInformation{Common: common, OtherInformationEntry: *e.OtherInformation})
	}
	return recording.Recorded{}, fmt.Errorf("%s says nothing", a.key)
}

// ofService tells whether the act makes, changes or takes back a service, of
// which others must be told (§3(d) to (f)).
func (a *act) ofService() bool {
	return a.entry.Service != nil || a.earlier != nil && a.earlier.ofService()
}

func (a *act) acknowledges() bool { return a.earlier != nil && a.reason == "" }

func (a *act) withdraws() bool {
	return a.earlier != nil && a.reason != "" && a.entry == recording.Entry{}
}

func (a *act) corrects() bool {
	return a.earlier != nil && a.entry != recording.Entry{}
}
