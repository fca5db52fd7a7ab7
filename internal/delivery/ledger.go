package delivery

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/deliverycontent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// systemViewer is the name under which this room reads and writes.
const systemViewer = "dispatcher"

// The dispatcher looks at a row when its next_at has come. Waiting is stored
// apart from settled, so that the index finds what is open.
var (
	// Never is the next_at of what is settled.
	Never = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
	// Parked is the next_at of what waits until it is released, or for a person.
	Parked = time.Date(2199, 1, 1, 0, 0, 0, 0, time.UTC)
)

// Ledger is what must be told to whom. Its methods with a transaction are
// called in the caller's, after the case's lock was taken, and bring their own
// viewer. When it has committed, the caller nudges the [Dispatcher].
type Ledger struct {
	store *store.Store
	o     Options
}

// NewLedger makes a ledger. Give it the same options as the dispatcher.
func NewLedger(s *store.Store, o Options) *Ledger {
	return &Ledger{store: s, o: o.withDefaults()}
}

// Plan is one thing that one recipient must be told.
type Plan struct {
	Case     terms.ID
	Activity terms.ID
	// Sequence is the case sequence of the activity's journal record.
	Sequence  int64
	Recipient terms.RecipientKind
	// Key tells the recipients of one kind apart: the agency's id, the order's
	// number, or the account's id.
	Key string
	// Reasons why an agency is told (§3(d)).
	Reasons []terms.NoticeReason
	// Replaces is the delivery whose fact this one replaces, if any.
	Replaces terms.ID
	// WaitsFor, of an update of the state file: WaitsForFileNumber if the
	// record's number is not known yet. The rest Add finds itself.
	WaitsFor terms.WaitingFor
	// Late: it was planned when a fact arrived after the activity. It then has
	// a journal record of its own.
	Late bool
}

// Add writes the plans that are new, in the order given, and answers those
// rows. A plan whose activity and recipient are there already adds its reasons
// to the row while nothing has been rendered for it, and else changes nothing:
// so planning can run again whenever facts arrive.
//
// One order's record is one lane: an update of the state file waits
// (WaitsForOriginal) while an earlier one is not settled, because a late copy
// of the earlier would undo it (§3(e)). An update of the national file waits
// for the state file, which forwards it (§3(f)). A notice waits only while the
// one that it replaces is being handed over.
func (l *Ledger) Add(ctx context.Context, tx *ent.Tx, now time.Time, plans ...Plan) (added []*ent.Delivery, err error) {
	ctx = access.As(ctx, systemViewer)
	p := &page{l: l, tx: tx, now: terms.Micro(now)}
	existing, err := planned(ctx, tx, plans)
	if err != nil {
		return nil, err
	}
	var creates []*ent.DeliveryCreate
	for _, plan := range plans {
		if plan.Case == "" || plan.Activity == "" || plan.Key == "" {
			return nil, fmt.Errorf("planning a delivery to %s: it lacks its case, activity or key", plan.Recipient)
		}
		if d := existing[plan.place()]; d != nil {
			if err := p.addReasons(ctx, d, plan.Reasons); err != nil {
				return nil, err
			}
			continue
		}
		create, err := p.create(ctx, plan)
		if err != nil {
			return nil, err
		}
		creates = append(creates, create)
		existing[plan.place()] = &ent.Delivery{State: terms.Superseded} // a plan given twice is added once
	}
	if len(creates) == 0 {
		return nil, nil
	}
	if added, err = tx.Delivery.CreateBulk(creates...).Save(ctx); err != nil {
		return nil, fmt.Errorf("adding deliveries: %w", err)
	}
	for _, d := range added {
		late := slices.ContainsFunc(plans, func(plan Plan) bool { return plan.Late && plan.place() == placeOf(d) })
		if late {
			p.tell(ctx, d, changed{})
		}
	}
	return added, p.close(ctx)
}

// place is what makes a delivery unique.
type place struct {
	activity  terms.ID
	recipient terms.RecipientKind
	key       string
}

func (plan Plan) place() place { return place{plan.Activity, plan.Recipient, plan.Key} }

func placeOf(d *ent.Delivery) place {
	return place{deref(d.ActivityID), d.RecipientKind, d.RecipientKey}
}

func planned(ctx context.Context, tx *ent.Tx, plans []Plan) (map[place]*ent.Delivery, error) {
	var activities []terms.ID
	for _, plan := range plans {
		if !slices.Contains(activities, plan.Activity) {
			activities = append(activities, plan.Activity)
		}
	}
	rows, err := tx.Delivery.Query().Where(delivery.ActivityIDIn(activities...)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("looking for deliveries that are planned already: %w", err)
	}
	found := map[place]*ent.Delivery{}
	for _, d := range rows {
		found[placeOf(d)] = d
	}
	return found, nil
}

func (p *page) create(ctx context.Context, plan Plan) (*ent.DeliveryCreate, error) {
	c := p.tx.Delivery.Create().
		SetCaseID(plan.Case).SetActivityID(plan.Activity).SetSequence(plan.Sequence).
		SetRecipientKind(plan.Recipient).SetRecipientKey(plan.Key).
		SetDueBy(p.now.Add(p.l.o.Deadlines.of(plan.Recipient))).SetCreatedAt(p.now)
	if len(plan.Reasons) > 0 {
		c.SetReasons(plan.Reasons)
	}
	if plan.Replaces != "" {
		c.SetReplacesID(plan.Replaces)
	}
	waitsFor := plan.WaitsFor
	switch plan.Recipient {
	case terms.ToAgency:
		c.SetAgencyID(terms.ID(plan.Key))
		waits, err := p.inHand(ctx, plan.Replaces)
		if err != nil {
			return nil, err
		}
		if waits {
			waitsFor = terms.WaitsForOriginal
		}
	case terms.ToNationalFile:
		c.SetOrderNumber(plan.Key)
		waitsFor = terms.WaitsForStateFile
	case terms.ToStateFile:
		c.SetOrderNumber(plan.Key)
		lane, err := p.lockLane(ctx, plan.Case, plan.Key)
		if err != nil {
			return nil, err
		}
		if waitsFor == "" && len(lane.open()) > 0 {
			waitsFor = terms.WaitsForOriginal
		}
	}
	if waitsFor == "" {
		return c.SetState(terms.Pending).SetNextAt(p.now), nil
	}
	return c.SetState(terms.Waiting).SetWaitingFor(waitsFor).SetNextAt(Parked), nil
}

// addReasons merges new reasons into a row for which nothing has been rendered.
func (p *page) addReasons(ctx context.Context, d *ent.Delivery, reasons []terms.NoticeReason) error {
	merged := slices.Clone(d.Reasons)
	for _, r := range reasons {
		if !slices.Contains(merged, r) {
			merged = append(merged, r)
		}
	}
	if len(merged) == len(d.Reasons) {
		return nil
	}
	switch d.State {
	case terms.Waiting, terms.Pending, terms.Retrying:
	default:
		return nil
	}
	rendered, err := p.tx.DeliveryContent.Query().Where(deliverycontent.ID(d.ID)).Exist(ctx)
	if err != nil {
		return fmt.Errorf("looking for the content of delivery %s: %w", d.ID, err)
	}
	if rendered {
		return nil
	}
	// Where the dispatcher was faster, the row is on its way as it was.
	_, err = p.tx.Delivery.Update().Where(delivery.ID(d.ID), delivery.Version(d.Version)).
		SetReasons(merged).AddVersion(1).Save(ctx)
	if err != nil {
		return fmt.Errorf("adding reasons to delivery %s: %w", d.ID, err)
	}
	return nil
}

// Release lets go what waited in the case for a fact that has come: the
// number of an order's record. What must wait for an earlier update of the
// record waits on for that. It answers the rows that may be sent now.
func (l *Ledger) Release(ctx context.Context, tx *ent.Tx, now time.Time, caseID terms.ID, recipient terms.RecipientKind, orderNumber string, waitedFor terms.WaitingFor) (released []*ent.Delivery, err error) {
	ctx = access.As(ctx, systemViewer)
	p := &page{l: l, tx: tx, now: terms.Micro(now)}
	if recipient != terms.ToStateFile || waitedFor != terms.WaitsForFileNumber {
		return nil, fmt.Errorf("releasing deliveries to %s that wait for %s: that is done when the earlier one is settled", recipient, waitedFor)
	}
	lane, err := p.lockLane(ctx, caseID, orderNumber)
	if err != nil {
		return nil, err
	}
	for i, d := range lane {
		if d.State != terms.Waiting || deref(d.WaitingFor) != waitedFor {
			continue
		}
		if len(lane[:i].open()) > 0 {
			_, err := tx.Delivery.Update().Where(delivery.ID(d.ID)).
				SetWaitingFor(terms.WaitsForOriginal).AddVersion(1).Save(ctx)
			if err != nil {
				return nil, fmt.Errorf("letting delivery %s wait for the earlier one: %w", d.ID, err)
			}
			continue
		}
		moved, err := p.move(ctx, d, Released, Result{})
		if err != nil {
			return nil, err
		}
		lane[i] = moved
		released = append(released, moved)
	}
	return released, p.close(ctx)
}

func deref[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
