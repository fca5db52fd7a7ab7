package model

import (
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/terms"
)

// ServiceActivity is one of the six kinds of activity.
type ServiceActivity interface {
	Node
	IsServiceActivity()
	// Row is what the six have in common.
	Row() *Activity
}

// Activity is what the six kinds have in common: one row, as one viewer sees it.
type Activity struct {
	*ent.ServiceActivity

	Case             *RegistryCase
	Officer          *Officer
	RegistryEntry    *RegistryEntry
	Corrects         ServiceActivity
	CorrectedBy      ServiceActivity
	ViewerCanCorrect bool
	DeliverySummary  []DeliverySummary

	// Author and registry staff only.
	Note, CorrectionReason, Detail, Text, WithdrawalReason *string

	// Registry staff only.
	Review             *ActivityReview
	ReportedRespondent *string

	// Of a transfer.
	FromOfficer, ToOfficer *Officer
	ViewerCanAcknowledge   bool
	AcknowledgedAt         *time.Time
}

// The six kinds.
type (
	Service          struct{ *Activity }
	Attempt          struct{ *Activity }
	Receipt          struct{ *Activity }
	Transfer         struct{ *Activity }
	OtherInformation struct{ *Activity }
	Withdrawal       struct{ *Activity }
)

// IsNode says that it can be asked for by its id.
func (*Activity) IsNode() {}

// IsServiceActivity says that it is one.
func (*Activity) IsServiceActivity() {}

// Row is the activity itself.
func (a *Activity) Row() *Activity { return a }

// Typed is the activity as the SDL type of its kind.
func (a *Activity) Typed() ServiceActivity {
	switch a.Kind {
	case terms.KindService:
		return Service{a}
	case terms.KindAttempt:
		return Attempt{a}
	case terms.KindReceipt:
		return Receipt{a}
	case terms.KindTransfer:
		return Transfer{a}
	case terms.KindWithdrawal:
		return Withdrawal{a}
	default:
		return OtherInformation{a}
	}
}

// RecordedBy is who recorded it, as that account was called then.
func (a *Activity) RecordedBy() Actor { return Actor{a.RecordedByName, a.RecordedByRole} }

// ManualEntry is null if the officer recorded it himself.
func (a *Activity) ManualEntry() *ManualEntry {
	if a.ReportedVia == nil || a.ReportedAt == nil {
		return nil
	}
	return &ManualEntry{*a.ReportedVia, *a.ReportedAt, a.RecordedBy(), a.ReportedRespondent}
}

// ToOfficerName is null if the receiver is on the list of officers. Of one who was
// not active the row keeps the name beside the id.
func (a *Activity) ToOfficerName() *string {
	if a.ToOfficerID != nil {
		return nil
	}
	return text(a.ServiceActivity.ToOfficerName)
}

// RegistryEntry is the registry's entry of an activity.
type RegistryEntry struct{ *ent.RegistryEntry }

// ManualEntry is how a report reached the registry section.
type ManualEntry struct {
	ReportedVia        terms.EntryVia
	ReportedAt         time.Time
	EnteredBy          Actor
	ReportedRespondent *string // registry staff only
}

// DeliverySummary counts deliveries.
type DeliverySummary struct {
	RecipientKind terms.RecipientKind
	State         terms.DeliveryState
	Count         int
}
