package delivery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// job is one call of a channel: a delivery, claimed until lease.
type job struct {
	d       *ent.Delivery
	attempt *ent.DeliveryAttempt
	asked   asked
	channel Channel
	parcel  Parcel
	fresh   bool // the content is stored with the claim
	lease   time.Time
}

// inHand is how many batches a dispatcher has in hand at most.
const inHand = 8

// round looks at what is due once, and answers how many rows it moved. A row
// that cannot be moved holds up no other: it is named in the error.
func (r *run) round(ctx context.Context) (int, error) {
	busy := r.hands.busy()
	if queued, running := r.hands.count(); queued+running >= inHand*r.o.Batch {
		return 0, nil
	}
	rows, err := r.due(ctx, busy)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	jobs, turns, err := r.prepare(ctx, rows)
	if err != nil {
		return 0, err
	}
	won, failed := r.claimEach(ctx, jobs)
	if err := r.step("claimed"); err != nil {
		return 0, err
	}
	r.open.Add(int64(len(won)))
	r.hands.put(won)
	stuck, err := r.writeEach(ctx, append(turns, failed...))
	return len(rows) - stuck, err
}

// writeEach writes turns in one transaction, or else each in its own. What was
// changed by somebody else was not due any more.
func (r *run) writeEach(ctx context.Context, turns []turn) (stuck int, err error) {
	if len(turns) == 0 {
		return 0, nil
	}
	if _, err = r.l.write(ctx, turns); err == nil {
		return 0, nil
	}
	if len(turns) == 1 {
		return 1, err
	}
	var errs []error
	for _, t := range turns {
		if _, err := r.l.write(ctx, []turn{t}); err != nil {
			errs = append(errs, err)
		}
	}
	return len(errs), errors.Join(errs...)
}

// claimEach claims all jobs in one transaction, or else each in its own. What
// cannot be claimed is looked at again after the back-off.
func (r *run) claimEach(ctx context.Context, jobs []*job) (won []*job, failed []turn) {
	if len(jobs) == 0 {
		return nil, nil
	}
	won, err := r.claim(ctx, jobs)
	if err == nil {
		return won, nil
	}
	for _, j := range jobs {
		if len(jobs) > 1 {
			var one []*job
			one, err = r.claim(ctx, []*job{j})
			won = append(won, one...)
		}
		if err != nil {
			r.o.Log.ErrorContext(ctx, "a delivery cannot be claimed", "delivery", j.d.ID, "owner", r.o.Owner, "error", err)
			failed = append(failed, putOff(j.d, j.attempt, "it could not be claimed"))
		}
	}
	return won, failed
}

// putOff is the turn of a row that could not be worked on.
func putOff(d *ent.Delivery, attempt *ent.DeliveryAttempt, why string) turn {
	t := turn{d: d, attempt: attempt, event: Unrendered, result: Result{Detail: why}}
	switch d.State {
	case terms.Unknown:
		t.event = WasLost
	case terms.Confirmed:
		t.event = NotVerified
	}
	return t
}

// due are the rows whose time has come, of recipients that have nothing in
// line here. States are excluded, not listed: SQLite would look a list up in the
// index of states, and read all that was ever confirmed each time.
func (r *run) due(ctx context.Context, busy []string) ([]*ent.Delivery, error) {
	query := r.l.store.Client.Delivery.Query().Where(
		delivery.NextAtLTE(terms.Micro(r.o.Clock())),
		delivery.StateNotIn(terms.Waiting, terms.Failed, terms.Abandoned, terms.Superseded))
	var keys []string
	for _, name := range busy {
		switch kind := terms.RecipientKind(name); kind {
		case terms.ToStateFile, terms.ToNationalFile:
			query.Where(delivery.RecipientKindNEQ(kind))
		default:
			keys = append(keys, name)
		}
	}
	if len(keys) > 0 {
		query.Where(delivery.RecipientKeyNotIn(keys...))
	}
	rows, err := query.Order(delivery.ByNextAt(), delivery.ByID()).Limit(r.o.Batch).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("looking for deliveries that are due: %w", err)
	}
	return rows, nil
}

// claim starts the jobs in one transaction: each row is compared and swapped,
// and what another instance has taken drops out. When it has committed, the
// attempts and their bytes are there, whatever happens next.
func (r *run) claim(ctx context.Context, jobs []*job) (won []*job, err error) {
	slices.SortFunc(jobs, func(a, b *job) int { return strings.Compare(string(a.d.ID), string(b.d.ID)) })
	// A control number that is taken is drawn anew, with the others.
	for try := 1; ; try++ {
		err = r.l.store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
			won, err = r.start(ctx, tx, jobs)
			return err
		})
		if err == nil {
			return won, nil
		}
		if !store.Duplicate(err) || try == 3 {
			return nil, fmt.Errorf("claiming %d deliveries: %w", len(jobs), err)
		}
	}
}

func (r *run) start(ctx context.Context, tx *ent.Tx, jobs []*job) (won []*job, err error) {
	p := &page{l: r.l, tx: tx, now: terms.Micro(r.o.Clock())}
	lease := terms.Micro(p.now.Add(r.o.Lease))
	var attempts []*ent.DeliveryAttemptCreate
	var contents []*ent.DeliveryContentCreate
	for _, j := range jobs {
		m := *j.d
		m.NextAt = lease
		if j.asked == toSend {
			if m.State, err = Next(m.State, Begun); err != nil {
				return nil, fmt.Errorf("delivery %s: %w", m.ID, err)
			}
			m.AttemptCount++
			m.Channel = new(j.channel.Kind())
			if n, ok := j.channel.(Numberer); ok && m.ControlNumber == nil {
				m.ControlNumber = new(n.ControlNumber())
			}
		}
		if err := p.save(ctx, j.d, &m); errors.Is(err, errLost) {
			continue
		} else if err != nil {
			return nil, err
		}
		c := *j // fn may run again: the job itself stays as it was
		c.d, c.lease, c.parcel.Delivery = &m, lease, &m
		if j.asked == toSend {
			c.attempt = &ent.DeliveryAttempt{
				ID: terms.NewID(terms.AttemptPrefix), DeliveryID: m.ID, Number: m.AttemptCount, Channel: *m.Channel,
				StartedAt: p.now, Outcome: terms.AttemptOpen, ContentSha256: c.parcel.Content.Sum(),
			}
			c.parcel.Attempt, c.parcel.AttemptStarted = c.attempt.Number, c.attempt.StartedAt
			attempts = append(attempts, tx.DeliveryAttempt.Create().SetID(c.attempt.ID).SetDeliveryID(m.ID).
				SetNumber(m.AttemptCount).SetChannel(*m.Channel).SetStartedAt(p.now).
				SetOutcome(terms.AttemptOpen).SetContentSha256(c.attempt.ContentSha256))
		}
		if c.fresh {
			contents = append(contents, tx.DeliveryContent.Create().SetID(m.ID).
				SetDocument(c.parcel.Content.Document).SetFacts(c.parcel.Content.Facts).SetSha256(c.parcel.Content.Sum()))
		}
		won = append(won, &c)
	}
	if err := tx.DeliveryAttempt.CreateBulk(attempts...).Exec(ctx); err != nil {
		return nil, fmt.Errorf("opening %d attempts: %w", len(attempts), err)
	}
	if err := tx.DeliveryContent.CreateBulk(contents...).Exec(ctx); err != nil {
		return nil, fmt.Errorf("keeping the content of %d deliveries: %w", len(contents), err)
	}
	return won, nil
}
