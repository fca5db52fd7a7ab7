package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/terms"
)

// event is one thing that happens at a moment: a feed's row comes, or somebody
// records. Exactly one of the pointers is set.
type event struct {
	at       time.Time
	daybook  *feed.Daybook
	registry *feed.Registry
	act      *act
	trouble  trouble
}

// story is a case while it is told.
type story struct {
	*plan
	p          *player
	docket     terms.Docket
	respondent person
	row        feed.Registry // as it stands
	files      int           // records in the order files, so far
	events     []event
	acts       int // so far
	// side decides what happens beside the main story, which so stays as it
	// is whatever is added here.
	side *rand.Rand
}

// daybookLate is in one of how many cases the daybook brings it a day late, so
// that a manual entry can be there first (§7). It is assumed.
const daybookLate = 100

func casefileTimely(kind terms.OrderKind) int { return casefile.DefaultTimely[kind] }

// tell makes the events of a plan.
func (p *player) tell(c *plan) []event {
	s := &story{
		plan: c, p: p, respondent: p.texts.somebody(c.r), side: p.random(-2 - c.n),
	}
	s.docket = docketOf(c, 5_010_000+c.n*7+c.r.IntN(7))
	if s.ordinary && s.side.IntN(daybookLate) == 0 {
		s.facts.daybookAfter = time.Duration(20+s.side.IntN(10)) * time.Hour
	}
	s.opening()
	s.papers()
	for _, v := range s.visits {
		s.visitAs(v)
	}
	s.information()
	p.told = append(p.told, s)
	if s.facts.never || s.facts.unknown {
		return s.events
	}
	s.firstFacts()
	s.hearingDay()
	return s.events
}

func docketOf(c *plan, number int) terms.Docket {
	letters := "FA"
	if c.kind == terms.CivilProtectionOrder {
		letters = "CV"
	}
	return terms.Docket(fmt.Sprintf("%s%s%s%07dS", c.court, letters, c.opened.In(terms.CourtZone).Format("06"), number))
}

func (s *story) add(e event) {
	e.at = terms.Micro(e.at)
	s.events = append(s.events, e)
}

// record adds an act, which it completes.
func (s *story) record(at time.Time, a *act) *act {
	s.acts++
	a.key = fmt.Sprintf("demo-%07d-%02d", s.n, s.acts)
	if a.docket == "" {
		a.docket = s.docket
	}
	a.confirm = everything
	s.add(event{at: at, act: a})
	return a
}

// everything: whoever tells a story knows how it goes.
var everything = []terms.Confirmation{
	terms.ConfirmBeforeCaseExisted, terms.ConfirmAlreadyServed, terms.ConfirmRespondentMismatch, terms.ConfirmOfficerNotListed,
}

// opening is the daybook's row; now and then the clerk mistypes the name, and
// corrects it the next day. It can come late, or never.
func (s *story) opening() {
	if s.facts.unknown {
		return
	}
	row := feed.Daybook{
		CourtLocation: s.court, DocketNumber: s.docket,
		RespondentFirstName: s.respondent.first, RespondentLastName: s.respondent.last,
		CreatedAt: s.opened, SourceUpdatedAt: s.opened,
	}
	if chance(s.r, 3) {
		typo := row
		typo.RespondentFirstName += "e"
		s.add(event{at: s.opened, daybook: &typo})
		row.SourceUpdatedAt = s.opened.Add(time.Duration(18+s.r.IntN(8)) * time.Hour)
	}
	s.add(event{at: row.SourceUpdatedAt.Add(s.facts.daybookAfter), daybook: &row})
}

// send has the registry's row come as it now stands.
func (s *story) send(at time.Time) {
	row := s.row
	row.SourceUpdatedAt = terms.Micro(at)
	row.ProtectedPersons = slices.Clone(row.ProtectedPersons)
	s.add(event{at: at, registry: &row})
}

// number gives the order in the row numbers that no other has. The last two
// digits of a file number ask the simulated switch for no fault.
func (s *story) number() (stateFile, nationalFile string) {
	record := s.n*2 + s.files
	s.files++
	s.row.OrderNumber = fmt.Sprintf("PO-%s-%07d", s.opened.In(terms.CourtZone).Format("06"), record)
	return fmt.Sprintf("H%07d%02d", record, 10+s.r.IntN(80)), fmt.Sprintf("N%09d", record)
}

// firstFacts are the registry's first facts, and the number of the order's record
// if that comes later.
func (s *story) firstFacts() {
	r, atlas := s.r, s.p.atlas
	home := atlas.address(r, s.town)
	hearing, came := s.hearing, s.opened.Add(s.facts.after)
	s.row = feed.Registry{
		DocketNumber: s.docket, OrderKind: s.kind, HearingAt: &hearing, Courtroom: fmt.Sprintf("%d%c", 1+r.IntN(6), 'A'+rune(r.IntN(4))),
		RespondentFirstName: s.respondent.first, RespondentLastName: s.respondent.last, RespondentHome: home,
		AddressesConfidential: chance(r, 15),
	}
	if s.facts.lost != "" {
		s.row.RespondentHome = atlas.lost(r, s.facts.lost)
	}
	s.protected()
	if !s.facts.notPickedUp {
		picked := terms.Micro(s.opened.Add(s.facts.after / 2))
		s.row.PickedUpAt = &picked
	}
	if s.facts.noOrder {
		s.send(came)
	} else {
		came = s.order(came)
	}
	if s.facts.mended {
		s.row.RespondentHome = home
		s.send(came.Add(26 * time.Hour))
	}
}

// order is that of the row, issued with the case: it comes then, and the number
// of its record with it or later.
func (s *story) order(came time.Time) time.Time {
	s.row.IssuedAt, s.row.ExParte, s.row.ExpiresOn = &s.opened, chance(s.r, 85), terms.DateOf(s.hearing)
	stateFile, nationalFile := s.number()
	if s.facts.numberAfter != 0 {
		s.send(came)
		came = came.Add(s.facts.numberAfter)
	}
	if s.facts.numberAfter >= 0 {
		s.row.StateFileNumber, s.row.NationalFileNumber = stateFile, nationalFile
		s.send(came)
	}
	return came
}

// protected are one or two persons; many have work that the police there
// must know of as well.
func (s *story) protected() {
	r, atlas := s.r, s.p.atlas
	for range 1 + r.IntN(10)/8 {
		who := s.p.texts.somebody(r)
		person := feed.ProtectedPerson{FirstName: who.first, LastName: who.last, Home: atlas.address(r, atlas.near(r, s.town))}
		if chance(r, 50) {
			person.Work = atlas.address(r, atlas.near(r, s.town))
		}
		s.row.ProtectedPersons = append(s.row.ProtectedPersons, person)
	}
}

// visitAs is what is recorded of a visit, by whom, and what goes wrong with it.
func (s *story) visitAs(v visit) {
	e := s.p.texts.visit(s.r, v)
	switch s.slips(v) {
	case wrongWords:
		s.corrected(v, e)
	case wrongDocket:
		s.elsewhere(v, e)
	case wrongKind:
		s.notServedAfterAll(v, e)
	case byTelephone:
		s.reported(v, e)
	default:
		s.record(v.at.Add(v.delay), &act{by: s.officer, entry: e})
		s.events[len(s.events)-1].trouble = v.trouble
	}
}
