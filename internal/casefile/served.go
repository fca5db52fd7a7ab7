package casefile

import (
	"cmp"
	"slices"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/terms"
)

// ServedBy is the earliest service that stood when the case had recorded so much,
// up to the sequence: what the case's record in the order files then has to say
// (§3(e), (f)). Nil if none did. all is in case order.
func ServedBy(all []*ent.ServiceActivity, sequence int64) *ent.ServiceActivity {
	n, _ := slices.BinarySearchFunc(all, sequence+1, func(a *ent.ServiceActivity, s int64) int { return cmp.Compare(a.Sequence, s) })
	var first *ent.ServiceActivity
	for _, a := range Standing(all[:n]) {
		if a.Kind == terms.KindService && (first == nil || a.OccurredAt.Before(first.OccurredAt)) {
			first = a
		}
	}
	return first
}

// Chain are the activities that a stands in the place of, the first one first,
// and a itself: what it corrects, what that corrects, and so on.
func Chain(all []*ent.ServiceActivity, a *ent.ServiceActivity) []*ent.ServiceActivity {
	byID := make(map[terms.ID]*ent.ServiceActivity, len(all))
	for _, b := range all {
		byID[b.ID] = b
	}
	var chain []*ent.ServiceActivity
	for a != nil {
		chain = append(chain, a)
		if a.CorrectsID == nil {
			break
		}
		a = byID[*a.CorrectsID]
	}
	slices.Reverse(chain)
	return chain
}
