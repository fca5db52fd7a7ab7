package casefile

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/registrycase"
	"github.com/service-tracking/sts/ent/review"
	"github.com/service-tracking/sts/internal/terms"
)

// Doubted are the activities that may have been entered on the wrong case (§7):
// a manual entry from before the daybook had brought its case, whose respondent,
// as the officer reported him, is not the one whom the case turned out to have. A
// mistyped docket number looks like this. Whoever stands in the place of such an
// entry is doubted with it, and so is what he stands for; what was withdrawn is
// not. A person settles it: he reviews the activity, and it is on the right case,
// or withdraws it.
//
// A name that was confirmed against the docket's when it was entered
// (RESPONDENT_MISMATCH) is in no doubt. Reviews are read only where there is one.
func Doubted(ctx context.Context, c *ent.Client, row *ent.RegistryCase, facts *Facts, all []*ent.ServiceActivity) (map[terms.ID]bool, error) {
	var doubted map[terms.ID]bool
	chains := otherRespondent(row, facts, all)
	if len(chains) == 0 {
		return doubted, nil
	}
	settled, err := c.Review.Query().Where(review.CaseID(row.ID), review.RightCase(true)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading which entries are on the right case: %w", err)
	}
	for _, chain := range chains {
		if slices.ContainsFunc(settled, func(r *ent.Review) bool {
			return slices.ContainsFunc(chain, func(a *ent.ServiceActivity) bool { return a.ID == r.ActivityID })
		}) {
			continue
		}
		for _, a := range chain {
			if doubted == nil {
				doubted = map[terms.ID]bool{}
			}
			doubted[a.ID] = true
		}
	}
	return doubted, nil
}

// otherRespondent are the entries, each with all that it stands for, whose
// respondent was reported under another name than the case's: the docket's, or
// the registry's until the daybook has brought the case. While neither has come
// there is nothing to compare.
func otherRespondent(row *ent.RegistryCase, facts *Facts, all []*ent.ServiceActivity) (chains [][]*ent.ServiceActivity) {
	entered := func(a *ent.ServiceActivity) bool { return a.OnProvisional }
	if !slices.ContainsFunc(all, entered) {
		return nil
	}
	first, last := row.RespondentFirstName, row.RespondentLastName
	if row.Provisional {
		if facts.Respondent == nil {
			return nil
		}
		first, last = facts.Respondent.FirstName, facts.Respondent.LastName
	}
	if first == "" && last == "" {
		return nil
	}
	for _, a := range Standing(all) {
		chain := Chain(all, a)
		if slices.ContainsFunc(chain, func(a *ent.ServiceActivity) bool {
			return entered(a) && !SameName(a.ReportedRespondent, first, last)
		}) {
			chains = append(chains, chain)
		}
	}
	return chains
}

// readDoubt completes what Compute could not know: whether anything is doubted.
func (f *Folds) readDoubt(ctx context.Context, c *ent.Client, row *ent.RegistryCase, facts *Facts, all []*ent.ServiceActivity) error {
	doubted, err := Doubted(ctx, c, row, facts, all)
	f.RespondentDisputed = len(doubted) > 0
	return err
}

// Dispute brings up to date, under the case's lock, whether its respondent is
// disputed: for whoever changes a name or settles a doubt, and no other fold.
func (l *Locked) Dispute(ctx context.Context, tx *ent.Tx, facts *Facts, all []*ent.ServiceActivity) error {
	doubted, err := Doubted(ctx, tx.Client(), l.RegistryCase, facts, all)
	if err != nil || l.RespondentDisputed == (len(doubted) > 0) {
		return err
	}
	l.RespondentDisputed = !l.RespondentDisputed
	if err := tx.RegistryCase.Update().Where(registrycase.ID(l.ID)).SetRespondentDisputed(l.RespondentDisputed).Exec(ctx); err != nil {
		return fmt.Errorf("writing whether the respondent of case %s is disputed: %w", l.ID, err)
	}
	return nil
}

// SameName compares a person's name, as it was said or written down, with a
// first and a last name: without accents, case, hyphens and apostrophes, with or
// without a space where one can be (O'Brien, OBrien, De La Cruz, Delacruz), and in
// either order (Cruz, José). A middle name more is another name.
func SameName(name, first, last string) bool {
	a, b := strings.Fields(terms.Fold(name)), strings.Fields(terms.Fold(first+" "+last))
	if len(a) == 0 || len(b) == 0 { // nothing but signs
		return strings.TrimSpace(name) == strings.TrimSpace(first+" "+last)
	}
	one := strings.Join(a, "")
	if one == strings.Join(b, "") || one == squeezed(last)+squeezed(first) {
		return true
	}
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

func squeezed(name string) string { return strings.ReplaceAll(terms.Fold(name), " ", "") }
