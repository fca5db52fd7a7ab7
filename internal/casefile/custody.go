package casefile

import (
	"context"
	"fmt"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/transferacknowledgement"
	"github.com/service-tracking/sts/internal/terms"
)

// TransferInDoubt is a transfer on which somebody must look, and why (§6(b)).
type TransferInDoubt struct {
	ID   terms.ID
	Work terms.TransferWork
	At   time.Time // when the papers were transferred
}

func inDoubt(a *ent.ServiceActivity, work terms.TransferWork) *TransferInDoubt {
	return &TransferInDoubt{a.ID, work, a.OccurredAt}
}

// custody follows the papers through the activities that stand, in case order
// (§6(a), (b)).
type custody struct {
	holder *terms.ID // nil where nobody is known to hold them
	// by is the transfer that brought the papers to where they are; nil where a
	// receipt, or a service or attempt, says who has them.
	by *ent.ServiceActivity
	// heard tells whether the receiver of by has recorded anything since.
	heard bool
	// contradicts is the last transfer by somebody who did not hold the papers
	// then, with no receipt since. A receipt says who has them, and so settles
	// what was unclear before it.
	contradicts *ent.ServiceActivity
}

// follow takes the next activity that stands.
func (p *custody) follow(a *ent.ServiceActivity) {
	if p.by != nil && terms.Value(p.by.ToOfficerID) == a.OfficerID {
		p.heard = true
	}
	switch a.Kind {
	case terms.KindReceipt:
		*p = custody{holder: &a.OfficerID}
	case terms.KindService, terms.KindAttempt:
		if p.holder == nil { // he must have had them
			p.holder, p.by = &a.OfficerID, nil
		}
	case terms.KindTransfer:
		from := a.OfficerID
		if a.FromOfficerID != nil {
			from = *a.FromOfficerID
		}
		if p.holder != nil && *p.holder != from {
			p.contradicts = a
		}
		p.holder, p.by, p.heard = a.ToOfficerID, a, false // nobody where the receiver is not listed
	}
}

// fold says who holds the papers, and which transfer somebody must look at. The
// last in case order comes first: an older one comes up again once that is
// settled. Of one transfer a receiver who is not listed weighs more than a
// contradiction, and that more than a missing acknowledgement.
func (p *custody) fold(f *Folds) {
	f.Holder = p.holder
	if p.contradicts != nil {
		f.older = inDoubt(p.contradicts, terms.TransferInconsistent)
	}
	f.Transfer = f.older
	if p.by == nil || p.heard {
		return
	}
	if p.by.ToOfficerID != nil {
		f.unheard = p.by
	}
	switch {
	case p.by.ToOfficerName != "": // without an id, or beside that of an officer who is not active
		f.Transfer = inDoubt(p.by, terms.TransferNotListed)
	case p.contradicts != p.by:
		f.Transfer = inDoubt(p.by, terms.TransferUnacknowledged)
	}
}

// acknowledged: the receiver says that the papers arrived.
func (f *Folds) acknowledged() { f.Transfer = f.older }

// readAcknowledgement completes what Compute could not know. It reads only where
// there is something to acknowledge.
func (f *Folds) readAcknowledgement(ctx context.Context, c *ent.Client) error {
	if f.unheard == nil {
		return nil
	}
	known, err := acknowledged(ctx, c, f.unheard.ID)
	if err == nil && known[f.unheard.ID] {
		f.acknowledged()
	}
	return err
}

// acknowledged tells which of the transfers the receivers have acknowledged.
func acknowledged(ctx context.Context, c *ent.Client, transfers ...terms.ID) (map[terms.ID]bool, error) {
	known := map[terms.ID]bool{}
	if len(transfers) == 0 {
		return known, nil
	}
	rows, err := c.TransferAcknowledgement.Query().Where(transferacknowledgement.ActivityIDIn(transfers...)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading acknowledgements: %w", err)
	}
	for _, row := range rows {
		known[row.ActivityID] = true
	}
	return known, nil
}
