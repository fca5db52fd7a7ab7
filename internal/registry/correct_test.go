package registry_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/recording/recordingtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

const avon, berlin = "Avon Police Department", "Berlin Police Department"

// What stands in the place of a service at twelve; nil is a withdrawal.
var (
	earlier   = entry(recordingtest.Served(at("11:00")))
	earliest  = entry(recordingtest.Served(at("10:00")))
	anew      = entry(recordingtest.Served(at("12:00")))
	attempted = entry(recordingtest.Attempted(at("12:00")))
	withdrawn *recording.Entry
)

func entry(e recording.Entry) *recording.Entry { return &e }

// hearingNotice is a row without an order: police are told, and no file.
func hearingNotice(town string) feed.Registry {
	hearing := at("12:00").AddDate(0, 0, 14)
	return feed.Registry{DocketNumber: docket, HearingAt: &hearing, RespondentHome: in(town)}
}

// §3(d): who was told the old fact is told the new one, once, whatever became of
// the notice; what has not gone is superseded.
func TestWhatAnAgencyIsToldOfACorrection(t *testing.T) {
	abode, note := entry(recordingtest.Served(at("12:00"))), entry(recordingtest.Served(at("12:00")))
	abode.Service.Method, note.Service.Note, note.Service.PoliceAssistanceRequested = terms.MethodAbode, "the dog was loose", true
	for name, c := range map[string]struct {
		first ending // of the notice of service at 12:00; "": nothing is sent before the end
		then  []*recording.Entry
		mute  bool   // who is asked does not know
		at    ending // the notices of corrections, arrives if it is left out
		story []string
		read  []string
	}{
		"told, and the hour was wrong": {first: arrives, then: []*recording.Entry{earlier},
			story: []string{"served 12:00 CONFIRMED", "served 11:00 CONFIRMED, replaces 1"},
			read:  []string{"served 12:00", "CORRECTION: served 11:00"}},
		"told, and it was left at the abode": {first: arrives, then: []*recording.Entry{abode},
			story: []string{"served 12:00 CONFIRMED", "served 12:00 CONFIRMED, replaces 1"},
			read:  []string{"served 12:00", "CORRECTION: served 12:00"}},
		"told, and only the note or the help of police was wrong: nothing told has changed": {first: arrives, then: []*recording.Entry{note},
			story: []string{"served 12:00 CONFIRMED"}, read: []string{"served 12:00"}},
		"not sent yet, and only the note was wrong: it goes as it is": {then: []*recording.Entry{note},
			story: []string{"served 12:00 CONFIRMED"}, read: []string{"served 12:00"}},
		"not sent yet: superseded, and the right hour goes": {then: []*recording.Entry{earlier},
			story: []string{"served 12:00 SUPERSEDED", "served 11:00 CONFIRMED"}, read: []string{"served 11:00"}},
		"tried in vain: superseded": {first: lost, then: []*recording.Entry{earlier},
			story: []string{"served 12:00 SUPERSEDED", "served 11:00 CONFIRMED"}, read: []string{"served 11:00"}},
		"refused for good: the right hour goes all the same": {first: refused, then: []*recording.Entry{earlier},
			story: []string{"served 12:00 SUPERSEDED", "served 11:00 CONFIRMED"}, read: []string{"served 11:00"}},
		"nobody knows whether it arrived: the correction goes at once": {first: doubtful, mute: true, then: []*recording.Entry{earlier},
			story: []string{"served 12:00 UNKNOWN", "served 11:00 CONFIRMED, replaces 1"},
			read:  []string{"served 12:00", "CORRECTION: served 11:00"}},
		"corrected twice, the first correction not sent": {first: arrives, at: lost, then: []*recording.Entry{earlier, earliest},
			story: []string{"served 12:00 CONFIRMED", "served 11:00 SUPERSEDED, replaces 1", "served 10:00 RETRYING, replaces 1"},
			read:  []string{"served 12:00"}},
		"corrected twice": {first: arrives, then: []*recording.Entry{earlier, earliest},
			story: []string{"served 12:00 CONFIRMED", "served 11:00 CONFIRMED, replaces 1", "served 10:00 CONFIRMED, replaces 2"},
			read:  []string{"served 12:00", "CORRECTION: served 11:00", "CORRECTION: served 10:00"}},
		"corrected, and back before that was sent: the first notice stands": {first: arrives, at: lost, then: []*recording.Entry{earlier, anew},
			story: []string{"served 12:00 CONFIRMED", "served 11:00 SUPERSEDED, replaces 1"}, read: []string{"served 12:00"}},
		"withdrawn": {first: arrives, then: []*recording.Entry{withdrawn},
			story: []string{"served 12:00 CONFIRMED", "taken back CONFIRMED, replaces 1"}, read: []string{"served 12:00", "WITHDRAWN"}},
		"withdrawn before it was sent: nobody is told anything": {then: []*recording.Entry{withdrawn},
			story: []string{"served 12:00 SUPERSEDED"}},
		"withdrawn after it was refused": {first: refused, then: []*recording.Entry{withdrawn},
			story: []string{"served 12:00 SUPERSEDED"}},
		"withdrawn, and nobody knows whether it arrived": {first: vanishes, mute: true, then: []*recording.Entry{withdrawn},
			story: []string{"served 12:00 UNKNOWN", "taken back CONFIRMED, replaces 1"}, read: []string{"WITHDRAWN"}},
		"it was an attempt": {first: arrives, then: []*recording.Entry{attempted},
			story: []string{"served 12:00 CONFIRMED", "taken back CONFIRMED, replaces 1"}, read: []string{"served 12:00", "WITHDRAWN"}},
		"it was an attempt, which is corrected and withdrawn: taken back already": {first: arrives, then: []*recording.Entry{attempted, attempted, withdrawn},
			story: []string{"served 12:00 CONFIRMED", "taken back CONFIRMED, replaces 1"}, read: []string{"served 12:00", "WITHDRAWN"}},
		"it was an attempt, and it was a service: told anew": {first: arrives, then: []*recording.Entry{attempted, anew},
			story: []string{"served 12:00 CONFIRMED", "taken back CONFIRMED, replaces 1", "served 12:00 CONFIRMED, replaces 2"},
			read:  []string{"served 12:00", "WITHDRAWN", "CORRECTION: served 12:00"}},
		"it was an attempt, and a service before that was sent": {first: arrives, at: lost, then: []*recording.Entry{attempted, anew},
			story: []string{"served 12:00 CONFIRMED", "taken back SUPERSEDED, replaces 1"}, read: []string{"served 12:00"}},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				x := newOutside(t, s)
				x.mute = c.mute
				x.OpenCase(feed.Daybook{DocketNumber: docket})
				x.Registry(hearingNotice("Avon"))
				a := x.Serve(x.Service(docket, at("12:00"))).Activity
				if c.first != "" {
					x.ending(c.first)
					x.run()
					x.rest()
				}
				x.ending(arrives)
				if c.at != "" {
					x.ending(c.at)
				}
				for _, instead := range c.then {
					a = x.Replace(a, instead)
					if c.first != "" {
						x.rest()
					}
				}
				if c.first == "" {
					x.run()
					x.rest()
				}
				if d := cmp.Diff(c.story, x.story(avon)); d != "" {
					t.Errorf("the ledger: %s", d)
				}
				if d := cmp.Diff(c.read, x.read(avon)); d != "" {
					t.Errorf("the agency: %s", d)
				}
				x.Consistent()
			})
		})
	}
}

// §3(d): what is being handed over just now is not replaced, and the correction
// does not overtake it.
func TestACorrectionDoesNotOvertakeWhatIsBeingHandedOver(t *testing.T) {
	for end, want := range map[ending]struct{ story, read []string }{
		arrives: {[]string{"served 12:00 CONFIRMED", "served 11:00 CONFIRMED, replaces 1"}, []string{"served 12:00", "CORRECTION: served 11:00"}},
		// It never came, and will not: the older notice gives way.
		lost:     {[]string{"served 12:00 SUPERSEDED", "served 11:00 CONFIRMED, replaces 1"}, []string{"CORRECTION: served 11:00"}},
		vanishes: {[]string{"served 12:00 SUPERSEDED", "served 11:00 CONFIRMED, replaces 1"}, []string{"CORRECTION: served 11:00"}},
		doubtful: {[]string{"served 12:00 CONFIRMED", "served 11:00 CONFIRMED, replaces 1"}, []string{"served 12:00", "CORRECTION: served 11:00"}},
		// Rejected while the correction was on its way: a person looks.
		refused: {[]string{"served 12:00 FAILED", "served 11:00 CONFIRMED, replaces 1"}, []string{"CORRECTION: served 11:00"}},
	} {
		t.Run("it "+string(end), func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				x := newOutside(t, s)
				x.OpenCase(feed.Daybook{DocketNumber: docket})
				x.Registry(hearingNotice("Avon"))
				a := x.Serve(x.Service(docket, at("12:00"))).Activity
				x.ending(stuck)
				x.run()
				x.rest()
				x.ending(arrives)
				x.Replace(a, earlier)
				x.rest()
				if d := cmp.Diff([]string{"served 12:00 SENDING", "served 11:00 WAITING, replaces 1"}, x.story(avon)); d != "" {
					t.Errorf("meanwhile: %s", d)
				}
				x.letGo(end)
				x.rest()
				if d := cmp.Diff(want.story, x.story(avon)); d != "" {
					t.Errorf("the ledger: %s", d)
				}
				if d := cmp.Diff(want.read, x.read(avon)); d != "" {
					t.Errorf("the agency: %s", d)
				}
			})
		})
	}
}

// §3(d): told are also those to whom no address leads any more; who was never
// told gets a notice of its own.
func TestWhoHasMovedIsToldOfTheCorrection(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		x := newOutside(t, s)
		x.OpenCase(feed.Daybook{DocketNumber: docket})
		row := feed.Registry{DocketNumber: docket, OrderNumber: "PO-1", ProtectedPersons: []feed.ProtectedPerson{person(feed.Address{Street: "1 Hidden Ln", Town: "Avon"}, feed.Address{})}}
		x.Registry(row)
		a := x.Serve(x.Service(docket, at("12:00"))).Activity
		x.run()
		x.rest()
		x.Clock.Advance(time.Hour)
		row.ProtectedPersons = []feed.ProtectedPerson{person(feed.Address{Street: "2 Secret Ln", Town: "Berlin"}, feed.Address{})}
		x.Registry(row)
		x.rest()
		a = x.Replace(a, earlier)
		x.rest()
		x.Replace(a, withdrawn)
		x.rest()
		for _, agency := range []string{avon, berlin} {
			if d := cmp.Diff([]string{"served 12:00", "CORRECTION: served 11:00", "WITHDRAWN"}, x.read(agency)); d != "" {
				t.Errorf("%s: %s\n%s", agency, d, x.evidence())
			}
		}
		// C.G.S. §51-5c: the new address is told only to the agency in whose area it lies.
		for _, n := range x.inbox[x.Agency(avon)][1:] {
			if len(n.Addresses) != 0 || len(n.Reasons) != 1 {
				t.Errorf("Avon, from where she moved, is told %v because of %v", n.Addresses, n.Reasons)
			}
		}
		for _, n := range x.inbox[x.Agency(berlin)] {
			if len(n.Addresses) != 1 || n.Addresses[0].Street != "2 Secret Ln" {
				t.Errorf("Berlin is told %v", n.Addresses)
			}
		}
	})
}

// §3(d): facts that arrive after a correction tell of what stands, plainly, and
// of what was taken back nobody is told late.
func TestFactsAfterACorrection(t *testing.T) {
	for name, c := range map[string]struct {
		then []*recording.Entry
		want []string
	}{
		"corrected":              {[]*recording.Entry{earlier}, []string{"served 11:00"}},
		"the note alone":         {[]*recording.Entry{anew}, []string{"served 12:00"}},
		"withdrawn":              {[]*recording.Entry{earlier, withdrawn}, nil},
		"an attempt":             {[]*recording.Entry{attempted}, nil},
		"an attempt, or service": {[]*recording.Entry{attempted, earliest}, []string{"served 10:00"}},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				x := newOutside(t, s)
				x.OpenCase(feed.Daybook{DocketNumber: docket})
				row := feed.Registry{DocketNumber: docket, OrderNumber: "PO-1", RespondentHome: in("Avon"), ProtectedPersons: []feed.ProtectedPerson{person(in("Avonn"), feed.Address{})}}
				x.Registry(row)
				a := x.Serve(x.Service(docket, at("12:00"))).Activity
				x.run()
				x.rest()
				noticed := open(x.World)[0].NoticedAt
				x.Clock.Advance(time.Hour)
				for _, instead := range c.then {
					a = x.Replace(a, instead)
				}
				x.rest()
				switch lost := open(x.World); {
				case c.want == nil && len(lost) != 0:
					t.Errorf("taken back, and %d addresses are still to be routed", len(lost))
				case c.want != nil && (len(lost) != 1 || lost[0].ActivityID != a.ID || c.then[0] != attempted && !lost[0].NoticedAt.Equal(noticed)):
					t.Errorf("to be routed: %v; noticed first at %v", lost, noticed)
				}
				before := len(x.all(avon))
				x.Clock.Advance(time.Hour)
				row.ProtectedPersons = []feed.ProtectedPerson{person(in("Berlin"), feed.Address{})}
				x.Registry(row)
				x.rest()
				if d := cmp.Diff(c.want, x.read(berlin)); d != "" {
					t.Errorf("Berlin: %s", d)
				}
				if after := len(x.all(avon)); after != before {
					t.Errorf("Avon, which knows, has %d notices instead of %d", after, before)
				}
				if lost := open(x.World); len(lost) != 0 {
					t.Errorf("still to be routed: %v", lost)
				}
			})
		})
	}
}
