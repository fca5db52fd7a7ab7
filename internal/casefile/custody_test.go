package casefile_test

import "testing"

// §6(b): which transfer somebody must look at, and why. (Whether it was
// acknowledged is a row of its own: package recording has the tests.)
func TestTransferInDoubt(t *testing.T) {
	day := "11-20 09:00"
	// named transfers to somebody by name, beside the officer if he is not active.
	named := func(s *story, name, from, to, when string) {
		s.transfer(name, from, to, when)
		s.all[len(s.all)-1].ToOfficerName = "Sam Pool"
	}
	for _, c := range []struct {
		name, want string
		tell       func(*story)
	}{
		{"no transfer", "", func(s *story) { s.record("A", receipt, "o1", day, day) }},
		{"a transfer that nobody has acknowledged", "B UNACKNOWLEDGED", func(s *story) {
			s.record("A", receipt, "o1", day, day)
			s.transfer("B", "o1", "o2", day)
		}},
		{"the receiver says that he received them", "", func(s *story) {
			s.transfer("A", "o1", "o2", day)
			s.record("B", receipt, "o2", day, day)
		}},
		{"the receiver attempts service", "", func(s *story) {
			s.transfer("A", "o1", "o2", day)
			s.record("B", attempt, "o2", day, day)
		}},
		{"what he recorded is withdrawn", "A UNACKNOWLEDGED", func(s *story) {
			s.transfer("A", "o1", "o2", day)
			s.record("B", attempt, "o2", day, day)
			s.record("W corrects B", withdrawal, "o2", day, day)
		}},
		{"another attempts service", "A UNACKNOWLEDGED", func(s *story) {
			s.transfer("A", "o1", "o2", day)
			s.record("B", attempt, "o3", day, day)
		}},
		{"they went on: only the last can be missing", "B UNACKNOWLEDGED", func(s *story) {
			s.transfer("A", "o1", "o2", day)
			s.transfer("B", "o2", "o3", day)
		}},
		{"withdrawn", "", func(s *story) {
			s.transfer("A", "o1", "o2", day)
			s.record("W corrects A", withdrawal, "o1", day, day)
		}},
		{"to somebody by name", "A RECEIVER_NOT_LISTED", func(s *story) { named(s, "A", "o1", "", day) }},
		{"to an officer who is not active", "A RECEIVER_NOT_LISTED", func(s *story) { named(s, "A", "o1", "o9", day) }},
		{"who then records all the same", "", func(s *story) {
			named(s, "A", "o1", "o9", day)
			s.record("B", attempt, "o9", day, day)
		}},
		{"by name, and then another has them", "", func(s *story) {
			named(s, "A", "o1", "", day)
			s.record("B", attempt, "o3", day, day)
		}},
		{"by who did not hold them", "B INCONSISTENT", func(s *story) {
			s.record("A", receipt, "o1", day, day)
			s.transfer("B", "o2", "o3", day)
		}},
		{"by who did not hold them, to somebody by name", "B RECEIVER_NOT_LISTED", func(s *story) {
			s.record("A", receipt, "o1", day, day)
			named(s, "B", "o2", "", day)
		}},
		{"and they went on and were received", "", func(s *story) {
			s.record("A", receipt, "o1", day, day)
			s.transfer("B", "o2", "o3", day)
			s.record("C", receipt, "o3", day, day)
		}},
		{"a correction made it so", "B INCONSISTENT", func(s *story) {
			s.transfer("A", "o1", "o2", day)
			s.transfer("B", "o2", "o1", day)
			s.record("C", attempt, "o1", day, day)
			s.transfer("D corrects A", "o1", "o3", day)
		}},
		{"a withdrawal leaves nobody who held them: that contradicts nothing", "B UNACKNOWLEDGED", func(s *story) {
			s.record("A", receipt, "o1", day, day)
			s.transfer("B", "o2", "o3", day)
			s.record("W corrects A", withdrawal, "o1", day, day)
		}},
	} {
		var s story
		c.tell(&s)
		got := ""
		if f := s.folds(); f.Transfer != nil {
			got = string(f.Transfer.ID) + " " + string(f.Transfer.Work)
			if !f.Transfer.At.Equal(at(day)) {
				t.Errorf("%s: at %v", c.name, f.Transfer.At)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
