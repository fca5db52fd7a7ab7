package recording

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/serviceactivity"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/registry"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// record is the main road of every deed. The key is looked up before all rules,
// and again under the case's lock, where fifty at once stand in line.
func (r *Recorder) record(ctx context.Context, v *access.Viewer, d *deed) (Recorded, error) {
	if v == nil {
		return Recorded{}, access.ErrUnauthenticated
	}
	if err := d.way.may(v); err != nil {
		return Recorded{}, err
	}
	input := objections{at: []string{"input"}}
	if d.entry == nil {
		input.add(ExactlyOne, "Give exactly one entry: a service, an attempt, a receipt, a transfer or other information.", "entry")
		return Recorded{Refusals: input.list}, nil
	}
	fields := objections{at: d.at}
	d.way.clean(&input) // before the key: what is compared is what would be kept
	d.entry.clean(&fields)
	ctx = access.As(ctx, "recording")
	if done, err := r.earlier(ctx, r.Store.Client, v, d); done != nil || err != nil {
		return terms.Value(done), err
	}
	input.wrongOfficer(d.Common, v)
	if refusals := slices.Concat(fields.list, input.list); len(refusals) > 0 {
		return Recorded{Refusals: refusals}, nil
	}
	for try := 1; ; try++ {
		result, again, err := r.once(ctx, v, d)
		if again && try < 3 {
			continue
		}
		if err != nil {
			return Recorded{}, fmt.Errorf("recording a %s: %w", d.entry.kind(), err)
		}
		return result, nil
	}
}

// errRefused takes back what a transaction did before the rules refused.
var errRefused = errors.New("refused")

// once does it in one transaction. It is to be done again where somebody else
// opened the case at the same moment.
func (r *Recorder) once(ctx context.Context, v *access.Viewer, d *deed) (result Recorded, again bool, err error) {
	o := objections{at: []string{"input"}}
	id, err := d.way.find(ctx, r, v, &o)
	if err != nil || len(o.list) > 0 {
		return Recorded{Refusals: o.list}, false, err
	}
	err = r.Store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		result, err = r.underLock(ctx, tx, v, d, id)
		return err
	})
	switch {
	case errors.Is(err, errRefused):
		return result, false, nil
	case store.Duplicate(err):
		// The same key on another case at the same moment, and the other won; or
		// the same new case.
		done, failed := r.earlier(ctx, r.Store.Client, v, d)
		if done != nil || failed != nil {
			return terms.Value(done), false, failed
		}
		return Recorded{}, id == "", err
	case err != nil:
		return Recorded{}, false, err
	}
	if len(result.Refusals) == 0 {
		r.committed()
		if id == "" && r.OnOpened != nil {
			r.OnOpened(ctx, result.Case.Docket)
		}
	}
	return result, false, nil
}

func (r *Recorder) underLock(ctx context.Context, tx *ent.Tx, v *access.Viewer, d *deed, id terms.ID) (Recorded, error) {
	var c *casefile.Locked
	var err error
	if id == "" {
		c, err = d.way.open(ctx, tx, v, r.Clock())
	} else {
		c, err = casefile.Lock(ctx, tx, id, r.Clock())
	}
	if err != nil {
		return Recorded{}, err
	}
	if done, err := r.earlier(ctx, tx.Client(), v, d); done != nil || err != nil {
		if id == "" && err == nil {
			err = errRefused // or the case would stay open with nothing in it
		}
		return terms.Value(done).unwrapped(), err
	}
	m := &matter{objections: objections{at: d.at}, deed: d, recorder: r, tx: tx, v: v, c: c}
	if m.all, err = casefile.Activities(ctx, tx.Client(), c.ID); err != nil {
		return Recorded{}, err
	}
	if err := m.judge(ctx); err != nil {
		return Recorded{}, err
	}
	// An officer who records looks the case up as well: he had the papers in his
	// hand. Registry staff see every case.
	if m.role == terms.RoleOfficer {
		if err := casefile.LookedUp(tx, v.Account, c.ID, c.Now).Exec(ctx); err != nil {
			return Recorded{}, fmt.Errorf("keeping the look-up: %w", err)
		}
	}
	if len(m.list) > 0 {
		if id == "" {
			err = errRefused // here, too
		}
		return Recorded{Refusals: m.list}, err
	}
	activity, err := m.insert(ctx)
	if err != nil {
		return Recorded{}, err
	}
	if err := m.tell(ctx, activity); err != nil {
		return Recorded{}, err
	}
	return Recorded{Activity: activity, Case: c.RegistryCase}.unwrapped(), nil
}

// tell brings everything that hangs on the activity up to date, and tells the
// journal.
func (m *matter) tell(ctx context.Context, a *ent.ServiceActivity) error {
	if err := m.way.recorded(ctx, m, a); err != nil {
		return err
	}
	if err := registry.Enter(ctx, m.tx, a, casefile.OfficerName(m.officer)); err != nil {
		return err
	}
	facts, err := casefile.ReadFacts(ctx, m.tx.Client(), m.c.ID)
	if err != nil {
		return err
	}
	all := append(m.all, a)
	switch {
	case m.original != nil:
		err = m.recorder.Planner.Correct(ctx, m.tx, m.c, facts, all, a)
	case a.Kind == terms.KindService:
		_, err = m.recorder.Planner.Plan(ctx, m.tx, m.c, facts, a, false)
	}
	if err != nil {
		return err
	}
	if err := m.c.Fold(ctx, m.tx, facts, all, m.recorder.Timely); err != nil {
		return err
	}
	return journal.Append(ctx, m.tx, journal.Entry{
		Kind: m.tells(a), Case: m.c.ID, Sequence: m.c.Sequence, About: a.ID,
		Account: m.v.Account, Actor: m.v.DisplayName, At: m.c.Now,
	})
}

// tells is the kind of journal record, and so the event.
func (m *matter) tells(a *ent.ServiceActivity) terms.RecordKind {
	switch {
	case m.original != nil:
		return terms.ActivityCorrected
	case a.Kind == terms.KindTransfer:
		return terms.ProcessTransferred
	}
	return terms.ActivityRecorded
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
func (r *Recorder) earlier(ctx context.Context, c *ent.Client, v *access.Viewer, d *deed) (*Recorded, error) {
	first, err := c.ServiceActivity.Query().
		Where(serviceactivity.AccountID(v.Account), serviceactivity.IdempotencyKey(d.IdempotencyKey)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking up the idempotency key: %w", err)
	}
	if !slices.Equal(first.ContentSha256, d.hash()) {
		return &Recorded{Refusals: []Refusal{keyReused}}, nil
	}
	row, err := c.RegistryCase.Get(ctx, first.CaseID)
	if err != nil {
		return nil, fmt.Errorf("reading the case of an earlier recording: %w", err)
	}
	return &Recorded{Activity: first, Case: row}, nil
}

var keyReused = Refusal{
	Code: KeyReused, Path: []string{"input", "idempotencyKey"},
	Message: "This idempotency key was used for another entry. Make a new key for each new entry. If what was recorded is wrong, correct it, or call the registry section.",
}

// wrongOfficer: a shared phone cannot sign for another.
func (o *objections) wrongOfficer(c Common, v *access.Viewer) {
	if c.AsOfficer != "" && c.AsOfficer != v.Officer {
		o.add(WrongOfficer, "You are signed in as another officer. Sign out, and let that officer sign in.", "asOfficerId")
	}
}

// officer answers the officer, nil if there is none: one who was added since the
// tables were loaded is read.
func (r *Recorder) officer(ctx context.Context, c *ent.Client, id terms.ID) (*ent.Officer, error) {
	if o := r.Reference.Officer(id); o != nil {
		return o, nil
	}
	o, err := c.Officer.Get(ctx, id)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading officer %s: %w", id, err)
	}
	return o, nil
}
