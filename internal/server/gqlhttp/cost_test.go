package gqlhttp

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/service-tracking/sts/graph"
)

// What is expensive cannot be multiplied cheaply, under several keys of a root
// field or of a list; and what the screens and reports ask is affordable.
func TestWhatCostsTheDatabaseMuchIsPriced(t *testing.T) {
	schema := graph.New(graph.Options{})
	limit := Limits{}.withDefaults().Cost
	const (
		counts   = `recordedLate { count } pastLastTimelyDay { count } hearingNear { count } hearingPassed { count } undelivered { count } waiting { count } unrouted { count } transfers { count } otherInformation { count }`
		rows     = `{ keys { dimension value label } count }`
		period   = `(from: "2016-01-01", to: "2026-01-01", by: [MONTH, COURT_LOCATION, OFFICER, REASON])`
		activity = `{ id kind occurredAt recordedAt standing officer { name { display } } recordedBy { displayName } }`
		kase     = `id docketNumber serviceStatus respondent { firstName lastName } hearing { scheduledFor } processHolder { name { display } }`
		past     = `(docketNumber: "HHDFA260000001S", at: "2026-01-01T00:00:00Z")`
		day      = `(courtLocation: "HHD", on: "2026-01-01", at: "2026-01-01T00:00:00Z")`
	)
	figures := ""
	for _, item := range []string{"ordersIssued", "ordersNotPickedUp", "servedByMethod", "policePresenceRequests", "endedUnserved"} {
		figures += item + ` { count definition rows { orderKind exParte method activityKind count } completeness { kind count of meaning } cases(first: 20) { totalCount nodes { docketNumber } } } `
	}
	lists := strings.NewReplacer(
		"Late { count", "Late { count activities(first: 20) { nodes { id case { "+kase+" } } }",
		"Day { count", "Day { count cases(first: 20) { nodes { "+kase+" } }",
		"Near { count", "Near { count cases(first: 20) { nodes { "+kase+" } }",
		"waiting { count", "waiting { count deliveries(first: 20) { nodes { id state dueBy case { "+kase+" } } }",
	).Replace(counts)
	for _, x := range []struct {
		what, question string
		affordable     bool
	}{
		{"a whole board", "{ serviceBoard { " + lists + " } }", true},
		{"fifteen boards, counted", "{" + many(15, "b%d: serviceBoard { "+counts+" }") + "}", true},
		{"fifteen boards", "{" + many(15, "b%d: serviceBoard { "+lists+" }") + "}", false},
		{"statistics", "{ serviceStatistics" + period + " { from to asOf total definition dimensions { dimension definition } completeness { kind count of meaning } rows " + rows + " } }", true},
		{"statistics by three kinds of key", "{" + many(3, "s%d: serviceStatistics"+period+" { rows "+rows+" }") + "}", true},
		{"statistics fifteen times", "{" + many(15, "s%d: serviceStatistics"+period+" { total }") + "}", false},
		{"the rows of statistics under many keys", "{ serviceStatistics" + period + " {" + many(50, "r%d: rows "+rows) + "} }", false},
		{"annual data on both bases", "{ a: annualData(year: 2026, basis: CALENDAR_YEAR) { " + figures + " } b: annualData(year: 2026, basis: FISCAL_YEAR) { " + figures + " } }", true},
		{"annual data of fifteen years", "{" + many(15, "y%d: annualData(year: 2026, basis: CALENDAR_YEAR) { "+figures+" }") + "}", false},
		{"the past of a case", "{ registryCaseAsOf" + past + " { serviceStatus activities " + activity + " } }", true},
		{"... under many keys", "{ registryCaseAsOf" + past + " {" + many(150, "a%d: activities "+activity) + "} }", false},
		{"... there and back", "{ registryCaseAsOf" + past + " { activities { " + many(50, "c%d: corrects { correctedBy { "+many(9, "d%d: corrects { id kind }")+" } }") + " } } }", false},
		{"the calendar of a morning", "{ courtCalendarAsOf" + day + " { served attempted noEntry reportsDue entries { serviceStatus lastAttemptReason case { docketNumber serviceStatus respondent { firstName lastName } hearing { scheduledFor } } } } }", true},
		{"... with all that was recorded", "{ courtCalendarAsOf" + day + " { entries { case { docketNumber activities { id kind occurredAt } } } } }", true},
	} {
		doc, err := gqlparser.LoadQueryWithRules(schema.Schema(), x.question, rules.NewDefaultRules())
		if err != nil {
			t.Fatalf("%s: %v", x.what, err)
		}
		cost := costOf(t.Context(), schema, &graphql.OperationContext{Operation: doc.Operations[0], Variables: map[string]any{}})
		if (cost <= limit) != x.affordable {
			t.Errorf("%s costs %d of %d", x.what, cost, limit)
		}
	}
}

// A price for a field that there is not would be no price.
func TestPricesNameFields(t *testing.T) {
	types := graph.New(graph.Options{}).Schema().Types
	for _, name := range slices.Concat(slices.Collect(maps.Keys(reads)), slices.Collect(maps.Keys(whole))) {
		typ, field, _ := strings.Cut(name, ".")
		if types[typ] == nil || types[typ].Fields.ForName(field) == nil {
			t.Errorf("there is no field %s", name)
		}
	}
}
