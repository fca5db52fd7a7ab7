package registry_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/journalrecord"
	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/recording/recordingtest"
	"github.com/service-tracking/sts/internal/registry"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// toAvon are the registry's facts: with a service, one agency and two files are told.
var toAvon = feed.Registry{DocketNumber: docket, OrderNumber: "PO-1", StateFileNumber: "S1", RespondentHome: feed.Address{Town: "Avon"}}

// entered is a service that officer1 reported to the registry section, with a
// docket number that nobody knows yet.
func (o *office) entered(first, last string, at time.Time, confirm ...terms.Confirmation) *ent.ServiceActivity {
	o.Helper()
	in := o.Manual("officer1", docket, recordingtest.Served(at))
	in.RespondentFirstName, in.RespondentLastName, in.Confirm = first, last, confirm
	return o.Enter(in).Activity
}

func (o *office) reviews(a *ent.ServiceActivity) *ent.Review {
	o.Helper()
	done, err := o.desk.ReviewActivity(context.Background(), o.As("registry1"), registry.SeenTo{Activity: a.ID, Note: "Asked the officer."})
	if err != nil || done.Refusal != nil {
		o.Fatal(err, done.Refusal)
	}
	return done.Review
}

// stands holds the flag, and how many deliveries were ever planned, against what
// they should be.
func (o *office) stands(when string, disputed bool, deliveries int) {
	o.Helper()
	if got := o.Case(docket).RespondentDisputed; got != disputed {
		o.Errorf("%s: disputed is %v", when, got)
	}
	if n := o.Store.Client.Delivery.Query().CountX(o.System()); n != deliveries {
		o.Errorf("%s: %d deliveries, want %d", when, n, deliveries)
	}
	o.Consistent()
}

// §7(b)(3), §7(b)(4): the clerk mistyped the docket number, and the daybook brings
// that number for somebody else. Nobody is told that he was served, until a person
// says that it is the right case all the same.
func TestADisputedRespondentIsSettledByAReview(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		a := o.entered("Peter", "Poe", o.Clock.Now())
		o.stands("nobody knows whose case it is", false, 0)
		before := o.reviews(a) // for any other reason: it says nothing about the case
		o.OpenCase(feed.Daybook{DocketNumber: docket})
		o.stands("the daybook says John Roe", true, 0)
		o.Registry(toAvon)
		o.stands("the registry's facts have come", true, 0)
		o.Clock.Advance(time.Hour)
		more := toAvon
		more.ProtectedPersons = []feed.ProtectedPerson{{FirstName: "Jane", LastName: "Doe", Home: feed.Address{Town: "Hartford"}}}
		o.Registry(more)
		o.stands("more facts have come", true, 0)

		settled := o.reviews(a)
		if settled.ID == before.ID || before.RightCase || !settled.RightCase {
			t.Errorf("before: %v, settled: %v", before, settled)
		}
		o.stands("it is the right case", false, 4)
		if told := o.Told(a.ID); len(told) != 2 {
			t.Errorf("told are %v", told)
		}
		if again := o.reviews(a); again.ID != settled.ID {
			t.Errorf("reviewed again: %v", again)
		}
		o.stands("reviewed again", false, 4)
		if n := s.Client.JournalRecord.Query().Where(journalrecord.KindEQ(terms.ActivityReviewed)).CountX(o.System()); n != 2 {
			t.Errorf("%d reviews in the journal", n)
		}
	})
}

// §7(b)(3): it was the wrong case. The entry is withdrawn, and nobody was ever told.
func TestADisputedEntryIsWithdrawn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		a := o.entered("Peter", "Poe", o.Clock.Now())
		o.OpenCase(feed.Daybook{DocketNumber: docket})
		o.Registry(toAvon)
		// What is corrected stays in doubt: the officer's name for him is the same.
		o.Clock.Advance(time.Minute)
		b := o.Correct("registry1", a.ID, recordingtest.Served(a.OccurredAt.Add(-time.Minute))).Activity
		o.stands("corrected", true, 0)
		// John Roe was served later, by officer2, who held the papers in his hand:
		// the police learn it, and the files once nothing earlier is in doubt.
		o.Clock.Advance(time.Minute)
		in := o.Service(docket, o.Clock.Now())
		in.Confirm = []terms.Confirmation{terms.ConfirmAlreadyServed}
		own := o.Recorded(o.Recorder.RecordService(t.Context(), o.As("officer2"), in)).Activity
		o.stands("served by another officer", true, 1)
		if told := o.Told(own.ID); len(told) != 1 {
			t.Errorf("told are %v", told)
		}
		gone := o.Withdraw("registry1", b.ID).Activity
		o.stands("withdrawn", false, 3)
		for _, id := range []terms.ID{a.ID, b.ID} {
			if d := o.Deliveries(id); len(d) != 0 {
				t.Errorf("of %s somebody was told: %v", id, d)
			}
		}
		if d := o.Deliveries(gone.ID); len(d) != 2 || d[0].ReplacesID != nil || d[1].ReplacesID != nil {
			t.Errorf("the files are told %v", d)
		}
	})
}

// §7(b)(4): the name was only spelled otherwise. Nobody is asked, and it is told at
// once; so it is where the name was confirmed against the docket's.
func TestASpellingIsNoDispute(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.Registry(feed.Registry{DocketNumber: docket, OrderNumber: "PO-1", StateFileNumber: "S1",
			RespondentFirstName: "José", RespondentLastName: "Núñez", RespondentHome: feed.Address{Town: "Avon"}})
		a := o.entered("Nunez", "JOSE", o.Clock.Now())
		o.OpenCase(feed.Daybook{DocketNumber: docket, RespondentFirstName: "José", RespondentLastName: "Núñez"})
		o.stands("claimed", false, 3)
		if len(o.Told(a.ID)) != 1 {
			t.Errorf("told are %v", o.Told(a.ID))
		}
		b := o.entered("Joseph", "Nunez", o.Clock.Now(), terms.ConfirmRespondentMismatch, terms.ConfirmAlreadyServed)
		o.stands("confirmed", false, 4)
		if b.ReportedRespondent != "Joseph Nunez" || b.OnProvisional {
			t.Errorf("kept: %v", b)
		}
	})
}

// §7(b)(4): the registry's facts had come before. They are applied when the entry
// opens the case, and name him before the daybook does. What the daybook says is
// right then.
func TestWhatWaitedIsAppliedWhenTheCaseIsOpened(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		for name, failing := range map[string]bool{"applied": false, "failed, and applied by the daybook": true} {
			docketOf := map[bool]terms.Docket{false: docket, true: "HHDFA265099998S"}[failing]
			t.Run(name, func(t *testing.T) {
				row := toAvon
				row.DocketNumber, row.RespondentFirstName, row.RespondentLastName = docketOf, "Peter", "Poe"
				o.Registry(row)
				var opened []terms.Docket
				o.Recorder.OnOpened = func(ctx context.Context, d terms.Docket) {
					opened = append(opened, d)
					if failing {
						return
					}
					if err := o.Importer.Claim(ctx, d); err != nil {
						t.Error(err)
					}
				}
				in := o.Manual("officer1", docketOf, recordingtest.Served(o.Clock.Now()))
				a := o.Enter(in).Activity
				o.Enter(o.Manual("officer1", docketOf, recordingtest.Noted("nothing opens twice")))
				if len(opened) != 1 || opened[0] != docketOf {
					t.Errorf("opened: %v", opened)
				}
				if c := o.Case(docketOf); !c.Provisional || c.RespondentDisputed == failing || (c.OrderKind == nil) != failing || len(o.Deliveries(a.ID)) != 0 {
					t.Errorf("opened: %v, %d deliveries", c, len(o.Deliveries(a.ID)))
				}
				o.Consistent()
				o.OpenCase(feed.Daybook{DocketNumber: docketOf}) // John Roe, as was reported
				if c := o.Case(docketOf); c.RespondentDisputed || c.OrderKind == nil || len(o.Deliveries(a.ID)) != 3 {
					t.Errorf("claimed: %v, %d deliveries", c, len(o.Deliveries(a.ID)))
				}
				o.Consistent()
			})
		}
	})
}

// §3(d) to (f): who was told before the dispute arose learns that it was corrected,
// or taken back; nobody new learns anything.
func TestWhoWasToldBeforeADisputeIsToldOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.Recorder.OnOpened = func(ctx context.Context, d terms.Docket) {
			if err := o.Importer.Claim(ctx, d); err != nil {
				t.Error(err)
			}
		}
		o.Registry(toAvon) // of John Roe
		a := o.entered("John", "Roe", o.Clock.Now())
		o.stands("told", false, 3)
		s.Client.Delivery.Update().SetState(terms.Confirmed).SetNextAt(delivery.Never).SetConfirmedAt(o.Clock.Now()).ExecX(o.System())
		o.OpenCase(feed.Daybook{DocketNumber: docket, RespondentFirstName: "Peter", RespondentLastName: "Poe"})
		o.Clock.Advance(time.Hour)
		more := toAvon
		more.ProtectedPersons = []feed.ProtectedPerson{{FirstName: "Jane", LastName: "Doe", Home: feed.Address{Town: "Hartford"}}}
		o.Registry(more)
		o.stands("the daybook says Peter Poe", true, 3)
		b := o.Correct("registry1", a.ID, recordingtest.Served(a.OccurredAt.Add(-time.Hour))).Activity
		o.stands("corrected", true, 6)
		if told := o.Told(b.ID); len(told) != 1 {
			t.Errorf("told are %v", told)
		}
		o.Withdraw("registry1", b.ID)
		if c := o.Case(docket); c.RespondentDisputed || c.ServiceStatus != terms.StatusNoEntry {
			t.Errorf("withdrawn: %v", c)
		}
		for _, d := range s.Client.Delivery.Query().AllX(o.System()) {
			if d.AgencyID != nil && o.Reference.Agency(*d.AgencyID).Name != "Avon Police Department" {
				t.Errorf("somebody new was told: %v", d)
			}
		}
		o.Consistent()
	})
}

// A review that fails half way settles nothing.
func TestASettlementIsOneTransaction(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	a := o.entered("Peter", "Poe", o.Clock.Now())
	o.OpenCase(feed.Daybook{DocketNumber: docket})
	o.Registry(toAvon)
	broken := errors.New("broken")
	o.Store.Client.Delivery.Use(func(ent.Mutator) ent.Mutator {
		return ent.MutateFunc(func(context.Context, ent.Mutation) (ent.Value, error) { return nil, broken })
	})
	if _, err := o.desk.ReviewActivity(t.Context(), o.As("registry1"), registry.SeenTo{Activity: a.ID}); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if n := o.Store.Client.Review.Query().CountX(o.System()); n != 0 {
		t.Errorf("%d reviews", n)
	}
	o.stands("nothing is settled", true, 0)
}

// §3(e), (f): what the files were told stands, and is not replaced by an earlier
// service that may be on the wrong case; it is once that is settled.
func TestAHeldServiceReplacesNoRecord(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	in := o.Manual("officer1", docket, recordingtest.Noted("He has moved."))
	in.RespondentFirstName, in.RespondentLastName = "Peter", "Poe"
	note := o.Enter(in).Activity
	o.Registry(toAvon) // of John Roe
	o.Recorded(o.Recorder.RecordService(t.Context(), o.As("officer2"), o.Service(docket, o.Clock.Now())))
	o.stands("served by another officer", true, 3)
	o.Store.Client.Delivery.Update().SetState(terms.Confirmed).SetNextAt(delivery.Never).SetConfirmedAt(o.Clock.Now()).ExecX(o.System())
	a := o.entered("Peter", "Poe", o.Clock.Now().Add(-time.Hour), terms.ConfirmAlreadyServed)
	o.stands("an earlier one is entered", true, 3)
	o.Clock.Advance(time.Hour)
	more := toAvon
	more.StateFileNumber = "S2"
	o.Registry(more)
	o.stands("facts have come", true, 3)
	o.reviews(note)
	o.stands("one of two is settled", true, 3)
	o.reviews(a)
	o.stands("both are", false, 6)
}
