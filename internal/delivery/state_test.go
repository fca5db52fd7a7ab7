package delivery

import (
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/service-tracking/sts/internal/terms"
)

var states = []terms.DeliveryState{terms.Waiting, terms.Pending, terms.Sending, terms.Sent, terms.Unknown, terms.Retrying, terms.Confirmed, terms.Failed, terms.Abandoned, terms.Superseded}

var events = []Event{
	Released, Begun, Unrendered, TimedOut, Replaced, GaveWay,
	WasSent, WasConfirmed, WasRefused, WasRerouted, WasNotSent, WasLost, NeverCame, WasVerified, NotVerified, NeedNotVerify, WasDisputed,
	PersonRetries, PersonConfirms, PersonAbandons, Requeued,
}

var byPerson = []Event{PersonRetries, PersonConfirms, PersonAbandons}

// §3(d)–(f): whatever happens in whichever order, nothing is sent again while
// nobody knows whether it arrived.
func TestNothingUnknownIsSentAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		state := rapid.SampledFrom([]terms.DeliveryState{terms.Waiting, terms.Pending}).Draw(t, "state")
		mayHaveArrived := false
		for _, event := range rapid.SliceOfN(rapid.SampledFrom(events), 1, 60).Draw(t, "events") {
			next, err := Next(state, event)
			if err != nil {
				if !errors.Is(err, ErrNoMove) || next != state {
					t.Fatalf("%s in %s: %v, and %s", event, state, err, next)
				}
				continue
			}
			switch event {
			case Begun:
				if mayHaveArrived {
					t.Fatalf("sent again from %s though it may have arrived", state)
				}
				mayHaveArrived = true
			case WasNotSent:
				// Said of UNKNOWN it moves nothing; else the attempt's own
				// channel, or the file, knows.
				mayHaveArrived = mayHaveArrived && next == terms.Unknown
			case WasRerouted, NeverCame, PersonRetries, GaveWay, Requeued:
				mayHaveArrived = false
			case WasSent, WasConfirmed, WasLost:
				mayHaveArrived = true // a late answer to an earlier attempt
			}
			state = next
		}
	})
}

func TestStatesEnd(t *testing.T) {
	for _, state := range states {
		for _, event := range events {
			next, err := Next(state, event)
			if err != nil {
				continue
			}
			person := slices.Contains(byPerson, event)
			switch state {
			case terms.Abandoned, terms.Superseded:
				t.Errorf("%s leads out of %s", event, state)
			case terms.Failed:
				if !person && next != terms.Superseded {
					t.Errorf("%s leads from FAILED to %s: it stays open until a person resolves it, or a newer fact goes instead", event, next)
				}
			case terms.Confirmed:
				if next == terms.Sending || next == terms.Abandoned {
					t.Errorf("%s leads from CONFIRMED to %s", event, next)
				}
			}
			if next == terms.Sending && event != Begun {
				t.Errorf("%s leads to SENDING without an attempt", event)
			}
			if underWay := state == terms.Sending || state == terms.Sent || state == terms.Unknown || state == terms.Confirmed; underWay && event == Replaced {
				t.Errorf("a newer fact goes instead of what is %s: it may arrive, and nobody would know", state)
			}
			if next == terms.Abandoned && !person {
				t.Errorf("%s abandons, which only a person may", event)
			}
		}
	}
	if next, _ := Next(terms.Confirmed, WasRefused); next != terms.Failed {
		t.Error("a later rejection does not undo a confirmation")
	}
}

// The drawing for people is checked against the machine.
func TestTheTableInTheDocsIsTheMachine(t *testing.T) {
	page, err := os.ReadFile("../../docs/deliveries.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := table(); !strings.Contains(string(page), want) {
		t.Errorf("docs/deliveries.md lacks this table:\n%s", want)
	}
	for _, arrow := range regexp.MustCompile(`(?m)^    ([A-Z]+) --> ([A-Z]+): `).FindAllStringSubmatch(string(page), -1) {
		from, to := terms.DeliveryState(arrow[1]), terms.DeliveryState(arrow[2])
		if !slices.ContainsFunc(events, func(e Event) bool { next, err := Next(from, e); return err == nil && next == to }) {
			t.Errorf("docs/deliveries.md draws %s --> %s, which cannot be", from, to)
		}
	}
}

func table() string {
	var b strings.Builder
	b.WriteString("| event |")
	for _, s := range states {
		b.WriteString(" " + string(s) + " |")
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(states)) + "\n")
	for _, e := range events {
		b.WriteString("| " + string(e) + " |")
		for _, s := range states {
			next, err := Next(s, e)
			switch {
			case err != nil:
				b.WriteString(" |")
			case next == s:
				b.WriteString(" = |")
			default:
				b.WriteString(" " + string(next) + " |")
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestBackoffDoublesWithJitter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := Backoff{Min: time.Second, Max: 2 * time.Minute}
		n := rapid.IntRange(1, 1000).Draw(t, "attempts")
		ideal := 2 * time.Minute
		if n <= 7 { // 1 2 4 8 16 32 64 120
			ideal = time.Second << (n - 1)
		}
		if got := b.after(n); got < ideal*8/10 || got > ideal*12/10 {
			t.Fatalf("after %d attempts the pause is %s, want %s give or take a fifth", n, got, ideal)
		}
		elapsed := time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "elapsed"))
		ideal = min(max(elapsed, time.Second), 2*time.Minute)
		if got := b.since(elapsed); got < ideal*8/10 || got > ideal*12/10 {
			t.Fatalf("after %s unknown the pause is %s", elapsed, got)
		}
	})
	seen := map[time.Duration]bool{}
	for range 20 {
		seen[Backoff{Min: time.Second, Max: time.Minute}.after(3)] = true
	}
	if len(seen) < 2 {
		t.Error("without jitter all that failed together is tried together")
	}
}

func TestDetailsAreCutAndJoined(t *testing.T) {
	long := strings.Repeat("é", maxDetail)
	for _, s := range []string{clip(long, maxDetail), join("", long), join(long[:maxDetail], "REJ"), join("a", long), join(join("a", long), long+"b")} {
		if len(s) > maxDetail || strings.ToValidUTF8(s, "") != s {
			t.Errorf("%d bytes: %q", len(s), s)
		}
	}
	if join("ACK SEQ/1", "ACK SEQ/1") != "ACK SEQ/1" || !strings.HasSuffix(join("ACK SEQ/1", "REJ"), "\nREJ") {
		t.Error("the same evidence is kept once, other evidence as well")
	}
}
