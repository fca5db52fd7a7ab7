package read

import (
	"context"
	"strconv"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/deliveryattempt"
	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/internal/terms"
)

// asPlanned is the order of deliveries.
var asPlanned = &order[*model.Delivery]{
	tag: "deliveries", column: delivery.FieldCreatedAt, is: instant,
	key: func(d *model.Delivery) string { return printInstant(d.CreatedAt) },
}

// asTried is the order of a delivery's attempts.
var asTried = &order[*model.DeliveryAttempt]{
	tag: "attempts", column: deliveryattempt.FieldNumber, is: whole,
	key: func(a *model.DeliveryAttempt) string { return strconv.Itoa(a.Number) },
}

func deliveryList(w *walk) list[ent.Delivery, *model.Delivery, *model.Delivery] {
	return list[ent.Delivery, *model.Delivery, *model.Delivery]{kind: &w.deliveries, order: asPlanned, node: same[*model.Delivery]}
}

func deliveryKind() kind[ent.Delivery, *model.Delivery] {
	type d = *model.Delivery
	columns := func(names ...string) need[d] { return need[d]{columns: names} }
	return kind[ent.Delivery, d]{
		source: from(func(c *ent.Client) *ent.DeliveryQuery { return c.Delivery.Query() }),
		name:   "Delivery",
		types:  []string{"Delivery", "Node"},
		wrap:   func(e *ent.Delivery) d { return &model.Delivery{Delivery: e} },
		id:     func(d d) terms.ID { return d.ID },
		always: []string{delivery.FieldRecipientKind, delivery.FieldState}, // which subscriptions filter by
		needs: map[string]need[d]{
			"id":            {},
			"recipientKind": columns(delivery.FieldRecipientKind),
			"case":          {columns: []string{delivery.FieldCaseID}, load: deliveryCases},
			"about":         {columns: []string{delivery.FieldActivityID}, load: deliveryAbout},
			"state":         columns(delivery.FieldState),
			"waitingFor":    columns(delivery.FieldState, delivery.FieldWaitingFor),
			"dueBy":         columns(delivery.FieldDueBy),
			"confirmedAt":   columns(delivery.FieldConfirmedAt),
			"verifiedAt":    columns(delivery.FieldVerifiedAt),
			"channel": {only: registryOnly, columns: []string{delivery.FieldChannel},
				each: func(_ *walk, d d) { d.Channel = d.Delivery.Channel }},
			"recipient": {only: registryOnly, columns: []string{delivery.FieldRecipientKind, delivery.FieldRecipientKey, delivery.FieldAgencyID}, load: deliveryRecipients},
			"reasons": {only: registryOnly, columns: []string{delivery.FieldReasons},
				each: func(_ *walk, d d) { d.Reasons = orEmpty(d.Delivery.Reasons) }},
			"controlNumber": {only: registryOnly, columns: []string{delivery.FieldControlNumber},
				each: func(_ *walk, d d) { d.ControlNumber = d.Delivery.ControlNumber }},
			"attempts": {only: registryOnly, load: deliveryAttempts},

			"disputed":            columns(delivery.FieldState, delivery.FieldNextAt),
			"decisions":           {only: registryOnly, load: deliveryDecisions},
			"abandonmentProposed": deskNeeds,
			"viewerCanRetry":      deskNeeds,
			"viewerCanConfirm":    deskNeeds,
			"viewerCanAbandon":    deskNeeds,
		},
	}
}

func attemptKind() kind[ent.DeliveryAttempt, *model.DeliveryAttempt] {
	type a = *model.DeliveryAttempt
	columns := func(names ...string) need[a] { return need[a]{columns: names} }
	return kind[ent.DeliveryAttempt, a]{
		source: from(func(c *ent.Client) *ent.DeliveryAttemptQuery { return c.DeliveryAttempt.Query() }),
		name:   "DeliveryAttempt",
		types:  []string{"DeliveryAttempt"},
		wrap:   func(e *ent.DeliveryAttempt) a { return &model.DeliveryAttempt{DeliveryAttempt: e} },
		id:     func(a a) terms.ID { return a.ID },
		needs: map[string]need[a]{
			"startedAt": columns(deliveryattempt.FieldStartedAt),
			"endedAt":   columns(deliveryattempt.FieldEndedAt),
			"outcome":   columns(deliveryattempt.FieldOutcome),
			"detail":    columns(deliveryattempt.FieldDetail),
		},
	}
}

func deliveryCases(ctx context.Context, w *walk, rows []*model.Delivery, a asked) error {
	return hangCases(ctx, w, rows, a, func(d *model.Delivery) terms.ID { return d.CaseID },
		func(d *model.Delivery, c *model.RegistryCase) { d.Case = c })
}

func deliveryAbout(ctx context.Context, w *walk, rows []*model.Delivery, a asked) error {
	of := func(d *model.Delivery) terms.ID { return terms.Value(d.ActivityID) }
	found, err := w.activities.byID(ctx, w, a.sets(), idsOf(rows, of))
	if err != nil {
		return err
	}
	for _, row := range rows {
		if about := found[of(row)]; about != nil {
			row.About = about.Typed()
		}
	}
	return nil
}

func deliveryAttempts(ctx context.Context, w *walk, rows []*model.Delivery, a asked) error {
	l := list[ent.DeliveryAttempt, *model.DeliveryAttempt, *model.DeliveryAttempt]{
		kind: &w.attempts, order: asTried, node: same[*model.DeliveryAttempt],
		of: "delivery_id", parent: func(a *model.DeliveryAttempt) terms.ID { return a.DeliveryID },
	}
	return hang(ctx, w, l, a, rows, func(d *model.Delivery) terms.ID { return d.ID },
		func(d *model.Delivery, page *model.Connection[*model.DeliveryAttempt, model.DeliveryAttemptEdge]) {
			d.Attempts = (*model.DeliveryAttemptConnection)(page)
		})
}

// deliveryRecipients: agencies from memory, accounts in one statement.
func deliveryRecipients(ctx context.Context, w *walk, rows []*model.Delivery, a asked) error {
	agencyOf := func(d *model.Delivery) terms.ID {
		if d.RecipientKind != terms.ToAgency {
			return ""
		}
		return terms.Value(d.AgencyID)
	}
	accountOf := func(d *model.Delivery) terms.ID {
		if d.RecipientKind != terms.ToAccount {
			return ""
		}
		return terms.ID(d.RecipientKey)
	}
	agencies, err := w.agenciesByID(ctx, a.sets(), idsOf(rows, agencyOf))
	if err != nil {
		return err
	}
	accounts, err := w.accounts.byID(ctx, w, a.sets(), idsOf(rows, accountOf))
	if err != nil {
		return err
	}
	for _, row := range rows {
		switch row.RecipientKind {
		case terms.ToAgency:
			if found := agencies[agencyOf(row)]; found != nil {
				row.Recipient = found
			}
		case terms.ToStateFile:
			row.Recipient = model.StateProtectionOrderFile{}
		case terms.ToNationalFile:
			row.Recipient = model.NationalProtectionOrderFile{}
		case terms.ToAccount:
			if found := accounts[accountOf(row)]; found != nil {
				row.Recipient = found
			}
		}
	}
	return nil
}
