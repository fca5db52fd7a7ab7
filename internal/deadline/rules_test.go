package deadline_test

import (
	"slices"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/deadline"
	"github.com/service-tracking/sts/internal/terms"
)

// local reads a day and a time of the court's zone.
func local(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04:05", s, terms.CourtZone)
	if err != nil {
		t.Fatal(err)
	}
	return at.UTC()
}

var rules = deadline.Rules{AcknowledgeWithin: deadline.AcknowledgeWithin}

// open is a case that was not served, with its hearing.
func open(kind terms.OrderKind, hearing time.Time) *ent.RegistryCase {
	c := &ent.RegistryCase{ServiceStatus: terms.StatusNoEntry, HearingAt: &hearing, HearingSort: hearing}
	if kind != "" {
		day := casefile.DefaultTimely.LastDay(kind, hearing)
		c.OrderKind, c.LastTimelyDay = &kind, &day
	}
	return c
}

func names(due []deadline.Due) (list []terms.DueRule) {
	for _, d := range due {
		list = append(list, d.Rule)
	}
	return list
}

const (
	past    = terms.DuePastTimely
	near    = terms.DueHearingNear
	over    = terms.DueHearingPassed
	unacked = terms.DueAcknowledgement
)

// §5(b), §5(c): what is due, to the second, by the days of the court's zone.
func TestWhatIsDueAboutAHearing(t *testing.T) {
	relief, civil := terms.ReliefFromAbuse, terms.CivilProtectionOrder
	for name, x := range map[string]struct {
		kind    terms.OrderKind
		hearing string
		// due are instants at which something changes, and what is due from then on.
		due steps
	}{
		"a restraining order, three days": {relief, "2026-12-08 10:00:00", steps{
			{"2026-12-06 00:00:00", is{past}}, {"2026-12-07 00:00:00", is{near, past}}, {"2026-12-09 00:00:00", is{over}},
		}},
		"a civil protection order, five days": {civil, "2026-12-08 10:00:00", steps{
			{"2026-12-04 00:00:00", is{past}}, {"2026-12-07 00:00:00", is{near, past}}, {"2026-12-09 00:00:00", is{over}},
		}},
		"hearing today at 09:30 is near until the day ends": {relief, "2026-12-08 09:30:00", steps{
			{"2026-12-06 00:00:00", is{past}}, {"2026-12-07 00:00:00", is{near, past}}, {"2026-12-09 00:00:00", is{over}},
		}},
		"a hearing late in the evening is of its own day": {relief, "2026-12-08 23:59:59", steps{
			{"2026-12-06 00:00:00", is{past}}, {"2026-12-07 00:00:00", is{near, past}}, {"2026-12-09 00:00:00", is{over}},
		}},
		"no order yet: nobody knows the last timely day": {"", "2026-12-08 10:00:00", steps{
			{"2026-12-07 00:00:00", is{near}}, {"2026-12-09 00:00:00", is{over}},
		}},
		"a month's end": {relief, "2027-03-02 10:00:00", steps{
			{"2027-02-28 00:00:00", is{past}}, {"2027-03-01 00:00:00", is{near, past}}, {"2027-03-03 00:00:00", is{over}},
		}},
		"a leap day": {relief, "2028-03-03 10:00:00", steps{
			{"2028-03-01 00:00:00", is{past}}, {"2028-03-02 00:00:00", is{near, past}}, {"2028-03-04 00:00:00", is{over}},
		}},
		"the leap day is the last timely one": {civil, "2028-03-05 10:00:00", steps{
			{"2028-03-01 00:00:00", is{past}}, {"2028-03-04 00:00:00", is{near, past}}, {"2028-03-06 00:00:00", is{over}},
		}},
		"a year's end": {civil, "2027-01-04 10:00:00", steps{
			{"2026-12-31 00:00:00", is{past}}, {"2027-01-03 00:00:00", is{near, past}}, {"2027-01-05 00:00:00", is{over}},
		}},
		"the night that has 23 hours, March 14, 2027": {relief, "2027-03-15 10:00:00", steps{
			{"2027-03-13 00:00:00", is{past}}, {"2027-03-14 00:00:00", is{near, past}}, {"2027-03-16 00:00:00", is{over}},
		}},
		"the night that has 25 hours, November 1, 2026": {relief, "2026-11-02 10:00:00", steps{
			{"2026-10-31 00:00:00", is{past}}, {"2026-11-01 00:00:00", is{near, past}}, {"2026-11-03 00:00:00", is{over}},
		}},
		"the day of the hearing has 25 hours": {relief, "2026-11-01 10:00:00", steps{
			{"2026-10-30 00:00:00", is{past}}, {"2026-10-31 00:00:00", is{near, past}}, {"2026-11-02 00:00:00", is{over}},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			c := open(x.kind, local(t, x.hearing))
			var before []terms.DueRule
			for _, step := range x.due {
				at := local(t, step.at)
				if got := names(rules.Due(c, at.Add(-time.Microsecond))); !slices.Equal(got, before) {
					t.Errorf("a moment before %s: %v, want %v", step.at, got, before)
				}
				due := rules.Due(c, at)
				if got := names(due); !slices.Equal(got, step.want) {
					t.Errorf("at %s: %v, want %v", step.at, got, step.want)
				}
				for _, d := range due {
					if !slices.Contains(before, d.Rule) && !d.Since.Equal(at) {
						t.Errorf("%s is due since %v, want %v", d.Rule, d.Since, at)
					}
					if d.About != c.HearingAt.Format(terms.InstantLayout) {
						t.Errorf("%s is about %s", d.Rule, d.About)
					}
				}
				before = step.want
			}
			if got := names(rules.Due(c, local(t, x.hearing).AddDate(5, 0, 0))); !slices.Equal(got, is{over}) {
				t.Errorf("five years later: %v", got)
			}
			c.ReportMade = true // §5(b) is met, §5(c) is not
			for _, step := range x.due {
				want := slices.DeleteFunc(slices.Clone(step.want), func(r terms.DueRule) bool { return r != past })
				if got := names(rules.Due(c, local(t, step.at))); !slices.Equal(got, want) {
					t.Errorf("reported, at %s: %v, want %v", step.at, got, want)
				}
			}
			c.ServiceStatus = terms.StatusServed
			for _, step := range x.due {
				if got := rules.Due(c, local(t, step.at)); len(got) > 0 {
					t.Errorf("served, at %s: %v", step.at, got)
				}
			}
		})
	}
}

type (
	is    = []terms.DueRule
	steps = []struct {
		at   string
		want []terms.DueRule
	}
)

// §5(c): the days are configured, and come from the fold of the case.
func TestTheDaysAreConfigured(t *testing.T) {
	hearing := local(t, "2026-12-08 10:00:00")
	c := open(terms.ReliefFromAbuse, hearing)
	for days, from := range map[int]string{0: "", 1: "2026-12-08 00:00:00", 7: "2026-12-02 00:00:00"} {
		day := casefile.Timely{terms.ReliefFromAbuse: days}.LastDay(terms.ReliefFromAbuse, hearing)
		c.LastTimelyDay = &day
		got := slices.Contains(names(rules.Due(c, local(t, "2026-12-08 23:59:59"))), past)
		if got != (from != "") {
			t.Errorf("with %d days past the last timely day: %t", days, got)
		}
		if from != "" && slices.Contains(names(rules.Due(c, local(t, from).Add(-1))), past) {
			t.Errorf("with %d days it is past too early", days)
		}
	}
}

// §5(b), §5(c): a continuance moves the open clocks, to another hearing that is
// noticed anew; without a hearing no clock runs.
func TestAContinuanceMovesTheClocks(t *testing.T) {
	c := open(terms.ReliefFromAbuse, local(t, "2026-12-08 10:00:00"))
	now := local(t, "2026-12-07 12:00:00")
	before := rules.Due(c, now)
	*c = *open(terms.ReliefFromAbuse, local(t, "2026-12-22 10:00:00"))
	if due := rules.Due(c, now); len(due) != 0 {
		t.Errorf("due for a hearing in two weeks: %v", due)
	}
	after := rules.Due(c, local(t, "2026-12-21 12:00:00"))
	if !slices.Equal(names(before), names(after)) || before[0].About == after[0].About {
		t.Errorf("before the continuance %v, then %v", before, after)
	}
	c.HearingAt, c.LastTimelyDay, c.HearingSort = nil, nil, casefile.NoHearing
	if due := rules.Due(c, local(t, "2026-12-30 12:00:00")); len(due) != 0 {
		t.Errorf("due without a hearing: %v", due)
	}
}

// §6(b): a transfer that its receiver has not acknowledged is due after 24
// hours, whatever the clocks on the wall did in that night.
func TestATransferIsDueAfterADay(t *testing.T) {
	for name, from := range map[string]string{
		"any night": "2026-12-01 16:00:00", "the night of 23 hours": "2027-03-13 16:00:00", "the night of 25 hours": "2026-10-31 16:00:00",
	} {
		at := local(t, from)
		c := &ent.RegistryCase{
			ServiceStatus: terms.StatusNoEntry, TransferID: new(terms.ID("act_1")), TransferWork: new(terms.TransferUnacknowledged), TransferAt: &at,
		}
		if due := rules.Due(c, at.Add(24*time.Hour-1)); len(due) > 0 {
			t.Errorf("%s: due too early: %v", name, due)
		}
		if due := rules.Due(c, at.Add(24*time.Hour)); !slices.Equal(names(due), is{unacked}) || due[0].About != "act_1" || !due[0].Since.Equal(at.Add(24*time.Hour)) {
			t.Errorf("%s: %v", name, due)
		}
		c.TransferWork = new(terms.TransferNotListed) // a person's work from the beginning
		if due := rules.Due(c, at.Add(48*time.Hour)); len(due) > 0 {
			t.Errorf("%s: due of a receiver who is not listed: %v", name, due)
		}
		c.TransferWork, c.ServiceStatus = new(terms.TransferUnacknowledged), terms.StatusServed
		if due := rules.Due(c, at.Add(48*time.Hour)); len(due) > 0 {
			t.Errorf("%s: due on a case that was served: %v", name, due)
		}
	}
}

// §3(d), §3(e), §3(f): a delivery is due at its deadline, or when it fails
// before; what was settled otherwise, and reminders, never.
func TestWhenADeliveryIsDue(t *testing.T) {
	by := local(t, "2026-12-01 16:05:00")
	for state, want := range map[terms.DeliveryState][2]bool{ // before the deadline, after
		terms.Waiting: {false, true}, terms.Pending: {false, true}, terms.Sending: {false, true}, terms.Sent: {false, true},
		terms.Retrying: {false, true}, terms.Unknown: {false, true}, terms.Failed: {true, true},
		terms.Confirmed: {}, terms.Abandoned: {}, terms.Superseded: {},
	} {
		for i, now := range []time.Time{by.Add(-time.Minute), by.Add(time.Minute)} {
			d := &ent.Delivery{ID: "dlv_1", State: state, DueBy: by, RecipientKind: terms.ToAgency}
			due, got := deadline.DueDelivery(d, now)
			if got != want[i] {
				t.Errorf("%s at %v: due %t", state, now, got)
			}
			if since := [2]time.Time{now, by}[i]; got && (!due.Since.Equal(since) || due.About != "dlv_1") {
				t.Errorf("%s at %v: %+v", state, now, due)
			}
			d.RecipientKind = terms.ToAccount
			if _, got := deadline.DueDelivery(d, now); got {
				t.Errorf("a reminder that is %s is due", state)
			}
		}
	}
}
