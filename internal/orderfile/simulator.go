package orderfile

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// SimulatorOptions are the options of [Start]. Dir is required; what else is
// zero gets the value named.
type SimulatorOptions struct {
	Listen      string       // TCP address for switch connections. 127.0.0.1:0
	Listener    net.Listener // instead of Listen; it may speak TLS
	AdminListen string       // loopback address of the admin pages; empty: none
	Dir         string       // where the records live

	// RefuseUnknown: a record number that nobody put on file is rejected with
	// R02. Otherwise the record is made: all orders of the demonstration are
	// on file.
	RefuseUnknown bool
	// RepeatsRejected: what changes nothing is answered R05, not ACK.
	RepeatsRejected bool
	// PlainNumbers: record numbers ask for no faults. Load tests want this.
	PlainNumbers bool

	Latency      time.Duration // of everything
	ForwardDelay time.Duration // between the two files: about ten minutes in life

	// FaultRate is the share of messages that meet one of RandomFaults, drawn
	// from Seed. RandomFaults nil: all that do not need a person.
	FaultRate    float64
	RandomFaults []Fault
	Seed         uint64

	Clock   func() time.Time // what the files call now. time.Now
	TimeTag string           // the tag of the time of service. SVT
	Log     *slog.Logger
}

// Simulator is the state switch with the state file, and the national file
// behind it (§3(e), §3(f)). Records and kept answers survive its process.
type Simulator struct {
	options  SimulatorOptions
	profile  Profile
	log      *slog.Logger
	lock     *flock.Flock
	listener net.Listener
	admin    net.Listener
	pages    *http.Server
	life     context.Context
	cancel   context.CancelFunc
	work     sync.WaitGroup
	closed   sync.Once
	closing  error

	mu       sync.Mutex // all below
	state    *ledger
	national *ledger
	onFile   *lines
	queue    *queue
	faults   faults
	sessions []*simSession
	count    int
	pending  int // messages that are being delayed
	journal  []JournalLine
	changed  chan struct{}
}

// ErrDirInUse says that another simulator has the directory: two would write the
// same files.
var ErrDirInUse = errors.New("another process keeps its order files in this directory; give each a data directory of its own")

// Start runs a simulator until ctx ends or it is closed.
func Start(ctx context.Context, o SimulatorOptions) (_ *Simulator, err error) {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.TimeTag == "" {
		o.TimeTag = DefaultProfile().TimeTag
	}
	if o.RandomFaults == nil {
		o.RandomFaults = everyFault
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	s := &Simulator{options: o, profile: Profile{TimeTag: o.TimeTag}, log: o.Log, changed: make(chan struct{})}
	s.faults = faults{numbers: !o.PlainNumbers, rate: o.FaultRate, random: o.RandomFaults, seed: o.Seed, times: map[ControlNumber]uint64{}}
	ctx, s.cancel = context.WithCancel(ctx)
	s.life = ctx
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("start the order-file simulator: %w", err), s.Close())
		}
	}()
	if s.listener = o.Listener; s.listener == nil {
		if s.listener, err = net.Listen("tcp", o.Listen); err != nil {
			return nil, err
		}
	}
	if err := s.open(); err != nil {
		return nil, err
	}
	if err := s.startAdmin(); err != nil {
		return nil, err
	}
	s.resume(ctx)
	s.work.Go(func() { s.accept(ctx) })
	context.AfterFunc(ctx, func() {
		if err := s.Close(); err != nil {
			s.log.Error("the order-file simulator could not close its files", "error", err)
		}
	})
	return s, nil
}

func (s *Simulator) open() (err error) {
	if err := os.MkdirAll(s.options.Dir, 0o700); err != nil {
		return err
	}
	s.lock = flock.New(filepath.Join(s.options.Dir, ".lock"), flock.SetPermissions(0o600))
	if got, err := s.lock.TryLock(); err != nil {
		return err
	} else if !got {
		return fmt.Errorf("%s: %w", s.options.Dir, ErrDirInUse)
	}
	ledgers, onFile, err := openLedgers(s.options.Dir)
	if err != nil {
		return err
	}
	s.state, s.national, s.onFile = ledgers[StateFile], ledgers[NationalFile], onFile
	s.queue, err = openQueue(s.options.Dir)
	return err
}

// resume forwards what the process before did not get to forward.
func (s *Simulator) resume(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var late []*item
	for e := s.queue.items.Front(); e != nil; e = e.Next() {
		if it := e.Value.(*item); it.Forward != nil {
			late = append(late, it)
		}
	}
	for _, it := range late {
		s.forward(ctx, it)
	}
}

func (s *Simulator) accept(ctx context.Context) {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			if ctx.Err() == nil {
				s.log.Error("the order-file simulator takes no more connections", "error", err)
			}
			return
		}
		s.work.Go(func() { s.converse(ctx, conn) })
	}
}

// Addr is where the simulated switch listens.
func (s *Simulator) Addr() net.Addr { return s.listener.Addr() }

// AdminAddr is where the admin pages are; nil without.
func (s *Simulator) AdminAddr() net.Addr {
	if s.admin == nil {
		return nil
	}
	return s.admin.Addr()
}

// hangUp takes no more connections. What it closes can be closed already.
func (s *Simulator) hangUp() {
	if s.listener != nil {
		_ = s.listener.Close()
	}
	if s.admin != nil {
		_ = s.admin.Close()
	}
	if s.pages != nil {
		_ = s.pages.Close()
	}
}

// Close ends all connections, waits for what is being done, and closes the
// files.
func (s *Simulator) Close() error {
	s.closed.Do(func() {
		s.cancel()
		s.hangUp()
		s.work.Wait()
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, l := range s.allLines() {
			s.closing = errors.Join(s.closing, l.close())
		}
		if s.lock != nil {
			s.closing = errors.Join(s.closing, s.lock.Unlock())
		}
	})
	return s.closing
}

func (s *Simulator) allLines() (all []*lines) {
	for _, l := range []*ledger{s.state, s.national} {
		if l != nil {
			all = append(all, l.lines)
		}
	}
	if s.onFile != nil {
		all = append(all, s.onFile)
	}
	if s.queue != nil {
		all = append(all, s.queue.lines)
	}
	return all
}

// Fault sets a fault for the messages that match. Those set first win.
func (s *Simulator) Fault(m Match, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.set = append(s.faults.set, &setFault{match: m, fault: f})
}

// ClearFaults takes back what [Simulator.Fault] set.
func (s *Simulator) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.set = nil
}

// Enter puts a record on both files, or on the one named in c.File, or writes
// over it as another terminal would. It makes no line in state.jsonl.
func (s *Simulator) Enter(c Change) error {
	if err := c.check(); err != nil {
		return fmt.Errorf("put record %s on file: %w", c.RecordNumber, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c.At = s.now()
	for _, l := range []*ledger{s.state, s.national} {
		if c.File != "" && c.File != l.file {
			continue
		}
		if _, err := l.enter(c, s.onFile); err != nil {
			return fmt.Errorf("put record %s on file: %w", c.RecordNumber, err)
		}
	}
	return nil
}

// Versions are all versions of a record in a file, oldest first.
func (s *Simulator) Versions(file File, record string) []Change {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.state
	if file == NationalFile {
		l = s.national
	}
	if h, ok := l.records[record]; ok {
		return append([]Change(nil), h.versions...)
	}
	return nil
}

// Settled waits until every message is worked off, forwarded, and every answer
// accepted.
func (s *Simulator) Settled(ctx context.Context) error {
	for {
		s.mu.Lock()
		settled, changed := s.pending == 0 && s.queue.items.Len() == 0, s.changed
		s.mu.Unlock()
		if settled {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("wait for the order-file simulator: %w", ctx.Err())
		}
	}
}

// moved wakes those who wait for something to happen; the lock is held.
func (s *Simulator) moved() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *Simulator) now() time.Time { return s.options.Clock().UTC().Truncate(time.Microsecond) }

// must ends the simulator when it can no longer write: a switch that cannot
// keep its records does not answer.
func (s *Simulator) must(err error) bool {
	if err != nil {
		s.log.Error("the order-file simulator cannot write and stops", "error", err)
		s.cancel()
	}
	return err == nil
}

var errNotLoopback = errors.New("the admin pages of the order-file simulator ask for no password: they listen on a loopback address only")

func (s *Simulator) startAdmin() (err error) {
	if s.options.AdminListen == "" {
		return nil
	}
	s.admin, err = net.Listen("tcp", s.options.AdminListen)
	if err != nil {
		return err
	}
	if addr, ok := s.admin.Addr().(*net.TCPAddr); !ok || !addr.IP.IsLoopback() {
		return errNotLoopback
	}
	s.pages = &http.Server{Handler: s.handler(), ReadHeaderTimeout: greetTimeout, IdleTimeout: time.Minute}
	s.work.Go(func() {
		if err := s.pages.Serve(s.admin); !errors.Is(err, net.ErrClosed) && !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("the admin pages of the order-file simulator ended", "error", err)
		}
	})
	return nil
}
