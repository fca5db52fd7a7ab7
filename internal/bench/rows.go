package bench

import (
	"time"

	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/terms"
)

const (
	caseColumns = "id, docket, court_code, provisional, opened_at, daybook_updated_at, next_sequence, last_recorded_at, " +
		"respondent_first_name, respondent_last_name, respondent_key, order_kind, " +
		"hearing_at, hearing_courtroom, hearing_set_at, hearing_sort, last_timely_day, " +
		"service_status, served_at, served_in_time, report_made, holder_officer_id, latest_activity_id, latest_activity_at, " +
		"transfer_id, transfer_work, transfer_at"
	activityColumns = "id, case_id, sequence, kind, officer_id, occurred_at, recorded_at, account_id, " +
		"recorded_by_name, recorded_by_role, idempotency_key, content_sha256, writ_date, " +
		"reason, no_further_attempt, method, police_assistance_requested, recorded_late, recording_delay_minutes, to_officer_id, corrects_id"
	deliveryColumns = "id, case_id, activity_id, sequence, recipient_kind, recipient_key, state, waiting_for, version, channel, " +
		"next_at, attempt_count, due_by, created_at, sent_at, confirmed_at"
	reviewColumns   = "id, case_id, activity_id, account_id, reviewed_by_name, reviewed_at"
	unroutedColumns = "id, case_id, activity_id, address_key, reason, suggestion, noticed_at, resolved_at"
)

// sinks are the tables whose rows are written; nil: not this time.
type sinks struct{ cases, activities, deliveries, reviews, unrouted *rows }

func (g *generator) writeOfficers(r *rows) {
	for n, id := range g.officers {
		first, last := firstNames[n%len(firstNames)], lastNames[n/len(firstNames)%len(lastNames)]
		r.add(id, first, last, terms.Fold(last+" "+first), terms.StateMarshal, "Hartford", 1)
	}
}

func (g *generator) writeAccounts(r *rows) {
	r.add(g.account, officerAccount, "Officer One", terms.AccountActive, `["OFFICER"]`, "[]", g.officers[0], epoch, epoch)
	random := g.random(0)
	r.add(makeID(random, terms.AccountPrefix, epoch), supervisorAccount, "Supervisor One", terms.AccountActive, `["SUPERVISOR"]`, "[]", nil, epoch, epoch)
	r.add(makeID(random, terms.AccountPrefix, epoch), registryAccount, "Registry One", terms.AccountActive, `["REGISTRY_CLERK"]`, "[]", nil, epoch, epoch)
}

func (g *generator) writeCases(r *rows)      { g.write(sinks{cases: r}) }
func (g *generator) writeActivities(r *rows) { g.write(sinks{activities: r}) }
func (g *generator) writeDeliveries(r *rows) { g.write(sinks{deliveries: r}) }
func (g *generator) writeReviews(r *rows)    { g.write(sinks{reviews: r}) }
func (g *generator) writeUnrouted(r *rows)   { g.write(sinks{unrouted: r}) }

func (g *generator) write(to sinks) {
	for n := range g.size.Cases {
		g.eachOf(n, to)
	}
}

// eachOf makes the n-th case: an officer receives the papers, attempts service
// a few times, and in two cases of five serves in the end; in between a few
// transfer the papers, correct what they recorded, or have other information. What is old has been seen to,
// of the newest cases (see newest) some things still need a person.
func (g *generator) eachOf(n int, to sinks) {
	r := g.random(n + 1)
	at := opened(n)
	id := makeID(r, terms.CasePrefix, at)
	hearing := at.AddDate(0, 0, 10+r.IntN(5)).Truncate(15 * time.Minute)
	lastDay := terms.DateOf(hearing).AddDays(-3)
	officer := g.officers[r.IntN(len(g.officers))]
	first, last := firstNames[r.IntN(len(firstNames))], lastNames[r.IntN(len(lastNames))]
	served := r.IntN(5) < 2
	count := g.size.ActivitiesPerCase + r.IntN(2)
	if n%97 == 0 {
		count += 10 // a few have a long history
	}
	open := n >= g.size.Cases-newest(g.size.Cases)
	var latest terms.ID
	var transfer, work, transferredAt any
	for s := 1; s <= count; s++ {
		at = at.Add(time.Duration(20+r.IntN(600))*time.Minute + time.Duration(r.IntN(60_000_000))*time.Microsecond)
		before := latest
		latest = makeID(r, terms.ActivityPrefix, at)
		kind, police, occurred := terms.KindAttempt, any(r.IntN(2)), at.Add(-25*time.Minute)
		var writ, reason, method, late, delay, receiver, corrected any
		review := false
		switch {
		case s == 1:
			kind, police, writ = terms.KindReceipt, nil, terms.DateOf(at)
		case s == count && served:
			kind, method, late, delay = terms.KindService, terms.MethodHand, 0, 25
			if n%20 == 0 {
				late, delay, occurred, review = 1, 190, at.Add(-190*time.Minute), !open
			}
			g.told(n, to, id, latest, s, at, open)
		case s == count-1 && n%15 == 0:
			kind, police, receiver = terms.KindTransfer, nil, g.officers[n%len(g.officers)]
			if open && n%45 == 0 {
				transfer, work, transferredAt = latest, terms.TransferUnacknowledged, occurred
			}
		case s == 2 && n%5 == 0:
			kind, police, review = terms.KindOtherInformation, nil, !open || n%10 == 0
		default:
			reason = terms.ReasonNoAnswer
			if s == 4 && n%20 == 7 {
				corrected = before
			}
		}
		if review && to.reviews != nil {
			to.reviews.add("rev"+latest[3:], id, latest, g.account, "Registry One", at.Add(time.Hour))
		}
		if to.activities != nil {
			to.activities.add(latest, id, s, kind, officer, occurred, at, g.account,
				"Officer One", terms.RoleOfficer, string(latest[4:]), "0123456789abcdef0123456789abcdef", writ,
				reason, 0, method, police, late, delay, receiver, corrected)
		}
	}
	if to.cases == nil {
		return
	}
	status := terms.StatusAttempted
	var servedAt, inTime any
	holder := any(officer)
	if served {
		status, servedAt, holder = terms.StatusServed, at.Add(-25*time.Minute), nil
		inTime = 0
		if terms.DateOf(at.Add(-25*time.Minute)) <= lastDay {
			inTime = 1
		}
	}
	reported := 0
	if n%2 == 0 {
		reported = 1
	}
	to.cases.add(id, g.docket(n), g.courts[n%len(g.courts)], 0, opened(n), opened(n), count+1, at,
		first, last, terms.Fold(last+" "+first), terms.ReliefFromAbuse,
		hearing, "4A", opened(n), hearing, lastDay,
		status, servedAt, inTime, reported, holder, latest, at, transfer, work, transferredAt)
}

// told makes who is told of a service: an agency and both files, and in some
// cases nobody was found for an address.
func (g *generator) told(n int, to sinks, id, service terms.ID, sequence int, at time.Time, open bool) {
	for i, kind := range []terms.RecipientKind{terms.ToAgency, terms.ToStateFile, terms.ToNationalFile} {
		if to.deliveries == nil {
			break
		}
		state, confirmed, waits, next := terms.Confirmed, any(at.Add(time.Minute)), any(nil), delivery.Never
		switch {
		case open && n%40 == 0 && kind == terms.ToAgency:
			state, confirmed, next = terms.Failed, nil, delivery.Parked
		case open && n%15 == 1 && kind == terms.ToStateFile:
			state, confirmed, waits, next = terms.Waiting, nil, terms.WaitsForFileNumber, delivery.Parked
		case open && n%15 == 1 && kind == terms.ToNationalFile:
			state, confirmed, waits, next = terms.Waiting, nil, terms.WaitsForStateFile, delivery.Parked
		}
		to.deliveries.add("dlv"+service[3:len(service)-1]+terms.ID("012"[i:i+1]), id, service, sequence, kind, "1", state, waits, 3, terms.ChannelSpool,
			next, 1, at.Add(5*time.Minute), at, at.Add(time.Second), confirmed)
	}
	if to.unrouted != nil && n%25 == 0 {
		resolved := any(at.Add(time.Hour))
		if open {
			resolved = nil
		}
		to.unrouted.add("unr"+service[3:], id, service, "", terms.UnroutedNoAddress, "", at, resolved)
	}
}

var (
	firstNames = []string{"Ana", "José", "Maria", "Łukasz", "Thanh", "James", "Denise", "Omar", "Grace", "Peter", "Lucia", "Ibrahim"}
	lastNames  = []string{"Nuñez", "Smith", "Żółkiewski", "Nguyễn", "O'Brien", "Garcia", "Johnson", "Kowalski", "Silva", "Brown", "Lopez", "Williams", "Ferreira", "Davis", "Santos", "Miller"}
)
