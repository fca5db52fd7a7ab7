package demo

import (
	"time"

	"github.com/service-tracking/sts/internal/casefile/reference"
	"github.com/service-tracking/sts/internal/terms"
)

// scene is how a case stands when the year ends. Times are counted in court
// days from today.
type scene struct {
	opened  int // days ago
	hearing int // days ahead
	tries   int // attempts, the first soon after the opening
	last    int // days ago, of the last attempt
	report  bool
	served  servedWhen
	trouble trouble
	facts   facts
	road    road
	slip    slip // with the last visit
	tells   bool // other information
}

type servedWhen int

const (
	notServed servedWhen = iota
	daysAgo              // in time, long told
	yesterday
	recordedLate // yesterday, recorded this morning: late (§4(b))
	justNow
)

const factsAfter = 40 * time.Minute

// scenes fill today's boards. The first are played for each officer with whose
// account people sign in, so that all three have open papers.
var scenes = []scene{
	// Open papers; a hearing tomorrow with §5(b) unmet; one served in time, today.
	{opened: 4, hearing: 8, tries: 1, last: 1},
	{opened: 9, hearing: 1, tries: 2, last: 5},
	{opened: 10, hearing: 0, served: daysAgo},
	// Hearings today and tomorrow.
	{opened: 11, hearing: 0, tries: 3, last: 1, report: true},
	{opened: 9, hearing: 0},
	{opened: 10, hearing: 1, served: yesterday},
	{opened: 12, hearing: 1, served: daysAgo},
	// Recent services, and what can go wrong with them.
	{opened: 3, hearing: 9, served: justNow},
	{opened: 6, hearing: 5, served: recordedLate},
	{opened: 5, hearing: 7, tries: 1, last: 2, served: yesterday, trouble: refusedByState},
	{opened: 4, hearing: 9, served: yesterday, trouble: policeUnknown},
	{opened: 6, hearing: 6, served: daysAgo, trouble: nationalSilent},
	{opened: 3, hearing: 10, served: yesterday, facts: facts{numberAfter: -1}},
	{opened: 5, hearing: 8, served: yesterday, facts: facts{lost: terms.UnroutedUnknownTown}},
	{opened: 7, hearing: 4, served: daysAgo, facts: facts{lost: terms.UnroutedOutOfState}},
	// The daybook alone knows of them: nothing yet, and served already.
	{opened: 0, facts: facts{never: true}},
	{opened: 1, served: justNow, facts: facts{never: true}},
	// A hearing notice alone.
	{opened: 6, hearing: 6, tries: 1, last: 2, facts: facts{noOrder: true}},
	// Papers that went on (§6(b)), and somebody must ask where they are.
	{opened: 4, hearing: 8, road: unacknowledged},
	{opened: 5, hearing: 7, road: unlisted},
	{opened: 6, hearing: 8, road: crossed},
	// Reported to the registry section (§7), once on a docket that the daybook
	// has not brought.
	{opened: 4, hearing: 9, served: yesterday, slip: byTelephone},
	{opened: 5, served: daysAgo, facts: facts{unknown: true}},
	// Mistakes of the last days, and what else officers learned.
	{opened: 4, hearing: 9, tries: 1, last: 1, slip: wrongWords, tells: true},
	{opened: 5, hearing: 6, served: daysAgo, slip: wrongDocket},
	{opened: 3, hearing: 10, tries: 1, last: 1, tells: true},
}

// each is for how many scenes all known officers, and one other, have a case.
const each = 3

// closings is how many cases of the year are scenes of its end: one in 25,
// enough to play every scene and never more than half.
func closings(cases int) int {
	enough := (each+1)*each + len(scenes)
	return min(cases/2, max(enough, min(cases/25, 3*enough)))
}

// closing is the k-th of them.
func (p *player) closing(n, k int) *plan {
	r := p.random(n)
	who, at := k%(len(known)+1), k/(len(known)+1)
	if at >= each {
		k -= each * (len(known) + 1)
		at = each + k%(len(scenes)-each)
		who = (k + k/(len(scenes)-each)) % (len(known) + 1)
	}
	s := scenes[at]
	c := &plan{n: n, r: r, kind: kindOf(r), facts: s.facts, road: s.road, slip: s.slip, tells: s.tells}
	if who < len(known) {
		c.town = p.atlas.townOf(r, func(t reference.Town) bool { return t.County == known[who].county })
		c.officer = p.viewers[c.town.County][0]
	} else {
		c.town = p.atlas.town(r)
		c.officer = pick(r, p.viewers[c.town.County])
	}
	c.court = courtOf(r, c.town)
	c.facts.after = factsAfter
	c.opened = p.calendar.officeTime(r, days(p.o.Now, -s.opened))
	c.hearing = p.calendar.hearing(r, p.o.Now, s.hearing)
	c.play(s, p.o.Now)
	return c
}

// play makes the scene's visits.
func (c *plan) play(s scene, now time.Time) {
	r := c.r
	evening := func(ago int) time.Time { // at a door, so many days ago
		door := at(days(now, -ago), pick(r, doorHours), r.IntN(60))
		return later(door, c.opened.Add(time.Duration(100+r.IntN(60))*time.Minute).Truncate(time.Minute))
	}
	for n := range s.tries {
		ago := s.last
		if left := s.tries - 1 - n; left > 0 {
			ago = min(s.opened-1, s.last+left)
		}
		c.visits = append(c.visits, visit{at: evening(ago), delay: 35 * time.Minute, report: s.report && n == s.tries-1})
	}
	v := visit{method: methodOf(r), trouble: s.trouble, delay: 25 * time.Minute}
	switch s.served {
	case notServed:
		return
	case daysAgo:
		v.at = evening(max(2, s.opened-3))
	case yesterday:
		v.at = at(days(now, -1), 17+r.IntN(4), r.IntN(60))
	case recordedLate:
		v.at = at(days(now, -1), 18, r.IntN(60))
		v.delay = min(13*time.Hour+time.Duration(r.IntN(60))*time.Minute, now.Sub(v.at)-time.Duration(1+r.IntN(5))*time.Minute)
	case justNow:
		v.at = awake(now.Add(-time.Duration(40+r.IntN(100)) * time.Minute))
	}
	c.visits = append(c.visits, v)
}
