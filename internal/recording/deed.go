package recording

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/terms"
)

// deed is one act of recording: what is recorded, and the way on which it comes.
type deed struct {
	Common
	entry entry
	at    []string // where the entry's fields stand in the input
	way   way
}

// way is how an entry comes to be recorded: by the officer himself, as the
// correction or withdrawal of another, or by registry staff (§7). Its exported
// fields are facts too.
type way interface {
	// may answers nil if the viewer's role admits it.
	may(v *access.Viewer) error
	// clean brings the way's own fields to the form that is kept.
	clean(o *objections)
	// find answers the case: "" if a case is to be opened. It objects if there
	// is none to record on.
	find(ctx context.Context, r *Recorder, v *access.Viewer, o *objections) (terms.ID, error)
	// open opens the case that find did not.
	open(ctx context.Context, tx *ent.Tx, v *access.Viewer, now time.Time) (*casefile.Locked, error)
	// judge says, under the case's lock, who records in whose name, and applies
	// the way's own rules.
	judge(ctx context.Context, m *matter) error
	// write sets the way's own columns.
	write(a *ent.ServiceActivityCreate, m *matter)
	// recorded does what is left to do once the activity is there.
	recorded(ctx context.Context, m *matter, a *ent.ServiceActivity) error
	// field names the case in the input.
	field() string
}

// hash is of the canonical facts: what makes two deeds the same. Device times
// and confirmations are not among them.
func (d *deed) hash() []byte {
	facts, err := json.Marshal(struct {
		Kind  terms.ActivityKind
		Entry entry
		Way   way
	}{d.entry.kind(), d.entry, d.way})
	if err != nil {
		panic(err) // strings, booleans and instants between 2000 and 2200
	}
	sum := sha256.Sum256(facts)
	return sum[:]
}

// matter is a deed under its case's lock, with what the rules decide on.
type matter struct {
	objections // to the entry's fields
	*deed
	recorder *Recorder
	tx       *ent.Tx
	v        *access.Viewer
	c        *casefile.Locked
	all      []*ent.ServiceActivity // of the case, in case order

	officer    *ent.Officer         // in whose name it is recorded
	role       terms.Role           // in which the account records it
	original   *ent.ServiceActivity // what it corrects, if anything
	reportedAt *time.Time           // when the officer reported it, if he did (§7)
	inactive   string               // the name of an officer no longer active to whom it is transferred
}

// object adds an objection to a field of the way, not of the entry.
func (m *matter) object(code Code, message, field string) *Refusal {
	m.list = append(m.list, Refusal{Code: code, Message: message, Path: []string{"input", field}})
	return &m.list[len(m.list)-1]
}

// warn objects to a field of the entry unless it is confirmed.
func (m *matter) warn(c terms.Confirmation, code Code, message string, field ...string) {
	if !m.confirmed(c) {
		m.add(code, message, field...)
	}
}

func (d *deed) confirmed(c terms.Confirmation) bool { return slices.Contains(d.Confirm, c) }

// judge applies all rules that need the case.
func (m *matter) judge(ctx context.Context) error {
	if err := m.way.judge(ctx, m); err != nil || m.officer == nil {
		return err
	}
	m.judgeTime()
	m.judgeServed()
	return m.entry.judge(ctx, m)
}

// judgeTime: nothing happens in the future, nor after it was reported; what
// happened before the case existed must be confirmed. A provisional case (§7)
// exists since nobody knows when, and a correction that keeps the time asks
// nothing again.
func (m *matter) judgeTime() {
	at, field := m.entry.happened()
	switch {
	case at.IsZero():
	case at.After(m.c.Now.Add(Skew)):
		m.add(InTheFuture, "This time lies in the future. Check the day, and a.m. or p.m.", field)
	case m.reportedAt != nil && at.After(m.reportedAt.Add(Skew)):
		m.add(InTheFuture, "This time lies after the officer reported it. Check both: the day, and a.m. or p.m.", field)
	case at.Before(m.c.OpenedAt) && !m.c.Provisional && (m.original == nil || !m.original.OccurredAt.Equal(at)):
		m.warn(terms.ConfirmBeforeCaseExisted, BeforeCaseExisted, fmt.Sprintf(
			"The case was opened later, on %s. If the time is right all the same, confirm BEFORE_CASE_EXISTED.", courtTime(m.c.OpenedAt)), field)
	}
}

// says tells how much an entry says about service: what a case that is served
// already makes doubtful.
func says(k terms.ActivityKind) int {
	switch k {
	case terms.KindService:
		return 2
	case terms.KindAttempt:
		return 1
	}
	return 0
}

// judgeServed: a service, or an attempt, beside a service must be confirmed. A
// correction must only where it says more than what it corrects, and so never on
// account of a service that it corrects. Papers may move and information may
// come after service without a word.
func (m *matter) judgeServed() {
	before := 0
	if m.original != nil {
		before = says(m.original.Kind)
	}
	if m.c.ServiceStatus != terms.StatusServed || says(m.entry.kind()) <= before || m.confirmed(terms.ConfirmAlreadyServed) {
		return
	}
	var served *time.Time
	for _, a := range casefile.Standing(m.all) {
		if a.Kind == terms.KindService && (served == nil || a.OccurredAt.Before(*served)) {
			served = &a.OccurredAt
		}
	}
	if served != nil {
		m.object(AlreadyServed, fmt.Sprintf(
			"Service was already recorded on this case, executed on %s. If this is to be recorded besides, confirm ALREADY_SERVED.", courtTime(*served)), m.way.field()).ServedAt = served
	}
}

// insert writes the activity.
func (m *matter) insert(ctx context.Context) (*ent.ServiceActivity, error) {
	at, _ := m.entry.happened()
	if at.IsZero() {
		at = m.c.Now
	}
	a := m.tx.ServiceActivity.Create().
		SetCaseID(m.c.ID).SetSequence(m.c.Sequence).SetKind(m.entry.kind()).SetOfficerID(m.officer.ID).
		SetOccurredAt(at).SetRecordedAt(m.c.Now).
		SetAccountID(m.v.Account).SetRecordedByName(m.v.DisplayName).SetRecordedByRole(m.role).
		SetIdempotencyKey(m.IdempotencyKey).SetContentSha256(m.hash()).
		SetNillableDeviceSubmittedAt(m.DeviceSubmittedAt).SetNillableDeviceSentAt(m.DeviceSentAt)
	m.entry.write(a, m)
	m.way.write(a, m)
	activity, err := a.Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("inserting the activity: %w", err)
	}
	return activity, nil
}
