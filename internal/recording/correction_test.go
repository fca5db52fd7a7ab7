package recording_test

import (
	"errors"
	"fmt"
	"slices"
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

// §4(b): a corrected service is late by when a service was first recorded in its
// chain, and the corrected time.
func TestTwoHoursOfACorrection(t *testing.T) {
	noon := intaketest.Noon
	served, attempted := recordingtest.Served, recordingtest.Attempted
	hours := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Hour) }
	for _, c := range []struct {
		name    string
		chain   func(w *recordingtest.World) terms.ID // the clock stands at noon
		entry   recording.Entry                       // corrects it at midnight
		late    bool
		minutes int
	}{
		{"recorded at once, corrected at midnight: not late", func(w *recordingtest.World) terms.ID {
			return w.Serve(w.Service(docket, noon)).Activity.ID
		}, served(hours(-1)), false, 60},
		{"corrected to three hours before it was recorded: late", func(w *recordingtest.World) terms.ID {
			return w.Serve(w.Service(docket, noon)).Activity.ID
		}, served(hours(-3)), true, 180},
		{"corrected to after it was recorded: a phone that was ahead", func(w *recordingtest.World) terms.ID {
			return w.Serve(w.Service(docket, noon)).Activity.ID
		}, served(hours(1)), false, 0},
		{"recorded three hours late, corrected to one hour: late no more", func(w *recordingtest.World) terms.ID {
			return w.Serve(w.Service(docket, hours(-3))).Activity.ID
		}, served(hours(-1)), false, 60},
		{"corrected twice: the first recording counts", func(w *recordingtest.World) terms.ID {
			a := w.Serve(w.Service(docket, noon)).Activity.ID
			w.Clock.Set(hours(6))
			return w.Correct("officer1", a, served(hours(-4))).Activity.ID
		}, served(hours(-1)), false, 60},
		{"an attempt that becomes a service counts from the correction", func(w *recordingtest.World) terms.ID {
			return w.Try(w.Attempt(docket, noon)).Activity.ID
		}, served(noon), true, 720},
		{"a service, an attempt and a service again: the first service counts", func(w *recordingtest.World) terms.ID {
			a := w.Serve(w.Service(docket, noon)).Activity.ID
			w.Clock.Set(hours(6))
			return w.Correct("officer1", a, attempted(noon)).Activity.ID
		}, served(noon), false, 0},
		{"§7: of a manual entry, when it was reported", func(w *recordingtest.World) terms.ID {
			in := w.Manual("officer1", docket, served(noon))
			in.ReportedAt = noon
			w.Clock.Set(hours(8))
			return w.Enter(in).Activity.ID
		}, served(hours(-2)), false, 120},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := recordingtest.New(t, storetest.SQLite(t))
			w.OpenCase(feed.Daybook{DocketNumber: docket, CreatedAt: noon.Add(-48 * time.Hour)})
			id := c.chain(w)
			w.Clock.Set(hours(12))
			a := w.Correct("officer1", id, c.entry).Activity
			if *a.RecordedLate != c.late || *a.RecordingDelayMinutes != c.minutes {
				t.Errorf("late %v after %d minutes, want %d", *a.RecordedLate, *a.RecordingDelayMinutes, c.minutes)
			}
			if a.ReportedVia != nil || a.ReportedAt != nil {
				t.Errorf("the correction itself was not reported: the chain says what was")
			}
			w.Consistent()
		})
	}
}

// Every kind can become every other; of the old kind nothing is left.
func TestACorrectionMayChangeTheKind(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		kinds := func() []recording.Entry {
			at := w.Clock.Now()
			return []recording.Entry{
				recordingtest.Served(at), recordingtest.Attempted(at), recordingtest.Received(at),
				recordingtest.Transferred(w.Officer("officer2"), at), recordingtest.Noted("x"),
			}
		}
		n := 0
		for i := range kinds() {
			for j := range kinds() {
				n++
				d := terms.Docket(fmt.Sprintf("HHDFA26%07dS", n))
				w.OpenCase(feed.Daybook{DocketNumber: d})
				first := w.Enter(w.Manual("officer1", d, kinds()[i])).Activity
				got := w.Correct("officer1", first.ID, kinds()[j])
				a, c := got.Activity, got.Case
				if *a.CorrectsID != first.ID || a.OfficerID != first.OfficerID || a.IdempotencyKey == first.IdempotencyKey {
					t.Errorf("%s into %s: %v", first.Kind, a.Kind, a)
				}
				if has := a.Method != nil; has != (a.Kind == terms.KindService) {
					t.Errorf("%s into %s: method %v", first.Kind, a.Kind, a.Method)
				}
				if has := a.Reason != nil; has != (a.Kind == terms.KindAttempt) {
					t.Errorf("%s into %s: reason %v", first.Kind, a.Kind, a.Reason)
				}
				if has := a.ToOfficerID != nil && a.FromOfficerID != nil; has != (a.Kind == terms.KindTransfer) {
					t.Errorf("%s into %s: to %v", first.Kind, a.Kind, a.ToOfficerID)
				}
				if served := c.ServiceStatus == terms.StatusServed; served != (a.Kind == terms.KindService) {
					t.Errorf("%s into %s: %s", first.Kind, a.Kind, c.ServiceStatus)
				}
			}
		}
		w.Consistent()
	})
}

// §4(h), §5(h): a correction is warned of a service only where it says more than
// what it corrects, and never of the one that it corrects.
func TestAlreadyServedByACorrection(t *testing.T) {
	w := recordingtest.New(t, storetest.SQLite(t))
	at := intaketest.Noon
	for n, c := range []struct {
		name, want  string
		beside      bool // another service stands
		first, then recording.Entry
	}{
		{"the only service, to another time", "", false, recordingtest.Served(at), recordingtest.Served(at.Add(-time.Minute))},
		{"the only service, into an attempt", "", false, recordingtest.Served(at), recordingtest.Attempted(at)},
		{"an attempt into the only service", "", false, recordingtest.Attempted(at), recordingtest.Served(at)},
		{"an attempt into a service beside a service", "ALREADY_SERVED activityId", true, recordingtest.Attempted(at), recordingtest.Served(at)},
		{"other information into a service beside a service", "ALREADY_SERVED activityId", true, recordingtest.Noted("x"), recordingtest.Served(at)},
		{"a receipt into an attempt beside a service", "ALREADY_SERVED activityId", true, recordingtest.Received(at), recordingtest.Attempted(at)},
		{"a service beside a service: that was confirmed", "", true, recordingtest.Served(at), recordingtest.Served(at.Add(-time.Minute))},
		{"into an attempt: it says less", "", true, recordingtest.Served(at), recordingtest.Attempted(at)},
		{"the words of an attempt after service", "", true, recordingtest.Attempted(at), recordingtest.Attempted(at)},
		{"an attempt into a receipt", "", true, recordingtest.Attempted(at), recordingtest.Received(at)},
	} {
		docket := terms.Docket(fmt.Sprintf("HHDFA26%07dS", n))
		w.OpenCase(feed.Daybook{DocketNumber: docket})
		first := w.Manual("officer1", docket, c.first)
		id := w.Enter(first).Activity.ID
		other := at.Add(-30 * time.Minute)
		if c.beside {
			in := w.Service(docket, other)
			in.Confirm = []terms.Confirmation{terms.ConfirmAlreadyServed}
			w.Serve(in)
		}
		in := recording.Correction{Common: w.By(""), Activity: id, Reason: "x", Entry: c.then}
		got, err := w.Recorder.CorrectActivity(t.Context(), w.As("officer1"), in)
		if err != nil || codes(got) != c.want {
			t.Errorf("%s: %s, %v", c.name, codes(got), err)
		}
		if c.want != "" {
			if r := got.Refusals[0]; !r.ServedAt.Equal(other) {
				t.Errorf("%s: served at %v", c.name, r.ServedAt)
			}
			in.Confirm = []terms.Confirmation{terms.ConfirmAlreadyServed}
			w.Recorded(w.Recorder.CorrectActivity(t.Context(), w.As("officer1"), in))
		}
	}
	w.Consistent()
}

// Who corrects and withdraws: the officer whose activity it is, also where the
// registry section entered it (§7), and registry staff. Nobody else learns
// whether there is such an activity.
func TestWhoCorrects(t *testing.T) {
	w := recordingtest.New(t, storetest.SQLite(t))
	w.OpenCase(feed.Daybook{DocketNumber: docket})
	mine := w.Enter(w.Manual("officer1", docket, recordingtest.Received(intaketest.Noon))).Activity.ID
	correct := func(v *access.Viewer, id terms.ID) (recording.Recorded, error) {
		r, err := w.Recorder.CorrectActivity(t.Context(), v, recording.Correction{Common: w.By(""), Activity: id, Reason: "x", Entry: recordingtest.Received(intaketest.Noon)})
		g, also := w.Recorder.WithdrawActivity(t.Context(), v, recording.Withdrawal{Common: w.By(""), Activity: id, Reason: "x"})
		if !errors.Is(err, also) || len(r.Refusals) > 0 && len(g.Refusals) > 0 && r.Refusals[0].Message != g.Refusals[0].Message {
			t.Errorf("corrected: %v %v, withdrawn: %v %v", r.Refusals, err, g.Refusals, also)
		}
		return r, err
	}
	var words []string
	for _, id := range []terms.ID{mine, terms.NewID(terms.ActivityPrefix)} {
		got, err := correct(w.As("officer2"), id)
		if err != nil || codes(got) != "NOT_YOURS activityId" {
			t.Fatalf("%s, %v", codes(got), err)
		}
		words = append(words, got.Refusals[0].Message)
	}
	if words[0] != words[1] {
		t.Errorf("the answers differ: %q", words)
	}
	if got, err := correct(w.As("registry1"), terms.NewID(terms.ActivityPrefix)); err != nil || codes(got) != "NOT_YOURS activityId" {
		t.Errorf("%s, %v", codes(got), err)
	}
	for _, name := range []string{"supervisor1", "court1", "analyst1"} {
		if _, err := correct(w.As(name), mine); !errors.Is(err, access.ErrForbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	unsigned := w.As("registry1")
	unsigned.Agreed = false
	if _, err := correct(unsigned, mine); !errors.Is(err, access.ErrForbidden) {
		t.Errorf("before the agreement: %v", err)
	}
	if _, err := correct(nil, mine); !errors.Is(err, access.ErrUnauthenticated) {
		t.Errorf("nobody: %v", err)
	}
	// A clerk who is an officer as well: what is his own he corrects as such.
	both := w.As("officer1")
	both.Roles = append(both.Roles, terms.RoleRegistryClerk)
	others := w.Receive("officer2", docket, intaketest.Noon).Activity.ID
	for id, role := range map[terms.ID]terms.Role{mine: terms.RoleOfficer, others: terms.RoleRegistryClerk} {
		r, err := w.Recorder.CorrectActivity(t.Context(), both, recording.Correction{Common: w.By(""), Activity: id, Reason: "x", Entry: recordingtest.Received(intaketest.Noon)})
		if err != nil || len(r.Refusals) > 0 || r.Activity.RecordedByRole != role {
			t.Errorf("as %s: %v, %v", role, r, err)
		}
	}
	w.Consistent()
}

// A correction says why, and one thing; its entry's fields are named where they
// stand. What was corrected or withdrawn is corrected no more: the answer names
// the newest.
func TestRefusedCorrections(t *testing.T) {
	w := recordingtest.New(t, storetest.SQLite(t))
	w.OpenCase(feed.Daybook{DocketNumber: docket})
	noon := intaketest.Noon
	early := w.Attempt(docket, noon.Add(-2*time.Hour))
	early.Confirm = []terms.Confirmation{terms.ConfirmBeforeCaseExisted}
	first := w.Try(early).Activity.ID
	good := func() recording.Correction {
		return recording.Correction{Common: w.By(""), Activity: first, Reason: "x", Entry: recordingtest.Attempted(noon)}
	}
	for want, change := range map[string]func(*recording.Correction){
		"REASON_REQUIRED reason": func(in *recording.Correction) { in.Reason = " \n" },
		"TOO_LONG reason":        func(in *recording.Correction) { in.Reason = strings.Repeat("x", 1001) },
		"BAD_TEXT reason":        func(in *recording.Correction) { in.Reason = "\a" },
		"EXACTLY_ONE entry":      func(in *recording.Correction) { in.Entry = recording.Entry{} },
		"DETAIL_REQUIRED entry.attempt.detail": func(in *recording.Correction) {
			in.Entry.Attempt.Reason = terms.ReasonOther
		},
		"IN_THE_FUTURE entry.attempt.lastAttemptedAt": func(in *recording.Correction) {
			in.Entry = recordingtest.Attempted(noon.Add(time.Hour))
		},
		"BEFORE_CASE_EXISTED entry.service.executedAt": func(in *recording.Correction) {
			in.Entry = recordingtest.Served(noon.Add(-3 * time.Hour))
		},
		"SAME_OFFICER entry.transfer.to.officerId": func(in *recording.Correction) {
			in.Entry = recordingtest.Transferred(w.Officer("officer1"), noon)
		},
		"WRONG_OFFICER asOfficerId": func(in *recording.Correction) { in.AsOfficer = w.Officer("officer2") },
		// The time was confirmed when it was recorded, and is the same.
		"": func(in *recording.Correction) { in.Entry = recordingtest.Attempted(noon.Add(-2 * time.Hour)) },
	} {
		in := good()
		if change(&in); want == "" {
			continue
		}
		got, err := w.Recorder.CorrectActivity(t.Context(), w.As("officer1"), in)
		if err != nil || codes(got) != want {
			t.Errorf("%s, %v; want %s", codes(got), err, want)
		}
	}
	two := good()
	two.Entry.Service = recordingtest.Served(noon).Service
	if got, err := w.Recorder.CorrectActivity(t.Context(), w.As("officer1"), two); err != nil || codes(got) != "EXACTLY_ONE entry" {
		t.Errorf("two entries: %s, %v", codes(got), err)
	}
	// The time was confirmed when it was recorded, and is the same.
	second := w.Correct("officer1", first, recordingtest.Attempted(noon.Add(-2*time.Hour))).Activity.ID
	third := w.Correct("officer1", second, recordingtest.Attempted(noon)).Activity.ID
	old := func(id, newest terms.ID, says string) {
		t.Helper()
		in := good()
		in.Activity = id
		got, err := w.Recorder.CorrectActivity(t.Context(), w.As("registry1"), in)
		gone, also := w.Recorder.WithdrawActivity(t.Context(), w.As("officer1"), recording.Withdrawal{Common: w.By(""), Activity: id, Reason: "x"})
		for _, r := range []recording.Recorded{got, gone} {
			if codes(r) != "ALREADY_CORRECTED activityId" || r.Refusals[0].Newest != newest || !strings.Contains(r.Refusals[0].Message, says) {
				t.Errorf("%+v, %v, %v", r.Refusals, err, also)
			}
		}
	}
	old(first, third, "was corrected on Tue Nov 24 2026")
	old(second, third, "was corrected")
	last := w.Withdraw("registry1", third).Activity.ID
	for _, id := range []terms.ID{first, second, third, last} {
		old(id, last, "recorded anew")
	}
	w.Consistent()
}

// C.G.S. §51-5c: the officer who is told that it was corrected already has looked
// the case up as well, and is answered what stands; registry staff leave nothing.
func TestARefusedCorrectionIsALookUp(t *testing.T) {
	w := recordingtest.New(t, storetest.SQLite(t))
	w.OpenCase(feed.Daybook{DocketNumber: docket})
	first := w.Receive("officer1", docket, intaketest.Noon).Activity.ID
	w.Correct("registry1", first, recordingtest.Received(intaketest.Noon))
	lookUps := func() int { return w.Store.Client.CaseLookUp.Query().CountX(w.System()) }
	for name, want := range map[string]int{"officer1": 1, "registry1": 0} {
		before := lookUps()
		got, err := w.Recorder.WithdrawActivity(t.Context(), w.As(name), recording.Withdrawal{Common: w.By(""), Activity: first, Reason: "x"})
		if err != nil || codes(got) != "ALREADY_CORRECTED activityId" || lookUps()-before != want {
			t.Errorf("%s: %s, %v, and %d look-ups, want %d", name, codes(got), err, lookUps()-before, want)
		}
	}
}

// A correction's key is for what it corrects, why, and what it says.
func TestTheKeyOfACorrection(t *testing.T) {
	w := recordingtest.New(t, storetest.SQLite(t))
	w.OpenCase(feed.Daybook{DocketNumber: docket})
	first := w.Receive("officer1", docket, intaketest.Noon).Activity.ID
	other := w.Receive("officer1", docket, intaketest.Noon).Activity.ID
	in := recording.Correction{Common: w.By(""), Activity: first, Reason: "x", Entry: recordingtest.Received(intaketest.Noon)}
	done := w.Recorded(w.Recorder.CorrectActivity(t.Context(), w.As("officer1"), in)).Activity.ID
	for name, change := range map[string]func(*recording.Correction){
		"the same":       func(*recording.Correction) {},
		"another reason": func(in *recording.Correction) { in.Reason = "y" },
		"another entry":  func(in *recording.Correction) { in.Entry = recordingtest.Attempted(intaketest.Noon) },
		"another":        func(in *recording.Correction) { in.Activity = other },
	} {
		again := in
		change(&again)
		got, err := w.Recorder.CorrectActivity(t.Context(), w.As("officer1"), again)
		if same := name == "the same"; err != nil || same != (len(got.Refusals) == 0 && got.Activity.ID == done) || !same && codes(got) != "KEY_REUSED idempotencyKey" {
			t.Errorf("%s: %s, %v", name, codes(got), err)
		}
	}
	got, err := w.Recorder.WithdrawActivity(t.Context(), w.As("officer1"), recording.Withdrawal{Common: in.Common, Activity: first, Reason: "x"})
	if err != nil || codes(got) != "KEY_REUSED idempotencyKey" {
		t.Errorf("a withdrawal: %s, %v", codes(got), err)
	}
	w.Consistent()
}

// Two corrections at once: one wins, the other is told of it.
func TestTwoCorrectionsAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		w.OpenCase(feed.Daybook{DocketNumber: docket})
		first := w.Serve(w.Service(docket, intaketest.Noon)).Activity.ID
		accounts := []string{"officer1", "registry1", "manager1", "officer1"}
		results := atOnce(t, len(accounts), func(n int) (recording.Recorded, error) {
			if n == 3 {
				return w.Recorder.WithdrawActivity(t.Context(), w.As(accounts[n]), recording.Withdrawal{Common: w.By(""), Activity: first, Reason: "x"})
			}
			return w.Recorder.CorrectActivity(t.Context(), w.As(accounts[n]), recording.Correction{
				Common: w.By(""), Activity: first, Reason: "x", Entry: recordingtest.Served(intaketest.Noon.Add(-time.Duration(n) * time.Minute)),
			})
		})
		won := slices.IndexFunc(results, func(r recording.Recorded) bool { return len(r.Refusals) == 0 })
		if won < 0 {
			t.Fatal("nobody won")
		}
		for n, r := range results {
			if n != won && (codes(r) != "ALREADY_CORRECTED activityId" || r.Refusals[0].Newest != results[won].Activity.ID) {
				t.Errorf("%d: %+v", n, r.Refusals)
			}
		}
		if n := s.Client.ServiceActivity.Query().CountX(w.System()); n != 2 {
			t.Errorf("%d activities", n)
		}
		w.Consistent()
	})
}
