package report_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/officer"
	"github.com/service-tracking/sts/internal/casefile"
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
		id := w.OpenCase(feed.Daybook{DocketNumber: docket})
		if n%5 == 3 { // manual entries open such cases (§7)
			w.Store.Client.RegistryCase.UpdateOneID(id).SetProvisional(true).ExecX(ctx)
		}
		if n%7 == 5 { // the daybook moves a case
			w.OpenCase(feed.Daybook{DocketNumber: docket, CourtLocation: "UWY", SourceUpdatedAt: w.Clock.Now().Add(time.Minute)})
		}
		if n%11 == 7 { // a court location that the table does not have
			w.Store.Client.RegistryCase.UpdateOneID(id).SetCourtCode("ZZZ").ExecX(ctx)
		}
		standing := w.activities(r, docket, id)
		for range pick(r, 0, 1, 2, 4) {
			w.order(r, docket)
		}
		for range r.IntN(5) {
			standing = w.amend(r, standing)
		}
		standing = append(standing, w.activities(r, docket, id)...)
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

// activities records up to six: services and attempts as officers do.
func (w *world) activities(r *rand.Rand, docket terms.Docket, id terms.ID) []*ent.ServiceActivity {
	var made []*ent.ServiceActivity
	confirm := []terms.Confirmation{terms.ConfirmBeforeCaseExisted, terms.ConfirmAlreadyServed}
	for range r.IntN(7) {
		v := w.As(pick(r, "officer1", "officer2", "officer3"))
		occurred := instant(r)
		if r.IntN(4) == 0 { // within two hours
			occurred = w.Clock.Now().Add(-time.Duration(r.IntN(90)) * time.Minute)
		}
		var done recording.Recorded
		var err error
		switch r.IntN(5) {
		case 0, 1:
			in := w.Service(docket, occurred)
			in.Confirm, in.Method, in.PoliceAssistanceRequested = confirm, pick(r, terms.MethodHand, terms.MethodAbode), pick(r, true, false)
			done, err = w.Recorder.RecordService(context.Background(), v, in)
		case 2, 3:
			in := w.Attempt(docket, occurred)
			in.Confirm, in.Reason, in.PoliceAssistanceRequested = confirm, pick(r, terms.ReasonNoAnswer, terms.ReasonEvading), pick(r, true, false)
			done, err = w.Recorder.RecordAttempt(context.Background(), v, in)
		default:
			kind, record := pick(r, terms.KindReceipt, terms.KindTransfer, terms.KindOtherInformation), terms.ActivityRecorded
			if kind == terms.KindTransfer {
				record = terms.ProcessTransferred
			}
			made = append(made, w.insert(id, record, func(a *ent.ServiceActivityCreate) {
				a.SetOfficerID(v.Officer).SetOccurredAt(occurred).SetPoliceAssistanceRequested(false).SetKind(kind)
				if r.IntN(3) == 0 {
					a.SetReportedVia(pick(r, terms.ViaFax, terms.ViaTelephone)).SetReportedAt(occurred)
				}
			}))
			continue
		}
		if err != nil || len(done.Refusals) > 0 {
			w.Fatal(err, done.Refusals)
		}
		made = append(made, done.Activity)
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
	old := standing[n]
	rest := append(append([]*ent.ServiceActivity{}, standing[:n]...), standing[n+1:]...)
	if r.IntN(3) == 0 {
		w.insert(old.CaseID, terms.ActivityCorrected, func(a *ent.ServiceActivityCreate) {
			a.SetOfficerID(old.OfficerID).SetOccurredAt(w.Clock.Now()).SetKind(terms.KindWithdrawal).SetCorrectsID(old.ID)
		})
		return rest
	}
	return append(rest, w.insert(old.CaseID, terms.ActivityCorrected, func(a *ent.ServiceActivityCreate) {
		a.SetCorrectsID(old.ID).SetOfficerID(pick(r, old.OfficerID, w.Officer("officer2"))).SetOccurredAt(pick(r, old.OccurredAt, instant(r)))
		switch r.IntN(3) {
		case 0:
			a.SetKind(terms.KindAttempt).SetReason(terms.ReasonOutOfState).SetPoliceAssistanceRequested(pick(r, true, false))
		case 1:
			a.SetKind(terms.KindReceipt)
		default:
			a.SetKind(terms.KindService).SetMethod(pick(r, terms.MethodHand, terms.MethodAbode)).SetRecordedLate(pick(r, true, false)).
				SetRecordingDelayMinutes(1).SetPoliceAssistanceRequested(pick(r, true, false))
		}
	}))
}

// insert writes an activity as a recording does: under the case's lock, with its
// journal record and the folds.
func (w *world) insert(id terms.ID, kind terms.RecordKind, build func(*ent.ServiceActivityCreate)) *ent.ServiceActivity {
	var made *ent.ServiceActivity
	err := w.Store.Tx(w.System(), func(ctx context.Context, tx *ent.Tx) error {
		c, err := casefile.Lock(ctx, tx, id, w.Clock.Now())
		if err != nil {
			return err
		}
		v := w.As("registry1")
		create := tx.ServiceActivity.Create().SetCaseID(id).SetSequence(c.Sequence).SetRecordedAt(c.Now).SetAccountID(v.Account).
			SetRecordedByName(v.DisplayName).SetRecordedByRole(terms.RoleRegistryClerk).SetIdempotencyKey(w.Key()).SetContentSha256(make([]byte, 32))
		build(create)
		a, err := create.Save(ctx)
		if err != nil {
			return err
		}
		facts, err := casefile.ReadFacts(ctx, tx.Client(), id)
		if err != nil {
			return err
		}
		all, err := casefile.Activities(ctx, tx.Client(), id)
		if err != nil {
			return err
		}
		if err := c.Fold(ctx, tx, facts, all, w.Importer.Timely); err != nil {
			return err
		}
		made = a.Unwrap()
		return journal.Append(ctx, tx, journal.Entry{Kind: kind, Case: id, Sequence: c.Sequence, About: a.ID, Account: v.Account, Actor: v.DisplayName, At: c.Now})
	})
	if err != nil {
		w.Fatal(err)
	}
	return made
}
