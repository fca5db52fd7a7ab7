package read

import (
	"context"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/registrycase"
	"github.com/service-tracking/sts/ent/serviceactivity"
	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/internal/access"
	ledger "github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/terms"
)

// How far back the lists of the board reach: what is older is not work for
// today, and the lists stay short however many years are kept.
const (
	lateReach        = 7 * 24 * time.Hour
	passedReach      = 30 // court days
	informationReach = 90 * 24 * time.Hour
)

// board is one board being read.
type board struct {
	*walk
	court string // code, "" for the whole state
	now   time.Time
	today terms.Date
}

// ServiceBoard answers what needs a person now. Each list sends at most two
// statements, beside those of what is asked of its elements; a list that is
// not asked for, or not the viewer's to see, none.
func (r *Reader) ServiceBoard(ctx context.Context, courtLocation *string) (*model.ServiceBoard, error) {
	w, sets, err := r.begin(ctx, access.AskBoard)
	if err != nil {
		return nil, err
	}
	b := &board{walk: w, now: terms.Micro(w.now())}
	b.today = terms.DateOf(b.now)
	answer := &model.ServiceBoard{Today: b.today}
	if courtLocation != nil {
		if b.court, err = w.knownCourt(*courtLocation); err != nil {
			return nil, err
		}
		answer.CourtLocation = w.court(b.court)
	}
	for _, a := range w.fields(sets, nil) {
		if err := b.list(ctx, a, answer); err != nil {
			return nil, err
		}
	}
	return answer, nil
}

// knownCourt reads the code of a court location. An empty list for a code that
// is mistyped would lie.
func (w *walk) knownCourt(code string) (string, error) {
	if err := Bounded("courtLocation", code); err != nil {
		return "", err
	}
	upper := strings.ToUpper(strings.TrimSpace(code))
	if w.reference.Court(upper) == nil {
		return "", invalid("courtLocation: there is no court location with this code. Give the three letters with which its docket numbers begin, such as HHD.")
	}
	return upper, nil
}

// list reads one list into its place.
func (b *board) list(ctx context.Context, a asked, into *model.ServiceBoard) (err error) {
	switch a.name {
	case "recordedLate":
		into.RecordedLate, err = b.activitiesOf(ctx, a, recordedFirst, b.recordedLate())
	case "otherInformation":
		into.OtherInformation, err = b.activitiesOf(ctx, a, recordedFirst, b.otherInformation())
	case "transfers":
		into.Transfers, err = b.activitiesOf(ctx, a, occurredFirst, b.transfers())
	case "pastLastTimelyDay":
		into.PastLastTimelyDay, err = b.casesOf(ctx, a, model.OrderDirectionAsc, b.pastLastTimelyDay())
	case "hearingNear":
		into.HearingNear, err = b.casesOf(ctx, a, model.OrderDirectionAsc, b.unreported(0, 2))
	case "hearingPassed":
		into.HearingPassed, err = b.casesOf(ctx, a, model.OrderDirectionDesc, b.unreported(-passedReach, 0))
	case "respondentsDisputed":
		into.RespondentsDisputed, err = b.casesOf(ctx, a, model.OrderDirectionAsc, b.respondentsDisputed())
	case "undelivered":
		into.Undelivered, err = b.deliveriesOf(ctx, a, b.undelivered)
	case "waiting":
		into.Waiting, err = b.deliveriesOf(ctx, a, waiting)
	case "unrouted":
		into.Unrouted, err = b.unroutedOf(ctx, a)
	case "courtLocation", "today", "__typename":
	default:
		err = unknownField("ServiceBoard", a.name)
	}
	return err
}

// recordedFirst and occurredFirst are orders of activities: the oldest first.
var (
	recordedFirst = &order[*model.Activity]{
		tag: "board.recorded", column: serviceactivity.FieldRecordedAt, is: instant,
		key: func(a *model.Activity) string { return printInstant(a.RecordedAt) },
	}
	occurredFirst = &order[*model.Activity]{
		tag: "board.occurred", column: serviceactivity.FieldOccurredAt, is: instant,
		key: func(a *model.Activity) string { return printInstant(a.OccurredAt) },
	}
)

// dueFirst is the order of deliveries: the earliest deadline first.
var dueFirst = &order[*model.Delivery]{
	tag: "board.due", column: delivery.FieldDueBy, is: instant,
	key: func(d *model.Delivery) string { return printInstant(d.DueBy) },
}

// inCourt adds the condition on the court, for rows that name their case.
func (b *board) inCourt(mods ...mod) []mod {
	if b.court == "" {
		return mods
	}
	return append(mods, ofCourt(b.court))
}

func (b *board) recordedLate() []mod {
	return b.inCourt(isTrue(serviceactivity.FieldRecordedLate), since(serviceactivity.FieldRecordedAt, b.now.Add(-lateReach)), unreviewed, standing)
}

func (b *board) otherInformation() []mod {
	return b.inCourt(where(serviceactivity.FieldKind, terms.KindOtherInformation),
		since(serviceactivity.FieldRecordedAt, b.now.Add(-informationReach)), unreviewed, standing)
}

func (b *board) transfers() []mod {
	return []mod{needsTransferWork(b.now.Add(-b.rules.AcknowledgeWithin), b.court)}
}

// unserved are the statuses of cases in which service is still to come.
var unserved = []terms.ServiceStatus{terms.StatusNoEntry, terms.StatusAttempted}

func (b *board) unservedCases(mods ...mod) []mod {
	mods = append(mods, anyOf(registrycase.FieldServiceStatus, unserved))
	if b.court != "" {
		mods = append(mods, where(registrycase.FieldCourtCode, b.court))
	}
	return mods
}

func (b *board) pastLastTimelyDay() []mod {
	return b.unservedCases(since(registrycase.FieldHearingSort, b.today.Start()),
		func(q *sql.Selector) { q.Where(sql.LT(q.C(registrycase.FieldLastTimelyDay), b.today)) })
}

// unreported are the cases with a hearing on the court days, counted from
// today, for which §5(b) is not met.
func (b *board) unreported(from, to int) []mod {
	return b.unservedCases(where(registrycase.FieldReportMade, false),
		onDays(b.today.AddDays(from), b.today.AddDays(to)))
}

// respondentsDisputed are the cases on which an entry may be wrong (§7).
func (b *board) respondentsDisputed() []mod {
	mods := []mod{isTrue(registrycase.FieldRespondentDisputed)}
	if b.court != "" {
		mods = append(mods, where(registrycase.FieldCourtCode, b.court))
	}
	return mods
}

// undelivered reads its parts by the indexes: of states, in each what is past its
// deadline, and all that failed; of the next look, what is parked for a person
// though he confirmed it, because the other side disputes it.
func (b *board) undelivered(q *sql.Selector) {
	state := q.C(delivery.FieldState)
	open := []any{terms.Waiting, terms.Pending, terms.Sending, terms.Sent, terms.Retrying, terms.Unknown}
	disputed := sql.And(sql.EQ(q.C(delivery.FieldNextAt), ledger.Parked), sql.EQ(state, terms.Confirmed))
	q.Where(sql.Or(sql.EQ(state, terms.Failed), disputed, sql.And(sql.In(state, open...), sql.LT(q.C(delivery.FieldDueBy), b.now))))
}

func waiting(q *sql.Selector) {
	q.Where(sql.And(sql.EQ(q.C(delivery.FieldState), terms.Waiting), sql.EQ(q.C(delivery.FieldWaitingFor), terms.WaitsForFileNumber)))
}

// since leaves the rows from the instant on.
func since(column string, from time.Time) mod {
	return func(q *sql.Selector) { q.Where(sql.GTE(q.C(column), from)) }
}

// onDays leaves the cases with a hearing on the court days, to exclusive.
func onDays(from, to terms.Date) mod {
	return func(q *sql.Selector) {
		at := q.C(registrycase.FieldHearingSort)
		q.Where(sql.And(sql.GTE(at, from.Start()), sql.LT(at, to.Start())))
	}
}

func (b *board) activitiesOf(ctx context.Context, a asked, by *order[*model.Activity], mods []mod) (*model.BoardActivities, error) {
	l := list[ent.ServiceActivity, *model.Activity, model.ServiceActivity]{
		kind: &b.activities, order: by, node: (*model.Activity).Typed, mods: mods,
	}
	n, found, err := counted[model.ServiceActivityEdge](ctx, b.walk, l, a, "activities")
	return &model.BoardActivities{Count: n, Activities: (*model.ServiceActivityConnection)(found)}, err
}

func (b *board) casesOf(ctx context.Context, a asked, direction model.OrderDirection, mods []mod) (*model.BoardCases, error) {
	l := list[ent.RegistryCase, *model.RegistryCase, *model.RegistryCase]{
		kind: &b.cases, order: caseOrderOf(model.RegistryCaseOrder{Field: model.RegistryCaseOrderFieldHearingDate, Direction: direction}),
		node: same[*model.RegistryCase], mods: mods,
	}
	n, found, err := counted[model.RegistryCaseEdge](ctx, b.walk, l, a, "cases")
	return &model.BoardCases{Count: n, Cases: (*model.RegistryCaseConnection)(found)}, err
}

func (b *board) deliveriesOf(ctx context.Context, a asked, which mod) (*model.BoardDeliveries, error) {
	l := deliveryList(b.walk)
	l.order, l.mods = dueFirst, b.inCourt(which)
	n, found, err := counted[model.DeliveryEdge](ctx, b.walk, l, a, "deliveries")
	return &model.BoardDeliveries{Count: n, Deliveries: (*model.DeliveryConnection)(found)}, err
}

// unroutedOf is null for who may not see addresses (C.G.S. §51-5c).
func (b *board) unroutedOf(ctx context.Context, a asked) (*model.BoardAddresses, error) {
	if !registryOnly(b.viewer) {
		return nil, nil
	}
	l := list[ent.UnroutedAddress, *model.UnroutedAddress, *model.UnroutedAddress]{
		kind: &b.walk.unrouted, order: noticedFirst, node: same[*model.UnroutedAddress], mods: b.inCourt(openOnce),
	}
	n, found, err := counted[model.UnroutedAddressEdge](ctx, b.walk, l, a, "addresses")
	return &model.BoardAddresses{Count: n, Addresses: (*model.UnroutedAddressConnection)(found)}, err
}

// counted answers an object that holds a list's number as count, and the list
// itself in the field.
func counted[Ed edge[N], E, R, N any](ctx context.Context, w *walk, l list[E, R, N], a asked, field string) (n int, found *model.Connection[N, Ed], err error) {
	for _, part := range w.fields(a.sets(), nil) {
		switch part.name {
		case "count":
			totals, err := l.totals(ctx, w, l.mods)
			if err != nil {
				return 0, nil, err
			}
			n = totals[""]
		case field:
			p, err := part.page(w)
			if err != nil {
				return 0, nil, err
			}
			if found, err = page[Ed](ctx, w, l, field, p, part.sets()); err != nil {
				return 0, nil, err
			}
		}
	}
	return n, found, nil
}
