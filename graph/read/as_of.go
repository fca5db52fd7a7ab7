package read

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/service-tracking/sts/ent/registrycase"
	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/terms"
)

// The past is read by package casefile, whole; what the selection decides here
// is what is read beside it: orders, registry entries, officers. The viewer's
// scope is that of now, in every statement.

// ahead is how far a client's clock may go before ours.
const ahead = 2 * time.Minute

// moment begins an answer about the past: it says where the journal stands, and
// must come before all that is read of the moment.
func (w *walk) moment(ctx context.Context, at time.Time) (*model.Moment, error) {
	now := w.now()
	if at.After(now.Add(ahead)) {
		return nil, &terms.InputError{Code: terms.BadDateTime, Message: "at lies in the future: what will be known then is not known yet. Give a moment up to now."}
	}
	m, err := journal.MomentAt(ctx, w.store, at, now)
	if err != nil {
		return nil, fmt.Errorf("finding the moment in the journal: %w", err)
	}
	answer := &model.Moment{At: m.At, Settled: m.Settled}
	if m.Newest > 0 {
		id := model.EventID(journal.FormatEventID(m.Origin, m.Newest))
		answer.Position = &id
	}
	return answer, nil
}

func (w *walk) past() *casefile.Past { return &casefile.Past{Client: w.client, Timely: w.timely} }

// RegistryCaseAsOf answers the case as it was known at the moment, nil if it was
// not. An officer's look-up leaves its trace first (C.G.S. §51-5c), which opens
// the case to him.
func (r *Reader) RegistryCaseAsOf(ctx context.Context, docket terms.Docket, at time.Time) (*model.RegistryCaseSnapshot, error) {
	w, sets, err := r.begin(ctx, access.AskCase)
	if err != nil {
		return nil, err
	}
	moment, err := w.moment(ctx, at)
	if err != nil {
		return nil, err
	}
	if err := r.lookUps.Open(ctx, w.viewer, docket); err != nil {
		return nil, fmt.Errorf("leaving the trace of a look-up: %w", err)
	}
	rows, err := w.client.RegistryCase.Query().Where(registrycase.Docket(docket)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading a case by its docket number: %w", err)
	}
	then, err := w.past().Cases(ctx, rows, at)
	if err != nil || len(then) == 0 {
		return nil, err
	}
	snapshots, err := w.snapshots(ctx, moment, then, sets)
	if err != nil {
		return nil, err
	}
	return snapshots[0], nil
}

// CourtCalendarAsOf answers the hearings of a court day as they were known at the
// moment.
func (r *Reader) CourtCalendarAsOf(ctx context.Context, courtLocation string, on terms.Date, at time.Time) (*model.CourtCalendarSnapshot, error) {
	w, sets, err := r.begin(ctx, access.AskCalendar)
	if err != nil {
		return nil, err
	}
	court, err := w.knownCourt(courtLocation)
	if err != nil {
		return nil, err
	}
	if err := w.viewer.MayCalendar(court); err != nil {
		return nil, err
	}
	moment, err := w.moment(ctx, at)
	if err != nil {
		return nil, err
	}
	then, err := w.past().Heard(ctx, court, on, at)
	if err != nil {
		return nil, err
	}
	cases, err := w.snapshots(ctx, moment, then, sets)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(cases, calendarSnapshotOrder)
	c := &model.CourtCalendarSnapshot{Moment: moment, CourtLocation: w.court(court), On: on, Entries: []*model.CalendarEntrySnapshot{}}
	for _, s := range cases {
		c.Entries = append(c.Entries, &model.CalendarEntrySnapshot{Case: s, LastAttempt: lastAttempt(s)})
		switch s.ServiceStatus {
		case terms.StatusServed:
			c.Served++
		case terms.StatusAttempted:
			c.Attempted++
		default:
			c.NoEntry++
		}
		if s.UnsuccessfulReportDue {
			c.ReportsDue++
		}
	}
	return c, nil
}

// calendarSnapshotOrder is [calendarOrder] of cases that were read already.
func calendarSnapshotOrder(a, b *model.RegistryCaseSnapshot) int {
	last := func(c *model.RegistryCaseSnapshot) int {
		if reported(c.ServiceStatus, c.ReportMade) {
			return 1
		}
		return 0
	}
	return cmp.Or(last(a)-last(b), a.HearingAt.Compare(*b.HearingAt), cmp.Compare(a.ID, b.ID))
}

// lastAttempt is, of the attempts since the hearing was set that then stood, the
// one made last; nil if there was none.
func lastAttempt(c *model.RegistryCaseSnapshot) *model.ActivitySnapshot {
	var last *model.ActivitySnapshot
	for _, a := range c.Activities { // the newest recorded first
		counts := a.Standing && a.Kind == terms.KindAttempt && (c.HearingSetAt == nil || !a.OccurredAt.Before(*c.HearingSetAt))
		if counts && (last == nil || a.OccurredAt.After(last.OccurredAt)) {
			last = a
		}
	}
	return last
}
