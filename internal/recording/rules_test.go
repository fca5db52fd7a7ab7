package recording_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/intake/intaketest"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/recording/recordingtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

const docket = intaketest.Docket

// §4(b): a service is recorded within two hours; later it is accepted, flagged
// and delivered all the same.
func TestTwoHours(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		w.OpenCase(feed.Daybook{DocketNumber: docket, CreatedAt: intaketest.Noon.Add(-48 * time.Hour)})
		w.Registry(feed.Registry{DocketNumber: docket, OrderNumber: "PO-1", StateFileNumber: "S1", RespondentHome: feed.Address{Town: "Avon"}})
		evening := time.Date(2026, 11, 25, 2, 40, 0, 0, time.UTC) // 9:40 p.m. in Hartford
		for _, c := range []struct {
			name     string
			recorded time.Duration
			late     bool
			minutes  int
		}{
			{"served in hand at 9:40 p.m., recorded at once: not late", 0, false, 0},
			{"recorded 11:40 p.m., exactly two hours: not late", 2 * time.Hour, false, 120},
			{"a microsecond more: late", 2*time.Hour + time.Microsecond, true, 120},
			{"served in hand at 9:40 p.m., recorded 12:05 a.m.: late, still delivered", 145 * time.Minute, true, 145},
			{"recorded a week later: late, still delivered", 7 * 24 * time.Hour, true, 10080},
			{"a phone that is a minute ahead: not late", -time.Minute, false, 0},
		} {
			w.Clock.Set(evening.Add(c.recorded))
			in := w.Service(docket, evening)
			in.Confirm = []terms.Confirmation{terms.ConfirmAlreadyServed}
			// What the phone's clock said changes no flag.
			long := evening.Add(-9 * time.Hour)
			in.DeviceSubmittedAt, in.DeviceSentAt = &long, &long
			if c.recorded < 0 { // the case has recorded later: see TestRecordedAtNeverGoesBack
				w.OpenCase(feed.Daybook{DocketNumber: "HHDFA265099999S", CreatedAt: evening.Add(-time.Hour)})
				w.Registry(feed.Registry{DocketNumber: "HHDFA265099999S", OrderNumber: "PO-2", RespondentHome: feed.Address{Town: "Avon"}})
				in.Docket = "HHDFA265099999S"
			}
			a := w.Serve(in).Activity
			if *a.RecordedLate != c.late || *a.RecordingDelayMinutes != c.minutes {
				t.Errorf("%s: late %v after %d minutes", c.name, *a.RecordedLate, *a.RecordingDelayMinutes)
			}
			if told := w.Told(a.ID); len(told) != 1 {
				t.Errorf("%s: told are %v", c.name, told)
			}
			if !a.DeviceSubmittedAt.Equal(long) {
				t.Errorf("%s: the phone's clock is kept as evidence, not %v", c.name, a.DeviceSubmittedAt)
			}
		}
		w.Consistent()
	})
}

// codes are the refusals' codes and the fields that they are about.
func codes(r recording.Recorded) string {
	var all []string
	for _, refusal := range r.Refusals {
		if refusal.Message == "" || refusal.Path[0] != "input" {
			return "a refusal without message or path"
		}
		all = append(all, string(refusal.Code)+" "+strings.Join(refusal.Path[1:], "."))
	}
	return strings.Join(all, ", ")
}

// §4(c), §4(f), §4(h), §5(e), §5(f), §5(h): what cannot be is refused, and what
// is improbable is refused until it is confirmed; nothing is recorded then.
func TestRefusals(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		now := w.Clock.Now()
		w.OpenCase(feed.Daybook{DocketNumber: docket, CreatedAt: now.Add(-time.Hour)})
		service := func(change func(*recording.Service)) func() (recording.Recorded, error) {
			in := w.Service(docket, now)
			change(&in)
			return func() (recording.Recorded, error) {
				return w.Recorder.RecordService(t.Context(), w.As("officer1"), in)
			}
		}
		attempt := func(change func(*recording.Attempt)) func() (recording.Recorded, error) {
			in := w.Attempt(docket, now)
			change(&in)
			return func() (recording.Recorded, error) {
				return w.Recorder.RecordAttempt(t.Context(), w.As("officer1"), in)
			}
		}
		for _, c := range []struct {
			name, want string
			record     func() (recording.Recorded, error)
		}{
			{"§4(c): a docket number that the daybook has not brought", "CASE_NOT_FOUND docketNumber",
				service(func(in *recording.Service) { in.Docket = "HHDFA260000000S" })},
			{"§4(f): more than two minutes ahead of our clock", "IN_THE_FUTURE executedAt",
				service(func(in *recording.Service) { in.ExecutedAt = now.Add(2*time.Minute + time.Second) })},
			{"§5(f): an attempt of tomorrow", "IN_THE_FUTURE lastAttemptedAt",
				attempt(func(in *recording.Attempt) { in.LastAttemptedAt = now.Add(24 * time.Hour) })},
			{"no confirmation makes the future past", "IN_THE_FUTURE executedAt",
				service(func(in *recording.Service) {
					in.ExecutedAt = now.Add(time.Hour)
					in.Confirm = []terms.Confirmation{terms.ConfirmBeforeCaseExisted, terms.ConfirmAlreadyServed}
				})},
			{"§4(h): before the case existed", "BEFORE_CASE_EXISTED executedAt",
				service(func(in *recording.Service) { in.ExecutedAt = now.Add(-time.Hour - time.Microsecond) })},
			{"§5(h): before the case existed", "BEFORE_CASE_EXISTED lastAttemptedAt",
				attempt(func(in *recording.Attempt) { in.LastAttemptedAt = now.Add(-365 * 24 * time.Hour) })},
			{"another warning confirmed does not help", "BEFORE_CASE_EXISTED executedAt",
				service(func(in *recording.Service) {
					in.ExecutedAt = now.Add(-2 * time.Hour)
					in.Confirm = []terms.Confirmation{terms.ConfirmAlreadyServed}
				})},
			{"§5(e): OTHER without a word", "DETAIL_REQUIRED detail",
				attempt(func(in *recording.Attempt) { in.Reason, in.Detail = terms.ReasonOther, " \n " })},
			{"texts too long", "TOO_LONG note, TOO_LONG detail",
				attempt(func(in *recording.Attempt) {
					in.Note, in.Detail = strings.Repeat("é", 4001), strings.Repeat("😀", 1001)
				})},
			{"a control character", "BAD_TEXT note", service(func(in *recording.Service) { in.Note = "bell\a" })},
			{"a mark that turns the direction of writing", "BAD_TEXT note", service(func(in *recording.Service) { in.Note = "\u202etxt.exe" })},
			{"half a character", "BAD_TEXT note", service(func(in *recording.Service) { in.Note = "\xf0\x9f" })},
			{"a shared phone cannot sign for another", "WRONG_OFFICER asOfficerId",
				service(func(in *recording.Service) { in.AsOfficer = w.Officer("officer2") })},
			{"everything wrong at once is said at once", "BAD_TEXT note, WRONG_OFFICER asOfficerId",
				service(func(in *recording.Service) { in.Note, in.AsOfficer = "\a", w.Officer("officer2") })},
		} {
			got, err := c.record()
			if err != nil || codes(got) != c.want || got.Activity != nil || got.Case != nil {
				t.Errorf("%s: %s, %v; want %s", c.name, codes(got), err, c.want)
			}
		}
		if n := s.Client.ServiceActivity.Query().CountX(w.System()); n != 0 {
			t.Errorf("%d activities in spite of it", n)
		}
		if c := w.Case(docket); c.ServiceStatus != terms.StatusNoEntry || c.LatestActivityID != nil {
			t.Errorf("the case has changed: %v", c)
		}

		// What may stand.
		for _, c := range []struct {
			name   string
			record func() (recording.Recorded, error)
		}{
			{"two minutes of skew", service(func(in *recording.Service) { in.ExecutedAt = now.Add(2 * time.Minute) })},
			{"the instant at which the case was created", attempt(func(in *recording.Attempt) {
				in.LastAttemptedAt, in.Confirm = now.Add(-time.Hour), []terms.Confirmation{terms.ConfirmAlreadyServed}
			})},
			{"before the case existed, confirmed", attempt(func(in *recording.Attempt) {
				in.LastAttemptedAt = now.Add(-2 * time.Hour)
				in.Confirm = []terms.Confirmation{terms.ConfirmBeforeCaseExisted, terms.ConfirmAlreadyServed}
			})},
			{"as oneself", attempt(func(in *recording.Attempt) {
				in.AsOfficer, in.Confirm = w.Officer("officer1"), []terms.Confirmation{terms.ConfirmAlreadyServed}
			})},
			{"a note of 4,000 characters, emoji and all", attempt(func(in *recording.Attempt) {
				in.Note, in.Confirm = strings.Repeat("👩", 4000), []terms.Confirmation{terms.ConfirmAlreadyServed}
			})},
		} {
			if got, err := c.record(); err != nil || len(got.Refusals) > 0 {
				t.Errorf("%s: %s, %v", c.name, codes(got), err)
			}
		}
		w.Consistent()
	})
}

// §4(h), §5(h): a second service, or an attempt after it, needs a confirmation,
// and the warning says when the first was executed.
func TestAlreadyServed(t *testing.T) {
	w := recordingtest.New(t, storetest.SQLite(t))
	w.OpenCase(feed.Daybook{DocketNumber: docket})
	at := w.Clock.Now()
	w.Serve(w.Service(docket, at))
	w.Clock.Advance(time.Minute)
	service, err := w.Recorder.RecordService(t.Context(), w.As("officer2"), w.Service(docket, w.Clock.Now()))
	if err != nil || codes(service) != "ALREADY_SERVED docketNumber" || !service.Refusals[0].ServedAt.Equal(at) {
		t.Errorf("second service: %+v, %v", service.Refusals, err)
	}
	if !strings.Contains(service.Refusals[0].Message, "Tue Nov 24 2026, 12:00 PM EST") {
		t.Errorf("it does not say when: %s", service.Refusals[0].Message)
	}
	in := w.Attempt(docket, w.Clock.Now())
	attempt, err := w.Recorder.RecordAttempt(t.Context(), w.As("officer2"), in)
	if err != nil || codes(attempt) != "ALREADY_SERVED docketNumber" {
		t.Errorf("attempt after service: %+v, %v", attempt.Refusals, err)
	}
	in.Confirm = []terms.Confirmation{terms.ConfirmAlreadyServed}
	got := w.Try(in)
	if got.Case.ServiceStatus != terms.StatusServed || !got.Case.ServedAt.Equal(at) {
		t.Errorf("the case stays served: %v", got.Case)
	}
	w.Consistent()
}

// §2(e): only officers record in their own name; nobody without signing in.
func TestOnlyOfficersRecord(t *testing.T) {
	w := recordingtest.New(t, storetest.SQLite(t))
	w.OpenCase(feed.Daybook{DocketNumber: docket})
	record := func(v *access.Viewer) error {
		_, service := w.Recorder.RecordService(t.Context(), v, w.Service(docket, w.Clock.Now()))
		_, attempt := w.Recorder.RecordAttempt(t.Context(), v, w.Attempt(docket, w.Clock.Now()))
		if !errors.Is(service, attempt) {
			t.Errorf("service: %v, attempt: %v", service, attempt)
		}
		return service
	}
	for _, name := range []string{"registry1", "manager1", "supervisor1", "court1", "analyst1"} {
		if err := record(w.As(name)); !errors.Is(err, access.ErrForbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := record(nil); !errors.Is(err, access.ErrUnauthenticated) {
		t.Errorf("nobody: %v", err)
	}
	unlinked := w.As("officer1")
	unlinked.Officer = ""
	if err := record(unlinked); !errors.Is(err, access.ErrForbidden) {
		t.Errorf("an officer's account without an officer: %v", err)
	}
	if n := w.Store.Client.ServiceActivity.Query().CountX(w.System()); n != 0 {
		t.Errorf("%d activities", n)
	}
}

// The context of the request ends: nothing is left behind.
func TestACancelledRecordingLeavesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		w.OpenCase(feed.Daybook{DocketNumber: docket})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if got, err := w.Recorder.RecordService(ctx, w.As("officer1"), w.Service(docket, w.Clock.Now())); err == nil {
			t.Errorf("recorded: %v", got)
		}
		nothing(t, w)
	})
}
