package read

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/registryentry"
	"github.com/service-tracking/sts/ent/serviceactivity"
	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/internal/terms"
)

var entryRows = from(func(c *ent.Client) *ent.RegistryEntryQuery { return c.RegistryEntry.Query() })

// newestInCase is the order of a case's activities. Within a case the sequence
// is the order of recording.
var newestInCase = &order[*model.Activity]{
	tag: "case.activities", column: serviceactivity.FieldSequence, desc: true, is: whole,
	key: func(a *model.Activity) string { return strconv.FormatInt(a.Sequence, 10) },
}

// newestRecorded is the order of activities of many cases.
var newestRecorded = &order[*model.Activity]{
	tag: "activities", column: serviceactivity.FieldRecordedAt, desc: true, is: instant,
	key: func(a *model.Activity) string { return printInstant(a.RecordedAt) },
}

func activityKind() kind[ent.ServiceActivity, *model.Activity] {
	type a = *model.Activity
	columns := func(names ...string) need[a] { return need[a]{columns: names} }
	recordedBy := columns(serviceactivity.FieldRecordedByName, serviceactivity.FieldRecordedByRole)
	// free is free text: for its author and the registry section. said is
	// what the officer said, whoever wrote it down.
	free := func(column string, stored func(*ent.ServiceActivity) string, set func(a, *string)) need[a] {
		return need[a]{
			columns: []string{column, serviceactivity.FieldAccountID},
			each: func(w *walk, a a) {
				if w.viewer.SeesText(a.AccountID) {
					set(a, words(stored(a.ServiceActivity)))
				}
			},
		}
	}
	said := func(column string, stored func(*ent.ServiceActivity) string, set func(a, *string)) need[a] {
		return need[a]{
			columns: []string{column, serviceactivity.FieldAccountID, serviceactivity.FieldOfficerID, serviceactivity.FieldReportedVia},
			each: func(w *walk, a a) {
				if w.viewer.SeesWords(a.AccountID, reporter(a)) {
					set(a, words(stored(a.ServiceActivity)))
				}
			},
		}
	}
	return kind[ent.ServiceActivity, a]{
		source: from(func(c *ent.Client) *ent.ServiceActivityQuery { return c.ServiceActivity.Query() }),
		name:   "ServiceActivity",
		types:  []string{"ServiceActivity", "Node", "Service", "Attempt", "Receipt", "Transfer", "OtherInformation", "Withdrawal"},
		wrap:   func(e *ent.ServiceActivity) a { return &model.Activity{ServiceActivity: e} },
		id:     func(a a) terms.ID { return a.ID },
		always: []string{serviceactivity.FieldKind}, // which decides the type
		needs: map[string]need[a]{
			"id":               {},
			"kind":             {},
			"case":             {columns: []string{serviceactivity.FieldCaseID}, load: activityCases},
			"officer":          {columns: []string{serviceactivity.FieldOfficerID}, load: activityOfficers},
			"occurredAt":       columns(serviceactivity.FieldOccurredAt),
			"recordedAt":       columns(serviceactivity.FieldRecordedAt),
			"recordedBy":       recordedBy,
			"note":             said(serviceactivity.FieldNote, func(e *ent.ServiceActivity) string { return e.Note }, func(a a, s *string) { a.Note = s }),
			"registryEntry":    {load: activityEntries},
			"corrects":         {columns: []string{serviceactivity.FieldCorrectsID}, load: activityCorrects},
			"correctedBy":      {load: activityCorrectedBy},
			"correctionReason": free(serviceactivity.FieldCorrectionReason, func(e *ent.ServiceActivity) string { return e.CorrectionReason }, func(a a, s *string) { a.CorrectionReason = s }),
			"manualEntry": {
				columns: append([]string{serviceactivity.FieldReportedVia, serviceactivity.FieldReportedAt, serviceactivity.FieldReportedRespondent}, recordedBy.columns...),
				each: func(w *walk, a a) {
					if registryOnly(w.viewer) {
						a.ReportedRespondent = words(a.ServiceActivity.ReportedRespondent)
					}
				},
			},
			"deviceSubmittedAt": columns(serviceactivity.FieldDeviceSubmittedAt),
			"viewerCanCorrect":  {columns: []string{serviceactivity.FieldOfficerID}, load: activityCanCorrect},
			"deliverySummary":   {load: activityDeliveries},
			"review":            {only: registryOnly, load: activityReviews},

			"method":                    columns(serviceactivity.FieldMethod),
			"policeAssistanceRequested": columns(serviceactivity.FieldPoliceAssistanceRequested),
			"recordedLate":              columns(serviceactivity.FieldRecordedLate),
			"recordingDelayMinutes":     columns(serviceactivity.FieldRecordingDelayMinutes),
			"reason":                    columns(serviceactivity.FieldReason),
			"detail":                    said(serviceactivity.FieldDetail, func(e *ent.ServiceActivity) string { return e.Detail }, func(a a, s *string) { a.Detail = s }),
			"noFurtherAttempt":          columns(serviceactivity.FieldNoFurtherAttempt),
			"writDate":                  columns(serviceactivity.FieldWritDate),
			"fromOfficer":               {columns: []string{serviceactivity.FieldFromOfficerID}, load: activityFrom},
			"toOfficer":                 {columns: []string{serviceactivity.FieldToOfficerID}, load: activityTo},
			"toOfficerName":             columns(serviceactivity.FieldToOfficerName, serviceactivity.FieldToOfficerID),
			"acknowledgedAt":            {load: activityAcknowledged},
			"viewerCanAcknowledge":      {columns: []string{serviceactivity.FieldToOfficerID}, load: activityCanAcknowledge},
			"about":                     columns(serviceactivity.FieldAbout),
			"text":                      said(serviceactivity.FieldText, func(e *ent.ServiceActivity) string { return e.Text }, func(a a, s *string) { a.Text = s }),
			"withdrawalReason":          free(serviceactivity.FieldWithdrawalReason, func(e *ent.ServiceActivity) string { return e.WithdrawalReason }, func(a a, s *string) { a.WithdrawalReason = s }),
		},
	}
}

// reporter is the officer who reported what was entered for him, "" if he
// recorded it himself.
func reporter(a *model.Activity) terms.ID {
	if a.ReportedVia == nil {
		return ""
	}
	return a.OfficerID
}

func activityID(a *model.Activity) terms.ID { return a.ID }

func activityCases(ctx context.Context, w *walk, rows []*model.Activity, a asked) error {
	return hangCases(ctx, w, rows, a, func(a *model.Activity) terms.ID { return a.CaseID },
		func(a *model.Activity, c *model.RegistryCase) { a.Case = c })
}

func activityOfficers(ctx context.Context, w *walk, rows []*model.Activity, a asked) error {
	return w.hangOfficers(ctx, a, officersOf(rows,
		func(a *model.Activity) *terms.ID { return &a.OfficerID },
		func(a *model.Activity, o *model.Officer) { a.Officer = o }))
}

func activityFrom(ctx context.Context, w *walk, rows []*model.Activity, a asked) error {
	return w.hangOfficers(ctx, a, officersOf(rows,
		func(a *model.Activity) *terms.ID { return a.FromOfficerID },
		func(a *model.Activity, o *model.Officer) { a.FromOfficer = o }))
}

func activityTo(ctx context.Context, w *walk, rows []*model.Activity, a asked) error {
	return w.hangOfficers(ctx, a, officersOf(rows,
		func(a *model.Activity) *terms.ID { return a.ToOfficerID },
		func(a *model.Activity, o *model.Officer) { a.ToOfficer = o }))
}

func activityEntries(ctx context.Context, w *walk, rows []*model.Activity, _ asked) error {
	among, err := in(registryentry.FieldActivityID, idsOf(rows, activityID))
	if err != nil {
		return err
	}
	entries, err := entryRows.rows(ctx, w.client, []string{
		registryentry.FieldActivityID, registryentry.FieldKind, registryentry.FieldOccurredAt,
		registryentry.FieldOfficerName, registryentry.FieldRecordedAt,
	}, among)
	if err != nil {
		return fmt.Errorf("reading registry entries: %w", err)
	}
	byActivity := make(map[terms.ID]*model.RegistryEntry, len(entries))
	for _, e := range entries {
		byActivity[e.ActivityID] = &model.RegistryEntry{RegistryEntry: e}
	}
	for _, row := range rows {
		row.RegistryEntry = byActivity[row.ID]
	}
	return nil
}

func activityCorrects(ctx context.Context, w *walk, rows []*model.Activity, a asked) error {
	of := func(a *model.Activity) terms.ID { return terms.Value(a.CorrectsID) }
	found, err := w.activities.byID(ctx, w, a.sets(), idsOf(rows, of))
	if err != nil {
		return err
	}
	for _, row := range rows {
		if original := found[of(row)]; original != nil {
			row.Corrects = original.Typed()
		}
	}
	return nil
}

func activityCorrectedBy(ctx context.Context, w *walk, rows []*model.Activity, a asked) error {
	among, err := in(serviceactivity.FieldCorrectsID, idsOf(rows, activityID))
	if err != nil {
		return err
	}
	found, err := w.activities.all(ctx, w, a.sets(), []string{serviceactivity.FieldCorrectsID}, among)
	if err != nil {
		return err
	}
	byOriginal := make(map[terms.ID]model.ServiceActivity, len(found))
	for _, f := range found {
		byOriginal[terms.Value(f.CorrectsID)] = f.Typed()
	}
	for _, row := range rows {
		row.CorrectedBy = byOriginal[row.ID]
	}
	return nil
}

// activityDeliveries counts in one statement how many are told of each.
func activityDeliveries(ctx context.Context, w *walk, rows []*model.Activity, _ asked) error {
	among, err := in(delivery.FieldActivityID, idsOf(rows, activityID))
	if err != nil {
		return err
	}
	var counts []struct {
		Activity terms.ID            `sql:"activity_id"`
		Kind     terms.RecipientKind `sql:"recipient_kind"`
		State    terms.DeliveryState `sql:"state"`
		N        int                 `sql:"n"`
	}
	if err := w.deliveries.counts(ctx, w.client, &counts, []mod{among}, delivery.FieldActivityID, delivery.FieldRecipientKind, delivery.FieldState); err != nil {
		return fmt.Errorf("counting deliveries: %w", err)
	}
	summaries := map[terms.ID][]model.DeliverySummary{}
	for _, c := range counts {
		summaries[c.Activity] = append(summaries[c.Activity], model.DeliverySummary{RecipientKind: c.Kind, State: c.State, Count: c.N})
	}
	for _, s := range summaries {
		slices.SortFunc(s, func(a, b model.DeliverySummary) int {
			return cmp.Or(cmp.Compare(a.RecipientKind, b.RecipientKind), cmp.Compare(a.State, b.State))
		})
	}
	for _, row := range rows {
		row.DeliverySummary = summaries[row.ID]
	}
	return nil
}
