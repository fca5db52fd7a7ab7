package delivery

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/service-tracking/sts/internal/terms"
)

// asked is what a result answers to.
type asked int

const (
	toSend asked = iota
	toReconcile
	toVerify
	toAnswer // the other side spoke by itself
)

// verdict fills in what a result means for the delivery of the turn. It may
// read the database, so it is called outside of transactions.
func (l *Ledger) verdict(ctx context.Context, t turn, a asked, r Result) (turn, error) {
	t.result, t.event = r, r.event()
	switch a {
	case toSend:
		switch t.event {
		case NeverCame:
			t.event = WasNotSent
		case GaveWay: // nobody was asked
			t.event = WasLost
		}
	case toReconcile:
		if t.event == WasNotSent {
			t.event = WasLost
		}
		if t.askedByPerson() {
			t.event = again(t.event)
		}
	case toVerify:
		t.event = verification(r.Outcome)
	case toAnswer:
		t.event = t.answer()
	}
	national := t.d.RecipientKind == terms.ToNationalFile
	switch {
	case t.event == WasNotSent && r.Tries > 0 && t.d.AttemptCount >= r.Tries,
		(t.event == WasNotSent || t.event == NeverCame) && national: // the state switch sends, not we (§3(f))
		t.event = WasRefused
	}
	if t.event != WasRefused || a == toVerify {
		return t, nil
	}
	if _, err := Next(t.d.State, WasRerouted); err != nil || t.d.RecipientKind != terms.ToAgency {
		return t, nil
	}
	channels, err := l.o.Route(ctx, t.d)
	if err != nil {
		return t, fmt.Errorf("looking for the next channel of delivery %s: %w", t.d.ID, err)
	}
	if i := slices.Index(channels, deref(t.d.Channel)); i >= 0 && i+1 < len(channels) {
		t.event, t.result.channel = WasRerouted, channels[i+1]
	}
	return t, nil
}

func verification(o Outcome) Event {
	switch o {
	case Verified, Confirmed:
		return WasVerified
	case Refused:
		return WasRefused
	case NeverArrived:
		return NeverCame
	case Overtaken:
		return NeedNotVerify
	}
	return NotVerified
}

// answer is what an answer that came by itself means. All attempts share a
// control number, so a rejection can be about an earlier attempt than the
// newest: if the other side's clock says so it changes nothing, and if nothing
// tells, a passing one is not enough to send a third time; the file is asked.
func (t turn) answer() Event {
	event := t.result.event()
	if event == NeverCame || event == GaveWay { // an answer cannot know this
		event = WasLost
	}
	if t.d.State == terms.Retrying && t.told() {
		return ""
	}
	if event == WasConfirmed || event == WasSent || t.d.AttemptCount < 2 {
		return event
	}
	at := t.result.At
	switch {
	case !at.IsZero() && at.Before(t.started().Truncate(time.Second)): // files tell seconds
		return "" // no event: kept, changes nothing
	case at.IsZero() && event == WasNotSent:
		return WasLost
	}
	return event
}

// told tells whether the newest attempt has this answer already. The other side
// repeats what we did not live to acknowledge; by then a person can have decided
// to try again, and what he knew when he did must not undo it.
func (t turn) told() bool {
	return t.attempt != nil && t.result.Detail != "" && strings.Contains(t.attempt.Detail, t.result.Detail)
}
