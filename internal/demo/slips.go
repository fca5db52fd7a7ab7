package demo

import (
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/terms"
)

// slip is what does not go as it should when a visit is recorded.
type slip int

const (
	noSlip      slip = iota
	wrongWords       // a time, a method or a reason is mistyped, and corrected
	wrongDocket      // it is recorded on another case, withdrawn, and recorded on its own
	wrongKind        // an attempt is recorded as a service, and corrected
	byTelephone      // it is reported to the registry section, which enters it (§7)
)

// Of a thousand visits. No rate was published, so these are assumed; that the
// wrong docket is the everyday error is known.
const (
	mistyped   = 30
	misplaced  = 10
	mistaken   = 2
	reportedBy = 30
)

// clerkCorrects is how many of a hundred corrections the registry section makes:
// assumed.
const clerkCorrects = 15

// slips answers what goes wrong with a visit.
func (s *story) slips(v visit) slip {
	last := v.at.Equal(s.visits[len(s.visits)-1].at)
	early := v.at.Add(v.delay).Before(s.opened.Add(s.facts.daybookAfter))
	switch {
	case s.facts.unknown || early:
		return byTelephone // no officer can record on a case that is not there
	case !s.ordinary && last:
		return s.slip
	case !s.ordinary:
		return noSlip
	}
	n := s.side.IntN(1000)
	for _, one := range []struct {
		slip
		of int
	}{{wrongWords, mistyped}, {wrongDocket, misplaced}, {byTelephone, reportedBy}, {wrongKind, mistaken}} {
		if n -= one.of; n >= 0 {
			continue
		}
		if one.slip == wrongKind && v.method != "" {
			break
		}
		return one.slip
	}
	return noSlip
}

// corrected: what was mistyped is found soon, seldom the next day. Now and then
// the officer calls the registry section, which corrects it.
func (s *story) corrected(v visit, right recording.Entry) {
	r := s.side
	wrong, reason := s.p.texts.mistype(r, right)
	recorded := v.at.Add(v.delay)
	first := s.record(recorded, &act{by: s.officer, entry: wrong})
	found := time.Duration(5+r.IntN(85)) * time.Minute
	if chance(r, 20) {
		found += 20 * time.Hour
	}
	by := s.officer
	if chance(r, clerkCorrects) {
		by = s.p.clerk
	}
	s.record(recorded.Add(found), &act{by: by, earlier: first, reason: reason, entry: right})
}

// elsewhere: on the case of another respondent of those days.
func (s *story) elsewhere(v visit, e recording.Entry) {
	r, recorded := s.side, v.at.Add(v.delay)
	other := s.p.neighbor(s, v.at)
	if other == nil {
		s.record(recorded, &act{by: s.officer, entry: e})
		return
	}
	wrong := s.record(recorded, &act{by: s.officer, docket: other.docket, entry: e})
	found := recorded.Add(time.Duration(4+r.IntN(26)) * time.Minute)
	s.record(found, &act{by: s.officer, docket: other.docket, earlier: wrong, reason: pick(r, s.p.texts.remarks["docket"])})
	s.record(found.Add(time.Duration(60+r.IntN(120))*time.Second), &act{by: s.officer, entry: e})
}

// neighbor is another case that was there at the time; nil if there is none.
func (p *player) neighbor(s *story, at time.Time) *story {
	const few = 12 // those of about three days
	var there []*story
	for n := len(p.told) - 1; n >= 0 && len(there) < few; n-- {
		other := p.told[n]
		if !other.facts.unknown && other.opened.Add(other.facts.daybookAfter).Before(at.Add(-time.Hour)) {
			there = append(there, other)
		}
	}
	if len(there) == 0 {
		return nil
	}
	return pick(s.side, there)
}

// notServedAfterAll: whoever took the papers was not the respondent.
func (s *story) notServedAfterAll(v visit, e recording.Entry) {
	wrong := recording.Entry{Service: &recording.ServiceEntry{Method: methodOf(s.side), ExecutedAt: v.at}}
	first := s.record(v.at.Add(v.delay), &act{by: s.officer, entry: wrong})
	found := v.at.Add(v.delay + time.Duration(50+s.side.IntN(100))*time.Minute)
	s.record(found, &act{by: s.officer, earlier: first, reason: pick(s.side, s.p.texts.remarks["person"]), entry: e})
}

// reported: an officer without an account calls, where there is one and nobody
// recorded who has the papers; else the one who holds them.
func (s *story) reported(v visit, e recording.Entry) {
	r := s.side
	m := &manual{officer: &ent.Officer{ID: s.officer.Officer}, via: terms.ViaTelephone, respondent: s.respondent}
	if s.road == unrecorded || s.facts.unknown || s.facts.daybookAfter > 0 {
		for _, o := range s.p.accountless {
			if o.County == s.town.County {
				m.officer = o
			}
		}
	}
	m.respondent = misheard(r, m.respondent)
	m.at = v.at.Add(time.Duration(4+r.IntN(30)) * time.Minute)
	entered := m.at.Add(time.Duration(3+r.IntN(12)) * time.Minute)
	switch hour := m.at.In(terms.CourtZone).Hour(); {
	case hour < 8:
		m.via, entered = terms.ViaEmail, at(m.at, 8, 30+r.IntN(25))
	case hour >= 17:
		m.via, entered = terms.ViaEmail, at(days(m.at, 1), 8, 30+r.IntN(25))
	case chance(r, 30):
		m.via = pick(r, []terms.EntryVia{terms.ViaEmail, terms.ViaEmail, terms.ViaFax, terms.ViaInPerson})
	}
	s.record(entered, &act{by: s.p.clerk, entry: e, manual: m})
}
