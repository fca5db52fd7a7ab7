package deadline

import (
	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/serviceactivity"
	"github.com/service-tracking/sts/internal/terms"
)

// Transfers lead from a transfer to the one that it corrects. A correction to
// another receiver leads nowhere: he has not been told yet (§6(b)), as an
// acknowledgement does not go over to him either.
type Transfers map[terms.ID]terms.ID

// TransferFields are what [TransfersOf] reads.
var TransferFields = []string{serviceactivity.FieldKind, serviceactivity.FieldCorrectsID, serviceactivity.FieldToOfficerID}

// TransfersOf takes activities of one or more cases, all transfers included.
func TransfersOf(rows []*ent.ServiceActivity) Transfers {
	receiver := map[terms.ID]terms.ID{}
	for _, a := range rows {
		if a.Kind == terms.KindTransfer && a.ToOfficerID != nil {
			receiver[a.ID] = *a.ToOfficerID
		}
	}
	t := Transfers{}
	for _, a := range rows {
		if to, was := receiver[a.ID], receiver[terms.Value(a.CorrectsID)]; to != "" && to == was {
			t[a.ID] = *a.CorrectsID
		}
	}
	return t
}

// same tells whether two clocks of one rule belong to the same thing: a transfer
// stays what it was when its words or its time are corrected.
func (t Transfers) same(a, b string) bool { return t.first(a) == t.first(b) }

func (t Transfers) first(key string) terms.ID {
	id := terms.ID(key)
	for t[id] != "" {
		id = t[id]
	}
	return id
}

func transfersOf(kase terms.ID, q *ent.ServiceActivityQuery) *ent.ServiceActivitySelect {
	return q.Where(serviceactivity.CaseID(kase), serviceactivity.KindEQ(terms.KindTransfer)).Select(TransferFields...)
}
