package read_test

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"pgregory.net/rapid"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/registry"
	"github.com/service-tracking/sts/internal/terms"
)

// story is what happens to one case, and what was answered meanwhile.
type story struct {
	*past
	t      *rapid.T
	docket terms.Docket
	told   []remembered
}

func (s *story) remember(t *rapid.T) {
	id, err := casefile.Find(s.System(), s.Store.Client, s.docket)
	if err != nil {
		t.Fatal(err)
	}
	if id == "" {
		return
	}
	at := s.Case(s.docket).LastRecordedAt
	if n := len(s.told); n > 0 && s.told[n-1].at.Equal(at) {
		return
	}
	s.told = append(s.told, remembered{at, s.now(s.TB, s.docket, at)})
}

func (s *story) compare() {
	for i, m := range s.told {
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

// record is a service or an attempt.
func (s *story) record(*rapid.T) {
	in := s.Attempt(s.docket, s.around("occurred"))
	in.Confirm = []terms.Confirmation{terms.ConfirmBeforeCaseExisted, terms.ConfirmAlreadyServed}
	in.NoFurtherAttempt, in.Note = rapid.Bool().Draw(s.t, "last"), s.pick("note", "", "a dog")
	v := s.As(s.pick("officer", "officer1", "officer2"))
	var err error
	if rapid.Bool().Draw(s.t, "served") {
		_, err = s.Recorder.RecordService(s.System(), v, recording.Service{Common: in.Common, ServiceEntry: recording.ServiceEntry{Method: terms.MethodAbode, ExecutedAt: in.LastAttemptedAt}})
	} else {
		_, err = s.Recorder.RecordAttempt(s.System(), v, in)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// provisional opens the case before the daybook has brought it (§7).
func (s *story) provisional(*rapid.T) {
	if s.known() != "" {
		return
	}
	now := terms.Micro(s.Clock.Now())
	id := terms.NewID(terms.CasePrefix)
	s.tx(func(ctx context.Context, tx *ent.Tx) error {
		err := tx.RegistryCase.Create().SetID(id).SetDocket(s.docket).SetCourtCode("HHD").SetProvisional(true).SetOpenedAt(now).
			SetNextSequence(2).SetLastRecordedAt(now).SetRespondentFirstName("J").SetRespondentLastName("Ro").SetRespondentKey("ro j").
			SetHearingSort(casefile.NoHearing).SetServiceStatus(terms.StatusNoEntry).SetLatestActivityAt(now).Exec(ctx)
		if err != nil {
			return err
		}
		return journal.Append(ctx, tx, journal.Entry{Kind: terms.CaseOpened, Case: id, Sequence: 1, About: id, Actor: "test", At: now})
	})
}

// papers are received, or transferred.
func (s *story) papers(*rapid.T) {
	s.insert(func(a *ent.ServiceActivityCreate, _ []*ent.ServiceActivity) *ent.ServiceActivityCreate {
		return s.of(a, s.kind("kind", terms.KindReceipt, terms.KindTransfer))
	})
}

// correct puts another activity in the place of one that stands, or takes it back.
func (s *story) correct(*rapid.T) {
	s.insert(func(a *ent.ServiceActivityCreate, all []*ent.ServiceActivity) *ent.ServiceActivityCreate {
		standing := casefile.Standing(all)
		if len(standing) == 0 {
			return nil
		}
		wrong := rapid.SampledFrom(standing).Draw(s.t, "wrong")
		kind := s.kind("instead", terms.KindWithdrawal, terms.KindService, terms.KindAttempt, terms.KindReceipt, terms.KindTransfer, terms.KindOtherInformation)
		if kind == terms.KindWithdrawal {
			return s.of(a, kind).SetCorrectsID(wrong.ID).SetWithdrawalReason("the wrong docket")
		}
		a = s.of(a, kind).SetCorrectsID(wrong.ID).SetCorrectionReason("the wrong time")
		if rapid.Bool().Draw(s.t, "only words") {
			a.SetOccurredAt(wrong.OccurredAt)
		}
		return a
	})
}

// acknowledge says that the papers of a transfer arrived.
func (s *story) acknowledge(*rapid.T) {
	id := s.known()
	if id == "" {
		return
	}
	s.tx(func(ctx context.Context, tx *ent.Tx) error {
		c, err := casefile.Lock(ctx, tx, id, s.Clock.Now())
		if err != nil {
			return err
		}
		done, err := tx.TransferAcknowledgement.Query().All(ctx)
		if err != nil {
			return err
		}
		arrived := map[terms.ID]bool{}
		for _, a := range done {
			arrived[a.ActivityID] = true
		}
		all, err := casefile.Activities(ctx, tx.Client(), id)
		if err != nil {
			return err
		}
		for _, a := range all {
			if a.Kind == terms.KindTransfer && !arrived[a.ID] {
				err := tx.TransferAcknowledgement.Create().SetCaseID(id).SetActivityID(a.ID).SetAccountID(s.As("officer3").Account).SetAcknowledgedAt(c.Now).Exec(ctx)
				if err != nil {
					return err
				}
				break
			}
		}
		return s.fold(ctx, tx, c, journal.Entry{Kind: terms.TransferAcknowledged, About: id})
	})
}

func (s *story) kind(what string, of ...terms.ActivityKind) terms.ActivityKind {
	return rapid.SampledFrom(of).Draw(s.t, what)
}

// of fills in what the kind has.
func (s *story) of(a *ent.ServiceActivityCreate, kind terms.ActivityKind) *ent.ServiceActivityCreate {
	a.SetKind(kind)
	switch kind {
	case terms.KindService:
		a.SetMethod(terms.MethodHand).SetPoliceAssistanceRequested(true).SetRecordedLate(true).SetRecordingDelayMinutes(200)
	case terms.KindAttempt:
		a.SetReason(terms.ReasonEvading).SetPoliceAssistanceRequested(false).SetNoFurtherAttempt(rapid.Bool().Draw(s.t, "last"))
	case terms.KindReceipt:
		a.SetWritDate("2026-11-20")
	case terms.KindTransfer:
		if a.SetFromOfficerID(s.Officer("officer1")); rapid.Bool().Draw(s.t, "listed") {
			return a.SetToOfficerID(s.Officer("officer3"))
		}
		a.SetToOfficerName("Constable Hart")
	case terms.KindOtherInformation:
		a.SetAbout([]terms.InformationAbout{terms.AboutOther}).SetText("moved")
	}
	return a
}

// insert records an activity by hand, under the case's lock.
func (s *story) insert(make func(*ent.ServiceActivityCreate, []*ent.ServiceActivity) *ent.ServiceActivityCreate) {
	id := s.known()
	if id == "" {
		return
	}
	v := s.As(s.pick("officer", "officer1", "officer2"))
	s.tx(func(ctx context.Context, tx *ent.Tx) error {
		c, err := casefile.Lock(ctx, tx, id, s.Clock.Now())
		if err != nil {
			return err
		}
		all, err := casefile.Activities(ctx, tx.Client(), id)
		if err != nil {
			return err
		}
		create := make(tx.ServiceActivity.Create().SetCaseID(id).SetSequence(c.Sequence).SetOfficerID(v.Officer).
			SetOccurredAt(s.around("occurred")).SetRecordedAt(c.Now).SetAccountID(v.Account).SetRecordedByName(v.DisplayName).
			SetRecordedByRole(terms.RoleOfficer).SetIdempotencyKey(s.Key()).SetContentSha256([]byte("x")), all)
		if create == nil {
			return s.fold(ctx, tx, c, journal.Entry{Kind: terms.ActivityReviewed, About: id})
		}
		a, err := create.Save(ctx)
		if err != nil {
			return err
		}
		if err := registry.Enter(ctx, tx, a, v.DisplayName); err != nil {
			return err
		}
		return s.fold(ctx, tx, c, journal.Entry{Kind: terms.ActivityRecorded, About: a.ID})
	})
}

func (s *story) fold(ctx context.Context, tx *ent.Tx, c *casefile.Locked, e journal.Entry) error {
	facts, err := casefile.ReadFacts(ctx, tx.Client(), c.ID)
	if err != nil {
		return err
	}
	all, err := casefile.Activities(ctx, tx.Client(), c.ID)
	if err != nil {
		return err
	}
	if err := c.Fold(ctx, tx, facts, all, s.Importer.Timely); err != nil {
		return err
	}
	e.Case, e.Sequence, e.Actor, e.At = c.ID, c.Sequence, "test", c.Now
	return journal.Append(ctx, tx, e)
}

func (s *story) known() terms.ID {
	id, err := casefile.Find(s.System(), s.Store.Client, s.docket)
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

func (s *story) tx(fn func(context.Context, *ent.Tx) error) {
	if err := s.Store.Tx(s.System(), fn); err != nil {
		s.t.Fatal(fmt.Errorf("telling the story: %w", err))
	}
}
