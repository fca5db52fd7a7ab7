package lawenforcement

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/service-tracking/sts/ent"
	entdelivery "github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/deliveryattempt"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/terms"
)

// replaced tells which notice this one replaces, when that was sent and what it
// said, and whether the service is corrected or taken back. Why the officer
// corrected it is his own words, and is not told.
func (n *Notices) replaced(ctx context.Context, d *ent.Delivery, activity *ent.ServiceActivity, notice *Notice) error {
	withdrawn := activity.Kind != terms.KindService
	if d.ReplacesID == nil {
		if withdrawn {
			return errors.New("it takes a service back of which nothing was told")
		}
		return nil
	}
	old, err := n.Client.Delivery.Get(ctx, *d.ReplacesID)
	if err != nil {
		return fmt.Errorf("reading the delivery that it replaces: %w", err)
	}
	if old.ActivityID == nil {
		return fmt.Errorf("it replaces %s, which tells of no activity", old.ID)
	}
	told, err := n.Client.ServiceActivity.Get(ctx, *old.ActivityID)
	if err != nil {
		return fmt.Errorf("reading what was told before: %w", err)
	}
	notice.Replaces, notice.Before = old.ID, n.before(told)
	if notice.ReplacesSentAt, err = n.sentAt(ctx, old); err != nil {
		return err
	}
	notice.Correction = Corrected
	if withdrawn {
		notice.Correction = Withdrawn
		return n.another(ctx, d, notice)
	}
	return nil
}

// before is what a notice about the activity said.
func (n *Notices) before(told *ent.ServiceActivity) string {
	if told.Kind != terms.KindService {
		return "Service was taken back, treat the order as not served"
	}
	how, by := "", ""
	if told.Method != nil {
		how = methodBefore[*told.Method]
	}
	if officer := n.Reference.Officer(told.OfficerID); officer != nil {
		by = "by " + casefile.OfficerName(officer)
	}
	return joinFilled(", ", "Served "+onPage(told.OccurredAt), how, by)
}

// sentAt is when the other side had the delivery or, where nobody knows whether
// it has, when it was last tried.
func (n *Notices) sentAt(ctx context.Context, d *ent.Delivery) (time.Time, error) {
	if d.SentAt != nil {
		return *d.SentAt, nil
	}
	last, err := n.Client.DeliveryAttempt.Query().Where(deliveryattempt.DeliveryID(d.ID)).
		Order(ent.Desc(deliveryattempt.FieldNumber)).First(ctx)
	if ent.IsNotFound(err) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("reading when the earlier notice was sent: %w", err)
	}
	return last.StartedAt, nil
}

// another looks whether the respondent counts as served all the same: police
// must not take an order for unserved because one of two services was wrong.
// When, is told only where its own notice has gone: whoever has that is told when
// it is taken back.
func (n *Notices) another(ctx context.Context, d *ent.Delivery, notice *Notice) error {
	all, err := casefile.Activities(ctx, n.Client, d.CaseID)
	if err != nil {
		return err
	}
	heard, err := n.Client.Delivery.Query().Where(entdelivery.CaseID(d.CaseID), entdelivery.AgencyID(*d.AgencyID),
		entdelivery.StateIn(terms.Sending, terms.Sent, terms.Unknown, terms.Confirmed)).All(ctx)
	if err != nil {
		return fmt.Errorf("reading what else the agency was told: %w", err)
	}
	for _, service := range casefile.Standing(all) {
		if service.Kind != terms.KindService {
			continue
		}
		notice.AnotherStands = true
		chain := casefile.Chain(all, service)
		tells := func(h *ent.Delivery) bool {
			return slices.ContainsFunc(chain, func(a *ent.ServiceActivity) bool { return h.ActivityID != nil && *h.ActivityID == a.ID })
		}
		if slices.ContainsFunc(heard, tells) && (notice.AnotherServedAt.IsZero() || service.OccurredAt.Before(notice.AnotherServedAt)) {
			notice.AnotherServedAt = service.OccurredAt
		}
	}
	return nil
}
