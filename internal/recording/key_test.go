package recording_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/intake/intaketest"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/recording/recordingtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// §4(i): submitting twice is submitting once.
func TestTheSameKeyRecordsOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		w.OpenCase(feed.Daybook{DocketNumber: docket})
		w.OpenCase(feed.Daybook{DocketNumber: "HHDFA265099999S"})
		in := w.Service(docket, intaketest.Noon)
		in.Note = "Jose\u0301\r\n"
		first := w.Serve(in).Activity

		// The world has changed since: it is served now, and a day later.
		w.Clock.Advance(24 * time.Hour)
		same := map[string]func(*recording.Service){
			"the same":                    func(*recording.Service) {},
			"confirmations are no facts":  func(in *recording.Service) { in.Confirm = []terms.Confirmation{terms.ConfirmAlreadyServed} },
			"device times are no facts":   func(in *recording.Service) { now := w.Clock.Now(); in.DeviceSentAt, in.DeviceSubmittedAt = &now, &now },
			"the same instant elsewhere":  func(in *recording.Service) { in.ExecutedAt = in.ExecutedAt.In(terms.CourtZone).Add(999) },
			"the same text, cleaned":      func(in *recording.Service) { in.Note = "  José" },
			"as whom is no fact":          func(in *recording.Service) { in.AsOfficer = w.Officer("officer1") },
			"whoever it is signed as now": func(in *recording.Service) { in.AsOfficer = w.Officer("officer2") },
		}
		for name, change := range same {
			again := in
			change(&again)
			if got := w.Serve(again); got.Activity.ID != first.ID || got.Case.ServiceStatus != terms.StatusServed {
				t.Errorf("%s: %v", name, got.Activity)
			}
		}
		other := map[string]func(*recording.Service){
			"method":                        func(in *recording.Service) { in.Method = terms.MethodAbode },
			"time":                          func(in *recording.Service) { in.ExecutedAt = in.ExecutedAt.Add(time.Microsecond) },
			"police":                        func(in *recording.Service) { in.PoliceAssistanceRequested = true },
			"note":                          func(in *recording.Service) { in.Note = "Jose" },
			"docket":                        func(in *recording.Service) { in.Docket = "HHDFA265099999S" },
			"no case":                       func(in *recording.Service) { in.Docket = "HHDFA260000000S" },
			"a text that could not be kept": func(in *recording.Service) { in.Note = "\a" },
		}
		for name, change := range other {
			again := in
			change(&again)
			got, err := w.Recorder.RecordService(t.Context(), w.As("officer1"), again)
			if err != nil || codes(got) != "KEY_REUSED idempotencyKey" {
				t.Errorf("another %s: %s, %v", name, codes(got), err)
			}
		}
		attempt := w.Attempt(docket, intaketest.Noon)
		attempt.IdempotencyKey = in.IdempotencyKey
		if got, err := w.Recorder.RecordAttempt(t.Context(), w.As("officer1"), attempt); err != nil || codes(got) != "KEY_REUSED idempotencyKey" {
			t.Errorf("another kind: %s, %v", codes(got), err)
		}
		// The key is the account's own, and letters count as they are written.
		for account, key := range map[string]string{"officer2": in.IdempotencyKey, "officer1": "TEST" + in.IdempotencyKey[4:]} {
			again := in
			again.IdempotencyKey, again.Confirm = key, []terms.Confirmation{terms.ConfirmAlreadyServed, terms.ConfirmBeforeCaseExisted}
			if got, err := w.Recorder.RecordService(t.Context(), w.As(account), again); err != nil || len(got.Refusals) > 0 || got.Activity.ID == first.ID {
				t.Errorf("%s with %s: %s, %v", account, key, codes(got), err)
			}
		}
		if n := s.Client.ServiceActivity.Query().CountX(w.System()); n != 3 {
			t.Errorf("%d activities", n)
		}
		w.Consistent()
	})
}

// Only success takes a key: what was refused can be confirmed with it.
func TestARefusalDoesNotTakeTheKey(t *testing.T) {
	w := recordingtest.New(t, storetest.SQLite(t))
	w.OpenCase(feed.Daybook{DocketNumber: docket})
	in := w.Service(docket, intaketest.Noon.Add(-2*time.Hour))
	if got, err := w.Recorder.RecordService(t.Context(), w.As("officer1"), in); err != nil || len(got.Refusals) != 1 {
		t.Fatal(got.Refusals, err)
	}
	in.Confirm = []terms.Confirmation{terms.ConfirmBeforeCaseExisted}
	w.Serve(in)
	w.Consistent()
}

// §4(i): fifty at once with one key are one activity, whichever dockets they name.
func TestFiftyAtOnceRecordOnce(t *testing.T) {
	for name, dockets := range map[string]int{"one docket": 1, "the same key on two dockets": 2} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				w := recordingtest.New(t, s)
				all := make([]terms.Docket, dockets)
				for i := range all {
					all[i] = terms.Docket(fmt.Sprintf("HHDFA26500000%dS", i))
					w.OpenCase(feed.Daybook{DocketNumber: all[i]})
					w.Registry(feed.Registry{DocketNumber: all[i], OrderNumber: "PO-1", StateFileNumber: "S1", RespondentHome: feed.Address{Town: "Avon"}})
				}
				in := w.Service("", intaketest.Noon)
				v := w.As("officer1")
				results := make([]recording.Recorded, 50)
				errs := make([]error, len(results))
				var wg sync.WaitGroup
				start := make(chan struct{})
				for i := range results {
					wg.Go(func() {
						<-start
						mine := in
						mine.Docket = all[i%dockets]
						results[i], errs[i] = w.Recorder.RecordService(t.Context(), v, mine)
					})
				}
				close(start)
				wg.Wait()
				only := s.Client.ServiceActivity.Query().OnlyX(w.System())
				for i, r := range results {
					switch {
					case errs[i] != nil:
						t.Errorf("%d: %v", i, errs[i])
					case w.Case(all[i%dockets]).ID != only.CaseID:
						if codes(r) != "KEY_REUSED idempotencyKey" {
							t.Errorf("%d, on the other docket: %s, %v", i, codes(r), r.Activity)
						}
					case len(r.Refusals) > 0 || r.Activity.ID != only.ID || r.Case.ServiceStatus != terms.StatusServed:
						t.Errorf("%d: %s, %v", i, codes(r), r.Activity)
					}
				}
				if n := len(w.Deliveries(only.ID)); n != 3 {
					t.Errorf("%d deliveries", n)
				}
				w.Consistent()
			})
		})
	}
}
