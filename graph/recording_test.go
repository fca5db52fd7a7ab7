package graph_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

const recordService = `mutation($input: RecordServiceInput!) { recordService(input: $input) {
	activity { id kind method occurredAt recordedLate note recordedBy { displayName } registryEntry { officerName } deliverySummary { recipientKind state count } viewerCanCorrect }
	case { docketNumber serviceStatus servedAt servedInTime processHolder { name { last } } activities(first: 1) { totalCount } }
	errors { __typename ... on UserError { code message path } ... on CaseNotFound { registrySection { telephone } } ... on AlreadyServed { servedAt } } } }`

func serviceInput(docket terms.Docket, with map[string]any) map[string]any {
	input := map[string]any{
		"idempotencyKey": "0123456789abcdef", "docketNumber": docket.Display(), "method": "HAND",
		"executedAt": graphtest.Now.Add(-20 * time.Minute), "policeAssistanceRequested": false, "note": "knocked",
	}
	maps.Copy(input, with)
	return map[string]any{"input": input}
}

func TestAServiceIsRecordedAndShown(t *testing.T) {
	s := run(t, storetest.SQLite(t))
	row := s.Add(t, graphtest.Case{})
	a := graphtest.MustAsk(s.As("officer2"), t, s.Server, recordService, serviceInput(row.Docket, nil))
	for field, want := range map[string]any{
		"kind": "SERVICE", "method": "HAND", "occurredAt": "2026-11-25T13:40:00.000000Z", "recordedLate": false, "note": "knocked", "viewerCanCorrect": true,
	} {
		if got := a.At(t, "recordService", "activity", field); got != want {
			t.Errorf("activity.%s is %v, want %v", field, got, want)
		}
	}
	if a.At(t, "recordService", "case", "serviceStatus") != "SERVED" || a.At(t, "recordService", "case", "processHolder", "name", "last") != "Marshal2" ||
		a.At(t, "recordService", "case", "activities", "totalCount") != 1.0 {
		t.Errorf("the case is %s", a.Body)
	}
	again := graphtest.MustAsk(s.As("officer2"), t, s.Server, recordService, serviceInput(row.Docket, nil))
	if again.At(t, "recordService", "activity", "id") != a.At(t, "recordService", "activity", "id") {
		t.Errorf("the same key again answers %s", again.Body)
	}
	attempt := graphtest.MustAsk(s.As("officer2"), t, s.Server, `mutation($input: RecordAttemptInput!) { recordAttempt(input: $input) {
		activity { reason detail noFurtherAttempt } case { serviceStatus } errors { ... on UserError { code } } } }`, map[string]any{"input": map[string]any{
		"idempotencyKey": "attempt-0123456789", "docketNumber": row.Docket, "reason": "OTHER", "detail": "dog", "confirm": []string{"ALREADY_SERVED"},
		"lastAttemptedAt": graphtest.Now.Add(-time.Hour), "policeAssistanceRequested": true,
	}})
	if attempt.At(t, "recordAttempt", "activity", "detail") != "dog" || attempt.At(t, "recordAttempt", "case", "serviceStatus") != "SERVED" {
		t.Errorf("the attempt is %s", attempt.Body)
	}
}

// Expected outcomes are data: the result is null, nothing was changed.
func TestRefusalsAreTyped(t *testing.T) {
	s := run(t, storetest.SQLite(t))
	row := s.Add(t, graphtest.Case{})
	served := s.Add(t, graphtest.Case{})
	graphtest.MustAsk(s.As("officer1"), t, s.Server, recordService, serviceInput(served.Docket, nil))
	for _, x := range []struct {
		docket terms.Docket
		with   map[string]any
		code   string
		path   string
	}{
		{"HHDFA269999999S", map[string]any{"idempotencyKey": "aaaaaaaaaaaaaaaa"}, "CASE_NOT_FOUND", "docketNumber"},
		{row.Docket, map[string]any{"idempotencyKey": "aaaaaaaaaaaaaaab", "executedAt": graphtest.Now.Add(time.Hour)}, "IN_THE_FUTURE", "executedAt"},
		{row.Docket, map[string]any{"idempotencyKey": "aaaaaaaaaaaaaaac", "executedAt": "2020-01-01T00:00:00Z"}, "BEFORE_CASE_EXISTED", "executedAt"},
		{served.Docket, map[string]any{"idempotencyKey": "aaaaaaaaaaaaaaad"}, "ALREADY_SERVED", "docketNumber"},
		{row.Docket, nil, "KEY_REUSED", "idempotencyKey"},
		{row.Docket, map[string]any{"idempotencyKey": "aaaaaaaaaaaaaaae", "note": strings.Repeat("x", 5000)}, "TOO_LONG", "note"},
		{row.Docket, map[string]any{"idempotencyKey": "aaaaaaaaaaaaaaaf", "note": "a\u0000b"}, "BAD_TEXT", "note"},
		{row.Docket, map[string]any{"idempotencyKey": "aaaaaaaaaaaaaaag", "asOfficerId": s.Officers["officer2"]}, "WRONG_OFFICER", "asOfficerId"},
	} {
		a := graphtest.MustAsk(s.As("officer1"), t, s.Server, recordService, serviceInput(x.docket, x.with))
		if a.At(t, "recordService", "activity") != nil || a.At(t, "recordService", "case") != nil {
			t.Errorf("%s: the result is not null: %s", x.code, a.Body)
		}
		if a.At(t, "recordService", "errors", 0, "code") != x.code || a.At(t, "recordService", "errors", 0, "path", 1) != x.path {
			t.Errorf("want %s at %s, answered %s", x.code, x.path, a.Body)
		}
		switch x.code {
		case "CASE_NOT_FOUND":
			if a.At(t, "recordService", "errors", 0, "registrySection", "telephone") != section.Telephone {
				t.Errorf("no way out (§7): %s", a.Body)
			}
		case "ALREADY_SERVED":
			if a.At(t, "recordService", "errors", 0, "servedAt") != "2026-11-25T13:40:00.000000Z" {
				t.Errorf("served when: %s", a.Body)
			}
		}
	}
}

// What a variable carries past the document is checked as well.
func TestWrongInputIsRefusedWithItsCode(t *testing.T) {
	s := run(t, storetest.SQLite(t))
	row := s.Add(t, graphtest.Case{})
	for _, x := range []struct {
		with map[string]any
		code string
	}{
		{map[string]any{"idempotencyKey": "short"}, "VALIDATION_FAILED"},
		{map[string]any{"idempotencyKey": "0123456789abcdef!"}, "VALIDATION_FAILED"},
		{map[string]any{"idempotencyKey": 1234567890123456}, "VALIDATION_FAILED"},
		{map[string]any{"docketNumber": "HHD-XX-26-5012345-S"}, "BAD_DOCKET_NUMBER"},
		{map[string]any{"executedAt": "2026-11-25T13:40:00"}, "BAD_DATE_TIME"},
		{map[string]any{"executedAt": ""}, "BAD_DATE_TIME"},
		{map[string]any{"asOfficerId": row.ID}, "BAD_ID"},
		{map[string]any{"asOfficerId": "nobody"}, "BAD_ID"},
	} {
		if a := graphtest.Ask(s.As("officer1"), t, s.Server, recordService, serviceInput(row.Docket, x.with)); a.Code() != x.code {
			t.Errorf("%v: %s, want %s", x.with, a.Body, x.code)
		}
	}
	for _, with := range []map[string]any{{"method": "MAIL"}, {"method": nil}, {"confirm": []string{"EVERYTHING"}}, {"confirm": []any{nil}}} {
		if a := graphtest.Ask(s.As("officer1"), t, s.Server, recordService, serviceInput(row.Docket, with)); len(a.Errors) == 0 || a.At(t, "recordService") != nil {
			t.Errorf("%v: %s", with, a.Body)
		}
	}
	for role, code := range map[string]string{"": "UNAUTHENTICATED", "registry1": "FORBIDDEN", "supervisor1": "FORBIDDEN", "court1": "FORBIDDEN", "analyst1": "FORBIDDEN"} {
		if a := graphtest.Ask(s.As(role), t, s.Server, recordService, serviceInput(row.Docket, nil)); a.Code() != code {
			t.Errorf("%q records: %s, want %s", role, a.Body, code)
		}
	}
}
