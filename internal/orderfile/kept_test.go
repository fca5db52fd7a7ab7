package orderfile_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/switchanswer"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/orderfile"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// answers are those that are kept for a person.
func (r *road) answers() []*ent.SwitchAnswer {
	r.Helper()
	all, err := r.Store.Client.SwitchAnswer.Query().Order(switchanswer.ByID()).All(r.System())
	r.check(err)
	return all
}

// kept are the answers. There must be n.
func (r *road) kept(n int) []*ent.SwitchAnswer {
	r.Helper()
	all := r.answers()
	if len(all) != n {
		r.Fatalf("%d answers are kept, want %d: %v", len(all), n, all)
	}
	return all
}

// line is the switch's end of a connection: what it says, it says by hand.
type line struct {
	*road
	conn net.Conn
	n    uint32
}

// byHand runs a process with a switch that says what the test says.
func (r *road) byHand() *line {
	r.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	r.check(err)
	r.Cleanup(func() { _ = listener.Close() })
	r.switchAt = listener.Addr().String()
	r.start()
	conn, err := listener.Accept()
	r.check(err)
	r.Cleanup(func() { _ = conn.Close() })
	l := &line{road: r, conn: conn}
	l.write(l.read()) // C
	return l
}

func (l *line) read() orderfile.Frame {
	l.Helper()
	for {
		l.check(l.conn.SetReadDeadline(time.Now().Add(30 * time.Second)))
		f, err := orderfile.ReadFrame(l.conn, orderfile.MaxFrame)
		l.check(err)
		if f.Type != orderfile.FrameHeartbeat {
			return f
		}
	}
}

func (l *line) write(f orderfile.Frame) {
	l.Helper()
	b, err := f.Append(nil, orderfile.MaxFrame)
	l.check(err)
	_, err = l.conn.Write(b)
	l.check(err)
}

// say says a body and answers how that was received.
func (l *line) say(body string) orderfile.FrameType {
	l.Helper()
	l.n++
	l.write(orderfile.Frame{Type: orderfile.FrameMessage, Exchange: l.n, Body: []byte(body)})
	return l.read().Type
}

// noted is a log that the test reads while it is written.
type noted struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (n *noted) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(p)
}

func (n *noted) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}

// What settles nothing by itself is kept as it came, for the registry section,
// before the switch may forget it; and it is in no log.
func TestWhatSettlesNothingIsKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newWorld(t, s)
		var log noted
		r.log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		l := r.byHand()
		long := "STSCT001.K7Q2M9XW4T.STATE.REJ.TXT/" + strings.Repeat("CANARY ", 1500) + "."
		said := []struct{ body, number, kind, why string }{
			{"HELLO CANARY", "", "", "cannot be read"},
			{"STSCT001.K7Q2M9XW4T.STATE.ACK.MPO.NAM/CANARY, J.TIM/YESTERDAY.", "K7Q2M9XW4T", "", "TIM is no instant"},
			{"STSCT001.K7Q2M9XW4T.CANARY, J.ACK.", "K7Q2M9XW4T", "", "cannot be read"},
			{long, "K7Q2M9XW4T", "", "cannot be read"},
			{"STSCT001.K7Q2M9XW4T.STATE.ACK.MPO.SEQ/0000481516.NAM/CANARY, J.", "K7Q2M9XW4T", "ACK", "matches no delivery"},
			{"STSCT001.K7Q2M9XW4T.NATNL.REJ.COD/R02.TXT/CANARY.", "K7Q2M9XW4T", "REJ", "matches no delivery"},
			{"STSCT001..STATE.ACK.MPO.", "", "ACK", "matches no delivery"},
			{"STSCT001.W3RD0N5Z8H.STATE.REC.NIC/H1.NAM/CANARY, J.SVC/1.FILE/STATE.", "W3RD0N5Z8H", "REC", "no inquiry"},
			{"STSCT001..STATE.STS.COD/S02.FILE/NATNL.TXT/OUT OF SERVICE, CANARY.", "", "STS", "S02"},
		}
		for _, x := range said {
			if got := l.say(x.body); got != orderfile.FrameAccepted {
				t.Fatalf("%q was answered %c", x.body, got)
			}
		}
		for i, a := range r.kept(len(said)) {
			want := said[i]
			if a.ControlNumber != want.number || a.Kind != want.kind || !strings.Contains(a.Why, want.why) || !a.ReceivedAt.Equal(terms.Micro(r.Clock.Now())) {
				t.Errorf("%.80q is kept as %q, %q, %q, %s", want.body, a.ControlNumber, a.Kind, a.Why, a.ReceivedAt)
			}
			switch {
			case want.body == long:
				if n := len(a.Raw); n > 8000 || n < 7990 || !strings.HasPrefix(long, a.Raw) {
					t.Errorf("%d bytes are kept: %.80q", n, a.Raw)
				}
			case a.Raw != want.body:
				t.Errorf("%q is kept as %q", want.body, a.Raw)
			}
		}
		if got := log.String(); strings.Contains(got, "CANARY") || !strings.Contains(got, "settles nothing") {
			t.Errorf("the log: %s", got)
		}
		// C.G.S. §51-5c: only the registry section may look.
		for account, n := range map[string]int{"officer1": 0, "court1": 0, "supervisor1": 0, "registry1": len(said)} {
			v := r.As(account)
			v.Agreed = true
			if got := s.Client.SwitchAnswer.Query().CountX(access.With(t.Context(), v)); got != n {
				t.Errorf("%s sees %d answers", account, got)
			}
		}
	})
}

// While the database refuses, the switch keeps its answer.
func TestWhatCannotBeKeptStaysWithTheSwitch(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newWorld(t, s)
		l := r.byHand()
		for i, body := range []string{"HELLO", "STSCT001.K7Q2M9XW4T.STATE.ACK.MPO.", "STSCT001..STATE.STS.COD/S01.FILE/STATE."} {
			rename := func(from, to string) {
				_, err := s.SQL().ExecContext(t.Context(), fmt.Sprintf("ALTER TABLE %s RENAME TO %s", from, to))
				r.check(err)
			}
			rename("switch_answers", "away")
			if got := l.say(body); got != orderfile.FrameRefused {
				t.Errorf("%q was answered %c though it was not kept", body, got)
			}
			rename("away", "switch_answers")
			if got := l.say(body); got != orderfile.FrameAccepted {
				t.Errorf("%q was answered %c", body, got)
			}
			r.kept(i + 1)
		}
	})
}

// pipe is another wire than ours, which lets pass whatever comes.
type pipe struct{ receive chan orderfile.Receive }

func (p pipe) Run(ctx context.Context, receive orderfile.Receive) error {
	p.receive <- receive
	<-ctx.Done()
	return nil
}

func (pipe) Send(context.Context, []byte) error { return orderfile.ErrNotSent }

// What no database takes as text is kept so that every byte can be told.
func TestWhatIsNoTextIsKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newWorld(t, s)
		p := pipe{make(chan orderfile.Receive)}
		client := orderfile.NewClient(p, orderfile.ClientOptions{Profile: orderfile.DefaultProfile(), Log: quiet})
		orderfile.NewChannel(client, r.Ledger, s.Client, orderfile.ChannelOptions{Profile: orderfile.DefaultProfile(), Log: quiet})
		_, stop := run(client.Run)
		t.Cleanup(func() { r.check(stop()) })
		receive := <-p.receive
		long := strings.Repeat("é", 5000)
		for _, body := range []string{"A.K7Q2M9XW4T.\xff\x00B", "A\x00B", long} {
			r.check(receive(t.Context(), []byte(body)))
		}
		all := r.kept(3)
		if all[0].Raw != `"A.K7Q2M9XW4T.\xff\x00B"` || all[1].Raw != `"A\x00B"` || all[2].Raw != long[:8000] {
			t.Errorf("kept: %v", all)
		}
	})
}
