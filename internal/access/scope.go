package access

import (
	"fmt"
	"time"

	"entgo.io/ent/dialect/sql"

	"github.com/service-tracking/sts/internal/terms"
)

// LookUpOpens is how long a look-up by exact docket number opens a case for
// an officer (C.G.S. §51-5c: no more than the work needs).
const LookUpOpens = 24 * time.Hour

// A rule says which rows of a table a viewer may see.
type rule int

const (
	systemOnly   rule = iota // workers of our own
	registryOnly             // staff of the registry section
	signedIn                 // everyone who has signed in: reference tables
	byCase                   // whoever may see the case in column case_id
	theCase                  // registry_cases itself
	ownAccount               // the registry section, and each account itself
)

// tables gives every table its rule. A table that is not here can be read by
// nobody but the system.
var tables = map[string]rule{
	"courts":                    signedIn,
	"towns":                     signedIn,
	"officers":                  signedIn,
	"law_enforcement_agencies":  signedIn,
	"agency_coverages":          signedIn,
	"agency_channels":           registryOnly,
	"accounts":                  ownAccount,
	"registry_cases":            theCase,
	"service_activities":        byCase,
	"transfer_acknowledgements": byCase,
	"registry_entries":          byCase,
	"protection_orders":         byCase,
	"hearings":                  byCase,
	"respondents":               byCase,
	"deliveries":                byCase,
	"due_items":                 byCase,
	"reviews":                   registryOnly,
	"delivery_decisions":        registryOnly,
	"agency_assignments":        registryOnly,
	"delivery_attempts":         registryOnly,
	"delivery_contents":         systemOnly,
	"switch_answers":            registryOnly,
	"protected_persons":         registryOnly,
	"addresses":                 registryOnly,
	"unrouted_addresses":        registryOnly,
	"registry_rows":             registryOnly,
	"waiting_rows":              systemOnly,
	"case_look_ups":             systemOnly,
	"journal_records":           systemOnly,
	"journal_pendings":          systemOnly,
	"journal_positions":         systemOnly,
	"journal_heads":             systemOnly,
	"settings":                  systemOnly,
}

// Scope answers the predicate that leaves only the rows of the table which the
// viewer may see: nil when that is all of them. Without a viewer it answers
// [ErrUnauthenticated]. It works by column names, so that generated queries
// and SQL by hand use the same one.
func Scope(v *Viewer, table string) (func(*sql.Selector), error) {
	if v == nil {
		return nil, ErrUnauthenticated
	}
	if v.IsSystem() {
		return nil, nil
	}
	rule := tables[table]
	if !v.Agreed && rule != ownAccount {
		return nothing, nil // §9(a)(3)
	}
	switch rule {
	case signedIn:
		return nil, nil
	case registryOnly:
		if v.Registry() {
			return nil, nil
		}
	case ownAccount:
		if v.Registry() && v.Agreed {
			return nil, nil
		}
		return func(s *sql.Selector) { s.Where(sql.EQ(s.C("id"), v.Account)) }, nil
	case theCase:
		if v.SeesEveryCase() {
			return nil, nil
		}
		return func(s *sql.Selector) {
			cond, args := casePredicate(v, s.C("id"), s.C("court_code"), s.C("holder_officer_id"))
			s.Where(sql.ExprP(cond, args...))
		}, nil
	case byCase:
		if v.SeesEveryCase() {
			return nil, nil
		}
		return func(s *sql.Selector) {
			cond, args := casePredicate(v, "sc.id", "sc.court_code", "sc.holder_officer_id")
			s.Where(sql.ExprP(fmt.Sprintf("EXISTS (SELECT 1 FROM registry_cases sc WHERE sc.id = %s AND %s)", s.C("case_id"), cond), args...))
		}, nil
	}
	return nothing, nil
}

func nothing(s *sql.Selector) { s.Where(sql.False()) }

// SeesEveryCase tells whether all cases are open to the viewer.
func (v *Viewer) SeesEveryCase() bool {
	return v.IsSystem() || v.Agreed && (v.Registry() || v.Is(terms.RoleSupervisor))
}

// SeesPapers tells whether the viewer may list what the officer holds: the
// officer himself may, and whoever sees every case. Each case is scoped as ever.
func (v *Viewer) SeesPapers(officer terms.ID) bool {
	return v.SeesEveryCase() || v.Officer != "" && v.Officer == officer
}

// Listed answers the predicate that, beside [Scope], leaves only the rows of
// the table that the viewer may list: nil when that is all of them. Lists are
// narrower than what may be seen: an officer lists what he holds and what he
// recorded, not what he once looked up; court staff list their locations. A
// table without lists of its own lists what its scope leaves.
func Listed(v *Viewer, table string) func(*sql.Selector) {
	if v == nil {
		return nothing
	}
	if v.SeesEveryCase() {
		return nil
	}
	switch table {
	case "registry_cases":
		return func(s *sql.Selector) { s.Where(sql.Or(listedCases(v, s)...)) }
	case "service_activities":
		if v.Officer == "" {
			return nothing
		}
		return func(s *sql.Selector) { s.Where(sql.EQ(s.C("officer_id"), v.Officer)) }
	}
	return nil
}

func listedCases(v *Viewer, s *sql.Selector) []*sql.Predicate {
	var own []*sql.Predicate // often one: alone, so that an index serves it
	if v.Is(terms.RoleOfficer) && v.Officer != "" {
		own = append(own, sql.EQ(s.C("holder_officer_id"), v.Officer))
	}
	if v.Is(terms.RoleCourtStaff) && len(v.Courts) > 0 {
		codes := make([]any, len(v.Courts))
		for i, code := range v.Courts {
			codes[i] = code
		}
		own = append(own, sql.In(s.C("court_code"), codes...))
	}
	if len(own) == 0 {
		own = append(own, sql.False())
	}
	return own
}

// casePredicate is the one rule about which cases court staff and officers may
// see. Court staff: those of their locations. An officer: those whose papers
// he holds, on which he recorded or was named, or which he looked up by exact
// docket number within a day.
func casePredicate(v *Viewer, id, court, holder string) (string, []any) {
	cond, args := "(1 = 0", []any{}
	if v.Is(terms.RoleCourtStaff) {
		for _, code := range v.Courts {
			cond += fmt.Sprintf(" OR %s = ?", court)
			args = append(args, code)
		}
	}
	if v.Is(terms.RoleOfficer) {
		if v.Officer != "" {
			cond += fmt.Sprintf(" OR %s = ?", holder) +
				fmt.Sprintf(" OR EXISTS (SELECT 1 FROM service_activities sa WHERE sa.case_id = %s AND (sa.officer_id = ? OR sa.to_officer_id = ?))", id)
			args = append(args, v.Officer, v.Officer, v.Officer)
		}
		cond += fmt.Sprintf(" OR EXISTS (SELECT 1 FROM case_look_ups lu WHERE lu.account_id = ? AND lu.case_id = %s AND lu.looked_up_at >= ?)", id)
		args = append(args, v.Account, terms.Micro(v.At.Add(-LookUpOpens)))
	}
	return cond + ")", args
}

// Known tells whether the table has a rule.
func Known(table string) bool {
	_, ok := tables[table]
	return ok
}
