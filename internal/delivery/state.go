package delivery

import (
	"errors"
	"fmt"

	"github.com/service-tracking/sts/internal/terms"
)

// Event is what can happen to a delivery.
type Event string

// The events of the ledger and the dispatcher.
const (
	// Released: what it waited for has come.
	Released Event = "RELEASED"
	// Begun: an attempt and its bytes are committed; now they are sent.
	Begun Event = "BEGUN"
	// Unrendered: the content could not be made; nothing was sent.
	Unrendered Event = "UNRENDERED"
	// TimedOut: the lease of an attempt ran out (a crash or a stall), or the
	// answer to what was sent is overdue.
	TimedOut Event = "TIMED_OUT"
	// Replaced: a newer fact goes instead, or what it would tell holds no more
	// (a reminder); this one is not under way.
	Replaced Event = "REPLACED"
	// GaveWay: it turned out that it did not arrive, or no longer matters, and
	// a newer one has been planned meanwhile: it is not sent again.
	GaveWay Event = "GAVE_WAY"
)

// The events that come from the other side, as a channel or an answer tells.
const (
	// WasSent: the other side has it and will answer; of the national file,
	// the state switch has forwarded it.
	WasSent Event = "WAS_SENT"
	// WasConfirmed: it arrived.
	WasConfirmed Event = "WAS_CONFIRMED"
	// WasRefused: it will not be taken, now or later.
	WasRefused Event = "WAS_REFUSED"
	// WasRerouted: this channel refused it for good, the next one is tried.
	WasRerouted Event = "WAS_REROUTED"
	// WasNotSent: it certainly did not arrive, and may be tried again.
	WasNotSent Event = "WAS_NOT_SENT"
	// WasLost: nobody knows whether it arrived.
	WasLost Event = "WAS_LOST"
	// NeverCame: the other side was asked, and it never arrived.
	NeverCame Event = "NEVER_CAME"
	// WasVerified: an inquiry agrees with the confirmation (§3(e)).
	WasVerified Event = "WAS_VERIFIED"
	// NotVerified: an inquiry was made and told nothing.
	NotVerified Event = "NOT_VERIFIED"
	// NeedNotVerify: a newer update of the same record has been planned, and
	// an inquiry would find that.
	NeedNotVerify Event = "NEED_NOT_VERIFY"
	// WasDisputed: it was refused after a person had confirmed it. The person
	// checked by other means, so his word stands until he takes it back; but
	// somebody must look.
	WasDisputed Event = "WAS_DISPUTED"
)

// The events that a person causes.
const (
	PersonRetries  Event = "PERSON_RETRIES"
	PersonConfirms Event = "PERSON_CONFIRMS"
	PersonAbandons Event = "PERSON_ABANDONS"
	// Requeued: a person had the national file asked again, and it does not
	// hold the update. The state file's update goes once more, and the national
	// one waits for the switch to forward it (§3(f)).
	Requeued Event = "REQUEUED"
)

// ErrNoMove says that an event changes nothing in a state: it came again, came
// too late, or cannot happen there.
var ErrNoMove = errors.New("the event changes nothing")

// moves is the whole machine. What is not in it changes nothing.
//
// Three rules keep the promise. Out of UNKNOWN only NEVER_CAME, a final refusal
// (it did not and will not arrive) or a person leads to another attempt. A
// refusal wins over a confirmation in whichever order they come, except over a
// person's, which it disputes: a person must see it. And what is under way is
// never replaced: only when its end is known does it give way to a newer one.
var moves = map[terms.DeliveryState]map[Event]terms.DeliveryState{
	terms.Waiting: {
		Released: terms.Pending, Replaced: terms.Superseded,
		// The national file is only observed, and can be faster than the
		// state file's own acknowledgement.
		WasSent: terms.Sent, WasConfirmed: terms.Confirmed, WasRefused: terms.Failed,
		PersonConfirms: terms.Confirmed, PersonAbandons: terms.Abandoned,
	},
	terms.Pending: {
		Begun: terms.Sending, Unrendered: terms.Retrying, WasRefused: terms.Failed, Replaced: terms.Superseded,
		PersonConfirms: terms.Confirmed, PersonAbandons: terms.Abandoned,
	},
	terms.Sending: {
		WasSent: terms.Sent, WasConfirmed: terms.Confirmed, WasRefused: terms.Failed, WasRerouted: terms.Retrying,
		WasNotSent: terms.Retrying, WasLost: terms.Unknown, TimedOut: terms.Unknown, GaveWay: terms.Superseded,
	},
	terms.Sent: {
		WasSent: terms.Sent, WasConfirmed: terms.Confirmed, WasRefused: terms.Failed, WasRerouted: terms.Retrying,
		WasNotSent: terms.Retrying, WasLost: terms.Unknown, TimedOut: terms.Unknown, GaveWay: terms.Superseded,
		PersonRetries: terms.Retrying, PersonConfirms: terms.Confirmed, PersonAbandons: terms.Abandoned,
	},
	terms.Unknown: {
		WasSent: terms.Sent, WasConfirmed: terms.Confirmed, WasRefused: terms.Failed, WasRerouted: terms.Retrying,
		NeverCame: terms.Retrying, GaveWay: terms.Superseded,
		// Not enough to send again: look at once.
		WasNotSent: terms.Unknown, WasLost: terms.Unknown,
		PersonRetries: terms.Retrying, PersonConfirms: terms.Confirmed, PersonAbandons: terms.Abandoned,
	},
	terms.Retrying: {
		Begun: terms.Sending, Unrendered: terms.Retrying, Replaced: terms.Superseded,
		// Late answers to an earlier attempt.
		WasSent: terms.Sent, WasConfirmed: terms.Confirmed, WasRefused: terms.Failed, WasLost: terms.Unknown,
		// The national file is asked, not sent anything.
		NotVerified: terms.Retrying, Requeued: terms.Waiting,
		PersonConfirms: terms.Confirmed, PersonAbandons: terms.Abandoned,
	},
	terms.Confirmed: {
		WasVerified: terms.Confirmed, NotVerified: terms.Confirmed, NeedNotVerify: terms.Confirmed,
		WasRefused: terms.Failed, NeverCame: terms.Retrying, GaveWay: terms.Superseded, Requeued: terms.Retrying,
		// What a person confirmed: see [Hinders].
		WasDisputed: terms.Confirmed, PersonRetries: terms.Retrying, PersonConfirms: terms.Confirmed,
	},
	// A rejection stays open until a person resolves it, or a newer fact goes
	// instead: then that one is what a person must see arrive.
	terms.Failed: {
		Replaced: terms.Superseded, GaveWay: terms.Superseded,
		PersonRetries: terms.Retrying, PersonConfirms: terms.Confirmed, PersonAbandons: terms.Abandoned,
	},
	terms.Abandoned:  {},
	terms.Superseded: {},
}

// Next answers the state after the event, or [ErrNoMove].
func Next(state terms.DeliveryState, event Event) (terms.DeliveryState, error) {
	next, ok := moves[state][event]
	if !ok {
		return state, fmt.Errorf("%w: %s in %s", ErrNoMove, event, state)
	}
	return next, nil
}

// Settled tells whether the dispatcher has nothing more to send: what is
// settled no longer holds up a newer update of the same record.
func Settled(state terms.DeliveryState) bool {
	switch state {
	case terms.Confirmed, terms.Failed, terms.Abandoned, terms.Superseded:
		return true
	}
	return false
}

// outcome is how an event leaves the attempt that it is about, "" if it says
// nothing of it.
func (e Event) outcome() terms.AttemptOutcome {
	switch e {
	case WasSent:
		return terms.AttemptSent
	case WasConfirmed:
		return terms.AttemptConfirmed
	case WasRefused, WasRerouted, WasDisputed:
		return terms.AttemptRefused
	case WasNotSent, NeverCame, Unrendered:
		return terms.AttemptNotSent
	case WasLost, TimedOut:
		return terms.AttemptUnknown
	}
	return ""
}
