package deadline_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/journalpending"
	"github.com/service-tracking/sts/ent/journalrecord"
	"github.com/service-tracking/sts/internal/deadline"
	ledger "github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// §5(b), §5(c): what becomes due is noticed once, with its journal record, in
// the order of the case.
func TestWhatBecomesDueIsNoticedOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		hearing := local(t, "2026-12-08 10:00:00")
		w.hears(docket, hearing)
		nudged := 0
		w.sweeper = w.another(deadline.Options{OnCommit: func() { nudged++ }})
		for _, step := range []struct {
			at   string
			want int
		}{
			{"2026-12-05 23:59:59", 0}, {"2026-12-06 00:00:00", 1}, {"2026-12-06 00:00:30", 0}, {"2026-12-06 23:59:59", 0},
			{"2026-12-07 00:00:10", 1}, {"2026-12-07 00:00:40", 0}, {"2026-12-08 09:59:59", 0}, {"2026-12-08 15:00:00", 0},
			{"2026-12-09 00:00:01", 1}, {"2026-12-09 00:00:31", 0}, {"2027-01-09 00:00:00", 0},
		} {
			if got := w.sweep(local(t, step.at)); got != step.want {
				t.Errorf("at %s %d are noticed, want %d", step.at, got, step.want)
			}
		}
		if got := w.noticed(docket); !slices.Equal(got, is{past, near, over}) || nudged != 3 {
			t.Fatalf("noticed are %v, after %d nudges", got, nudged)
		}
		c := w.Case(docket)
		for i, item := range s.Client.DueItem.Query().Order(ent.Asc("noticed_at")).AllX(w.System()) {
			want := local(t, []string{"2026-12-06 00:00:00", "2026-12-07 00:00:00", "2026-12-09 00:00:00"}[i])
			if !item.DueAt.Equal(want) || item.NoticedAt.Before(want) || !item.HearingAt.Equal(hearing) || item.AboutKey != "2026-12-08T15:00:00.000000Z" {
				t.Errorf("due item: %v", item)
			}
			record := s.Client.JournalRecord.Query().Where(journalrecord.AboutID(item.ID)).OnlyX(w.System())
			pending := s.Client.JournalPending.Query().Where(journalpending.ID(record.ID)).OnlyX(w.System())
			if record.Kind != terms.BecameOverdue || *record.CaseID != c.ID || record.Actor != "deadline" || record.AccountID != nil ||
				!record.RecordedAt.Equal(item.NoticedAt) || pending.Sequence != item.Sequence || pending.CaseKey != string(c.ID) {
				t.Errorf("journal record: %v %v", record, pending)
			}
		}
		w.Consistent()
	})
}

// §5(b): what is recorded after a notice is recorded after it, though the
// machine's clock went back.
func TestANoticeIsOfTheCasesOrder(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t))
	w.hears(docket, local(t, "2026-12-08 10:00:00"))
	w.sweep(local(t, "2026-12-07 08:00:00"))
	noticed := w.Case(docket).LastRecordedAt
	w.Clock.Advance(-time.Minute)
	a := w.Try(w.Attempt(docket, w.Clock.Now())).Activity
	if item := w.Store.Client.DueItem.Query().FirstX(w.System()); !a.RecordedAt.After(noticed) || a.Sequence <= item.Sequence {
		t.Errorf("an attempt of %v, %d follows a notice of %v, %d", a.RecordedAt, a.Sequence, noticed, item.Sequence)
	}
}

// §5(b), §5(c): a service ends every clock, a report that of §5(b); the same
// hearing in a newer row is no news, another hearing is.
func TestWhatIsNoticedAndWhatNot(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		hearing := local(t, "2026-12-08 10:00:00")
		docketOf := func(n int) terms.Docket { return terms.Docket(fmt.Sprintf("HHDFA26%07dS", n)) }
		served, reported, attempted, again, moved, late, bare := docketOf(1), docketOf(2), docketOf(3), docketOf(4), docketOf(5), docketOf(6), docketOf(7)
		for _, d := range []terms.Docket{served, reported, attempted, again, moved, late} {
			w.hears(d, hearing)
		}
		w.OpenCase(feed.Daybook{DocketNumber: bare}) // no hearing is known
		w.Clock.Set(local(t, "2026-12-04 12:00:00"))
		w.Serve(w.Service(served, w.Clock.Now()))
		w.Try(w.Attempt(attempted, w.Clock.Now())) // and may go again: §5(b) is not met
		report := w.Attempt(reported, w.Clock.Now())
		report.NoFurtherAttempt = true
		w.Try(report)
		s.Client.Delivery.Update().SetState(terms.Confirmed).SetNextAt(ledger.Never).ExecX(w.System()) // they arrive
		w.sweep(local(t, "2026-12-07 00:00:00"))
		w.continued(again, hearing)
		w.continued(moved, local(t, "2026-12-22 10:00:00"))
		w.Serve(w.Service(late, local(t, "2026-12-06 10:00:00")))
		s.Client.Delivery.Update().SetState(terms.Confirmed).SetNextAt(ledger.Never).ExecX(w.System())
		for _, at := range []string{"2026-12-07 10:00:00", "2026-12-09 00:00:00", "2026-12-21 00:00:00", "2026-12-24 00:00:00"} {
			w.sweep(local(t, at))
		}
		for d, want := range map[terms.Docket]is{
			served: nil, bare: nil, reported: {past}, attempted: {near, past, over}, again: {near, past, over},
			moved: {near, past, near, past, over}, late: {near, past},
		} {
			if got := w.noticed(d); !slices.Equal(got, want) {
				t.Errorf("%s: noticed are %v, want %v", d, got, want)
			}
		}
		w.Consistent()
	})
}

// A system that was down for a month notices what is still open, and not what
// came due before the sweep looks back.
func TestDownForAMonth(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		w.hears(docket, local(t, "2026-12-08 10:00:00"))
		other := terms.Docket("HHDFA260000002S")
		w.hears(other, local(t, "2026-12-01 10:00:00"))
		w.sweeper = w.another(deadline.Options{LookBack: 30 * 24 * time.Hour})
		w.sweep(local(t, "2027-01-05 12:00:00"))
		if a, b := w.noticed(docket), w.noticed(other); !slices.Equal(a, is{over}) || len(b) > 0 {
			t.Errorf("noticed are %v and %v", a, b)
		}
		w.expect("a month later", w.reminded(), []string{"01-05 manager1 HEARING_PASSED", "01-05 registry1 HEARING_PASSED"})
	})
}

// §6(b): a transfer that is not acknowledged within a day, and each transfer
// once; §3(d) to §3(f): deliveries past their deadline, and those that failed.
func TestTransfersAndDeliveriesAreNoticed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		w.hears(docket, local(t, "2026-12-08 10:00:00"))
		w.holds(docket, "officer1")
		at := local(t, "2026-11-24 14:00:00")
		w.Clock.Set(at)
		w.Transfer("officer1", docket, "officer2", at)
		if n := w.sweep(at.Add(24*time.Hour - time.Second)); n != 0 {
			t.Errorf("%d noticed too early", n)
		}
		if n := w.sweep(at.Add(24 * time.Hour)); n != 1 {
			t.Errorf("%d noticed", n)
		}
		next := w.Transfer("officer2", docket, "officer3", w.Clock.Now()).Activity
		if n := w.sweep(w.Clock.Now().Add(23 * time.Hour)); n != 0 {
			t.Errorf("%d of the next transfer noticed too early", n)
		}
		if n := w.sweep(w.Clock.Now().Add(time.Hour)); n != 1 {
			t.Errorf("%d of the next transfer noticed", n)
		}
		w.Acknowledge("officer3", next.ID)
		third := w.Transfer("officer3", docket, "officer1", w.Clock.Now()).Activity
		w.Acknowledge("officer1", third.ID)
		if n := w.sweep(w.Clock.Now().Add(25 * time.Hour)); n != 0 {
			t.Errorf("%d of a transfer that was acknowledged noticed", n)
		}

		served := w.Serve(w.Service(docket, w.Clock.Now())).Activity
		all := w.Deliveries(served.ID)
		failed, rest := all[0], len(all)-1
		s.Client.Delivery.UpdateOneID(failed.ID).SetState(terms.Failed).ExecX(w.System())
		if n := w.sweep(w.Clock.Now().Add(time.Minute)); n != 1 {
			t.Errorf("%d noticed of one that failed", n)
		}
		if n := w.sweep(w.Clock.Now().Add(20 * time.Minute)); n != rest {
			t.Errorf("%d of %d late deliveries noticed", n, rest)
		}
		// A person has it sent again, and it fails again: that is known.
		s.Client.Delivery.UpdateOneID(failed.ID).SetState(terms.Retrying).ExecX(w.System())
		s.Client.Delivery.Update().Where(delivery.IDNEQ(failed.ID)).SetState(terms.Confirmed).SetNextAt(ledger.Never).ExecX(w.System())
		if n := w.sweep(w.Clock.Now().Add(20 * time.Minute)); n != 0 {
			t.Errorf("%d noticed again", n)
		}
	})
}

// §5(b): two sweepers at once, on many cases, notice each once; and pages are
// turned.
func TestManySweepersNoticeOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		const cases = 9
		for n := range cases {
			d := terms.Docket(fmt.Sprintf("HHDFA26%07dS", n+1))
			w.hears(d, local(t, "2026-12-08 10:00:00"))
			w.holds(d, "officer1")
		}
		w.Clock.Set(local(t, "2026-12-07 09:00:00"))
		var wg sync.WaitGroup
		counts, errs := make([]int, 4), make([]error, 4)
		for i := range counts {
			sweeper := w.another(deadline.Options{Page: 2})
			wg.Go(func() { counts[i], errs[i] = sweeper.Sweep(context.Background()) })
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		sum := 0
		for _, n := range counts {
			sum += n
		}
		items, records := s.Client.DueItem.Query().CountX(w.System()), s.Client.JournalRecord.Query().Where(journalrecord.KindEQ(terms.BecameOverdue)).CountX(w.System())
		if sum != 2*cases || items != 2*cases || records != 2*cases || len(w.reminders()) != cases {
			t.Errorf("%v noticed, %d items, %d records, %d reminders of %d cases", counts, items, records, len(w.reminders()), cases)
		}
		// The registry section is told of the first of the day, however many look.
		for n := range cases {
			w.hears(terms.Docket(fmt.Sprintf("HHDFA26%07dS", 100+n)), local(t, "2026-12-08 10:00:00"))
		}
		for i := range counts {
			sweeper := w.another(deadline.Options{Page: 2})
			wg.Go(func() { _, errs[i] = sweeper.Sweep(context.Background()) })
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		if got, want := len(w.reminders()), cases+2*2; got != want { // two of the staff, two rules
			t.Errorf("%d reminders, want %d: %v", got, want, w.reminded())
		}
	})
}

// Killed in the middle, a sweep has noticed whole cases or none of one, and the
// next one does the rest.
func TestASweepThatIsKilledIsResumed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		const cases = 5
		for n := range cases {
			w.hears(terms.Docket(fmt.Sprintf("HHDFA26%07dS", n+1)), local(t, "2026-12-08 10:00:00"))
		}
		w.Clock.Set(local(t, "2026-12-07 09:00:00"))
		ctx, kill := context.WithCancel(context.Background())
		commits := 0
		killed := w.another(deadline.Options{OnCommit: func() {
			if commits++; commits == 2 {
				kill()
			}
		}})
		if n, err := killed.Sweep(ctx); n != 4 || err == nil {
			t.Errorf("noticed %d before it was killed: %v", n, err)
		}
		if n := w.sweep(w.Clock.Now()); n != 2*cases-4 {
			t.Errorf("noticed %d after", n)
		}
		if n := s.Client.DueItem.Query().CountX(w.System()); n != 2*cases {
			t.Errorf("%d due items", n)
		}
	})
}

// What was noticed is not read again: the sweep after it asks its questions and
// no more.
func TestASweepWithNothingNewIsCheap(t *testing.T) {
	var mu sync.Mutex
	sent := 0
	w := newWorld(t, storetest.Observed(t, func(string) {
		mu.Lock()
		defer mu.Unlock()
		sent++
	}))
	for n := range 20 {
		w.hears(terms.Docket(fmt.Sprintf("HHDFA26%07dS", n+1)), local(t, "2026-12-08 10:00:00"))
	}
	at := local(t, "2026-12-07 09:00:00")
	w.sweep(at)
	mu.Lock()
	sent = 0
	mu.Unlock()
	w.sweep(at.Add(time.Minute))
	if sent > 15 {
		t.Errorf("%d statements", sent)
	}
}
