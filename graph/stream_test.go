package graph_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/live"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

const everyEvent = `subscription($f: ServiceEventFilter, $after: EventID) { e: serviceEvents(filter: $f, after: $after) { __typename eventId recordedAt
	... on ActivityRecorded { activity { id kind note case { docketNumber } } }
	... on DeliveryChanged { delivery { id state recipient { __typename } } }
	... on HearingChanged { case { docketNumber hearing { scheduledFor } } } } }`

// One recording is one event for whoever may see the case, with what he may
// see of it; for others it does not exist.
func TestEventsReachThoseWhoMaySeeThem(t *testing.T) {
	s := run(t, storetest.SQLite(t))
	row := s.Add(t, graphtest.Case{Holder: "officer1"})
	watchers := map[string]*watcher{}
	for _, role := range roles(s.World) {
		watchers[role] = s.watch(t, role, everyEvent, nil)
	}
	s.open(len(watchers))
	recorded := graphtest.MustAsk(s.As("officer1"), t, s.Server, recordService, serviceInput(row.Docket, nil))
	s.number()
	for role, sees := range map[string]string{
		"officer1": "knocked", "registry1": "knocked", "manager1": "knocked", "supervisor1": "", "court1": "",
	} {
		a := watchers[role].next()
		note, _ := a.At(t, "e", "activity", "note").(string)
		if a.At(t, "e", "__typename") != "ActivityRecorded" || a.At(t, "e", "activity", "id") != recorded.At(t, "recordService", "activity", "id") || note != sees {
			t.Errorf("%s receives %s", role, a.Body)
		}
	}
	// What was planned for police and files may follow; it is for those who see
	// the case, and to whom it goes for the registry section.
	for _, role := range []string{"officer2", "officer3", "analyst1"} {
		watchers[role].stop()
		for a := range watchers[role].answers {
			t.Errorf("%s receives %s", role, a.Body)
		}
	}
}

func TestAfterMissesNothing(t *testing.T) {
	s := run(t, storetest.SQLite(t))
	row := s.Add(t, graphtest.Case{Holder: "officer1", Author: "officer1", Activities: 6})
	before := graphtest.MustAsk(s.As("supervisor1"), t, s.Server, `{ latestEventId }`, nil).At(t, "latestEventId")
	for i, id := range row.Activities {
		s.appended(terms.ActivityRecorded, row, id, int64(i))
	}
	s.appended(terms.DeliveryChanged, row, row.Deliveries[0], 10)
	s.appended(terms.OrderFactsChanged, row, row.ID, 11) // no event
	s.appended(terms.HearingChanged, row, terms.NewID(terms.HearingPrefix), 12)
	s.number()
	w := s.watch(t, "supervisor1", everyEvent, map[string]any{"after": before})
	var ids []any
	for i := range row.Activities {
		a := w.next()
		if a.At(t, "e", "activity", "id") != string(row.Activities[i]) {
			t.Fatalf("event %d is %s", i, a.Body)
		}
		ids = append(ids, a.At(t, "e", "eventId"))
	}
	if a := w.next(); a.At(t, "e", "delivery", "id") != string(row.Deliveries[0]) || a.At(t, "e", "delivery", "recipient") != nil {
		t.Errorf("after the activities comes %s", a.Body)
	}
	last := w.next()
	if last.At(t, "e", "case", "docketNumber") != row.Docket.Display() {
		t.Errorf("after the delivery comes %s", last.Body)
	}
	beat := s.quiet(w)
	if beat.At(t, "e", "eventId") != last.At(t, "e", "eventId") {
		t.Errorf("the heartbeat is past %v, the last event was %v", beat.At(t, "e", "eventId"), last.At(t, "e", "eventId"))
	}
	again := s.watch(t, "supervisor1", everyEvent, map[string]any{"after": ids[2]})
	if a := again.next(); a.At(t, "e", "eventId") != ids[3] {
		t.Errorf("after the third event comes %s", a.Body)
	}
	for _, wrong := range []string{"", "nonsense", strings.Repeat("0", 10) + "-000000000001"} {
		answer := graphtest.Ask(s.As("supervisor1"), t, s.Server, everyEvent, map[string]any{"after": wrong})
		if answer.Code() != "EVENT_EXPIRED" {
			t.Errorf("after %q: %s", wrong, answer.Body)
		}
	}
}

func TestFiltersLetPassWhatTheySay(t *testing.T) {
	s := run(t, storetest.SQLite(t))
	here := s.Add(t, graphtest.Case{Author: "officer1", Activities: 3})
	there := s.Add(t, graphtest.Case{Author: "officer2", Activities: 3, Court: "NNH"})
	before := graphtest.MustAsk(s.As("supervisor1"), t, s.Server, `{ latestEventId }`, nil).At(t, "latestEventId")
	for i := range 3 {
		s.appended(terms.ActivityRecorded, here, here.Activities[i], int64(i))
		s.appended(terms.ActivityRecorded, there, there.Activities[i], int64(i))
	}
	s.appended(terms.DeliveryChanged, here, here.Deliveries[1], 9)
	s.appended(terms.DeliveryChanged, there, there.Deliveries[0], 9)
	s.number()
	id := func(id terms.ID) string { return string(id) }
	for _, x := range []struct {
		field string
		want  []string
	}{
		{`serviceEvents(filter: {kinds: [ATTEMPT]}, after: $a)`, []string{id(here.Activities[1]), id(there.Activities[1])}},
		{`serviceEvents(filter: {kinds: []}, after: $a)`, nil},
		{`serviceEvents(filter: {late: false}, after: $a)`, []string{id(here.Activities[0]), id(there.Activities[0])}},
		{`serviceEvents(filter: {late: true}, after: $a)`, nil},
		{fmt.Sprintf(`serviceEvents(filter: {officerId: %q, kinds: [SERVICE]}, after: $a)`, s.Officers["officer2"]), []string{id(there.Activities[0])}},
		{`serviceEvents(filter: {courtLocation: "nnh"}, after: $a)`, []string{id(there.Activities[0]), id(there.Activities[1]), id(there.Activities[2]), id(there.Deliveries[0])}},
		{fmt.Sprintf(`caseEvents(caseId: %q, after: $a)`, here.ID), []string{id(here.Activities[0]), id(here.Activities[1]), id(here.Activities[2]), id(here.Deliveries[1])}},
		{fmt.Sprintf(`caseEvents(caseId: %q, after: $a)`, terms.NewID(terms.CasePrefix)), nil},
		{`deliveryEvents(after: $a)`, []string{id(here.Deliveries[1]), id(there.Deliveries[0])}},
		{`deliveryEvents(filter: {recipientKinds: [LAW_ENFORCEMENT_AGENCY]}, after: $a)`, []string{id(there.Deliveries[0])}},
		{`deliveryEvents(filter: {states: [FAILED]}, after: $a)`, nil},
	} {
		w := s.watch(t, "supervisor1", `subscription($a: EventID) { e: `+x.field+` { __typename ... on ActivityRecorded { activity { id } } ... on DeliveryChanged { delivery { id } } } }`, map[string]any{"a": before})
		for _, want := range x.want {
			a := w.next()
			if !strings.Contains(a.Body, want) {
				t.Errorf("%s: %s, want %s", x.field, a.Body, want)
			}
		}
		w.stop()
		if err := w.ended(); err != nil {
			t.Errorf("%s: %v", x.field, err)
		}
	}
	for _, wrong := range []string{fmt.Sprintf(`caseEvents(caseId: %q)`, here.Activities[0]), fmt.Sprintf(`serviceEvents(filter: {officerId: %q})`, here.ID)} {
		if a := graphtest.Ask(s.As("supervisor1"), t, s.Server, `subscription { e: `+wrong+` { eventId } }`, nil); a.Code() != "BAD_ID" {
			t.Errorf("%s: %s", wrong, a.Body)
		}
	}
	if a := graphtest.Ask(context.WithValue(context.Background(), endKey{}, nil), t, s.Server, `subscription { e: serviceEvents { eventId } }`, nil); a.Code() != "UNAUTHENTICATED" {
		t.Errorf("a stranger's subscription: %s", a.Body)
	}
}

// Each event is authorized again: a stream ends with its account, and says so.
func TestAStreamEndsWithAReason(t *testing.T) {
	s := run(t, storetest.SQLite(t))
	row := s.Add(t, graphtest.Case{Holder: "officer1", Author: "officer1", Activities: 1})
	officer, supervisor, manager := s.watch(t, "officer1", everyEvent, nil), s.watch(t, "supervisor1", everyEvent, nil), s.watch(t, "manager1", everyEvent, nil)
	s.open(3)
	s.closed.Store("officer1", true)
	s.appended(terms.ActivityRecorded, row, row.Activities[0], 0)
	s.number()
	supervisor.next()
	manager.next()
	if err := officer.ended(); !errors.Is(err, access.ErrUnauthenticated) {
		t.Errorf("the stream of a closed account ended with %v", err)
	}
	s.stopHub()
	for _, w := range []*watcher{supervisor, manager} {
		if err := w.ended(); !errors.Is(err, live.ErrStopping) {
			t.Errorf("when the server stops a stream ends with %v", err)
		}
	}
}

// Many who see alike are one question to the database.
func TestAnEventIsLoadedOnceForAllWhoSeeAlike(t *testing.T) {
	var mu sync.Mutex
	loads := 0
	s := run(t, storetest.Observed(t, func(statement string) {
		if strings.Contains(statement, "FROM `service_activities`") && strings.Contains(statement, "`note`") {
			mu.Lock()
			loads++
			mu.Unlock()
		}
	}))
	row := s.Add(t, graphtest.Case{Holder: "officer1", Author: "officer1", Activities: 1})
	const many = 200
	var watchers []*watcher
	for i := range many {
		watchers = append(watchers, s.watch(t, []string{"supervisor1", "registry1"}[i%2], everyEvent, nil))
	}
	for range many / 4 {
		watchers = append(watchers, s.watch(t, "officer2", everyEvent, nil)) // whom it does not concern
	}
	s.open(len(watchers))
	mu.Lock()
	loads = 0
	mu.Unlock()
	s.appended(terms.ActivityRecorded, row, row.Activities[0], 0)
	s.number()
	for _, w := range watchers[:many] {
		if a := w.next(); a.At(t, "e", "activity", "id") != string(row.Activities[0]) {
			t.Fatal(a.Body)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if loads != 2 {
		t.Errorf("%d loads for %d streams of two scopes", loads, many)
	}
}

// Those who share what was loaded see alike: nobody receives what another of
// them wrote when he was an officer.
func TestWhatIsSharedHoldsNobodysOwnText(t *testing.T) {
	s := run(t, storetest.SQLite(t))
	row := s.Add(t, graphtest.Case{Author: "officer1", Activities: 2})
	// officer1 becomes a supervisor, officer2 court staff.
	s.Viewers["officer1"].Roles, s.Viewers["officer1"].Officer = []terms.Role{terms.RoleSupervisor}, ""
	before := graphtest.MustAsk(s.As("supervisor1"), t, s.Server, `{ latestEventId }`, nil).At(t, "latestEventId")
	s.appended(terms.ActivityRecorded, row, row.Activities[0], 0)
	s.number()
	for _, who := range []string{"officer1", "supervisor1"} { // the author first: what he loads serves the other
		a := s.watch(t, who, everyEvent, map[string]any{"after": before}).next()
		if a.At(t, "e", "activity", "id") != string(row.Activities[0]) || a.At(t, "e", "activity", "note") != nil {
			t.Errorf("%s receives %s", who, a.Body)
		}
	}
}

// Whom an event concerns is read once for all streams; whoever opens the case
// after that, and then watches from before the event, must not lose it.
func TestALookUpAfterTheConcernWasReadLosesNothing(t *testing.T) {
	s := run(t, storetest.SQLite(t))
	row := s.Add(t, graphtest.Case{Author: "officer1", Activities: 1})
	own := map[string]graphtest.Row{}
	before := graphtest.MustAsk(s.As("officer2"), t, s.Server, `{ latestEventId }`, nil).At(t, "latestEventId")
	s.appended(terms.ActivityRecorded, row, row.Activities[0], 0)
	for _, who := range []string{"officer2", "officer3"} {
		own[who] = s.Add(t, graphtest.Case{Author: who, Activities: 1})
		s.appended(terms.ActivityRecorded, own[who], own[who].Activities[0], 0)
		s.number() // one after the other, so that this is their order
	}
	replay := func(who string) *watcher {
		return s.watch(t, who, everyEvent, map[string]any{"after": before})
	}
	comes := func(who string, w *watcher, want graphtest.Row) {
		t.Helper()
		if a := w.next(); a.At(t, "e", "activity", "id") != string(want.Activities[0]) {
			t.Errorf("to %s comes %s", who, a.Body)
		}
	}
	comes("officer1", replay("officer1"), row)
	comes("officer2", replay("officer2"), own["officer2"]) // the first is not open to him yet
	graphtest.MustAsk(s.As("officer2"), t, s.Server, `query($d: DocketNumber!) { registryCase(docketNumber: $d) { id } }`, map[string]any{"d": row.Docket})
	again := replay("officer2")
	comes("officer2", again, row)
	comes("officer2", again, own["officer2"])
	comes("officer3", replay("officer3"), own["officer3"])
}
