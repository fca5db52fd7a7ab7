package casefile_test

import (
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/casefile"
)

// §5(b), §5(c): a row is a whole statement: a newer version without a hearing
// takes it away, and what hangs on its date with it.
func TestAHearingCanBeTakenAway(t *testing.T) {
	var s story
	says := func(hearing, setAt string) {
		t.Helper()
		f := s.folds()
		is := func(what string, got *time.Time, want string) {
			t.Helper()
			if (got == nil) != (want == "") || got != nil && !got.Equal(at(want)) {
				t.Errorf("%s: %v, want %q", what, got, want)
			}
		}
		is("hearing", f.HearingAt, hearing)
		is("set", f.HearingSetAt, setAt)
		if (f.LastTimelyDay == nil) != (hearing == "") || f.HearingSort.Equal(casefile.NoHearing) != (hearing == "") {
			t.Errorf("last timely day %v, sorted by %v", f.LastTimelyDay, f.HearingSort)
		}
	}
	s.hearing("12-01 10:00", "11-15 09:00", "11-15 09:30")
	says("12-01 10:00", "")
	s.row("", "11-16 09:00", "11-16 09:30")
	says("", "")
	s.hearing("12-01 10:00", "11-17 09:00", "11-17 09:30") // the same again
	says("12-01 10:00", "")
	s.row("", "11-18 09:00", "11-18 09:30")
	s.hearing("12-15 10:00", "11-19 09:00", "11-19 09:30")
	says("12-15 10:00", "11-19 09:30")
	// Another order names no hearing: that of the first stays.
	s.row("PO-2", "11-20 09:00", "11-20 09:30")
	says("12-15 10:00", "11-19 09:30")
	// It does now, and takes it away again: that of the first is in force again,
	// from then on.
	h := s.row("PO-2", "11-21 09:00", "11-21 09:30")
	s.facts.Hearings = append(s.facts.Hearings, &ent.Hearing{ID: "h", RowID: h.ID, ScheduledFor: at("12-20 10:00"), SourceUpdatedAt: h.SourceUpdatedAt, RecordedAt: h.RecordedAt})
	says("12-20 10:00", "11-21 09:30")
	s.row("PO-2", "11-22 09:00", "11-22 09:30")
	says("12-15 10:00", "11-22 09:30")
	// One transaction brings another and takes it away: it was never in force.
	h = s.row("PO-2", "11-23 09:00", "11-24 09:30")
	s.facts.Hearings = append(s.facts.Hearings, &ent.Hearing{ID: "g", RowID: h.ID, ScheduledFor: at("12-20 10:00"), SourceUpdatedAt: h.SourceUpdatedAt, RecordedAt: h.RecordedAt})
	s.row("PO-2", "11-24 09:00", "11-24 09:30").Sequence = h.Sequence
	says("12-15 10:00", "11-22 09:30")
}
