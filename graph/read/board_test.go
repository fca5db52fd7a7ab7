package read_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/graph/read"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/deadline"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// desk seeds what can stand on a board, row by row.
type desk struct {
	*graphtest.World
	t      testing.TB
	serial int
}

func (d *desk) activity(row graphtest.Row, kind terms.ActivityKind, recorded time.Time, more ...func(*ent.ServiceActivityCreate)) terms.ID {
	d.t.Helper()
	d.serial++
	v := d.Viewers["officer1"]
	a := d.Store.Client.ServiceActivity.Create().SetCaseID(row.ID).SetSequence(int64(1000 + d.serial)).SetKind(kind).SetOfficerID(v.Officer).
		SetOccurredAt(recorded.Add(-time.Hour)).SetRecordedAt(recorded).SetAccountID(v.Account).SetRecordedByName("Officer1").SetRecordedByRole(terms.RoleOfficer).
		SetIdempotencyKey(fmt.Sprintf("board-key-%08d", d.serial)).SetContentSha256(make([]byte, 32))
	for _, m := range more {
		m(a)
	}
	return a.SaveX(system()).ID
}

func late(a *ent.ServiceActivityCreate) {
	a.SetRecordedLate(true).SetMethod(terms.MethodHand).SetRecordingDelayMinutes(130).SetPoliceAssistanceRequested(false)
}

func corrects(id terms.ID) func(*ent.ServiceActivityCreate) {
	return func(a *ent.ServiceActivityCreate) { a.SetCorrectsID(id) }
}

func (d *desk) reviewed(row graphtest.Row, activity terms.ID) {
	d.t.Helper()
	d.Store.Client.Review.Create().SetCaseID(row.ID).SetActivityID(activity).SetAccountID(d.Viewers["registry1"].Account).
		SetReviewedByName("Registry1").SetReviewedAt(graphtest.Now).ExecX(system())
}

func (d *desk) delivery(row graphtest.Row, state terms.DeliveryState, due time.Time, waits terms.WaitingFor) terms.ID {
	d.t.Helper()
	d.serial++
	c := d.Store.Client.Delivery.Create().SetCaseID(row.ID).SetActivityID(terms.NewID(terms.ActivityPrefix)).SetSequence(1).SetRecipientKind(terms.ToStateFile).
		SetRecipientKey(fmt.Sprint(d.serial)).SetState(state).SetNextAt(due).SetDueBy(due).SetCreatedAt(due)
	if waits != "" {
		c.SetWaitingFor(waits)
	}
	return c.SaveX(system()).ID
}

// transfer seeds a transfer that the fold of its case says to need a person.
func (d *desk) transfer(row graphtest.Row, work terms.TransferWork, at time.Time) terms.ID {
	d.t.Helper()
	id := d.activity(row, terms.KindTransfer, at.Add(time.Hour), func(a *ent.ServiceActivityCreate) { a.SetToOfficerID(d.Officers["officer2"]) })
	d.Store.Client.RegistryCase.UpdateOneID(row.ID).SetTransferID(id).SetTransferWork(work).SetTransferAt(at).ExecX(system())
	return id
}

// disputed seeds the fold of a case that has an entry with another respondent.
func (d *desk) disputed(row graphtest.Row) terms.ID {
	d.Store.Client.RegistryCase.UpdateOneID(row.ID).SetRespondentDisputed(true).ExecX(system())
	return row.ID
}

// board answers the ids of one list, and holds count, totalCount and the pages
// of two against each other.
func (d *desk) board(role, args, list, items string) []string {
	d.t.Helper()
	if args != "" {
		args = "(" + args + ")"
	}
	var ids []string
	after := ""
	for range 20 {
		a := graphtest.MustAsk(d.As(role), d.t, serve(d.World), fmt.Sprintf(`{ serviceBoard%s { %s { count %s(first: 2%s) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } } } }`, args, list, items, after), nil)
		at := func(path ...any) any { return a.At(d.t, append([]any{"serviceBoard", list}, path...)...) }
		for i := range at(items, "nodes").([]any) {
			ids = append(ids, at(items, "nodes", i, "id").(string))
		}
		if at("count") != at(items, "totalCount") {
			d.t.Errorf("%s: count is %v, totalCount %v", list, at("count"), at(items, "totalCount"))
		}
		if at(items, "pageInfo", "hasNextPage") == false {
			if at("count") != float64(len(ids)) {
				d.t.Errorf("%s: %v are counted, %d are on the pages", list, at("count"), len(ids))
			}
			return ids
		}
		after = fmt.Sprintf(", after: %q", at(items, "pageInfo", "endCursor"))
	}
	d.t.Fatalf("%s has no last page", list)
	return nil
}

func (d *desk) wants(list, items string, want ...terms.ID) {
	d.t.Helper()
	got := d.board("supervisor1", "", list, items)
	if texts := textsOf(want); !slices.Equal(got, texts) {
		d.t.Errorf("%s holds\n%v, want\n%v", list, got, texts)
	}
}

func textsOf(ids []terms.ID) []string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = string(id)
	}
	return texts
}

func onEach(t *testing.T, test func(*desk)) {
	storetest.Each(t, func(t *testing.T, s *store.Store) { test(&desk{World: graphtest.New(t, s), t: t}) })
}

// §4(b): what was recorded late stands on the board for a week, unless it does
// not stand any more or somebody has seen to it.
func TestTheBoardShowsWhatWasRecordedLate(t *testing.T) {
	onEach(t, func(d *desk) {
		row := d.Add(d.t, graphtest.Case{})
		ago := func(x time.Duration) time.Time { return graphtest.Now.Add(-x) }
		week := 7 * 24 * time.Hour
		newest := d.activity(row, terms.KindService, ago(time.Minute), late)
		exactly := d.activity(row, terms.KindService, ago(week), late)
		d.activity(row, terms.KindService, ago(week+time.Microsecond), late)
		d.activity(row, terms.KindService, ago(time.Hour), func(a *ent.ServiceActivityCreate) { late(a); a.SetRecordedLate(false) })
		withdrawn := d.activity(row, terms.KindService, ago(2*time.Hour), late)
		d.activity(row, terms.KindWithdrawal, ago(time.Hour), corrects(withdrawn))
		original := d.activity(row, terms.KindService, ago(5*time.Hour), late)
		correction := d.activity(row, terms.KindService, ago(4*time.Hour), late, corrects(original))
		seen := d.activity(row, terms.KindService, ago(3*time.Hour), late)
		d.reviewed(row, seen)
		d.wants("recordedLate", "activities", exactly, correction, newest)
	})
}

// §6(c): other information stands there until somebody has seen to it.
func TestTheBoardShowsOtherInformation(t *testing.T) {
	onEach(t, func(d *desk) {
		row := d.Add(d.t, graphtest.Case{})
		ago := func(days int) time.Time { return graphtest.Now.AddDate(0, 0, -days) }
		open := d.activity(row, terms.KindOtherInformation, ago(1))
		old := d.activity(row, terms.KindOtherInformation, ago(89))
		d.activity(row, terms.KindOtherInformation, ago(91))
		d.reviewed(row, d.activity(row, terms.KindOtherInformation, ago(2)))
		gone := d.activity(row, terms.KindOtherInformation, ago(3))
		d.activity(row, terms.KindAttempt, ago(1), corrects(gone), func(a *ent.ServiceActivityCreate) { a.SetReason(terms.ReasonNoAnswer) })
		d.wants("otherInformation", "activities", old, open)
		a := graphtest.MustAsk(d.As("supervisor1"), d.t, serve(d.World), `{ serviceBoard { otherInformation { activities(first: 1) { nodes { note ... on OtherInformation { text } } } } } }`, nil)
		if a.At(d.t, "serviceBoard", "otherInformation", "activities", "nodes", 0, "text") != nil {
			d.t.Error("a supervisor reads free text")
		}
	})
}

// §5(b), §5(c): the lists about hearings, at the edges of court days. It is
// 9 o'clock in the morning of November 25 in Hartford.
func TestTheBoardShowsCasesNearTheirHearing(t *testing.T) {
	onEach(t, func(d *desk) {
		at := func(day, clock string) time.Time {
			when, err := time.ParseInLocation("2006-01-02 15:04", day+" "+clock, terms.CourtZone)
			if err != nil {
				d.t.Fatal(err)
			}
			return when.UTC()
		}
		add := func(day, clock string, status terms.ServiceStatus, reported bool) terms.ID {
			return d.Add(d.t, graphtest.Case{Hearing: at(day, clock), Status: status, ReportMade: reported}).ID
		}
		const none, tried, served = terms.StatusNoEntry, terms.StatusAttempted, terms.StatusServed
		lateToday := add("2026-11-25", "23:59", none, false)
		today := add("2026-11-25", "00:00", tried, false)
		tomorrow := add("2026-11-26", "23:59", none, false)
		dayAfter := add("2026-11-27", "00:00", none, false)
		fourth := add("2026-11-28", "09:30", none, false) // its last timely day is today
		reported := add("2026-11-25", "10:00", tried, true)
		add("2026-11-25", "10:00", served, false)
		yesterday := add("2026-11-24", "23:59", none, false)
		month := add("2026-10-26", "00:00", tried, false)
		add("2026-10-25", "23:59", tried, false)
		add("2026-11-20", "09:30", served, false)
		add("2026-11-20", "09:30", tried, true)
		d.Add(d.t, graphtest.Case{Hearing: time.Date(2200, 12, 31, 0, 0, 0, 0, time.UTC)})

		d.wants("hearingNear", "cases", today, lateToday, tomorrow)
		d.wants("hearingPassed", "cases", yesterday, month)
		d.wants("pastLastTimelyDay", "cases", today, reported, lateToday, tomorrow, dayAfter)
		_ = fourth
		a := graphtest.MustAsk(d.As("supervisor1"), d.t, serve(d.World), `{ serviceBoard { today hearingNear { cases(first: 3) { nodes { unsuccessfulReportDue } } } } }`, nil)
		due := fmt.Sprint(a.At(d.t, "serviceBoard", "hearingNear", "cases", "nodes"))
		if strings.Count(due, "true") != 2 || !strings.HasSuffix(due, "false]]") || a.At(d.t, "serviceBoard", "today") != "2026-11-25" {
			d.t.Errorf("those whose report is due do not stand first: %s", a.Body)
		}
	})
}

// §3(d) to (f): what did not arrive, and what waits for a person.
func TestTheBoardShowsWhatIsUndelivered(t *testing.T) {
	onEach(t, func(d *desk) {
		row := d.Add(d.t, graphtest.Case{})
		past, ahead := graphtest.Now.Add(-time.Minute), graphtest.Now.Add(time.Minute)
		var overdue []terms.ID
		for i, state := range []terms.DeliveryState{terms.Waiting, terms.Pending, terms.Sending, terms.Sent, terms.Confirmed, terms.Retrying, terms.Unknown, terms.Failed, terms.Abandoned, terms.Superseded} {
			id := d.delivery(row, state, past.Add(time.Duration(i)*time.Second), "")
			d.delivery(row, state, graphtest.Now, "") // not past its deadline yet
			if !slices.Contains([]terms.DeliveryState{terms.Confirmed, terms.Abandoned, terms.Superseded}, state) {
				overdue = append(overdue, id)
			}
		}
		failed := d.delivery(row, terms.Failed, ahead, "")
		got := d.board("supervisor1", "", "undelivered", "deliveries")
		if len(got) != len(overdue)+2 || !slices.Equal(got[:len(overdue)], textsOf(overdue)) || got[len(got)-1] != string(failed) {
			d.t.Errorf("undelivered are %v, want %v, and two that failed, the last %s", got, overdue, failed)
		}
		second := d.delivery(row, terms.Waiting, ahead, terms.WaitsForFileNumber)
		first := d.delivery(row, terms.Waiting, past, terms.WaitsForFileNumber)
		d.delivery(row, terms.Waiting, past, terms.WaitsForOriginal)
		d.delivery(row, terms.Waiting, past, terms.WaitsForStateFile)
		d.delivery(row, terms.Pending, past, terms.WaitsForFileNumber) // what is released keeps what it waited for
		d.wants("waiting", "deliveries", first, second)
	})
}

// §6(b): transfers that need a person. What a review settles, and what only the
// receiver does.
func TestTheBoardShowsTransfersThatNeedAPerson(t *testing.T) {
	onEach(t, func(d *desk) {
		add := func(work terms.TransferWork, ago time.Duration) (graphtest.Row, terms.ID) {
			row := d.Add(d.t, graphtest.Case{})
			return row, d.transfer(row, work, graphtest.Now.Add(-ago))
		}
		const hour = time.Hour
		_, day := add(terms.TransferUnacknowledged, 24*hour)
		_, longer := add(terms.TransferUnacknowledged, 90*hour)
		add(terms.TransferUnacknowledged, 24*hour-time.Microsecond)
		_, unlisted := add(terms.TransferNotListed, hour)
		_, inconsistent := add(terms.TransferInconsistent, 2*hour)
		row, seen := add(terms.TransferNotListed, 3*hour)
		d.reviewed(row, seen)
		row, unacknowledged := add(terms.TransferUnacknowledged, 30*hour)
		d.reviewed(row, unacknowledged)
		served := d.Add(d.t, graphtest.Case{Status: terms.StatusServed})
		d.transfer(served, terms.TransferUnacknowledged, graphtest.Now.Add(-90*hour)) // nobody waits for the papers any more
		d.wants("transfers", "activities", longer, unacknowledged, day, inconsistent, unlisted)
	})
}

// The board waits for an acknowledgement as long as the sweep does, which is
// configured.
func TestTheBoardWaitsAsLongAsTheSweep(t *testing.T) {
	onEach(t, func(d *desk) {
		id := d.transfer(d.Add(d.t, graphtest.Case{}), terms.TransferUnacknowledged, graphtest.Now.Add(-time.Hour))
		d.wants("transfers", "activities")
		rules := deadline.Rules{AcknowledgeWithin: time.Hour}
		d.Reader = read.New(d.Store, d.Reference, d.LookUps, casefile.DefaultTimely, rules, func() time.Time { return graphtest.Now })
		d.wants("transfers", "activities", id)
	})
}

// §3(d): an address without an agency is work of the registry section, once.
func TestTheBoardShowsUnroutedAddressesToTheRegistryOnly(t *testing.T) {
	onEach(t, func(d *desk) {
		row := d.Add(d.t, graphtest.Case{}) // which seeds two addresses
		d.Store.Client.UnroutedAddress.Create().SetCaseID(row.ID).SetActivityID(terms.NewID(terms.ActivityPrefix)).
			SetReason(terms.UnroutedNoAddress).SetNoticedAt(graphtest.Now).SetResolvedAt(graphtest.Now).ExecX(system())
		for i := range 3 { // three activities notice the same
			d.Store.Client.UnroutedAddress.Create().SetCaseID(row.ID).SetActivityID(terms.NewID(terms.ActivityPrefix)).
				SetReason(terms.UnroutedNoAddress).SetNoticedAt(graphtest.Now.Add(time.Duration(i) * time.Hour)).ExecX(system())
		}
		question := `{ serviceBoard { unrouted { count addresses(last: 1) { totalCount nodes { kind reason noticedAt address { town } case { docketNumber unroutedAddresses { reason } } } pageInfo { hasPreviousPage } } } } }`
		a := graphtest.MustAsk(d.As("registry1"), d.t, serve(d.World), question, nil)
		at := func(path ...any) any { return a.At(d.t, append([]any{"serviceBoard", "unrouted"}, path...)...) }
		if at("count") != 3.0 || at("addresses", "totalCount") != 3.0 || at("addresses", "nodes", 0, "reason") != "NO_ADDRESS" ||
			at("addresses", "nodes", 0, "noticedAt") != graphtest.Now.Format(terms.InstantLayout) ||
			at("addresses", "nodes", 0, "case", "docketNumber") != row.Docket.Display() || len(at("addresses", "nodes", 0, "case", "unroutedAddresses").([]any)) != 3 {
			d.t.Errorf("the registry section sees %s", a.Body)
		}
		a = graphtest.MustAsk(d.As("registry1"), d.t, serve(d.World), `{ serviceBoard { unrouted { addresses(first: 1) { nodes { kind suggestedTown address { town protectedPerson { lastName } } } } } } }`, nil)
		if at("addresses", "nodes", 0, "kind") != "PROTECTED_PERSON_HOME" || at("addresses", "nodes", 0, "address", "protectedPerson", "lastName") == nil {
			d.t.Errorf("the registry section sees %s", a.Body)
		}
		if a := graphtest.MustAsk(d.As("supervisor1"), d.t, serve(d.World), question, nil); a.At(d.t, "serviceBoard", "unrouted") != nil {
			d.t.Errorf("a supervisor sees %s", a.Body)
		}
	})
}

// §7(b)(4): an entry that may be on the wrong case stands on the board, the
// earliest hearing first, until somebody has settled it.
func TestTheBoardShowsDisputedRespondents(t *testing.T) {
	onEach(t, func(d *desk) {
		d.Add(d.t, graphtest.Case{Hearing: graphtest.Now})
		none := d.disputed(d.Add(d.t, graphtest.Case{}))
		late := d.disputed(d.Add(d.t, graphtest.Case{Hearing: graphtest.Now.AddDate(0, 0, 9)}))
		soon := d.disputed(d.Add(d.t, graphtest.Case{Hearing: graphtest.Now.Add(time.Hour)}))
		d.wants("respondentsDisputed", "cases", soon, late, none)
		a := graphtest.MustAsk(d.As("registry1"), d.t, serve(d.World), `{ serviceBoard { respondentsDisputed { cases(first: 1) { nodes { respondentDisputed } } } hearingNear { cases(first: 1) { nodes { respondentDisputed } } } } }`, nil)
		if a.At(d.t, "serviceBoard", "respondentsDisputed", "cases", "nodes", 0, "respondentDisputed") != true ||
			a.At(d.t, "serviceBoard", "hearingNear", "cases", "nodes", 0, "respondentDisputed") != false {
			d.t.Errorf("%s", a.Body)
		}
	})
}

// With a court location each list holds the cases of that location, and no other.
func TestTheBoardOfOneCourtLocation(t *testing.T) {
	onEach(t, func(d *desk) {
		want := map[string]map[string]string{}
		for _, court := range []string{"HHD", "NNH"} {
			add := func() graphtest.Row {
				return d.Add(d.t, graphtest.Case{Court: court, Hearing: graphtest.Now.Add(time.Hour)})
			}
			near, passed, other := add(), d.Add(d.t, graphtest.Case{Court: court, Hearing: graphtest.Now.AddDate(0, 0, -3)}), d.Add(d.t, graphtest.Case{Court: court})
			want[court] = map[string]string{
				"hearingNear cases": string(near.ID), "pastLastTimelyDay cases": string(near.ID), "hearingPassed cases": string(passed.ID),
				"recordedLate activities":     string(d.activity(other, terms.KindService, graphtest.Now, late)),
				"otherInformation activities": string(d.activity(other, terms.KindOtherInformation, graphtest.Now)),
				"transfers activities":        string(d.transfer(other, terms.TransferInconsistent, graphtest.Now)),
				"undelivered deliveries":      string(d.delivery(other, terms.Failed, graphtest.Now, "")),
				"respondentsDisputed cases":   string(d.disputed(other)),
				"waiting deliveries":          string(d.delivery(other, terms.Waiting, graphtest.Now, terms.WaitsForFileNumber)),
			}
		}
		for court, lists := range want {
			for list, id := range lists {
				name, items, _ := strings.Cut(list, " ")
				if got := d.board("supervisor1", fmt.Sprintf("courtLocation: %q", strings.ToLower(court)), name, items); !slices.Equal(got, []string{id}) {
					d.t.Errorf("%s of %s is %v, want %s", name, court, got, id)
				}
				if got := d.board("registry1", "", name, items); len(got) != 2 {
					d.t.Errorf("%s of the state is %v", name, got)
				}
			}
		}
		a := graphtest.MustAsk(d.As("registry1"), d.t, serve(d.World), `{ serviceBoard(courtLocation: "NNH") { courtLocation { name } unrouted { count } } }`, nil)
		if a.At(d.t, "serviceBoard", "courtLocation", "name") != "New Haven" || a.At(d.t, "serviceBoard", "unrouted", "count") != 6.0 { // two of each case
			d.t.Errorf("the board of New Haven is %s", a.Body)
		}
	})
}

// An empty board for a code that does not exist would lie.
func TestTheBoardOfNowhereIsRefused(t *testing.T) {
	w := graphtest.New(t, storetest.SQLite(t))
	for _, x := range []struct{ ask, code string }{
		{`serviceBoard(courtLocation: "XXX") { today }`, "VALIDATION_FAILED"},
		{`serviceBoard(courtLocation: "") { today }`, "VALIDATION_FAILED"},
		{`serviceBoard(courtLocation: "` + strings.Repeat("H", 200) + `") { today }`, "VALIDATION_FAILED"},
		{`serviceBoard(courtLocation: " hhd ") { today }`, ""},
		{`serviceBoard(courtLocation: null) { courtLocation { code } }`, ""},
		{`serviceBoard { waiting { deliveries(first: 0) { totalCount } } }`, "BAD_PAGE"},
		{`serviceBoard { waiting { deliveries(first: 1, after: "x") { totalCount } } }`, "BAD_PAGE"},
		{`serviceBoard { hearingNear { cases { totalCount } } }`, "BAD_PAGE"},
		{`serviceBoard { waiting { a: deliveries(first: 1) { totalCount } b: deliveries(first: 2) { totalCount } } }`, "VALIDATION_FAILED"},
	} {
		if got := graphtest.Ask(w.As("supervisor1"), t, serve(w), `{ `+x.ask+` }`, nil); got.Code() != x.code {
			t.Errorf("%.80s: %s, want %q", x.ask, got.Body, x.code)
		}
	}
}
