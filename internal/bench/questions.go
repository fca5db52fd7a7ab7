package bench

import (
	"bytes"
	"context"
	stdsql "database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"time"

	"github.com/service-tracking/sts/internal/terms"
)

// question is one question, as both servers are asked it.
type question struct {
	name, about string
	// account is who asks.
	account string
	// document asks /graphql; its one variable is called by the parameter's name.
	document, variable string
	// path asks the hand-written server, the parameter behind it; "" if that
	// knows no answer: then what counts is how long one answer takes.
	path string
	// parameter picks what is asked for.
	parameter func(*rand.Rand, *known) string
	// aim is how much more processor time than the hand-written server the
	// program should take at most; 0: none is set.
	aim float64
	// within is how long half of the answers may take, where one is waited for
	// before the next is asked for; 0: no aim is set.
	within time.Duration
}

// The documents are what screens ask: not the fewest fields, and not all.
const (
	caseDocument = `query Case($docket: DocketNumber!) {
  registryCase(docketNumber: $docket) {
    id docketNumber serviceStatus servedAt
    courtLocation { code name judicialDistrict }
    respondent { firstName lastName }
    hearing { scheduledFor courtroom }
    processHolder { id name { display } }
    activities(first: 10) {
      nodes {
        __typename id kind occurredAt recordedAt
        officer { id name { display } }
        ... on Service { method recordedLate }
        ... on Attempt { reason noFurtherAttempt }
      }
    }
  }
}`
	papersDocument = `query Papers($officer: ID!) {
  registryCases(filter: {processHolderId: $officer, serviceStatuses: [NO_ENTRY, ATTEMPTED]}, first: 25) {
    nodes {
      id docketNumber serviceStatus lastDayForTimelyService
      courtLocation { code name }
      respondent { firstName lastName }
      hearing { scheduledFor courtroom }
      activities(first: 1) { nodes { __typename id kind occurredAt recordedAt } }
    }
  }
}`
	calendarDocument = `query Calendar($day: Date!) {
  registryCases(filter: {hearingBetween: {from: $day}}, first: 50) {
    nodes {
      id docketNumber serviceStatus
      courtLocation { code name }
      respondent { firstName lastName }
      hearing { scheduledFor courtroom }
      activities(first: 5) {
        nodes {
          __typename id kind occurredAt recordedAt
          officer { id name { display } }
        }
      }
    }
  }
}`
)

var questions = []question{
	{
		name: "Q1", about: "a case by docket number, its last 10 activities and officers", account: supervisorAccount,
		document: caseDocument, variable: "docket", path: "/case?docket=", parameter: anyDocket, aim: 2.8,
	},
	{
		name: "Q2", about: "an officer's first 25 open papers, court and latest activity", account: supervisorAccount,
		document: papersDocument, variable: "officer", path: "/papers?officer=", parameter: anyOfficer,
	},
	{
		name: "Q3", about: "50 cases by hearing date, 5 activities each and officers", account: supervisorAccount,
		document: calendarDocument, variable: "day", path: "/calendar?day=", parameter: anyDay, aim: 2.2,
	},
	{
		name: "Q1o", about: "Q1 asked by an officer: the look-up is kept before the answer", account: officerAccount,
		document: caseDocument, variable: "docket", path: "/case?docket=", parameter: anyDocket,
	},
}

// known is what can be asked for.
type known struct {
	dockets, officers []string
	days              int // from the first hearing
}

// hearingsFrom is the first day that is asked for.
var hearingsFrom = terms.DateOf(epoch.AddDate(0, 0, 15))

func readKnown(ctx context.Context, db *stdsql.DB) (*known, error) {
	var k known
	var err error
	if k.dockets, err = column(ctx, db, "SELECT docket FROM registry_cases ORDER BY docket"); err != nil {
		return nil, err
	}
	if k.officers, err = column(ctx, db, "SELECT id FROM officers ORDER BY id"); err != nil {
		return nil, err
	}
	if len(k.dockets) == 0 || len(k.officers) == 0 {
		return nil, fmt.Errorf("the database has no cases to ask for")
	}
	// The cases of the last year are not where they were made: see bringToToday.
	last := terms.DateOf(opened(len(k.dockets) - moved(len(k.dockets))))
	k.days = max(1, int(last.Start().Sub(hearingsFrom.Start())/(24*time.Hour)))
	return &k, nil
}

func anyDocket(r *rand.Rand, k *known) string {
	return terms.Docket(k.dockets[r.IntN(len(k.dockets))]).Display()
}
func anyOfficer(r *rand.Rand, k *known) string { return k.officers[r.IntN(len(k.officers))] }
func anyDay(r *rand.Rand, k *known) string     { return string(hearingsFrom.AddDays(r.IntN(k.days))) }

// hole is where the parameter stands in a template.
const hole = "\x00"

// template is a whole HTTP request with a hole.
type template struct{ before, after []byte }

func (t template) with(to []byte, parameter string) []byte {
	return append(append(append(to[:0], t.before...), parameter...), t.after...)
}

// graphqlRequest asks the program. All parameters of one question are of one
// length, which the length of the body needs.
func (q question) graphqlRequest(token, sample string) (template, error) {
	variables := map[string]string{}
	if q.variable != "" {
		variables[q.variable] = sample
	}
	body, err := json.Marshal(map[string]any{"query": q.document, "variables": variables})
	if err != nil {
		return template{}, err
	}
	head := fmt.Sprintf("POST /graphql HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", token, len(body))
	if q.variable == "" {
		return template{before: append([]byte(head), body...)}, nil
	}
	return cut(head + strings.Replace(string(body), `"`+sample+`"`, `"`+hole+`"`, 1)), nil
}

// rawRequest asks the hand-written server.
func (q question) rawRequest(token string) template {
	return cut(fmt.Sprintf("GET %s%s HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\n\r\n", q.path, hole, url.PathEscape(token)))
}

func cut(text string) template {
	before, after, _ := bytes.Cut([]byte(text), []byte(hole))
	return template{before, after}
}
