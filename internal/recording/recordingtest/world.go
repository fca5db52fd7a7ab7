package recordingtest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/internal/intake/intaketest"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// World has a recorder whose clock the test sets.
type World struct {
	*intaketest.World
	Recorder *recording.Recorder

	keys atomic.Int64
}

// New makes a world in a migrated database.
func New(t testing.TB, s *store.Store) *World {
	w := &World{World: intaketest.New(t, s)}
	w.Recorder = &recording.Recorder{
		Store: s, Reference: w.Reference, Planner: w.Planner, Timely: w.Importer.Timely, Clock: w.Clock.Now,
	}
	return w
}

// Key is an idempotency key that was not used before.
func (w *World) Key() string { return fmt.Sprintf("test-key-%08d", w.keys.Add(1)) }

// Service is an input: served in hand at the time, with a new key.
func (w *World) Service(docket terms.Docket, at time.Time) recording.Service {
	return recording.Service{
		Common:       recording.Common{IdempotencyKey: w.Key(), Docket: docket},
		ServiceEntry: recording.ServiceEntry{Method: terms.MethodHand, ExecutedAt: at},
	}
}

// Attempt is an input: nobody answered at the time, with a new key.
func (w *World) Attempt(docket terms.Docket, at time.Time) recording.Attempt {
	return recording.Attempt{
		Common:       recording.Common{IdempotencyKey: w.Key(), Docket: docket},
		AttemptEntry: recording.AttemptEntry{Reason: terms.ReasonNoAnswer, LastAttemptedAt: at},
	}
}

// Serve records a service by officer1 that must succeed.
func (w *World) Serve(in recording.Service) recording.Recorded {
	w.Helper()
	return w.Recorded(w.Recorder.RecordService(context.Background(), w.As("officer1"), in))
}

// Try records an attempt by officer1 that must succeed.
func (w *World) Try(in recording.Attempt) recording.Recorded {
	w.Helper()
	return w.Recorded(w.Recorder.RecordAttempt(context.Background(), w.As("officer1"), in))
}

// Recorded is what a recording made; it must have succeeded.
func (w *World) Recorded(r recording.Recorded, err error) recording.Recorded {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
	if len(r.Refusals) > 0 {
		w.Fatalf("refused: %+v", r.Refusals)
	}
	return r
}

// Deliveries are those about the activity, in the order in which they were planned.
func (w *World) Deliveries(activity terms.ID) []*ent.Delivery {
	w.Helper()
	list, err := w.Store.Client.Delivery.Query().Where(delivery.ActivityID(activity)).Order(delivery.ByID()).All(w.System())
	if err != nil {
		w.Fatal(err)
	}
	return list
}

// Told are the names of the agencies that are told of the activity, with why.
func (w *World) Told(activity terms.ID) map[string][]terms.NoticeReason {
	w.Helper()
	told := map[string][]terms.NoticeReason{}
	for _, d := range w.Deliveries(activity) {
		if d.AgencyID != nil {
			told[w.Reference.Agency(*d.AgencyID).Name] = d.Reasons
		}
	}
	return told
}
