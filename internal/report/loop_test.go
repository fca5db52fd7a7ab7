package report_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/report"
	"github.com/service-tracking/sts/internal/terms"
)

// The plain loop: it walks the journal in the order of positions and keeps what
// stands, and counts with a calendar. It shares nothing with the SQL.

type counted struct {
	*ent.ServiceActivity
	c    *ent.RegistryCase
	f    *ent.Officer
	kind *terms.OrderKind // of the case's newest row
	via  *terms.EntryVia  // by which the first of its corrections' chain came (§7)
}

// standing follows the journal.
func (w *world) standing() []counted {
	ctx, c := w.System(), w.Store.Client
	activities, cases, officers := map[terms.ID]*ent.ServiceActivity{}, map[terms.ID]*ent.RegistryCase{}, map[terms.ID]*ent.Officer{}
	for _, a := range c.ServiceActivity.Query().AllX(ctx) {
		activities[a.ID] = a
	}
	for _, row := range c.RegistryCase.Query().AllX(ctx) {
		cases[row.ID] = row
	}
	for _, o := range c.Officer.Query().AllX(ctx) {
		officers[o.ID] = o
	}
	kinds := map[terms.Docket]*terms.OrderKind{}
	for _, row := range w.rows { // each newer than those before
		kinds[row.DocketNumber] = &row.OrderKind
	}
	reader, after := journal.NewReader(w.Store, nil), journal.Position(0)
	var standing []*ent.ServiceActivity
	via := map[terms.ID]*terms.EntryVia{}
	seen := 0
	for {
		items, err := reader.Read(context.Background(), after, 100)
		if err != nil {
			w.Fatal(err)
		}
		if len(items) == 0 {
			break
		}
		for _, item := range items {
			after = item.Position
			switch item.Record.Kind {
			case terms.ActivityRecorded, terms.ProcessTransferred, terms.ActivityCorrected:
			default:
				continue
			}
			seen++
			a := activities[*item.Record.AboutID]
			via[a.ID] = a.ReportedVia
			if item.Record.Kind == terms.ActivityCorrected {
				via[a.ID] = via[*a.CorrectsID] // a clerk's typo makes it no entry of the officer's
				standing = slices.DeleteFunc(standing, func(old *ent.ServiceActivity) bool { return old.ID == *a.CorrectsID })
			}
			if a.Kind != terms.KindWithdrawal {
				standing = append(standing, a)
			}
		}
	}
	if seen != len(activities) {
		w.Fatalf("%d activities stand in the journal, %d in the table", seen, len(activities))
	}
	all := make([]counted, len(standing))
	for i, a := range standing {
		row := cases[a.CaseID]
		all[i] = counted{a, row, officers[a.OfficerID], kinds[row.Docket], via[a.ID]}
	}
	return all
}

// districts of the court locations that the test uses.
var districts = map[string]string{"HHD": "Hartford", "NNH": "New Haven", "TSR": "Tolland", "TTD": "Tolland", "UWY": "Waterbury"}

const unknown = "?"

func known(value string) string {
	if value == "" {
		return unknown
	}
	return value
}

// value is the key of the dimension, "?" where it is not known.
func (a counted) value(by terms.StatisticsDimension) string {
	there := a.OccurredAt.In(newYork)
	service := a.Kind == terms.KindService
	acts := service || a.Kind == terms.KindAttempt
	const none = "NOT_APPLICABLE"
	switch by {
	case terms.ByMonth:
		return there.Format("2006-01")
	case terms.ByQuarter:
		return fmt.Sprintf("%d-Q%d", there.Year(), map[time.Month]int{1: 1, 2: 1, 3: 1, 4: 2, 5: 2, 6: 2, 7: 3, 8: 3, 9: 3, 10: 4, 11: 4, 12: 4}[there.Month()])
	case terms.ByCalendarYear:
		return fmt.Sprint(there.Year())
	case terms.ByFiscalYear:
		if there.Month() < time.July {
			return fmt.Sprint(there.Year())
		}
		return fmt.Sprint(there.Year() + 1)
	case terms.ByCourtLocation:
		return a.c.CourtCode
	case terms.ByJudicialDistrict:
		return known(districts[a.c.CourtCode])
	case terms.ByCounty:
		return known(a.f.County)
	case terms.ByOrderKind:
		return known(string(terms.Value(a.kind)))
	case terms.ByActivityKind:
		return string(a.Kind)
	case terms.ByMethod:
		if service {
			return string(*a.Method)
		}
	case terms.ByReason:
		if a.Kind == terms.KindAttempt {
			return string(*a.Reason)
		}
	case terms.ByPoliceAssistance:
		if acts {
			return map[bool]string{true: "REQUESTED", false: "NOT_REQUESTED"}[*a.PoliceAssistanceRequested]
		}
	case terms.ByTimeliness:
		if service {
			return map[bool]string{true: "LATE", false: "WITHIN_TWO_HOURS"}[*a.RecordedLate]
		}
	case terms.ByServedInTime:
		if service && a.c.ServedInTime == nil {
			return unknown
		}
		if service {
			return map[bool]string{true: "IN_TIME", false: "TOO_LATE"}[*a.c.ServedInTime]
		}
	case terms.ByReportedVia:
		if a.via == nil {
			return "DIRECT"
		}
		return string(*a.via)
	case terms.ByOfficer:
		return string(a.OfficerID)
	}
	return none
}

func oneOf[T comparable](values []T, v *T) bool {
	return values == nil || v != nil && slices.Contains(values, *v)
}

func (a counted) in(q report.Query) bool {
	day := terms.Date(a.OccurredAt.In(newYork).Format(time.DateOnly))
	f := q.Filter
	acts := a.Kind == terms.KindService || a.Kind == terms.KindAttempt
	return day >= q.From && day < q.To &&
		oneOf(f.Kinds, &a.Kind) && oneOf(f.OrderKinds, a.kind) && oneOf(f.Methods, a.Method) && oneOf(f.Reasons, a.Reason) && oneOf(f.OfficerIDs, &a.OfficerID) &&
		(f.CourtLocations == nil || slices.ContainsFunc(f.CourtLocations, func(code string) bool { return strings.EqualFold(code, a.c.CourtCode) })) &&
		(f.PoliceAssistanceRequested == nil || acts && *a.PoliceAssistanceRequested == *f.PoliceAssistanceRequested) &&
		(f.Late == nil || a.Kind == terms.KindService && *a.RecordedLate == *f.Late) &&
		(f.Manual == nil || (a.via != nil) == *f.Manual)
}

// newest are the registry's rows in force: the last that was sent of each key.
func (w *world) newest() []feed.Registry {
	var rows []feed.Registry
	for _, row := range w.rows {
		rows = slices.DeleteFunc(rows, func(old feed.Registry) bool {
			return old.DocketNumber == row.DocketNumber && old.OrderNumber == row.OrderNumber
		})
		rows = append(rows, row)
	}
	return slices.DeleteFunc(rows, func(row feed.Registry) bool { return row.OrderNumber == "" })
}
