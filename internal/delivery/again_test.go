package delivery

import (
	"context"
	"testing"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// §3(f): what a person wants sent again is not forgotten, whatever hinders the
// inquiry: it was not begun, it told nothing, or the file does not hold it.
func TestARetryOfTheNationalFileIsNotForgotten(t *testing.T) {
	l := NewLedger(nil, Options{})
	for name, x := range map[string]struct {
		to    terms.RecipientKind
		state terms.DeliveryState
		got   func(turn) Event
		want  Event
	}{
		"not begun":                           {terms.ToNationalFile, terms.Retrying, givenBack, NotVerified},
		"not begun, and nobody wants it":      {terms.ToNationalFile, terms.Unknown, givenBack, WasLost},
		"not begun, of the state file":        {terms.ToStateFile, terms.Unknown, givenBack, WasLost},
		"it told nothing":                     {terms.ToNationalFile, terms.Retrying, judged(l, Unknown), NotVerified},
		"it told nothing, and nobody wants":   {terms.ToNationalFile, terms.Unknown, judged(l, Unknown), WasLost},
		"the file does not hold it":           {terms.ToNationalFile, terms.Retrying, judged(l, NeverArrived), Requeued},
		"the file holds it":                   {terms.ToNationalFile, terms.Retrying, judged(l, Verified), WasConfirmed},
		"the file has something else":         {terms.ToNationalFile, terms.Retrying, judged(l, Refused), WasRefused},
		"the file has a newer word of ours":   {terms.ToNationalFile, terms.Retrying, judged(l, Overtaken), Replaced},
		"of the state file it was not stored": {terms.ToStateFile, terms.Unknown, judged(l, NeverArrived), NeverCame},
	} {
		if got := x.got(turn{d: &ent.Delivery{RecipientKind: x.to, State: x.state}}); got != x.want {
			t.Errorf("%s: %s, want %s", name, got, x.want)
		}
	}
}

func givenBack(t turn) Event { return giveBack(t, toReconcile, "no worker was free", 0).event }

func judged(l *Ledger, o Outcome) func(turn) Event {
	return func(t turn) Event {
		judged, err := l.verdict(context.Background(), t, toReconcile, Result{Outcome: o})
		if err != nil {
			return Event(err.Error())
		}
		return judged.event
	}
}

// §3(e), §3(f): an inquiry that was answered after somebody else had changed the
// delivery moves nothing: the update of the state file would else be sent again,
// and, when the file is asked once more, a third time.
func TestAStaleInquirySendsNothingAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		state, national := w.files(w.newCase())
		set := func(d *ent.Delivery, to terms.DeliveryState) {
			w.tx(func(ctx context.Context, tx *ent.Tx) error {
				return tx.Delivery.UpdateOneID(d.ID).SetState(to).ClearWaitingFor().SetNextAt(Parked).AddVersion(1).Exec(ctx)
			})
		}
		set(state, terms.Confirmed)
		set(national, terms.Retrying)
		stale := w.get(national.ID)
		set(national, terms.Retrying) // another process noted that it asked in vain
		l := NewLedger(s, Options{Clock: w.now})
		ask := func(d *ent.Delivery) (lost int) {
			got, err := l.write(access.As(t.Context(), systemViewer), []turn{{d: d, event: Requeued}})
			w.check(err)
			return len(got.lost)
		}
		if lost := ask(stale); lost != 1 {
			t.Errorf("%d turns are lost", lost)
		}
		w.is(state, terms.Confirmed)
		w.is(national, terms.Retrying)
		if lost := ask(w.get(national.ID)); lost != 0 {
			t.Error("what nobody had changed is lost")
		}
		w.is(state, terms.Retrying)
		w.is(national, terms.Waiting)
	})
}

// §3(f): the rejection that a person has seen is repeated by the other side,
// because nobody lived to acknowledge it. It does not undo his retry; another one
// does.
func TestARepeatedRejectionDoesNotUndoARetry(t *testing.T) {
	l := NewLedger(nil, Options{})
	attempt := &ent.DeliveryAttempt{Detail: "the state file has it and forwards\nNATNL REJ R04 NAME"}
	for name, c := range map[string]struct {
		state  terms.DeliveryState
		detail string
		want   terms.DeliveryState
	}{
		"the same, after the retry": {terms.Retrying, "NATNL REJ R04 NAME", terms.Retrying},
		"another, after the retry":  {terms.Retrying, "NATNL REJ R05 DATE", terms.Failed},
		"it comes at first":         {terms.Sent, "NATNL REJ R04 NAME", terms.Failed},
	} {
		d := &ent.Delivery{RecipientKind: terms.ToNationalFile, State: c.state, AttemptCount: 1}
		judged, err := l.verdict(t.Context(), turn{d: d, attempt: attempt}, toAnswer, Result{Outcome: Refused, Detail: c.detail})
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := Next(c.state, judged.event); got != c.want {
			t.Errorf("%s: %s after %q, want %s", name, got, judged.event, c.want)
		}
	}
}
