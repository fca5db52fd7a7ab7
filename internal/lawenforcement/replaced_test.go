package lawenforcement_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/intake/intaketest"
	"github.com/service-tracking/sts/internal/lawenforcement"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/recording/recordingtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// §3(d): a correction and a withdrawal say which notice they replace, when that
// was sent and what it said; why the officer corrected it stays his own words.
func TestWhatACorrectionTells(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		w.OpenCase(feed.Daybook{DocketNumber: docket})
		w.Registry(feed.Registry{DocketNumber: docket, OrderNumber: "PO-1", RespondentHome: feed.Address{Street: "1 Main St", Town: "Avon"}})
		n := notices(t, w)
		const avon = "Avon Police Department"
		// sent has the agency's notice of the activity arrive.
		sent := func(a *ent.ServiceActivity) *ent.Delivery {
			t.Helper()
			w.Clock.Advance(time.Minute)
			d := to(t, w, a.ID, avon)
			return s.Client.Delivery.UpdateOneID(d.ID).SetState(terms.Confirmed).SetSentAt(w.Clock.Now()).AddVersion(1).SaveX(w.System())
		}
		told := func(a *ent.ServiceActivity) lawenforcement.Notice {
			t.Helper()
			c, err := n.Render(w.System(), to(t, w, a.ID, avon))
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(c.Facts, []byte("a.m., not p.m.")) || bytes.Contains(c.Facts, []byte("wrong docket")) {
				t.Errorf("the officer's own words are told: %s", c.Facts)
			}
			notice, err := lawenforcement.ParseNotice(c.Facts)
			if err != nil {
				t.Fatal(err)
			}
			return notice
		}
		same := cmpopts.IgnoreFields(lawenforcement.Notice{}, "Delivery", "Agency", "Reasons", "Docket", "Court", "Respondents", "OrderKind", "Addresses", "Registry", "RecordedAt")

		first := w.Serve(w.Service(docket, intaketest.Noon)).Activity
		d := sent(first)
		entry := recordingtest.Served(intaketest.Noon.Add(-30 * time.Minute))
		entry.Service.Method = terms.MethodAbode
		corrected := w.Recorded(w.Recorder.CorrectActivity(context.Background(), w.As("officer1"), recording.Correction{
			Common: w.By("", terms.ConfirmAlreadyServed), Activity: first.ID, Reason: "a.m., not p.m.", Entry: entry,
		})).Activity
		if diff := cmp.Diff(lawenforcement.Notice{
			ExecutedAt: intaketest.Noon.Add(-30 * time.Minute), Method: terms.MethodAbode, Officer: "Maria Ortiz",
			Correction: lawenforcement.Corrected, Replaces: d.ID, ReplacesSentAt: intaketest.Noon.Add(time.Minute),
			Before: "Served Tue Nov 24 2026, 12:00 PM EST, in hand, by Maria Ortiz",
		}, told(corrected), same); diff != "" {
			t.Errorf("the correction: %s", diff)
		}

		d = sent(corrected)
		w.Clock.Advance(time.Minute)
		in := w.Service(docket, intaketest.Noon.Add(2*time.Minute))
		in.Confirm = []terms.Confirmation{terms.ConfirmAlreadyServed}
		second := w.Serve(in).Activity
		withdrawn := w.Withdraw("officer1", corrected.ID).Activity
		want := lawenforcement.Notice{
			Correction: lawenforcement.Withdrawn, Replaces: d.ID, ReplacesSentAt: *d.SentAt,
			Before:        "Served Tue Nov 24 2026, 11:30 AM EST, at abode, by Maria Ortiz",
			AnotherStands: true,
		}
		if diff := cmp.Diff(want, told(withdrawn), same); diff != "" {
			t.Errorf("withdrawn, and another service stands of which nothing has gone: %s", diff)
		}
		sent(second)
		want.AnotherServedAt = second.OccurredAt
		if diff := cmp.Diff(want, told(withdrawn), same); diff != "" {
			t.Errorf("withdrawn, and another service stands: %s", diff)
		}
		// The other one is taken back as well: now there is none.
		w.Withdraw("officer1", second.ID)
		want.AnotherStands, want.AnotherServedAt = false, time.Time{}
		if diff := cmp.Diff(want, told(withdrawn), same); diff != "" {
			t.Errorf("withdrawn, and nothing stands: %s", diff)
		}
	})
}
