package access

import (
	"slices"

	"github.com/service-tracking/sts/internal/terms"
)

// Secret names a group of fields that depend on the viewer's role.
type Secret int

// The groups. Fields outside of them are for whoever may see the row.
const (
	// ProtectedPersons is what identifies a protected person, addresses, and
	// so the agencies told and why (C.G.S. §51-5c).
	ProtectedPersons Secret = iota
	// Contacts are the channels by which an agency is reached.
	Contacts
)

// Sees tells whether the viewer's role may read the fields of the group. It is
// asked once, when a selection is read, not per row.
func (v *Viewer) Sees(s Secret) bool {
	switch s {
	case ProtectedPersons, Contacts:
		return v.Registry() && v.SeesReference()
	}
	return false
}

// SeesReference tells whether the viewer may read the reference tables, which
// rooms keep in memory, where no policy stands before them: everyone may who has
// signed the user agreement (§9(a)(3)).
func (v *Viewer) SeesReference() bool { return v.IsSystem() || v.Agreed }

// SeesText tells whether the viewer may read free text: its author may, as long
// as he may record, and the registry section. An officer who becomes a
// supervisor sees what supervisors see: live events are loaded once for all of
// them.
func (v *Viewer) SeesText(author terms.ID) bool {
	return v.Registry() || author != "" && v.Account == author && v.MayRecord()
}

// SeesWords tells whether the viewer may read what an activity says in words. Of
// a manual entry (§7) those are the words of the officer who reported it, though
// a clerk's account wrote them down: reporter is that officer, "" where the
// author recorded for himself.
func (v *Viewer) SeesWords(author, reporter terms.ID) bool {
	return v.SeesText(author) || reporter != "" && v.Officer == reporter && v.MayRecord()
}

// MayRecord tells whether the account may record service activities: officers
// in their own name. Registry staff use manual entry (§7).
func (v *Viewer) MayRecord() bool {
	return v.Agreed && v.Is(terms.RoleOfficer) && v.Officer != ""
}

// MayEnter tells whether the account may record for the officers, from what they
// reported (§7), and correct what they recorded: staff of the registry section.
func (v *Viewer) MayEnter() bool { return v.Agreed && v.RegistryRole() != "" }

// Question is a root field that not every role may ask.
type Question int

// The root fields with a list of roles.
const (
	AskCase Question = iota
	AskCases
	AskActivities
	AskDeliveries
	AskDeliveriesByAgency
	AskAgencies
	AskOfficers
	// AskStatistics is for figures: counts, and no case.
	AskStatistics
	AskBoard
	AskCalendar
)

var mayAsk = map[Question][]terms.Role{
	AskCase:               {terms.RoleOfficer, terms.RoleSupervisor, terms.RoleRegistryClerk, terms.RoleRegistryManager, terms.RoleCourtStaff},
	AskCases:              {terms.RoleOfficer, terms.RoleSupervisor, terms.RoleRegistryClerk, terms.RoleRegistryManager, terms.RoleCourtStaff},
	AskActivities:         {terms.RoleOfficer, terms.RoleSupervisor, terms.RoleRegistryClerk, terms.RoleRegistryManager},
	AskDeliveries:         {terms.RoleSupervisor, terms.RoleRegistryClerk, terms.RoleRegistryManager},
	AskDeliveriesByAgency: {terms.RoleRegistryClerk, terms.RoleRegistryManager},
	AskAgencies:           {terms.RoleOfficer, terms.RoleSupervisor, terms.RoleRegistryClerk, terms.RoleRegistryManager, terms.RoleCourtStaff, terms.RoleAnalyst},
	AskOfficers:           {terms.RoleOfficer, terms.RoleSupervisor, terms.RoleRegistryClerk, terms.RoleRegistryManager, terms.RoleCourtStaff, terms.RoleAnalyst},
	AskStatistics:         {terms.RoleSupervisor, terms.RoleRegistryClerk, terms.RoleRegistryManager, terms.RoleAnalyst},
	AskBoard:              {terms.RoleSupervisor, terms.RoleRegistryClerk, terms.RoleRegistryManager},
	AskCalendar:           {terms.RoleSupervisor, terms.RoleRegistryClerk, terms.RoleRegistryManager, terms.RoleCourtStaff},
}

// May answers nil if the viewer's roles admit the question, else why not.
func (v *Viewer) May(q Question) error {
	switch {
	case v == nil:
		return ErrUnauthenticated
	case v.IsSystem():
		return nil
	case !v.Agreed:
		return ErrNotAgreed
	case v.Is(mayAsk[q]...):
		return nil
	}
	return ErrForbidden
}

// MayCalendar answers nil if the viewer may see all hearings of the court
// location, else why not: court staff see those of their own.
func (v *Viewer) MayCalendar(court string) error {
	if err := v.May(AskCalendar); err != nil {
		return err
	}
	if v.SeesEveryCase() || slices.Contains(v.Courts, court) {
		return nil
	}
	return ErrOtherCourt
}
