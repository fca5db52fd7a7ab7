package read

import (
	"context"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/dueitem"
	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/internal/terms"
)

// overdueKind is the event BecameOverdue. Its row is the due item; what all
// events have in common comes from the journal record.
func overdueKind() kind[ent.DueItem, *model.BecameOverdue] {
	type o = *model.BecameOverdue
	return kind[ent.DueItem, o]{
		source: from(func(c *ent.Client) *ent.DueItemQuery { return c.DueItem.Query() }),
		name:   "BecameOverdue",
		types:  []string{"BecameOverdue", "Event"},
		wrap:   func(e *ent.DueItem) o { return &model.BecameOverdue{DueItem: e} },
		id:     func(o o) terms.ID { return o.ID },
		needs: map[string]need[o]{
			"eventId":    {},
			"recordedAt": {},
			"rule":       {columns: []string{dueitem.FieldRule}},
			"dueAt":      {columns: []string{dueitem.FieldDueAt}},
			"hearing":    {columns: []string{dueitem.FieldHearingAt}},
			"case":       {columns: []string{dueitem.FieldCaseID}, load: overdueCases},
			"transfer":   {columns: []string{dueitem.FieldRule, dueitem.FieldAboutKey}, load: overdueTransfers},
			"delivery":   {columns: []string{dueitem.FieldRule, dueitem.FieldAboutKey}, load: overdueDeliveries},
		},
	}
}

func overdueCases(ctx context.Context, w *walk, rows []*model.BecameOverdue, a asked) error {
	return hangCases(ctx, w, rows, a, func(o *model.BecameOverdue) terms.ID { return o.CaseID },
		func(o *model.BecameOverdue, c *model.RegistryCase) { o.Case = c })
}

// aboutOf is what the item of the rule is about, "" for items of other rules.
func aboutOf(rule terms.DueRule) func(*model.BecameOverdue) terms.ID {
	return func(o *model.BecameOverdue) terms.ID {
		if o.Rule != rule {
			return ""
		}
		return terms.ID(o.AboutKey)
	}
}

func overdueTransfers(ctx context.Context, w *walk, rows []*model.BecameOverdue, a asked) error {
	of := aboutOf(terms.DueAcknowledgement)
	found, err := w.activities.byID(ctx, w, a.sets(), idsOf(rows, of))
	if err != nil {
		return err
	}
	for _, row := range rows {
		if transfer := found[of(row)]; transfer != nil {
			row.Transfer = model.As[model.Transfer](transfer)
		}
	}
	return nil
}

func overdueDeliveries(ctx context.Context, w *walk, rows []*model.BecameOverdue, a asked) error {
	of := aboutOf(terms.DueDelivery)
	found, err := w.deliveries.byID(ctx, w, a.sets(), idsOf(rows, of))
	if err != nil {
		return err
	}
	for _, row := range rows {
		row.Delivery = found[of(row)]
	}
	return nil
}
