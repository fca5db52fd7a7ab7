package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/deliverydecision"
	"github.com/service-tracking/sts/ent/journalrecord"
	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/terms"
)

// Proposals answers, of each delivery whose abandonment is proposed, the
// proposal that stands, in two statements at most. A proposal lapses with any
// later decision, and when the delivery has since been confirmed or was to be
// sent again: it was about another situation. It reads the journal, so it needs
// a system viewer; whoever calls it has authorized the person.
func Proposals(ctx context.Context, c *ent.Client, deliveries ...*ent.Delivery) (map[terms.ID]*ent.DeliveryDecision, error) {
	var ids []terms.ID
	for _, d := range deliveries {
		if _, err := delivery.Next(d.State, delivery.PersonAbandons); err == nil {
			ids = append(ids, d.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	decisions, err := c.DeliveryDecision.Query().Where(deliverydecision.DeliveryIDIn(ids...)).
		Order(ent.Asc(deliverydecision.FieldDecidedAt)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading decisions about deliveries: %w", err)
	}
	standing := map[terms.ID]*ent.DeliveryDecision{}
	for _, e := range decisions {
		if delete(standing, e.DeliveryID); e.Kind == terms.DecideProposeAbandon {
			standing[e.DeliveryID] = e
		}
	}
	return standing, lapse(ctx, c, standing)
}

// lapse takes out the proposals of deliveries that have gone on since.
func lapse(ctx context.Context, c *ent.Client, standing map[terms.ID]*ent.DeliveryDecision) error {
	if len(standing) == 0 {
		return nil
	}
	var cases, ids []terms.ID
	var since time.Time
	for id, e := range standing {
		cases, ids = append(cases, e.CaseID), append(ids, id)
		if since.IsZero() || e.DecidedAt.Before(since) {
			since = e.DecidedAt
		}
	}
	records, err := c.JournalRecord.Query().Where(
		journalrecord.CaseIDIn(cases...), journalrecord.RecordedAtGT(since), // by its index
		journalrecord.KindEQ(terms.DeliveryChanged), journalrecord.AboutIDIn(ids...)).All(ctx)
	if err != nil {
		return fmt.Errorf("reading what became of deliveries since: %w", err)
	}
	for _, r := range records {
		proposal := standing[terms.Value(r.AboutID)]
		if proposal == nil || !r.RecordedAt.After(proposal.DecidedAt) {
			continue
		}
		var facts struct{ State terms.DeliveryState }
		if err := json.Unmarshal(r.Facts, &facts); err != nil {
			return fmt.Errorf("reading journal record %s: %w", r.ID, err)
		}
		if facts.State == terms.Confirmed || facts.State == terms.Retrying {
			delete(standing, proposal.DeliveryID)
		}
	}
	return nil
}
