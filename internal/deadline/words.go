package deadline

import (
	"strings"
	"time"

	"github.com/service-tracking/sts/internal/terms"
)

// Reader is who reads a reminder: the same thing asks other deeds of others.
type Reader int

// The readers.
const (
	Officer Reader = iota
	Registry
)

// ReaderOf tells as whom an account with the roles reads a reminder by the rule;
// holds says whether its officer holds the papers. Deliveries are the registry
// section's; of other papers than his own an officer who is of its staff as well
// reads what the section is to do.
func ReaderOf(rule terms.DueRule, roles []terms.Role, holds bool) Reader {
	staff := hasRole(roles, registryRoles...)
	if rule == terms.DueDelivery || !hasRole(roles, terms.RoleOfficer) || staff && !holds {
		return Registry
	}
	return Officer
}

// boards sends the registry section where the rest is: it is told of the first.
const boards = " This is the first of today; the service board shows all of them, as they are now."

// words are what a reminder says, to each reader; {hearing} is its day and time.
var words = map[terms.DueRule][2]string{
	terms.DuePastTimely: {
		Officer: "The last day for timely service before the hearing on {hearing} has passed, and no service is recorded. " +
			"If the papers were served, record the service now. If they were not, you may promptly record an attempt, " +
			"so that the court knows on the morning of the hearing (§5(c)).",
		Registry: "The last day for timely service before the hearing on {hearing} has passed, no service is recorded, " +
			"and no officer who can be reminded holds the papers. Find out who has them (§5(c))." + boards,
	},
	terms.DueHearingNear: {
		Officer: "The hearing is on {hearing}, and neither service nor that it was unsuccessful is recorded. " +
			"If the papers were served, record the service now. If they were not, record an attempt, and say so if you plan no further one: " +
			"that must be recorded before the day of the hearing (§5(b)).",
		Registry: "The hearing is on {hearing}, neither service nor that it was unsuccessful is recorded, " +
			"and no officer who can be reminded holds the papers. Find out who has them, and make a manual entry if he reports (§5(b), §7)." + boards,
	},
	terms.DueHearingPassed: {
		Officer: "The hearing on {hearing} has passed, and neither service nor that it was unsuccessful was recorded before it. " +
			"Record now what was done, with the date and time at which it was done (§4, §5(b)).",
		Registry: "The hearing on {hearing} has passed, and neither service nor that it was unsuccessful was recorded before it (§5(b)). " +
			"Ask the officer for his report." + boards,
	},
	terms.DueAcknowledgement: {
		Officer: "The papers were transferred to you, and you have not acknowledged it. " +
			"If you have them, acknowledge the transfer. If you do not, tell the registry section (§6(b)).",
		Registry: "A transfer of the papers is not acknowledged, and its receiver cannot be reminded. " +
			"Find out who has them (§6(b))." + boards,
	},
	terms.DueDelivery: {
		Officer: "A delivery of this case is past its deadline. The registry section sees to it (§3(d) to (f)).",
		Registry: "A notice to police or an update of an order file did not arrive by its deadline, or failed (§3(d) to (f)). " +
			"See to it: retry it, confirm it, or tell the recipient in another way." + boards,
	},
}

// Message says in plain words what became due, and what to do.
func Message(rule terms.DueRule, hearing *time.Time, reader Reader) string {
	when := "a day not known"
	if hearing != nil {
		when = printed(*hearing)
	}
	return strings.ReplaceAll(words[rule][reader], "{hearing}", when)
}

// printed is an instant as people read it, in the court's zone.
func printed(t time.Time) string {
	return t.In(terms.CourtZone).Format("Monday, January 2, 2006, 3:04 PM")
}
