package read

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"entgo.io/ent/dialect/sql"

	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/lawenforcementagency"
	"github.com/service-tracking/sts/ent/officer"
	"github.com/service-tracking/sts/ent/registrycase"
	"github.com/service-tracking/sts/ent/serviceactivity"
	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/internal/access"
	ledger "github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/terms"
)

func nothing(q *sql.Selector) { q.Where(sql.False()) }

// listed leaves the rows of the table that the viewer may list.
func (w *walk) listed(table string, mods []mod) []mod {
	if narrower := access.Listed(w.viewer, table); narrower != nil {
		return append(mods, narrower)
	}
	return mods
}

func invalid(message string) error {
	return &terms.InputError{Code: terms.ValidationFailed, Message: message}
}

func (w *walk) caseFilter(ctx context.Context, f *model.RegistryCaseFilter) ([]mod, error) {
	if f == nil {
		return nil, nil
	}
	var mods []mod
	if f.CourtLocation != nil {
		if err := Bounded("courtLocation", *f.CourtLocation); err != nil {
			return nil, err
		}
		mods = append(mods, where(registrycase.FieldCourtCode, strings.ToUpper(*f.CourtLocation)))
	}
	if f.OrderKind != nil {
		mods = append(mods, where(registrycase.FieldOrderKind, *f.OrderKind))
	}
	if f.ServiceStatuses != nil {
		mods = append(mods, anyOf(registrycase.FieldServiceStatus, f.ServiceStatuses))
	}
	if b := f.HearingBetween; b != nil {
		mods = append(mods, func(q *sql.Selector) {
			q.Where(sql.NotNull(q.C(registrycase.FieldHearingAt)))
			if b.From != nil {
				q.Where(sql.GTE(q.C(registrycase.FieldHearingSort), b.From.Start()))
			}
			if b.To != nil {
				q.Where(sql.LT(q.C(registrycase.FieldHearingSort), b.To.Start()))
			}
		})
	}
	if f.ProcessHolderID != nil {
		if err := f.ProcessHolderID.Must(terms.OfficerPrefix); err != nil {
			return nil, err
		}
		mods = append(mods, where(registrycase.FieldHolderOfficerID, *f.ProcessHolderID))
	}
	if f.PastLastTimelyDay != nil {
		today := terms.DateOf(w.now())
		mods = append(mods, func(q *sql.Selector) {
			day := q.C(registrycase.FieldLastTimelyDay)
			if *f.PastLastTimelyDay {
				q.Where(sql.LT(day, today))
				return
			}
			q.Where(sql.Or(sql.IsNull(day), sql.GTE(day, today)))
		})
	}
	if f.RespondentNameBeginsWith != nil {
		name, err := nameOf("respondentNameBeginsWith", *f.RespondentNameBeginsWith)
		if err != nil {
			return nil, err
		}
		mods = append(mods, w.respondentNamed(name))
	}
	if f.DocketFragment != nil {
		holds, err := w.docketHolds(ctx, *f.DocketFragment)
		if err != nil {
			return nil, err
		}
		mods = append(mods, holds)
	}
	if f.ProcessHolderNameBeginsWith != nil {
		name, err := nameOf("processHolderNameBeginsWith", *f.ProcessHolderNameBeginsWith)
		if err != nil {
			return nil, err
		}
		mods = append(mods, w.heldByOfficerNamed(name))
	}
	return mods, nil
}

// maxWord is how many characters a text has at most that must match whole: the
// names of the reference tables are shorter.
const maxWord = 100

// Bounded refuses a filter's text that is longer than anything it could match.
func Bounded(field, text string) error {
	if utf8.RuneCountInString(text) > maxWord {
		return invalid(fmt.Sprintf("%s is longer than %d characters.", field, maxWord))
	}
	return nil
}

func activityFilter(f *model.ServiceActivityFilter) ([]mod, error) {
	if f == nil {
		return nil, nil
	}
	var mods []mod
	if f.Kinds != nil {
		mods = append(mods, anyOf(serviceactivity.FieldKind, f.Kinds))
	}
	if f.OfficerID != nil {
		if err := f.OfficerID.Must(terms.OfficerPrefix); err != nil {
			return nil, err
		}
		mods = append(mods, where(serviceactivity.FieldOfficerID, *f.OfficerID))
	}
	mods = append(mods, between(serviceactivity.FieldRecordedAt, f.RecordedBetween), between(serviceactivity.FieldOccurredAt, f.OccurredBetween))
	if f.Late != nil {
		mods = append(mods, where(serviceactivity.FieldKind, terms.KindService), where(serviceactivity.FieldRecordedLate, *f.Late))
	}
	if f.Manual != nil {
		mods = append(mods, func(q *sql.Selector) {
			via := q.C(serviceactivity.FieldReportedVia)
			if *f.Manual {
				q.Where(sql.NotNull(via))
				return
			}
			q.Where(sql.IsNull(via))
		})
	}
	return mods, nil
}

func between(column string, r *model.DateTimeRange) mod {
	return func(q *sql.Selector) {
		if r == nil {
			return
		}
		if r.From != nil {
			q.Where(sql.GTE(q.C(column), *r.From))
		}
		if r.To != nil {
			q.Where(sql.LT(q.C(column), *r.To))
		}
	}
}

// settled are the states in which nothing is outstanding any more. One that
// failed for good is: a person must see to it.
var settled = []any{terms.Confirmed, terms.Abandoned, terms.Superseded}

func (w *walk) deliveryFilter(f *model.DeliveryFilter) ([]mod, error) {
	if f == nil {
		return nil, nil
	}
	var mods []mod
	if f.States != nil {
		mods = append(mods, anyOf(delivery.FieldState, f.States))
	}
	if f.RecipientKinds != nil {
		mods = append(mods, anyOf(delivery.FieldRecipientKind, f.RecipientKinds))
	}
	if f.AgencyID != nil {
		if err := f.AgencyID.Must(terms.AgencyPrefix); err != nil {
			return nil, err
		}
		mods = append(mods, where(delivery.FieldAgencyID, *f.AgencyID))
	}
	if f.Overdue != nil {
		now := w.now()
		mods = append(mods, func(q *sql.Selector) {
			disputed := sql.And(sql.EQ(q.C(delivery.FieldState), terms.Confirmed), sql.EQ(q.C(delivery.FieldNextAt), ledger.Parked))
			overdue := sql.And(sql.Or(sql.NotIn(q.C(delivery.FieldState), settled...), disputed), sql.LT(q.C(delivery.FieldDueBy), now))
			if !*f.Overdue {
				overdue = sql.Not(overdue)
			}
			q.Where(overdue)
		})
	}
	return mods, nil
}

func (w *walk) officerFilter(f *model.OfficerFilter) ([]mod, error) {
	if f == nil {
		return nil, nil
	}
	var mods []mod
	if f.NameBeginsWith != nil {
		name, err := nameOf("nameBeginsWith", *f.NameBeginsWith)
		if err != nil {
			return nil, err
		}
		mods = append(mods, w.officerNamed(name))
	}
	if f.Kind != nil {
		mods = append(mods, where(officer.FieldKind, *f.Kind))
	}
	if f.County != nil {
		if err := Bounded("county", *f.County); err != nil {
			return nil, err
		}
		mods = append(mods, func(q *sql.Selector) { q.Where(sql.EqualFold(q.C(officer.FieldCounty), *f.County)) })
	}
	if f.Active != nil {
		mods = append(mods, where(officer.FieldActive, *f.Active))
	}
	return mods, nil
}

func agencyFilter(f *model.LawEnforcementAgencyFilter) ([]mod, error) {
	if f == nil {
		return nil, nil
	}
	var mods []mod
	if f.NameBeginsWith != nil {
		if err := searchable("nameBeginsWith", *f.NameBeginsWith); err != nil {
			return nil, err
		}
		mods = append(mods, func(q *sql.Selector) {
			q.Where(sql.HasPrefixFold(q.C(lawenforcementagency.FieldName), *f.NameBeginsWith))
		})
	}
	if f.Kind != nil {
		mods = append(mods, where(lawenforcementagency.FieldKind, *f.Kind))
	}
	if f.Town != nil {
		if err := Bounded("town", *f.Town); err != nil {
			return nil, err
		}
		mods = append(mods, coversTown(*f.Town))
	}
	return mods, nil
}
