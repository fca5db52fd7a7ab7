package report_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/officer"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/recording/recordingtest"
	"github.com/service-tracking/sts/internal/report"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// world is a recorder's world whose clock stands in November 2026, with a
// reporter, and with all rows of the registry's feed that it was sent.
type world struct {
	*recordingtest.World
	reporter *report.Reporter
	rows     []feed.Registry
	updates  int
}

func newWorld(t testing.TB, s *store.Store) *world {
	w := &world{World: recordingtest.New(t, s)}
	w.reporter = &report.Reporter{Store: s, Reference: w.Reference, Clock: w.Clock.Now}
	return w
}

var newYork = func() *time.Location {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic(err)
	}
	return zone
}()

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// turns are instants at which a day, a month, a quarter or a year turns in
// Hartford, or the clock is changed there, and one microsecond before.
var turns = []time.Time{
	at("2024-06-30T23:59:59.999999-04:00"), at("2024-07-01T00:00:00-04:00"),
	at("2024-12-31T23:59:59.999999-05:00"), at("2025-01-01T00:00:00-05:00"),
	at("2025-02-28T23:59:59.999999-05:00"), at("2024-02-29T12:00:00-05:00"),
	at("2025-03-09T01:59:59.999999-05:00"), at("2025-03-09T03:00:00-04:00"), // spring forward
	at("2025-03-31T23:59:59.999999-04:00"), at("2025-04-01T00:00:00-04:00"),
	at("2025-06-30T23:59:00-04:00"), at("2025-07-01T00:00:00-04:00"),
	at("2025-11-01T23:59:59.999999-04:00"), at("2025-11-02T01:30:00-04:00"), at("2025-11-02T01:30:00-05:00"), // fall back
	at("2025-11-30T23:30:00-05:00"), at("2025-12-31T23:59:59.999999-05:00"), at("2026-01-01T00:00:00-05:00"),
}

func instant(r *rand.Rand) time.Time {
	if r.IntN(2) == 0 {
		return turns[r.IntN(len(turns))]
	}
	return time.Date(2024, 1, 1, 5, 0, 0, 0, time.UTC).Add(time.Duration(r.Int64N(int64(1050 * 24 * time.Hour)))).Truncate(time.Microsecond)
}

func pick[T any](r *rand.Rand, values ...T) T { return values[r.IntN(len(values))] }

// registry sends a row that is newer than all before.
func (w *world) registry(row feed.Registry) {
	w.updates++
	row.SourceUpdatedAt = w.Clock.Now().Add(time.Duration(w.updates) * time.Second)
	w.rows = append(w.rows, row)
	w.Registry(row)
}

// history lets things happen: cases with and without facts, orders in all states,
// activities of every kind, corrections of corrections and withdrawals.
func (w *world) history(seed uint64) {
	r := rand.New(rand.NewPCG(seed, 4))
	ctx := w.System()
	w.Store.Client.Officer.Update().Where(officer.ID(w.Officer("officer2"))).SetCounty("Tolland").ExecX(ctx)
	w.Store.Client.Officer.Update().Where(officer.ID(w.Officer("officer3"))).SetCounty("").ExecX(ctx)
	for n := range 30 {
		docket := terms.Docket(fmt.Sprintf("%s%s25%07dS", pick(r, "HHD", "NNH", "TSR", "TTD"), pick(r, "FA", "CV"), n))
		if n%5 == 3 { // a manual entry opens a provisional case (§7)
			w.Enter(w.Manual("officer2", docket, recordingtest.Attempted(w.Clock.Now())))
		} else {
			w.Daybook(feed.Daybook{DocketNumber: docket})
		}
		if n%7 == 5 { // the daybook moves a case
			w.OpenCase(feed.Daybook{DocketNumber: docket, CourtLocation: "UWY", SourceUpdatedAt: w.Clock.Now().Add(time.Minute)})
		}
		if n%11 == 7 { // a court location that the table does not have
			w.Store.Client.RegistryCase.UpdateOneID(w.Case(docket).ID).SetCourtCode("ZZZ").ExecX(ctx)
		}
		standing := w.activities(r, docket)
		for range pick(r, 0, 1, 2, 4) {
			w.order(r, docket)
		}
		for range r.IntN(5) {
			standing = w.amend(r, standing)
		}
		standing = append(standing, w.activities(r, docket)...)
		w.amend(r, standing)
	}
	if _, err := journal.NewSequencer(w.Store, journal.SequencerOptions{}).Drain(context.Background()); err != nil {
		w.Fatal(err)
	}
}

func (w *world) order(r *rand.Rand, docket terms.Docket) {
	row := feed.Registry{
		DocketNumber: docket, OrderNumber: pick(r, "", "1", "1", "2", "3"), OrderKind: pick(r, terms.ReliefFromAbuse, terms.CivilProtectionOrder),
		ExParte: pick(r, true, false),
	}
	hearing := instant(r).Add(120 * time.Hour)
	if row.OrderNumber == "" {
		row.HearingAt = &hearing
		w.registry(row)
		return
	}
	issued, picked := instant(r), instant(r)
	if r.IntN(6) > 0 {
		row.IssuedAt = &issued
	}
	if r.IntN(2) == 0 {
		row.PickedUpAt = &picked
	}
	if r.IntN(3) > 0 {
		row.HearingAt = &hearing
	}
	row.ExpiresOn = pick(r, "", terms.DateOf(issued.AddDate(0, 1, 0)), "2030-01-01")
	row.Outcome = pick(r, "", "", terms.OutcomeGranted, terms.OutcomeDenied, terms.OutcomeWithdrawn, terms.OutcomeDismissed, terms.OutcomeExpired, terms.OutcomeExpired)
	if row.Outcome != "" && row.Outcome != terms.OutcomeGranted {
		row.OutcomeReason = pick(r, "", terms.OutcomeNotServed, terms.OutcomeNotServed, terms.OutcomeOther)
	}
	w.registry(row)
}

// confirmed are the warnings that every recording of the history has read.
var confirmed = []terms.Confirmation{terms.ConfirmBeforeCaseExisted, terms.ConfirmAlreadyServed}

// entry is what an officer did, of any kind but a transfer.
func (w *world) entry(r *rand.Rand) recording.Entry {
	occurred := instant(r)
	if r.IntN(4) == 0 { // within two hours
		occurred = w.Clock.Now().Add(-time.Duration(r.IntN(90)) * time.Minute)
	}
	switch r.IntN(6) {
	case 0, 1:
		return recording.Entry{Service: &recording.ServiceEntry{Method: pick(r, terms.MethodHand, terms.MethodAbode), ExecutedAt: occurred, PoliceAssistanceRequested: pick(r, true, false)}}
	case 2, 3:
		return recording.Entry{Attempt: &recording.AttemptEntry{Reason: pick(r, terms.ReasonNoAnswer, terms.ReasonEvading, terms.ReasonOutOfState), LastAttemptedAt: occurred, PoliceAssistanceRequested: pick(r, true, false)}}
	case 4:
		return recordingtest.Received(occurred)
	}
	return recordingtest.Noted("he has moved")
}

// activities records up to six: by officers, and by the registry for them (§7).
func (w *world) activities(r *rand.Rand, docket terms.Docket) []*ent.ServiceActivity {
	var made []*ent.ServiceActivity
	for range r.IntN(7) {
		who := pick(r, "officer1", "officer2", "officer3")
		v, e, common := w.As(who), w.entry(r), w.By(docket, confirmed...)
		if r.IntN(4) == 0 {
			in := w.Manual(who, docket, e)
			in.Confirm, in.ReportedVia = confirmed, pick(r, terms.ViaFax, terms.ViaTelephone)
			made = append(made, w.Enter(in).Activity)
			continue
		}
		var done recording.Recorded
		var err error
		ctx := context.Background()
		switch {
		case r.IntN(6) == 0:
			in := w.TransferTo(docket, "officer3", instant(r))
			in.Confirm = confirmed
			if done, err = w.Recorder.TransferProcess(ctx, v, in); err == nil && len(done.Refusals) > 0 {
				continue // he does not hold the papers
			}
		case e.Service != nil:
			done, err = w.Recorder.RecordService(ctx, v, recording.Service{Common: common, ServiceEntry: *e.Service})
		case e.Attempt != nil:
			done, err = w.Recorder.RecordAttempt(ctx, v, recording.Attempt{Common: common, AttemptEntry: *e.Attempt})
		case e.Receipt != nil:
			done, err = w.Recorder.RecordReceipt(ctx, v, recording.Receipt{Common: common, ReceiptEntry: *e.Receipt})
		default:
			done, err = w.Recorder.RecordOtherInformation(ctx, v, recording.OtherInformation{Common: common, OtherInformationEntry: *e.OtherInformation})
		}
		made = append(made, w.Recorded(done, err).Activity)
	}
	return made
}

// amend corrects or withdraws one of the activities that stand, and answers
// those that stand then.
func (w *world) amend(r *rand.Rand, standing []*ent.ServiceActivity) []*ent.ServiceActivity {
	if len(standing) == 0 {
		return nil
	}
	n := r.IntN(len(standing))
	old, rest := standing[n], slices.Delete(slices.Clone(standing), n, n+1)
	if r.IntN(3) == 0 {
		w.Withdraw("registry1", old.ID)
		return rest
	}
	return append(rest, w.Correct("manager1", old.ID, w.entry(r), confirmed...).Activity)
}
