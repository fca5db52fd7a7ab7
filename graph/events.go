package graph

import (
	"context"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/graph/read"
	"github.com/service-tracking/sts/internal/terms"
)

// shown is the record as an event of its kind: what it is about is read as the
// viewer may see it now. Nil if he sees nothing of it.
func (s *stream) shown(ctx context.Context, record *ent.JournalRecord, key loadKey, happened model.Happened) (model.Event, error) {
	about, kase := terms.Value(record.AboutID), terms.Value(record.CaseID)
	switch record.Kind {
	case terms.DeliveryChanged:
		d, err := readField(ctx, s, key, "DeliveryChanged", "delivery", about, s.Read.Delivery)
		if err != nil || d == nil || s.filter.delivery != nil && !s.filter.delivery(d) {
			return nil, err
		}
		return model.DeliveryChanged{Happened: happened, Delivery: d}, nil
	case terms.HearingChanged:
		c, err := readField(ctx, s, key, "HearingChanged", "case", kase, s.Read.Case)
		if err != nil || c == nil {
			return nil, err
		}
		return model.HearingChanged{Happened: happened, Case: c}, nil
	case terms.BecameOverdue:
		// Its own fields are the due item's: all that is asked of the event.
		o, err := loaded(ctx, s.loads, key, func(ctx context.Context) (*model.BecameOverdue, error) {
			return s.Read.Overdue(ctx, about, s.selection)
		})
		if err != nil || o == nil {
			return nil, err
		}
		event := *o // others are shown the same
		event.Happened = happened
		return event, nil
	}
	return s.shownActivity(ctx, record, key, happened)
}

func (s *stream) shownActivity(ctx context.Context, record *ent.JournalRecord, key loadKey, happened model.Happened) (model.Event, error) {
	a, err := readField(ctx, s, key, activityEvents[record.Kind], "activity", terms.Value(record.AboutID), s.Read.Activity)
	if err != nil || a == nil {
		return nil, err
	}
	switch record.Kind {
	case terms.ProcessTransferred:
		return model.ProcessTransferred{Happened: happened, Activity: model.As[model.Transfer](a)}, nil
	case terms.TransferAcknowledged:
		return model.TransferAcknowledged{Happened: happened, Activity: model.As[model.Transfer](a)}, nil
	case terms.ActivityCorrected:
		return model.ActivityCorrected{Happened: happened, Activity: a.Typed()}, nil
	}
	return model.ActivityRecorded{Happened: happened, Activity: a.Typed()}, nil
}

// activityEvents are the kinds of record that are about an activity, and the
// types of their events.
var activityEvents = map[terms.RecordKind]string{
	terms.ActivityRecorded:     "ActivityRecorded",
	terms.ProcessTransferred:   "ProcessTransferred",
	terms.ActivityCorrected:    "ActivityCorrected",
	terms.TransferAcknowledged: "TransferAcknowledged",
}

// readField reads what is asked of the one field of an event of the type.
func readField[T any](
	ctx context.Context, s *stream, key loadKey, event, field string, id terms.ID,
	read func(context.Context, terms.ID, read.Selection) (T, error),
) (T, error) {
	return loaded(ctx, s.loads, key, func(ctx context.Context) (T, error) {
		asked, _ := s.selection.Of(field, event, "Event")
		return read(ctx, id, asked)
	})
}
