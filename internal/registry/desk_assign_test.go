package registry_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/agencyassignment"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/lawenforcement"
	"github.com/service-tracking/sts/internal/registry"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// assigns has registry1 assign the agency, and answers the code of the refusal.
func (o *office) assigns(u *ent.UnroutedAddress, agency string) registry.Code {
	o.Helper()
	done, err := o.desk.AssignAgency(context.Background(), o.As("registry1"), registry.Assignment{
		UnroutedAddress: u.ID, Agency: o.Agency(agency), Reason: "the troop told me",
	})
	o.check(err)
	if done.Refusal != nil {
		return done.Refusal.Code
	}
	return ""
}

func (o *office) told() (names []string) {
	o.Helper()
	for name := range o.Told(o.service.ID) {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// notice is what the agency is told.
func (o *office) notice(agency string) lawenforcement.Notice {
	o.Helper()
	page, err := lawenforcement.NewPage()
	o.check(err)
	n := &lawenforcement.Notices{Client: o.Store.Client, Reference: o.Reference, Routing: o.Routing, Page: page, Registry: lawenforcement.Contact{CallBack: "877-312-7807"}}
	for _, d := range o.Deliveries(o.service.ID) {
		if d.AgencyID == nil || *d.AgencyID != o.Agency(agency) {
			continue
		}
		content, err := n.Render(o.System(), d)
		o.check(err)
		notice, err := lawenforcement.ParseNotice(content.Facts)
		o.check(err)
		return notice
	}
	o.Fatalf("%s is not told", agency)
	return lawenforcement.Notice{}
}

const troop = "Connecticut State Police Troop C"

// §3(d): an address that led nowhere gets its agency from a person; that holds
// for every later version that names the same place, and for no other address.
func TestAnAssignedAgencyIsTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		row := feed.Registry{
			OrderNumber: "PO-1", RespondentHome: in("Avon"),
			ProtectedPersons: []feed.ProtectedPerson{person(feed.Address{Street: "1 Main St", Town: "Nowhere", State: "CT"}, in("Berlin"))},
		}
		o.served(row)
		work := open(o.World)
		if len(work) != 1 {
			t.Fatalf("unrouted: %v", work)
		}
		for range 2 { // again, it is as it was
			if code := o.assigns(work[0], troop); code != "" {
				t.Fatal(code)
			}
		}
		if told := o.told(); len(told) != 3 || !slices.Contains(told, troop) || len(open(o.World)) != 0 {
			t.Errorf("told are %v, unrouted %v", told, open(o.World))
		}
		assigned := s.Client.AgencyAssignment.Query().AllX(o.System())
		if len(assigned) != 1 || assigned[0].AssignedByName != "registry1" || assigned[0].Why != "the troop told me" || len(o.records(assigned[0].ID, terms.AgencyAssigned)) != 1 {
			t.Errorf("kept is %+v", assigned)
		}
		// C.G.S. §51-5c: it is told the address in its area, no other; and no
		// other agency is told that one.
		notice := o.notice(troop)
		if !slices.Equal(notice.Reasons, []terms.NoticeReason{terms.ProtectedPersonHome}) || len(notice.Addresses) != 1 || notice.Addresses[0].Town != "Nowhere" {
			t.Errorf("the troop is told %+v", notice)
		}
		for _, other := range []string{"Avon Police Department", "Berlin Police Department"} {
			for _, a := range o.notice(other).Addresses {
				if a.Town == "Nowhere" {
					t.Errorf("%s is told %+v", other, a)
				}
			}
		}
		// The same place in another spelling, then another place.
		o.Clock.Advance(time.Hour)
		row.DocketNumber = docket
		row.ProtectedPersons = []feed.ProtectedPerson{person(feed.Address{Street: "9 Elm St", Town: "town of NOWHERE", State: "Conn."}, in("Berlin"))}
		o.Registry(row)
		if len(open(o.World)) != 0 || len(o.told()) != 3 {
			t.Errorf("the same place: unrouted %v, told %v", open(o.World), o.told())
		}
		o.Clock.Advance(time.Hour)
		row.ProtectedPersons = []feed.ProtectedPerson{person(feed.Address{Town: "Elsewhere", State: "CT"}, in("Berlin"))}
		o.Registry(row)
		if work := open(o.World); len(work) != 1 {
			t.Errorf("another place: unrouted %v", work)
		}
		if code := o.assigns(work[0], "Bristol Police Department"); code != "" { // a second one, for the first place
			t.Error(code)
		}
		if told := o.told(); len(told) != 3 {
			t.Errorf("for a place that is on file no more: %v", told)
		}
		// It was the protected person's home: the respondent's is another matter.
		o.Clock.Advance(time.Hour)
		row.RespondentHome, row.ProtectedPersons = feed.Address{Town: "Nowhere", State: "CT"}, nil
		o.Registry(row)
		if work := open(o.World); len(work) != 1 {
			t.Errorf("the respondent's home there: unrouted %v", work)
		}
		o.Consistent()
	})
}

// §3(d): a case without any address; and a place that needs several agencies.
func TestAssigningWhereThereIsNoAddress(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.served(feed.Registry{OrderNumber: "PO-1"})
		work := open(o.World)[0]
		for _, agency := range []string{troop, "Avon Police Department"} {
			if code := o.assigns(work, agency); code != "" {
				t.Fatal(code)
			}
		}
		if told := o.told(); !slices.Equal(told, []string{"Avon Police Department", troop}) || len(open(o.World)) != 0 {
			t.Errorf("told are %v, unrouted %v", told, open(o.World))
		}
		if notice := o.notice(troop); !notice.Chosen || len(notice.Reasons)+len(notice.Addresses) > 0 {
			t.Errorf("the troop is told %+v", notice)
		}
		// An address comes: the others are told too.
		o.Clock.Advance(time.Hour)
		o.Registry(feed.Registry{DocketNumber: docket, OrderNumber: "PO-1", RespondentHome: in("Berlin")})
		if told := o.told(); len(told) != 3 || len(open(o.World)) != 0 {
			t.Errorf("told are %v", told)
		}
	})
}

func TestWhatCannotBeAssigned(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	row := feed.Registry{OrderNumber: "PO-1", RespondentHome: in("Avonn")}
	o.served(row)
	work := open(o.World)[0]
	give := func(u, agency terms.ID, reason string) registry.Code {
		t.Helper()
		done, err := o.desk.AssignAgency(t.Context(), o.As("manager1"), registry.Assignment{UnroutedAddress: u, Agency: agency, Reason: reason})
		o.check(err)
		if done.Refusal == nil {
			return ""
		}
		return done.Refusal.Code
	}
	avon := o.Agency("Avon Police Department")
	for name, x := range map[string]struct{ got, want registry.Code }{
		"no reason":           {give(work.ID, avon, " "), registry.ReasonRequired},
		"a reason too long":   {give(work.ID, avon, strings.Repeat("x", 2001)), registry.TooLong},
		"no such address":     {give(terms.NewID(terms.UnroutedPrefix), avon, "r"), registry.UnroutedAddressNotFound},
		"no such agency":      {give(work.ID, terms.NewID(terms.AgencyPrefix), "r"), registry.AgencyNotFound},
		"nothing was changed": {registry.Code(strings.Join(o.told(), "")), ""},
	} {
		if x.got != x.want {
			t.Errorf("%s: %q, want %q", name, x.got, x.want)
		}
	}
	o.Clock.Advance(time.Hour)
	row.DocketNumber, row.RespondentHome = docket, in("Avon")
	o.Registry(row)
	if code := give(work.ID, avon, "r"); code != registry.NotPossibleNow {
		t.Errorf("what has found its way: %q", code)
	}
}

// Once no order is in force nobody is told any more; the board is cleared of that
// place alone.
func TestAssigningAfterTheOrderEnded(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	row := feed.Registry{OrderNumber: "PO-1", RespondentHome: in("Nowhere"), ProtectedPersons: []feed.ProtectedPerson{person(in("Elsewhere"), feed.Address{})}}
	o.served(row)
	work := open(o.World)[0]
	o.Clock.Advance(time.Hour)
	row.DocketNumber, row.Outcome = docket, terms.OutcomeDismissed
	o.Registry(row)
	if code := o.assigns(work, troop); code != "" || len(o.told()) != 0 || len(open(o.World)) != 1 || open(o.World)[0].ID == work.ID {
		t.Errorf("%q, told are %v, unrouted %v", code, o.told(), open(o.World))
	}
}

func TestAssigningAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.served(feed.Registry{OrderNumber: "PO-1", RespondentHome: in("Nowhere")})
		work := open(o.World)[0]
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if code := o.assigns(work, troop); code != "" {
					t.Error(code)
				}
			})
		}
		all.Wait()
		if n := s.Client.AgencyAssignment.Query().Where(agencyassignment.CaseID(o.service.CaseID)).CountX(o.System()); n != 1 || len(o.told()) != 1 {
			t.Errorf("%d assignments, told are %v", n, o.told())
		}
	})
}
