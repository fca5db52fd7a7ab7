package deadline_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/account"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/internal/deadline"
	ledger "github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/recording/recordingtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// §6(b): a transfer that was noticed stays the same one when its time is corrected,
// however often: nobody is told again, and what he was told holds. Corrected to
// another receiver it is another.
func TestACorrectedTransferIsNoNews(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		w.hears(docket, local(t, "2026-12-30 10:00:00"))
		w.holds(docket, "officer1")
		at := local(t, "2026-12-01 10:00:00")
		w.Clock.Set(at)
		a := w.Transfer("officer1", docket, "officer3", at).Activity.ID
		now := at.Add(25 * time.Hour)
		if n := w.sweep(now); n != 1 {
			t.Fatalf("%d noticed", n)
		}
		reminder := w.of("officer3")
		told := []string{"12-02 officer3 TRANSFER_UNACKNOWLEDGED"}
		for n := range 3 {
			a = w.Correct("officer1", a, recordingtest.Transferred(w.Officer("officer3"), at.Add(-time.Duration(n+1)*time.Minute))).Activity.ID
			if n := w.sweep(w.Clock.Now().Add(time.Minute)); n != 0 {
				t.Errorf("%d noticed again", n)
			}
			w.expect("corrected", w.reminded(), told)
			if _, err := w.letters().Render(w.System(), reminder); err != nil {
				t.Errorf("what he was told: %v", err)
			}
		}
		w.Correct("officer1", a, recordingtest.Transferred(w.Officer("officer2"), at))
		if _, err := w.letters().Render(w.System(), reminder); !errors.Is(err, ledger.ErrGone) {
			t.Errorf("to another: %v", err)
		}
		if n := w.sweep(w.Clock.Now().Add(time.Minute)); n != 1 {
			t.Errorf("%d noticed of another receiver", n)
		}
		w.expect("to another", w.reminded(), append([]string{"12-02 officer2 TRANSFER_UNACKNOWLEDGED"}, told...))
		w.Consistent()
	})
}

// §3(d): what a person confirmed and the other side then refused is noticed, once.
func TestADisputedDeliveryIsNoticed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		w.hears(docket, local(t, "2026-12-08 10:00:00"))
		d := w.Deliveries(w.Serve(w.Service(docket, w.Clock.Now())).Activity.ID)[0]
		s.Client.Delivery.Update().SetState(terms.Confirmed).SetNextAt(ledger.Never).ExecX(w.System())
		if n := w.sweep(w.Clock.Now().Add(time.Hour)); n != 0 {
			t.Errorf("%d noticed of what arrived", n)
		}
		s.Client.Delivery.UpdateOneID(d.ID).SetNextAt(ledger.Parked).ExecX(w.System())
		for _, want := range []int{1, 0} {
			if n := w.sweep(w.Clock.Now().Add(time.Minute)); n != want {
				t.Errorf("%d noticed of what is disputed, want %d", n, want)
			}
		}
		if _, err := w.letters().Render(w.System(), w.of("registry1")); err != nil {
			t.Errorf("disputed: %v", err)
		}
		s.Client.Delivery.UpdateOneID(d.ID).SetNextAt(ledger.Never).ExecX(w.System()) // confirmed anew
		if _, err := w.letters().Render(w.System(), w.of("registry1")); !errors.Is(err, ledger.ErrGone) {
			t.Errorf("confirmed anew: %v", err)
		}
	})
}

// §3(d): an officer who is of the registry section's staff as well reads what the
// section is to do, but of the papers that he holds what he is to do himself.
func TestWhoIsBothReadsWhatIsHisToDo(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t))
	w.hears(docket, local(t, "2026-12-08 10:00:00"))
	other := terms.Docket("HHDFA260000002S")
	w.hears(other, local(t, "2026-12-08 10:00:00"))
	w.holds(docket, "officer1")
	w.Store.Client.Account.UpdateOneID(w.As("officer1").Account).SetRoles([]terms.Role{terms.RoleOfficer, terms.RoleRegistryClerk}).ExecX(w.System())
	w.sweep(local(t, "2026-12-07 09:00:00"))
	said := map[terms.ID]string{}
	for _, d := range w.Store.Client.Delivery.Query().Where(delivery.RecipientKey(string(w.As("officer1").Account))).AllX(w.System()) {
		said[d.CaseID] += w.says(d)
	}
	if mine := said[w.Case(docket).ID]; !strings.Contains(mine, "record the service now") || strings.Contains(mine, "service board") {
		t.Errorf("of his own papers: %s", mine)
	}
	if others := said[w.Case(other).ID]; !strings.Contains(others, "Find out who has them") {
		t.Errorf("of a case without papers: %s", others)
	}
	w.Serve(w.Service(docket, w.Clock.Now()))
	w.sweep(w.Clock.Now().Add(time.Hour))
	if late := w.says(w.of("officer1")); !strings.Contains(late, "See to it") {
		t.Errorf("of a late delivery: %s", late)
	}
	for _, x := range []struct {
		roles []terms.Role
		rule  terms.DueRule
		holds bool
		want  deadline.Reader
	}{
		{[]terms.Role{terms.RoleOfficer}, near, true, deadline.Officer},
		{[]terms.Role{terms.RoleOfficer}, near, false, deadline.Officer}, // in his app it stays what he was told
		{[]terms.Role{terms.RoleOfficer, terms.RoleRegistryManager}, near, false, deadline.Registry},
		{[]terms.Role{terms.RoleRegistryClerk}, near, false, deadline.Registry},
		{[]terms.Role{terms.RoleOfficer, terms.RoleRegistryClerk}, terms.DueDelivery, true, deadline.Registry},
	} {
		if got := deadline.ReaderOf(x.rule, x.roles, x.holds); got != x.want {
			t.Errorf("%v of %s, holds %t: %d", x.roles, x.rule, x.holds, got)
		}
	}
}

func (w *world) says(d *ent.Delivery) string {
	w.Helper()
	c, err := w.letters().Render(w.System(), d)
	if err != nil {
		w.Fatal(err)
	}
	return string(c.Document)
}

// The day of the registry section's reminder is used up by reminding somebody.
func TestADayWithoutStaffIsNotUsedUp(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t))
	staff := w.Store.Client.Account.Update().Where(account.NameIn("registry1", "manager1"))
	staff.SetStatus(terms.AccountClosed).ExecX(w.System())
	w.hears(docket, local(t, "2026-12-08 10:00:00"))
	w.sweep(local(t, "2026-12-07 09:00:00"))
	w.expect("nobody is there", w.reminded(), []string{})
	w.Store.Client.Account.Update().Where(account.Name("registry1")).SetStatus(terms.AccountActive).ExecX(w.System())
	w.hears("HHDFA260000002S", local(t, "2026-12-08 10:00:00"))
	if _, err := w.sweeper.Sweep(context.Background()); err != nil {
		t.Fatal(err)
	}
	w.expect("the clerk is back", w.reminded(), []string{"12-07 registry1 HEARING_NEAR", "12-07 registry1 PAST_LAST_TIMELY_DAY"})
}
