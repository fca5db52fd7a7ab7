package demo

import (
	"slices"
	"time"

	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/terms"
)

// road is how the papers come to the officer who is to serve them (§6).
type road int

const (
	straight       road = iota // he receives them, and records that
	byChance                   // one of the others, in the proportions below
	unrecorded                 // nobody recorded that they were received
	passedOn                   // another received them first, and he acknowledged the transfer
	chained                    // through the hands of two others
	unacknowledged             // he has recorded nothing since they were transferred to him
	unlisted                   // he transferred them to somebody who is not on the list of officers
	crossed                    // the first transfer was corrected, and now contradicts the second
)

// Of a hundred cases: no rate was published, so these are assumed.
const (
	notRecorded = 7
	transferred = 9
)

// Of a hundred transfers, assumed too.
const (
	inAChain  = 12
	toAName   = 8
	unheardOf = 15
)

func (s *story) drawRoad() road {
	switch n := s.side.IntN(100); {
	case n < notRecorded:
		return unrecorded
	case n >= notRecorded+transferred:
		return straight
	}
	switch n := s.side.IntN(100); {
	case n < inAChain:
		return chained
	case n < inAChain+toAName:
		return unlisted
	case n < inAChain+toAName+unheardOf:
		return unacknowledged
	}
	return passedOn
}

// papers tells through whose hands they went, from the clerk's window to the
// first visit.
func (s *story) papers() {
	if s.facts.notPickedUp || s.facts.unknown || s.facts.daybookAfter > 0 {
		return
	}
	if s.road == byChance {
		s.road = s.drawRoad()
	}
	if s.road == unrecorded {
		return
	}
	r := s.side
	received := s.opened.Add(time.Duration(25+r.IntN(50)) * time.Minute)
	until := received.Add(60 * time.Hour)
	if len(s.visits) > 0 {
		until = s.visits[0].at
	}
	w := &way{story: s, at: received, step: max(until.Sub(received)/5, 4*time.Minute)}
	w.walk(s.others(map[road]int{passedOn: 1, unacknowledged: 1, chained: 2, crossed: 3}[s.road]))
}

// others are so many other officers of the county; nil if there are not.
func (s *story) others(n int) []*access.Viewer {
	all := slices.DeleteFunc(slices.Clone(s.p.viewers[s.town.County]), func(v *access.Viewer) bool { return v == s.officer })
	if len(all) < n {
		return nil
	}
	s.side.Shuffle(len(all), func(a, b int) { all[a], all[b] = all[b], all[a] })
	return all[:n]
}

// way is the road of the papers while it is told.
type way struct {
	*story
	at   time.Time     // of the last event on it
	last time.Time     // when that was recorded
	step time.Duration // between two
}

func (w *way) walk(others []*access.Viewer) {
	if len(others) == 0 {
		w.receive(w.officer)
		if w.road == unlisted {
			w.lose()
		}
		return
	}
	w.receive(others[0])
	switch w.road {
	case passedOn:
		w.acknowledge(w.officer, w.transfer(others[0], w.officer))
	case unacknowledged:
		w.transfer(others[0], w.officer)
	case chained:
		w.acknowledge(others[1], w.transfer(others[0], others[1]))
		w.acknowledge(w.officer, w.transfer(others[1], w.officer))
	case crossed:
		w.cross(others[0], others[1], others[2])
	}
}

// next is the time of the next event, by day, and after the last was recorded.
func (w *way) next() time.Time {
	w.at = later(awake(w.at.Add(w.step)), w.last.Add(time.Minute))
	return w.at
}

// recorded is a little after it happened.
func (w *way) recorded() time.Time {
	w.last = w.at.Add(min(time.Duration(2+w.side.IntN(8))*time.Minute, w.step/2))
	return w.last
}

func (w *way) receive(by *access.Viewer) {
	e := &recording.ReceiptEntry{ReceivedAt: w.at.Truncate(time.Minute)}
	if chance(w.side, 20) {
		e.WritDate = terms.DateOf(w.opened)
	}
	w.record(w.recorded(), &act{by: by, entry: recording.Entry{Receipt: e}})
}

func (w *way) transfer(from, to *access.Viewer) *act {
	return w.handOver(from, recording.Receiver{Officer: to.Officer})
}

func (w *way) handOver(from *access.Viewer, to recording.Receiver) *act {
	e := &recording.TransferEntry{To: to, TransferredAt: w.next().Truncate(time.Second)}
	if chance(w.side, 40) {
		e.Note = pick(w.side, w.p.texts.remarks["transfer"])
	}
	return w.record(w.recorded(), &act{by: from, entry: recording.Entry{Transfer: e}})
}

func (w *way) acknowledge(by *access.Viewer, transfer *act) {
	w.last = w.next()
	w.record(w.last, &act{by: by, earlier: transfer})
}

// lose: to a name that is work for the registry section. In an ordinary case
// they come back, and who has them is clear again.
func (w *way) lose() {
	who := w.p.texts.somebody(w.side)
	w.handOver(w.officer, recording.Receiver{Name: who.first + " " + who.last})
	if w.ordinary {
		w.next()
		w.receive(w.officer)
	}
}

// cross: a transfers to b, who passes the papers on; then a finds that he named
// the wrong officer. Somebody must find out who has them.
func (w *way) cross(a, b, c *access.Viewer) {
	first := w.transfer(a, b)
	w.transfer(b, c)
	right := *first.entry.Transfer
	right.To = recording.Receiver{Officer: w.officer.Officer}
	w.record(w.next(), &act{
		by: a, earlier: first, reason: pick(w.side, w.p.texts.remarks["receiver"]), entry: recording.Entry{Transfer: &right},
	})
}
