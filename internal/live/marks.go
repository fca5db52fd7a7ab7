package live

import (
	"time"

	"github.com/service-tracking/sts/internal/journal"
)

// marks remember how far the hub had come at which time, roughly, so that a
// slow reader is told apart from one for which there was nothing to read.
type marks []mark

type mark struct {
	at   time.Time
	last journal.Position
}

// marksPer is how many marks the time that is judged is divided into. A reader
// is given the benefit of at most one such part.
const marksPer = 16

// add notes that the hub has come to last. The newest mark moves until it is
// a part away from the one before it; old ones are forgotten.
func (m marks) add(now time.Time, last journal.Position, slowAfter time.Duration) marks {
	if n := len(m); n >= 2 && m[n-1].at.Sub(m[n-2].at) < slowAfter/marksPer {
		m = m[:n-1]
	}
	m = append(m, mark{now, last})
	for len(m) >= 2 && now.Sub(m[1].at) > slowAfter {
		m = append(m[:0], m[1:]...)
	}
	return m
}

// before answers how far the hub had come before a time, or a little less.
func (m marks) before(t time.Time) journal.Position {
	for i := len(m) - 1; i >= 0; i-- {
		if m[i].at.Before(t) {
			return m[i].last
		}
	}
	return 0
}
