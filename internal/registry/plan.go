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

// Plan plans the deliveries of one service that was just recorded, under the
// case's lock: one notice per agency with all its reasons, and one update of
// each active order's record in the state and in the national file, unless the
// record says an earlier service already. What is planned already stays; late
// says that facts arrived after the service. Addresses that lead nowhere become
// work for the registry section. It answers what it added. Of a service that may
// be on the wrong case (§7) it tells nobody: see [casefile.Doubted].
func (p *Planner) Plan(ctx context.Context, tx *ent.Tx, c *casefile.Locked, facts *casefile.Facts, service *ent.ServiceActivity, late bool) ([]*ent.Delivery, error) {
	planned, err := p.Ledger.Planned(ctx, tx, c.ID)
	if err != nil {
		return nil, err
	}
	all := []*ent.ServiceActivity{service}
	if len(planned) > 0 || c.ServedAt != nil {
		if all, err = casefile.Activities(ctx, tx.Client(), c.ID); err != nil {
			return nil, err
		}
	}
	t := newTelling(c, facts, all, planned, late)
	if err := t.readHeld(ctx, tx); err != nil || t.held[service.ID] {
		return nil, err
	}
	told, lost, err := p.route(ctx, tx, c, facts)
	if err != nil {
		return nil, err
	}
	if err := noteUnrouted(ctx, tx, c, service, lost); err != nil {
		return nil, err
	}
	t.police(service, told)
	t.files(service, false)
	return p.write(ctx, tx, t)
}

// write closes what is stale and adds what is new.
func (p *Planner) write(ctx context.Context, tx *ent.Tx, t *telling) ([]*ent.Delivery, error) {
	if err := p.Ledger.Supersede(ctx, tx, t.c.Now, t.why, t.stale...); err != nil {
		return nil, fmt.Errorf("closing what is not to be told any more: %w", err)
	}
	added, err := p.Ledger.Add(ctx, tx, t.c.Now, t.plans...)
	if err != nil {
		return nil, fmt.Errorf("planning who must be told: %w", err)
	}
	return added, nil
}

// Again plans anew for what was served before, because facts have arrived. It
// does so while an order is in force, a hearing lies ahead, or neither is
// known yet: an address after the service sends what was missing, a move years
// later does not. Of a service that was corrected, the one that stands is told;
// of one that was taken back, nobody is told late, nor of one that may be on the
// wrong case (§7).
func (p *Planner) Again(ctx context.Context, tx *ent.Tx, c *casefile.Locked, facts *casefile.Facts, all []*ent.ServiceActivity) error {
	if !open(facts, c.Now) {
		return nil
	}
	newest := lastOfService(all)
	if newest == nil {
		return nil
	}
	planned, err := p.Ledger.Planned(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	t := newTelling(c, facts, all, planned, true)
	if err := t.readHeld(ctx, tx); err != nil {
		return err
	}
	told, lost, err := p.route(ctx, tx, c, facts)
	if err != nil {
		return err
	}
	for _, a := range casefile.Standing(all) {
		if a.Kind != terms.KindService || t.held[a.ID] {
			continue
		}
		if err := noteUnrouted(ctx, tx, c, a, lost); err != nil {
			return err
		}
		t.police(a, told)
	}
	t.files(newest, false)
	if _, err := p.write(ctx, tx, t); err != nil {
		return err
	}
	if t.holds(newest) {
		return nil // what waits for a file number waits on
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
	since time.Time // when it was noticed, if before
}

// route is who is told of the case's addresses, by the tables and by what the
// registry section assigned.
func (p *Planner) route(ctx context.Context, tx *ent.Tx, c *casefile.Locked, facts *casefile.Facts) (told []recipient, lost []unrouted, err error) {
	routing, err := p.Routing.OfCase(ctx, tx.Client(), c.ID)
	if err != nil {
		return nil, nil, err
	}
	told, lost = byAddress(routing, facts.Protected(c.Now))
	return told, lost, nil
}

// byAddress gathers the agencies with their reasons, in a fixed order, and what
// leads nowhere.
func byAddress(routing *lawenforcement.CaseRouting, addresses []*ent.Address) (told []recipient, lost []unrouted) {
	for _, a := range addresses {
		route := routing.Route(a)
		if route.Unrouted != "" {
			lost = append(lost, unrouted{key: string(a.ID), Route: route})
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
	if len(addresses) > 0 {
		return told, lost
	}
	nowhere := routing.WithoutAddress()
	if nowhere.Unrouted != "" {
		lost = append(lost, unrouted{Route: nowhere})
	}
	for _, agency := range nowhere.Agencies {
		told = append(told, recipient{agency, []terms.NoticeReason{}}) // none: the registry section chose it
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
		noticed := c.Now
		if !u.since.IsZero() {
			noticed = u.since
		}
		err := tx.UnroutedAddress.Create().SetCaseID(c.ID).SetActivityID(service.ID).SetAddressKey(u.key).
			SetReason(u.Unrouted).SetSuggestion(u.Suggestion).SetNoticedAt(noticed).Exec(ctx)
		if err != nil {
			return fmt.Errorf("noting an unrouted address: %w", err)
		}
	}
	return nil
}
