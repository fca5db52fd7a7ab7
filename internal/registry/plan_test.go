package registry_test

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/journalrecord"
	"github.com/service-tracking/sts/ent/unroutedaddress"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/intake/intaketest"
	"github.com/service-tracking/sts/internal/recording/recordingtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

const docket = intaketest.Docket

func in(town string) feed.Address { return feed.Address{Street: "1 Main St", Town: town, State: "CT"} }

func person(home, work feed.Address) feed.ProtectedPerson {
	return feed.ProtectedPerson{FirstName: "Jane", LastName: "Doe", Home: home, Work: work}
}

// §3(d): told are the agencies that cover the respondent's home and the
// protected person's home and work, as far as addresses are known.
func TestWhichAgenciesAreTold(t *testing.T) {
	rh, ph, pw := terms.RespondentHome, terms.ProtectedPersonHome, terms.ProtectedPersonWork
	type told = map[string][]terms.NoticeReason
	for name, c := range map[string]struct {
		row  feed.Registry
		want told
		lost []terms.UnroutedReason
	}{
		"three addresses, three agencies": {
			feed.Registry{RespondentHome: in("Avon"), ProtectedPersons: []feed.ProtectedPerson{person(in("Berlin"), in("Bristol"))}},
			told{"Avon Police Department": {rh}, "Berlin Police Department": {ph}, "Bristol Police Department": {pw}}, nil,
		},
		"one agency by two addresses gets one notice with both reasons": {
			feed.Registry{RespondentHome: in("Avon"), ProtectedPersons: []feed.ProtectedPerson{person(in("town of AVON"), in("Berlin"))}},
			told{"Avon Police Department": {rh, ph}, "Berlin Police Department": {pw}}, nil,
		},
		"each protected person": {
			feed.Registry{ProtectedPersons: []feed.ProtectedPerson{person(in("Avon"), feed.Address{}), person(in("Berlin"), in("Avon"))}},
			told{"Avon Police Department": {ph, pw}, "Berlin Police Department": {ph}}, nil,
		},
		"a town needs several agencies": {
			feed.Registry{RespondentHome: in("Storrs")},
			told{"University of Connecticut Police Department": {rh}, "Connecticut State Police Troop C": {rh}}, nil,
		},
		"out of state is visible work, the others are told": {
			feed.Registry{RespondentHome: feed.Address{Town: "Springfield", State: "MA"}, ProtectedPersons: []feed.ProtectedPerson{person(in("Avon"), feed.Address{})}},
			told{"Avon Police Department": {ph}}, []terms.UnroutedReason{terms.UnroutedOutOfState},
		},
		"an unknown town is visible work": {
			feed.Registry{RespondentHome: in("Avonn")}, told{}, []terms.UnroutedReason{terms.UnroutedUnknownTown},
		},
		"an address without a town is visible work": {
			feed.Registry{RespondentHome: feed.Address{Street: "1 Main St"}}, told{}, []terms.UnroutedReason{terms.UnroutedNoAddress},
		},
		"no address at all is visible work": {feed.Registry{}, told{}, []terms.UnroutedReason{terms.UnroutedNoAddress}},
	} {
		t.Run(name, func(t *testing.T) {
			w := recordingtest.New(t, storetest.SQLite(t))
			w.OpenCase(feed.Daybook{DocketNumber: docket})
			c.row.DocketNumber, c.row.OrderNumber = docket, "PO-1"
			w.Registry(c.row)
			service := w.Serve(w.Service(docket, intaketest.Noon)).Activity.ID
			if got := w.Told(service); !maps.EqualFunc(got, c.want, slices.Equal[[]terms.NoticeReason]) {
				t.Errorf("told are %v, want %v", got, c.want)
			}
			var lost []terms.UnroutedReason
			for _, u := range open(w) {
				lost = append(lost, u.Reason)
			}
			if !slices.Equal(lost, c.lost) {
				t.Errorf("unrouted: %v, want %v", lost, c.lost)
			}
			if name == "an unknown town is visible work" && open(w)[0].Suggestion != "Avon" {
				t.Errorf("suggested is %q", open(w)[0].Suggestion)
			}
		})
	}
}

// open are the unrouted addresses that a person must look at.
func open(w *recordingtest.World) []*ent.UnroutedAddress {
	return w.Store.Client.UnroutedAddress.Query().Where(unroutedaddress.ResolvedAtIsNil()).Order(unroutedaddress.ByID()).AllX(w.System())
}

// files are the deliveries to the order files: recipient, order, state, what for it waits.
func files(w *recordingtest.World, service terms.ID) []string {
	var list []string
	for _, d := range w.Deliveries(service) {
		if d.AgencyID != nil {
			continue
		}
		line := string(d.RecipientKind) + " " + d.OrderNumber + " " + string(d.State)
		if d.WaitingFor != nil {
			line += " " + string(*d.WaitingFor)
		}
		list = append(list, line)
	}
	return list
}

// §3(e), §3(f): one update of each active order's record, in each file.
func TestWhichFileRecordsAreUpdated(t *testing.T) {
	w := recordingtest.New(t, storetest.SQLite(t))
	w.OpenCase(feed.Daybook{DocketNumber: docket})
	row := func(number string, change func(*feed.Registry)) {
		r := feed.Registry{DocketNumber: docket, OrderNumber: number, StateFileNumber: "S" + number, RespondentHome: in("Avon")}
		change(&r)
		w.Registry(r)
	}
	row("active", func(*feed.Registry) {})
	row("granted", func(r *feed.Registry) { r.Outcome = terms.OutcomeGranted })
	row("numberless", func(r *feed.Registry) { r.StateFileNumber = "" })
	row("today", func(r *feed.Registry) { r.ExpiresOn = terms.DateOf(intaketest.Noon) })
	row("expired", func(r *feed.Registry) {
		r.ExpiresOn, r.RespondentHome = terms.DateOf(intaketest.Noon).AddDays(-1), in("Berlin")
	})
	row("dismissed", func(r *feed.Registry) { r.Outcome, r.RespondentHome = terms.OutcomeDismissed, in("Berlin") })
	service := w.Serve(w.Service(docket, intaketest.Noon)).Activity.ID
	want := []string{}
	for _, number := range []string{"active", "granted", "numberless", "today"} {
		state := " PENDING"
		if number == "numberless" {
			state = " WAITING FILE_NUMBER"
		}
		want = append(want, "STATE_PROTECTION_ORDER_FILE "+number+state, "NATIONAL_PROTECTION_ORDER_FILE "+number+" WAITING STATE_FILE")
	}
	got := files(w, service)
	slices.Sort(got)
	slices.Sort(want)
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if told := w.Told(service); len(told) != 1 || told["Avon Police Department"] == nil {
		t.Errorf("told are %v: the addresses of ended orders tell nobody", told)
	}
}

// §3(d), §3(e): a hearing notice alone is served: police are told, no file is.
func TestNoOrderNoFileUpdate(t *testing.T) {
	w := recordingtest.New(t, storetest.SQLite(t))
	w.OpenCase(feed.Daybook{DocketNumber: docket})
	hearing := intaketest.Noon.Add(14 * 24 * time.Hour)
	w.Registry(feed.Registry{DocketNumber: docket, HearingAt: &hearing, RespondentHome: in("Avon")})
	service := w.Serve(w.Service(docket, intaketest.Noon)).Activity.ID
	if got := files(w, service); got != nil {
		t.Errorf("files: %v", got)
	}
	if told := w.Told(service); len(told) != 1 {
		t.Errorf("told are %v", told)
	}
}

// §3(d), §3(e): facts that arrive after the service send what was missing, once;
// what was unrouted is resolved.
func TestFactsAfterTheService(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		w.OpenCase(feed.Daybook{DocketNumber: docket})
		service := w.Serve(w.Service(docket, intaketest.Noon)).Activity
		if u := open(w); len(u) != 1 || u[0].AddressKey != "" || len(w.Deliveries(service.ID)) != 0 {
			t.Fatalf("before any fact: %v", u)
		}
		// The first facts: an order without a file number, a town nobody knows.
		row := feed.Registry{DocketNumber: docket, OrderNumber: "PO-1", RespondentHome: in("Avonn")}
		w.Clock.Advance(time.Hour)
		w.Registry(row)
		if u := open(w); len(u) != 1 || u[0].Suggestion != "Avon" {
			t.Errorf("unrouted: %v", u)
		}
		if got := files(w, service.ID); !slices.Equal(got, []string{"STATE_PROTECTION_ORDER_FILE PO-1 WAITING FILE_NUMBER", "NATIONAL_PROTECTION_ORDER_FILE PO-1 WAITING STATE_FILE"}) {
			t.Errorf("files: %v", got)
		}
		// The town is put right, and the file number comes.
		w.Clock.Advance(time.Hour)
		row.RespondentHome, row.StateFileNumber = in("Avon"), "S1"
		w.Registry(row)
		if u := open(w); len(u) != 0 {
			t.Errorf("still unrouted: %v", u)
		}
		if got := files(w, service.ID); got[0] != "STATE_PROTECTION_ORDER_FILE PO-1 PENDING" {
			t.Errorf("files: %v", got)
		}
		// What came late has records of its own; a late notice is due from now on.
		for _, d := range w.Deliveries(service.ID) {
			if n := s.Client.JournalRecord.Query().Where(journalrecord.AboutID(d.ID)).CountX(w.System()); n == 0 {
				t.Errorf("%s %s leaves no record", d.RecipientKind, d.RecipientKey)
			}
			if d.AgencyID != nil && !d.DueBy.After(w.Clock.Now()) {
				t.Errorf("due by %v", d.DueBy)
			}
		}
		// Again, and with another protected person: only what is missing is added.
		before := w.Deliveries(service.ID)
		w.Clock.Advance(time.Hour)
		w.Registry(row)
		row.ProtectedPersons = []feed.ProtectedPerson{person(in("Berlin"), in("Avon"))}
		w.Clock.Advance(time.Hour)
		w.Registry(row)
		after := w.Deliveries(service.ID)
		if len(after) != len(before)+1 || *after[len(before)].AgencyID != w.Agency("Berlin Police Department") {
			t.Errorf("%d deliveries became %d", len(before), len(after))
		}
		if got := w.Told(service.ID)["Avon Police Department"]; !slices.Equal(got, []terms.NoticeReason{terms.RespondentHome, terms.ProtectedPersonWork}) {
			t.Errorf("the reasons of what is not sent yet: %v", got)
		}
		// The address is lost again: that is visible again.
		w.Clock.Advance(time.Hour)
		row.RespondentHome, row.ProtectedPersons = feed.Address{}, nil
		w.Registry(row)
		if u := open(w); len(u) != 1 || u[0].AddressKey != "" {
			t.Errorf("no address again: %v", u)
		}
		w.Consistent()
	})
}

// §3(d): a move years later, when no order is in force, tells nobody.
func TestAMoveYearsLaterTellsNobody(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*feed.Registry)
		told   int
	}{
		"the order has expired":                 {func(r *feed.Registry) { r.ExpiresOn = "2027-11-24" }, 1},
		"the order was dismissed":               {func(r *feed.Registry) { r.Outcome = terms.OutcomeDismissed }, 1},
		"a hearing that is long past, no order": {func(r *feed.Registry) { r.OrderNumber, r.StateFileNumber = "", "" }, 1},
		"the order is still in force":           {func(r *feed.Registry) { r.ExpiresOn = "2040-01-01" }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			w := recordingtest.New(t, storetest.SQLite(t))
			w.OpenCase(feed.Daybook{DocketNumber: docket})
			hearing := intaketest.Noon.Add(10 * 24 * time.Hour)
			row := feed.Registry{DocketNumber: docket, OrderNumber: "PO-1", StateFileNumber: "S1", RespondentHome: in("Avon"), HearingAt: &hearing}
			if row.OrderNumber != "" && name == "a hearing that is long past, no order" {
				c.change(&row)
			}
			w.Registry(row)
			service := w.Serve(w.Service(docket, intaketest.Noon)).Activity.ID
			w.Clock.Advance(3 * 365 * 24 * time.Hour)
			c.change(&row)
			row.RespondentHome = in("Berlin")
			w.Registry(row)
			if told := w.Told(service); len(told) != c.told {
				t.Errorf("told are %v", told)
			}
		})
	}
}

// Planning twice plans once: also beside each other.
func TestPlanningIsIdempotent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		id := w.OpenCase(feed.Daybook{DocketNumber: docket})
		w.Registry(feed.Registry{DocketNumber: docket, OrderNumber: "PO-1", RespondentHome: in("Avon"), ProtectedPersons: []feed.ProtectedPerson{person(in("Nowhere"), in("Groton"))}})
		service := w.Serve(w.Service(docket, intaketest.Noon)).Activity
		before, lost := w.Deliveries(service.ID), open(w)
		for range 3 {
			err := s.Tx(access.As(t.Context(), "test"), func(ctx context.Context, tx *ent.Tx) error {
				c, err := casefile.Lock(ctx, tx, id, w.Clock.Now())
				if err != nil {
					return err
				}
				facts, err := casefile.ReadFacts(ctx, tx.Client(), id)
				if err != nil {
					return err
				}
				added, err := w.Planner.Plan(ctx, tx, c, facts, service, true)
				if len(added) != 0 {
					t.Errorf("added: %v", added)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if after := w.Deliveries(service.ID); len(after) != len(before) || len(open(w)) != len(lost) || len(lost) != 1 {
			t.Errorf("%d deliveries became %d; unrouted: %v", len(before), len(after), open(w))
		}
		if n := s.Client.Delivery.Query().Where(delivery.AgencyIDNotNil()).CountX(w.System()); n != 4 {
			t.Errorf("%d notices: Groton has three agencies, Avon one", n)
		}
	})
}
