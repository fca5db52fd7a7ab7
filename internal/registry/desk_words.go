package registry

import (
	"fmt"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/terms"
)

// hindered says why a decision cannot be carried out now, and what to do.
func hindered(kind terms.DecisionKind, d *ent.Delivery, why delivery.Hindrance) string {
	switch why {
	case delivery.HinderedByNewer:
		if d.RecipientKind == terms.ToAgency {
			return fmt.Sprintf("The delivery is %s, and a newer notice names it and goes in its place. See to the newer one; this one can be confirmed or abandoned.", d.State)
		}
		return fmt.Sprintf("The delivery is %s, and a newer update of the same record has been planned: to send this one again could undo it. See to the newer one; this one can be confirmed or abandoned.", d.State)
	case delivery.HinderedByStateFile:
		return fmt.Sprintf("The delivery is %s, but nobody tells the state file, so its switch has nothing to forward. Retry the state file's update first, if it failed; otherwise confirm or abandon this one.", d.State)
	}
	return fmt.Sprintf("The delivery is %s: %s", d.State, byState(kind, d))
}

func byState(kind terms.DecisionKind, d *ent.Delivery) string {
	switch d.State {
	case terms.Waiting:
		return waiting[terms.Value(d.WaitingFor)] + " If the recipient knows by other means, confirm it; abandon it if nobody need be told."
	case terms.Pending, terms.Sending:
		return "it is being sent at this moment. Look again in a minute."
	case terms.Retrying:
		return "it is tried again by itself, within two minutes. If the recipient knows by other means, confirm it."
	case terms.Confirmed:
		switch kind {
		case terms.DecideRetry:
			return "the recipient's side has confirmed it, and it is not sent twice. If it is lost there all the same, tell them by telephone."
		case terms.DecideAbandon:
			return "it has arrived, so it cannot be given up. If what it tells is wrong, correct or withdraw the activity."
		}
		return "nothing is left to confirm."
	case terms.Abandoned:
		return "it was given up for good. If the recipient must know after all, tell them by telephone, and record it in the case."
	case terms.Superseded:
		return "a newer delivery went in its place. See to that one."
	}
	return "look at it again." // FAILED, SENT and UNKNOWN take every decision
}

var waiting = map[terms.WaitingFor]string{
	terms.WaitsForFileNumber: "it goes as soon as the registry's feed brings the number of the order's record.",
	terms.WaitsForOriginal:   "it goes when the earlier update of the same record is settled: see to that one.",
	terms.WaitsForStateFile:  "the state file's switch forwards it: see to the state file's update.",
}
