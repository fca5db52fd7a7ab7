package registry

import (
	"context"
	"fmt"

	"github.com/service-tracking/sts/ent"
)

// Enter makes the registry entry of an activity (§3(c)): the officer's name,
// the type, when it happened and when it was recorded.
func Enter(ctx context.Context, tx *ent.Tx, a *ent.ServiceActivity, officer string) error {
	err := tx.RegistryEntry.Create().SetCaseID(a.CaseID).SetActivityID(a.ID).SetOfficerName(officer).
		SetKind(a.Kind).SetOccurredAt(a.OccurredAt).SetRecordedAt(a.RecordedAt).Exec(ctx)
	if err != nil {
		return fmt.Errorf("making the registry entry: %w", err)
	}
	return nil
}
