package read

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/registrycase"
	"github.com/service-tracking/sts/ent/serviceactivity"
	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/terms"
)

// unmet divides a calendar: before all others stand the cases that are neither
// served nor reported as unsuccessful (§5(b)). It does not ask what day it is,
// so that a cursor from before midnight is good after it.
var unmet = &divider[*model.CalendarEntry]{
	sql: func(q *sql.Selector) string {
		return fmt.Sprintf("%s <> '%s' AND NOT %s", q.C(registrycase.FieldServiceStatus), terms.StatusServed, q.C(registrycase.FieldReportMade))
	},
	is: func(e *model.CalendarEntry) bool { return !reported(e.Case.ServiceStatus, e.Case.ReportMade) },
}

// calendarOrder is the order of a calendar.
var calendarOrder = &order[*model.CalendarEntry]{
	tag: "calendar", first: unmet, column: registrycase.FieldHearingSort, is: instant,
	key: func(e *model.CalendarEntry) string { return printInstant(e.Case.HearingSort) },
}

// reported tells whether the court knows what became of service (§4, §5(b)).
func reported(status terms.ServiceStatus, reportMade bool) bool {
	return status == terms.StatusServed || reportMade
}

// CourtCalendar answers the hearings of one court day at one location: one
// statement for the numbers, one for the entries, one or two for the last
// attempts, beside those of what is asked of the cases.
func (r *Reader) CourtCalendar(ctx context.Context, courtLocation string, on terms.Date) (*model.CourtCalendar, error) {
	w, sets, err := r.begin(ctx, access.AskCalendar)
	if err != nil {
		return nil, err
	}
	code, err := w.knownCourt(courtLocation)
	if err != nil {
		return nil, err
	}
	if err := w.viewer.MayCalendar(code); err != nil {
		return nil, err
	}
	answer := &model.CourtCalendar{CourtLocation: w.court(code), On: on}
	mods := []mod{where(registrycase.FieldCourtCode, code), onDays(on, on.AddDays(1))}
	f := w.fields(sets, nil)
	if f.has("served") || f.has("attempted") || f.has("noEntry") || f.has("reportsDue") {
		if err := w.countCalendar(ctx, answer, mods); err != nil {
			return nil, err
		}
	}
	if a, ok := f.get("entries"); ok {
		if answer.Entries, err = w.calendarEntries(ctx, a, mods); err != nil {
			return nil, err
		}
	}
	return answer, nil
}

func (w *walk) countCalendar(ctx context.Context, into *model.CourtCalendar, mods []mod) error {
	var counts []struct {
		Status     terms.ServiceStatus `sql:"service_status"`
		ReportMade bool                `sql:"report_made"`
		N          int                 `sql:"n"`
	}
	err := w.cases.counts(ctx, w.client, &counts, mods, registrycase.FieldServiceStatus, registrycase.FieldReportMade)
	if err != nil {
		return fmt.Errorf("counting a calendar: %w", err)
	}
	begun := !w.now().Before(into.On.Start())
	for _, c := range counts {
		switch c.Status {
		case terms.StatusServed:
			into.Served += c.N
		case terms.StatusAttempted:
			into.Attempted += c.N
		default:
			into.NoEntry += c.N
		}
		if begun && !reported(c.Status, c.ReportMade) {
			into.ReportsDue += c.N
		}
	}
	return nil
}

func (w *walk) calendarEntries(ctx context.Context, a asked, mods []mod) (*model.CalendarEntryConnection, error) {
	p, err := a.page(w)
	if err != nil {
		return nil, err
	}
	k, err := w.calendarKind(w.wanted(a.sets()))
	if err != nil {
		return nil, err
	}
	l := list[ent.RegistryCase, *model.CalendarEntry, *model.CalendarEntry]{
		kind: k, order: calendarOrder, node: same[*model.CalendarEntry], mods: mods,
	}
	found, err := page[model.CalendarEntryEdge](ctx, w, l, a.name, p, a.sets())
	return (*model.CalendarEntryConnection)(found), err
}

// calendarKind is the table of CalendarEntry. An entry is a row of cases: what
// is asked of its case is read in the same statement.
func (w *walk) calendarKind(want wanted) (*kind[ent.RegistryCase, *model.CalendarEntry], error) {
	type e = *model.CalendarEntry
	types := []string{"CalendarEntry"}
	of, _ := w.fields(want.node, types).get("case")
	fields := w.fields(of.sets(), w.cases.types)
	columns, err := w.cases.columns(w, fields)
	if err != nil {
		return nil, err
	}
	last := &lastAttempts{}
	return &kind[ent.RegistryCase, e]{
		source: w.cases.source,
		name:   "CalendarEntry",
		types:  types,
		wrap:   func(row *ent.RegistryCase) e { return &model.CalendarEntry{Case: w.cases.wrap(row)} },
		id:     func(e e) terms.ID { return e.Case.ID },
		always: []string{registrycase.FieldServiceStatus, registrycase.FieldReportMade, registrycase.FieldHearingSetAt},
		needs: map[string]need[e]{
			"case": {columns: columns, load: func(ctx context.Context, w *walk, rows []e, _ asked) error {
				cases := make([]*model.RegistryCase, len(rows))
				for i, row := range rows {
					cases[i] = row.Case
				}
				return w.cases.fill(ctx, w, cases, fields)
			}},
			"serviceStatus": {},
			"unsuccessfulReportDue": {columns: []string{registrycase.FieldHearingAt},
				each: func(w *walk, e e) {
					e.UnsuccessfulReportDue = reportDue(w.now(), e.Case.ServiceStatus, e.Case.ReportMade, e.Case.HearingAt)
				}},
			"lastAttemptReason": {load: last.reasons},
			"lastAttempt":       {load: last.whole},
		},
	}, nil
}

// lastAttempts are, by case, the attempts made last since the hearing was set,
// of those that stand. They are read once, however much is asked of them.
type lastAttempts struct {
	of map[terms.ID]*ent.ServiceActivity
}

func (l *lastAttempts) read(ctx context.Context, w *walk, entries []*model.CalendarEntry) error {
	if l.of != nil {
		return nil
	}
	byID := make(map[terms.ID]*model.RegistryCase, len(entries))
	for _, e := range entries {
		byID[e.Case.ID] = e.Case
	}
	among, err := in(serviceactivity.FieldCaseID, idsOf(entries, func(e *model.CalendarEntry) terms.ID { return e.Case.ID }))
	if err != nil {
		return err
	}
	rows, err := w.activities.rows(ctx, w.client, []string{
		serviceactivity.FieldCaseID, serviceactivity.FieldOccurredAt, serviceactivity.FieldReason, serviceactivity.FieldSequence,
	}, among, where(serviceactivity.FieldKind, terms.KindAttempt), standing)
	if err != nil {
		return fmt.Errorf("reading the last attempts: %w", err)
	}
	l.of = make(map[terms.ID]*ent.ServiceActivity, len(entries))
	for _, a := range rows {
		set := byID[a.CaseID].HearingSetAt
		if set != nil && a.OccurredAt.Before(*set) {
			continue // it does not count any more (casefile.Compute)
		}
		if known := l.of[a.CaseID]; known == nil || a.OccurredAt.After(known.OccurredAt) ||
			a.OccurredAt.Equal(known.OccurredAt) && a.Sequence > known.Sequence {
			l.of[a.CaseID] = a
		}
	}
	return nil
}

func (l *lastAttempts) reasons(ctx context.Context, w *walk, entries []*model.CalendarEntry, _ asked) error {
	if err := l.read(ctx, w, entries); err != nil {
		return err
	}
	for _, e := range entries {
		if a := l.of[e.Case.ID]; a != nil {
			e.LastAttemptReason = a.Reason
		}
	}
	return nil
}

func (l *lastAttempts) whole(ctx context.Context, w *walk, entries []*model.CalendarEntry, a asked) error {
	if err := l.read(ctx, w, entries); err != nil {
		return err
	}
	of := func(e *model.CalendarEntry) terms.ID {
		if a := l.of[e.Case.ID]; a != nil {
			return a.ID
		}
		return ""
	}
	found, err := w.activities.byID(ctx, w, a.sets(), idsOf(entries, of))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if activity := found[of(e)]; activity != nil {
			e.LastAttempt = &model.Attempt{Activity: activity}
		}
	}
	return nil
}
