package model

import (
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/terms"
)

// RegistryCase is a case as one viewer sees it.
type RegistryCase struct {
	*ent.RegistryCase

	CourtLocation         *CourtLocation
	ProcessHolder         *Officer
	UnsuccessfulReportDue bool
	ViewerCanRecord       bool
	Activities            *ServiceActivityConnection
	HearingHistory        []*Hearing
	ProtectionOrders      []*ProtectionOrder
	Deliveries            *DeliveryConnection

	// Registry staff only.
	ProtectedPersons  []*ProtectedPerson
	Addresses         []*Address
	UnroutedAddresses []*UnroutedAddress
}

// IsNode says that it can be asked for by its id.
func (*RegistryCase) IsNode() {}

// Respondent is named as the daybook names him.
func (c *RegistryCase) Respondent() Respondent {
	return Respondent{c.RespondentFirstName, c.RespondentLastName}
}

// Hearing is the hearing in force.
func (c *RegistryCase) Hearing() *Hearing {
	if c.HearingAt == nil {
		return nil
	}
	return &Hearing{*c.HearingAt, text(c.HearingCourtroom)}
}

// CourtLocation is where the case is heard.
type CourtLocation struct{ *ent.Court }

// JudicialDistrict is null if it is not known.
func (c *CourtLocation) JudicialDistrict() *string { return text(c.Court.JudicialDistrict) }

// SitsAt is null if it is not known.
func (c *CourtLocation) SitsAt() *string { return text(c.Court.SitsAt) }

// Respondent is who is to be served.
type Respondent struct{ FirstName, LastName string }

// Hearing is when and where a case is to be heard.
type Hearing struct {
	ScheduledFor time.Time
	Courtroom    *string
}

// ProtectionOrder is an order, as the newest row of the registry has it.
type ProtectionOrder struct{ *ent.ProtectionOrder }

// ProtectedPerson is confidential.
type ProtectedPerson struct{ FirstName, LastName string }

// Address is confidential.
type Address struct {
	*ent.Address
	ProtectedPerson *ProtectedPerson
}

// Kind is whose address it is, and which.
func (a *Address) Kind() terms.NoticeReason { return a.Reason }

// Street is null if it is not known.
func (a *Address) Street() *string { return text(a.Address.Street) }

// Town is null if it is not known.
func (a *Address) Town() *string { return text(a.Address.Town) }

// State is null if it is not known.
func (a *Address) State() *string { return text(a.Address.State) }

// Zip is null if it is not known.
func (a *Address) Zip() *string { return text(a.Address.Zip) }

// UnroutedAddress is confidential.
type UnroutedAddress struct {
	*ent.UnroutedAddress
	Address *Address
	Case    *RegistryCase
}

// Kind is null if the case has no address at all.
func (u *UnroutedAddress) Kind() *terms.NoticeReason {
	if u.Address == nil {
		return nil
	}
	kind := u.Address.Kind()
	return &kind
}

// SuggestedTown is null if there is no suggestion.
func (u *UnroutedAddress) SuggestedTown() *string { return text(u.Suggestion) }
