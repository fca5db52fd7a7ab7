package recording

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/terms"
)

// The longest texts, in characters.
const (
	maxNote   = 4000
	maxDetail = 1000
)

// entry is what every kind of recording comes down to.
type entry struct {
	common           Common
	kind             terms.ActivityKind
	occurredAt       time.Time
	occurredField    string
	method           terms.ServiceMethod
	reason           terms.AttemptReason
	detail           string
	noFurtherAttempt bool
	note             string
	police           bool
}

// clean brings the texts to the form that is kept, and refuses what cannot be.
func (e *entry) clean() []Refusal {
	var refusals []Refusal
	for _, t := range []struct {
		field string
		text  *string
		most  int
	}{{"note", &e.note, maxNote}, {"detail", &e.detail, maxDetail}} {
		kept, err := terms.CleanText(*t.text, t.most, true)
		switch {
		case errors.Is(err, terms.ErrTooLong):
			refusals = append(refusals, refuse(TooLong, t.field, fmt.Sprintf("This text is too long: at most %d characters are kept. Shorten it.", t.most)))
		case err != nil:
			refusals = append(refusals, refuse(BadText, t.field, "This text "+err.Error()+". Type it again without it."))
		default:
			*t.text = kept
		}
	}
	if e.kind == terms.KindAttempt && e.reason == terms.ReasonOther && e.detail == "" && len(refusals) == 0 {
		refusals = append(refusals, refuse(DetailRequired, "detail", "With the reason OTHER, say in detail why service was not executed (§5(e))."))
	}
	return refusals
}

// hash is of the canonical facts: what makes two entries the same. Device
// times and confirmations are not among them.
func (e *entry) hash() []byte {
	facts, err := json.Marshal(struct {
		Docket           terms.Docket
		Kind             terms.ActivityKind
		OccurredAt       time.Time
		Method           terms.ServiceMethod
		Reason           terms.AttemptReason
		Detail, Note     string
		NoFurtherAttempt bool
		Police           bool
	}{e.common.Docket, e.kind, e.occurredAt, e.method, e.reason, e.detail, e.note, e.noFurtherAttempt, e.police})
	if err != nil {
		panic(err) // strings, booleans and an instant between 2000 and 2200
	}
	sum := sha256.Sum256(facts)
	return sum[:]
}

// judge applies the rules that need the case, under its lock.
func (e *entry) judge(c *casefile.Locked) []Refusal {
	var refusals []Refusal
	if e.occurredAt.After(c.Now.Add(Skew)) {
		refusals = append(refusals, refuse(InTheFuture, e.occurredField, "This time lies in the future. Check the day, and a.m. or p.m."))
	}
	if e.occurredAt.Before(c.OpenedAt) && !e.confirmed(terms.ConfirmBeforeCaseExisted) {
		refusals = append(refusals, refuse(BeforeCaseExisted, e.occurredField, fmt.Sprintf(
			"The case was opened later, on %s. If the time is right all the same, confirm BEFORE_CASE_EXISTED.", courtTime(c.OpenedAt))))
	}
	if c.ServiceStatus == terms.StatusServed && !e.confirmed(terms.ConfirmAlreadyServed) {
		r := refuse(AlreadyServed, "docketNumber", fmt.Sprintf(
			"Service was already recorded on this case, executed on %s. If this is to be recorded besides, confirm ALREADY_SERVED.", courtTime(*c.ServedAt)))
		r.ServedAt = c.ServedAt
		refusals = append(refusals, r)
	}
	return refusals
}

func (e *entry) confirmed(c terms.Confirmation) bool { return slices.Contains(e.common.Confirm, c) }

func courtTime(t time.Time) string {
	return t.In(terms.CourtZone).Format("Mon Jan 2 2006, 3:04 PM MST")
}

// insert writes the activity.
func (e *entry) insert(ctx context.Context, tx *ent.Tx, c *casefile.Locked, v *access.Viewer) (*ent.ServiceActivity, error) {
	a := tx.ServiceActivity.Create().
		SetCaseID(c.ID).SetSequence(c.Sequence).SetKind(e.kind).SetOfficerID(v.Officer).
		SetOccurredAt(e.occurredAt).SetRecordedAt(c.Now).
		SetAccountID(v.Account).SetRecordedByName(v.DisplayName).SetRecordedByRole(v.ActingRole()).
		SetIdempotencyKey(e.common.IdempotencyKey).SetContentSha256(e.hash()).
		SetNote(e.note).SetDetail(e.detail).SetPoliceAssistanceRequested(e.police).
		SetNoFurtherAttempt(e.noFurtherAttempt).
		SetNillableDeviceSubmittedAt(e.common.DeviceSubmittedAt).SetNillableDeviceSentAt(e.common.DeviceSentAt)
	switch e.kind {
	case terms.KindService:
		delay := max(0, c.Now.Sub(e.occurredAt))
		a.SetMethod(e.method).SetRecordedLate(delay > TwoHours).SetRecordingDelayMinutes(int(delay / time.Minute))
	case terms.KindAttempt:
		a.SetReason(e.reason)
	}
	activity, err := a.Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("inserting the activity: %w", err)
	}
	return activity, nil
}
