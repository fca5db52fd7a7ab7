package deadline_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/account"
	ledger "github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// §5(b), §5(c): the officer who holds the papers is reminded, of one hearing once
// a day, and of what is more urgent anew; when it has passed, the registry
// section as well.
func TestTheHolderIsReminded(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		w.hears(docket, local(t, "2026-12-08 10:00:00"))
		w.holds(docket, "officer1")
		for _, at := range []string{"2026-12-06 00:00:00", "2026-12-06 10:00:00", "2026-12-07 00:00:00", "2026-12-08 10:00:00", "2026-12-09 00:00:00", "2026-12-10 00:00:00"} {
			w.sweep(local(t, at))
		}
		w.expect("day by day", w.reminded(), []string{
			"12-06 officer1 PAST_LAST_TIMELY_DAY", "12-07 officer1 HEARING_NEAR",
			"12-09 manager1 HEARING_PASSED", "12-09 officer1 HEARING_PASSED", "12-09 registry1 HEARING_PASSED",
		})
		for _, d := range w.reminders() {
			if d.ActivityID != nil || d.State != terms.Pending || d.CaseID != w.Case(docket).ID {
				t.Errorf("a reminder: %v", d)
			}
		}
	})
}

// §5(b), §5(c): what becomes due at once is one reminder, of the most urgent.
func TestOneReminderADay(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t))
	w.hears(docket, local(t, "2026-12-08 10:00:00"))
	w.holds(docket, "officer1")
	other := terms.Docket("HHDFA260000002S")
	w.hears(other, local(t, "2026-12-30 10:00:00"))
	w.holds(other, "officer2")
	w.sweep(local(t, "2026-12-07 09:00:00")) // both are due
	near := []string{"12-07 officer1 HEARING_NEAR"}
	w.expect("both at once", w.reminded(), near)
	w.sent("officer1")
	// The hearing moves by an hour: another hearing, and the same to him.
	w.continued(docket, local(t, "2026-12-08 11:00:00"))
	if n := w.sweep(local(t, "2026-12-07 09:30:00")); n != 2 {
		t.Errorf("%d noticed of another hearing", n)
	}
	w.expect("moved within the day", w.reminded(), near)
	// By two days: what was said of tomorrow covers it.
	w.continued(docket, local(t, "2026-12-09 11:00:00"))
	w.sweep(local(t, "2026-12-07 10:00:00"))
	w.expect("less urgent than what was said today", w.reminded(), near)

	w.continued(other, local(t, "2026-12-09 10:00:00"))
	w.sweep(local(t, "2026-12-07 11:00:00"))
	w.continued(other, local(t, "2026-12-08 10:00:00")) // earlier than it was
	w.sweep(local(t, "2026-12-07 12:00:00"))
	w.sent("officer2")
	w.expect("more urgent than what was said today", w.reminded(), append(near, "12-07 officer2 HEARING_NEAR", "12-07 officer2 PAST_LAST_TIMELY_DAY"))
}

// §5(b): the hearing moves within the night: what was to be sent in the morning is
// of no use then, and the officer is rung once all the same, of the other.
func TestTheHearingMovesWithinTheNight(t *testing.T) {
	for name, how := range map[string]func(*world, *ent.Delivery){
		"before it is superseded": func(*world, *ent.Delivery) {},
		"after": func(w *world, d *ent.Delivery) {
			w.Store.Client.Delivery.UpdateOneID(d.ID).SetState(terms.Superseded).ExecX(w.System())
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, storetest.SQLite(t))
			w.hears(docket, local(t, "2026-12-08 10:00:00"))
			w.holds(docket, "officer1")
			w.sweep(local(t, "2026-12-07 00:00:00"))
			first := w.of("officer1")
			w.Clock.Set(local(t, "2026-12-07 01:00:00"))
			w.continued(docket, local(t, "2026-12-08 11:00:00"))
			how(w, first)
			w.sweep(local(t, "2026-12-07 01:00:30"))
			w.Clock.Set(local(t, "2026-12-07 06:00:00"))
			if _, err := w.letters().Render(w.System(), first); !errors.Is(err, ledger.ErrGone) {
				t.Errorf("the first: %v", err)
			}
			if second := w.of("officer1"); second.ID == first.ID {
				t.Error("he is not rung at all")
			} else if _, err := w.letters().Render(w.System(), second); err != nil {
				t.Errorf("the second: %v", err)
			}
			w.expect("in the end", w.reminded(), []string{"12-07 officer1 HEARING_NEAR", "12-07 officer1 HEARING_NEAR"})
		})
	}
}

// §6(b): the receiver of a transfer is reminded that he has not acknowledged it.
func TestTheReceiverIsReminded(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t))
	w.hears(docket, local(t, "2026-12-08 10:00:00"))
	w.holds(docket, "officer1")
	at := local(t, "2026-12-01 10:00:00")
	w.Clock.Set(at)
	transfer := w.Transfer("officer1", docket, "officer3", at).Activity
	w.sweep(at.Add(25 * time.Hour))
	w.expect("a day after the transfer", w.reminded(), []string{"12-02 officer3 TRANSFER_UNACKNOWLEDGED"})
	if _, err := w.letters().Render(w.System(), w.of("officer3")); err != nil {
		t.Errorf("before he acknowledges it: %v", err)
	}
	w.Acknowledge("officer3", transfer.ID)
	if _, err := w.letters().Render(w.System(), w.of("officer3")); !errors.Is(err, ledger.ErrGone) {
		t.Errorf("after: %v", err)
	}
}

// The registry section is reminded where no officer can be: nobody holds the
// papers, he has no account, it is closed, or he has not signed (§9(a)(3)). Of a
// rule once a day, however many cases there are; and of deliveries (§3(d)).
func TestTheRegistrySectionIsReminded(t *testing.T) {
	for name, how := range map[string]func(*world, *ent.AccountUpdate){
		"nobody holds the papers": func(w *world, _ *ent.AccountUpdate) {
			w.change(docket, func(u *ent.RegistryCaseUpdate) { u.ClearHolderOfficerID() })
		},
		"he has no account":                      func(_ *world, u *ent.AccountUpdate) { u.ClearOfficerID() },
		"his account is closed":                  func(_ *world, u *ent.AccountUpdate) { u.SetStatus(terms.AccountClosed) },
		"he has not signed the agreement":        func(_ *world, u *ent.AccountUpdate) { u.ClearAgreementSignedAt() },
		"his account is not an officer's (yet?)": func(_ *world, u *ent.AccountUpdate) { u.SetRoles([]terms.Role{terms.RoleAnalyst}) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, storetest.SQLite(t))
			w.hears(docket, local(t, "2026-12-08 10:00:00"))
			w.holds(docket, "officer1")
			u := w.Store.Client.Account.Update().Where(account.Name("officer1"))
			how(w, u)
			if len(u.Mutation().Fields())+len(u.Mutation().ClearedFields()) > 0 {
				u.ExecX(w.System())
			}
			for n := range 5 {
				w.hears(terms.Docket(fmt.Sprintf("HHDFA26%07dS", n+1)), local(t, "2026-12-08 10:00:00"))
			}
			w.sweep(local(t, "2026-12-07 00:00:00"))
			w.sweep(local(t, "2026-12-07 00:00:30"))
			w.expect("first of the day", w.reminded(), []string{
				"12-07 manager1 HEARING_NEAR", "12-07 manager1 PAST_LAST_TIMELY_DAY", "12-07 registry1 HEARING_NEAR", "12-07 registry1 PAST_LAST_TIMELY_DAY",
			})
		})
	}
}

// §3(d): late deliveries are the registry section's, whoever holds the papers.
func TestLateDeliveriesAreTheRegistrySections(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t))
	w.hears(docket, local(t, "2026-12-08 10:00:00"))
	w.Serve(w.Service(docket, w.Clock.Now()))
	w.sweep(w.Clock.Now().Add(time.Hour))
	w.sweep(w.Clock.Now().Add(time.Hour))
	w.expect("late", w.reminded(), []string{"11-24 manager1 DELIVERY_OVERDUE", "11-24 registry1 DELIVERY_OVERDUE"})
}

// No officer is rung at night, nor of what came due long ago; the registry
// section works around the clock.
func TestNobodyIsRungInVain(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t))
	w.hears(docket, local(t, "2027-11-08 10:00:00"))
	w.holds(docket, "officer1")
	w.OpenCase(feed.Daybook{DocketNumber: "HHDFA260000002S"})
	w.holds("HHDFA260000002S", "officer2")
	for _, x := range []struct{ at, rings string }{
		{"2027-11-07 00:00:00", "2027-11-07 06:00:00"}, // the night has an hour more
		{"2027-11-09 05:59:59", "2027-11-09 06:00:00"},
	} {
		w.sweep(local(t, x.at))
		i := slices.IndexFunc(w.reminders(), func(d *ent.Delivery) bool {
			return d.RecipientKey == string(w.As("officer1").Account) && d.CreatedAt.Equal(local(t, x.at))
		})
		if i < 0 {
			t.Fatalf("nobody is reminded at %s", x.at)
		}
		d := w.reminders()[i]
		if !d.NextAt.Equal(local(t, x.rings)) || !d.DueBy.Equal(d.NextAt.Add(time.Hour)) {
			t.Errorf("noticed %s, rings %v, by %v", x.at, d.NextAt.In(terms.CourtZone), d.DueBy)
		}
	}
	for _, d := range w.reminders() {
		if officer := d.RecipientKey == string(w.As("officer1").Account); !officer && !d.NextAt.Equal(d.CreatedAt) {
			t.Errorf("the registry section is rung at %v", d.NextAt)
		}
	}
	old := terms.Docket("HHDFA260000002S")
	w.continued(old, local(t, "2027-10-26 10:00:00"))
	before := w.reminded()
	w.sweep(local(t, "2027-11-10 10:00:00"))
	w.expect("a hearing of two weeks ago", w.reminded(), append(before, "11-10 manager1 HEARING_PASSED", "11-10 registry1 HEARING_PASSED"))
	if got := w.noticed(old); !slices.Equal(got, is{over}) {
		t.Errorf("noticed are %v", got)
	}
}
