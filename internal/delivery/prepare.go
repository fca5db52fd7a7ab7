package delivery

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/deliveryattempt"
	"github.com/service-tracking/sts/ent/deliverycontent"
	"github.com/service-tracking/sts/internal/terms"
)

// prepare decides what the state of each due row asks for: a call of a channel,
// or a turn that needs none.
func (r *run) prepare(ctx context.Context, rows []*ent.Delivery) (jobs []*job, turns []turn, err error) {
	attempts, err := r.attempts(ctx, rows)
	if err != nil {
		return nil, nil, err
	}
	for _, d := range rows {
		earlier := attempts[d.ID]
		t := turn{d: d}
		if n := len(earlier); n > 0 {
			t.attempt = earlier[n-1]
		}
		j, event, result, err := r.decide(ctx, d)
		if err != nil {
			r.o.Log.ErrorContext(ctx, "a delivery cannot be worked on", "delivery", d.ID, "owner", r.o.Owner, "error", err)
			turns = append(turns, putOff(d, t.attempt, err.Error()))
			continue
		}
		if j == nil {
			t.event, t.result = event, result
			turns = append(turns, t)
			continue
		}
		j.d, j.attempt = d, t.attempt
		j.parcel.Earlier = earlier
		if j.asked != toSend && t.attempt != nil {
			j.parcel.Earlier = earlier[:len(earlier)-1]
			j.parcel.Attempt, j.parcel.AttemptStarted = t.attempt.Number, t.attempt.StartedAt
		}
		jobs = append(jobs, j)
	}
	jobs, lacking, err := r.contents(ctx, jobs)
	if err != nil {
		return nil, nil, err
	}
	jobs, failed := r.render(ctx, jobs)
	return jobs, slices.Concat(turns, lacking, failed), nil
}

// decide answers a job, or the event that has happened to the row.
func (r *run) decide(ctx context.Context, d *ent.Delivery) (*job, Event, Result, error) {
	channel := r.channels[deref(d.Channel)]
	switch d.State {
	case terms.Sending:
		return nil, TimedOut, Result{Detail: "its lease ran out: a crash or a stall"}, nil
	case terms.Sent:
		return nil, TimedOut, Result{Detail: "the answer is overdue"}, nil
	case terms.Unknown:
		if channel == nil {
			return nil, WasLost, Result{Detail: "its channel is not configured here", RetryAfter: r.o.Backoff.Max}, nil
		}
		return &job{asked: toReconcile, channel: channel}, "", Result{}, nil
	case terms.Confirmed:
		newer, err := r.hasNewer(ctx, d)
		if _, ok := channel.(Verifier); !ok || newer || err != nil {
			return nil, NeedNotVerify, Result{}, err
		}
		return &job{asked: toVerify, channel: channel}, "", Result{}, nil
	}
	if d.RecipientKind == terms.ToNationalFile {
		j, event, result := askAgain(d, channel)
		return j, event, result, nil
	}
	kinds, err := r.o.Route(ctx, d)
	if err != nil {
		return nil, "", Result{}, fmt.Errorf("looking for the channels of delivery %s: %w", d.ID, err)
	}
	if channel == nil || !slices.Contains(kinds, channel.Kind()) {
		channel = nil
		for _, kind := range kinds {
			if channel = r.channels[kind]; channel != nil {
				break
			}
		}
	}
	if channel == nil {
		return nil, Unrendered, Result{Detail: "no channel to this recipient is configured here", RetryAfter: r.o.Backoff.Max}, nil
	}
	return &job{asked: toSend, channel: channel}, "", Result{}, nil
}

// hasNewer tells whether a newer update of the same record has been planned.
func (r *run) hasNewer(ctx context.Context, d *ent.Delivery) (bool, error) {
	if d.RecipientKind != terms.ToStateFile && d.RecipientKind != terms.ToNationalFile {
		return false, nil
	}
	newer, err := r.l.store.Client.Delivery.Query().Where(delivery.CaseID(d.CaseID),
		delivery.RecipientKindEQ(d.RecipientKind), delivery.RecipientKey(d.RecipientKey),
		delivery.SequenceGT(d.Sequence), delivery.StateNEQ(terms.Superseded)).Exist(ctx)
	if err != nil {
		return false, fmt.Errorf("looking for what came after delivery %s: %w", d.ID, err)
	}
	return newer, nil
}

// attempts reads those of all rows, oldest first.
func (r *run) attempts(ctx context.Context, rows []*ent.Delivery) (map[terms.ID][]*ent.DeliveryAttempt, error) {
	var ids []terms.ID
	for _, d := range rows {
		if d.AttemptCount > 0 {
			ids = append(ids, d.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	all, err := r.l.store.Client.DeliveryAttempt.Query().Where(deliveryattempt.DeliveryIDIn(ids...)).
		Order(deliveryattempt.ByNumber()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading attempts: %w", err)
	}
	found := map[terms.ID][]*ent.DeliveryAttempt{}
	for _, a := range all {
		found[a.DeliveryID] = append(found[a.DeliveryID], a)
	}
	return found, nil
}

// contents reads the bytes that have been made before. Those of an update of
// the national file are the state file's; where they lack, the row is put off.
func (r *run) contents(ctx context.Context, jobs []*job) (found []*job, lacking []turn, err error) {
	wanted := map[terms.ID][]*job{} // the updates of both files can be due at once
	for _, j := range jobs {
		switch {
		case j.d.RecipientKind == terms.ToNationalFile:
			state, err := r.l.store.Client.Delivery.Query().Where(delivery.ActivityID(deref(j.d.ActivityID)),
				delivery.RecipientKindEQ(terms.ToStateFile), delivery.RecipientKey(j.d.RecipientKey)).OnlyID(ctx)
			if err != nil {
				r.o.Log.ErrorContext(ctx, "the update of the state file that goes with a national one is not found", "delivery", j.d.ID, "owner", r.o.Owner, "error", err)
				lacking = append(lacking, putOff(j.d, j.attempt, "the update of the state file that goes with it is not found"))
				continue
			}
			wanted[state] = append(wanted[state], j)
		case j.d.AttemptCount > 0:
			wanted[j.d.ID] = append(wanted[j.d.ID], j)
		}
		found = append(found, j)
	}
	if len(wanted) == 0 {
		return found, lacking, nil
	}
	rows, err := r.l.store.Client.DeliveryContent.Query().Where(deliverycontent.IDIn(slices.Collect(maps.Keys(wanted))...)).All(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("reading contents: %w", err)
	}
	for _, c := range rows {
		for _, j := range wanted[c.ID] {
			j.parcel.Content = Content{Document: c.Document, Facts: c.Facts}
		}
	}
	return found, lacking, nil
}

// render makes what has not been made yet. What fails is tried again later and
// keeps nobody else; what is gone is superseded.
func (r *run) render(ctx context.Context, jobs []*job) (ready []*job, failed []turn) {
	errs := make([]error, len(jobs))
	slots := make(chan struct{}, r.o.Workers)
	var wg sync.WaitGroup
	for i, j := range jobs {
		if j.asked != toSend || j.parcel.Content.Document != nil || j.parcel.Content.Facts != nil {
			continue
		}
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			j.parcel.Content, errs[i] = r.renderOne(j)
			j.fresh = true
		})
	}
	wg.Wait()
	for i, j := range jobs {
		if errs[i] == nil {
			ready = append(ready, j)
			continue
		}
		if errors.Is(errs[i], ErrGone) {
			failed = append(failed, turn{d: j.d, attempt: j.attempt, event: Replaced, result: Result{Detail: errs[i].Error()}})
			continue
		}
		r.o.Log.ErrorContext(ctx, "a delivery cannot be rendered", "delivery", j.d.ID, "owner", r.o.Owner, "error", errs[i])
		failed = append(failed, turn{d: j.d, attempt: j.attempt, event: Unrendered, result: Result{Detail: "the content could not be made: " + errs[i].Error(), channel: j.channel.Kind()}})
	}
	return ready, failed
}

func (r *run) renderOne(j *job) (c Content, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("the channel %s panicked: %v", j.channel.Kind(), v)
		}
	}()
	ctx, cancel := context.WithTimeout(r.calls, r.o.SendTimeout)
	defer cancel()
	if c, err = j.channel.Render(ctx, j.d); err != nil {
		return c, err
	}
	if len(c.Document) == 0 && len(c.Facts) == 0 {
		return c, errors.New("the channel rendered nothing")
	}
	// Stored and loaded they are never null.
	c.Document, c.Facts = append([]byte{}, c.Document...), append([]byte{}, c.Facts...)
	return c, nil
}
