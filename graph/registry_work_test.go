package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/unroutedaddress"
	"github.com/service-tracking/sts/graph"
	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/internal/access"
	ledger "github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// mutate is a mutation of the registry's desk, asking everything of its payload.
func mutate(name string) string {
	payload := strings.ToUpper(name[:1]) + name[1:]
	return fmt.Sprintf(`mutation($input: %sInput!) { %s(input: $input)%s }`, payload, name, graphtest.EverythingOf(graph.New(graph.Options{}).Schema(), payload+"Payload", 3))
}

// failed brings a seeded delivery into FAILED.
func (s *system) failed(id terms.ID) {
	s.Store.Client.Delivery.Update().Where(delivery.ID(id)).SetState(terms.Failed).ClearConfirmedAt().ExecX(access.As(s.tests.Context(), "test"))
}

func (s *system) unrouted(row graphtest.Row) terms.ID {
	return s.Store.Client.UnroutedAddress.Query().Where(unroutedaddress.CaseID(row.ID)).FirstIDX(access.As(s.tests.Context(), "test"))
}

// §9(a)(2): each decision of the registry section, by each role: registry staff
// alone, and whoever may not learns nothing.
func TestWhoMayDecide(t *testing.T) {
	s := run(t, storetest.SQLite(t))
	row := s.Add(t, graphtest.Case{Holder: "officer1", Author: "officer1", Activities: 6})
	s.failed(row.Deliveries[0])
	work := s.unrouted(row)
	for _, role := range append([]string{""}, "officer1", "officer2", "supervisor1", "court1", "analyst1", "registry1", "manager1") {
		for name, input := range map[string]map[string]any{
			"retryDelivery":    {"deliveryId": row.Deliveries[0], "reason": "r"},
			"confirmDelivery":  {"deliveryId": row.Deliveries[0], "reason": "r"},
			"abandonDelivery":  {"deliveryId": row.Deliveries[0], "reason": "r"},
			"assignAgency":     {"unroutedAddressId": work, "agencyId": s.Agency, "reason": "r"},
			"setAgencyContact": {"agencyId": s.Agency, "channels": []map[string]any{{"kind": "SPOOL"}}},
			"reviewActivity":   {"activityId": row.Activities[0]},
		} {
			want := "FORBIDDEN"
			switch role {
			case "":
				want = "UNAUTHENTICATED"
			case "registry1", "manager1":
				want = ""
			}
			a := graphtest.Ask(s.As(role), t, s.Server, mutate(name), map[string]any{"input": input})
			if a.Code() != want {
				t.Errorf("%q asking %s: %.300s, want %q", role, name, a.Body, want)
			}
			if words := canary.FindAllString(a.Body, -1); want != "" && words != nil {
				t.Errorf("%q asking %s receives %v", role, name, words)
			}
		}
	}
	for role, agreed := range map[string]bool{"registry1": false} {
		v := *s.Viewers[role]
		v.Agreed = agreed
		a := graphtest.Ask(access.With(t.Context(), &v), t, s.Server, mutate("reviewActivity"), map[string]any{"input": map[string]any{"activityId": row.Activities[0]}})
		if a.Code() != "FORBIDDEN" {
			t.Errorf("without the agreement: %s", a.Body)
		}
	}
}

// §3(e): what the app may offer is what the mutations do, step by step, for each
// person; and what was decided is shown with who and why.
func TestWhatMayBeDecidedIsShown(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.Store) {
		s := run(t, db)
		row := s.Add(t, graphtest.Case{Author: "officer1", Activities: 1})
		id := row.Deliveries[1] // of the state file
		s.failed(id)
		shown := func(role, want string) {
			t.Helper()
			a := graphtest.MustAsk(s.As(role), t, s.Server, fmt.Sprintf(`{ node(id: %q) { ... on Delivery { state disputed viewerCanRetry viewerCanConfirm viewerCanAbandon abandonmentProposed { decidedBy reason } } } }`, id), nil)
			got := fmt.Sprint(a.At(t, "node", "state"), " ")
			for _, field := range []string{"disputed", "viewerCanRetry", "viewerCanConfirm", "viewerCanAbandon"} {
				if a.At(t, "node", field) == true {
					got += field + " "
				}
			}
			if by := a.At(t, "node", "abandonmentProposed"); by != nil {
				got += fmt.Sprint("proposed by ", a.At(t, "node", "abandonmentProposed", "decidedBy"))
			}
			if strings.TrimSpace(got) != want {
				t.Errorf("to %s it is %q, want %q", role, got, want)
			}
		}
		does := func(role, name, want string) {
			t.Helper()
			a := graphtest.MustAsk(s.As(role), t, s.Server, fmt.Sprintf(`mutation($input: %s%sInput!) { %[3]s(input: $input) { delivery { state } errors { ... on UserError { code } } } }`,
				strings.ToUpper(name[:1]), name[1:], name), map[string]any{"input": map[string]any{"deliveryId": id, "reason": "as " + role + " found out"}})
			got, _ := a.At(t, name, "errors").([]any)
			code := ""
			if len(got) > 0 {
				code, _ = got[0].(map[string]any)["code"].(string)
			}
			if code != want || (code == "") == (a.At(t, name, "delivery") == nil) {
				t.Errorf("%s by %s: %.300s, want %q", name, role, a.Body, want)
			}
		}
		shown("registry1", "FAILED viewerCanRetry viewerCanConfirm viewerCanAbandon")
		shown("supervisor1", "FAILED")
		shown("officer1", "FAILED")
		does("registry1", "abandonDelivery", "")
		shown("registry1", "FAILED viewerCanRetry viewerCanConfirm proposed by Registry1")
		shown("manager1", "FAILED viewerCanRetry viewerCanConfirm viewerCanAbandon proposed by Registry1")
		shown("supervisor1", "FAILED")
		overdue := func(want bool) {
			t.Helper()
			for _, list := range []string{`deliveries(first: 10, filter: {overdue: true}) { nodes { id } }`, `serviceBoard { undelivered { deliveries(first: 10) { nodes { id } } } }`} {
				a := graphtest.MustAsk(s.As("supervisor1"), t, s.Server, "{ "+list+" }", nil)
				if strings.Contains(a.Body, string(id)) != want {
					t.Errorf("overdue are %s", a.Body)
				}
			}
		}
		overdue(true)
		does("registry1", "abandonDelivery", "SECOND_PERSON_NEEDED")
		does("manager1", "confirmDelivery", "")
		shown("registry1", "CONFIRMED viewerCanRetry")
		overdue(false)
		if _, err := s.Desk.Ledger.Settle(t.Context(), ledger.Ref{Delivery: id}, ledger.Result{Outcome: ledger.Refused}); err != nil {
			t.Fatal(err)
		}
		shown("registry1", "CONFIRMED disputed viewerCanRetry viewerCanConfirm")
		shown("supervisor1", "CONFIRMED disputed")
		overdue(true)
		does("registry1", "retryDelivery", "")
		shown("registry1", "RETRYING viewerCanConfirm viewerCanAbandon")
		does("manager1", "retryDelivery", "NOT_POSSIBLE_NOW")
		a := graphtest.MustAsk(s.As("registry1"), t, s.Server, fmt.Sprintf(`{ node(id: %q) { ... on Delivery { decisions { kind decidedBy reason decidedAt } } } }`, id), nil)
		for n, kind := range []string{"RETRY", "PROPOSE_ABANDON", "CONFIRM", "RETRY"} { // the first was seeded
			if a.At(t, "node", "decisions", n, "kind") != kind {
				t.Errorf("decisions are %s", a.Body)
			}
		}
		if a.At(t, "node", "decisions", 2, "reason") != "as manager1 found out" {
			t.Errorf("decisions are %s", a.Body)
		}
	})
}

// §3(d): an address that led nowhere, step by step with the API alone.
func TestAnAgencyIsAssigned(t *testing.T) {
	s := run(t, storetest.SQLite(t))
	row := s.Add(t, graphtest.Case{Author: "officer1", Activities: 1})
	a := graphtest.MustAsk(s.As("registry1"), t, s.Server, fmt.Sprintf(`{ node(id: %q) { ... on RegistryCase { unroutedAddresses { id reason address { town } } } } }`, row.ID), nil)
	id := a.At(t, "node", "unroutedAddresses", 0, "id")
	a = graphtest.MustAsk(s.As("registry1"), t, s.Server, `mutation($input: AssignAgencyInput!) { assignAgency(input: $input) {
		agency { name } case { unroutedAddresses { id } deliveries(first: 10) { nodes { recipient { ... on LawEnforcementAgency { id } } } } } errors { ... on UserError { code } } } }`,
		map[string]any{"input": map[string]any{"unroutedAddressId": id, "agencyId": s.Agency, "reason": "lies behind the mall"}})
	if a.At(t, "assignAgency", "agency", "name") != "Hartford Police Department" || len(a.At(t, "assignAgency", "case", "unroutedAddresses").([]any)) != 0 {
		t.Errorf("answered %s", a.Body)
	}
	a = graphtest.Ask(s.As("registry1"), t, s.Server, mutate("assignAgency"), map[string]any{"input": map[string]any{"unroutedAddressId": s.Agency, "agencyId": s.Agency, "reason": "r"}})
	if a.Code() != "BAD_ID" {
		t.Errorf("an id of another type: %s", a.Body)
	}
}

// §3(d): the channels that were set are answered at once, and which is wrong.
func TestAContactIsSet(t *testing.T) {
	s := run(t, storetest.SQLite(t))
	set := func(channels ...map[string]any) graphtest.Answer {
		return graphtest.MustAsk(s.As("manager1"), t, s.Server, `mutation($input: SetAgencyContactInput!) { setAgencyContact(input: $input) {
			agency { contactChannels { kind address } } errors { __typename ... on UserError { code message path } } } }`,
			map[string]any{"input": map[string]any{"agencyId": s.Agency, "channels": channels}})
	}
	a := set(map[string]any{"kind": "FAX", "address": "(860) 555-0123"}, map[string]any{"kind": "SPOOL"})
	if a.At(t, "setAgencyContact", "agency", "contactChannels", 0, "address") != "860-555-0123" || a.At(t, "setAgencyContact", "agency", "contactChannels", 1, "kind") != "SPOOL" {
		t.Errorf("answered %s", a.Body)
	}
	a = set(map[string]any{"kind": "SPOOL"}, map[string]any{"kind": "FAX", "address": "none"})
	if a.At(t, "setAgencyContact", "errors", 0, "code") != "BAD_CONTACT" || a.At(t, "setAgencyContact", "errors", 0, "path", 2) != "1" || a.At(t, "setAgencyContact", "agency") != nil {
		t.Errorf("answered %s", a.Body)
	}
}
