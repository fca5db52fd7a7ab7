package deadline

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/account"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/dueitem"
	"github.com/service-tracking/sts/ent/setting"
	"github.com/service-tracking/sts/internal/casefile"
	ledger "github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

const (
	// morning is the hour of the court's zone before which no officer is rung.
	morning = 6
	// ringsFor is for how long what came due still rings an officer.
	ringsFor = 7 * 24 * time.Hour
)

// registryRoles are those of the staff of the registry section.
var registryRoles = []terms.Role{terms.RoleRegistryClerk, terms.RoleRegistryManager}

// urgency orders what is due about one hearing; 0 for what is about none.
var urgency = map[terms.DueRule]int{terms.DuePastTimely: 1, terms.DueHearingNear: 2, terms.DueHearingPassed: 3}

// remind plans who is reminded of the items, which are those of one case, the
// most urgent first. doc.go has the rules.
func (s *Sweeper) remind(ctx context.Context, tx *ent.Tx, c *casefile.Locked, items []*ent.DueItem) error {
	officers, err := officerAccounts(ctx, tx, c)
	if err != nil {
		return err
	}
	told, err := toldToday(ctx, tx, c, officers, items)
	if err != nil {
		return err
	}
	var reminders []ledger.Reminder
	for _, item := range items {
		r := ledger.Reminder{Case: c.ID, DueItem: item.ID, Sequence: item.Sequence}
		if item.Rule != terms.DueDelivery && c.Now.Sub(item.DueAt) <= ringsFor {
			for _, id := range officers {
				if u := urgency[item.Rule]; u > 0 {
					if told[id] >= u {
						continue
					}
					told[id] = u
				}
				r.Account, r.NotBefore = id, notAtNight(c.Now)
				reminders = append(reminders, r)
			}
		}
		if item.Rule != terms.DueDelivery && item.Rule != terms.DueHearingPassed && len(officers) > 0 {
			continue
		}
		staff, err := digest(ctx, tx, item.Rule, terms.DateOf(c.Now))
		if err != nil {
			return err
		}
		for _, id := range staff {
			r.Account, r.NotBefore = id, time.Time{}
			reminders = append(reminders, r)
		}
	}
	if len(reminders) == 0 {
		return nil
	}
	return s.ledger.Remind(ctx, tx, c.Now, reminders...)
}

// notAtNight is when an officer may be rung.
func notAtNight(now time.Time) time.Time {
	local := now.In(terms.CourtZone)
	if local.Hour() >= morning {
		return now
	}
	return time.Date(local.Year(), local.Month(), local.Day(), morning, 0, 0, 0, terms.CourtZone)
}

// canRead are the accounts that can read a reminder: active ones that have
// signed the user agreement (§9(a)(3)).
func canRead(ctx context.Context, tx *ent.Tx) *ent.AccountQuery {
	return tx.Account.Query().Where(account.StatusEQ(terms.AccountActive), account.AgreementSignedAtNotNil()).Order(account.ByID())
}

// mayRead is canRead of one account: a reminder that was planned in the night
// does not reach who was locked out, or closed, since.
func mayRead(a *ent.Account) bool {
	return a.Status == terms.AccountActive && a.AgreementSignedAt != nil
}

// officerAccounts are those of the officer who holds the papers. After a
// transfer that is its receiver (§6(b)).
func officerAccounts(ctx context.Context, tx *ent.Tx, c *casefile.Locked) ([]terms.ID, error) {
	if c.HolderOfficerID == nil {
		return nil, nil
	}
	rows, err := canRead(ctx, tx).Where(account.OfficerID(*c.HolderOfficerID)).Select(account.FieldRoles).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("looking for the account of the officer who holds the papers: %w", err)
	}
	return withRole(rows, terms.RoleOfficer), nil
}

// hasRole tells whether one of the roles is among those of an account.
func hasRole(has []terms.Role, roles ...terms.Role) bool {
	return slices.ContainsFunc(roles, func(r terms.Role) bool { return slices.Contains(has, r) })
}

func withRole(rows []*ent.Account, roles ...terms.Role) (ids []terms.ID) {
	for _, row := range rows {
		if hasRole(row.Roles, roles...) {
			ids = append(ids, row.ID)
		}
	}
	return ids
}

// toldToday is the most urgent thing about its hearing that each account was, or
// will be, reminded of on this case on this court day: what was not sent yet and
// holds no more (the hearing moved within the night) will be superseded.
func toldToday(ctx context.Context, tx *ent.Tx, c *casefile.Locked, accounts []terms.ID, items []*ent.DueItem) (map[terms.ID]int, error) {
	told := map[terms.ID]int{}
	if len(accounts) == 0 || !slices.ContainsFunc(items, func(i *ent.DueItem) bool { return urgency[i.Rule] > 0 }) {
		return told, nil
	}
	sent, err := tx.Delivery.Query().Where(
		delivery.CaseID(c.ID), delivery.CreatedAtGTE(terms.DateOf(c.Now).Start()),
		delivery.RecipientKindEQ(terms.ToAccount), delivery.StateNEQ(terms.Superseded)).
		Select(delivery.FieldRecipientKey, delivery.FieldDueItemID, delivery.FieldState).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading today's reminders: %w", err)
	}
	if len(sent) == 0 {
		return told, nil
	}
	ids := make([]terms.ID, len(sent))
	for i, d := range sent {
		ids[i] = terms.Value(d.DueItemID)
	}
	of, err := tx.DueItem.Query().Where(dueitem.IDIn(ids...)).Select(dueitem.FieldRule, dueitem.FieldAboutKey).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading what today's reminders were about: %w", err)
	}
	about := map[terms.ID]*ent.DueItem{}
	for _, i := range of {
		about[i.ID] = i
	}
	for i, d := range sent {
		item := about[ids[i]]
		unsent := d.State == terms.Pending || d.State == terms.Retrying
		if item == nil || unsent && !Holds(item, c.RegistryCase, nil, nil, c.Now) {
			continue
		}
		id := terms.ID(d.RecipientKey)
		told[id] = max(told[id], urgency[item.Rule])
	}
	return told, nil
}

// digestOf is the setting that holds the court day on which the registry
// section was last reminded by the rule.
func digestOf(rule terms.DueRule) string { return "reminded " + string(rule) }

var digested = []terms.DueRule{
	terms.DuePastTimely, terms.DueHearingNear, terms.DueHearingPassed, terms.DueAcknowledgement, terms.DueDelivery,
}

// prepareDigests makes the settings, once: a row that is there can be compared
// and swapped.
func (s *Sweeper) prepareDigests(ctx context.Context) error {
	if s.digests {
		return nil
	}
	for _, rule := range digested {
		there, err := s.store.Client.Setting.Query().Where(setting.ID(digestOf(rule))).Exist(ctx)
		if err != nil {
			return fmt.Errorf("looking for when the registry section was reminded: %w", err)
		}
		if there {
			continue
		}
		err = s.store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
			return tx.Setting.Create().SetID(digestOf(rule)).SetValue("").Exec(ctx)
		})
		if err != nil && !store.Duplicate(err) { // another instance was faster
			return fmt.Errorf("making room for when the registry section was reminded: %w", err)
		}
	}
	s.digests = true
	return nil
}

// digest answers the staff of the registry section if they have not been
// reminded by the rule on this court day. The row is swapped in the transaction
// that reminds them, so that of two sweepers one does. Where there is nobody to
// remind, the day stays free. It does not come back where a reminder is superseded:
// some of the staff may have got theirs, and no later sweep reads what it was of.
func digest(ctx context.Context, tx *ent.Tx, rule terms.DueRule, today terms.Date) ([]terms.ID, error) {
	rows, err := canRead(ctx, tx).Select(account.FieldRoles).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("looking for the accounts of the registry section: %w", err)
	}
	staff := withRole(rows, registryRoles...)
	if len(staff) == 0 {
		return nil, nil
	}
	n, err := tx.Setting.Update().Where(setting.ID(digestOf(rule)), setting.ValueNEQ(string(today))).SetValue(string(today)).Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("noting that the registry section is reminded: %w", err)
	}
	if n == 0 {
		return nil, nil
	}
	return staff, nil
}
