package deadline

import (
	"context"
	"fmt"
	"time"

	"entgo.io/ent/dialect/sql"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/dueitem"
	"github.com/service-tracking/sts/ent/predicate"
	"github.com/service-tracking/sts/ent/registrycase"
	ledger "github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/terms"
)

// place is where a candidate stands in the order of its question.
type place struct {
	at time.Time
	id terms.ID
}

// candidate is a case, or a delivery of a case, on which something may be due.
type candidate struct {
	place
	kase terms.ID
}

// question looks for candidates of one rule that were not noticed, in an order
// that an index has. What it answers is judged again under the case's lock.
type question struct {
	rule terms.DueRule
	ask  func(ctx context.Context, after place, limit int) ([]candidate, error)
}

// late are the deliveries among the ids of candidates.
func (q question) late(ids []terms.ID) []terms.ID {
	if q.rule == terms.DueDelivery {
		return ids
	}
	return nil
}

// unserved are the states of a case whose clocks run.
var unserved = []terms.ServiceStatus{terms.StatusNoEntry, terms.StatusAttempted}

// unsettled are the states of a delivery whose deadline runs.
var unsettled = []terms.DeliveryState{terms.Waiting, terms.Pending, terms.Sending, terms.Sent, terms.Retrying, terms.Unknown}

// questions are what one sweep asks. Each is one range of an index, in its
// order, and so each is about one state: of (service_status, hearing_sort, id),
// (transfer_work, transfer_at, id) and (state, due_by, id); and one probe of
// (case_id, rule, about_key) for each row in it.
func (s *Sweeper) questions(now time.Time) []question {
	today := terms.DateOf(now)
	oldest := now.Add(-s.o.LookBack)
	ahead := today.Start().Add(s.o.LookBack)
	unreported := registrycase.ReportMade(false)
	var list []question
	for _, status := range unserved {
		of := registrycase.ServiceStatusEQ(status)
		list = append(list,
			s.hearings(terms.DueHearingNear, of, unreported,
				registrycase.HearingSortGTE(today.Start()), registrycase.HearingSortLT(today.AddDays(2).Start())),
			s.hearings(terms.DuePastTimely, of, registrycase.LastTimelyDayLT(today),
				registrycase.HearingSortGTE(today.Start()), registrycase.HearingSortLT(ahead)),
			s.hearings(terms.DueHearingPassed, of, unreported,
				registrycase.HearingSortGTE(oldest), registrycase.HearingSortLT(today.Start())))
	}
	list = append(list,
		s.transfers(registrycase.ServiceStatusNEQ(terms.StatusServed), registrycase.TransferWorkEQ(terms.TransferUnacknowledged),
			registrycase.TransferAtGTE(oldest), registrycase.TransferAtLTE(now.Add(-s.o.AcknowledgeWithin))),
		s.deliveries(delivery.StateEQ(terms.Failed), delivery.DueByGTE(oldest)),
		s.disputed())
	for _, state := range unsettled {
		list = append(list, s.deliveries(delivery.StateEQ(state), delivery.DueByGTE(oldest), delivery.DueByLTE(now)))
	}
	return list
}

// hearings asks for cases by their hearing.
func (s *Sweeper) hearings(rule terms.DueRule, where ...predicate.RegistryCase) question {
	return question{rule, func(ctx context.Context, after place, limit int) ([]candidate, error) {
		rows, err := s.store.Client.RegistryCase.Query().Where(where...).
			Where(unnoticed(rule, "id", dueitem.FieldHearingAt, registrycase.FieldHearingAt), behind(registrycase.FieldHearingSort, after)).
			Order(registrycase.ByHearingSort(), registrycase.ByID()).Limit(limit).
			Select(registrycase.FieldHearingSort).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("looking for cases by their hearing: %w", err)
		}
		return candidates(rows, func(c *ent.RegistryCase) candidate { return candidate{place{c.HearingSort, c.ID}, c.ID} }), nil
	}}
}

// transfers asks for cases by the transfer that is not acknowledged.
func (s *Sweeper) transfers(where ...predicate.RegistryCase) question {
	rule := terms.DueAcknowledgement
	return question{rule, func(ctx context.Context, after place, limit int) ([]candidate, error) {
		rows, err := s.store.Client.RegistryCase.Query().Where(where...).
			Where(unnoticed(rule, "id", dueitem.FieldAboutKey, registrycase.FieldTransferID), uncorrected(rule), behind(registrycase.FieldTransferAt, after)).
			Order(registrycase.ByTransferAt(), registrycase.ByID()).Limit(limit).
			Select(registrycase.FieldTransferAt).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("looking for transfers: %w", err)
		}
		return candidates(rows, func(c *ent.RegistryCase) candidate {
			return candidate{place{terms.Value(c.TransferAt), c.ID}, c.ID}
		}), nil
	}}
}

// deliveries asks for deliveries that are late or failed.
func (s *Sweeper) deliveries(where ...predicate.Delivery) question {
	rule := terms.DueDelivery
	return question{rule, func(ctx context.Context, after place, limit int) ([]candidate, error) {
		rows, err := s.store.Client.Delivery.Query().Where(where...).Where(delivery.RecipientKindNEQ(terms.ToAccount),
			unnoticed(rule, delivery.FieldCaseID, dueitem.FieldAboutKey, "id"), behind(delivery.FieldDueBy, after)).
			Order(delivery.ByDueBy(), delivery.ByID()).Limit(limit).
			Select(delivery.FieldDueBy, delivery.FieldCaseID).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("looking for deliveries past their deadline: %w", err)
		}
		return candidates(rows, func(d *ent.Delivery) candidate { return candidate{place{d.DueBy, d.ID}, d.CaseID} }), nil
	}}
}

// disputed asks for deliveries that were refused after a person had confirmed
// them: parked, by the index of (next_at, id). The function keeps the state's index
// from being taken, which has all that was ever confirmed.
func (s *Sweeper) disputed() question {
	rule := terms.DueDelivery
	return question{rule, func(ctx context.Context, after place, limit int) ([]candidate, error) {
		rows, err := s.store.Client.Delivery.Query().Where(delivery.NextAt(ledger.Parked), delivery.RecipientKindNEQ(terms.ToAccount),
			func(q *sql.Selector) {
				q.Where(sql.ExprP("COALESCE("+q.C(delivery.FieldState)+", '') = ?", terms.Confirmed))
			},
			unnoticed(rule, delivery.FieldCaseID, dueitem.FieldAboutKey, "id"), behind(delivery.FieldNextAt, after)).
			Order(delivery.ByNextAt(), delivery.ByID()).Limit(limit).
			Select(delivery.FieldNextAt, delivery.FieldCaseID).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("looking for deliveries that are disputed: %w", err)
		}
		return candidates(rows, func(d *ent.Delivery) candidate { return candidate{place{d.NextAt, d.ID}, d.CaseID} }), nil
	}}
}

func candidates[R any](rows []R, of func(R) candidate) []candidate {
	list := make([]candidate, len(rows))
	for i, row := range rows {
		list[i] = of(row)
	}
	return list
}

// unnoticed leaves the rows for which there is no due item by the rule. The
// hearing is compared as an instant: its printed form is Go's. It counts, where
// one would ask NOT EXISTS: of that MariaDB makes a join, and then reads all
// that was ever noticed. No scope is to be applied: the sweeper's viewer sees
// the whole table.
func unnoticed(rule terms.DueRule, kase, column, equals string) func(*sql.Selector) {
	return func(q *sql.Selector) {
		q.Where(sql.ExprP(fmt.Sprintf("(SELECT COUNT(*) FROM due_items di WHERE di.case_id = %s AND di.rule = ? AND di.%s = %s) = 0",
			q.C(kase), column, q.C(equals)), rule))
	}
}

// uncorrected leaves the cases whose transfer does not correct one that was
// noticed, for the same receiver. It goes back by one correction: what was
// corrected more often is told under the lock, and costs a look at each sweep.
func uncorrected(rule terms.DueRule) func(*sql.Selector) {
	return func(q *sql.Selector) {
		q.Where(sql.ExprP(fmt.Sprintf(`(SELECT COUNT(*) FROM service_activities a JOIN service_activities was ON was.id = a.corrects_id AND was.to_officer_id = a.to_officer_id
 JOIN due_items di ON di.case_id = a.case_id AND di.rule = ? AND di.about_key = was.id WHERE a.id = %s) = 0`, q.C(registrycase.FieldTransferID)), rule))
	}
}

// behind leaves what stands after the place. The first condition alone gives
// the index its range.
func behind(column string, after place) func(*sql.Selector) {
	return func(q *sql.Selector) {
		if after.id == "" {
			return
		}
		at, id := q.C(column), q.C("id")
		q.Where(sql.And(sql.GTE(at, after.at), sql.Or(sql.GT(at, after.at), sql.GT(id, after.id))))
	}
}
