package registry_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/intake/intaketest"
	"github.com/service-tracking/sts/internal/registry"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// §3(d), §3(e), §3(f): in every state each decision does what the machine says,
// with its row and its records; or it is refused with words, and nothing changes.
func TestEveryDecisionInEveryState(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.served(feed.Registry{OrderNumber: "PO"})
		for _, x := range []struct {
			name  string
			do    decide
			event delivery.Event
			kind  terms.DecisionKind
		}{
			{"retry", retry, delivery.PersonRetries, terms.DecideRetry},
			{"confirm", confirm, delivery.PersonConfirms, terms.DecideConfirm},
			{"abandon", abandon, delivery.PersonAbandons, terms.DecideAbandon},
		} {
			for _, to := range []terms.RecipientKind{terms.ToAgency, terms.ToStateFile, terms.ToNationalFile} {
				for _, state := range everyState {
					d := o.put(to, state)
					want, err := delivery.Next(state, x.event)
					possible := err == nil && state != terms.Confirmed // what a machine confirmed stays
					if x.kind == terms.DecideAbandon && to != terms.ToAgency && possible {
						if code := o.does(abandon, "manager1", d); code != "" {
							t.Fatalf("proposing to abandon %s in %s: %s", to, state, code)
						}
						o.is(d, state)
					}
					code := o.does(x.do, "registry1", d)
					kinds, changes := o.decisions(d), o.records(d.ID, terms.DeliveryChanged)
					if !possible {
						if code != registry.NotPossibleNow || len(kinds)+len(changes) > 0 || o.now(d).Version != d.Version {
							t.Errorf("%s %s in %s: %q, %v", x.name, to, state, code, kinds)
						}
						continue
					}
					o.is(d, want)
					if code != "" || kinds[len(kinds)-1] != x.kind || len(changes) != 1 || changes[0].Actor != "registry1" || terms.Value(changes[0].AccountID) != o.As("registry1").Account {
						t.Errorf("%s %s in %s: %q, %v, %v", x.name, to, state, code, kinds, changes)
					}
					decided := o.records(d.ID, terms.DeliveryDecided)
					if len(decided) != len(kinds) || !strings.Contains(string(decided[len(decided)-1].Facts), "I telephoned them") {
						t.Errorf("%s %s in %s: the journal tells %v", x.name, to, state, decided)
					}
				}
			}
		}
	})
}

// §3(e), §3(f): a record for an order file is given up by two people; a notice by
// one.
func TestAbandoningAFileUpdateTakesTwo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.served(feed.Registry{OrderNumber: "PO"})
		d := o.put(terms.ToStateFile, terms.Failed)
		for n, x := range []struct {
			who   string
			code  registry.Code
			state terms.DeliveryState
		}{
			{"registry1", "", terms.Failed},
			{"registry1", registry.SecondPersonNeeded, terms.Failed},
			{"manager1", "", terms.Abandoned},
			{"manager1", "", terms.Abandoned}, // again: it is as it is
			{"registry1", registry.NotPossibleNow, terms.Abandoned},
		} {
			if code := o.does(abandon, x.who, d); code != x.code {
				t.Errorf("call %d: %q, want %q", n, code, x.code)
			}
			o.is(d, x.state)
		}
		if kinds := o.decisions(d); !slices.Equal(kinds, []terms.DecisionKind{terms.DecideProposeAbandon, terms.DecideAbandon}) {
			t.Errorf("decisions: %v", kinds)
		}
		notice := o.put(terms.ToAgency, terms.Failed)
		if code := o.does(abandon, "registry1", notice); code != "" {
			t.Errorf("abandoning a notice: %s", code)
		}
		o.is(notice, terms.Abandoned)
	})
}

// A proposal is about the delivery as it stood: what has since been retried or
// confirmed must be proposed anew.
func TestAProposalLapses(t *testing.T) {
	for name, meanwhile := range map[string]func(*office, *ent.Delivery){
		"retried, and failed again": func(o *office, d *ent.Delivery) {
			if code := o.does(retry, "manager1", d); code != "" {
				o.Fatal(code)
			}
			o.settle(d, delivery.Refused)
		},
		"confirmed by the file, which later rejects it": func(o *office, d *ent.Delivery) {
			o.settle(d, delivery.Confirmed)
			o.settle(d, delivery.Refused)
		},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				o := newOffice(t, s)
				o.served(feed.Registry{OrderNumber: "PO"})
				d := o.put(terms.ToStateFile, terms.Unknown)
				if code := o.does(abandon, "registry1", d); code != "" {
					t.Fatal(code)
				}
				if standing, err := registry.Proposals(o.System(), s.Client, o.now(d)); err != nil || standing[d.ID] == nil {
					t.Fatalf("the proposal does not stand: %v", err)
				}
				meanwhile(o, d)
				o.is(d, terms.Failed)
				if standing, err := registry.Proposals(o.System(), s.Client, o.now(d)); err != nil || len(standing) > 0 {
					t.Fatalf("the proposal stands: %v, %v", standing, err)
				}
				if code := o.does(abandon, "manager1", d); code != "" {
					t.Error(code)
				}
				o.is(d, terms.Failed)
				if code := o.does(abandon, "registry1", d); code != "" {
					t.Error(code)
				}
				o.is(d, terms.Abandoned)
			})
		})
	}
}

// §3(e): an older update is not sent again over a newer one that may have reached
// the file; as long as the newer one waits for it, it is.
func TestAnOvertakenUpdateIsNotRetried(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.served(feed.Registry{OrderNumber: "PO"})
		again := o.Service(docket, intaketest.Noon)
		again.Confirm = []terms.Confirmation{terms.ConfirmAlreadyServed}
		o.Clock.Advance(time.Minute)
		later := o.Serve(again).Activity
		for _, state := range everyState {
			o.serial++
			key := fmt.Sprintf("LANE-%d", o.serial)
			older := o.insert(terms.ToStateFile, key, o.service, terms.Failed)
			newer := o.insert(terms.ToStateFile, key, later, state)
			want := registry.NotPossibleNow
			switch state {
			case terms.Superseded:
				want = ""
			}
			if code := o.does(retry, "registry1", older); code != want {
				t.Errorf("the newer one is %s: %q, want %q", state, code, want)
			}
			o.is(newer, state)
		}
		// One that is not settled holds its lane, and goes before what waits for it.
		for state, want := range map[terms.DeliveryState]registry.Code{terms.Waiting: "", terms.Abandoned: "", terms.Sent: registry.NotPossibleNow} {
			o.serial++
			key := fmt.Sprintf("LANE-%d", o.serial)
			older := o.insert(terms.ToStateFile, key, o.service, terms.Unknown)
			newer := o.insert(terms.ToStateFile, key, later, state)
			if code := o.does(retry, "registry1", older); code != want {
				t.Errorf("this one is UNKNOWN, the newer one %s: %q, want %q", state, code, want)
			}
			if state != terms.Abandoned {
				continue
			}
			o.settle(older, delivery.Unknown)
			s.Client.Delivery.UpdateOneID(newer.ID).SetAttemptCount(1).ExecX(o.System())
			if code := o.does(retry, "registry1", older); code != registry.NotPossibleNow {
				t.Errorf("the newer one was abandoned after an attempt: %q", code)
			}
		}
		// §3(d): a notice that a newer one names is not sent again.
		notice := o.put(terms.ToAgency, terms.Failed)
		correction := o.insert(terms.ToAgency, string(terms.NewID(terms.AgencyPrefix)), later, terms.Superseded, notice.ID)
		if code := o.does(retry, "registry1", notice); code != "" {
			t.Errorf("the newer notice was superseded: %q", code)
		}
		o.settle(notice, delivery.Refused)
		s.Client.Delivery.UpdateOneID(correction.ID).SetState(terms.Confirmed).ExecX(o.System())
		if code := o.does(retry, "registry1", notice); code != registry.NotPossibleNow {
			t.Errorf("a newer notice names it: %q", code)
		}
		// The national file's update goes by the state file's.
		for state, want := range map[terms.DeliveryState]registry.Code{
			terms.Failed: registry.NotPossibleNow, terms.Abandoned: registry.NotPossibleNow, terms.Superseded: registry.NotPossibleNow,
			terms.Confirmed: "", terms.Sent: "", terms.Retrying: "",
		} {
			o.serial++
			key := fmt.Sprintf("LANE-%d", o.serial)
			o.insert(terms.ToStateFile, key, o.service, state)
			if code := o.does(retry, "registry1", o.insert(terms.ToNationalFile, key, o.service, terms.Failed)); code != want {
				t.Errorf("the state file's update is %s: %q, want %q", state, code, want)
			}
		}
	})
}

// §3(d): a person confirms because he checked by other means. A refusal that
// comes later does not silently undo it, and does not pass unseen.
func TestARefusalDisputesWhatAPersonConfirmed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.served(feed.Registry{OrderNumber: "PO"})
		dispatcher := delivery.New(s, delivery.Options{Clock: o.Clock.Now})
		s.Client.Delivery.Update().SetState(terms.Confirmed).SetNextAt(delivery.Never).ExecX(o.System()) // all others
		overdue := func() int {
			t.Helper()
			n, err := dispatcher.Overdue(o.System())
			o.check(err)
			return n
		}
		d := o.put(terms.ToStateFile, terms.Unknown)
		o.Clock.Advance(time.Hour)
		if overdue() != 1 {
			t.Fatal("it is not overdue")
		}
		if code := o.does(confirm, "registry1", d); code != "" || overdue() != 0 {
			t.Fatalf("%q, %d overdue", code, overdue())
		}
		o.settle(d, delivery.Refused)
		if now := o.now(d); now.State != terms.Confirmed || !delivery.Disputed(now) || now.ConfirmedAt == nil || overdue() != 1 {
			t.Errorf("after the refusal: %+v, %d overdue", now, overdue())
		}
		changes := o.records(d.ID, terms.DeliveryChanged)
		if last := changes[len(changes)-1]; !strings.Contains(string(last.Facts), "WAS_DISPUTED") {
			t.Errorf("the journal tells %s", last.Facts)
		}
		o.settle(d, delivery.Refused)
		if n := len(o.records(d.ID, terms.DeliveryChanged)); n != len(changes) {
			t.Error("said again, it makes another record")
		}
		if code := o.does(abandon, "registry1", d); code != registry.NotPossibleNow {
			t.Errorf("abandoning what is confirmed: %q", code)
		}
		if code := o.does(confirm, "registry1", d); code != "" || delivery.Disputed(o.now(d)) || overdue() != 0 {
			t.Errorf("confirmed anew: %q", code)
		}
		// He was mistaken, and takes it back.
		if code := o.does(retry, "registry1", d); code != "" {
			t.Error(code)
		}
		o.is(d, terms.Retrying)
		o.settle(d, delivery.Confirmed)
		o.settle(d, delivery.Refused)
		o.is(d, terms.Failed) // the file's own confirmation is undone as ever
	})
}

// A double click changes nothing, and answers the delivery as it is; a new
// failure can be retried anew.
func TestADoubleClick(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.served(feed.Registry{OrderNumber: "PO"})
		d := o.put(terms.ToAgency, terms.Failed)
		for range 3 {
			if code := o.at(retry, "registry1", d, "line was busy"); code != "" {
				t.Error(code)
			}
		}
		s.Client.Delivery.UpdateOneID(d.ID).SetState(terms.Failed).ExecX(o.System()) // at once
		o.Clock.Advance(time.Second)
		if code := o.at(retry, "registry1", d, " line was busy "); code != "" {
			t.Error(code)
		}
		o.is(d, terms.Failed)
		if kinds := o.decisions(d); len(kinds) != 1 {
			t.Errorf("decisions: %v", kinds)
		}
		o.Clock.Advance(10 * time.Second)
		if code := o.at(retry, "registry1", d, "line was busy"); code != "" {
			t.Error(code)
		}
		o.is(d, terms.Retrying)
		if code := o.at(retry, "manager1", d, "line was busy"); code != registry.NotPossibleNow {
			t.Errorf("a colleague's click: %q", code)
		}
		if kinds := o.decisions(d); len(kinds) != 2 {
			t.Errorf("decisions: %v", kinds)
		}
	})
}

// Two at once: one decides, the others are told. For an order file nobody's two
// calls make two people.
func TestDecisionsAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.served(feed.Registry{OrderNumber: "PO"})
		notice, update := o.put(terms.ToAgency, terms.Failed), o.put(terms.ToStateFile, terms.Failed)
		var mu sync.Mutex
		codes := map[registry.Code]int{}
		var all sync.WaitGroup
		for i := range 16 {
			do := []decide{retry, confirm, abandon}[i%3]
			who := o.As([]string{"registry1", "manager1"}[i/8])
			all.Go(func() {
				done, err := do(o.desk, context.Background(), who, registry.Decision{Delivery: notice.ID, Reason: fmt.Sprint("because ", i)})
				if err != nil {
					t.Error(err)
				}
				if _, err := abandon(o.desk, context.Background(), o.As("registry1"), registry.Decision{Delivery: update.ID, Reason: "once"}); err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				if done.Refusal != nil {
					codes[done.Refusal.Code]++
				} else {
					codes[""]++
				}
			})
		}
		all.Wait()
		if codes[registry.NotPossibleNow] == 0 || codes[""] == 0 || len(codes) != 2 {
			t.Errorf("answered: %v", codes)
		}
		if changes := o.records(notice.ID, terms.DeliveryChanged); len(changes) != len(o.decisions(notice)) {
			t.Errorf("%v decided, %d moves", o.decisions(notice), len(changes))
		}
		o.is(update, terms.Failed)
		if kinds := o.decisions(update); !slices.Equal(kinds, []terms.DecisionKind{terms.DecideProposeAbandon}) {
			t.Errorf("one person's calls at once: %v", kinds)
		}
	})
}

// Reasons are needed and bounded; an id must be one of a delivery that is there.
func TestADecisionNeedsAReason(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	o.served(feed.Registry{OrderNumber: "PO"})
	d := o.put(terms.ToAgency, terms.Failed)
	for reason, want := range map[string]registry.Code{
		"": registry.ReasonRequired, " \n\t": registry.ReasonRequired, "a\x00b": registry.BadText, "\u202eevil": registry.BadText,
		strings.Repeat("x", 2001): registry.TooLong, strings.Repeat("é", 2000): "",
	} {
		if code := o.at(confirm, "registry1", d, reason); code != want {
			t.Errorf("%.20q: %q, want %q", reason, code, want)
		}
	}
	nowhere := &ent.Delivery{ID: terms.NewID(terms.DeliveryPrefix)}
	if code := o.at(retry, "registry1", nowhere, "why"); code != registry.DeliveryNotFound {
		t.Errorf("an id that does not exist: %q", code)
	}
	var bad *terms.InputError
	if _, err := o.desk.RetryDelivery(t.Context(), o.As("registry1"), registry.Decision{Delivery: o.service.ID, Reason: "why"}); !errors.As(err, &bad) || bad.Code != terms.BadID {
		t.Errorf("an id of another type: %v", err)
	}
}

// §9(a)(2): only registry staff decide, and no worker of ours.
func TestWhoDecides(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	o.served(feed.Registry{OrderNumber: "PO"})
	d := o.put(terms.ToAgency, terms.Failed)
	unsigned := o.As("registry1")
	unsigned.Agreed = false
	for name, x := range map[string]struct {
		v    *access.Viewer
		want error
	}{
		"nobody": {nil, access.ErrUnauthenticated}, "a worker": {access.System("dispatcher"), access.ErrForbidden}, "without the agreement": {unsigned, access.ErrNotAgreed},
		"an officer": {o.As("officer1"), access.ErrForbidden}, "a supervisor": {o.As("supervisor1"), access.ErrForbidden},
		"court staff": {o.As("court1"), access.ErrForbidden}, "an analyst": {o.As("analyst1"), access.ErrForbidden},
	} {
		ctx := context.Background()
		_, retried := o.desk.RetryDelivery(ctx, x.v, registry.Decision{Delivery: d.ID, Reason: "r"})
		_, assigned := o.desk.AssignAgency(ctx, x.v, registry.Assignment{})
		_, set := o.desk.SetAgencyContact(ctx, x.v, registry.Contact{})
		_, reviewed := o.desk.ReviewActivity(ctx, x.v, registry.SeenTo{Activity: o.service.ID})
		for _, err := range []error{retried, assigned, set, reviewed} {
			if !errors.Is(err, x.want) {
				t.Errorf("%s: %v, want %v", name, err, x.want)
			}
		}
	}
	o.is(d, terms.Failed)
}
