package graphtest

import (
	"context"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/terms"
)

// Remind seeds a reminder to the account, by the rule on the case, made at the
// time given; about is the transfer's or delivery's id, "" for the hearing. It
// answers the delivery's id.
func (w *World) Remind(t testing.TB, row Row, account string, rule terms.DueRule, about terms.ID, at time.Time) (id terms.ID) {
	t.Helper()
	w.tx(t, func(ctx context.Context, tx *ent.Tx) error {
		c, err := tx.RegistryCase.Get(ctx, row.ID)
		if err != nil {
			return err
		}
		key := string(about)
		if key == "" {
			key = c.HearingAt.UTC().Format(terms.InstantLayout)
		}
		item, err := tx.DueItem.Create().SetCaseID(row.ID).SetSequence(c.NextSequence).SetRule(rule).SetAboutKey(key).
			SetNillableHearingAt(c.HearingAt).SetDueAt(at.Add(-time.Minute)).SetNoticedAt(at).Save(ctx)
		if err != nil {
			return err
		}
		d, err := tx.Delivery.Create().SetCaseID(row.ID).SetDueItemID(item.ID).SetSequence(item.Sequence).
			SetRecipientKind(terms.ToAccount).SetRecipientKey(string(w.Viewers[account].Account)).SetState(terms.Confirmed).
			SetNextAt(at).SetDueBy(at.Add(time.Hour)).SetCreatedAt(at).Save(ctx)
		if err != nil {
			return err
		}
		id = d.ID
		return nil
	})
	return id
}
