package demo

import (
	"math/rand/v2"
	"time"

	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/terms"
)

// attemptReasons, the frequent ones more than once.
var attemptReasons = []terms.AttemptReason{
	terms.ReasonNoAnswer, terms.ReasonNoAnswer, terms.ReasonNoAnswer, terms.ReasonNoAnswer, terms.ReasonNotAtAddress, terms.ReasonNotAtAddress,
	terms.ReasonAddressIncomplete, terms.ReasonEvading, terms.ReasonNoSafeAccess, terms.ReasonOutOfState, terms.ReasonInCustody,
	terms.ReasonHospitalized, terms.ReasonReceivedTooLate, terms.ReasonPoliceNotAvailable, terms.ReasonOther,
}

// visit is what the officer says of one.
func (t *texts) visit(r *rand.Rand, v visit) recording.Entry {
	remarks := t.remarks
	police, remark := chance(r, 15), chance(r, 25)
	if v.method != "" {
		e := &recording.ServiceEntry{Method: v.method, ExecutedAt: v.at, PoliceAssistanceRequested: police}
		if remark && v.method == terms.MethodHand {
			e.Note = pick(r, remarks["hand"])
		} else if remark {
			e.Note = pick(r, remarks["abode"])
		}
		return recording.Entry{Service: e}
	}
	e := &recording.AttemptEntry{
		Reason: pick(r, attemptReasons), LastAttemptedAt: v.at, PoliceAssistanceRequested: police, NoFurtherAttempt: v.report,
	}
	if e.Reason == terms.ReasonOther {
		e.Detail = pick(r, remarks["other"])
	} else if remark {
		e.Note = pick(r, remarks["attempt"])
	}
	return recording.Entry{Attempt: e}
}

// mistype makes of what is right what was recorded first, and says why it is
// corrected: an hour, half a day or a day is wrong, or the choice from a list.
func (t *texts) mistype(r *rand.Rand, right recording.Entry) (wrong recording.Entry, reason string) {
	by := pick(r, []time.Duration{-time.Hour, -time.Hour, -12 * time.Hour, -24 * time.Hour})
	inTime := chance(r, 60)
	if inTime {
		reason = pick(r, t.remarks["time"])
	}
	if right.Service != nil {
		e := *right.Service
		switch {
		case inTime:
			e.ExecutedAt = e.ExecutedAt.Add(by)
			return recording.Entry{Service: &e}, reason
		case e.Method == terms.MethodHand:
			e.Method = terms.MethodAbode
		default:
			e.Method = terms.MethodHand
		}
		return recording.Entry{Service: &e}, pick(r, t.remarks["method"])
	}
	e := *right.Attempt
	switch {
	case inTime:
		e.LastAttemptedAt = e.LastAttemptedAt.Add(by)
		return recording.Entry{Attempt: &e}, reason
	case e.Reason == terms.ReasonNoAnswer:
		e.Reason, e.Detail = terms.ReasonNotAtAddress, ""
	default:
		e.Reason, e.Detail = terms.ReasonNoAnswer, ""
	}
	return recording.Entry{Attempt: &e}, pick(r, t.remarks["reason"])
}

// misheard is a name as it comes over the telephone: mostly right.
func misheard(r *rand.Rand, who person) person {
	if chance(r, 8) {
		who.last += "e"
	}
	return who
}

// withInformation is in how many of a hundred cases the officer learns something
// else that is worth recording (§6(c)): assumed.
const withInformation = 6

// information is something that an officer learned.
func (t *texts) information(r *rand.Rand) recording.Entry {
	about := pick(r, []terms.InformationAbout{
		terms.AboutRespondentAddress, terms.AboutRespondentAddress, terms.AboutRespondentBirthDate, terms.AboutOther,
	})
	return recording.Entry{OtherInformation: &recording.OtherInformationEntry{
		About: []terms.InformationAbout{about}, Text: pick(r, t.remarks[string(about)]),
	}}
}

// information is told after one of the visits, or on the first days.
func (s *story) information() {
	r := s.side
	if !s.tells && !(s.ordinary && chance(r, withInformation)) {
		return
	}
	learned := s.opened.Add(time.Duration(100+r.IntN(300)) * time.Minute)
	if len(s.visits) > 0 {
		v := s.visits[r.IntN(len(s.visits))]
		learned = v.at.Add(v.delay + time.Duration(5+r.IntN(40))*time.Minute)
	}
	if s.facts.unknown || learned.Before(s.opened.Add(s.facts.daybookAfter)) {
		return
	}
	s.record(learned, &act{by: s.officer, entry: s.p.texts.information(r)})
}
