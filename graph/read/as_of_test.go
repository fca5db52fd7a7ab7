package read_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/service-tracking/sts/graph"
	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/graph/read"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/deadline"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/recording/recordingtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

const (
	caseFields = ` docketNumber courtLocation { code } respondent { firstName lastName } provisional serviceStatus unsuccessfulReportDue
		servedAt servedInTime processHolder { id name { display } } orderKind hearing { scheduledFor courtroom } hearingHistory { scheduledFor courtroom }
		lastDayForTimelyService protectionOrders { number kind exParte issuedAt expiresOn pickedUpAt outcome outcomeReason } `
	activityFields = ` id kind officer { id name { display } } occurredAt recordedAt recordedBy { displayName role } note
		registryEntry { officerName kind occurredAt recordedAt } corrects { id kind } correctedBy { id kind } correctionReason
		manualEntry { reportedVia reportedAt enteredBy { displayName role } } deviceSubmittedAt `
	ofService  = ` method policeAssistanceRequested recordedLate recordingDelayMinutes `
	ofAttempt  = ` reason detail noFurtherAttempt `
	ofTransfer = ` fromOfficer { id } toOfficer { id } toOfficerName acknowledgedAt `
	ofOthers   = ` about text `

	// asNow asks what is known now, asThen the same of a moment.
	asNow = `query($d: DocketNumber!) { registryCase(docketNumber: $d) {` + caseFields + `activities(first: 100) { nodes {` + activityFields +
		`... on Service {` + ofService + `} ... on Attempt { policeAssistanceRequested` + ofAttempt + `} ... on Receipt { writDate } ... on Transfer {` + ofTransfer +
		`} ... on OtherInformation {` + ofOthers + `} ... on Withdrawal { withdrawalReason } } } } }`
	asThen = `query($d: DocketNumber!, $at: DateTime!) { registryCaseAsOf(docketNumber: $d, at: $at) { settled position` + caseFields + `activities { standing` +
		activityFields + ofService + ofAttempt + ` writDate ` + ofTransfer + ofOthers + ` withdrawalReason } } }`
)

// past is a world with the API over it and a sequencer.
type past struct {
	*recordingtest.World
	graphtest.Server
	// number gives what was committed its positions.
	number func()
}

func newPast(t testing.TB, s *store.Store) *past {
	w := recordingtest.New(t, s)
	lookUps := casefile.NewLookUps(s)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- lookUps.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	sequencer := journal.NewSequencer(s, journal.SequencerOptions{Clock: w.Clock.Now})
	reader := read.New(s, w.Reference, lookUps, w.Importer.Timely, deadline.Rules{}, w.Clock.Now)
	return &past{World: w, Server: graphtest.Serve(graph.New(graph.Options{Read: reader, Clock: w.Clock.Now})), number: func() {
		if _, err := sequencer.Drain(ctx); err != nil {
			t.Fatal(err)
		}
	}}
}

// asked is a context in which the account asks at the instant.
func (p *past) asked(account string, at time.Time) context.Context {
	v := p.As(account)
	v.At = at
	return access.With(context.Background(), v)
}

// now is what the API answers the registry section about the case at the instant.
func (p *past) now(t testing.TB, d terms.Docket, at time.Time) any {
	a := graphtest.MustAsk(p.asked("registry1", at), t, p.Server, asNow, map[string]any{"d": d})
	c, ok := a.Data["registryCase"].(map[string]any)
	if !ok {
		return nil
	}
	c["activities"] = c["activities"].(map[string]any)["nodes"]
	return known(c)
}

// then is what it answers of that instant, asked a day later.
func (p *past) then(t testing.TB, d terms.Docket, at time.Time) any {
	a := graphtest.MustAsk(p.asked("registry1", at.AddDate(10, 0, 0)), t, p.Server, asThen, map[string]any{"d": d, "at": at})
	c, ok := a.Data["registryCaseAsOf"].(map[string]any)
	if !ok {
		return nil
	}
	delete(c, "settled")
	delete(c, "position")
	for _, a := range c["activities"].([]any) {
		a := a.(map[string]any)
		if a["standing"] != (a["correctedBy"] == nil && a["kind"] != "WITHDRAWAL") {
			t.Errorf("an activity of %v stands: %v", at, a)
		}
		delete(a, "standing")
	}
	return known(c)
}

// known leaves out what is null: activities of today have no fields of other kinds.
func known(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if value == nil {
				delete(v, key)
				continue
			}
			v[key] = known(value)
		}
	case []any:
		for i := range v {
			v[i] = known(v[i])
		}
	}
	return v
}

func withoutDue(v any) any {
	c, ok := v.(map[string]any)
	if !ok {
		return v
	}
	copied := map[string]any{}
	for key, value := range c {
		if key != "unsuccessfulReportDue" {
			copied[key] = value
		}
	}
	return copied
}

// remembered is what was answered when the case had just recorded something.
type remembered struct {
	at     time.Time
	answer any
	doubt  casefile.TransferInDoubt
}

// Whatever the feeds bring and whoever records, corrects and withdraws, in
// whatever order: what was answered then is what is answered of then.
func TestThePastIsAnsweredAsItWasAnswered(t *testing.T) {
	for engine, x := range map[string]struct {
		open func(testing.TB) *store.Store
		runs int // of 100
	}{"SQLite": {storetest.SQLite, 40}, "MariaDB": {storetest.MySQL, 10}} {
		t.Run(engine, func(t *testing.T) {
			p := newPast(t, x.open(t))
			run, failed := 0, false
			rapid.Check(t, func(t *rapid.T) {
				if run++; run > x.runs && !failed {
					return
				}
				defer func() { failed = failed || t.Failed() }()
				d := terms.Docket(fmt.Sprintf("HHDFA26%07dS", run))
				s := &story{past: p, t: t, docket: d}
				t.Repeat(map[string]func(*rapid.T){
					"daybook": s.daybook, "registry": s.registry, "record": s.record, "correct": s.correct,
					"acknowledge": s.acknowledge, "time": s.time, "": s.remember,
				})
				p.number()
				s.compare()
			})
		})
	}
}
