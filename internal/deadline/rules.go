package deadline

import (
	"time"

	"github.com/service-tracking/sts/ent"
	ledger "github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/terms"
)

// Due is a clock that has run out.
type Due struct {
	Rule terms.DueRule
	// About tells the clocks of one rule apart: the hearing's instant, or the
	// id of the transfer or the delivery.
	About string
	// Since is when it ran out.
	Since time.Time
}

// AcknowledgeWithin is how long the receiver of a transfer has, unless it is
// configured otherwise. §6(b) sets no time; a day is this system's.
const AcknowledgeWithin = 24 * time.Hour

// Rules are what is configured of the clocks. The days before a hearing
// (§5(c)) are not among them: see casefile.Timely.
type Rules struct {
	// AcknowledgeWithin is how long after a transfer its receiver has time to
	// acknowledge it (§6(b)).
	AcknowledgeWithin time.Duration
}

// Due answers what is due on the case at the instant, the most urgent first.
// Of the case it reads the folds alone.
func (r Rules) Due(c *ent.RegistryCase, now time.Time) []Due {
	if c.ServiceStatus == terms.StatusServed {
		return nil
	}
	due := hearingDue(c, now)
	if terms.Value(c.TransferWork) == terms.TransferUnacknowledged && c.TransferID != nil && c.TransferAt != nil {
		if since := c.TransferAt.Add(r.AcknowledgeWithin); !now.Before(since) {
			due = append(due, Due{terms.DueAcknowledgement, string(*c.TransferID), since})
		}
	}
	return due
}

// hearingDue is what is due about the hearing of a case not served.
func hearingDue(c *ent.RegistryCase, now time.Time) (due []Due) {
	if c.HearingAt == nil {
		return nil
	}
	day := terms.DateOf(*c.HearingAt)
	over := day.AddDays(1).Start()
	add := func(rule terms.DueRule, since time.Time) {
		if !now.Before(since) {
			due = append(due, Due{rule, aboutHearing(*c.HearingAt), since})
		}
	}
	if !now.Before(over) {
		if !c.ReportMade {
			add(terms.DueHearingPassed, over)
		}
		return due
	}
	if !c.ReportMade {
		add(terms.DueHearingNear, day.AddDays(-1).Start())
	}
	if c.LastTimelyDay != nil {
		add(terms.DuePastTimely, c.LastTimelyDay.AddDays(1).Start())
	}
	return due
}

func aboutHearing(at time.Time) string { return at.UTC().Format(terms.InstantLayout) }

// settled are the states in which a delivery is no longer late, nor failed.
func settled(d *ent.Delivery) bool {
	switch d.State {
	case terms.Confirmed:
		return !ledger.Disputed(d)
	case terms.Abandoned, terms.Superseded:
		return true
	}
	return false
}

// DueDelivery tells whether the delivery is past its deadline, or failed before
// it (§3(d) to (f)), or was refused after a person had confirmed it. Reminders never are: nobody is reminded of a reminder.
func DueDelivery(d *ent.Delivery, now time.Time) (Due, bool) {
	due := Due{terms.DueDelivery, string(d.ID), d.DueBy}
	if d.RecipientKind == terms.ToAccount || settled(d) {
		return due, false
	}
	if now.Before(d.DueBy) {
		due.Since = now
		return due, d.State == terms.Failed || ledger.Disputed(d)
	}
	return due, true
}

// Holds tells whether what the item noticed is due still. late is the delivery
// that it is about, nil if it is about none; transfers are those of the case,
// needed if it is about one.
func Holds(item *ent.DueItem, c *ent.RegistryCase, late *ent.Delivery, transfers Transfers, now time.Time) bool {
	if item.Rule == terms.DueDelivery {
		if late == nil {
			return false
		}
		_, due := DueDelivery(late, now)
		return due
	}
	// What was noticed had waited long enough, however long that is by now.
	for _, due := range (Rules{}).Due(c, now) {
		if due.Rule == item.Rule && transfers.same(due.About, item.AboutKey) {
			return true
		}
	}
	return false
}
