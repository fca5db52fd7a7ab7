package recording

import (
	"context"
	"time"

	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/registry"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// Skew is how far ahead of ours a phone's clock may be.
const Skew = 2 * time.Minute

// Recorder records what officers did.
type Recorder struct {
	Store     *store.Store
	Reference *casefile.Reference
	Planner   *registry.Planner
	Timely    casefile.Timely
	Clock     func() time.Time
	// OnCommit is called after each recording is committed: it nudges the
	// sequencer and the dispatcher of this process.
	OnCommit func()
	// OnOpened, if set, is called after the commit of an entry that opened a
	// provisional case (§7): what waited for that docket can be applied. It is on
	// the way of the answer.
	OnOpened func(context.Context, terms.Docket)
}

func (r *Recorder) committed() {
	if r.OnCommit != nil {
		r.OnCommit()
	}
}

// RecordService records that service was executed (§4).
func (r *Recorder) RecordService(ctx context.Context, v *access.Viewer, in Service) (Recorded, error) {
	return r.own(ctx, v, in.Common, &in.ServiceEntry)
}

// RecordAttempt records that service was not executed, and why (§5).
func (r *Recorder) RecordAttempt(ctx context.Context, v *access.Viewer, in Attempt) (Recorded, error) {
	return r.own(ctx, v, in.Common, &in.AttemptEntry)
}

// RecordReceipt records that the papers were received for service (§6(a)). From
// then on the officer holds them, whoever was known to hold them before.
func (r *Recorder) RecordReceipt(ctx context.Context, v *access.Viewer, in Receipt) (Recorded, error) {
	return r.own(ctx, v, in.Common, &in.ReceiptEntry)
}

// TransferProcess records that the officer transferred the papers to another
// (§6(b)), who holds them at once.
func (r *Recorder) TransferProcess(ctx context.Context, v *access.Viewer, in Transfer) (Recorded, error) {
	return r.own(ctx, v, in.Common, &in.TransferEntry)
}

// RecordOtherInformation records what else the officer noted about the case
// (§6(c)).
func (r *Recorder) RecordOtherInformation(ctx context.Context, v *access.Viewer, in OtherInformation) (Recorded, error) {
	return r.own(ctx, v, in.Common, &in.OtherInformationEntry)
}

func (r *Recorder) own(ctx context.Context, v *access.Viewer, common Common, e entry) (Recorded, error) {
	return r.record(ctx, v, &deed{Common: common, entry: e, at: []string{"input"}, way: &own{common.Docket}})
}

// CorrectActivity puts another entry, of any kind, in the place of an activity:
// by the officer whose activity it is, or registry staff. The first stays, and
// names what corrected it.
func (r *Recorder) CorrectActivity(ctx context.Context, v *access.Viewer, in Correction) (Recorded, error) {
	e, at := in.Entry.given()
	return r.record(ctx, v, &deed{Common: in.Common, entry: e, at: at, way: &correction{Activity: in.Activity, Reason: in.Reason}})
}

// WithdrawActivity takes an activity back, and all that it corrected: it should
// never have been recorded on its case. Nothing earlier revives. What was
// withdrawn by mistake is recorded anew.
func (r *Recorder) WithdrawActivity(ctx context.Context, v *access.Viewer, in Withdrawal) (Recorded, error) {
	return r.record(ctx, v, &deed{
		Common: in.Common, entry: withdrawal{}, at: []string{"input"}, way: &correction{Activity: in.Activity, Reason: in.Reason},
	})
}

// RecordManualEntry records for an officer what he reported to the registry
// section (§7): by its staff. A docket number that the daybook has not brought
// opens a provisional case, which the daybook later claims.
func (r *Recorder) RecordManualEntry(ctx context.Context, v *access.Viewer, in ManualEntry) (Recorded, error) {
	e, at := in.Entry.given()
	return r.record(ctx, v, &deed{Common: in.Common, entry: e, at: at, way: &manual{
		Docket: in.Docket, OnBehalfOf: in.OnBehalfOf, Via: in.ReportedVia, ReportedAt: in.ReportedAt,
		FirstName: in.RespondentFirstName, LastName: in.RespondentLastName,
	}})
}
