package casefile

import (
	"context"
	"fmt"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql"

	"github.com/service-tracking/sts/ent/hearing"
	"github.com/service-tracking/sts/ent/journalrecord"
	"github.com/service-tracking/sts/ent/predicate"
	"github.com/service-tracking/sts/ent/registrycase"
	"github.com/service-tracking/sts/internal/terms"
)

// MostHeard is how many cases a calendar of the past looks at. A court hears
// fewer than two hundred a day.
const MostHeard = 1000

// Heard answers the cases of which the court, at the moment, believed that it
// would hear them on the day, in no order; as far as the viewer may see them now,
// in six statements at the most.
func (p *Past) Heard(ctx context.Context, court string, on terms.Date, at time.Time) ([]*Then, error) {
	rows, err := p.Client.RegistryCase.Query().Where(heard(court, on, at)).Limit(MostHeard + 1).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("finding the cases of a court day: %w", err)
	}
	if len(rows) > MostHeard {
		return nil, &terms.InputError{Code: terms.QueryTooCostly, Message: fmt.Sprintf(
			"More than %d cases were ever to be heard there on that day. Ask for them one by one, with registryCaseAsOf.", MostHeard)}
	}
	all, err := p.Cases(ctx, rows, at)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(t *Then) bool {
		return t.CourtCode != court || t.HearingAt == nil || terms.DateOf(*t.HearingAt) != on
	}), nil
}

// heard leaves the cases that the court may have had on its calendar: a hearing
// on the day was known by the moment, and the case is the court's, or the
// daybook has said something else of it since.
func heard(court string, on terms.Date, at time.Time) predicate.RegistryCase {
	return func(s *sql.Selector) {
		hearings := sql.Table(hearing.Table)
		changes := sql.Table(journalrecord.Table)
		s.Where(sql.In(s.C(registrycase.FieldID), sql.Select(hearings.C(hearing.FieldCaseID)).From(hearings).Where(sql.And(
			sql.GTE(hearings.C(hearing.FieldScheduledFor), on.Start()),
			sql.LT(hearings.C(hearing.FieldScheduledFor), on.AddDays(1).Start()),
			sql.LTE(hearings.C(hearing.FieldRecordedAt), at),
		))))
		s.Where(sql.Or(
			sql.EQ(s.C(registrycase.FieldCourtCode), court),
			sql.Exists(sql.Select(changes.C(journalrecord.FieldID)).From(changes).Where(sql.And(
				sql.ColumnsEQ(changes.C(journalrecord.FieldCaseID), s.C(registrycase.FieldID)),
				sql.GT(changes.C(journalrecord.FieldRecordedAt), at),
				sql.EQ(changes.C(journalrecord.FieldKind), terms.CaseChanged),
			))),
		))
	}
}
