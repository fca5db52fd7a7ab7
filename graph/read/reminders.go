package read

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/dueitem"
	"github.com/service-tracking/sts/ent/registrycase"
	"github.com/service-tracking/sts/ent/serviceactivity"
	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/internal/deadline"
	"github.com/service-tracking/sts/internal/terms"
)

var dueItemRows = from(func(c *ent.Client) *ent.DueItemQuery { return c.DueItem.Query() })

// newestReminded is the order of reminders.
var newestReminded = &order[*model.Reminder]{
	tag: "reminders", column: delivery.FieldCreatedAt, desc: true, is: instant,
	key: func(r *model.Reminder) string { return printInstant(r.Row.CreatedAt) },
}

// reminders are those of the account itself: deliveries about no activity.
// The index of (activity_id, recipient_kind, recipient_key) finds them.
func (w *walk) reminders(ctx context.Context, a asked) (*model.ReminderConnection, error) {
	p, err := a.page(w)
	if err != nil {
		return nil, err
	}
	l := list[ent.Delivery, *model.Reminder, *model.Reminder]{kind: &w.reminded, order: newestReminded, node: same[*model.Reminder], mods: []mod{
		func(q *sql.Selector) { q.Where(sql.IsNull(q.C(delivery.FieldActivityID))) },
		where(delivery.FieldRecipientKind, terms.ToAccount),
		where(delivery.FieldRecipientKey, w.viewer.Account),
	}}
	found, err := page[model.ReminderEdge](ctx, w, l, a.name, p, a.sets())
	return (*model.ReminderConnection)(found), err
}

func reminderKind() kind[ent.Delivery, *model.Reminder] {
	type r = *model.Reminder
	item := need[r]{load: func(ctx context.Context, w *walk, rows []r, _ asked) error { return remindedOf(ctx, w, rows) }}
	return kind[ent.Delivery, r]{
		source: from(func(c *ent.Client) *ent.DeliveryQuery { return c.Delivery.Query() }),
		name:   "Reminder",
		types:  []string{"Reminder"},
		wrap:   func(e *ent.Delivery) r { return &model.Reminder{Row: e} },
		id:     func(r r) terms.ID { return r.Row.ID },
		always: []string{delivery.FieldDueItemID, delivery.FieldCaseID},
		needs: map[string]need[r]{
			"id":        {},
			"rule":      item,
			"dueAt":     item,
			"noticedAt": item,
			"hearing":   item,
			"case": {load: func(ctx context.Context, w *walk, rows []r, a asked) error {
				return hangCases(ctx, w, rows, a, remindedCase, func(r r, c *model.RegistryCase) { r.Case = c })
			}},
			"message":  {load: remindersSay},
			"delivery": {load: reminderDeliveries},
			"open":     {load: remindersOpen},
		},
	}
}

func remindedCase(r *model.Reminder) terms.ID { return r.Row.CaseID }

// remindedOf loads what the reminders are of, once for all fields.
func remindedOf(ctx context.Context, w *walk, rows []*model.Reminder) error {
	if rows[0].Item != nil {
		return nil
	}
	among, err := in("id", idsOf(rows, func(r *model.Reminder) terms.ID { return terms.Value(r.Row.DueItemID) }))
	if err != nil {
		return err
	}
	items, err := dueItemRows.rows(ctx, w.client, []string{
		dueitem.FieldRule, dueitem.FieldAboutKey, dueitem.FieldHearingAt, dueitem.FieldDueAt, dueitem.FieldNoticedAt,
	}, among)
	if err != nil {
		return fmt.Errorf("reading what reminders are of: %w", err)
	}
	found := make(map[terms.ID]*ent.DueItem, len(items))
	for _, i := range items {
		found[i.ID] = i
	}
	for _, r := range rows {
		// A reminder is seen by its case, as the item is.
		if r.Item = found[terms.Value(r.Row.DueItemID)]; r.Item == nil {
			return fmt.Errorf("what reminder %s is of cannot be seen any more", r.Row.ID)
		}
	}
	return nil
}

func remindersSay(ctx context.Context, w *walk, rows []*model.Reminder, _ asked) error {
	if err := remindedOf(ctx, w, rows); err != nil {
		return err
	}
	holds, err := heldByReader(ctx, w, rows)
	if err != nil {
		return err
	}
	for _, r := range rows {
		r.Message = deadline.Message(r.Item.Rule, r.Item.HearingAt, deadline.ReaderOf(r.Item.Rule, w.viewer.Roles, holds[r.Row.CaseID]))
	}
	return nil
}

// heldByReader are the cases whose papers the viewer holds. It is asked only for
// who reads as an officer here and as registry staff there.
func heldByReader(ctx context.Context, w *walk, rows []*model.Reminder) (map[terms.ID]bool, error) {
	if w.viewer.Officer == "" || !w.viewer.MayEnter() {
		return nil, nil
	}
	among, err := in("id", idsOf(rows, remindedCase))
	if err != nil {
		return nil, err
	}
	cases, err := w.cases.rows(ctx, w.client, []string{"id"}, among, where(registrycase.FieldHolderOfficerID, w.viewer.Officer))
	if err != nil {
		return nil, fmt.Errorf("reading whose papers the reader of reminders holds: %w", err)
	}
	held := make(map[terms.ID]bool, len(cases))
	for _, c := range cases {
		held[c.ID] = true
	}
	return held, nil
}

func reminderDeliveries(ctx context.Context, w *walk, rows []*model.Reminder, a asked) error {
	found, err := w.deliveries.byID(ctx, w, a.sets(), idsOf(rows, w.reminded.id))
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.Delivery = found[r.Row.ID]; r.Delivery == nil {
			return fmt.Errorf("the delivery of reminder %s cannot be seen any more", r.Row.ID)
		}
	}
	return nil
}

// remindersOpen asks the rules of package deadline, with the folds of the cases
// and the deliveries that are late.
func remindersOpen(ctx context.Context, w *walk, rows []*model.Reminder, _ asked) error {
	if err := remindedOf(ctx, w, rows); err != nil {
		return err
	}
	among, err := in("id", idsOf(rows, remindedCase))
	if err != nil {
		return err
	}
	cases, err := w.cases.rows(ctx, w.client, []string{
		registrycase.FieldServiceStatus, registrycase.FieldReportMade, registrycase.FieldHearingAt, registrycase.FieldLastTimelyDay,
		registrycase.FieldTransferID, registrycase.FieldTransferWork, registrycase.FieldTransferAt,
	}, among)
	if err != nil {
		return fmt.Errorf("reading the cases of reminders: %w", err)
	}
	caseOf := make(map[terms.ID]*ent.RegistryCase, len(cases))
	for _, c := range cases {
		caseOf[c.ID] = c
	}
	lateOf, err := lateDeliveries(ctx, w, rows)
	if err != nil {
		return err
	}
	transfers, err := correctedTransfers(ctx, w, rows, caseOf)
	if err != nil {
		return err
	}
	for _, r := range rows {
		c := caseOf[r.Row.CaseID]
		r.Open = c != nil && deadline.Holds(r.Item, c, lateOf[lateDelivery(r)], transfers, w.now())
	}
	return nil
}

// correctedTransfers are the transfers of the cases in which another stands now
// than the reminder is of.
func correctedTransfers(ctx context.Context, w *walk, rows []*model.Reminder, caseOf map[terms.ID]*ent.RegistryCase) (deadline.Transfers, error) {
	ids := idsOf(rows, func(r *model.Reminder) terms.ID {
		c := caseOf[r.Row.CaseID]
		if c == nil || r.Item.Rule != terms.DueAcknowledgement || terms.Value(c.TransferID) == terms.ID(r.Item.AboutKey) {
			return ""
		}
		return c.ID
	})
	if len(ids) == 0 {
		return nil, nil
	}
	among, err := in(serviceactivity.FieldCaseID, ids)
	if err != nil {
		return nil, err
	}
	found, err := w.activities.rows(ctx, w.client, deadline.TransferFields, among)
	if err != nil {
		return nil, fmt.Errorf("reading the transfers that reminders are of: %w", err)
	}
	return deadline.TransfersOf(found), nil
}

// lateDelivery is the id of the delivery that is late, "" if it is about none.
func lateDelivery(r *model.Reminder) terms.ID {
	if r.Item.Rule != terms.DueDelivery {
		return ""
	}
	return terms.ID(r.Item.AboutKey)
}

func lateDeliveries(ctx context.Context, w *walk, rows []*model.Reminder) (map[terms.ID]*ent.Delivery, error) {
	ids := idsOf(rows, lateDelivery)
	if len(ids) == 0 {
		return nil, nil
	}
	among, err := in("id", ids)
	if err != nil {
		return nil, err
	}
	late, err := w.deliveries.rows(ctx, w.client, []string{delivery.FieldRecipientKind, delivery.FieldState, delivery.FieldDueBy, delivery.FieldNextAt}, among)
	if err != nil {
		return nil, fmt.Errorf("reading deliveries that are late: %w", err)
	}
	found := make(map[terms.ID]*ent.Delivery, len(late))
	for _, d := range late {
		found[d.ID] = d
	}
	return found, nil
}
