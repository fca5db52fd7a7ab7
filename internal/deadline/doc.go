// Package deadline is the clocks of the policy that run out as time passes:
// pure rules, the sweep that notices what became due, and the reminders.
//
// # The rules
//
// Days are days of the court's zone. Which day is the last for timely service
// (three or five days before the hearing, §5(c), by Public Act 16-34 and by
// C.G.S. §46b-16a; configured) is a fold of the case: casefile.Timely stands
// below, because the folds need it, and this room builds on what they hold.
//
//	PAST_LAST_TIMELY_DAY     from 00:00 of the day after the last timely day (§5(c))
//	HEARING_NEAR             from 00:00 of the day before the hearing (§5(b))
//	HEARING_PASSED           from 00:00 of the day after the hearing (§5(b))
//	TRANSFER_UNACKNOWLEDGED  from 24 hours after the transfer (§6(b))
//	DELIVERY_OVERDUE         from the delivery's deadline, or when it fails or is disputed (§3(d) to (f))
//
// Nothing is due on a case that was served, deliveries apart. §5(b) is met by
// the report that service was unsuccessful, and §5(c) only by service. The
// first two end with the day of the hearing, when the third begins: a case is
// near, or past, and never both. It is the day's end and not the hearing's
// minute that decides, because a court calls its list through the day, and what
// it then decides (most often a continuance, which moves the clocks to another
// hearing) reaches us in the course of it. That the report is due on the day of
// the hearing itself shows from 00:00 of that day on the board and the court's
// calendar (RegistryCase.unsuccessfulReportDue); HEARING_NEAR runs through it.
//
// # The sweep
//
// [Sweeper.Sweep] looks for what is due and was not noticed, by indexes and in
// pages, and notices each in one transaction under the case's lock: the due
// item, its journal record BECAME_OVERDUE, and who is reminded. A due item is
// unique by case, rule and what it is about (the hearing's instant, the
// transfer, the delivery), so that any number of instances notice it once, and
// the same hearing in a newer row of the registry is no news, nor a correction of
// the transfer that leaves its receiver. What was noticed
// is never read again (but for a transfer that was corrected several times): the questions leave it out by that index. They look back
// (and ahead to hearings) [Options.LookBack], 60 days: a system that was down
// for a month notices what is still open.
//
// # Who is reminded, and who is left in peace
//
// The officer who holds the papers, or received the transfer, is reminded by
// each of his accounts that is active and has signed. The staff of the registry
// section are reminded where there is no such account, of hearings that passed,
// and of deliveries. Then:
//
//   - Of one due item an account is reminded once (the ledger's unique index).
//   - Of one case's hearing an officer is reminded once a court day, unless
//     something more urgent became due since: passed, then near, then past the
//     last timely day. What was superseded, or will be, does not count.
//   - An officer is not rung before six in the morning of the court's zone;
//     what is due at midnight stands in his app from then on.
//   - The registry section works from its boards, which are live. Its staff get
//     one reminder a rule and court day, of the first that is noticed, which
//     sends them there: so many staff times so many rules, however bad the day.
//   - What came due more than a week before it is noticed (the system was down,
//     or has been set up anew) rings no officer: it is on the boards.
//   - A reminder whose reason is gone before it is sent (served meanwhile, the
//     hearing moved, acknowledged) is superseded, see [Letters.Render].
//
// Start with rules.go, then sweep.go and remind.go.
package deadline
