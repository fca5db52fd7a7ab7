package delivery

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"
)

const (
	// gatherFor is how long the first result of a batch waits for others.
	gatherFor = 2 * time.Millisecond
	// atOnce is the shortest pause: stored, it is none.
	atOnce = time.Nanosecond
	// recordPause lies between two tries to record what cannot be recorded.
	recordPause = 100 * time.Millisecond
)

// done is a turn that waits to be recorded. After its lease others judge.
type done struct {
	turn
	lease time.Time
}

// work calls the channel for one job and reports what came of it.
func (r *run) work(j *job) {
	if r.life.Err() != nil {
		return
	}
	t := turn{d: j.d, attempt: j.attempt}
	if r.o.Clock().After(j.lease.Add(-r.o.SendTimeout)) {
		r.report(j, giveBack(t, j.asked, "not begun: no worker was free in time", 0))
		return
	}
	result := r.call(j)
	if err := r.step("called"); err != nil {
		return
	}
	judged, err := r.l.verdict(r.life, t, j.asked, result)
	if err != nil {
		r.o.Log.ErrorContext(r.life, "a refusal leads to no other channel yet", "delivery", j.d.ID, "error", err)
		judged = giveBack(t, j.asked, result.Detail, 0)
	}
	r.report(j, judged)
}

// call is one call of the channel. After a panic nobody knows what was sent.
func (r *run) call(j *job) (result Result) {
	ctx, cancel := context.WithTimeout(r.calls, r.o.SendTimeout)
	defer cancel()
	defer func() {
		if v := recover(); v != nil {
			r.o.Log.ErrorContext(ctx, "a channel panicked", "channel", j.channel.Kind(), "delivery", j.d.ID, "panic", v, "stack", string(debug.Stack()))
			result = Result{Outcome: Unknown, Detail: "the channel panicked"}
		}
	}()
	switch j.asked {
	case toReconcile:
		return j.channel.Reconcile(ctx, j.parcel)
	case toVerify:
		return j.channel.(Verifier).Verify(ctx, j.parcel)
	}
	return j.channel.Send(ctx, j.parcel)
}

// giveBack is the turn of a job that was claimed and not done.
func giveBack(t turn, a asked, why string, after time.Duration) turn {
	t.result = Result{Detail: why, RetryAfter: after}
	switch a {
	case toReconcile:
		if t.event = WasLost; t.askedByPerson() {
			t.event = again(WasLost)
		}
	case toVerify:
		t.event = NotVerified
	default:
		t.event = WasNotSent
	}
	return t
}

func (r *run) report(j *job, t turn) {
	select {
	case r.results <- done{t, j.lease}:
	case <-r.life.Done():
	}
}

// record commits results in batches until the run is over.
func (r *run) record() {
	for {
		batch, more := r.gather()
		if len(batch) > 0 {
			r.commit(batch)
			r.open.Add(-int64(len(batch)))
			r.idle()
		}
		if !more {
			return
		}
	}
}

func (r *run) gather() (batch []done, more bool) {
	select {
	case d := <-r.results:
		batch = append(batch, d)
	case <-r.life.Done():
		return nil, false
	case <-r.stop: // nothing is reported any more
		for len(batch) < r.o.Batch {
			select {
			case d := <-r.results:
				batch = append(batch, d)
			default:
				return batch, false
			}
		}
		return batch, true
	}
	patience := time.NewTimer(gatherFor)
	defer patience.Stop()
	for len(batch) < r.o.Batch {
		select {
		case d := <-r.results:
			batch = append(batch, d)
		case <-patience.C:
			return batch, true
		}
	}
	return batch, true
}

// commit records a batch. While the database refuses, it tries again until the
// leases have run out: then the rows are UNKNOWN and are reconciled.
func (r *run) commit(batch []done) {
	for {
		failed, err := r.try(batch)
		if len(failed) == 0 {
			return
		}
		now := r.o.Clock()
		batch = nil
		for _, d := range failed {
			if now.Before(d.lease) {
				batch = append(batch, d)
			}
		}
		r.o.Log.ErrorContext(r.life, "results cannot be recorded", "failed", len(failed), "tried again", len(batch), "owner", r.o.Owner, "error", err)
		if len(batch) == 0 {
			return
		}
		pause := time.NewTimer(recordPause)
		select {
		case <-pause.C:
		case <-r.life.Done():
			pause.Stop()
			return
		}
	}
}

// try writes all in one transaction, or else each in its own, so that one that
// cannot be written holds up no other.
func (r *run) try(batch []done) (failed []done, err error) {
	if err = r.step("recording"); err != nil {
		return nil, err
	}
	if err = r.writeAll(batch); err == nil {
		return nil, nil
	}
	if len(batch) == 1 || r.life.Err() != nil {
		return batch, err
	}
	err = nil
	for _, d := range batch {
		if e := r.writeAll([]done{d}); e != nil {
			failed, err = append(failed, d), e
		}
	}
	return failed, err
}

func (r *run) writeAll(batch []done) error {
	turns := make([]turn, len(batch))
	for i, d := range batch {
		turns[i] = d.turn
	}
	w, err := r.l.write(r.life, turns)
	if err != nil {
		return err
	}
	if w.due {
		r.Nudge()
	}
	for _, t := range w.lost {
		// An answer was faster than Send, or the lease ran out.
		r.o.Log.DebugContext(r.life, "a result came after another", "delivery", t.d.ID, "event", t.event, "owner", r.o.Owner)
	}
	return r.step("recorded")
}

// idle tells tests that nothing goes on until time passes.
func (r *run) idle() {
	if r.open.Load() == 0 {
		_ = r.step("idle") // what it answers has ended the run
	}
}

// step is where tests kill the process.
func (r *run) step(name string) error {
	if r.life.Err() != nil {
		return context.Cause(r.life)
	}
	if r.at == nil {
		return nil
	}
	if err := r.at(name); err != nil {
		err = fmt.Errorf("killed at %q: %w", name, err)
		r.end(err)
		return err
	}
	return nil
}
