package delivery

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// §5(b), §6(b): of one due item an account is reminded once; it is sent when it
// may be, and superseded if it is gone by then.
func TestRemind(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		to := newPost(terms.ChannelSpool)
		to.render = func(d *ent.Delivery) (Content, error) {
			if d.RecipientKey == "acc_2" {
				return Content{}, fmt.Errorf("asked about %s: %w", d.ID, ErrGone)
			}
			return Content{Document: []byte("do it")}, nil
		}
		split, err := NewSplit(map[terms.RecipientKind]Channel{terms.ToAccount: to})
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(t, s, split)
		c := w.newCase()
		remind := func(reminders ...Reminder) error {
			return s.Tx(w.ctx, func(ctx context.Context, tx *ent.Tx) error { return w.ledger.Remind(ctx, tx, w.now(), reminders...) })
		}
		r := Reminder{Case: c, DueItem: terms.NewID(terms.DueItemPrefix), Sequence: 7, Account: "acc_1"}
		second, night := r, r
		second.Account, night.Account, night.NotBefore = "acc_2", "acc_3", evening.Add(8*time.Hour)
		w.check(remind(r, second, night))
		w.check(remind(night, r, r))
		rows := w.s.Client.Delivery.Query().Order(ent.Asc("recipient_key")).AllX(w.ctx)
		if len(rows) != 3 || !rows[0].NextAt.Equal(evening) || !rows[2].NextAt.Equal(night.NotBefore) || !rows[2].DueBy.Equal(night.NotBefore.Add(time.Hour)) || rows[1].Sequence != 7 {
			t.Fatalf("planned are %v", rows)
		}
		for _, bad := range []Reminder{{DueItem: r.DueItem, Account: "acc_4"}, {Case: c, Account: "acc_4"}, {Case: c, DueItem: r.DueItem}} {
			if remind(bad) == nil {
				t.Errorf("planned without what it needs: %+v", bad)
			}
		}
		d := w.start()
		w.awaitState(terms.Confirmed, rows[0])
		w.awaitState(terms.Superseded, rows[1])
		w.tells(rows[1], terms.Superseded)
		w.is(rows[2], terms.Pending)
		if n := len(w.attempts(rows[1])); n != 0 {
			t.Errorf("%d attempts of what was gone", n)
		}
		w.advance(8 * time.Hour)
		d.Nudge()
		w.awaitState(terms.Confirmed, rows[2])
	})
}

// A split channel carries each kind of recipient by its own, and hides nothing
// that the dispatcher must see.
func TestSplit(t *testing.T) {
	to := newPost(terms.ChannelSpool)
	split, err := NewSplit(map[terms.RecipientKind]Channel{terms.ToAccount: to})
	if err != nil || split.Kind() != to.Kind() {
		t.Fatal(split, err)
	}
	for what, by := range map[string]map[terms.RecipientKind]Channel{
		"of two kinds":             {terms.ToAccount: to, terms.ToAgency: newPost(terms.ChannelMail)},
		"one verifies and numbers": {terms.ToAccount: switchPost{to}},
	} {
		if _, err := NewSplit(by); err == nil {
			t.Errorf("split %s", what)
		}
	}
	stranger := &ent.Delivery{RecipientKind: terms.ToAgency}
	if _, err := split.Render(t.Context(), stranger); err == nil || errors.Is(err, ErrGone) {
		t.Errorf("rendered for a stranger: %v", err)
	}
	if r := split.Send(t.Context(), Parcel{Delivery: stranger}); r.Outcome != NotSent {
		t.Errorf("sent to a stranger: %+v", r)
	}
	if r := split.Reconcile(t.Context(), Parcel{Delivery: stranger}); r.Outcome != Unknown {
		t.Errorf("asked about a stranger: %+v", r)
	}
}
