package registry

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/predicate"
	"github.com/service-tracking/sts/ent/unroutedaddress"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/terms"
)

// Correct plans what a correction or a withdrawal asks for, under the case's
// lock: a is inserted already and among all. Everyone who was told the old fact
// is told the new one (§3(d)–(f)):
//
//   - An agency that has been told, or may have been, gets a notice that names
//     the one it replaces, even where no address leads to it any more.
//   - What has not gone yet is superseded, and the new notice goes in its place;
//     where a service is taken back and nothing has gone, none does.
//   - An order's record gets the time that now stands, or is cleared; a second
//     service on the case stands in for the one that is taken back.
//
// Of what may be on the wrong case (§7) only those are told who were told before.
//
// It makes nothing where no service is made, changed or taken back, nor where
// nothing that is told has changed: date and time, method and officer for the
// police, date and time to the minute for the files.
func (p *Planner) Correct(ctx context.Context, tx *ent.Tx, c *casefile.Locked, facts *casefile.Facts, all []*ent.ServiceActivity, a *ent.ServiceActivity) error {
	chain := casefile.Chain(all, a)
	if !slices.ContainsFunc(chain, isService) {
		return nil
	}
	planned, err := p.Ledger.Planned(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	t := newTelling(c, facts, all, planned, false)
	if err := t.readHeld(ctx, tx); err != nil {
		return err
	}
	t.why = "taken back by " + string(a.ID)
	var told []recipient
	var lost []unrouted
	if isService(a) {
		t.why = "corrected by " + string(a.ID)
		if told, lost, err = p.route(ctx, tx, c, facts); err != nil {
			return err
		}
	}
	if err := moveUnrouted(ctx, tx, c, chain, lost); err != nil {
		return err
	}
	if t.held[a.ID] {
		told = nil
	}
	t.police(a, told)
	t.files(a, true)
	_, err = p.write(ctx, tx, t)
	return err
}

// moveUnrouted closes the addresses that led nowhere for the services that no
// longer stand, and notes those that still do for the one that does, if one does,
// with the time at which they were noticed first.
func moveUnrouted(ctx context.Context, tx *ent.Tx, c *casefile.Locked, chain []*ent.ServiceActivity, lost []unrouted) error {
	a := chain[len(chain)-1]
	var before []terms.ID
	for _, b := range chain[:len(chain)-1] {
		before = append(before, b.ID)
	}
	open := []predicate.UnroutedAddress{unroutedaddress.ActivityIDIn(before...), unroutedaddress.ResolvedAtIsNil()}
	known, err := tx.UnroutedAddress.Query().Where(open...).All(ctx)
	if err != nil {
		return fmt.Errorf("reading the unrouted addresses of what was corrected: %w", err)
	}
	if err := tx.UnroutedAddress.Update().Where(open...).SetResolvedAt(c.Now).Exec(ctx); err != nil {
		return fmt.Errorf("closing the unrouted addresses of what was corrected: %w", err)
	}
	since := make(map[string]time.Time, len(known))
	for _, k := range known {
		since[k.AddressKey] = k.NoticedAt
	}
	for i := range lost {
		lost[i].since = since[lost[i].key]
	}
	return noteUnrouted(ctx, tx, c, a, lost)
}

func isService(a *ent.ServiceActivity) bool { return a.Kind == terms.KindService }

// lastOfService is the newest activity that made, changed or took back a
// service: what the files are told is told on its behalf, so that the order of
// the updates is that of the case. Nil if there was none.
func lastOfService(all []*ent.ServiceActivity) *ent.ServiceActivity {
	of := map[terms.ID]bool{} // whose chain had a service so far
	var last *ent.ServiceActivity
	for _, a := range all {
		if isService(a) || a.CorrectsID != nil && of[*a.CorrectsID] {
			of[a.ID], last = true, a
		}
	}
	return last
}
