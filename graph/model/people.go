package model

import (
	"strings"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/terms"
)

// Node can be asked for by its id.
type Node interface{ IsNode() }

// Officer is who serves.
type Officer struct {
	*ent.Officer
	// Papers is for the officer himself, registry staff and supervisors.
	Papers *RegistryCaseConnection
}

// IsNode says that it can be asked for by its id.
func (*Officer) IsNode() {}

// Name is the officer's name.
func (o *Officer) Name() OfficerName {
	return OfficerName{o.FirstName, o.LastName, strings.TrimSpace(o.FirstName + " " + o.LastName)}
}

// County is null if there is none.
func (o *Officer) County() *string { return text(o.Officer.County) }

// OfficerName is the name of an officer.
type OfficerName struct{ First, Last, Display string }

// Actor is who did something.
type Actor struct {
	DisplayName string
	Role        terms.Role
}

// Account is a way in.
type Account struct {
	*ent.Account
	Officer *Officer
}

// IsNode says that it can be asked for by its id.
func (*Account) IsNode() {}

// IsDeliveryRecipient says that it is told, by reminders.
func (*Account) IsDeliveryRecipient() {}

// Viewer is who asks.
type Viewer struct {
	Account        *Account
	Roles          []terms.Role
	Officer        *Officer
	AgreementState AgreementState
	Permissions    ViewerPermissions
	Reminders      *ReminderConnection
}

// AgreementState is where the user agreement stands (§9(a)(3)).
type AgreementState string

// Agreements are signed, or not.
const (
	AgreementUnsigned AgreementState = "UNSIGNED"
	AgreementSigned   AgreementState = "SIGNED"
)

// ViewerPermissions is what the viewer may do.
type ViewerPermissions struct {
	ViewerCanLookUpCases, ViewerCanListCases, ViewerCanRecord, ViewerCanEnterManually bool
	ViewerCanListActivities, ViewerCanListDeliveries, ViewerCanSeeConfidential        bool
	ViewerCanSeeBoard, ViewerCanSeeCalendars, ViewerCanSeeStatistics                  bool
}

// LawEnforcementAgency is who must be told of service.
type LawEnforcementAgency struct {
	*ent.LawEnforcementAgency
	Towns []string
	// ContactChannels are for registry staff.
	ContactChannels []AgencyChannel
}

// IsNode says that it can be asked for by its id.
func (*LawEnforcementAgency) IsNode() {}

// IsDeliveryRecipient says that it is told.
func (*LawEnforcementAgency) IsDeliveryRecipient() {}

// AgencyChannel is a way to reach an agency.
type AgencyChannel struct{ *ent.AgencyChannel }

// Address is null if the channel needs none.
func (c AgencyChannel) Address() *string { return text(c.AgencyChannel.Address) }

// RegistrySection is the way out of §7, as configured.
type RegistrySection struct {
	Email, Telephone, Fax, HelpDesk string
	Hours, MaintenanceNotice        *string
}
