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
		first, err = tx.Review.Query().Where(review.ActivityID(activity.ID)).Only(ctx)
		if err == nil || !ent.IsNotFound(err) {
			return false, err
		}
		first, err = tx.Review.Create().SetCaseID(c.ID).SetActivityID(activity.ID).SetAccountID(v.Account).
			SetReviewedByName(v.DisplayName).SetNote(note).SetReviewedAt(c.Now).Save(ctx)
		if err != nil {
			return false, err
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
