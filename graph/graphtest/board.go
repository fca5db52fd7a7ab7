package graphtest

import (
	"context"
	"testing"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/serviceactivity"
	"github.com/service-tracking/sts/internal/terms"
)

// Board puts the case on every list of the board: what was recorded on it, and
// who was told, with a late service, other information and a transfer that
// need a person, and deliveries that failed and wait. Its author is that of its
// activities.
func (w *World) Board(t testing.TB, row Row) {
	t.Helper()
	w.tx(t, func(ctx context.Context, tx *ent.Tx) error {
		like, err := tx.ServiceActivity.Query().Where(serviceactivity.CaseID(row.ID)).First(ctx)
		if err != nil {
			return err
		}
		var transfer terms.ID
		for i, kind := range []terms.ActivityKind{terms.KindService, terms.KindOtherInformation, terms.KindTransfer} {
			c := tx.ServiceActivity.Create().SetCaseID(row.ID).SetSequence(int64(len(row.Activities) + 1 + i)).SetKind(kind).SetOfficerID(like.OfficerID).
				SetOccurredAt(Now.AddDate(0, 0, -1)).SetRecordedAt(Now).SetAccountID(like.AccountID).SetRecordedByName(like.RecordedByName).SetRecordedByRole(like.RecordedByRole).
				SetIdempotencyKey("board-" + string(kind) + "-" + string(row.Docket)).SetContentSha256(make([]byte, 32)).SetNote(like.Note).
				SetPoliceAssistanceRequested(false)
			switch kind {
			case terms.KindService:
				c.SetMethod(terms.MethodAbode).SetRecordedLate(true).SetRecordingDelayMinutes(1440)
			case terms.KindOtherInformation:
				c.SetAbout([]terms.InformationAbout{terms.AboutRespondentAddress}).SetText(like.Note)
			case terms.KindTransfer:
				c.SetFromOfficerID(like.OfficerID).SetToOfficerName("Nobody Known")
			}
			a, err := c.Save(ctx)
			if err != nil {
				return err
			}
			transfer = a.ID
			err = tx.RegistryEntry.Create().SetCaseID(row.ID).SetActivityID(a.ID).SetOfficerName(like.RecordedByName).SetKind(kind).
				SetOccurredAt(a.OccurredAt).SetRecordedAt(a.RecordedAt).Exec(ctx)
			if err != nil {
				return err
			}
		}
		err = tx.RegistryCase.UpdateOneID(row.ID).SetTransferID(transfer).SetTransferWork(terms.TransferNotListed).SetTransferAt(Now.AddDate(0, 0, -1)).Exec(ctx)
		if err != nil {
			return err
		}
		if err := tx.Delivery.Update().Where(delivery.ID(row.Deliveries[0])).SetState(terms.Failed).Exec(ctx); err != nil {
			return err
		}
		return tx.Delivery.Update().Where(delivery.ID(row.Deliveries[1])).SetState(terms.Waiting).SetWaitingFor(terms.WaitsForFileNumber).Exec(ctx)
	})
}
