package recording

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/serviceactivity"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/registry"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// TwoHours is how long after service was executed it must be recorded (§4(b),
// C.G.S. §46b-15(h) as amended by Public Act 17-163). Later is accepted and
// flagged, never refused.
const TwoHours = 2 * time.Hour

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
}

// RecordService records that service was executed (§4).
func (r *Recorder) RecordService(ctx context.Context, v *access.Viewer, in Service) (Recorded, error) {
	return r.record(ctx, v, entry{
		common: in.Common, kind: terms.KindService, occurredAt: in.ExecutedAt, occurredField: "executedAt",
		method: in.Method, police: in.PoliceAssistanceRequested, note: in.Note,
	})
}

// RecordAttempt records that service was not executed, and why (§5).
func (r *Recorder) RecordAttempt(ctx context.Context, v *access.Viewer, in Attempt) (Recorded, error) {
	return r.record(ctx, v, entry{
		common: in.Common, kind: terms.KindAttempt, occurredAt: in.LastAttemptedAt, occurredField: "lastAttemptedAt",
		reason: in.Reason, detail: in.Detail, noFurtherAttempt: in.NoFurtherAttempt, police: in.PoliceAssistanceRequested, note: in.Note,
	})
}

// record is the main road. The key is looked up before all rules, and again
// under the case's lock, where fifty at once stand in line.
func (r *Recorder) record(ctx context.Context, v *access.Viewer, e entry) (Recorded, error) {
	if v == nil {
		return Recorded{}, access.ErrUnauthenticated
	}
	if !v.MayRecord() {
		return Recorded{}, access.ErrForbidden
	}
	e.occurredAt = terms.Micro(e.occurredAt)
	refusals := e.clean() // before the key: what is compared is what would be kept
	ctx = access.As(ctx, "recording")
	if done, err := r.earlier(ctx, r.Store.Client, v, e); done != nil || err != nil {
		return deref(done), err
	}
	if e.common.AsOfficer != "" && e.common.AsOfficer != v.Officer {
		refusals = append(refusals, refuse(WrongOfficer, "asOfficerId", "You are signed in as another officer. Sign out, and let that officer sign in."))
	}
	if len(refusals) > 0 {
		return Recorded{Refusals: refusals}, nil
	}
	id, err := casefile.Find(ctx, r.Store.Client, e.common.Docket)
	if err != nil {
		return Recorded{}, err
	}
	if id == "" {
		return Recorded{Refusals: []Refusal{refuse(CaseNotFound, "docketNumber",
			"The court's daybook has not brought a case with this docket number. Check the number; if it is right, report it to the registry section at once (§7).")}}, nil
	}
	var result Recorded
	err = r.Store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		result, err = r.underLock(ctx, tx, v, e, id)
		return err
	})
	if store.Duplicate(err) {
		// The same key on another docket at the same moment: the other won.
		if done, err := r.earlier(ctx, r.Store.Client, v, e); done != nil || err != nil {
			return deref(done), err
		}
	}
	if err != nil {
		return Recorded{}, fmt.Errorf("recording a %s: %w", e.kind, err)
	}
	if len(result.Refusals) == 0 && r.OnCommit != nil {
		r.OnCommit()
	}
	return result, nil
}

func (r *Recorder) underLock(ctx context.Context, tx *ent.Tx, v *access.Viewer, e entry, id terms.ID) (Recorded, error) {
	c, err := casefile.Lock(ctx, tx, id, r.Clock())
	if err != nil {
		return Recorded{}, err
	}
	if done, err := r.earlier(ctx, tx.Client(), v, e); done != nil || err != nil {
		return deref(done).unwrapped(), err
	}
	// Recording is a look-up as well: the officer had the papers in his hand.
	if err := casefile.LookedUp(tx, v.Account, id, c.Now).Exec(ctx); err != nil {
		return Recorded{}, fmt.Errorf("keeping the look-up: %w", err)
	}
	if refusals := e.judge(c); len(refusals) > 0 {
		return Recorded{Refusals: refusals}, nil
	}
	activity, err := e.insert(ctx, tx, c, v)
	if err != nil {
		return Recorded{}, err
	}
	officer := r.Reference.Officer(v.Officer)
	if officer == nil { // added since the tables were loaded
		if officer, err = tx.Officer.Get(ctx, v.Officer); err != nil {
			return Recorded{}, fmt.Errorf("reading officer %s of account %s: %w", v.Officer, v.Account, err)
		}
	}
	if err := registry.Enter(ctx, tx, activity, casefile.OfficerName(officer)); err != nil {
		return Recorded{}, err
	}
	facts, err := casefile.ReadFacts(ctx, tx.Client(), id)
	if err != nil {
		return Recorded{}, err
	}
	if activity.Kind == terms.KindService {
		if _, err := r.Planner.Plan(ctx, tx, c, facts, activity, false); err != nil {
			return Recorded{}, err
		}
	}
	all, err := casefile.Activities(ctx, tx.Client(), id)
	if err != nil {
		return Recorded{}, err
	}
	if err := c.Fold(ctx, tx, facts, all, r.Timely); err != nil {
		return Recorded{}, err
	}
	err = journal.Append(ctx, tx, journal.Entry{
		Kind: terms.ActivityRecorded, Case: id, Sequence: c.Sequence, About: activity.ID,
		Account: v.Account, Actor: v.DisplayName, At: c.Now,
	})
	if err != nil {
		return Recorded{}, err
	}
	return Recorded{Activity: activity, Case: c.RegistryCase}.unwrapped(), nil
}

// unwrapped frees what was read in a transaction from it, so that it can be
// used after the commit.
func (r Recorded) unwrapped() Recorded {
	if r.Activity != nil {
		r.Activity, r.Case = r.Activity.Unwrap(), r.Case.Unwrap()
	}
	return r
}

// earlier answers what the account recorded before with the same key: the
// first result if the content is the same, else that the key is used. Nil if
// the key is new.
func (r *Recorder) earlier(ctx context.Context, c *ent.Client, v *access.Viewer, e entry) (*Recorded, error) {
	first, err := c.ServiceActivity.Query().
		Where(serviceactivity.AccountID(v.Account), serviceactivity.IdempotencyKey(e.common.IdempotencyKey)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking up the idempotency key: %w", err)
	}
	if !slices.Equal(first.ContentSha256, e.hash()) {
		return &Recorded{Refusals: []Refusal{refuse(KeyReused, "idempotencyKey",
			"This idempotency key was used for another entry. Make a new key for each new entry. If what was recorded is wrong, call the registry section.")}}, nil
	}
	row, err := c.RegistryCase.Get(ctx, first.CaseID)
	if err != nil {
		return nil, fmt.Errorf("reading the case of an earlier recording: %w", err)
	}
	return &Recorded{Activity: first, Case: row}, nil
}

func deref(r *Recorded) Recorded {
	if r == nil {
		return Recorded{}
	}
	return *r
}

func refuse(code Code, field, message string) Refusal {
	return Refusal{Code: code, Message: message, Path: []string{"input", field}}
}
