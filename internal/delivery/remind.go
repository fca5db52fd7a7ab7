package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/terms"
)

// ErrGone is what [Channel.Render] answers, wrapped or not, when what the
// delivery would tell holds no more: it is superseded and never sent. Of a
// delivery of which an attempt was begun it is too late to ask.
var ErrGone = errors.New("what it would tell holds no more")

// Reminder is one account to be told of what became due (§5(b), §5(c), §6(b)).
type Reminder struct {
	Case    terms.ID
	DueItem terms.ID
	// Sequence is the case sequence of the due item's journal record.
	Sequence int64
	Account  terms.ID
	// NotBefore is when it may be sent at the earliest; in the app it can be
	// read at once. Zero: at once.
	NotBefore time.Time
}

// Remind writes the reminders, under the case's lock. Of one due item an account
// is reminded once: what is there already stays as it is. They have no journal
// record of their own: that of the due item stands for them. Their deadline
// counts from when they may be sent.
func (l *Ledger) Remind(ctx context.Context, tx *ent.Tx, now time.Time, reminders ...Reminder) error {
	ctx = access.As(ctx, systemViewer)
	type unique struct{ item, account terms.ID }
	seen := map[unique]bool{}
	var items []terms.ID
	for _, r := range reminders {
		if r.Case == "" || r.DueItem == "" || r.Account == "" {
			return fmt.Errorf("planning a reminder: it lacks its case, due item or account")
		}
		items = append(items, r.DueItem)
	}
	rows, err := tx.Delivery.Query().Where(delivery.DueItemIDIn(items...)).
		Select(delivery.FieldDueItemID, delivery.FieldRecipientKey).All(ctx)
	if err != nil {
		return fmt.Errorf("looking for reminders that are planned already: %w", err)
	}
	for _, d := range rows {
		seen[unique{deref(d.DueItemID), terms.ID(d.RecipientKey)}] = true
	}
	now = terms.Micro(now)
	var creates []*ent.DeliveryCreate
	for _, r := range reminders {
		if seen[unique{r.DueItem, r.Account}] {
			continue
		}
		seen[unique{r.DueItem, r.Account}] = true
		at := now
		if r.NotBefore.After(now) {
			at = terms.Micro(r.NotBefore)
		}
		creates = append(creates, tx.Delivery.Create().
			SetCaseID(r.Case).SetDueItemID(r.DueItem).SetSequence(r.Sequence).
			SetRecipientKind(terms.ToAccount).SetRecipientKey(string(r.Account)).
			SetState(terms.Pending).SetNextAt(at).SetDueBy(at.Add(l.o.Deadlines.of(terms.ToAccount))).SetCreatedAt(now))
	}
	if err := tx.Delivery.CreateBulk(creates...).Exec(ctx); err != nil {
		return fmt.Errorf("adding reminders: %w", err)
	}
	return nil
}
