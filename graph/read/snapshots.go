package read

import (
	"context"
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/service-tracking/sts/ent/officer"
	"github.com/service-tracking/sts/ent/protectionorder"
	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/terms"
)

// snapshotTypes are those that the answers to questions about the past are made of.
var snapshotTypes = []string{"RegistryCaseSnapshot", "ActivitySnapshot", "OfficerSnapshot", "CourtCalendarSnapshot", "CalendarEntrySnapshot"}

// snapshots are the cases as they are shown, in their order: at most three
// statements beside those that read the cases.
func (w *walk) snapshots(ctx context.Context, m *model.Moment, then []*casefile.Then, sets []ast.SelectionSet) ([]*model.RegistryCaseSnapshot, error) {
	all := make([]*model.RegistryCaseSnapshot, len(then))
	var activities []*model.ActivitySnapshot
	for i, t := range then {
		c := &model.RegistryCaseSnapshot{
			Moment: m, Then: t, CourtLocation: w.court(t.CourtCode), Activities: activitySnapshots(t),
			UnsuccessfulReportDue: reportDue(m.At, t.ServiceStatus, t.ReportMade, t.HearingAt),
		}
		c.HearingHistory = hearingHistory(t.Facts.Hearings, c.Hearing())
		activities = append(activities, c.Activities...)
		all[i] = c
	}
	if w.asks(sets, "protectionOrders") {
		if err := w.snapshotOrders(ctx, all); err != nil {
			return nil, err
		}
	}
	if err := w.snapshotTexts(ctx, activities, w.asks(sets, "registryEntry")); err != nil {
		return nil, err
	}
	return all, w.snapshotOfficers(ctx, all, activities)
}

// asks tells whether the field is asked for anywhere below. A snapshot can be
// reached on several paths, and is one object on all of them.
func (w *walk) asks(sets []ast.SelectionSet, name string) bool {
	return slices.ContainsFunc(w.fields(sets, snapshotTypes), func(a asked) bool {
		return a.name == name || w.asks(a.sets(), name)
	})
}

// activitySnapshots are what had been recorded, the newest first, each with what
// had by then become of it.
func activitySnapshots(t *casefile.Then) []*model.ActivitySnapshot {
	all := make([]*model.ActivitySnapshot, 0, len(t.Activities))
	byID := make(map[terms.ID]*model.ActivitySnapshot, len(t.Activities))
	for _, a := range t.Activities { // in case order: what is corrected stands before
		s := &model.ActivitySnapshot{Activity: &model.Activity{ServiceActivity: a}}
		if at, ok := t.Acknowledged[a.ID]; ok {
			s.AcknowledgedAt = &at
		}
		if s.Corrects = byID[terms.Value(a.CorrectsID)]; s.Corrects != nil {
			s.Corrects.CorrectedBy = s
		}
		byID[a.ID] = s
		all = append(all, s)
	}
	for _, a := range casefile.Standing(t.Activities) {
		byID[a.ID].Standing = true
	}
	slices.Reverse(all)
	return all
}

// snapshotTexts sets what each activity shows as today: free text by the same
// rule, and the entry in the registry.
func (w *walk) snapshotTexts(ctx context.Context, all []*model.ActivitySnapshot, entries bool) error {
	rows := make([]*model.Activity, len(all))
	for i, a := range all {
		rows[i] = a.Activity
	}
	f := fields{{name: "note"}, {name: "correctionReason"}, {name: "withdrawalReason"}, {name: "detail"}, {name: "text"}, {name: "manualEntry"}}
	if entries {
		f = append(f, asked{name: "registryEntry"})
	}
	return w.activities.fill(ctx, w, rows, f)
}

// snapshotOrders reads the orders of the rows then in force.
func (w *walk) snapshotOrders(ctx context.Context, cases []*model.RegistryCaseSnapshot) error {
	of := map[terms.ID]*model.RegistryCaseSnapshot{}
	var rows []terms.ID
	for _, c := range cases {
		for _, r := range c.Facts.Rows {
			of[r.ID] = c
			rows = append(rows, r.ID)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	among, err := in(protectionorder.FieldRowID, rows)
	if err != nil {
		return err
	}
	orders, err := orderRows.rows(ctx, w.client, protectionorder.Columns, among)
	if err != nil {
		return fmt.Errorf("reading the orders of then: %w", err)
	}
	slices.SortFunc(orders, byIssue)
	for _, o := range orders {
		c := of[o.RowID]
		c.ProtectionOrders = append(c.ProtectionOrders, &model.ProtectionOrder{ProtectionOrder: o})
	}
	return nil
}

// snapshotOfficers sets the officers whom the snapshots name: from memory, those
// added since it was loaded in one statement.
func (w *walk) snapshotOfficers(ctx context.Context, cases []*model.RegistryCaseSnapshot, activities []*model.ActivitySnapshot) error {
	type slot struct {
		id  terms.ID
		set func(*model.OfficerSnapshot)
	}
	var slots []slot
	place := func(id *terms.ID, set func(*model.OfficerSnapshot)) {
		if id != nil {
			slots = append(slots, slot{*id, set})
		}
	}
	for _, c := range cases {
		place(c.Holder, func(o *model.OfficerSnapshot) { c.ProcessHolder = o })
	}
	for _, a := range activities {
		place(&a.OfficerID, func(o *model.OfficerSnapshot) { a.Officer = o })
		place(a.FromOfficerID, func(o *model.OfficerSnapshot) { a.FromOfficer = o })
		place(a.ToOfficerID, func(o *model.OfficerSnapshot) { a.ToOfficer = o })
	}
	found := map[terms.ID]*model.OfficerSnapshot{}
	var late []terms.ID
	for _, id := range idsOf(slots, func(s slot) terms.ID { return s.id }) {
		if known := w.reference.Officer(id); known != nil {
			found[id] = &model.OfficerSnapshot{Officer: known}
			continue
		}
		late = append(late, id)
	}
	if len(late) > 0 {
		among, err := in(officer.FieldID, late)
		if err != nil {
			return err
		}
		rows, err := w.officers.rows(ctx, w.client, []string{officer.FieldFirstName, officer.FieldLastName}, among)
		if err != nil {
			return fmt.Errorf("reading officers: %w", err)
		}
		for _, row := range rows {
			found[row.ID] = &model.OfficerSnapshot{Officer: row}
		}
	}
	for _, s := range slots {
		s.set(found[s.id])
	}
	return nil
}
