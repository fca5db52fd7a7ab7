package orderfile

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// peer is the other end of a link, played by a test frame by frame.
type peer struct {
	t    *testing.T
	conn net.Conn
}

// meet takes the next connection and exchanges C.
func (w *wire) meet(t *testing.T) *peer {
	t.Helper()
	conn, err := w.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	p := &peer{t, conn}
	c := p.read()
	if g, err := parseGreeting(c.Body); c.Type != FrameConnect || err != nil || g.User != "STSDISP" {
		t.Fatalf("%c %s instead of C", c.Type, c.Body)
	}
	p.write(Frame{FrameConnect, c.Exchange, []byte("VER/1.USR/STSDISP.MAX/2048.IDLE/60.")})
	return p
}

func (p *peer) read() Frame {
	p.t.Helper()
	f, err := ReadFrame(p.conn, MaxFrame)
	if err != nil {
		p.t.Fatal(err)
	}
	return f
}

// next reads until there is more than a heartbeat.
func (p *peer) next() Frame {
	p.t.Helper()
	for {
		if f := p.read(); f.Type != FrameHeartbeat {
			return f
		}
	}
}

func (p *peer) write(f Frame) {
	p.t.Helper()
	if _, err := writeFrame(p.conn, f, MaxFrame); err != nil {
		p.t.Fatal(err)
	}
}

// live reads and answers heartbeats until the connection ends.
func (p *peer) live() {
	go func() {
		for {
			if _, err := ReadFrame(p.conn, MaxFrame); err != nil {
				return
			}
			if _, err := writeFrame(p.conn, Frame{Type: FrameHeartbeat}, MaxFrame); err != nil {
				return
			}
		}
	}()
}

// later starts a Send and answers where its result will be.
func (d *desk) later(ctx context.Context, u Update) <-chan error {
	result := make(chan error, 1)
	go func() { result <- d.client.Send(ctx, u) }()
	return result
}

// virtual runs a test in virtual time against a peer that the test plays.
func virtual(t *testing.T, test func(t *testing.T, w *wire, d *desk)) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire()
		t.Cleanup(func() { _ = w.Close() })
		test(t, w, newDesk(t, w.Dial, 30*time.Second))
	})
}

func is(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if errors.Is(got, ErrNotSent) && errors.Is(got, ErrUnknown) {
		t.Errorf("%v is certain and unknown at once", got)
	}
}

func TestSendEndsWithA(t *testing.T) {
	virtual(t, func(t *testing.T, w *wire, d *desk) {
		u := service("H1")
		sent := d.later(t.Context(), u)
		p := w.meet(t)
		f := p.next()
		if !strings.HasPrefix(string(f.Body), "STSCT001."+string(u.ControlNumber)+".STSDISP.MPO.CT018015J.NIC/H1.") {
			t.Errorf("sent %s", f.Body)
		}
		p.write(Frame{Type: FrameAccepted, Exchange: f.Exchange + 1000}) // of something else: ignored
		p.write(Frame{Type: FrameAccepted, Exchange: f.Exchange})
		is(t, <-sent, nil)
	})
}

func TestSendIsRefused(t *testing.T) {
	virtual(t, func(t *testing.T, w *wire, d *desk) {
		sent := d.later(t.Context(), service("H1"))
		p := w.meet(t)
		p.write(Frame{FrameRefused, p.next().Exchange, []byte("COD/N03.TXT/BUSY.AFT/20.")})
		err := <-sent
		var refused *Refused
		if !errors.As(err, &refused) || *refused != (Refused{Busy, "BUSY", 20 * time.Second}) {
			t.Errorf("%v", err)
		}
		is(t, err, ErrNotSent)
	})
}

func TestNoAWithinThirtySecondsIsUnknown(t *testing.T) {
	virtual(t, func(t *testing.T, w *wire, d *desk) {
		begun := time.Now()
		sent := d.later(t.Context(), service("H1"))
		p := w.meet(t)
		f := p.next()
		p.live()
		is(t, <-sent, ErrUnknown)
		if waited := time.Since(begun); waited != 30*time.Second {
			t.Errorf("waited %s", waited)
		}
		p.write(Frame{Type: FrameAccepted, Exchange: f.Exchange}) // late; it does no harm
		synctest.Wait()
		is(t, d.link.Check(), nil)
	})
}

func TestConnectionLostAfterTheFrameIsUnknown(t *testing.T) {
	virtual(t, func(t *testing.T, w *wire, d *desk) {
		sent := d.later(t.Context(), service("H1"))
		p := w.meet(t)
		p.next()
		_ = p.conn.Close()
		is(t, <-sent, ErrUnknown)
		w.meet(t) // and it connects again
	})
}

func TestHalfAFrameIsUnknown(t *testing.T) {
	virtual(t, func(t *testing.T, w *wire, d *desk) {
		sent := d.later(t.Context(), service("H1"))
		p := w.meet(t)
		if _, err := p.conn.Read(make([]byte, 20)); err != nil {
			t.Fatal(err)
		}
		_ = p.conn.Close()
		is(t, <-sent, ErrUnknown)
	})
}

func TestNotAByteTakenIsNotSent(t *testing.T) {
	virtual(t, func(t *testing.T, w *wire, d *desk) {
		p := w.meet(t)
		synctest.Wait() // the link is up; its frame waits for us to read
		sent := d.later(t.Context(), service("H1"))
		synctest.Wait()
		_ = p.conn.Close()
		is(t, <-sent, ErrNotSent)
	})
}

func TestNoConnectionIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refused := errors.New("nobody listens")
		link := NewTCPLink(LinkOptions{
			Dial: func(context.Context) (net.Conn, error) { return nil, refused }, User: "STSDISP", Log: quiet,
			Backoff: func(int) time.Duration { return time.Hour },
		})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- link.Run(ctx, nil) }()
		synctest.Wait()
		err := link.Send(ctx, []byte("X"))
		is(t, err, ErrNotSent)
		is(t, err, refused)
		is(t, link.Check(), refused)
		if err := link.Run(ctx, nil); err == nil {
			t.Error("it runs twice")
		}
		cancel()
		is(t, <-ended, nil)
	})
}

func TestWhoGivesUpBeforeTheFrameHasSentNothing(t *testing.T) {
	virtual(t, func(t *testing.T, w *wire, d *desk) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		is(t, d.client.Send(ctx, service("H1")), ErrNotSent) // nobody has connected yet
	})
}

func TestAFrameLongerThanAgreedIsNotSent(t *testing.T) {
	virtual(t, func(t *testing.T, w *wire, d *desk) {
		sent := make(chan error, 1)
		go func() { sent <- d.link.Send(t.Context(), []byte(strings.Repeat("A", 3000))) }()
		w.meet(t).live()
		err := <-sent
		is(t, err, ErrNotSent)
		is(t, err, ErrFrameTooLong)
		is(t, d.link.Check(), nil) // the connection is as good as before
	})
}

func TestAtMostEightWithoutA(t *testing.T) {
	virtual(t, func(t *testing.T, w *wire, d *desk) {
		var sent []<-chan error
		for i := range 9 {
			sent = append(sent, d.later(t.Context(), service(fmt.Sprint("H", i))))
		}
		p := w.meet(t)
		var frames []Frame
		for range window {
			frames = append(frames, p.next())
		}
		more := make(chan Frame, 1)
		go func() { more <- p.next() }()
		synctest.Wait()
		select {
		case f := <-more:
			t.Fatalf("a ninth: %s", f.Body)
		default:
		}
		p.write(Frame{Type: FrameAccepted, Exchange: frames[3].Exchange})
		frames[3] = <-more
		for _, f := range frames {
			p.write(Frame{Type: FrameAccepted, Exchange: f.Exchange})
		}
		for _, result := range sent {
			is(t, <-result, nil)
		}
	})
}

// A switch that never accepts would stop the link for ever once the window is
// full: then the connection is made anew.
func TestEightOverdueEndTheConnection(t *testing.T) {
	virtual(t, func(t *testing.T, w *wire, d *desk) {
		var sent []<-chan error
		for i := range window {
			sent = append(sent, d.later(t.Context(), service(fmt.Sprint("H", i))))
		}
		w.meet(t).live()
		for _, result := range sent {
			is(t, <-result, ErrUnknown)
		}
		again := d.later(t.Context(), service("H9"))
		p := w.meet(t)
		select {
		case err := <-again: // it met the old connection at its end
			is(t, err, ErrNotSent)
		default:
			p.write(Frame{Type: FrameAccepted, Exchange: p.next().Exchange})
			is(t, <-again, nil)
		}
	})
}

func TestHeartbeatsBothWays(t *testing.T) {
	virtual(t, func(t *testing.T, w *wire, d *desk) {
		p := w.meet(t)
		met := time.Now()
		for range 10 {
			if f := p.read(); f.Type != FrameHeartbeat {
				t.Fatalf("%c instead of H", f.Type)
			}
			p.write(Frame{Type: FrameHeartbeat})
		}
		if took := time.Since(met); took != 10*30*time.Second {
			t.Errorf("ten heartbeats in %s", took)
		}
		// The switch falls silent: after 60 s it is dead, and a new connection
		// is made. One byte now and then does not keep the old one alive.
		go func() {
			tick := time.NewTicker(10 * time.Second)
			defer tick.Stop()
			for _, c := range []byte("\x00\x00\x00\x20M\x00\x00\x00\x01AAAAA") {
				select {
				case <-tick.C:
				case <-t.Context().Done():
					return
				}
				if _, err := p.conn.Write([]byte{c}); err != nil {
					return
				}
			}
		}()
		go func() {
			for {
				if _, err := ReadFrame(p.conn, MaxFrame); err != nil {
					return
				}
			}
		}()
		silent := time.Now()
		w.meet(t)
		if took := time.Since(silent); took < 60*time.Second || took > 61*time.Second {
			t.Errorf("dead after %s", took)
		}
	})
}

func TestBadStreamEndsTheConnection(t *testing.T) {
	for name, bad := range map[string]string{
		"half a frame":      "\x00\x00\x00\x09M\x00",
		"a length of 4 GB":  "\xff\xff\xff\xff",
		"not ASCII":         "\x00\x00\x00\x06M\x00\x00\x00\x01\xff",
		"C out of place":    "\x00\x00\x00\x05C\x00\x00\x00\x01",
		"N about no frame":  "\x00\x00\x00\x05N\x00\x00\x00\x00",
		"a type of its own": "\x00\x00\x00\x05?\x00\x00\x00\x00",
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, func(t *testing.T, w *wire, d *desk) {
				sent := d.later(t.Context(), service("H1"))
				p := w.meet(t)
				p.next()
				if _, err := p.conn.Write([]byte(bad)); err != nil {
					t.Fatal(err)
				}
				if name == "half a frame" {
					_ = p.conn.Close()
				}
				is(t, <-sent, ErrUnknown)
				w.meet(t)
			})
		})
	}
}

// The pauses between attempts to connect grow, and begin anew after a session
// that was of use.
func TestBackoff(t *testing.T) {
	for failures, limit := range map[int]time.Duration{0: 250 * time.Millisecond, 1: 250 * time.Millisecond, 2: 500 * time.Millisecond, 5: 4 * time.Second, 8: 30 * time.Second, 1000: 30 * time.Second} {
		for range 100 {
			if d := backoff(failures); d < limit/2 || d >= limit {
				t.Errorf("after %d failures %s, want %s to %s", failures, d, limit/2, limit)
			}
		}
	}
	synctest.Test(t, func(t *testing.T) {
		w := newWire()
		t.Cleanup(func() { _ = w.Close() })
		pauses := make(chan int, 10)
		link := NewTCPLink(LinkOptions{Dial: w.Dial, User: "STSDISP", Log: quiet, Backoff: func(n int) time.Duration { pauses <- n; return time.Second }})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- link.Run(ctx, func(context.Context, []byte) error { return nil }) }()
		_ = w.meet(t).conn.Close()
		_ = w.meet(t).conn.Close()
		p := w.meet(t)
		p.write(Frame{FrameMessage, 1, []byte(ackK7)})
		p.next()
		_ = p.conn.Close()
		w.meet(t)
		if a, b, c := <-pauses, <-pauses, <-pauses; a != 1 || b != 2 || c != 1 {
			t.Errorf("failures were counted %d, %d, %d", a, b, c)
		}
		cancel()
		is(t, <-ended, nil)
	})
}

func TestGreetingsAreStrict(t *testing.T) {
	for _, body := range []string{"", "VER/2.USR/A.MAX/65536.IDLE/60.", "VER/1.USR/A.MAX/65536.IDLE/0.", "VER/1.USR/A.MAX/1.IDLE/60.", "VER/1.USR/A.MAX/65537.IDLE/60.", "VER/1.MAX/65536.IDLE/60."} {
		if g, err := parseGreeting([]byte(body)); err == nil {
			t.Errorf("%q was read as %+v", body, g)
		}
	}
}
