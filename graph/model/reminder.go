package model

import (
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/terms"
)

// Reminder is a delivery that reminds the viewer's account of something due.
type Reminder struct {
	Row  *ent.Delivery
	Item *ent.DueItem

	Case     *RegistryCase
	Delivery *Delivery
	Message  string
	Open     bool
}

// ID is the delivery's.
func (r *Reminder) ID() terms.ID { return r.Row.ID }

// Rule is the deadline that ran out.
func (r *Reminder) Rule() terms.DueRule { return r.Item.Rule }

// DueAt is when it did.
func (r *Reminder) DueAt() time.Time { return r.Item.DueAt }

// NoticedAt is when that was noticed.
func (r *Reminder) NoticedAt() time.Time { return r.Item.NoticedAt }

// Hearing is the one that was in force then.
func (r *Reminder) Hearing() *time.Time { return r.Item.HearingAt }
