package read_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent/dueitem"
	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

const reminders = `query($first: Int, $after: String, $last: Int, $before: String) { viewer { reminders(first: $first, after: $after, last: $last, before: $before) {
	totalCount pageInfo { hasNextPage startCursor endCursor }
	edges { cursor node { id rule dueAt noticedAt hearing message open case { docketNumber hearing { courtroom } }
		delivery { id recipientKind state about { id } recipient { ... on Account { displayName } } case { docketNumber } } } } } } }`

// §5(b), §5(c), §6(b): an officer reads what he was reminded of, his own and no
// other's, the newest first, and what of it is due still.
func TestAnAccountReadsItsOwnReminders(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := graphtest.New(t, s)
		h := serve(w)
		tomorrow := graphtest.Now.AddDate(0, 0, 1)
		mine := w.Add(t, graphtest.Case{Holder: "officer1", Hearing: tomorrow})
		served := w.Add(t, graphtest.Case{Holder: "officer1", Hearing: tomorrow, Status: terms.StatusServed})
		moved := w.Add(t, graphtest.Case{Holder: "officer1", Hearing: tomorrow})
		transferred := w.Add(t, graphtest.Case{Holder: "officer1", Author: "officer1", Activities: 6})
		gone := w.Add(t, graphtest.Case{Holder: "officer2", Hearing: tomorrow})
		at := func(minutes int) time.Time { return graphtest.Now.Add(time.Duration(minutes) * time.Minute) }
		transfer := transferred.Activities[3]
		s.Client.RegistryCase.UpdateOneID(transferred.ID).SetTransferID(transfer).SetTransferWork(terms.TransferUnacknowledged).SetTransferAt(at(-2000)).ExecX(system())
		ids := []terms.ID{
			w.Remind(t, mine, "officer1", terms.DueHearingNear, "", at(-5)),
			w.Remind(t, served, "officer1", terms.DueHearingNear, "", at(-4)),
			w.Remind(t, moved, "officer1", terms.DueHearingNear, "", at(-3)),
			w.Remind(t, transferred, "officer1", terms.DueAcknowledgement, transfer, at(-2)),
		}
		w.Remind(t, gone, "officer1", terms.DueHearingNear, "", at(-1)) // the case is closed to him
		w.Remind(t, moved, "registry1", terms.DuePastTimely, "", at(-1))
		w.Remind(t, transferred, "registry1", terms.DueDelivery, transferred.Deliveries[0], at(0))
		next := graphtest.Now.AddDate(0, 0, 8)
		s.Client.RegistryCase.UpdateOneID(moved.ID).SetHearingAt(next).SetHearingSort(next).SetLastTimelyDay(terms.DateOf(next).AddDays(-3)).ExecX(system())

		a := graphtest.MustAsk(w.As("officer1"), t, h, reminders, map[string]any{"first": 10})
		var got []string
		node := func(i int, path ...any) any {
			return a.At(t, append([]any{"viewer", "reminders", "edges", i, "node"}, path...)...)
		}
		for i := range a.At(t, "viewer", "reminders", "edges").([]any) {
			got = append(got, fmt.Sprint(node(i, "id"), " ", node(i, "rule"), " ", node(i, "case", "docketNumber"), " ", node(i, "open")))
			if node(i, "delivery", "id") != node(i, "id") || node(i, "delivery", "about") != nil || node(i, "delivery", "recipient") != nil ||
				node(i, "delivery", "recipientKind") != "ACCOUNT" || node(i, "delivery", "case", "docketNumber") != node(i, "case", "docketNumber") {
				t.Errorf("its delivery is %v", node(i, "delivery"))
			}
		}
		want := []string{
			fmt.Sprint(ids[3], " TRANSFER_UNACKNOWLEDGED ", transferred.Docket.Display(), " true"),
			fmt.Sprint(ids[2], " HEARING_NEAR ", moved.Docket.Display(), " false"),
			fmt.Sprint(ids[1], " HEARING_NEAR ", served.Docket.Display(), " false"),
			fmt.Sprint(ids[0], " HEARING_NEAR ", mine.Docket.Display(), " true"),
		}
		if !slices.Equal(got, want) || a.At(t, "viewer", "reminders", "totalCount") != 4.0 {
			t.Errorf("reminders are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if node(3, "hearing") != tomorrow.Format(terms.InstantLayout) || node(3, "noticedAt") != at(-5).Format(terms.InstantLayout) ||
			node(3, "dueAt") != at(-6).Format(terms.InstantLayout) || !strings.Contains(node(3, "message").(string), "Thursday, November 26, 2026, 9:00 AM") ||
			node(2, "hearing") != node(3, "hearing") {
			t.Errorf("the oldest is %v", node(3))
		}

		// The registry section is told what is its to do, and who was told.
		a = graphtest.MustAsk(w.As("registry1"), t, h, reminders, map[string]any{"first": 10})
		if node(0, "rule") != "DELIVERY_OVERDUE" || node(0, "open") != false || !strings.Contains(node(0, "message").(string), "service board") ||
			node(0, "delivery", "recipient", "displayName") != "Registry1" || node(1, "rule") != "PAST_LAST_TIMELY_DAY" || node(1, "open") != false {
			t.Errorf("the registry section reads %s", a.Body)
		}
		s.Client.Delivery.UpdateOneID(transferred.Deliveries[0]).SetState(terms.Failed).ExecX(system())
		if a = graphtest.MustAsk(w.As("registry1"), t, h, reminders, map[string]any{"first": 1}); node(0, "open") != true {
			t.Errorf("of a delivery that failed: %s", a.Body)
		}
		for _, name := range []string{"officer2", "supervisor1", "court1", "analyst1"} {
			if a := graphtest.MustAsk(w.As(name), t, h, reminders, map[string]any{"first": 10}); a.At(t, "viewer", "reminders", "totalCount") != 0.0 {
				t.Errorf("%s reads %s", name, a.Body)
			}
		}
		// §9(a)(3): nothing before the agreement is signed.
		w.Viewers["officer1"].Agreed = false
		if a := graphtest.MustAsk(w.As("officer1"), t, h, reminders, map[string]any{"first": 10}); a.At(t, "viewer", "reminders", "totalCount") != 0.0 {
			t.Errorf("without the agreement: %s", a.Body)
		}
	})
}

// Reminders are paged by key, both ways, those of one moment included, and cost
// a bounded number of statements.
func TestRemindersArePaged(t *testing.T) {
	seen := &statements{}
	w := graphtest.New(t, storetest.Observed(t, seen.observe))
	h := serve(w)
	rules := []terms.DueRule{terms.DuePastTimely, terms.DueHearingNear, terms.DueHearingPassed}
	for i := range 12 {
		row := w.Add(t, graphtest.Case{Holder: "officer1"})
		for j, rule := range rules {
			w.Remind(t, row, "officer1", rule, "", graphtest.Now.Add(time.Duration((3*i+j)/4)*time.Minute))
		}
	}
	collect := func(n int, args func(a graphtest.Answer) map[string]any) (ids []string, sent int) {
		vars := args(graphtest.Answer{})
		for {
			seen.take()
			a := graphtest.MustAsk(w.As("officer1"), t, h, reminders, vars)
			sent = max(sent, len(seen.take()))
			edges := a.At(t, "viewer", "reminders", "edges").([]any)
			for i := range edges {
				ids = append(ids, a.At(t, "viewer", "reminders", "edges", i, "node", "id").(string))
			}
			if len(edges) < n {
				return ids, sent
			}
			vars = args(a)
		}
	}
	at := func(a graphtest.Answer, end string) any {
		if a.Body == "" {
			return nil
		}
		return a.At(t, "viewer", "reminders", "pageInfo", end)
	}
	forward, few := collect(5, func(a graphtest.Answer) map[string]any {
		return map[string]any{"first": 5, "after": at(a, "endCursor")}
	})
	whole, many := collect(100, func(graphtest.Answer) map[string]any { return map[string]any{"first": 100} })
	if !slices.Equal(forward, whole) || len(whole) != 36 {
		t.Errorf("page by page %d, at once %d", len(forward), len(whole))
	}
	backward := map[string]bool{}
	ids, _ := collect(7, func(a graphtest.Answer) map[string]any {
		return map[string]any{"last": 7, "before": at(a, "startCursor")}
	})
	for _, id := range ids {
		backward[id] = true
	}
	if len(ids) != 36 || len(backward) != 36 || ids[0] != whole[29] {
		t.Errorf("backward %d, of them different %d", len(ids), len(backward))
	}
	if few != many || many > 7 {
		t.Errorf("%d statements for a page of 5, %d for 100", few, many)
	}
	if n := w.Store.Client.DueItem.Query().Where(dueitem.RuleIn(rules...)).CountX(system()); n != 36 {
		t.Errorf("%d due items", n)
	}
}
