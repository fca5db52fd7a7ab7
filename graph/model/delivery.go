package model

import (
	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/terms"
)

// Delivery is what one recipient must be told, as one viewer sees it.
type Delivery struct {
	*ent.Delivery

	Case  *RegistryCase
	About ServiceActivity

	// Registry staff only.
	Channel       *terms.ChannelKind
	Recipient     DeliveryRecipient
	Reasons       []terms.NoticeReason
	ControlNumber *string
	Attempts      *DeliveryAttemptConnection
	Decisions     []*DeliveryDecision
	// Desk is for those who may decide.
	Desk *DeliveryDesk
}

// IsNode says that it can be asked for by its id.
func (*Delivery) IsNode() {}

// WaitingFor is null unless it waits.
func (d *Delivery) WaitingFor() *terms.WaitingFor {
	if d.State != terms.Waiting {
		return nil
	}
	return d.Delivery.WaitingFor
}

// DeliveryRecipient is who is told.
type DeliveryRecipient interface{ IsDeliveryRecipient() }

// StateProtectionOrderFile is the file in COLLECT (§3(e)).
type StateProtectionOrderFile struct{}

// IsDeliveryRecipient says that it is told.
func (StateProtectionOrderFile) IsDeliveryRecipient() {}

// Name is for people.
func (StateProtectionOrderFile) Name() string { return "COLLECT Protection Order File" }

// NationalProtectionOrderFile is the file in the NCIC (§3(f)).
type NationalProtectionOrderFile struct{}

// IsDeliveryRecipient says that it is told.
func (NationalProtectionOrderFile) IsDeliveryRecipient() {}

// Name is for people.
func (NationalProtectionOrderFile) Name() string { return "NCIC Protection Order File" }

// DeliveryAttempt is one try.
type DeliveryAttempt struct{ *ent.DeliveryAttempt }

// Detail is null if there is nothing to say.
func (a *DeliveryAttempt) Detail() *string { return text(a.DeliveryAttempt.Detail) }
