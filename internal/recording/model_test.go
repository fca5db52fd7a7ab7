package recording_test

import (
	"slices"
	"time"

	"github.com/service-tracking/sts/internal/terms"
)

// line is one place in the order of a case, as a clerk would keep it on paper:
// what stands there now.
type line struct {
	id       terms.ID
	chain    []terms.ID // all that stood there, the newest last
	kind     terms.ActivityKind
	officer  terms.ID
	at       time.Time
	to       terms.ID // of a transfer: "" where only a name is known
	unlisted bool
	seen     bool // acknowledged
	gone     bool // withdrawn
}

func (l *line) is(kinds ...terms.ActivityKind) bool { return slices.Contains(kinds, l.kind) }

// sheet is the simple model: it is asked from behind, and works everything out
// anew each time.
type sheet struct{ lines []*line }

func (s *sheet) standing() []*line {
	return slices.DeleteFunc(slices.Clone(s.lines), func(l *line) bool { return l.gone })
}

// of is the line on which the activity stands or stood.
func (s *sheet) of(id terms.ID) *line {
	for _, l := range s.lines {
		if slices.Contains(l.chain, id) {
			return l
		}
	}
	return nil
}

// holder is who holds the papers after these lines, "" if nobody is known.
func holder(lines []*line) terms.ID {
	if len(lines) == 0 {
		return ""
	}
	before, last := lines[:len(lines)-1], lines[len(lines)-1]
	switch {
	case last.is(terms.KindReceipt):
		return last.officer
	case last.is(terms.KindTransfer):
		return last.to
	case last.is(terms.KindService, terms.KindAttempt) && holder(before) == "":
		return last.officer
	}
	return holder(before)
}

// moves tells whether the line at n says anew who has the papers.
func moves(lines []*line, n int) bool {
	l := lines[n]
	return l.is(terms.KindReceipt, terms.KindTransfer) || l.is(terms.KindService, terms.KindAttempt) && holder(lines[:n]) == ""
}

// work is the transfer on which somebody must look, and why.
func (s *sheet) work() string {
	lines := s.standing()
	present := true // nothing later has moved the papers
	for n := len(lines) - 1; n >= 0; n-- {
		l := lines[n]
		if l.is(terms.KindReceipt) {
			return ""
		}
		if l.is(terms.KindTransfer) {
			heard := l.seen || slices.ContainsFunc(lines[n+1:], func(later *line) bool { return later.officer == l.to })
			before := holder(lines[:n])
			switch {
			case present && !heard && l.unlisted:
				return string(l.id) + " RECEIVER_NOT_LISTED"
			case before != "" && before != l.officer:
				return string(l.id) + " INCONSISTENT"
			case present && !heard:
				return string(l.id) + " UNACKNOWLEDGED"
			}
		}
		present = present && !moves(lines, n)
	}
	return ""
}

// served is the earliest service, and what a case without one is.
func (s *sheet) served() (terms.ServiceStatus, time.Time) {
	status, at := terms.StatusNoEntry, time.Time{}
	for _, l := range s.standing() {
		switch {
		case l.is(terms.KindService) && (at.IsZero() || l.at.Before(at)):
			status, at = terms.StatusServed, l.at
		case l.is(terms.KindAttempt) && at.IsZero():
			status = terms.StatusAttempted
		}
	}
	return status, at
}
