package registry

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/unroutedaddress"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/lawenforcement"
	"github.com/service-tracking/sts/internal/terms"
)

// Planner plans who must be told.
type Planner struct {
	Routing *lawenforcement.Routing
	Ledger  *delivery.Ledger
}

// Plan plans the deliveries of one service, under the case's lock: one notice
// per agency with all its reasons, and one update of each active order's
// record in the state and in the national file. What is planned already stays;
// late says that facts arrived after the service. Addresses that lead nowhere
// become work for the registry section. It answers what it added.
func (p *Planner) Plan(ctx context.Context, tx *ent.Tx, c *casefile.Locked, facts *casefile.Facts, service *ent.ServiceActivity, late bool) ([]*ent.Delivery, error) {
	told, lost := p.route(facts.Protected(c.Now))
	if err := noteUnrouted(ctx, tx, c, service, lost); err != nil {
		return nil, err
	}
	plan := delivery.Plan{Case: c.ID, Activity: service.ID, Sequence: service.Sequence, Late: late}
	var plans []delivery.Plan
	for _, t := range told {
		notice := plan
		notice.Recipient, notice.Key, notice.Reasons = terms.ToAgency, string(t.agency), t.reasons
		plans = append(plans, notice)
	}
	for _, order := range facts.ActiveOrders(c.Now) {
		state := plan
		state.Recipient, state.Key = terms.ToStateFile, order.Number
		if order.StateFileNumber == "" {
			state.WaitsFor = terms.WaitsForFileNumber
		}
		national := plan
		national.Recipient, national.Key = terms.ToNationalFile, order.Number
		plans = append(plans, state, national)
	}
	added, err := p.Ledger.Add(ctx, tx, c.Now, plans...)
	if err != nil {
		return nil, fmt.Errorf("planning who must be told: %w", err)
	}
	return added, nil
}

// Correct plans what a correction or a withdrawal asks for, under the case's
// lock: a is inserted already and among all. It makes nothing where neither what
// a stands for nor what it replaces is a service.
func (p *Planner) Correct(ctx context.Context, tx *ent.Tx, c *casefile.Locked, facts *casefile.Facts, all []*ent.ServiceActivity, a *ent.ServiceActivity) error {
	if a.Kind != terms.KindService {
		return nil
	}
	_, err := p.Plan(ctx, tx, c, facts, a, false)
	return err
}

// Again plans anew for what was served before, because facts have arrived. It
// does so while an order is in force, a hearing lies ahead, or neither is
// known yet: an address after the service sends what was missing, a move years
// later does not.
func (p *Planner) Again(ctx context.Context, tx *ent.Tx, c *casefile.Locked, facts *casefile.Facts, all []*ent.ServiceActivity) error {
	if !open(facts, c.Now) {
		return nil
	}
	for _, a := range casefile.Standing(all) {
		if a.Kind != terms.KindService {
			continue
		}
		if _, err := p.Plan(ctx, tx, c, facts, a, true); err != nil {
			return err
		}
	}
	for _, order := range facts.ActiveOrders(c.Now) {
		if order.StateFileNumber == "" {
			continue
		}
		if _, err := p.Ledger.Release(ctx, tx, c.Now, c.ID, terms.ToStateFile, order.Number, terms.WaitsForFileNumber); err != nil {
			return fmt.Errorf("releasing what waited for a file number: %w", err)
		}
	}
	return nil
}

func open(facts *casefile.Facts, now time.Time) bool {
	hearing := facts.Hearing()
	return len(facts.ActiveOrders(now)) > 0 ||
		hearing != nil && hearing.ScheduledFor.After(now) ||
		len(facts.Orders) == 0 && hearing == nil
}

type recipient struct {
	agency  terms.ID
	reasons []terms.NoticeReason
}

// unrouted is an address that leads nowhere; key is "" where there is none.
type unrouted struct {
	key string
	lawenforcement.Route
}

// route gathers the agencies with their reasons, in a fixed order, and what
// leads nowhere.
func (p *Planner) route(addresses []*ent.Address) (told []recipient, lost []unrouted) {
	for _, a := range addresses {
		route := p.Routing.Route(a)
		if route.Unrouted != "" {
			lost = append(lost, unrouted{string(a.ID), route})
			continue
		}
		for _, agency := range route.Agencies {
			i := slices.IndexFunc(told, func(r recipient) bool { return r.agency == agency })
			if i < 0 {
				told = append(told, recipient{agency: agency})
				i = len(told) - 1
			}
			if !slices.Contains(told[i].reasons, a.Reason) {
				told[i].reasons = append(told[i].reasons, a.Reason)
			}
		}
	}
	if len(addresses) == 0 {
		lost = append(lost, unrouted{"", lawenforcement.Route{Unrouted: terms.UnroutedNoAddress}})
	}
	return told, lost
}

// noteUnrouted makes each address that leads nowhere visible, once, closes what
// has since found its way, and opens again what has lost it.
func noteUnrouted(ctx context.Context, tx *ent.Tx, c *casefile.Locked, service *ent.ServiceActivity, lost []unrouted) error {
	known, err := tx.UnroutedAddress.Query().Where(unroutedaddress.ActivityID(service.ID)).All(ctx)
	if err != nil {
		return fmt.Errorf("reading unrouted addresses: %w", err)
	}
	for _, k := range known {
		still := slices.ContainsFunc(lost, func(u unrouted) bool { return u.key == k.AddressKey })
		if still == (k.ResolvedAt == nil) {
			continue
		}
		u := tx.UnroutedAddress.UpdateOneID(k.ID)
		if still {
			u.ClearResolvedAt()
		} else {
			u.SetResolvedAt(c.Now)
		}
		if err := u.Exec(ctx); err != nil {
			return fmt.Errorf("closing or opening an unrouted address: %w", err)
		}
	}
	for _, u := range lost {
		if slices.ContainsFunc(known, func(k *ent.UnroutedAddress) bool { return k.AddressKey == u.key }) {
			continue
		}
		err := tx.UnroutedAddress.Create().SetCaseID(c.ID).SetActivityID(service.ID).SetAddressKey(u.key).
			SetReason(u.Unrouted).SetSuggestion(u.Suggestion).SetNoticedAt(c.Now).Exec(ctx)
		if err != nil {
			return fmt.Errorf("noting an unrouted address: %w", err)
		}
	}
	return nil
}
