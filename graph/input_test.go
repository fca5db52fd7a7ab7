package graph_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	gql "github.com/vektah/gqlparser/v2/ast"

	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// Of a @oneOf input exactly one field is given: two, none or null is EXACTLY_ONE
// wherever it comes in a variable, as apps send it, and refused by the validator
// where it is written into the document.
func TestExactlyOneIsGiven(t *testing.T) {
	s := run(t, storetest.SQLite(t))
	row := s.Add(t, graphtest.Case{})
	mine := s.acted(t, "officer1", "recordService", service(row.Docket, ago(time.Hour))).At(t, "r", "activity", "id")
	officer := any(s.Officers["officer2"])
	receivers := []map[string]any{{}, {"officerId": nil}, {"officerName": nil}, {"officerId": officer, "officerName": "Nora"}, {"officerId": officer, "officerName": nil}, {"officerId": officer, "officerName": ""}}
	attempt := map[string]any{"reason": "NO_ANSWER", "lastAttemptedAt": ago(time.Hour), "policeAssistanceRequested": false}
	entries := []map[string]any{{}, {"receipt": nil}, {"attempt": attempt, "service": nil}}
	both := served(ago(time.Hour))
	both["attempt"] = attempt
	entries = append(entries, both)

	for _, to := range receivers {
		s.refused(t, "officer1", "transferProcess", map[string]any{"docketNumber": row.Docket, "to": to, "transferredAt": ago(time.Hour)}, "EXACTLY_ONE input.to")
		s.refused(t, "officer1", "correctActivity", correction(mine, map[string]any{"transfer": map[string]any{"to": to, "transferredAt": ago(time.Hour)}}), "EXACTLY_ONE input.entry.transfer.to")
		entry := fmt.Sprintf(`{idempotencyKey: "written-0123456789", docketNumber: %q, to: %s, transferredAt: "2026-11-25T13:00:00Z"}`, row.Docket, literalOf(t, to))
		if a := graphtest.Ask(s.As("officer1"), t, s.Server, `mutation { transferProcess(input: `+entry+`) { activity { id } } }`, nil); len(a.Errors) == 0 {
			t.Errorf("written into the document %v is taken: %s", to, a.Body)
		}
	}
	for _, entry := range entries {
		s.refused(t, "officer1", "correctActivity", correction(mine, entry), "EXACTLY_ONE input.entry")
		s.refused(t, "registry1", "recordManualEntry", s.manual(row.Docket, "officer1", lastName(row), entry), "EXACTLY_ONE input.entry")
	}
	a := s.act(t, "", "transferProcess", map[string]any{"docketNumber": row.Docket, "to": map[string]any{}, "transferredAt": ago(time.Hour)})
	if a.Code() != "UNAUTHENTICATED" {
		t.Errorf("a stranger is told %s", a.Body)
	}
	// A variable for one field inside of the document is as good as any.
	within := graphtest.MustAsk(s.As("officer1"), t, s.Server, `mutation($d: DocketNumber!, $to: ID!) { transferProcess(input: {
		idempotencyKey: "within-0123456789", docketNumber: $d, to: {officerId: $to}, transferredAt: "2026-11-25T13:30:00Z"}) { activity { toOfficer { id } } errors { __typename } } }`,
		map[string]any{"d": row.Docket, "to": officer})
	if within.At(t, "transferProcess", "activity", "toOfficer", "id") != string(s.Officers["officer2"]) {
		t.Errorf("by a variable within: %s", within.Body)
	}
}

func literalOf(t *testing.T, object map[string]any) string {
	t.Helper()
	var fields []string
	for name, value := range object {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		fields = append(fields, name+": "+string(text))
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

// An id of another type is BAD_ID, wherever an input has one.
func TestIDsOfInputsAreOfTheirType(t *testing.T) {
	s := run(t, storetest.SQLite(t))
	row := s.Add(t, graphtest.Case{Author: "officer1", Activities: 4})
	transfer := func(id any) map[string]any { return map[string]any{"officerId": id} }
	for _, x := range []struct {
		who, mutation string
		input         func(id any) map[string]any
		prefix        terms.Prefix
	}{
		{"officer1", "recordReceipt", func(id any) map[string]any { return with(receipt(row.Docket, ago(time.Hour)), "asOfficerId", id) }, terms.OfficerPrefix},
		{"officer1", "transferProcess", func(id any) map[string]any {
			return map[string]any{"docketNumber": row.Docket, "to": transfer(id), "transferredAt": ago(time.Hour)}
		}, terms.OfficerPrefix},
		{"officer3", "acknowledgeTransfer", func(id any) map[string]any { return map[string]any{"transferId": id} }, terms.ActivityPrefix},
		{"officer1", "withdrawActivity", func(id any) map[string]any { return map[string]any{"activityId": id, "reason": "x"} }, terms.ActivityPrefix},
		{"officer1", "correctActivity", func(id any) map[string]any { return correction(id, served(ago(time.Hour))) }, terms.ActivityPrefix},
		{"officer1", "correctActivity", func(id any) map[string]any {
			return correction(row.Activities[0], map[string]any{"transfer": map[string]any{"to": transfer(id), "transferredAt": ago(time.Hour)}})
		}, terms.OfficerPrefix},
		{"registry1", "recordManualEntry", func(id any) map[string]any {
			return with(s.manual(row.Docket, "officer1", lastName(row), served(ago(time.Hour))), "onBehalfOfOfficerId", id)
		}, terms.OfficerPrefix},
	} {
		for _, prefix := range []terms.Prefix{terms.CasePrefix, terms.OfficerPrefix, terms.ActivityPrefix, terms.AccountPrefix, terms.DueItemPrefix} {
			a := s.act(t, x.who, x.mutation, x.input(terms.NewID(prefix)))
			if (a.Code() == "BAD_ID") != (prefix != x.prefix) {
				t.Errorf("%s with an id %s_…: %s", x.mutation, prefix, a.Body)
			}
		}
	}
}

func with(input map[string]any, field string, value any) map[string]any {
	all := maps.Clone(input)
	all[field] = value
	return all
}

// Apps send null for what is not filled in: it is as if it were left out.
func TestNullIsNotGiven(t *testing.T) {
	s := run(t, storetest.SQLite(t))
	row := s.Add(t, graphtest.Case{})
	input := receipt(row.Docket, ago(time.Hour))
	for _, field := range []string{"writDate", "note", "deviceSubmittedAt", "deviceSentAt", "asOfficerId"} {
		input[field] = nil
	}
	a := s.acted(t, "officer1", "recordReceipt", input)
	if a.At(t, "r", "activity", "writDate") != nil || a.At(t, "r", "activity", "note") != nil {
		t.Errorf("null became something: %s", a.Body)
	}
	attempt := s.acted(t, "officer1", "recordAttempt", map[string]any{
		"docketNumber": row.Docket, "reason": "NO_ANSWER", "detail": nil, "note": nil, "lastAttemptedAt": ago(time.Hour), "policeAssistanceRequested": false,
	})
	if attempt.At(t, "r", "activity", "detail") != nil {
		t.Errorf("null became something: %s", attempt.Body)
	}
}

// Each id that an input of a recording mutation has is looked at, so each must
// be told what type it is of.
func TestEveryIDOfAnInputIsKnown(t *testing.T) {
	schema := loadSDL(t)
	s := run(t, storetest.SQLite(t))
	ids := 0
	for _, field := range ownFields(schema.Mutation) {
		input := schema.Types[field.Arguments[0].Type.Name()]
		if input.Fields.ForName("idempotencyKey") == nil {
			continue
		}
		if a := s.act(t, "officer1", field.Name, inputWith(schema, input, nil, nil)); a.Code() != "" && a.Code() != "FORBIDDEN" {
			t.Errorf("%s as it should be: %s", field.Name, a.Body)
		}
		for _, path := range idsWithin(schema, input, nil) {
			ids++
			a := s.act(t, "officer1", field.Name, inputWith(schema, input, path, string(terms.NewID(terms.DueItemPrefix))))
			if a.Code() != "BAD_ID" {
				t.Errorf("%s takes any id as %s: %s", field.Name, strings.Join(path, "."), a.Body)
			}
		}
	}
	if ids < 13 {
		t.Errorf("only %d ids were found", ids)
	}
}

func idsWithin(schema *gql.Schema, input *gql.Definition, path []string) [][]string {
	var found [][]string
	for _, f := range input.Fields {
		at := append(append([]string{}, path...), f.Name)
		switch def := schema.Types[f.Type.Name()]; {
		case def.Name == "ID":
			found = append(found, at)
		case def.Kind == gql.InputObject:
			found = append(found, idsWithin(schema, def, at)...)
		}
	}
	return found
}

// inputWith is an input that is valid, with the value where the path leads.
func inputWith(schema *gql.Schema, input *gql.Definition, path []string, value any) map[string]any {
	good := map[string]any{}
	for _, f := range input.Fields {
		if f.Type.NonNull && f.DefaultValue == nil && f.Name != "idempotencyKey" {
			good[f.Name] = goodValue(schema, f.Name, f.Type)
		}
	}
	if len(path) == 1 {
		good[path[0]] = value
	} else if len(path) > 1 {
		good[path[0]] = inputWith(schema, schema.Types[input.Fields.ForName(path[0]).Type.Name()], path[1:], value)
	}
	return good
}

func goodValue(schema *gql.Schema, name string, typ *gql.Type) any {
	if typ.Elem != nil {
		return []any{goodValue(schema, name, typ.Elem)}
	}
	switch def := schema.Types[typ.Name()]; {
	case def.Kind == gql.Enum:
		return def.EnumValues[0].Name
	case def.Directives.ForName("oneOf") != nil:
		first := def.Fields[0]
		return map[string]any{first.Name: goodValue(schema, first.Name, first.Type)}
	case def.Kind == gql.InputObject:
		return inputWith(schema, def, nil, nil)
	case def.Name == "Boolean":
		return false
	case def.Name == "DateTime":
		return ago(time.Hour)
	case def.Name == "DocketNumber":
		return "HHDFA260000001S"
	case def.Name == "ID" && strings.HasSuffix(strings.ToLower(name), "officerid"):
		return terms.NewID(terms.OfficerPrefix)
	case def.Name == "ID":
		return terms.NewID(terms.ActivityPrefix)
	}
	return "x"
}
