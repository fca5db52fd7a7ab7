package casefile_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/service-tracking/sts/ent/respondent"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/intake/intaketest"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/recording/recordingtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// Whatever is imported and recorded, in whatever order, the folds are those
// that the facts and activities make.
func TestFoldsFollowWhateverHappens(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		run := 0
		rapid.Check(t, func(t *rapid.T) {
			run++
			docket := func() terms.Docket {
				return terms.Docket(fmt.Sprintf("HHDFA26%05d%02dS", run, rapid.IntRange(0, 1).Draw(t, "case")))
			}
			around := func(name string) time.Time {
				return w.Clock.Now().Add(time.Duration(rapid.IntRange(-72, 72).Draw(t, name)) * time.Hour)
			}
			t.Repeat(map[string]func(*rapid.T){
				"daybook": func(*rapid.T) {
					w.Daybook(feed.Daybook{
						DocketNumber: docket(), CreatedAt: around("created"), SourceUpdatedAt: around("updated"),
						RespondentLastName: rapid.SampledFrom([]string{"Roe", "Rowe"}).Draw(t, "name"),
					})
				},
				"registry": func(*rapid.T) {
					row := feed.Registry{
						DocketNumber: docket(), OrderNumber: rapid.SampledFrom([]string{"", "PO-1", "PO-2"}).Draw(t, "order"),
						SourceUpdatedAt: around("updated"),
						RespondentHome:  feed.Address{Town: rapid.SampledFrom([]string{"", "Avon", "Nowhere"}).Draw(t, "town")},
					}
					if hearing := around("hearing").Add(48 * time.Hour); row.OrderNumber == "" || rapid.Bool().Draw(t, "heard") {
						row.HearingAt = &hearing
					}
					if row.OrderNumber != "" && rapid.Bool().Draw(t, "numbered") {
						row.StateFileNumber = "S" + row.OrderNumber
					}
					sameAsRead(t, w, row)
				},
				"record": func(*rapid.T) {
					in := w.Attempt(docket(), around("occurred"))
					in.Confirm = []terms.Confirmation{terms.ConfirmBeforeCaseExisted, terms.ConfirmAlreadyServed}
					in.NoFurtherAttempt = rapid.Bool().Draw(t, "last")
					v := w.As(rapid.SampledFrom([]string{"officer1", "officer2"}).Draw(t, "officer"))
					var err error
					if rapid.Bool().Draw(t, "served") {
						_, err = w.Recorder.RecordService(w.System(), v, recording.Service{Common: in.Common, ServiceEntry: recording.ServiceEntry{Method: terms.MethodAbode, ExecutedAt: in.LastAttemptedAt}})
					} else {
						_, err = w.Recorder.RecordAttempt(w.System(), v, in)
					}
					if err != nil {
						t.Fatal(err)
					}
				},
				"time": func(*rapid.T) {
					w.Clock.Advance(time.Duration(rapid.IntRange(-1, 24).Draw(t, "hours")) * time.Hour)
				},
			})
			found, err := casefile.Check(w.System(), s.Client, casefile.DefaultTimely)
			if err != nil || len(found) > 0 {
				t.Fatal(found, err)
			}
		})
		if n := s.Client.WaitingRow.Query().CountX(w.System()); n > 0 {
			for _, row := range s.Client.WaitingRow.Query().AllX(w.System()) {
				if id, err := casefile.Find(w.System(), s.Client, row.Docket); err != nil || id != "" {
					t.Errorf("a row waits though its case %s is there: %v", id, err)
				}
			}
		}
	})
}

// sameAsRead imports the row: what is made of it in memory is what is read.
func sameAsRead(t *rapid.T, w *recordingtest.World, row feed.Registry) {
	id, err := casefile.Find(w.System(), w.Store.Client, row.DocketNumber)
	if err != nil || id == "" {
		w.Registry(row)
		return
	}
	read := func() *casefile.Facts {
		f, err := casefile.ReadFacts(w.System(), w.Store.Client, id)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	before := read()
	w.Registry(row)
	after := read()
	known := fmt.Sprint(before.Rows)
	for _, r := range after.Rows {
		if strings.Contains(known, string(r.ID)) {
			continue
		}
		b := casefile.Brought{Row: r, Order: after.Order(r.OrderNumber), Respondent: w.Store.Client.Respondent.Query().Where(respondent.RowID(r.ID)).OnlyX(w.System())}
		for _, h := range after.Hearings {
			if h.RowID == r.ID {
				b.Hearing = h
			}
		}
		for _, p := range after.ProtectedPersons {
			if p.RowID == r.ID {
				b.ProtectedPersons = append(b.ProtectedPersons, p)
			}
		}
		for _, a := range after.Addresses {
			if a.RowID == r.ID {
				b.Addresses = append(b.Addresses, a)
			}
		}
		if made := before.With(b); fmt.Sprintf("%v", *made) != fmt.Sprintf("%v", *after) {
			t.Fatalf("made:\n%v\nread:\n%v", *made, *after)
		}
	}
}

// Check sees every fold, in every page, and names what is wrong.
func TestCheckFindsWhatIsWrong(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		rows := make([]feed.Daybook, 450)
		for i := range rows {
			rows[i] = feed.Daybook{DocketNumber: terms.Docket(fmt.Sprintf("HHDFA26%07dS", i))}
		}
		w.Daybook(rows...)
		hearing := intaketest.Noon.Add(240 * time.Hour)
		w.Registry(feed.Registry{DocketNumber: rows[3].DocketNumber, OrderNumber: "PO-1", HearingAt: &hearing})
		w.Serve(w.Service(rows[3].DocketNumber, intaketest.Noon))
		w.Consistent()
		// Each column of the served case, and one of a case of the last page.
		for column, value := range map[string]any{
			"respondent_key": "doe jane", "order_kind": nil, "hearing_at": nil, "hearing_courtroom": "5A", "hearing_set_at": intaketest.Noon, "hearing_sort": intaketest.Noon,
			"last_timely_day": "2026-01-01", "service_status": "ATTEMPTED", "served_at": hearing, "served_in_time": false, "report_made": true,
			"holder_officer_id": nil, "transfer_id": "act_none", "transfer_work": "INCONSISTENT", "transfer_at": hearing, "respondent_disputed": true, "latest_activity_id": nil, "latest_activity_at": hearing,
		} {
			if _, err := s.SQL().ExecContext(t.Context(), "UPDATE registry_cases SET "+column+" = ? WHERE docket = ?", value, rows[3].DocketNumber); err != nil {
				t.Fatal(column, err)
			}
		}
		if _, err := s.SQL().ExecContext(t.Context(), "UPDATE registry_cases SET service_status = 'SERVED' WHERE docket = ?", rows[449].DocketNumber); err != nil {
			t.Fatal(err)
		}
		found, err := casefile.Check(t.Context(), s.Client, casefile.DefaultTimely)
		if err != nil || len(found) != 19 {
			t.Errorf("%d differences, %v: %v", len(found), err, found)
		}
	})
}
