package model

import (
	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/delivery"
)

// DeliveryDesk is what one person may decide about a delivery now.
type DeliveryDesk struct {
	CanRetry, CanConfirm, CanAbandon bool
	AbandonmentProposed              *DeliveryDecision
}

// ViewerCanRetry is false for all but registry staff.
func (d *Delivery) ViewerCanRetry() bool { return d.Desk != nil && d.Desk.CanRetry }

// ViewerCanConfirm is false for all but registry staff.
func (d *Delivery) ViewerCanConfirm() bool { return d.Desk != nil && d.Desk.CanConfirm }

// ViewerCanAbandon is false for all but registry staff, and for who has proposed
// it himself.
func (d *Delivery) ViewerCanAbandon() bool { return d.Desk != nil && d.Desk.CanAbandon }

// AbandonmentProposed is null if no proposal stands.
func (d *Delivery) AbandonmentProposed() *DeliveryDecision {
	if d.Desk == nil {
		return nil
	}
	return d.Desk.AbandonmentProposed
}

// Disputed tells whether it was refused after a person confirmed it.
func (d *Delivery) Disputed() bool { return delivery.Disputed(d.Delivery) }

// DeliveryDecision is confidential.
type DeliveryDecision struct{ *ent.DeliveryDecision }

// DecidedBy is the account's name as it was then.
func (d *DeliveryDecision) DecidedBy() string { return d.DecidedByName }

// ActivityReview is confidential.
type ActivityReview struct{ *ent.Review }

// ReviewedBy is the account's name as it was then.
func (r *ActivityReview) ReviewedBy() string { return r.ReviewedByName }

// Note is null if nothing was said.
func (r *ActivityReview) Note() *string { return text(r.Review.Note) }

// The user errors of the registry's desk, beside those that recording has too.
type (
	DeliveryNotFound        struct{ Refused }
	NotPossibleNow          struct{ Refused }
	SecondPersonNeeded      struct{ Refused }
	UnroutedAddressNotFound struct{ Refused }
	AgencyNotFound          struct{ Refused }
	BadContact              struct{ Refused }
	ActivityNotFound        struct{ Refused }
)
