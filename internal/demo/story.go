package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile/reference"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/terms"
)

// event is one thing that happens at a moment: a feed's row comes, or an
// officer records. Exactly one of the pointers is set.
type event struct {
	at       time.Time
	daybook  *feed.Daybook
	registry *feed.Registry
	service  *recording.Service
	attempt  *recording.Attempt
	by       *access.Viewer
}

// story is one case from its opening to its end.
type story struct {
	r       *rand.Rand
	n       int
	docket  terms.Docket
	opened  time.Time
	hearing time.Time
	officer *access.Viewer
	row     feed.Registry // as it stands
	events  []event
}

// tell makes up the n-th case, opened at about the moment given.
func (p *player) tell(n int, about time.Time) []event {
	r := p.random
	town, court := p.place(n)
	kind, letters := terms.ReliefFromAbuse, "FA"
	if r.IntN(8) == 0 {
		kind, letters = terms.CivilProtectionOrder, "CV"
	}
	opened := officeHour(r, about)
	s := &story{
		r: r, n: n, opened: opened, officer: p.officerFor(town.County, opened),
		docket:  terms.Docket(fmt.Sprintf("%s%s%s5%06dS", court, letters, opened.In(terms.CourtZone).Format("06"), n)),
		hearing: hearingAfter(r, opened, 7+r.IntN(8)),
	}
	who := somebody(r)
	s.add(event{at: opened, daybook: &feed.Daybook{
		CourtLocation: court, DocketNumber: s.docket, RespondentFirstName: who.first, RespondentLastName: who.last,
		CreatedAt: opened, SourceUpdatedAt: opened,
	}})
	s.row = p.facts(s, kind, town, who)
	s.orderFacts()
	s.attempts()
	s.hearingDay()
	return s.events
}

func (s *story) add(e event) {
	e.at = terms.Micro(e.at)
	s.events = append(s.events, e)
}

// send has the registry's row come as it now stands.
func (s *story) send(at time.Time) {
	row := s.row
	row.SourceUpdatedAt = terms.Micro(at)
	row.ProtectedPersons = slices.Clone(row.ProtectedPersons)
	s.add(event{at: at, registry: &row})
}

// officeHour is a weekday near the moment, between 9 a.m. and 4 p.m.
func officeHour(r *rand.Rand, about time.Time) time.Time {
	day := about.In(terms.CourtZone)
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day = day.AddDate(0, 0, -1)
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 9+r.IntN(7), r.IntN(60), r.IntN(60), 0, terms.CourtZone).UTC()
}

func hearingAfter(r *rand.Rand, from time.Time, days int) time.Time {
	day := from.In(terms.CourtZone).AddDate(0, 0, days)
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day = day.AddDate(0, 0, 1)
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 9, 30+15*r.IntN(6), 0, 0, terms.CourtZone).UTC()
}

// place is where the respondent lives and where the case is heard: the first
// cases go through all court locations, so that each has some.
func (p *player) place(n int) (reference.Town, string) {
	town := pick(p.random, p.tables.Towns)
	if n < len(p.tables.Courts) {
		return town, p.tables.Courts[n].Code
	}
	return town, town.Court
}

// lately tells whether the case is young enough to be on somebody's board.
func (p *player) lately(opened time.Time) bool { return p.now.Sub(opened) < 21*24*time.Hour }

// officerFor is an officer of the county. Lately those with whose accounts
// people sign in have more to do.
func (p *player) officerFor(county string, opened time.Time) *access.Viewer {
	if p.lately(opened) && p.random.IntN(3) == 0 {
		county = pick(p.random, []string{"Hartford", "New Haven", "Fairfield"})
		return p.viewers[county][0]
	}
	return pick(p.random, p.viewers[county])
}

// facts are the registry's facts of the case.
func (p *player) facts(s *story, kind terms.OrderKind, town reference.Town, who person) feed.Registry {
	r, issued, hearing := s.r, s.opened, s.hearing
	row := feed.Registry{
		DocketNumber: s.docket, OrderNumber: fmt.Sprintf("PO-%07d", s.n), OrderKind: kind, IssuedAt: &issued, ExParte: r.IntN(5) > 0,
		HearingAt: &hearing, Courtroom: fmt.Sprintf("%d%c", 1+r.IntN(6), 'A'+rune(r.IntN(4))), ExpiresOn: terms.DateOf(s.hearing),
		RespondentFirstName: who.first, RespondentLastName: who.last, RespondentHome: p.address(town),
		AddressesConfidential: r.IntN(6) == 0,
		// Its last two digits ask the simulated switch for no fault.
		StateFileNumber: fmt.Sprintf("H%07d%02d", s.n, 10+s.n%80), NationalFileNumber: fmt.Sprintf("N%08d", s.n),
	}
	for range 1 + r.IntN(2) {
		protected := somebody(r)
		person := feed.ProtectedPerson{FirstName: protected.first, LastName: protected.last, Home: p.address(pick(r, p.tables.Towns))}
		if r.IntN(10) < 6 {
			person.Work = p.address(pick(r, p.tables.Towns))
		}
		row.ProtectedPersons = append(row.ProtectedPersons, person)
	}
	if p.lately(s.opened) {
		switch r.IntN(12) {
		case 0: // not yet entered in the state file
			row.StateFileNumber, row.NationalFileNumber = "", ""
		case 1:
			row.OrderNumber += refusedOrder
		}
	}
	switch r.IntN(30) {
	case 0:
		row.RespondentHome = feed.Address{Street: p.street(), Town: "Springfield", State: "MA"}
	case 1:
		row.RespondentHome.Town = misspell(row.RespondentHome.Town)
	case 2: // every application gets a hearing, and not every one an order
		row.OrderNumber, row.StateFileNumber, row.NationalFileNumber, row.ExpiresOn, row.IssuedAt, row.ExParte = "", "", "", "", nil, false
	}
	return row
}

func (p *player) street() string {
	return fmt.Sprintf("%d %s Street", 1+p.random.IntN(400), pick(p.random, streets))
}

func (p *player) address(town reference.Town) feed.Address {
	name := town.Name
	if p.random.IntN(12) == 0 {
		if place := pick(p.random, p.tables.Places); len(place.TownNumbers) == 1 {
			name = place.Name // people write postal places
		}
	}
	return feed.Address{Street: p.street(), Town: name, State: "CT"}
}

func misspell(town string) string { return town[:len(town)-2] + town[len(town)-1:] }

// orderFacts has the registry's first row come: usually within the hour, for a
// few a day or more later, for some without the record's number.
func (s *story) orderFacts() {
	at := s.opened.Add(time.Duration(15+s.r.IntN(60)) * time.Minute)
	if s.r.IntN(20) == 0 {
		at = at.Add(time.Duration(1+s.r.IntN(3)) * 24 * time.Hour)
	}
	number := s.row.StateFileNumber
	if number != "" && s.r.IntN(25) == 0 {
		s.row.StateFileNumber = ""
		s.send(at)
		s.row.StateFileNumber = number
		at = at.Add(time.Duration(6+s.r.IntN(72)) * time.Hour)
	}
	s.send(at)
}
