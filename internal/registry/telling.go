package registry

import (
	"context"
	"slices"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/terms"
)

// telling gathers what one transaction tells of a case, from what was planned
// before. It is pure but for readHeld: the ledger writes it down.
type telling struct {
	c       *casefile.Locked
	facts   *casefile.Facts
	all     []*ent.ServiceActivity
	byID    map[terms.ID]*ent.ServiceActivity
	planned []delivery.Planned // the oldest first
	late    bool
	// held are the activities of which nobody new is told: see casefile.Doubted.
	held map[terms.ID]bool

	plans []delivery.Plan
	stale []*ent.Delivery
	why   string // the stale are closed
}

func newTelling(c *casefile.Locked, facts *casefile.Facts, all []*ent.ServiceActivity, planned []delivery.Planned, late bool) *telling {
	t := &telling{
		c: c, facts: facts, all: all, planned: planned, late: late,
		byID: make(map[terms.ID]*ent.ServiceActivity, len(all)), why: "a newer fact goes instead",
	}
	for _, a := range all {
		t.byID[a.ID] = a
	}
	return t
}

// readHeld reads what may be on the wrong case (§7).
func (t *telling) readHeld(ctx context.Context, tx *ent.Tx) (err error) {
	t.held, err = casefile.Doubted(ctx, tx.Client(), t.c.RegistryCase, t.facts, t.all)
	return err
}

// holds tells whether the service that stands once a is recorded is held: then
// the files are told nothing new.
func (t *telling) holds(a *ent.ServiceActivity) bool {
	service := casefile.ServedBy(t.all, a.Sequence)
	return service != nil && t.held[service.ID]
}

// fact is what a recipient is told of service; the zero fact is that there is
// none. Equal facts need no new notice.
type fact struct {
	at      int64 // microseconds for the police, minutes for the files
	method  terms.ServiceMethod
	officer terms.ID
}

// policeFact is what a notice about the activity says. That police assistance was
// asked for stands on the page too, but is over when service is: it alone is no
// new notice.
func policeFact(a *ent.ServiceActivity) fact {
	if a == nil || !isService(a) {
		return fact{}
	}
	f := fact{at: a.OccurredAt.UnixMicro(), officer: a.OfficerID}
	if a.Method != nil {
		f.method = *a.Method
	}
	return f
}

// fileFact is what a record says when this service stands: files know minutes.
func fileFact(service *ent.ServiceActivity) fact {
	if service == nil {
		return fact{}
	}
	return fact{at: service.OccurredAt.Unix() / int64(time.Minute/time.Second)}
}

// outcome is how a recipient stands to a fact.
type outcome struct {
	// knows is the delivery that has told the fact, or will; nil: tell it anew.
	knows *delivery.Planned
	// last is the newest of which the recipient may know something else.
	last *delivery.Planned
	// stale is what would tell something else, and has not gone.
	stale []*ent.Delivery
}

// judge compares a fact with what one recipient was told before, the oldest
// first. The newest word that reached, or will reach, the recipient decides.
func judge(history []delivery.Planned, want fact, says func(delivery.Planned) fact) (o outcome) {
	for i := range history {
		h := &history[len(history)-1-i]
		decided := o.knows != nil || o.last != nil
		if !decided && h.State != terms.Superseded && says(*h) == want {
			o.knows = h
			continue
		}
		if h.Replaceable() {
			o.stale = append(o.stale, h.Delivery)
		}
		if !decided && h.Reached {
			o.last = h
		}
	}
	return o
}

// police tells the agencies of a, with which a chain ends: those that are routed,
// if it is a service, and all that were told of what a replaces (§3(d)). A plan
// that an agency has already only adds its reasons.
func (t *telling) police(a *ent.ServiceActivity, routed []recipient) {
	chain := casefile.Chain(t.all, a)
	histories := map[terms.ID][]delivery.Planned{}
	recipients := slices.Clone(routed)
	for _, d := range t.planned {
		if d.AgencyID == nil || !slices.ContainsFunc(chain, func(b *ent.ServiceActivity) bool { return d.ActivityID != nil && *d.ActivityID == b.ID }) {
			continue
		}
		histories[*d.AgencyID] = append(histories[*d.AgencyID], d)
		if !slices.ContainsFunc(recipients, func(r recipient) bool { return r.agency == *d.AgencyID }) {
			recipients = append(recipients, recipient{agency: *d.AgencyID})
		}
	}
	want := policeFact(a)
	for _, r := range recipients {
		o := judge(histories[r.agency], want, func(d delivery.Planned) fact { return policeFact(t.byID[*d.ActivityID]) })
		t.stale = append(t.stale, o.stale...)
		plan := t.plan(a, terms.ToAgency, string(r.agency))
		plan.Reasons = r.reasons
		switch {
		case o.knows != nil:
			plan.Activity = *o.knows.ActivityID
			if r.reasons == nil {
				continue
			}
		case o.last != nil:
			plan.Replaces = o.last.ID
			if r.reasons == nil { // no address leads there now: why it was told then
				plan.Reasons = o.last.Reasons
			}
		case r.reasons == nil: // nothing reached it, and nothing leads there
			continue
		}
		t.plans = append(t.plans, plan)
	}
}

// files tells the order files what stands now, on behalf of a, the newest
// activity of a service (§3(e), (f)): the records of the active orders and,
// correcting, each that was told before. A record that says it already gets no
// update. Of a service that may be on the wrong case only those hear that it was
// corrected who were told it.
func (t *telling) files(a *ent.ServiceActivity, correcting bool) {
	held := t.holds(a)
	if held && !correcting {
		return
	}
	orders := t.facts.ActiveOrders(t.c.Now)
	var numbers []string
	for _, order := range orders {
		numbers = append(numbers, order.Number)
	}
	histories := map[string][]delivery.Planned{}
	for _, d := range t.planned {
		if d.RecipientKind != terms.ToStateFile {
			continue
		}
		histories[d.OrderNumber] = append(histories[d.OrderNumber], d)
		if correcting && !slices.Contains(numbers, d.OrderNumber) {
			numbers = append(numbers, d.OrderNumber)
		}
	}
	want := fileFact(casefile.ServedBy(t.all, a.Sequence))
	said := func(d delivery.Planned) fact { return fileFact(casefile.ServedBy(t.all, d.Sequence)) }
	for _, number := range numbers {
		o := judge(histories[number], want, said)
		t.stale = append(t.stale, o.stale...)
		t.stale = append(t.stale, t.refusedNational(number, want, said)...)
		if o.knows != nil || o.last == nil && (held || want == (fact{})) {
			continue
		}
		state, national := t.plan(a, terms.ToStateFile, number), t.plan(a, terms.ToNationalFile, number)
		if order := t.facts.Order(number); order == nil || order.StateFileNumber == "" {
			state.WaitsFor = terms.WaitsForFileNumber
		}
		if o.last != nil {
			state.Replaces = o.last.ID
			national.Replaces = t.nationalOf(o.last)
		}
		t.plans = append(t.plans, state, national)
	}
}

// refusedNational are the updates of a national record that the file refused and
// that say what no longer stands: nobody is to resolve them.
func (t *telling) refusedNational(number string, want fact, said func(delivery.Planned) fact) (stale []*ent.Delivery) {
	for _, d := range t.planned {
		if d.RecipientKind == terms.ToNationalFile && d.OrderNumber == number && d.State == terms.Failed && said(d) != want {
			stale = append(stale, d.Delivery)
		}
	}
	return stale
}

// nationalOf is the update of the national record that goes with one of the state
// file; "" if there is none.
func (t *telling) nationalOf(state *delivery.Planned) terms.ID {
	for _, d := range t.planned {
		if d.RecipientKind == terms.ToNationalFile && d.OrderNumber == state.OrderNumber && *d.ActivityID == *state.ActivityID {
			return d.ID
		}
	}
	return ""
}

func (t *telling) plan(a *ent.ServiceActivity, kind terms.RecipientKind, key string) delivery.Plan {
	return delivery.Plan{Case: t.c.ID, Activity: a.ID, Sequence: a.Sequence, Recipient: kind, Key: key, Late: t.late}
}
