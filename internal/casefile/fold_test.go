package casefile_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/terms"
)

// at is an instant in court time, in 2026: "11-24 21:40".
func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", "2026-"+s, terms.CourtZone)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// story is a case told as what was recorded and what the registry brought.
type story struct {
	facts casefile.Facts
	all   []*ent.ServiceActivity
}

// hearing is a version of the registry's row: its date there, when the source
// set it and when it came here.
func (s *story) hearing(scheduled, updated, recorded string) {
	row := s.row("", updated, recorded)
	s.facts.Hearings = append(s.facts.Hearings, &ent.Hearing{
		ID: "hrg" + row.ID, RowID: row.ID, ScheduledFor: at(scheduled), SourceUpdatedAt: at(updated), RecordedAt: at(recorded),
	})
}

// row is a version of the registry's row of the order, without a hearing.
func (s *story) row(order, updated, recorded string) *ent.RegistryRow {
	n := len(s.facts.Versions)
	row := &ent.RegistryRow{
		ID: terms.ID(fmt.Sprintf("row%d", n)), OrderNumber: order, OrderKind: terms.ReliefFromAbuse, SourceUpdatedAt: at(updated), RecordedAt: at(recorded), Sequence: int64(n),
	}
	s.facts.Versions = append(s.facts.Versions, row)
	s.facts.Rows = casefile.InForce(s.facts.Versions)
	return row
}

// record adds an activity: its name, kind, officer, when it happened and when
// it was recorded. "B corrects A" corrects.
func (s *story) record(name string, kind terms.ActivityKind, officer, occurred, recorded string) *ent.ServiceActivity {
	name, corrects, is := strings.Cut(name, " corrects ")
	a := &ent.ServiceActivity{
		ID: terms.ID(name), Kind: kind, OfficerID: terms.ID(officer), OccurredAt: at(occurred), RecordedAt: at(recorded), Sequence: int64(len(s.all) + 1),
	}
	if is {
		id := terms.ID(corrects)
		a.CorrectsID = &id
	}
	s.all = append(s.all, a)
	return a
}

func (s *story) transfer(name, from, to, when string) {
	a := s.record(name, terms.KindTransfer, from, when, when)
	if to != "" {
		id := terms.ID(to)
		a.ToOfficerID = &id
	}
}

func (s *story) folds() casefile.Folds {
	opened := &ent.RegistryCase{OpenedAt: at("11-01 09:00")}
	return casefile.Compute(opened, &s.facts, s.all, casefile.DefaultTimely)
}

const (
	service, attempt, receipt, withdrawal, other = terms.KindService, terms.KindAttempt, terms.KindReceipt, terms.KindWithdrawal, terms.KindOtherInformation
)

// §5(b), §5(c): where a case stands, and whether the report that service was
// unsuccessful has been made.
func TestServiceStatus(t *testing.T) {
	for _, c := range []struct {
		name   string
		tell   func(*story)
		status terms.ServiceStatus
		report bool
	}{
		{"nothing yet", func(*story) {}, terms.StatusNoEntry, false},
		{"a receipt is no service", func(s *story) { s.record("A", receipt, "o1", "11-20 09:00", "11-20 09:00") }, terms.StatusNoEntry, false},
		{"other information is none either", func(s *story) { s.record("A", other, "o1", "11-20 09:00", "11-20 09:00") }, terms.StatusNoEntry, false},
		{"an attempt", func(s *story) { s.record("A", attempt, "o1", "11-20 09:00", "11-20 09:00") }, terms.StatusAttempted, false},
		{"an attempt before any hearing was known counts", func(s *story) {
			s.record("A", attempt, "o1", "11-20 09:00", "11-20 09:00")
			s.hearing("12-01 10:00", "11-21 09:00", "11-21 09:00")
		}, terms.StatusAttempted, false},
		{"a continuance resets attempts", func(s *story) {
			s.hearing("11-25 10:00", "11-15 09:00", "11-15 09:00")
			s.record("A", attempt, "o1", "11-20 09:00", "11-20 09:00").NoFurtherAttempt = true
			s.hearing("12-09 10:00", "11-21 09:00", "11-21 09:00")
		}, terms.StatusNoEntry, false},
		{"another courtroom is no continuance", func(s *story) {
			s.hearing("12-01 10:00", "11-15 09:00", "11-15 09:00")
			s.record("A", attempt, "o1", "11-20 09:00", "11-20 09:00")
			s.hearing("12-01 10:00", "11-21 09:00", "11-21 09:00")
		}, terms.StatusAttempted, false},
		{"an attempt after the continuance counts", func(s *story) {
			s.hearing("11-25 10:00", "11-15 09:00", "11-15 09:00")
			s.hearing("12-09 10:00", "11-21 09:00", "11-21 09:00")
			s.hearing("12-09 10:00", "11-22 09:00", "11-22 09:00")
			s.record("A", attempt, "o1", "11-21 09:00", "11-21 12:00")
		}, terms.StatusAttempted, false},
		{"words corrected after the continuance make no new attempt", func(s *story) {
			s.hearing("11-25 10:00", "11-15 09:00", "11-15 09:00")
			s.record("A", attempt, "o1", "11-20 09:00", "11-20 09:00")
			s.hearing("12-09 10:00", "11-21 09:00", "11-21 09:00")
			s.record("B corrects A", attempt, "o1", "11-20 09:00", "11-22 09:00")
		}, terms.StatusNoEntry, false},
		{"a service stays a service over a continuance", func(s *story) {
			s.hearing("11-25 10:00", "11-15 09:00", "11-15 09:00")
			s.record("A", service, "o1", "11-20 09:00", "11-20 09:00")
			s.hearing("12-09 10:00", "11-21 09:00", "11-21 09:00")
			s.record("B", attempt, "o1", "11-22 09:00", "11-22 09:00")
		}, terms.StatusServed, false},
		{"a withdrawn service leaves the attempt", func(s *story) {
			s.record("A", attempt, "o1", "11-20 09:00", "11-20 09:00")
			s.record("B", service, "o1", "11-21 09:00", "11-21 09:00")
			s.record("W corrects B", withdrawal, "o1", "11-22 09:00", "11-22 09:00")
		}, terms.StatusAttempted, false},
		{"an attempt corrected into a service", func(s *story) {
			s.record("A", attempt, "o1", "11-20 09:00", "11-20 09:00")
			s.record("B corrects A", service, "o1", "11-20 09:00", "11-21 09:00")
		}, terms.StatusServed, false},
		{"§5(b): an attempt that says no further is planned is the report", func(s *story) {
			s.record("A", attempt, "o1", "11-20 09:00", "11-20 09:00").NoFurtherAttempt = true
		}, terms.StatusAttempted, true},
		{"§5(b): withdrawn, it is none", func(s *story) {
			s.record("A", attempt, "o1", "11-20 09:00", "11-20 09:00").NoFurtherAttempt = true
			s.record("W corrects A", withdrawal, "o1", "11-21 09:00", "11-21 09:00")
		}, terms.StatusNoEntry, false},
		{"§5(c): one on the last timely day is the report", func(s *story) {
			s.hearing("12-01 10:00", "11-15 09:00", "11-15 09:00")
			s.record("A", attempt, "o1", "11-28 00:00", "11-28 09:00")
		}, terms.StatusAttempted, true},
		{"§5(c): one on the evening before is not", func(s *story) {
			s.hearing("12-01 10:00", "11-15 09:00", "11-15 09:00")
			s.record("A", attempt, "o1", "11-27 23:59", "11-28 09:00")
		}, terms.StatusAttempted, false},
		{"§5(c): without a hearing there is no last timely day", func(s *story) {
			s.record("A", attempt, "o1", "11-28 09:00", "11-28 09:00")
		}, terms.StatusAttempted, false},
	} {
		var s story
		c.tell(&s)
		if f := s.folds(); f.ServiceStatus != c.status || f.ReportMade != c.report {
			t.Errorf("%s: %s, report made: %v", c.name, f.ServiceStatus, f.ReportMade)
		}
	}
}

// §6(a), §6(b): who has the papers, in case order.
func TestProcessHolder(t *testing.T) {
	day := "11-20 09:00"
	for _, c := range []struct {
		name, holder string
		tell         func(*story)
	}{
		{"nobody", "", func(*story) {}},
		{"a receipt", "o1", func(s *story) { s.record("A", receipt, "o1", day, day) }},
		{"a service where nobody held them", "o1", func(s *story) { s.record("A", service, "o1", day, day) }},
		{"an attempt where nobody held them", "o1", func(s *story) { s.record("A", attempt, "o1", day, day) }},
		{"a service by another does not take them", "o1", func(s *story) {
			s.record("A", receipt, "o1", day, day)
			s.record("B", service, "o2", day, day)
		}},
		{"other information does not take them", "", func(s *story) { s.record("A", other, "o1", day, day) }},
		{"a transfer", "o2", func(s *story) {
			s.record("A", receipt, "o1", day, day)
			s.transfer("B", "o1", "o2", day)
		}},
		{"to somebody who is not listed", "", func(s *story) {
			s.record("A", receipt, "o1", day, day)
			s.transfer("B", "o1", "", day)
		}},
		{"case order, not the order of days", "o2", func(s *story) {
			s.record("A", receipt, "o1", "11-22 09:00", day)
			s.record("B", receipt, "o2", "11-20 09:00", day)
		}},
		{"a correction stands in the place of what it corrects", "o3", func(s *story) {
			s.record("A", receipt, "o1", day, day)
			s.transfer("B", "o1", "o3", day)
			s.record("C corrects A", receipt, "o2", day, day)
		}},
		{"a withdrawn transfer", "o1", func(s *story) {
			s.record("A", receipt, "o1", day, day)
			s.transfer("B", "o1", "o2", day)
			s.record("W corrects B", withdrawal, "o1", day, day)
		}},
		{"a service whose receipt is withdrawn", "o2", func(s *story) {
			s.record("A", receipt, "o1", day, day)
			s.record("B", service, "o2", day, day)
			s.record("W corrects A", withdrawal, "o1", day, day)
		}},
	} {
		var s story
		c.tell(&s)
		got := ""
		if f := s.folds(); f.Holder != nil {
			got = string(*f.Holder)
		}
		if got != c.holder {
			t.Errorf("%s: held by %q, want %q", c.name, got, c.holder)
		}
	}
}

// A withdrawal takes the whole chain back: nothing earlier revives.
func TestStanding(t *testing.T) {
	for told, want := range map[string]string{
		"":                                 "",
		"A, B, C":                          "A B C",
		"A, B corrects A":                  "B",
		"A, B, C corrects A":               "C B",
		"A, B corrects A, C corrects B":    "C",
		"A, W corrects A":                  "",
		"A, B corrects A, W corrects B":    "",
		"A, B, C corrects A, W corrects C": "B",
		"A, B corrects A, C corrects B, D, W corrects C": "D",
		"A, W corrects A, B":                             "B",
	} {
		var s story
		for _, name := range strings.Split(told, ", ") {
			switch {
			case name == "":
			case strings.HasPrefix(name, "W"):
				s.record(name, withdrawal, "o1", "11-20 09:00", "11-20 09:00")
			default:
				s.record(name, attempt, "o1", "11-20 09:00", "11-20 09:00")
			}
		}
		before := len(s.all)
		var got []string
		for _, a := range casefile.Standing(s.all) {
			got = append(got, string(a.ID))
		}
		if strings.Join(got, " ") != want || len(s.all) != before {
			t.Errorf("%s: %v stand, want %s", told, got, want)
		}
	}
}

// §5(c): in time is judged against the hearing in force when service was
// executed, and is judged anew only when the service's time is corrected.
func TestServedInTime(t *testing.T) {
	yes, no := true, false
	for _, c := range []struct {
		name string
		tell func(*story)
		want *bool
	}{
		{"no hearing is known", func(s *story) { s.record("A", service, "o1", "11-20 09:00", "11-20 09:00") }, nil},
		{"on the last timely day, a minute before midnight", func(s *story) {
			s.hearing("12-01 10:00", "11-15 09:00", "11-15 09:00")
			s.record("A", service, "o1", "11-28 23:59", "11-29 00:30")
		}, &yes},
		{"a day later", func(s *story) {
			s.hearing("12-01 10:00", "11-15 09:00", "11-15 09:00")
			s.record("A", service, "o1", "11-29 00:00", "11-29 00:00")
		}, &no},
		{"a later continuance changes nothing", func(s *story) {
			s.hearing("12-01 10:00", "11-15 09:00", "11-15 09:00")
			s.record("A", service, "o1", "11-30 09:00", "11-30 09:00")
			s.hearing("12-15 10:00", "12-01 11:00", "12-01 12:00")
		}, &no},
		{"a continuance before it counts", func(s *story) {
			s.hearing("12-01 10:00", "11-15 09:00", "11-15 09:00")
			s.hearing("12-15 10:00", "11-20 11:00", "11-20 12:00")
			s.record("A", service, "o1", "11-30 09:00", "11-30 09:00")
		}, &yes},
		{"the hearing in force when it was executed, not when it was recorded", func(s *story) {
			s.hearing("12-01 10:00", "11-15 09:00", "11-15 09:00")
			s.hearing("12-15 10:00", "11-30 11:00", "11-30 12:00")
			s.record("A", service, "o1", "11-30 09:00", "11-30 18:00")
		}, &no},
		{"the registry's row came after the service: the first counts", func(s *story) {
			s.record("A", service, "o1", "11-20 09:00", "11-20 09:00")
			s.hearing("11-21 10:00", "11-15 09:00", "11-20 10:00")
			s.hearing("12-21 10:00", "11-20 12:00", "11-20 12:30")
		}, &no},
		{"the earliest service counts", func(s *story) {
			s.hearing("12-01 10:00", "11-15 09:00", "11-15 09:00")
			s.record("A", service, "o1", "11-30 09:00", "11-30 09:00")
			s.record("B", service, "o2", "11-20 09:00", "11-30 10:00")
		}, &yes},
		{"its time corrected: judged anew", func(s *story) {
			s.hearing("12-01 10:00", "11-15 09:00", "11-15 09:00")
			s.record("A", service, "o1", "11-30 09:00", "11-30 09:00")
			s.record("B corrects A", service, "o1", "11-20 09:00", "11-30 10:00")
		}, &yes},
		{"only its words corrected: what the feed brought too late changes nothing", func(s *story) {
			s.hearing("12-01 10:00", "11-15 09:00", "11-15 09:00")
			s.record("A", service, "o1", "11-30 09:00", "11-30 09:00")
			s.hearing("12-15 10:00", "11-29 11:00", "12-01 12:00")
			s.record("B corrects A", service, "o1", "11-30 09:00", "12-02 09:00")
			s.record("C corrects B", service, "o1", "11-30 09:00", "12-03 09:00")
		}, &no},
		{"an attempt corrected into a service is judged then", func(s *story) {
			s.hearing("12-01 10:00", "11-15 09:00", "11-15 09:00")
			s.record("A", attempt, "o1", "11-30 09:00", "11-30 09:00")
			s.hearing("12-15 10:00", "11-29 11:00", "12-01 12:00")
			s.record("B corrects A", service, "o1", "11-30 09:00", "12-02 09:00")
		}, &yes},
		{"withdrawn", func(s *story) {
			s.hearing("12-01 10:00", "11-15 09:00", "11-15 09:00")
			s.record("A", service, "o1", "11-20 09:00", "11-20 09:00")
			s.record("W corrects A", withdrawal, "o1", "11-21 09:00", "11-21 09:00")
		}, nil},
		{"the hearing was taken away before it, and no other has come", func(s *story) {
			s.hearing("12-01 10:00", "11-15 09:00", "11-15 09:00")
			s.row("", "11-25 09:00", "11-25 09:00")
			s.record("A", service, "o1", "11-30 09:00", "11-30 09:00")
		}, nil},
		{"taken away before it: the next that comes counts", func(s *story) {
			s.hearing("12-01 10:00", "11-15 09:00", "11-15 09:00")
			s.row("", "11-25 09:00", "11-25 09:00")
			s.record("A", service, "o1", "11-30 09:00", "11-30 09:00")
			s.hearing("12-15 10:00", "12-02 09:00", "12-02 09:00")
			s.hearing("12-02 10:00", "12-02 10:00", "12-02 10:00")
		}, &yes},
		{"taken away after it changes nothing", func(s *story) {
			s.hearing("12-01 10:00", "11-15 09:00", "11-15 09:00")
			s.record("A", service, "o1", "11-20 09:00", "11-20 09:00")
			s.row("", "11-25 09:00", "11-25 09:00")
		}, &yes},
	} {
		var s story
		c.tell(&s)
		got := s.folds().ServedInTime
		if (got == nil) != (c.want == nil) || got != nil && *got != *c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// §5(c): three or five days before the hearing, by the court's calendar.
func TestLastTimelyDay(t *testing.T) {
	for _, c := range []struct {
		hearing string
		kind    terms.OrderKind
		want    terms.Date
	}{
		{"2026-12-01T15:00:00Z", terms.ReliefFromAbuse, "2026-11-28"},
		{"2026-12-01T15:00:00Z", terms.CivilProtectionOrder, "2026-11-26"},
		{"2027-01-02T15:00:00Z", terms.CivilProtectionOrder, "2026-12-28"},
		{"2024-03-03T15:00:00Z", terms.ReliefFromAbuse, "2024-02-29"},
		{"2026-03-03T15:00:00Z", terms.ReliefFromAbuse, "2026-02-28"},
		{"2026-03-10T13:30:00Z", terms.ReliefFromAbuse, "2026-03-07"}, // over the change to summer time
		{"2026-11-03T14:30:00Z", terms.ReliefFromAbuse, "2026-10-31"}, // and back
		{"2026-12-01T04:30:00Z", terms.ReliefFromAbuse, "2026-11-27"}, // still the evening of the 30th in Hartford
	} {
		hearing, err := terms.ParseInstant(c.hearing)
		if err != nil {
			t.Fatal(err)
		}
		if got := casefile.DefaultTimely.LastDay(c.kind, hearing); got != c.want {
			t.Errorf("%s, %s: %s, want %s", c.hearing, c.kind, got, c.want)
		}
	}
}

// Of each key the newest row is in force, and of two equally old the later one.
func TestInForce(t *testing.T) {
	row := func(id, order, updated string, sequence int64) *ent.RegistryRow {
		return &ent.RegistryRow{ID: terms.ID(id), OrderNumber: order, SourceUpdatedAt: at(updated), Sequence: sequence}
	}
	got := ""
	for _, r := range casefile.InForce([]*ent.RegistryRow{
		row("a", "1", "11-20 09:00", 1), row("b", "1", "11-21 09:00", 2), row("c", "2", "11-19 09:00", 3),
		row("d", "", "11-22 09:00", 4), row("f", "", "11-22 09:00", 5), row("e", "", "11-22 09:00", 5),
	}) {
		got += string(r.ID)
	}
	if got != "fbc" {
		t.Errorf("in force are %s", got)
	}
}
