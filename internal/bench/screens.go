package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"time"

	"github.com/service-tracking/sts/internal/terms"
)

const (
	caseOnBoard     = `{ docketNumber serviceStatus courtLocation { name } respondent { firstName lastName } hearing { scheduledFor } }`
	activityOnBoard = `{ count activities(first: 10) { nodes { __typename id occurredAt recordedAt officer { name { display } } case ` + caseOnBoard + ` } } }`
	deliveryOnBoard = `{ count deliveries(first: 10) { nodes { id recipientKind state waitingFor dueBy case ` + caseOnBoard + ` } } }`
	casesOnBoard    = `{ count cases(first: 10) { nodes ` + caseOnBoard + ` } }`
	// wholeBoard asks every list, how many it has and the first ten.
	wholeBoard = ` today
  recordedLate ` + activityOnBoard + ` otherInformation ` + activityOnBoard + ` transfers ` + activityOnBoard + `
  pastLastTimelyDay ` + casesOnBoard + ` hearingNear ` + casesOnBoard + ` hearingPassed ` + casesOnBoard + `
  undelivered ` + deliveryOnBoard + ` waiting ` + deliveryOnBoard + `
  unrouted { count addresses(first: 10) { nodes { reason noticedAt case ` + caseOnBoard + ` } } }`
	foundCases = `{ totalCount nodes ` + caseOnBoard + ` }`
)

// screens are what no server by hand answers: whole screens, and searches.
var screens = []question{
	{
		name: "B1", about: "the board of the whole state: 9 lists, their numbers and first ten", account: registryAccount,
		document: `query Board { serviceBoard {` + wholeBoard + ` } }`, parameter: nothing, within: 50 * time.Millisecond,
	},
	{
		name: "B2", about: "the board of one court location", account: registryAccount, variable: "court",
		document:  `query Board($court: String!) { serviceBoard(courtLocation: $court) {` + wholeBoard + ` } }`,
		parameter: anyCourt, within: 50 * time.Millisecond,
	},
	{
		name: "B3", about: "a court's calendar of one day, with last attempts", account: registryAccount, variable: "day",
		document: `query Calendar($day: Date!) { courtCalendar(courtLocation: "HHD", on: $day) { served attempted noEntry reportsDue
  entries(first: 100) { totalCount nodes { serviceStatus unsuccessfulReportDue lastAttemptReason lastAttempt { occurredAt officer { name { display } } } case ` + caseOnBoard + ` } } } }`,
		parameter: anyDay, within: 50 * time.Millisecond,
	},
	{
		name: "S1", about: "cases by part of a docket number (year and number)", account: registryAccount, variable: "fragment",
		document:  `query Search($fragment: String!) { registryCases(filter: {docketFragment: $fragment}, first: 25) ` + foundCases + ` }`,
		parameter: func(r *rand.Rand, k *known) string { return anyDocket(r, k)[7:17] },
	},
	{
		name: "S2", about: "cases by the respondent's first and last name", account: registryAccount, variable: "name",
		document:  `query Search($name: String!) { registryCases(filter: {respondentNameBeginsWith: $name}, first: 25) ` + foundCases + ` }`,
		parameter: anyName,
	},
}

func nothing(*rand.Rand, *known) string { return "" }

func anyCourt(r *rand.Rand, k *known) string {
	return terms.Docket(k.dockets[r.IntN(len(k.dockets))]).Court()
}

// anyName is padded to one length, which the requests need; spaces count for
// nothing.
func anyName(r *rand.Rand, _ *known) string {
	name := firstNames[r.IntN(len(firstNames))] + " " + lastNames[r.IntN(len(lastNames))]
	return name + strings.Repeat(" ", 40-len(name))
}

// measureAlone asks the program one question after the other, on one connection.
func (o Options) measureAlone(ctx context.Context, q question, k *known, graphql *side, database int) (Screen, error) {
	o.Connections = 1
	var passes []*pass
	const unmeasured = 1
	for n := range o.Passes + unmeasured {
		p, err := o.drive(ctx, q, k, graphql, database, o.Seed+uint64(n), o.Pass/2)
		if err != nil {
			return Screen{}, err
		}
		if n >= unmeasured {
			passes = append(passes, p)
			fmt.Fprintf(o.Out, "%-4s %-8s %6d answers in %v\n", q.name, graphql.name, len(p.latencies), p.took.Round(10*time.Millisecond))
		}
	}
	return Screen{Name: q.name, About: q.about, GraphQL: figures(passes, runtime.NumCPU()), Within: micro(q.within)}, nil
}
