package graph

import (
	"slices"
	"strings"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/graph/read"
	"github.com/service-tracking/sts/internal/terms"
)

// serviceFilter: a condition on activities lets events of activities pass only.
func serviceFilter(f *model.ServiceEventFilter) (filter, error) {
	if f == nil {
		return filter{}, nil
	}
	if f.OfficerID != nil {
		if err := f.OfficerID.Must(terms.OfficerPrefix); err != nil {
			return filter{}, err
		}
	}
	if f.CourtLocation != nil {
		if err := read.Bounded("courtLocation", *f.CourtLocation); err != nil {
			return filter{}, err
		}
	}
	aboutActivities := f.OfficerID != nil || f.Kinds != nil || f.Late != nil
	return filter{
		record: func(r *ent.JournalRecord) bool { return !aboutActivities || activityEvents[r.Kind] != "" },
		concern: func(c *read.Concern) bool {
			if f.CourtLocation != nil && !strings.EqualFold(*f.CourtLocation, c.Court) {
				return false
			}
			if !aboutActivities {
				return true
			}
			a := c.Activity
			return a != nil &&
				(f.OfficerID == nil || a.OfficerID == *f.OfficerID) &&
				(f.Kinds == nil || slices.Contains(f.Kinds, a.Kind)) &&
				(f.Late == nil || a.Kind == terms.KindService && terms.Value(a.RecordedLate) == *f.Late)
		},
	}, nil
}

func caseFilter(id terms.ID) filter {
	return filter{record: func(r *ent.JournalRecord) bool { return terms.Value(r.CaseID) == id }}
}

func deliveryFilter(f *model.DeliveryEventFilter) filter {
	only := filter{record: func(r *ent.JournalRecord) bool { return r.Kind == terms.DeliveryChanged }}
	if f != nil {
		only.delivery = func(d *model.Delivery) bool {
			return (f.States == nil || slices.Contains(f.States, d.State)) &&
				(f.RecipientKinds == nil || slices.Contains(f.RecipientKinds, d.RecipientKind))
		}
	}
	return only
}
