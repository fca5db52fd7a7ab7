package model

import "time"

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
