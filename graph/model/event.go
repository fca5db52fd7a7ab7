package model

import (
	"time"

	"github.com/service-tracking/sts/ent"
)

// Event is something that happened.
type Event interface{ IsEvent() }

// Happened is what all events have in common.
type Happened struct {
	EventID    EventID
	RecordedAt time.Time
}

// IsEvent says that it is one.
func (Happened) IsEvent() {}

// ActivityRecorded says that an activity was recorded.
type ActivityRecorded struct {
	Happened
	Activity ServiceActivity
}

// ProcessTransferred says that the papers went to another officer.
type ProcessTransferred struct {
	Happened
	Activity *Transfer
}

// ActivityCorrected says that an activity was corrected or taken back.
type ActivityCorrected struct {
	Happened
	Activity ServiceActivity
}

// TransferAcknowledged says that the papers of a transfer arrived.
type TransferAcknowledged struct {
	Happened
	Activity *Transfer
}

// BecameOverdue says that a clock ran out.
type BecameOverdue struct {
	Happened
	*ent.DueItem
	Case     *RegistryCase
	Transfer *Transfer
	Delivery *Delivery
}

// Hearing is the one that was in force then.
func (o BecameOverdue) Hearing() *time.Time { return o.HearingAt }

// DeliveryChanged says that a delivery was planned or went on.
type DeliveryChanged struct {
	Happened
	Delivery *Delivery
}

// HearingChanged says that a hearing was set or moved.
type HearingChanged struct {
	Happened
	Case *RegistryCase
}

// Heartbeat says that the stream is alive.
type Heartbeat struct{ Happened }
