package deadline_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/dueitem"
	"github.com/service-tracking/sts/ent/journalrecord"
	ledger "github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// truth is what the rules of the policy say, written as people say them, day by
// day, without the code under test.
func truth(now time.Time, hearing *time.Time, kind terms.OrderKind, served, reported bool) map[terms.DueRule]bool {
	due := map[terms.DueRule]bool{}
	if served || hearing == nil {
		return due
	}
	noon := func(t time.Time) time.Time { // of the court's day, to count days by
		y, m, d := t.In(terms.CourtZone).Date()
		return time.Date(y, m, d, 12, 0, 0, 0, time.UTC)
	}
	days := int(noon(*hearing).Sub(noon(now)).Hours()) / 24 // until the hearing
	timely := map[terms.OrderKind]int{terms.ReliefFromAbuse: 3, terms.CivilProtectionOrder: 5}[kind]
	due[past] = days >= 0 && days < timely
	due[near] = !reported && (days == 0 || days == 1)
	due[over] = !reported && days < 0
	return due
}

// §5(b), §5(c): whatever the feeds and the officers do while time passes, a due
// item is there exactly once, if and only if the rule was true at a sweep; and
// no officer is told twice of one hearing in a day, or of what was less urgent.
func TestWhateverHappensEachDueItemExistsOnce(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t)) // one database: each run brings a case of its own
	runs := 0
	rapid.Check(t, func(r *rapid.T) {
		runs++
		docket := terms.Docket(fmt.Sprintf("HHDFA26%07dS", 9000000+runs))
		w.OpenCase(feed.Daybook{DocketNumber: docket})
		kase := w.Case(docket).ID
		kind := rapid.SampledFrom([]terms.OrderKind{terms.ReliefFromAbuse, terms.CivilProtectionOrder}).Draw(r, "kind")
		w.holds(docket, "officer1")
		var hearing *time.Time
		served := false
		type key struct {
			rule  terms.DueRule
			about string
		}
		want := map[key]bool{}
		steps := rapid.IntRange(3, 14).Draw(r, "steps")
		for range steps {
			switch rapid.SampledFrom([]string{"wait", "wait", "wait", "hearing", "attempt", "report", "service", "same hearing"}).Draw(r, "step") {
			case "wait":
				w.Clock.Advance(time.Duration(rapid.SampledFrom([]int{1, 7, 24, 24, 30, 72}).Draw(r, "hours")) * time.Hour)
			case "hearing":
				at := terms.DateOf(w.Clock.Now()).AddDays(rapid.IntRange(-2, 9).Draw(r, "in days")).Start().
					Add(time.Duration(rapid.IntRange(8*60, 17*60).Draw(r, "minute")) * time.Minute)
				hearing = &at
				fallthrough
			case "same hearing":
				w.Clock.Advance(time.Second)
				w.Registry(feed.Registry{DocketNumber: docket, OrderNumber: "PO-1", OrderKind: kind, HearingAt: hearing})
			case "attempt":
				if !served {
					w.Try(w.Attempt(docket, w.Clock.Now()))
				}
			case "report":
				if !served {
					in := w.Attempt(docket, w.Clock.Now())
					in.NoFurtherAttempt = true
					w.Try(in)
				}
			case "service":
				if served || rapid.IntRange(0, 3).Draw(r, "really") > 0 {
					continue
				}
				served = true
				w.Serve(w.Service(docket, w.Clock.Now()))
			}
			if rapid.IntRange(0, 3).Draw(r, "sweep") == 0 {
				continue
			}
			// Everything arrives.
			w.Store.Client.Delivery.Update().Where(delivery.CaseID(kase)).SetState(terms.Confirmed).SetNextAt(ledger.Never).ExecX(w.System())
			if _, err := w.sweeper.Sweep(context.Background()); err != nil {
				r.Fatal(err)
			}
			for rule, due := range truth(w.Clock.Now(), hearing, kind, served, w.Case(docket).ReportMade) {
				if due {
					want[key{rule, hearing.UTC().Format(terms.InstantLayout)}] = false
				}
			}
		}
		items := w.Store.Client.DueItem.Query().Where(dueitem.CaseID(kase)).AllX(w.System())
		byID := map[terms.ID]*ent.DueItem{}
		for _, i := range items {
			k := key{i.Rule, i.AboutKey}
			seen, expected := want[k]
			if seen || !expected {
				r.Errorf("noticed %v: twice %t, expected %t", k, seen, expected)
			}
			want[k] = true
			byID[i.ID] = i
			if n := w.Store.Client.JournalRecord.Query().Where(journalrecord.AboutID(i.ID), journalrecord.KindEQ(terms.BecameOverdue)).CountX(w.System()); n != 1 {
				r.Errorf("%d journal records of %v", n, k)
			}
		}
		for k, seen := range want {
			if !seen {
				r.Errorf("not noticed: %v", k)
			}
		}
		rank := map[terms.DueRule]int{past: 1, near: 2, over: 3}
		told := map[terms.Date]int{}
		for _, d := range w.Store.Client.Delivery.Query().Where(delivery.CaseID(kase), delivery.RecipientKey(string(w.As("officer1").Account))).
			Order(ent.Asc(delivery.FieldCreatedAt, delivery.FieldID)).AllX(w.System()) {
			day, rule := terms.DateOf(d.CreatedAt), byID[*d.DueItemID].Rule
			if rank[rule] <= told[day] {
				r.Errorf("told of %s on %s after something as urgent", rule, day)
			}
			told[day] = rank[rule]
		}
		w.Consistent()
	})
	// However many cases: of a rule, the staff of the registry section once a day.
	type once struct {
		day     terms.Date
		rule    terms.DueRule
		account string
	}
	seen := map[once]bool{}
	rule := map[terms.ID]terms.DueRule{}
	for _, i := range w.Store.Client.DueItem.Query().AllX(w.System()) {
		rule[i.ID] = i.Rule
	}
	for _, d := range w.reminders() {
		k := once{terms.DateOf(d.CreatedAt), rule[*d.DueItemID], d.RecipientKey}
		if d.RecipientKey != string(w.As("officer1").Account) && seen[k] {
			t.Errorf("told twice: %v", k)
		}
		seen[k] = true
	}
	if runs < 20 || len(rule) < runs/4 {
		t.Errorf("%d due items in %d runs: this proves nothing", len(rule), runs)
	}
}
