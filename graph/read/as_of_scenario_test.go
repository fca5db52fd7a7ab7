package read_test

import (
	"testing"

	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/recording/recordingtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// §5(b), §4(b): the judge continued the hearing at 9:00 because service was not
// known. It was recorded at 9:20, and its time corrected at 11:00. In the
// afternoon court staff ask what was known, and when.
func TestWhatWasKnownOnTheMorningOfTheHearing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := newPast(t, s)
		const d terms.Docket = "HHDFA265012345S"
		hearing := court("12-01 10:00")
		p.Clock.Set(court("11-20 09:00"))
		p.OpenCase(feed.Daybook{DocketNumber: d})
		p.Clock.Set(court("11-20 09:30"))
		p.World.Registry(feed.Registry{DocketNumber: d, OrderNumber: "PO-1", HearingAt: &hearing, Courtroom: "4B"})
		p.Clock.Set(court("11-22 18:00"))
		p.Receive("officer1", d, court("11-22 09:00"))
		p.Try(p.Attempt(d, court("11-22 17:00")))
		p.Clock.Set(court("12-01 09:20"))
		in := p.Service(d, court("11-28 19:00"))
		in.Note = "at the back door"
		served := p.Serve(in).Activity
		p.Clock.Set(court("12-01 09:40"))
		continued := court("12-15 10:00")
		p.World.Registry(feed.Registry{DocketNumber: d, OrderNumber: "PO-1", HearingAt: &continued, Courtroom: "5A"})
		p.Clock.Set(court("12-01 10:30"))
		transfer := p.Transfer("officer1", d, "officer2", court("12-01 10:20")).Activity
		p.Clock.Set(court("12-01 11:00"))
		corrected := p.Correct("officer1", served.ID, recording.Entry{Service: &recording.ServiceEntry{Method: terms.MethodHand, ExecutedAt: court("11-29 19:00")}}).Activity
		p.Clock.Set(court("12-01 11:30"))
		p.Acknowledge("officer2", transfer.ID)
		p.Clock.Set(court("12-01 12:00"))
		p.Withdraw("registry1", corrected.ID)
		p.Clock.Set(court("12-01 13:00"))
		p.Daybook(feed.Daybook{DocketNumber: d, RespondentLastName: "Rowe"})
		p.number()

		ask := func(account, at string) graphtest.Answer {
			t.Helper()
			return graphtest.MustAsk(p.asked(account, court("12-01 15:00")), t, p.Server, asThen, map[string]any{"d": d, "at": court(at)})
		}
		for _, x := range []struct {
			at, path string
			want     any
		}{
			{"11-20 08:00", "", nil}, // not opened yet
			{"11-20 09:15", "orderKind", nil},
			{"11-20 09:15", "lastDayForTimelyService", nil},
			{"11-25 09:00", "unsuccessfulReportDue", false},
			// 9:00: an attempt, no service: the report was due.
			{"12-01 09:00", "serviceStatus", "ATTEMPTED"},
			{"12-01 09:00", "unsuccessfulReportDue", true},
			{"12-01 09:00", "servedAt", nil},
			{"12-01 09:00", "hearing", "2026-12-01T15:00:00.000000Z"},
			{"12-01 09:00", "lastDayForTimelyService", "2026-11-28"},
			{"12-01 09:00", "respondent", "Roe"},
			{"12-01 09:00", "settled", true},
			// 9:20: served on the last timely day.
			{"12-01 09:20", "serviceStatus", "SERVED"},
			{"12-01 09:20", "unsuccessfulReportDue", false},
			{"12-01 09:20", "servedAt", "2026-11-29T00:00:00.000000Z"},
			{"12-01 09:20", "servedInTime", true},
			// 9:40: continued. In time it was all the same.
			{"12-01 10:00", "hearing", "2026-12-15T15:00:00.000000Z"},
			{"12-01 10:00", "servedInTime", true},
			{"12-01 10:00", "processHolder", "Maria Ortiz"},
			{"12-01 10:30", "processHolder", "Daniel Weiss"},
			// 11:00: its time was corrected, so it is judged anew: a day too late.
			{"12-01 11:00", "servedAt", "2026-11-30T00:00:00.000000Z"},
			{"12-01 11:00", "servedInTime", false},
			// 12:00: taken back. Nothing earlier revives.
			{"12-01 12:00", "serviceStatus", "NO_ENTRY"},
			{"12-01 12:00", "servedAt", nil},
			{"12-01 12:00", "respondent", "Roe"},
			{"12-01 13:00", "respondent", "Rowe"},
		} {
			a := ask("court1", x.at)
			c := a.At(t, "registryCaseAsOf")
			var got any
			switch m, _ := c.(map[string]any); {
			case x.path == "":
				got = c
			case x.path == "hearing":
				got = a.At(t, "registryCaseAsOf", "hearing", "scheduledFor")
			case x.path == "respondent":
				got = a.At(t, "registryCaseAsOf", "respondent", "lastName")
			case x.path == "processHolder":
				got = a.At(t, "registryCaseAsOf", "processHolder", "name", "display")
			default:
				got = m[x.path]
			}
			if got != x.want {
				t.Errorf("as of %s %s is %v, want %v", x.at, x.path, got, x.want)
			}
		}

		// What had become of the service, and of the transfer, then.
		for _, x := range []struct {
			at           string
			id           terms.ID
			standing     bool
			correctedBy  any
			acknowledged any
		}{
			{"12-01 10:59", served.ID, true, nil, nil},
			{"12-01 11:00", served.ID, false, string(corrected.ID), nil},
			{"12-01 11:00", corrected.ID, true, nil, nil},
			{"12-01 11:29", transfer.ID, true, nil, nil},
			{"12-01 11:30", transfer.ID, true, nil, "2026-12-01T16:30:00.000000Z"},
		} {
			found := false
			for _, a := range ask("registry1", x.at).At(t, "registryCaseAsOf", "activities").([]any) {
				a := a.(map[string]any)
				if a["id"] != string(x.id) {
					continue
				}
				found = true
				by, _ := a["correctedBy"].(map[string]any)
				if a["standing"] != x.standing || by["id"] != x.correctedBy || a["acknowledgedAt"] != x.acknowledged {
					t.Errorf("as of %s: %v", x.at, a)
				}
			}
			if !found {
				t.Errorf("as of %s %s is not there", x.at, x.id)
			}
		}

		// Free text is for its author and the registry section, of the past too.
		for account, want := range map[string]any{"officer1": "at the back door", "registry1": "at the back door", "officer2": nil, "court1": nil, "supervisor1": nil} {
			if got := ask(account, "12-01 09:30").At(t, "registryCaseAsOf", "activities", 0, "note"); got != want {
				t.Errorf("%s reads %v, want %v", account, got, want)
			}
		}
	})
}

// A provisional case is told of as it was before the daybook claimed it (§7).
func TestACaseBeforeTheDaybookClaimedIt(t *testing.T) {
	p := newPast(t, storetest.SQLite(t))
	const d terms.Docket = "HHDFA265012345S"
	p.Clock.Set(court("11-20 09:00"))
	in := p.Manual("officer1", d, recordingtest.Attempted(court("11-20 08:00")))
	in.RespondentLastName, in.Confirm = "Roo", []terms.Confirmation{terms.ConfirmBeforeCaseExisted}
	p.Enter(in)
	p.Clock.Set(court("11-20 10:00"))
	p.Daybook(feed.Daybook{DocketNumber: d, CourtLocation: "NNH"})
	p.number()
	for at, want := range map[string][3]any{
		"11-20 09:30": {true, "Roo", "HHD"},
		"11-20 10:00": {false, "Roe", "NNH"},
	} {
		a := graphtest.MustAsk(p.asked("registry1", court("11-21 09:00")), t, p.Server, asThen, map[string]any{"d": d, "at": court(at)})
		got := [3]any{a.At(t, "registryCaseAsOf", "provisional"), a.At(t, "registryCaseAsOf", "respondent", "lastName"), a.At(t, "registryCaseAsOf", "courtLocation", "code")}
		if got != want || a.At(t, "registryCaseAsOf", "serviceStatus") != "ATTEMPTED" {
			t.Errorf("as of %s: %v, want %v", at, got, want)
		}
	}
}
