package read_test

import (
	"slices"
	"testing"
	"time"

	"github.com/service-tracking/sts/graph"
	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

func serve(w *graphtest.World) graphtest.Server {
	return graphtest.Serve(graph.New(graph.Options{Read: w.Reader, Reports: w.Reports, Clock: func() time.Time { return graphtest.Now }}))
}

func TestACaseShowsWhatIsKnownOfIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := graphtest.New(t, s)
		row := w.Add(t, graphtest.Case{Holder: "officer1", Author: "officer1", Activities: 6, Hearing: graphtest.Now.Add(4 * time.Hour)})
		a := graphtest.MustAsk(w.As("registry1"), t, serve(w), `query($d: DocketNumber!) { registryCase(docketNumber: $d) {
			docketNumber courtLocation { code name } respondent { firstName } provisional serviceStatus unsuccessfulReportDue viewerCanRecord
			orderKind hearing { scheduledFor courtroom } hearingHistory { scheduledFor } lastDayForTimelyService servedInTime
			processHolder { name { display } papers(first: 5) { totalCount nodes { docketNumber } } }
			protectionOrders { number kind exParte issuedAt outcome }
			protectedPersons { lastName } addresses { kind town protectedPerson { lastName } } unroutedAddresses { kind reason suggestedTown address { town } }
			activities(first: 10) { totalCount nodes { __typename kind officer { name { last } } note recordedBy { displayName role }
				registryEntry { officerName kind } corrects { id kind } correctedBy { id kind } viewerCanCorrect
				deliverySummary { recipientKind state count }
				... on Service { method recordedLate } ... on Attempt { reason detail } ... on Transfer { toOfficer { name { last } } acknowledgedAt }
				... on OtherInformation { about text } ... on Withdrawal { withdrawalReason } } }
			deliveries(first: 10) { totalCount nodes { recipientKind state reasons recipient { __typename ... on LawEnforcementAgency { name towns } }
				attempts(first: 1) { totalCount pageInfo { hasNextPage } nodes { outcome detail } } about { kind } } }
		} }`, map[string]any{"d": row.Docket})
		want := []struct {
			path []any
			is   any
		}{
			{[]any{"docketNumber"}, row.Docket.Display()},
			{[]any{"courtLocation", "name"}, "Hartford"},
			{[]any{"unsuccessfulReportDue"}, true}, // the day of the hearing has begun (§5(b))
			{[]any{"viewerCanRecord"}, false},
			{[]any{"hearing", "courtroom"}, "4B"},
			{[]any{"hearingHistory", 0, "scheduledFor"}, "2026-11-25T18:00:00.000000Z"},
			{[]any{"lastDayForTimelyService"}, "2026-11-22"},
			{[]any{"processHolder", "papers", "totalCount"}, 1.0},
			{[]any{"protectionOrders", 0, "exParte"}, true},
			{[]any{"protectedPersons", 0, "lastName"}, graphtest.Secret + "Protected"}, // the newest version only
			{[]any{"addresses", 0, "protectedPerson", "lastName"}, graphtest.Secret + "Protected"},
			{[]any{"activities", "totalCount"}, 6.0},
			{[]any{"activities", "nodes", 0, "__typename"}, "Withdrawal"},
			{[]any{"activities", "nodes", 0, "viewerCanCorrect"}, false},
			{[]any{"activities", "nodes", 0, "corrects", "kind"}, "OTHER_INFORMATION"},
			{[]any{"activities", "nodes", 1, "correctedBy", "kind"}, "WITHDRAWAL"},
			{[]any{"activities", "nodes", 1, "viewerCanCorrect"}, false},
			{[]any{"activities", "nodes", 2, "toOfficer", "name", "last"}, "Marshal3"},
			{[]any{"activities", "nodes", 2, "acknowledgedAt"}, "2026-11-05T18:00:00.000000Z"},
			{[]any{"activities", "nodes", 2, "viewerCanCorrect"}, true},
			{[]any{"activities", "nodes", 4, "detail"}, graphtest.Text + "officer1"},
			{[]any{"activities", "nodes", 5, "method"}, "HAND"},
			{[]any{"activities", "nodes", 5, "deliverySummary", 0, "recipientKind"}, "LAW_ENFORCEMENT_AGENCY"},
			{[]any{"activities", "nodes", 5, "registryEntry", "kind"}, "SERVICE"},
			{[]any{"deliveries", "nodes", 0, "recipient", "name"}, "Hartford Police Department"},
			{[]any{"deliveries", "nodes", 0, "recipient", "towns", 0}, "Hartford"},
			{[]any{"deliveries", "nodes", 0, "reasons", 0}, "PROTECTED_PERSON_HOME"},
			{[]any{"deliveries", "nodes", 1, "attempts", "totalCount"}, 2.0},
			{[]any{"deliveries", "nodes", 1, "attempts", "pageInfo", "hasNextPage"}, true},
			{[]any{"deliveries", "nodes", 2, "about", "kind"}, "SERVICE"},
		}
		for _, x := range want {
			if got := a.At(t, append([]any{"registryCase"}, x.path...)...); got != x.is {
				t.Errorf("%v is %v, want %v", x.path, got, x.is)
			}
		}
		for path, n := range map[string]int{"hearingHistory": 1, "protectionOrders": 1, "protectedPersons": 1, "addresses": 1} {
			if got := a.At(t, "registryCase", path).([]any); len(got) != n {
				t.Errorf("%s has %d elements, want %d: older versions are not in force", path, len(got), n)
			}
		}
	})
}

func TestLookingUpOpensACaseToAnOfficer(t *testing.T) {
	w := graphtest.New(t, storetest.SQLite(t))
	h := serve(w)
	row := w.Add(t, graphtest.Case{Holder: "officer1"})
	byID := func(id terms.ID) any {
		return graphtest.MustAsk(w.As("officer2"), t, h, `query($id: ID!) { node(id: $id) { id } }`, map[string]any{"id": id}).At(t, "node", "id")
	}
	if got := byID(row.ID); got != nil {
		t.Errorf("before the look-up node answers %v", got)
	}
	a := graphtest.MustAsk(w.As("officer2"), t, h, `query($d: DocketNumber!) { registryCase(docketNumber: $d) { id viewerCanRecord } }`, map[string]any{"d": row.Docket.Display()})
	if a.At(t, "registryCase", "viewerCanRecord") != true {
		t.Errorf("the look-up answers %s", a.Body)
	}
	if got := byID(row.ID); got != string(row.ID) {
		t.Errorf("after the look-up node answers %v", got)
	}
	listed := graphtest.MustAsk(w.As("officer2"), t, h, `{ registryCases(first: 5) { totalCount } }`, nil)
	if listed.At(t, "registryCases", "totalCount") != 0.0 {
		t.Error("a look-up puts a case among the officer's own papers")
	}
	if got := byID(terms.NewID(terms.CasePrefix)); got != nil {
		t.Errorf("an id that does not exist answers %v", got)
	}
}

func TestNodesAnswerInTheirOrder(t *testing.T) {
	w := graphtest.New(t, storetest.SQLite(t))
	mine := w.Add(t, graphtest.Case{Holder: "officer1", Author: "officer1", Activities: 1})
	other := w.Add(t, graphtest.Case{Holder: "officer2", Author: "officer2", Activities: 1})
	ids := []terms.ID{other.Activities[0], mine.Activities[0], w.Officers["officer3"], mine.ID, other.ID, w.Agency,
		w.Viewers["officer1"].Account, w.Viewers["officer2"].Account, mine.Deliveries[0], other.Deliveries[0], mine.ID}
	a := graphtest.MustAsk(w.As("officer1"), t, serve(w), `query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Account { status } } }`, map[string]any{"ids": ids})
	seen := []int{1, 2, 3, 5, 6, 8, 10}
	for i, id := range ids {
		switch got := a.At(t, "nodes", i, "id"); {
		case slices.Contains(seen, i) && got != string(id):
			t.Errorf("nodes[%d] is %v, want %v", i, got, id)
		case !slices.Contains(seen, i) && got != nil:
			t.Errorf("nodes[%d] is %v, and officer1 may not see it", i, got)
		}
	}
	for _, id := range []string{string(terms.NewID(terms.CourtPrefix)), string(terms.NewID(terms.HearingPrefix)), "rcs_1", ""} {
		if got := graphtest.Ask(w.As("officer1"), t, serve(w), `query($id: ID!) { node(id: $id) { id } }`, map[string]any{"id": id}).Code(); got != "BAD_ID" {
			t.Errorf("node(%q) answers %q, want BAD_ID", id, got)
		}
	}
}

func TestFiltersOfCases(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := graphtest.New(t, s)
		h := serve(w)
		day := func(n int) time.Time { return graphtest.Now.AddDate(0, 0, n) }
		smith := w.Add(t, graphtest.Case{LastName: "Smith", Hearing: day(1), Holder: "officer1"})
		jose := w.Add(t, graphtest.Case{LastName: "José-Smithers", Court: "NNH", Hearing: day(9), Status: terms.StatusServed})
		none := w.Add(t, graphtest.Case{LastName: "Smithers", Hearing: time.Date(2200, 12, 31, 0, 0, 0, 0, time.UTC)})
		for _, x := range []struct {
			filter map[string]any
			want   []graphtest.Row
		}{
			{map[string]any{}, []graphtest.Row{smith, jose, none}},
			{map[string]any{"courtLocation": "nnh"}, []graphtest.Row{jose}},
			{map[string]any{"respondentNameBeginsWith": "SMITH"}, []graphtest.Row{smith, none}},
			{map[string]any{"respondentNameBeginsWith": "Smith, R"}, []graphtest.Row{smith}},
			{map[string]any{"respondentNameBeginsWith": "jose smi"}, []graphtest.Row{jose}},
			{map[string]any{"respondentNameBeginsWith": "%"}, nil},
			{map[string]any{"docketFragment": "hhd-fa"}, []graphtest.Row{smith, none}},
			{map[string]any{"docketFragment": "0002-S"}, []graphtest.Row{jose}},
			{map[string]any{"serviceStatuses": []string{"NO_ENTRY", "ATTEMPTED"}}, []graphtest.Row{smith, none}},
			{map[string]any{"serviceStatuses": []string{}}, nil},
			{map[string]any{"hearingBetween": map[string]any{"from": "2026-11-26", "to": "2026-11-27"}}, []graphtest.Row{smith}},
			{map[string]any{"hearingBetween": map[string]any{"from": "2026-11-27"}}, []graphtest.Row{jose}},
			{map[string]any{"pastLastTimelyDay": true}, []graphtest.Row{smith}},
			{map[string]any{"pastLastTimelyDay": false}, []graphtest.Row{jose, none}},
			{map[string]any{"processHolderId": w.Officers["officer1"]}, []graphtest.Row{smith}},
			{map[string]any{"orderKind": "CIVIL_PROTECTION_ORDER"}, nil},
		} {
			a := graphtest.MustAsk(w.As("supervisor1"), t, h, `query($f: RegistryCaseFilter) { registryCases(filter: $f, first: 10) { totalCount nodes { id } } }`, map[string]any{"f": x.filter})
			var got, want []string
			for _, n := range a.At(t, "registryCases", "nodes").([]any) {
				got = append(got, n.(map[string]any)["id"].(string))
			}
			for _, row := range x.want {
				want = append(want, string(row.ID))
			}
			if !slices.Equal(got, want) || a.At(t, "registryCases", "totalCount") != float64(len(want)) {
				t.Errorf("%v answers %v of %v, want %v", x.filter, got, a.At(t, "registryCases", "totalCount"), want)
			}
		}
		for _, x := range []struct{ filter, code string }{
			{`{docketFragment: "HH"}`, "VALIDATION_FAILED"}, {`{docketFragment: "a%_"}`, "VALIDATION_FAILED"},
			{`{processHolderId: "` + string(smith.ID) + `"}`, "BAD_ID"}, {`{hearingBetween: {from: "26-1-1"}}`, "BAD_DATE_TIME"},
		} {
			if got := graphtest.Ask(w.As("supervisor1"), t, h, `{ registryCases(filter: `+x.filter+`, first: 10) { nodes { id } } }`, nil).Code(); got != x.code {
				t.Errorf("filter %s answers %q, want %s", x.filter, got, x.code)
			}
		}
	})
}
