package read

import (
	"context"
	"fmt"

	"github.com/service-tracking/sts/ent"
	entdelivery "github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/deliverydecision"
	"github.com/service-tracking/sts/ent/review"
	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/registry"
	"github.com/service-tracking/sts/internal/terms"
)

// What registry staff decide, and what they decided.

// deskNeeds is for the fields that say what the viewer may decide: whichever of
// them is asked for loads all.
var deskNeeds = need[*model.Delivery]{
	only: func(v *access.Viewer) bool { return v.MayDecide() == nil },
	columns: []string{
		entdelivery.FieldActivityID, entdelivery.FieldCaseID, entdelivery.FieldConfirmedAt, entdelivery.FieldNextAt,
		entdelivery.FieldRecipientKey, entdelivery.FieldRecipientKind, entdelivery.FieldSequence, entdelivery.FieldState,
	},
	load: deliveryDesks,
}

// deliveryDesks asks the ledger's own rule, so that the app's buttons and the
// mutations never differ.
func deliveryDesks(ctx context.Context, w *walk, rows []*model.Delivery, _ asked) error {
	var fresh []*ent.Delivery
	for _, row := range rows {
		if row.Desk == nil {
			fresh = append(fresh, row.Delivery)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	around, err := delivery.ReadAround(ctx, w.client, fresh...)
	if err != nil {
		return fmt.Errorf("reading what may be decided: %w", err)
	}
	// The journal tells whether a proposal has lapsed; the viewer may decide.
	proposals, err := registry.Proposals(access.As(ctx, "proposals"), w.client, fresh...)
	if err != nil {
		return fmt.Errorf("reading what is proposed: %w", err)
	}
	for _, row := range rows {
		if row.Desk != nil {
			continue
		}
		may := func(event delivery.Event) bool {
			return delivery.Hinders(row.Delivery, event, around[row.ID]) == delivery.NotHindered
		}
		row.Desk = &model.DeliveryDesk{
			CanRetry: may(delivery.PersonRetries), CanConfirm: may(delivery.PersonConfirms), CanAbandon: may(delivery.PersonAbandons),
		}
		if p := proposals[row.ID]; p != nil {
			row.Desk.AbandonmentProposed = &model.DeliveryDecision{DeliveryDecision: p}
			row.Desk.CanAbandon = row.Desk.CanAbandon && p.AccountID != w.viewer.Account
		}
	}
	return nil
}

var (
	decisionRows = from(func(c *ent.Client) *ent.DeliveryDecisionQuery { return c.DeliveryDecision.Query() })
	reviewRows   = from(func(c *ent.Client) *ent.ReviewQuery { return c.Review.Query() })
)

func deliveryDecisions(ctx context.Context, w *walk, rows []*model.Delivery, _ asked) error {
	among, err := in(deliverydecision.FieldDeliveryID, idsOf(rows, func(d *model.Delivery) terms.ID { return d.ID }))
	if err != nil {
		return err
	}
	found, err := decisionRows.rows(ctx, w.client, []string{
		deliverydecision.FieldDecidedAt, deliverydecision.FieldDecidedByName, deliverydecision.FieldDeliveryID,
		deliverydecision.FieldKind, deliverydecision.FieldReason,
	}, among, ent.Asc(deliverydecision.FieldDecidedAt))
	if err != nil {
		return fmt.Errorf("reading what was decided: %w", err)
	}
	decisions := map[terms.ID][]*model.DeliveryDecision{}
	for _, d := range found {
		decisions[d.DeliveryID] = append(decisions[d.DeliveryID], &model.DeliveryDecision{DeliveryDecision: d})
	}
	for _, row := range rows {
		row.Decisions = orEmpty(decisions[row.ID])
	}
	return nil
}

func activityReviews(ctx context.Context, w *walk, rows []*model.Activity, _ asked) error {
	among, err := in(review.FieldActivityID, idsOf(rows, activityID))
	if err != nil {
		return err
	}
	found, err := reviewRows.rows(ctx, w.client,
		[]string{review.FieldActivityID, review.FieldNote, review.FieldReviewedAt, review.FieldReviewedByName}, among,
		ent.Asc(review.FieldReviewedAt))
	if err != nil {
		return fmt.Errorf("reading reviews: %w", err)
	}
	reviews := make(map[terms.ID]*model.ActivityReview, len(found))
	for _, r := range found {
		// Of two the later one: it settled a dispute.
		reviews[r.ActivityID] = &model.ActivityReview{Review: r}
	}
	for _, row := range rows {
		row.Review = reviews[row.ID]
	}
	return nil
}

// Agency answers the agency with the id, as the tables in memory have it.
func (r *Reader) Agency(ctx context.Context, id terms.ID, s Selection) (*model.LawEnforcementAgency, error) {
	w, err := r.walk(ctx, s)
	if err != nil {
		return nil, err
	}
	found, err := w.agenciesByID(ctx, s.sets, []terms.ID{id})
	if err != nil {
		return nil, err
	}
	return found[id], nil
}
