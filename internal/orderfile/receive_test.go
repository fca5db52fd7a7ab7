package orderfile

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const ackK7 = "STSCT001.K7Q2M9XW4T.STATE.ACK.MPO.SEQ/0000481516.NIC/H1."

func TestAOnlyAfterTheAnswerIsCommitted(t *testing.T) {
	virtual(t, func(t *testing.T, w *wire, d *desk) {
		d.refuse = errors.New("the database is away")
		p := w.meet(t)
		p.write(Frame{FrameMessage, 1, []byte(ackK7)})
		if f := p.next(); f.Type != FrameRefused || f.Exchange != 1 || refusal(f.Body).Code != Busy {
			t.Fatalf("%c %s", f.Type, f.Body)
		}
		d.mu.Lock()
		d.refuse = nil
		d.mu.Unlock()
		p.write(Frame{FrameMessage, 2, []byte(ackK7)})
		if f := p.next(); f.Type != FrameAccepted || f.Exchange != 2 {
			t.Fatalf("%c %s", f.Type, f.Body)
		}
	})
}

// What cannot be read must not be lost, nor block the switch: it is kept raw,
// for a person, and accepted.
func TestAnUnreadableAnswerIsKept(t *testing.T) {
	virtual(t, func(t *testing.T, w *wire, d *desk) {
		p := w.meet(t)
		p.write(Frame{FrameMessage, 1, []byte("HELLO")})
		if f := p.next(); f.Type != FrameAccepted {
			t.Fatalf("%c %s", f.Type, f.Body)
		}
		d.await(func(a Answer) bool { return a.Kind == Unreadable && a.Raw == "HELLO" })
	})
}

// One answer that takes long holds up those to its own control number only.
func TestAnswersToOneControlNumberStayInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire()
		t.Cleanup(func() { _ = w.Close() })
		begun, release := make(chan string, 8), make(chan struct{})
		link := NewTCPLink(LinkOptions{Dial: w.Dial, User: "STSDISP", Log: quiet})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			ended <- link.Run(ctx, func(_ context.Context, body []byte) error {
				begun <- string(body)
				if strings.Contains(string(body), "SLOW") {
					<-release
				}
				return nil
			})
		}()
		p := w.meet(t)
		p.live()
		p.write(Frame{FrameMessage, 1, []byte("X.SAME.SLOW")})
		p.write(Frame{FrameMessage, 2, []byte("X.SAME.NEXT")})
		synctest.Wait()
		if len(begun) != 1 {
			t.Errorf("%d of them are being worked on", len(begun))
		}
		for i := range 4 { // at least one of these has another lane
			p.write(Frame{FrameMessage, uint32(3 + i), fmt.Appendf(nil, "X.OTHER%d.QUICK", i)})
		}
		synctest.Wait()
		<-begun
		if len(begun) == 0 {
			t.Error("everything waits for the slow one")
		}
		close(release)
		synctest.Wait()
		var order []string
		for len(begun) > 0 {
			order = append(order, <-begun)
		}
		if len(order) != 5 {
			t.Errorf("worked on: %v", order)
		}
		cancel()
		is(t, <-ended, nil)
	})
}

func TestMoreThanTheWindowEndsTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire()
		t.Cleanup(func() { _ = w.Close() })
		link := NewTCPLink(LinkOptions{Dial: w.Dial, User: "STSDISP", Log: quiet, Backoff: func(int) time.Duration { return time.Hour }})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			ended <- link.Run(ctx, func(ctx context.Context, _ []byte) error { <-ctx.Done(); return ctx.Err() })
		}()
		p := w.meet(t)
		for i := range window + 1 {
			p.write(Frame{FrameMessage, uint32(i), fmt.Appendf(nil, "X.R%d.", i)})
		}
		if _, err := ReadFrame(p.conn, MaxFrame); err == nil {
			t.Error("the connection goes on")
		}
		cancel()
		is(t, <-ended, nil)
	})
}

// The simulator keeps what was refused and offers it again, the answers to one
// control number in their order.
func TestTheSwitchOffersAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire()
		s := newSimulator(t, SimulatorOptions{Listener: w})
		d := newDesk(t, w.Dial, 30*time.Second)
		d.refuse = errors.New("the database is away")
		u := service("H1")
		is(t, d.client.Send(t.Context(), u), nil)
		d.await(from(u, StateFile, Acknowledged))
		synctest.Wait()
		d.mu.Lock()
		d.refuse, d.answers = nil, nil
		d.mu.Unlock()
		refused := time.Now()
		settled(t, s)
		if waited := time.Since(refused); waited != offerAgain {
			t.Errorf("offered again after %s", waited)
		}
		if len(d.answers) != 2 || d.answers[0].File != StateFile || d.answers[1].File != NationalFile {
			t.Errorf("%+v", d.answers)
		}
	})
}

func TestANumberEndingIn95TakesFiveSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire()
		newSimulator(t, SimulatorOptions{Listener: w})
		d := newDesk(t, w.Dial, 30*time.Second)
		begun := time.Now()
		is(t, d.client.Send(t.Context(), service("H100095")), nil)
		if took := time.Since(begun); took != 5*time.Second {
			t.Errorf("%s", took)
		}
	})
}

// Another terminal wrote while we did not know what became of our update.
func TestSomebodyElseWrote(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire()
		s := newSimulator(t, SimulatorOptions{Listener: w})
		d := newDesk(t, w.Dial, 30*time.Second)
		u := service("H1")
		s.Fault(Match{}, Fault{Do: FaultDropAfter})
		started := time.Now()
		is(t, d.client.Send(t.Context(), u), ErrUnknown)
		s.ClearFaults()
		d.await(from(u, NationalFile, Acknowledged))
		if err := s.Enter(Change{File: StateFile, RecordNumber: "H1", Name: "NUNEZ, JOSE", Code: "2"}); err != nil {
			t.Fatal(err)
		}
		records, err := d.client.Inquire(t.Context(), Inquiry{ORI: u.ORI, RecordNumber: "H1"})
		is(t, err, nil)
		for file, want := range map[File]Verdict{StateFile: SomebodyElseWrote, NationalFile: ConfirmedByInquiry} {
			if got := Reconcile(Known{File: file, AttemptStarted: started, Values: u.Values}, records); got.Verdict != want {
				t.Errorf("%s: %s, want %s", file, got.Verdict, want)
			}
		}
	})
}
