package registry

import (
	"context"
	"fmt"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/review"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/terms"
)

// SeenTo says that a person has seen to an activity that stood on the board.
type SeenTo struct {
	Activity terms.ID
	Note     string // may be empty
}

// Reviewed is the review, or why there is none.
type Reviewed struct {
	Review  *ent.Review
	Refusal *Refusal
}

// ReviewActivity takes an activity off the board: other information (§6(c)), a
// late service (§4(b)), a transfer in doubt (§6(b)). An activity is reviewed
// once; whoever does it again is answered the first review.
//
// Of an entry whose respondent is disputed (§7) the review says that it is on the
// right case: who was not told of its service is told in the same transaction. It
// is a second review where the first is from before the dispute.
func (d *Desk) ReviewActivity(ctx context.Context, v *access.Viewer, in SeenTo) (Reviewed, error) {
	ctx, err := system(ctx, v, typed{in.Activity, terms.ActivityPrefix})
	if err != nil {
		return Reviewed{}, err
	}
	note, refusal := reasonIn("note", in.Note, false)
	if refusal != nil {
		return Reviewed{Refusal: refusal}, nil
	}
	activity, err := d.Store.Client.ServiceActivity.Get(ctx, in.Activity)
	if ent.IsNotFound(err) {
		return Reviewed{Refusal: refuse(ActivityNotFound, "There is no activity with this id. Read the case's activities again.", "activityId")}, nil
	}
	if err != nil {
		return Reviewed{}, fmt.Errorf("looking for the activity: %w", err)
	}
	var first *ent.Review
	_, err = d.onCase(ctx, activity.CaseID, func(ctx context.Context, tx *ent.Tx, c *casefile.Locked) (changed bool, err error) {
		facts, all, err := read(ctx, tx, c)
		if err != nil {
			return false, err
		}
		doubted, err := casefile.Doubted(ctx, tx.Client(), c.RegistryCase, facts, all)
		if err != nil {
			return false, err
		}
		known := tx.Review.Query().Where(review.ActivityID(activity.ID)).Order(ent.Desc(review.FieldRightCase))
		if doubted[activity.ID] {
			known.Where(review.RightCase(true))
		}
		first, err = known.First(ctx)
		if err == nil || !ent.IsNotFound(err) {
			return false, err
		}
		first, err = tx.Review.Create().SetCaseID(c.ID).SetActivityID(activity.ID).SetAccountID(v.Account).
			SetReviewedByName(v.DisplayName).SetNote(note).SetReviewedAt(c.Now).
			SetRightCase(doubted[activity.ID]).Save(ctx)
		if err != nil {
			return false, err
		}
		if first.RightCase {
			if err := d.settle(ctx, tx, c, facts, all); err != nil {
				return false, err
			}
		}
		return true, journal.Append(ctx, tx, journal.Entry{
			Kind: terms.ActivityReviewed, Case: c.ID, Sequence: c.Sequence, About: activity.ID,
			Account: v.Account, Actor: v.DisplayName, At: c.Now,
		})
	})
	if err != nil {
		return Reviewed{}, fmt.Errorf("reviewing an activity: %w", err)
	}
	return Reviewed{Review: first.Unwrap()}, nil
}

// settle plans what was held, now that a person has said which case is meant.
func (d *Desk) settle(ctx context.Context, tx *ent.Tx, c *casefile.Locked, facts *casefile.Facts, all []*ent.ServiceActivity) error {
	if err := c.Dispute(ctx, tx, facts, all); err != nil {
		return err
	}
	return d.Planner.Again(ctx, tx, c, facts, all)
}

// read reads what the planner plans from.
func read(ctx context.Context, tx *ent.Tx, c *casefile.Locked) (*casefile.Facts, []*ent.ServiceActivity, error) {
	facts, err := casefile.ReadFacts(ctx, tx.Client(), c.ID)
	if err != nil {
		return nil, nil, err
	}
	all, err := casefile.Activities(ctx, tx.Client(), c.ID)
	return facts, all, err
}
