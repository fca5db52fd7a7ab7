package read

import (
	"context"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/registrycase"
	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/internal/terms"
)

func caseKind() kind[ent.RegistryCase, *model.RegistryCase] {
	type c = *model.RegistryCase
	id := func(c c) terms.ID { return c.ID }
	return kind[ent.RegistryCase, c]{
		source: from(func(c *ent.Client) *ent.RegistryCaseQuery { return c.RegistryCase.Query() }),
		name:   "RegistryCase",
		types:  []string{"RegistryCase", "Node"},
		wrap:   func(e *ent.RegistryCase) c { return &model.RegistryCase{RegistryCase: e} },
		id:     id,
		needs: map[string]need[c]{
			"id":                 {},
			"docketNumber":       {columns: []string{registrycase.FieldDocket}},
			"courtLocation":      {columns: []string{registrycase.FieldCourtCode}, each: func(w *walk, c c) { c.CourtLocation = w.court(c.CourtCode) }},
			"respondent":         {columns: []string{registrycase.FieldRespondentFirstName, registrycase.FieldRespondentLastName}},
			"provisional":        {columns: []string{registrycase.FieldProvisional}},
			"respondentDisputed": {columns: []string{registrycase.FieldRespondentDisputed}},
			"serviceStatus":      {columns: []string{registrycase.FieldServiceStatus}},
			"unsuccessfulReportDue": {
				columns: []string{registrycase.FieldServiceStatus, registrycase.FieldReportMade, registrycase.FieldHearingAt},
				each: func(w *walk, c c) {
					c.UnsuccessfulReportDue = reportDue(w.now(), c.ServiceStatus, c.ReportMade, c.HearingAt)
				},
			},
			"servedAt":                {columns: []string{registrycase.FieldServedAt}},
			"processHolder":           {columns: []string{registrycase.FieldHolderOfficerID}, load: caseHolders},
			"activities":              {load: caseActivities},
			"viewerCanRecord":         {each: func(w *walk, c c) { c.ViewerCanRecord = w.viewer.MayRecord() }},
			"orderKind":               {columns: []string{registrycase.FieldOrderKind}},
			"hearing":                 {columns: []string{registrycase.FieldHearingAt, registrycase.FieldHearingCourtroom}},
			"hearingHistory":          {columns: []string{registrycase.FieldHearingAt, registrycase.FieldHearingCourtroom}, load: caseHearings},
			"lastDayForTimelyService": {columns: []string{registrycase.FieldLastTimelyDay}},
			"servedInTime":            {columns: []string{registrycase.FieldServedInTime}},
			"protectionOrders":        {load: caseOrders},
			"deliveries":              {load: caseDeliveries},
			"protectedPersons":        {only: registryOnly, load: caseProtectedPersons},
			"addresses":               {only: registryOnly, load: caseAddresses},
			"unroutedAddresses":       {only: registryOnly, load: caseUnroutedAddresses},
		},
	}
}

// court answers from memory, where all court locations are.
func (w *walk) court(code string) *model.CourtLocation {
	if found := w.courts[code]; found != nil {
		return found
	}
	row := w.reference.Court(code)
	if row == nil { // a code that the table does not have yet
		row = &ent.Court{Code: code, Name: code}
	}
	location := &model.CourtLocation{Court: row}
	w.courts[code] = location
	return location
}

// reportDue tells whether at the instant the day of the hearing had begun with
// neither a service nor the report that it was unsuccessful (§5(b)).
func reportDue(at time.Time, status terms.ServiceStatus, made bool, hearing *time.Time) bool {
	return !reported(status, made) && hearing != nil && !at.Before(terms.DateOf(*hearing).Start())
}

func caseHolders(ctx context.Context, w *walk, cases []*model.RegistryCase, a asked) error {
	return w.hangOfficers(ctx, a, officersOf(cases,
		func(c *model.RegistryCase) *terms.ID { return c.HolderOfficerID },
		func(c *model.RegistryCase, o *model.Officer) { c.ProcessHolder = o }))
}

func caseActivities(ctx context.Context, w *walk, cases []*model.RegistryCase, a asked) error {
	l := list[ent.ServiceActivity, *model.Activity, model.ServiceActivity]{
		kind: &w.activities, order: newestInCase, node: (*model.Activity).Typed,
		of: "case_id", parent: func(a *model.Activity) terms.ID { return a.CaseID },
	}
	return hang(ctx, w, l, a, cases, caseID, func(c *model.RegistryCase, page *model.Connection[model.ServiceActivity, model.ServiceActivityEdge]) {
		c.Activities = (*model.ServiceActivityConnection)(page)
	})
}

func caseDeliveries(ctx context.Context, w *walk, cases []*model.RegistryCase, a asked) error {
	l := deliveryList(w)
	l.of, l.parent = "case_id", func(d *model.Delivery) terms.ID { return d.CaseID }
	return hang(ctx, w, l, a, cases, caseID, func(c *model.RegistryCase, page *model.Connection[*model.Delivery, model.DeliveryEdge]) {
		c.Deliveries = (*model.DeliveryConnection)(page)
	})
}

func caseID(c *model.RegistryCase) terms.ID { return c.ID }

// hangCases loads the case that each row is about; where the viewer may not
// see it, null remains.
func hangCases[R any](ctx context.Context, w *walk, rows []R, a asked, id func(R) terms.ID, set func(R, *model.RegistryCase)) error {
	found, err := w.cases.byID(ctx, w, a.sets(), idsOf(rows, id))
	if err != nil {
		return err
	}
	for _, row := range rows {
		set(row, found[id(row)])
	}
	return nil
}
