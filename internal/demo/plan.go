package demo

import (
	"math/rand/v2"
	"time"

	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile/reference"
	"github.com/service-tracking/sts/internal/terms"
)

// plan is what is going to happen in one case; tell makes events of it.
type plan struct {
	n       int
	r       *rand.Rand
	town    reference.Town // where the respondent lives
	court   string
	kind    terms.OrderKind
	opened  time.Time
	hearing time.Time
	// continued is the day to which the hearing is moved when it comes; zero
	// if it is held.
	continued time.Time
	officer   *access.Viewer
	facts     facts
	visits    []visit // in the order of time; a service is the last
	road      road
	// slip is what goes wrong with the last visit of a closing case, and tells
	// that there is other information: with ordinary ones both are left to
	// chance.
	slip     slip
	tells    bool
	ordinary bool
}

// facts say how the registry's facts come.
type facts struct {
	// never: the daybook alone knows of the case; unknown: not even that, but a
	// manual entry (§7).
	never, unknown bool
	// daybookAfter is by how much the daybook's row comes late.
	daybookAfter time.Duration
	// after the case was opened.
	after time.Duration
	// noOrder: every application gets a hearing, and not every one an order.
	noOrder bool
	// numberAfter is how long after the facts the number of the order's record
	// comes; 0 with them, negative never.
	numberAfter time.Duration
	// notPickedUp: nobody fetched the papers from the clerk.
	notPickedUp bool
	// lost says that the respondent's home leads to no agency, and why; mended
	// that the registry finds the right address after a day.
	lost   terms.UnroutedReason
	mended bool
}

// visit is an officer at a door: with a method a service, else an attempt.
type visit struct {
	at    time.Time
	delay time.Duration // until it is recorded
	// method of the service; "": it was an attempt.
	method terms.ServiceMethod
	// report: of an attempt, that no further is planned (§5(b)).
	report bool
	// trouble with those who must be told.
	trouble trouble
}

func (c *plan) served() bool {
	return len(c.visits) > 0 && c.visits[len(c.visits)-1].method != ""
}

// random is one for each case, so that a change of one story changes no other.
func (p *player) random(n int) *rand.Rand { return rand.New(rand.NewPCG(p.o.Seed, uint64(n)+1)) }

// Of a hundred cases in which service was tried, 36 were served in hand and 25
// at the abode (see the package's comment).
const (
	inHand  = 36
	atAbode = 25
)

func methodOf(r *rand.Rand) terms.ServiceMethod {
	if r.IntN(inHand+atAbode) < inHand {
		return terms.MethodHand
	}
	return terms.MethodAbode
}

func kindOf(r *rand.Rand) terms.OrderKind {
	if chance(r, 12) {
		return terms.CivilProtectionOrder
	}
	return terms.ReliefFromAbuse
}

// delay is how long after the fact it is recorded: mostly within the hour, all
// but six of a hundred within two hours (§4(b)).
func delay(r *rand.Rand) time.Duration {
	if chance(r, 6) {
		return time.Duration(125+r.IntN(800)) * time.Minute
	}
	return time.Duration(4+min(r.IntN(112), r.IntN(112))) * time.Minute
}

// ordinary is a case of the year, opened at about the time given.
func (p *player) ordinary(n int, about time.Time) *plan {
	r := p.random(n)
	c := &plan{n: n, r: r, kind: kindOf(r), ordinary: true, road: byChance}
	courts := p.atlas.tables.Courts
	// So that every location has cases, some are given to each in turn.
	if every := max(1, p.o.Cases/2/len(courts)); n%every == 0 {
		c.court = courts[n/every%len(courts)].Code
		c.town = p.atlas.townOfCourt(r, c.court)
	} else {
		c.town = p.atlas.town(r)
		c.court = courtOf(r, c.town)
	}
	c.opened = p.calendar.officeTime(r, about)
	c.hearing = p.calendar.hearing(r, c.opened, 8+r.IntN(6)) // within 14 days
	c.officer = pick(r, p.viewers[c.town.County])
	c.facts = p.ordinaryFacts(r)
	if !c.facts.notPickedUp {
		c.course(casefileTimely(c.kind))
	}
	return c
}

// ordinaryFacts come within the hour and a half; for a few a day or more later.
func (p *player) ordinaryFacts(r *rand.Rand) facts {
	f := facts{
		after:       time.Duration(15+r.IntN(75)) * time.Minute,
		noOrder:     chance(r, 4),
		notPickedUp: chance(r, 3),
	}
	if chance(r, 5) {
		f.after += time.Duration(20+r.IntN(50)) * time.Hour
	}
	if chance(r, 3) {
		f.numberAfter = time.Duration(6+r.IntN(72)) * time.Hour
	}
	switch r.IntN(80) {
	case 0:
		f.lost = terms.UnroutedOutOfState
	case 1, 2:
		f.lost, f.mended = terms.UnroutedUnknownTown, chance(r, 85)
	}
	return f
}

// course is how the officer fared, from the clerk's window to the hearing.
func (c *plan) course(timely int) {
	r := c.r
	from := c.opened.Add(time.Duration(90+r.IntN(180)) * time.Minute)
	until := at(days(c.hearing, -timely), 21, 30) // the last timely day
	if chance(r, 6) {
		until = at(days(c.hearing, -1), 21, 30)
	}
	fate := r.IntN(100)
	if fate < inHand+atAbode {
		method := terms.MethodHand
		if fate >= inHand {
			method = terms.MethodAbode
		}
		tries := []int{0, 0, 0, 0, 0, 0, 1, 1, 1, 2}[r.IntN(10)]
		c.visit(from, until, tries+1, method)
		return
	}
	c.visit(from, until, []int{0, 1, 1, 1, 1, 2, 2, 2, 2, 3}[r.IntN(10)], "")
	if last := len(c.visits) - 1; last >= 0 {
		if chance(r, 30) { // once more when the time is up: the report of §5(b)
			again := doorstep(r, later(c.visits[last].at.Add(time.Hour), at(days(c.hearing, -2), 7, 0)), at(days(c.hearing, -1), 21, 0))
			c.visits = append(c.visits, visit{at: again, delay: delay(r)})
			last++
		}
		c.visits[last].report = chance(r, 65)
	}
	c.perhapsContinued()
}

// continued is how many of a hundred hearings at which nobody had been served are
// moved to another day: assumed.
const continued = 17

// perhapsContinued: the court moves the hearing of one in six whom nobody
// found, and then one in three of them is served.
func (c *plan) perhapsContinued() {
	r := c.r
	if !chance(r, continued) {
		return
	}
	c.continued = days(c.hearing, 7+r.IntN(7))
	if len(c.visits) > 0 {
		c.visits[len(c.visits)-1].report = false
	}
	if chance(r, 33) {
		c.visit(c.hearing.Add(8*time.Hour), at(days(c.continued, -3), 21, 0), 1, methodOf(r))
	}
}

// visit adds so many visits between the two times, each later than the last;
// with a method the last of them is a service.
func (c *plan) visit(from, until time.Time, times int, method terms.ServiceMethod) {
	for n := range times {
		share := until.Sub(from) / time.Duration(times-n)
		v := visit{at: doorstep(c.r, from, from.Add(share)), delay: delay(c.r)}
		if n == times-1 {
			v.method = method
		}
		c.visits = append(c.visits, v)
		from = v.at.Add(2 * time.Hour)
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
