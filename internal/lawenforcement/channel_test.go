package lawenforcement_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/intake/intaketest"
	"github.com/service-tracking/sts/internal/lawenforcement"
	"github.com/service-tracking/sts/internal/recording/recordingtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

const docket = intaketest.Docket

var callBack = lawenforcement.Contact{CallBack: "877-312-7807"}

func notices(t *testing.T, w *recordingtest.World) *lawenforcement.Notices {
	t.Helper()
	page, err := lawenforcement.NewPage()
	if err != nil {
		t.Fatal(err)
	}
	return &lawenforcement.Notices{Client: w.Store.Client, Reference: w.Reference, Routing: w.Routing, Page: page, Registry: callBack}
}

// to is the notice's delivery to the agency.
func to(t *testing.T, w *recordingtest.World, activity terms.ID, agency string) *ent.Delivery {
	t.Helper()
	for _, d := range w.Deliveries(activity) {
		if d.AgencyID != nil && *d.AgencyID == w.Agency(agency) {
			return d
		}
	}
	t.Fatalf("%s is not told", agency)
	return nil
}

// §3(d): each agency is told the basic case information with the date and time
// of service, and of addresses those in its own area alone.
func TestWhatEachAgencyIsTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		w.OpenCase(feed.Daybook{DocketNumber: docket, RespondentFirstName: "Jon", RespondentLastName: "Roe"})
		row := feed.Registry{
			DocketNumber: docket, OrderNumber: "PO-1", OrderKind: terms.CivilProtectionOrder, RespondentFirstName: "Jonathan", RespondentLastName: "Rowe",
			RespondentHome: feed.Address{Street: "1 Main St", Town: "Avon", State: "CT", Zip: "06001"},
			ProtectedPersons: []feed.ProtectedPerson{
				{FirstName: "Jane", LastName: "Doe", Home: feed.Address{Street: "2 Elm St", Town: "Berlin", Zip: "06037"}, Work: feed.Address{Street: "3 Oak St", Town: "Avon"}},
			},
		}
		w.Registry(row)
		open := row
		open.OrderNumber, open.AddressesConfidential = "PO-2", true
		open.ProtectedPersons = []feed.ProtectedPerson{{FirstName: "Hidden", LastName: "Person", Home: feed.Address{Street: "4 Secret Ln", Town: "Berlin", State: "CT", Zip: "06037"}}}
		w.Registry(open)
		w.Clock.Advance(10 * time.Minute)
		in := w.Service(docket, intaketest.Noon)
		in.PoliceAssistanceRequested, in.Note = true, "the officer's own words"
		a := w.Serve(in).Activity
		n := notices(t, w)
		told := func(agency string) lawenforcement.Notice {
			t.Helper()
			c, err := n.Render(w.System(), to(t, w, a.ID, agency))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.HasPrefix(c.Document, []byte("%PDF-")) || bytes.Contains(c.Facts, []byte("own words")) {
				t.Errorf("%s gets %.20q and %s", agency, c.Document, c.Facts)
			}
			again, err := n.Render(w.System(), to(t, w, a.ID, agency))
			if err != nil || !bytes.Equal(again.Document, c.Document) || !bytes.Equal(again.Facts, c.Facts) {
				t.Errorf("rendered again it differs: %v", err)
			}
			notice, err := lawenforcement.ParseNotice(c.Facts)
			if err != nil {
				t.Fatal(err)
			}
			return notice
		}
		court := w.Reference.Court("HHD")
		agency := w.Reference.Agency(w.Agency("Avon Police Department"))
		want := lawenforcement.Notice{
			Delivery: to(t, w, a.ID, agency.Name).ID, Agency: lawenforcement.Agency{Name: agency.Name, ORI: agency.Ori},
			Reasons: []terms.NoticeReason{terms.RespondentHome, terms.ProtectedPersonWork}, Docket: docket,
			Court: lawenforcement.Court{Code: "HHD", Name: court.Name}, Respondents: []string{"Jonathan Rowe", "Jon Roe"},
			OrderKind: terms.CivilProtectionOrder, ExecutedAt: intaketest.Noon, Method: terms.MethodHand, Officer: "Maria Ortiz", PoliceAssistance: true,
			RecordedAt: intaketest.Noon.Add(10 * time.Minute), Registry: callBack,
			Addresses: []lawenforcement.Address{
				{Reason: terms.RespondentHome, Street: "1 Main St", Town: "Avon", State: "CT", Zip: "06001"},
				{Reason: terms.ProtectedPersonWork, Person: "Jane Doe", Street: "3 Oak St", Town: "Avon"},
			},
		}
		if d := cmp.Diff(want, told(agency.Name)); d != "" {
			t.Errorf("Avon is told otherwise: %s", d)
		}
		berlin := told("Berlin Police Department")
		if d := cmp.Diff([]lawenforcement.Address{
			{Reason: terms.ProtectedPersonHome, Person: "Jane Doe", Street: "2 Elm St", Town: "Berlin", Zip: "06037"},
			// Confidential by order: the town alone.
			{Reason: terms.ProtectedPersonHome, Person: "Hidden Person", Town: "Berlin", State: "CT"},
		}, berlin.Addresses); d != "" {
			t.Errorf("Berlin is told otherwise: %s", d)
		}
	})
}

// §3(d): the daybook's spelling is told besides only where it is another name.
func TestTheRespondentsNames(t *testing.T) {
	for name, c := range map[string]struct {
		daybook, registry string
		want              []string
	}{
		"two spellings":           {"Jon Roe", "Jonathan Rowe", []string{"Jonathan Rowe", "Jon Roe"}},
		"the same":                {"Jon Roe", "Jon Roe", []string{"Jon Roe"}},
		"accents and case aside":  {"JOSE NUNEZ", "José Núñez", []string{"José Núñez"}},
		"hyphens are no new name": {"Ann Smith Jones", "Ann Smith-Jones", []string{"Ann Smith-Jones"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := recordingtest.New(t, storetest.SQLite(t))
			first, last, _ := strings.Cut(c.daybook, " ")
			w.OpenCase(feed.Daybook{DocketNumber: docket, RespondentFirstName: first, RespondentLastName: last})
			a := w.Serve(w.Service(docket, intaketest.Noon)).Activity
			row := feed.Registry{DocketNumber: docket, OrderNumber: "PO-1", RespondentHome: feed.Address{Town: "Avon"}}
			row.RespondentFirstName, row.RespondentLastName, _ = strings.Cut(c.registry, " ")
			w.Registry(row)
			content, err := notices(t, w).Render(w.System(), to(t, w, a.ID, "Avon Police Department"))
			if err != nil {
				t.Fatal(err)
			}
			if n, err := lawenforcement.ParseNotice(content.Facts); err != nil || !slices.Equal(n.Respondents, c.want) {
				t.Errorf("%v, %v; want %v", n.Respondents, err, c.want)
			}
		})
	}
}

// A notice is rendered for the system alone: no account may see what it names.
func TestNobodyElseRendersANotice(t *testing.T) {
	w := recordingtest.New(t, storetest.SQLite(t))
	w.OpenCase(feed.Daybook{DocketNumber: docket})
	w.Registry(feed.Registry{DocketNumber: docket, OrderNumber: "PO-1", RespondentHome: feed.Address{Street: "1 Main St", Town: "Avon"}})
	d := to(t, w, w.Serve(w.Service(docket, intaketest.Noon)).Activity.ID, "Avon Police Department")
	n := notices(t, w)
	for _, name := range []string{"officer2", "court1", "analyst1", "officer1", "supervisor1"} {
		if c, err := n.Render(access.With(t.Context(), w.As(name)), d); err == nil && bytes.Contains(c.Facts, []byte("1 Main St")) {
			t.Errorf("%s reads an address", name)
		}
	}
	if _, err := n.Render(t.Context(), d); err == nil {
		t.Error("rendered for nobody")
	}
	d.AgencyID = nil
	if _, err := n.Render(w.System(), d); err == nil {
		t.Error("rendered for no agency")
	}
}

// §3(d): the spool channel files a notice once, and can tell whether it did.
func TestSpoolChannel(t *testing.T) {
	w := recordingtest.New(t, storetest.SQLite(t))
	w.OpenCase(feed.Daybook{DocketNumber: docket})
	w.Registry(feed.Registry{DocketNumber: docket, OrderNumber: "PO-1", RespondentHome: feed.Address{Town: "Avon"}})
	d := to(t, w, w.Serve(w.Service(docket, intaketest.Noon)).Activity.ID, "Avon Police Department")
	dir := filepath.Join(t.TempDir(), "notices")
	spool, err := lawenforcement.OpenSpool(dir)
	if err != nil {
		t.Fatal(err)
	}
	var channel delivery.Channel = lawenforcement.SpoolChannel{Renderer: notices(t, w), Spool: spool}
	content, err := channel.Render(w.System(), d)
	if err != nil {
		t.Fatal(err)
	}
	parcel := delivery.Parcel{Delivery: d, Content: content, Attempt: 1}
	expect := func(what string, got delivery.Result, want delivery.Outcome) {
		t.Helper()
		if got.Outcome != want || got.Detail == "" {
			t.Errorf("%s: %+v, want %s", what, got, want)
		}
	}
	if channel.Kind() != terms.ChannelSpool {
		t.Errorf("kind %s", channel.Kind())
	}
	expect("before", channel.Reconcile(t.Context(), parcel), delivery.NeverArrived)
	// Killed between the two files: the page is not there.
	if err := os.WriteFile(filepath.Join(dir, string(d.ID)+".json"), content.Facts, 0o600); err != nil {
		t.Fatal(err)
	}
	expect("half", channel.Reconcile(t.Context(), parcel), delivery.NeverArrived)
	expect("sent", channel.Send(t.Context(), parcel), delivery.Confirmed)
	expect("after", channel.Reconcile(t.Context(), parcel), delivery.Confirmed)
	expect("sent again", channel.Send(t.Context(), parcel), delivery.Confirmed)
	for ending, want := range map[string][]byte{".pdf": content.Document, ".json": content.Facts} {
		if got, err := os.ReadFile(filepath.Join(dir, string(d.ID)+ending)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %v", ending, err)
		}
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	expect("the directory is gone", channel.Send(t.Context(), parcel), delivery.Unknown)
}

// §3(d): a route is by place as well as by town, and by what the registry
// section has assigned.
func TestRouting(t *testing.T) {
	w := recordingtest.New(t, storetest.SQLite(t))
	route := func(town, state, zip string) (names []string, r lawenforcement.Route) {
		r = w.Routing.Route(&ent.Address{Town: town, State: state, Zip: zip})
		for _, id := range r.Agencies {
			names = append(names, w.Reference.Agency(id).Name)
		}
		slices.Sort(names)
		return names, r
	}
	for _, c := range []struct {
		town, state, zip string
		want             []string
		unrouted         terms.UnroutedReason
	}{
		{"Avon", "CT", "06001", []string{"Avon Police Department"}, ""},
		{"Willimantic", "", "", []string{"Connecticut State Police Troop K", "Willimantic Police Department"}, ""},
		{"Groton Long Point", "CT", "", []string{"Groton Long Point Police Department", "Groton Town Police Department"}, ""},
		{"Mystic", "CT", "", []string{"Groton Town Police Department", "Stonington Police Department"}, ""},
		{"Springfield", "MA", "", nil, terms.UnroutedOutOfState},
		{"Nowhere", "CT", "", nil, terms.UnroutedUnknownTown},
		{"", "CT", "06001", nil, terms.UnroutedNoAddress},
	} {
		names, r := route(c.town, c.state, c.zip)
		if !slices.Equal(names, c.want) || r.Unrouted != c.unrouted {
			t.Errorf("%s %s: %v %s, want %v %s", c.town, c.state, names, r.Unrouted, c.want, c.unrouted)
		}
	}
	// The database has the last word.
	w.Store.Client.AgencyCoverage.Create().SetAgencyID(w.Agency("Berlin Police Department")).SetTownNumber(4).SaveX(w.System())
	if err := w.Reference.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if names, _ := route("Avon", "", ""); len(names) != 2 {
		t.Errorf("after an assignment: %v", names)
	}
	w.Store.Client.AgencyCoverage.Delete().ExecX(w.System())
	if err := w.Reference.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, r := route("Avon", "", ""); r.Unrouted != terms.UnroutedNoAgency {
		t.Errorf("a town without an agency: %+v", r)
	}
}
