package bench

import "strings"

// The SQL of the hand-written server: what somebody would write who knows the
// three questions and nothing else.

const (
	caseHead = `SELECT c.id, c.docket, c.service_status, c.served_at, ct.code, ct.name, ct.judicial_district,
 c.respondent_first_name, c.respondent_last_name, c.hearing_at, c.hearing_courtroom, h.id, h.first_name, h.last_name,
 a.id, a.kind, a.occurred_at, a.recorded_at, a.method, a.recorded_late, a.reason, a.no_further_attempt, o.id, o.first_name, o.last_name
FROM registry_cases c JOIN courts ct ON ct.code = c.court_code LEFT JOIN officers h ON h.id = c.holder_officer_id
LEFT JOIN service_activities a ON a.case_id = c.id LEFT JOIN officers o ON o.id = a.officer_id
WHERE c.docket = ?`
	caseTail = ` ORDER BY a.sequence DESC LIMIT 10`

	// mayOfficer is access.Scope of registry_cases for an officer.
	mayOfficer = ` AND (c.holder_officer_id = ?
 OR EXISTS (SELECT 1 FROM service_activities sa WHERE sa.case_id = c.id AND (sa.officer_id = ? OR sa.to_officer_id = ?))
 OR EXISTS (SELECT 1 FROM case_look_ups lu WHERE lu.account_id = ? AND lu.case_id = c.id AND lu.looked_up_at >= ?))`

	papersSQL = `SELECT c.id, c.docket, c.service_status, c.last_timely_day, ct.code, ct.name,
 c.respondent_first_name, c.respondent_last_name, c.hearing_at, c.hearing_courtroom, a.id, a.kind, a.occurred_at, a.recorded_at
FROM registry_cases c JOIN courts ct ON ct.code = c.court_code LEFT JOIN service_activities a ON a.id = c.latest_activity_id
WHERE c.holder_officer_id = ? AND c.service_status IN ('NO_ENTRY', 'ATTEMPTED')
ORDER BY c.hearing_sort, c.id LIMIT 25`

	calendarSQL = `SELECT c.id, c.docket, c.service_status, ct.code, ct.name,
 c.respondent_first_name, c.respondent_last_name, c.hearing_at, c.hearing_courtroom
FROM registry_cases c JOIN courts ct ON ct.code = c.court_code
WHERE c.hearing_sort >= ? AND c.hearing_at IS NOT NULL
ORDER BY c.hearing_sort, c.id LIMIT 50`
	calendarSize = 50
)

// newestOfEachSQL is the five newest activities of each case of a calendar.
var newestOfEachSQL = `SELECT t.case_id, t.id, t.kind, t.occurred_at, t.recorded_at, o.id, o.first_name, o.last_name
FROM (SELECT case_id, id, kind, occurred_at, recorded_at, officer_id,
  ROW_NUMBER() OVER (PARTITION BY case_id ORDER BY sequence DESC) AS place
 FROM service_activities WHERE case_id IN (?` + strings.Repeat(", ?", calendarSize-1) + `)) t
JOIN officers o ON o.id = t.officer_id WHERE t.place <= 5 ORDER BY t.place`
