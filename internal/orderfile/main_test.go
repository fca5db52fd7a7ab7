package orderfile

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(simulatorDir); dir != "" {
		fmt.Fprintln(os.Stderr, beSimulator(dir))
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// wire is a listener whose connections are pipes in memory, so that time can
// be virtual (testing/synctest).
type wire struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newWire() *wire { return &wire{conns: make(chan net.Conn), done: make(chan struct{})} }

func (w *wire) Accept() (net.Conn, error) {
	select {
	case c := <-w.conns:
		return c, nil
	case <-w.done:
		return nil, net.ErrClosed
	}
}

func (w *wire) Dial(ctx context.Context) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case w.conns <- theirs:
		return ours, nil
	case <-w.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (w *wire) Close() error   { w.once.Do(func() { close(w.done) }); return nil }
func (w *wire) Addr() net.Addr { return &net.UnixAddr{Name: "wire"} }

func tcp(addr net.Addr) Dial {
	return func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", addr.String())
	}
}

// service is an update for a record, as the registry would send it.
func service(record string) Update {
	return Update{
		ControlNumber: NewControlNumber(), Key: ModifyOrder, ORI: "CT018015J", RecordNumber: record,
		Name: OrderName("Núñez", "José"), Values: DefaultProfile().Served(time.Date(2026, 11, 25, 2, 40, 0, 0, time.UTC)),
	}
}

// desk is a client that runs, and keeps all answers.
type desk struct {
	t      *testing.T
	client *Client
	link   *TCPLink
	stop   func()

	mu      sync.Mutex
	answers []Answer
	refuse  error // what the handler answers
	changed chan struct{}
}

func newDesk(t *testing.T, dial Dial, timeout time.Duration) *desk {
	t.Helper()
	d := &desk{t: t, changed: make(chan struct{})}
	d.link = NewTCPLink(LinkOptions{
		Dial: dial, User: "STSDISP", AcceptTimeout: timeout, Log: quiet,
		Backoff: func(int) time.Duration { return time.Millisecond },
	})
	d.client = NewClient(d.link, ClientOptions{Profile: DefaultProfile(), InquiryTimeout: 2 * timeout, Log: quiet})
	d.client.OnAnswer(func(_ context.Context, a Answer) error {
		d.mu.Lock()
		defer d.mu.Unlock()
		defer func() { close(d.changed); d.changed = make(chan struct{}) }()
		d.answers = append(d.answers, a)
		return d.refuse
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.client.Run(ctx) }()
	d.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the client ended with %v", err)
		}
	})
	t.Cleanup(d.stop)
	return d
}

// await waits for an answer that is wanted and answers it.
func (d *desk) await(wanted func(Answer) bool) Answer {
	d.t.Helper()
	tooLong := time.NewTimer(time.Minute)
	defer tooLong.Stop()
	for {
		d.mu.Lock()
		changed := d.changed
		for _, a := range d.answers {
			if wanted(a) {
				d.mu.Unlock()
				return a
			}
		}
		d.mu.Unlock()
		select {
		case <-changed:
		case <-tooLong.C:
			d.t.Fatal("the answer did not come")
		}
	}
}

func from(u Update, file File, kind AnswerKind) func(Answer) bool {
	return func(a Answer) bool { return a.ControlNumber == u.ControlNumber && a.File == file && a.Kind == kind }
}

func newSimulator(t *testing.T, o SimulatorOptions) *Simulator {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	o.Log = quiet
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func changes(t *testing.T, dir string, file File) []Change {
	t.Helper()
	all, err := ReadChanges(dir, file)
	if err != nil {
		t.Fatal(err)
	}
	return all
}
