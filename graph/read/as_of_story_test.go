package read_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/terms"
)

// story is what happens to one case, and what was answered meanwhile.
type story struct {
	*past
	t      *rapid.T
	docket terms.Docket
	told   []remembered
}

func (s *story) remember(*rapid.T) {
	if s.known() == "" {
		return
	}
	c := s.Case(s.docket)
	at := c.LastRecordedAt
	if n := len(s.told); n > 0 && s.told[n-1].at.Equal(at) {
		return
	}
	s.told = append(s.told, remembered{at, s.now(s.TB, s.docket, at), doubt(c)})
}

// doubt is the transfer on which somebody must look, as it stands in the row. No
// snapshot shows it.
func doubt(c *ent.RegistryCase) casefile.TransferInDoubt {
	return casefile.TransferInDoubt{ID: terms.Value(c.TransferID), Work: terms.Value(c.TransferWork), At: terms.Value(c.TransferAt)}
}

func (s *story) compare() {
	past := &casefile.Past{Client: s.Store.Client, Timely: s.Importer.Timely}
	for i, m := range s.told {
		then, err := past.Cases(s.System(), []*ent.RegistryCase{s.Case(s.docket)}, m.at)
		s.must(err)
		if got := terms.Value(then[0].Transfer); got != m.doubt {
			s.t.Fatalf("at %v the transfer in doubt is %v, and was %v", m.at, got, m.doubt)
		}
		s.equal("at", m.at, s.then(s.TB, s.docket, m.at), m.answer)
		// Until then nothing changed but what time itself makes due. The daybook
		// and what waited for it come in one transaction, one after the other: two
		// microseconds.
		just, before := m.at.Add(-2*time.Microsecond), any(nil)
		if i > 0 {
			before = s.told[i-1].answer
			if just.Before(s.told[i-1].at) {
				continue
			}
		}
		s.equal("until", just, withoutDue(s.then(s.TB, s.docket, just)), withoutDue(before))
	}
}

func (s *story) equal(when string, at time.Time, got, want any) {
	if reflect.DeepEqual(got, want) {
		return
	}
	show := func(v any) string {
		text, err := json.MarshalIndent(v, "", " ")
		if err != nil {
			s.t.Fatal(err)
		}
		return string(text)
	}
	s.t.Fatalf("%s %v is answered:\n%s\nand was then:\n%s", when, at, show(got), show(want))
}

func (s *story) around(what string) time.Time {
	return s.Clock.Now().Add(time.Duration(rapid.IntRange(-96, 96).Draw(s.t, what)) * time.Hour)
}

func (s *story) pick(what string, of ...string) string { return rapid.SampledFrom(of).Draw(s.t, what) }

func (s *story) time(*rapid.T) {
	s.Clock.Advance(time.Duration(rapid.IntRange(-1, 24).Draw(s.t, "hours")) * time.Hour)
}

// daybook brings the case, changes it, claims it, or is too old.
func (s *story) daybook(*rapid.T) {
	s.Daybook(feed.Daybook{
		DocketNumber: s.docket, CourtLocation: s.pick("court", "HHD", "NNH"), RespondentLastName: s.pick("name", "Roe", "Rowe"),
		CreatedAt: s.around("created"), SourceUpdatedAt: s.around("updated"),
	})
}

// registry brings a version: a continuance, a hearing taken away, an outcome; or
// one that is too old, or comes before the case.
func (s *story) registry(*rapid.T) {
	row := feed.Registry{
		DocketNumber: s.docket, OrderNumber: s.pick("order", "", "PO-1", "PO-2"), SourceUpdatedAt: s.around("updated"),
		OrderKind: terms.OrderKind(s.pick("kind", string(terms.ReliefFromAbuse), string(terms.CivilProtectionOrder))),
	}
	if hearing := s.around("hearing").Add(48 * time.Hour); row.OrderNumber == "" || rapid.Bool().Draw(s.t, "heard") {
		row.HearingAt, row.Courtroom = &hearing, s.pick("courtroom", "", "4B")
	}
	if row.OrderNumber != "" && rapid.Bool().Draw(s.t, "decided") {
		row.Outcome = terms.OutcomeDenied
	}
	s.World.Registry(row)
}

var confirmed = []terms.Confirmation{
	terms.ConfirmBeforeCaseExisted, terms.ConfirmAlreadyServed, terms.ConfirmRespondentMismatch, terms.ConfirmOfficerNotListed,
}

func (s *story) officer(what string) string { return s.pick(what, "officer1", "officer2", "officer3") }

// entry is one of the kinds. Some lie in the future, and are refused.
func (s *story) entry() recording.Entry {
	at, note := s.around("occurred"), s.pick("note", "", "a dog")
	switch s.pick("kind", "service", "attempt", "receipt", "transfer", "other") {
	case "service":
		return recording.Entry{Service: &recording.ServiceEntry{Method: terms.MethodAbode, ExecutedAt: at, Note: note}}
	case "attempt":
		return recording.Entry{Attempt: &recording.AttemptEntry{Reason: terms.ReasonEvading, LastAttemptedAt: at, NoFurtherAttempt: rapid.Bool().Draw(s.t, "last"), Detail: note}}
	case "receipt":
		return recording.Entry{Receipt: &recording.ReceiptEntry{ReceivedAt: at, WritDate: "2026-11-20", Note: note}}
	case "transfer":
		to := recording.Receiver{Officer: s.As(s.officer("to")).Officer}
		if rapid.Bool().Draw(s.t, "not listed") {
			to = recording.Receiver{Name: "Constable Hart"}
		}
		return recording.Entry{Transfer: &recording.TransferEntry{To: to, TransferredAt: at, Note: note}}
	}
	return recording.Entry{OtherInformation: &recording.OtherInformationEntry{About: []terms.InformationAbout{terms.AboutOther}, Text: "moved"}}
}

// record is an officer's recording, or the registry's for him: then it can open
// the case before the daybook has brought it (§7).
func (s *story) record(*rapid.T) {
	e, common := s.entry(), s.By(s.docket, confirmed...)
	by := s.officer("officer")
	v, ctx := s.As(by), s.System()
	var err error
	switch {
	case rapid.IntRange(0, 3).Draw(s.t, "manual") == 0:
		in := s.Manual(by, s.docket, e)
		in.Confirm = confirmed
		_, err = s.Recorder.RecordManualEntry(ctx, s.As("registry1"), in)
	case e.Service != nil:
		_, err = s.Recorder.RecordService(ctx, v, recording.Service{Common: common, ServiceEntry: *e.Service})
	case e.Attempt != nil:
		_, err = s.Recorder.RecordAttempt(ctx, v, recording.Attempt{Common: common, AttemptEntry: *e.Attempt})
	case e.Receipt != nil:
		_, err = s.Recorder.RecordReceipt(ctx, v, recording.Receipt{Common: common, ReceiptEntry: *e.Receipt})
	case e.Transfer != nil:
		_, err = s.Recorder.TransferProcess(ctx, v, recording.Transfer{Common: common, TransferEntry: *e.Transfer})
	default:
		_, err = s.Recorder.RecordOtherInformation(ctx, v, recording.OtherInformation{Common: common, OtherInformationEntry: *e.OtherInformation})
	}
	s.must(err)
}

// correct puts another entry in the place of an activity, or takes it back.
func (s *story) correct(*rapid.T) {
	wrong := s.one("wrong", casefile.Standing(s.recorded()))
	if wrong == nil {
		return
	}
	var err error
	if common := s.By("", confirmed...); rapid.IntRange(0, 2).Draw(s.t, "withdraw") == 0 {
		_, err = s.Recorder.WithdrawActivity(s.System(), s.As("registry1"), recording.Withdrawal{Common: common, Activity: wrong.ID, Reason: "the wrong docket"})
	} else {
		_, err = s.Recorder.CorrectActivity(s.System(), s.As("registry1"), recording.Correction{Common: common, Activity: wrong.ID, Reason: "the wrong time", Entry: s.entry()})
	}
	s.must(err)
}

// acknowledge says that the papers of a transfer arrived.
func (s *story) acknowledge(*rapid.T) {
	transfer := s.one("transfer", slices.DeleteFunc(s.recorded(), func(a *ent.ServiceActivity) bool {
		return a.Kind != terms.KindTransfer || a.ToOfficerID == nil
	}))
	if transfer == nil {
		return
	}
	for _, officer := range []string{"officer1", "officer2", "officer3"} {
		if v := s.As(officer); v.Officer == *transfer.ToOfficerID {
			_, err := s.Recorder.AcknowledgeTransfer(s.System(), v, recording.Acknowledgement{Common: s.By(""), Transfer: transfer.ID})
			s.must(err)
		}
	}
}

// one picks an activity by its place, so that a failing story can be told again.
func (s *story) one(what string, of []*ent.ServiceActivity) *ent.ServiceActivity {
	if len(of) == 0 {
		return nil
	}
	return of[rapid.IntRange(0, len(of)-1).Draw(s.t, what)]
}

func (s *story) recorded() []*ent.ServiceActivity {
	id := s.known()
	if id == "" {
		return nil
	}
	all, err := casefile.Activities(s.System(), s.Store.Client, id)
	s.must(err)
	return all
}

func (s *story) must(err error) {
	if err != nil {
		s.t.Fatal(fmt.Errorf("telling the story: %w", err))
	}
}

func (s *story) known() terms.ID {
	id, err := casefile.Find(s.System(), s.Store.Client, s.docket)
	s.must(err)
	return id
}
