package read

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/serviceactivity"
	"github.com/service-tracking/sts/ent/transferacknowledgement"
	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/internal/terms"
)

// What became of activities, and so what the viewer may still do with them.

var acknowledgementRows = from(func(c *ent.Client) *ent.TransferAcknowledgementQuery { return c.TransferAcknowledgement.Query() })

// activityCanCorrect: the officer whose activity it is, whoever entered it, and
// registry staff may correct or withdraw what stands. A withdrawal is neither.
func activityCanCorrect(ctx context.Context, w *walk, rows []*model.Activity, _ asked) error {
	mine := slices.DeleteFunc(slices.Clone(rows), func(a *model.Activity) bool {
		own := w.viewer.MayRecord() && a.OfficerID == w.viewer.Officer
		return a.Kind == terms.KindWithdrawal || !own && !w.viewer.MayEnter()
	})
	if len(mine) == 0 {
		return nil
	}
	corrected, err := correctedAmong(ctx, w, mine)
	if err != nil {
		return err
	}
	for _, row := range mine {
		row.ViewerCanCorrect = !corrected[row.ID]
	}
	return nil
}

// correctedAmong are those of the activities that were corrected or taken back.
func correctedAmong(ctx context.Context, w *walk, rows []*model.Activity) (map[terms.ID]bool, error) {
	among, err := in(serviceactivity.FieldCorrectsID, idsOf(rows, activityID))
	if err != nil {
		return nil, err
	}
	corrections, err := w.activities.rows(ctx, w.client, []string{serviceactivity.FieldCorrectsID}, among)
	if err != nil {
		return nil, fmt.Errorf("reading what was corrected: %w", err)
	}
	corrected := make(map[terms.ID]bool, len(corrections))
	for _, c := range corrections {
		corrected[terms.Value(c.CorrectsID)] = true
	}
	return corrected, nil
}

func activityAcknowledged(ctx context.Context, w *walk, rows []*model.Activity, _ asked) error {
	transfers := slices.DeleteFunc(slices.Clone(rows), func(a *model.Activity) bool { return a.Kind != terms.KindTransfer })
	if len(transfers) == 0 {
		return nil
	}
	at, err := acknowledgements(ctx, w, transfers)
	if err != nil {
		return err
	}
	for _, row := range transfers {
		row.AcknowledgedAt = at[row.ID]
	}
	return nil
}

// activityCanAcknowledge: the officer to whom a transfer went may say that the
// papers arrived, once, as long as the transfer stands (§6(b)).
func activityCanAcknowledge(ctx context.Context, w *walk, rows []*model.Activity, _ asked) error {
	mine := slices.DeleteFunc(slices.Clone(rows), func(a *model.Activity) bool {
		return a.Kind != terms.KindTransfer || !w.viewer.MayRecord() || terms.Value(a.ToOfficerID) != w.viewer.Officer
	})
	if len(mine) == 0 {
		return nil
	}
	corrected, err := correctedAmong(ctx, w, mine)
	if err != nil {
		return err
	}
	at, err := acknowledgements(ctx, w, mine)
	if err != nil {
		return err
	}
	for _, row := range mine {
		row.ViewerCanAcknowledge = !corrected[row.ID] && at[row.ID] == nil
	}
	return nil
}

// acknowledgements are when the papers of the transfers were said to have arrived.
func acknowledgements(ctx context.Context, w *walk, transfers []*model.Activity) (map[terms.ID]*time.Time, error) {
	among, err := in(transferacknowledgement.FieldActivityID, idsOf(transfers, activityID))
	if err != nil {
		return nil, err
	}
	found, err := acknowledgementRows.rows(ctx, w.client,
		[]string{transferacknowledgement.FieldActivityID, transferacknowledgement.FieldAcknowledgedAt}, among)
	if err != nil {
		return nil, fmt.Errorf("reading acknowledgements: %w", err)
	}
	at := make(map[terms.ID]*time.Time, len(found))
	for _, f := range found {
		at[f.ActivityID] = &f.AcknowledgedAt
	}
	return at, nil
}
