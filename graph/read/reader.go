package read

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/deadline"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// Reader answers selections. It may be used by many at once.
type Reader struct {
	store     *store.Store
	client    *ent.Client
	dialect   string
	reference *casefile.Reference
	lookUps   LookUps
	timely    casefile.Timely
	rules     deadline.Rules
	clock     func() time.Time

	cases      kind[ent.RegistryCase, *model.RegistryCase]
	activities kind[ent.ServiceActivity, *model.Activity]
	deliveries kind[ent.Delivery, *model.Delivery]
	reminded   kind[ent.Delivery, *model.Reminder]
	attempts   kind[ent.DeliveryAttempt, *model.DeliveryAttempt]
	officers   kind[ent.Officer, *model.Officer]
	accounts   kind[ent.Account, *model.Account]
	agencies   kind[ent.LawEnforcementAgency, *model.LawEnforcementAgency]
	unrouted   kind[ent.UnroutedAddress, *model.UnroutedAddress]
	overdue    kind[ent.DueItem, *model.BecameOverdue]
}

// LookUps leaves the trace of an officer's look-up before the answer
// (C.G.S. §51-5c).
type LookUps interface {
	Open(ctx context.Context, v *access.Viewer, docket terms.Docket) error
}

// New makes a reader; clock may be nil. The timely days are for what is computed
// anew: the folds of a case as it was. The rules are those of the sweep, so that
// the board shows what it tells of; what they leave out is as in package deadline.
func New(s *store.Store, reference *casefile.Reference, lookUps LookUps, timely casefile.Timely, rules deadline.Rules, clock func() time.Time) *Reader {
	if clock == nil {
		clock = time.Now
	}
	rules.AcknowledgeWithin = cmp.Or(rules.AcknowledgeWithin, deadline.AcknowledgeWithin)
	return &Reader{
		store: s, client: s.Client, dialect: s.Dialect, reference: reference, lookUps: lookUps, timely: timely, rules: rules, clock: clock,
		cases: caseKind(), activities: activityKind(), deliveries: deliveryKind(), reminded: reminderKind(), attempts: attemptKind(),
		officers: officerKind(), accounts: accountKind(), agencies: agencyKind(), unrouted: unroutedKind(), overdue: overdueKind(),
	}
}

// Selection is what an answer is asked to hold.
type Selection struct {
	op   *graphql.OperationContext
	sets []ast.SelectionSet
}

// Selected is the selection of the field that is being resolved.
func Selected(ctx context.Context) Selection {
	return Selection{graphql.GetOperationContext(ctx), []ast.SelectionSet{graphql.GetFieldContext(ctx).Field.Selections}}
}

// Of is what objects of the type (or of an interface that it implements) are
// asked for in the field; the second result tells whether they are asked for it
// at all. If not, the selection is empty and good for nothing but the id.
func (s Selection) Of(field string, types ...string) (Selection, bool) {
	asked, ok := (&walk{op: s.op}).fields(s.sets, types).get(field)
	return Selection{s.op, asked.sets()}, ok
}

// walk is one selection being answered for one viewer, by one goroutine.
type walk struct {
	*Reader
	viewer *access.Viewer
	op     *graphql.OperationContext
	courts map[string]*model.CourtLocation
}

// walk begins one; without a viewer there is none.
func (r *Reader) walk(ctx context.Context, s Selection) (*walk, error) {
	v := access.From(ctx)
	if v == nil {
		return nil, access.ErrUnauthenticated
	}
	return &walk{Reader: r, viewer: v, op: s.op, courts: map[string]*model.CourtLocation{}}, nil
}

// now is when the question was asked.
func (w *walk) now() time.Time {
	if w.viewer.At.IsZero() {
		return w.clock()
	}
	return w.viewer.At
}

// one answers the object with the id, nil if the viewer does not see one.
func one[E, R any](ctx context.Context, r *Reader, k func(*Reader) *kind[E, R], id terms.ID, s Selection) (R, error) {
	var none R
	w, err := r.walk(ctx, s)
	if err != nil {
		return none, err
	}
	found, err := k(r).byID(ctx, w, s.sets, []terms.ID{id})
	if err != nil {
		return none, err
	}
	return found[id], nil
}

// Case answers the case with the id, nil if the viewer does not see one.
func (r *Reader) Case(ctx context.Context, id terms.ID, s Selection) (*model.RegistryCase, error) {
	return one(ctx, r, func(r *Reader) *kind[ent.RegistryCase, *model.RegistryCase] { return &r.cases }, id, s)
}

// Activity answers the activity with the id, nil if the viewer does not see one.
func (r *Reader) Activity(ctx context.Context, id terms.ID, s Selection) (*model.Activity, error) {
	return one(ctx, r, func(r *Reader) *kind[ent.ServiceActivity, *model.Activity] { return &r.activities }, id, s)
}

// Delivery answers the delivery with the id, nil if the viewer does not see one.
func (r *Reader) Delivery(ctx context.Context, id terms.ID, s Selection) (*model.Delivery, error) {
	return one(ctx, r, func(r *Reader) *kind[ent.Delivery, *model.Delivery] { return &r.deliveries }, id, s)
}

// Officer answers the officer with the id, nil if there is none.
func (r *Reader) Officer(ctx context.Context, id terms.ID, s Selection) (*model.Officer, error) {
	w, err := r.walk(ctx, s)
	if err != nil {
		return nil, err
	}
	found, err := w.officersByID(ctx, s.sets, []terms.ID{id})
	return found[id], err
}

// Overdue answers the event of the due item with the id, nil if the viewer does
// not see one.
func (r *Reader) Overdue(ctx context.Context, id terms.ID, s Selection) (*model.BecameOverdue, error) {
	return one(ctx, r, func(r *Reader) *kind[ent.DueItem, *model.BecameOverdue] { return &r.overdue }, id, s)
}

// unknownField is a hole in a table, which a test looks for.
func unknownField(typ, field string) error {
	return fmt.Errorf("graph/read has no entry for %s.%s", typ, field)
}
