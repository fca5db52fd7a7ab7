package graph_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/internal/terms"
)

// shownOfActs is what the tests ask of every recording mutation.
const shownOfActs = `{ activity { ...A } case { ...C }
	errors { __typename ... on UserError { code message path
		... on NotHolder { holder { id name { display } papers(first: 5) { totalCount } } }
		... on AlreadyCorrected { newest { ...A } }
		... on CaseNotFound { registrySection { telephone } } } } } }
fragment A on ServiceActivity { __typename id kind occurredAt recordedAt note correctionReason viewerCanCorrect
	officer { id } recordedBy { displayName role } registryEntry { officerName kind } corrects { id kind } correctedBy { id kind }
	manualEntry { reportedVia reportedAt enteredBy { displayName } } deliverySummary { recipientKind state count }
	... on Service { method recordedLate recordingDelayMinutes } ... on Attempt { reason detail noFurtherAttempt }
	... on Receipt { writDate }
	... on Transfer { fromOfficer { id } toOfficer { id } toOfficerName acknowledgedAt viewerCanAcknowledge }
	... on OtherInformation { about text } ... on Withdrawal { withdrawalReason } }
fragment C on RegistryCase { id docketNumber provisional serviceStatus servedAt processHolder { id papers(first: 5) { totalCount nodes { docketNumber } } } respondent { firstName lastName } activities(first: 20) { totalCount } }`

// act is one mutation with a key of its own. What it answers stands at "r".
func (s *system) act(t *testing.T, who, mutation string, input map[string]any) graphtest.Answer {
	t.Helper()
	s.keys++
	all := map[string]any{"idempotencyKey": fmt.Sprintf("act-%016d", s.keys)}
	maps.Copy(all, input)
	name := strings.ToUpper(mutation[:1]) + mutation[1:]
	return graphtest.Ask(s.As(who), t, s.Server, `mutation($input: `+name+`Input!) { r: `+mutation+`(input: $input) `+shownOfActs, map[string]any{"input": all})
}

// acted is an act that must succeed.
func (s *system) acted(t *testing.T, who, mutation string, input map[string]any) graphtest.Answer {
	t.Helper()
	a := s.act(t, who, mutation, input)
	if len(a.Errors) > 0 || a.At(t, "r", "activity", "id") == nil {
		t.Fatalf("%s by %s: %s", mutation, who, a.Body)
	}
	return a
}

// refused is an act that must answer exactly these user errors, "CODE at.path".
func (s *system) refused(t *testing.T, who, mutation string, input map[string]any, want ...string) graphtest.Answer {
	t.Helper()
	a := s.act(t, who, mutation, input)
	if len(a.Errors) > 0 || a.At(t, "r", "activity") != nil || a.At(t, "r", "case") != nil {
		t.Fatalf("%s by %s should be refused: %s", mutation, who, a.Body)
	}
	var got []string
	for i := range a.At(t, "r", "errors").([]any) {
		var path []string
		for _, step := range a.At(t, "r", "errors", i, "path").([]any) {
			path = append(path, step.(string))
		}
		got = append(got, fmt.Sprint(a.At(t, "r", "errors", i, "code"), " ", strings.Join(path, ".")))
		// The type is the code's, and the words help.
		if typ := a.At(t, "r", "errors", i, "__typename").(string); upperSnake(typ) != a.At(t, "r", "errors", i, "code") {
			t.Errorf("%s is a %s", got[i], typ)
		}
		if message, _ := a.At(t, "r", "errors", i, "message").(string); !strings.HasSuffix(message, ".") {
			t.Errorf("%s says %q", got[i], message)
		}
	}
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("%s by %s: %v, want %v", mutation, who, got, want)
	}
	return a
}

// ago is a time before the world's clock.
func ago(d time.Duration) time.Time { return graphtest.Now.Add(-d) }

func receipt(docket terms.Docket, at time.Time) map[string]any {
	return map[string]any{"docketNumber": docket, "receivedAt": at}
}

func (s *system) transfer(docket terms.Docket, to string, at time.Time) map[string]any {
	return map[string]any{"docketNumber": docket, "to": map[string]any{"officerId": s.Officers[to]}, "transferredAt": at}
}

func service(docket terms.Docket, at time.Time) map[string]any {
	return map[string]any{"docketNumber": docket, "method": "HAND", "executedAt": at, "policeAssistanceRequested": false, "note": "knocked"}
}

// served is an entry.
func served(at time.Time) map[string]any {
	return map[string]any{"service": map[string]any{"method": "HAND", "executedAt": at, "policeAssistanceRequested": false, "note": "knocked"}}
}

func correction(activity any, entry map[string]any) map[string]any {
	return map[string]any{"activityId": activity, "reason": "the wrong time", "entry": entry}
}

func (s *system) manual(docket terms.Docket, officer, last string, entry map[string]any) map[string]any {
	return map[string]any{
		"docketNumber": docket, "onBehalfOfOfficerId": s.Officers[officer], "reportedVia": "TELEPHONE", "reportedAt": graphtest.Now,
		"respondentFirstName": "Rob", "respondentLastName": last, "entry": entry,
	}
}

// lastName is the respondent's, as the world seeds it.
func lastName(row graphtest.Row) string { return graphtest.Seen + string(row.Docket) }
