package bench

import (
	"time"

	"github.com/service-tracking/sts/internal/terms"
)

const (
	caseColumns = "id, docket, court_code, provisional, opened_at, daybook_updated_at, next_sequence, last_recorded_at, " +
		"respondent_first_name, respondent_last_name, respondent_key, order_kind, " +
		"hearing_at, hearing_courtroom, hearing_set_at, hearing_sort, last_timely_day, " +
		"service_status, served_at, served_in_time, report_made, holder_officer_id, latest_activity_id, latest_activity_at"
	activityColumns = "id, case_id, sequence, kind, officer_id, occurred_at, recorded_at, account_id, " +
		"recorded_by_name, recorded_by_role, idempotency_key, content_sha256, writ_date, " +
		"reason, no_further_attempt, method, police_assistance_requested, recorded_late, recording_delay_minutes"
)

func (g *generator) writeOfficers(r *rows) {
	for n, id := range g.officers {
		first, last := firstNames[n%len(firstNames)], lastNames[n/len(firstNames)%len(lastNames)]
		r.add(id, first, last, terms.Fold(last+" "+first), terms.StateMarshal, "Hartford", 1)
	}
}

func (g *generator) writeAccounts(r *rows) {
	r.add(g.account, officerAccount, "Officer One", terms.AccountActive, `["OFFICER"]`, "[]", g.officers[0], epoch, epoch)
	r.add(makeID(g.random(0), terms.AccountPrefix, epoch), supervisorAccount, "Supervisor One", terms.AccountActive, `["SUPERVISOR"]`, "[]", nil, epoch, epoch)
}

func (g *generator) writeCases(r *rows) {
	for n := range g.size.Cases {
		g.eachOf(n, r, nil)
	}
}

func (g *generator) writeActivities(r *rows) {
	for n := range g.size.Cases {
		g.eachOf(n, nil, r)
	}
}

// eachOf makes the n-th case: an officer receives the papers, attempts service
// a few times, and in two cases of five serves in the end. Which of the two
// tables' rows are written depends on which writers are given.
func (g *generator) eachOf(n int, cases, activities *rows) {
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
	var latest terms.ID
	for s := 1; s <= count; s++ {
		at = at.Add(time.Duration(20+r.IntN(600))*time.Minute + time.Duration(r.IntN(60_000_000))*time.Microsecond)
		latest = makeID(r, terms.ActivityPrefix, at)
		if activities == nil {
			r.IntN(2) // so that both tables see the same case
			continue
		}
		kind, police := terms.KindAttempt, any(r.IntN(2))
		var writ, reason, method, late, delay any
		switch {
		case s == 1:
			kind, police, writ = terms.KindReceipt, nil, terms.DateOf(at)
		case s == count && served:
			kind, method, late, delay = terms.KindService, terms.MethodHand, 0, 25
		default:
			reason = terms.ReasonNoAnswer
		}
		activities.add(latest, id, s, kind, officer, at.Add(-25*time.Minute), at, g.account,
			"Officer One", terms.RoleOfficer, string(latest[4:]), "0123456789abcdef0123456789abcdef", writ,
			reason, 0, method, police, late, delay)
	}
	if cases == nil {
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
	cases.add(id, g.docket(n), g.courts[n%len(g.courts)], 0, opened(n), opened(n), count+1, at,
		first, last, terms.Fold(last+" "+first), terms.ReliefFromAbuse,
		hearing, "4A", opened(n), hearing, lastDay,
		status, servedAt, inTime, 0, holder, latest, at)
}

var (
	firstNames = []string{"Ana", "José", "Maria", "Łukasz", "Thanh", "James", "Denise", "Omar", "Grace", "Peter", "Lucia", "Ibrahim"}
	lastNames  = []string{"Nuñez", "Smith", "Żółkiewski", "Nguyễn", "O'Brien", "Garcia", "Johnson", "Kowalski", "Silva", "Brown", "Lopez", "Williams", "Ferreira", "Davis", "Santos", "Miller"}
)
