package bench

import (
	"context"
	stdsql "database/sql"
	"errors"

	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/terms"
)

func (r *raw) officersPapers(ctx context.Context, v *access.Viewer, officer string, b []byte) (_ []byte, err error) {
	if !v.Is(terms.RoleSupervisor) {
		return nil, errForbidden
	}
	rows, err := r.papers.QueryContext(ctx, officer)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var c struct{ id, docket, status, day, court, courtName, first, last, hearing, room, activity, kind, occurred, recorded text }
	to := []any{&c.id, &c.docket, &c.status, &c.day, &c.court, &c.courtName, &c.first, &c.last, &c.hearing, &c.room, &c.activity, &c.kind, &c.occurred, &c.recorded}
	b = append(b, `{"data":{"registryCases":{"nodes":[`...)
	for n := 0; rows.Next(); n++ {
		if err := rows.Scan(to...); err != nil {
			return nil, err
		}
		if n > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"id":`...)
		b = appendText(b, c.id)
		b = append(b, `,"docketNumber":`...)
		b = appendDocket(b, c.docket)
		b = append(b, `,"serviceStatus":`...)
		b = appendText(b, c.status)
		b = append(b, `,"lastDayForTimelyService":`...)
		b = appendText(b, c.day)
		b = append(b, `,"courtLocation":{"code":`...)
		b = appendText(b, c.court)
		b = append(b, `,"name":`...)
		b = append(appendText(b, c.courtName), '}')
		b = appendRespondent(b, c.first, c.last)
		b = appendHearing(b, c.hearing, c.room)
		b = append(b, `,"activities":{"nodes":[`...)
		if c.activity != nil {
			b = append(appendActivity(b, c.activity, c.kind, c.occurred, c.recorded), '}')
		}
		b = append(b, `]}}`...)
	}
	return append(b, `]}}}`...), rows.Err()
}

// calendarCase is a case of a calendar, its JSON begun, and its activities'.
type calendarCase struct{ head, activities []byte }

func (r *raw) hearings(ctx context.Context, v *access.Viewer, day string, b []byte) ([]byte, error) {
	if !v.Is(terms.RoleSupervisor) {
		return nil, errForbidden
	}
	ids, cases, err := r.hearingsFrom(ctx, day)
	if err != nil {
		return nil, err
	}
	if len(cases) > 0 {
		if err := r.activitiesOf(ctx, ids, cases); err != nil {
			return nil, err
		}
	}
	b = append(b, `{"data":{"registryCases":{"nodes":[`...)
	for i, id := range ids[:len(cases)] {
		if i > 0 {
			b = append(b, ',')
		}
		c := cases[id.(string)]
		b = append(append(append(b, c.head...), c.activities...), `]}}`...)
	}
	return append(b, `]}}}`...), nil
}

// hearingsFrom answers the cases, and their ids in order: as many as the
// statement of activitiesOf has places, the last ones empty if need be.
func (r *raw) hearingsFrom(ctx context.Context, day string) (_ []any, _ map[string]*calendarCase, err error) {
	rows, err := r.calendar.QueryContext(ctx, terms.Date(day).Start())
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	ids := make([]any, 0, calendarSize)
	cases := make(map[string]*calendarCase, calendarSize)
	var id string
	var c struct{ docket, status, court, courtName, first, last, hearing, room text }
	to := []any{&id, &c.docket, &c.status, &c.court, &c.courtName, &c.first, &c.last, &c.hearing, &c.room}
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			return nil, nil, err
		}
		b := make([]byte, 0, 400)
		b = append(b, `{"id":"`...)
		b = append(b, id...)
		b = append(b, `","docketNumber":`...)
		b = appendDocket(b, c.docket)
		b = append(b, `,"serviceStatus":`...)
		b = appendText(b, c.status)
		b = append(b, `,"courtLocation":{"code":`...)
		b = appendText(b, c.court)
		b = append(b, `,"name":`...)
		b = append(appendText(b, c.courtName), '}')
		b = appendRespondent(b, c.first, c.last)
		b = appendHearing(b, c.hearing, c.room)
		b = append(b, `,"activities":{"nodes":[`...)
		ids = append(ids, id)
		cases[id] = &calendarCase{head: b, activities: make([]byte, 0, 1600)}
	}
	for len(ids) < calendarSize {
		ids = append(ids, "")
	}
	return ids, cases, rows.Err()
}

func (r *raw) activitiesOf(ctx context.Context, ids []any, cases map[string]*calendarCase) (err error) {
	rows, err := r.newestOfEach.QueryContext(ctx, ids...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var c struct{ kase, id, kind, occurred, recorded, officer, first, last stdsql.RawBytes }
	to := []any{&c.kase, &c.id, &c.kind, &c.occurred, &c.recorded, &c.officer, &c.first, &c.last}
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			return err
		}
		of := cases[string(c.kase)]
		b := of.activities
		if len(b) > 0 {
			b = append(b, ',')
		}
		b = appendActivity(b, c.id, c.kind, c.occurred, c.recorded)
		b = append(b, `,"officer":`...)
		b = appendOfficer(b, c.officer, c.first, c.last)
		of.activities = append(b, '}')
	}
	return rows.Err()
}
