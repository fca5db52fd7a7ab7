package orderfile

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// What is certain about a message that was not accepted. Everything that a
// [Link] answers is one of these or nil.
var (
	// ErrNotSent: the switch certainly does not have it (no connection, or it
	// refused the frame). Sending again cannot double anything.
	ErrNotSent = errors.New("certainly not sent")
	// ErrUnknown: it was written, at least in part, and nobody said whether it
	// arrived. It is reconciled before it is sent again: see Reconcile.
	ErrUnknown = errors.New("unknown whether it was sent")
)

// Refused says that the switch answered N: it did not store the message. It is
// an [ErrNotSent]. Code.Class tells whether to try again.
type Refused struct {
	Code  Code
	Text  string
	After time.Duration // when it may be tried again; zero: it did not say
}

func (e *Refused) Error() string { return fmt.Sprintf("the switch refused it: %s %s", e.Code, e.Text) }

// Is makes a Refused an ErrNotSent.
func (*Refused) Is(target error) bool { return target == ErrNotSent }

func notSent(why error) error { return fmt.Errorf("%w: %w", ErrNotSent, why) }
func unknown(why error) error { return fmt.Errorf("%w: %w", ErrUnknown, why) }

// Receive takes a body that came from the switch. It returns nil when the body
// is stored for good; only then is the switch told that it may forget it.
type Receive func(ctx context.Context, body []byte) error

// Link carries bodies to a switch and brings its answers back, whatever the
// wire is.
type Link interface {
	// Run keeps the link up, and hands what comes to receive, until ctx ends;
	// then it returns nil. Receive is called from several goroutines, never
	// from two at once for one control number, and can be called again with
	// what it has stored before: a switch that did not hear "accepted" repeats.
	Run(ctx context.Context, receive Receive) error
	// Send returns nil when the switch has stored the body. That is no change
	// of any file yet. Else it returns ErrNotSent or ErrUnknown.
	Send(ctx context.Context, body []byte) error
}

// Dial opens the connection to the switch. TLS belongs here: it returns the
// connection after the handshake.
type Dial func(ctx context.Context) (net.Conn, error)

// LinkOptions are the options of a [TCPLink]. Dial and User are required;
// what else is zero gets the value named.
type LinkOptions struct {
	Dial Dial
	User string // our name at the switch
	// Idle is after how long without a frame the other side is dead; each side
	// sends a heartbeat every half of it. Whole seconds. 60 s.
	Idle time.Duration
	// AcceptTimeout is how long A or N may take before the end of an attempt is
	// unknown. 30 s.
	AcceptTimeout time.Duration
	// DialTimeout bounds connecting, the first exchange included. 10 s.
	DialTimeout time.Duration
	// Backoff is the pause before a new connection after so many failures in a
	// row (1, 2 …). From a quarter of a second to 30 s, doubling, with jitter.
	Backoff func(failures int) time.Duration
	Log     *slog.Logger
}

// window is how many M frames each side may have sent without A or N.
const window = 8

// TCPLink is the [Link] over one long-lived connection.
type TCPLink struct {
	options  LinkOptions
	exchange atomic.Uint32
	running  atomic.Bool

	mu      sync.Mutex
	current *session
	down    error         // why there is no session; nil: one is being opened
	changed chan struct{} // closed when current or down changes
}

var _ Link = (*TCPLink)(nil)

// NewTCPLink makes a link. It connects when it is run.
func NewTCPLink(o LinkOptions) *TCPLink {
	if o.Idle == 0 {
		o.Idle = 60 * time.Second
	}
	if o.AcceptTimeout == 0 {
		o.AcceptTimeout = 30 * time.Second
	}
	if o.DialTimeout == 0 {
		o.DialTimeout = 10 * time.Second
	}
	if o.Backoff == nil {
		o.Backoff = backoff
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &TCPLink{options: o, changed: make(chan struct{})}
}

// backoff doubles from a quarter of a second to 30 s. The jitter of one half
// keeps many processes from coming back to a restarted switch all at once.
func backoff(failures int) time.Duration {
	d := 30 * time.Second
	if failures < 8 {
		d = min(d, 250*time.Millisecond<<max(failures-1, 0))
	}
	return d/2 + rand.N(d/2)
}

// Run implements [Link].
func (l *TCPLink) Run(ctx context.Context, receive Receive) error {
	if !l.running.CompareAndSwap(false, true) {
		return errors.New("the link to the order-file switch runs already")
	}
	defer l.running.Store(false)
	for failures := 0; ; {
		l.set(nil, nil)
		useful, err := l.serve(ctx, receive)
		if ctx.Err() != nil {
			l.set(nil, ctx.Err())
			return nil
		}
		if useful {
			failures = 0
		}
		failures++
		pause := l.options.Backoff(failures)
		l.set(nil, err)
		l.options.Log.WarnContext(ctx, "no connection to the order-file switch", "error", err, "failures", failures, "pause", pause)
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
	}
}

// serve opens a session and works it until it ends. It was useful if the
// switch did more than answer the telephone.
func (l *TCPLink) serve(ctx context.Context, receive Receive) (useful bool, err error) {
	s, err := l.connect(ctx)
	if err != nil {
		return false, fmt.Errorf("connect to the order-file switch: %w", err)
	}
	l.set(s, nil)
	begun := time.Now()
	err = s.run(ctx, receive)
	return s.useful.Load() || time.Since(begun) >= s.idle, err
}

// connect dials and exchanges C for C.
func (l *TCPLink) connect(ctx context.Context) (_ *session, err error) {
	o := l.options
	ctx, cancel := context.WithTimeout(ctx, o.DialTimeout)
	defer cancel()
	conn, err := o.Dial(ctx)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // ends the exchange; it reports why
	defer func() {
		if !stop() && err == nil {
			err = ctx.Err()
		}
		if err != nil {
			_ = conn.Close() // the first error is the one that tells
		}
	}()
	mine := greeting{User: o.User, Max: MaxFrame, Idle: o.Idle}
	frame, err := mine.frame(l.exchange.Add(1))
	if err != nil {
		return nil, err
	}
	if _, err := writeFrame(conn, frame, MaxFrame); err != nil {
		return nil, fmt.Errorf("send C: %w", err)
	}
	reply, err := ReadFrame(conn, MaxFrame)
	switch {
	case err != nil:
		return nil, fmt.Errorf("await C: %w", err)
	case reply.Type == FrameRefused:
		return nil, refusal(reply.Body)
	case reply.Type != FrameConnect:
		return nil, fmt.Errorf("%w: %c instead of C", ErrBadFrame, reply.Type)
	}
	theirs, err := parseGreeting(reply.Body)
	if err != nil {
		return nil, fmt.Errorf("read C: %w", err)
	}
	return newSession(conn, mine.agree(theirs), o), nil
}

func (l *TCPLink) set(s *session, down error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.current, l.down = s, down
	close(l.changed)
	l.changed = make(chan struct{})
}

// Send implements [Link]. While a connection is being opened it waits; while
// the link pauses after a failure it says ErrNotSent at once.
func (l *TCPLink) Send(ctx context.Context, body []byte) error {
	for {
		l.mu.Lock()
		s, down, changed := l.current, l.down, l.changed
		l.mu.Unlock()
		switch {
		case s != nil:
			return s.send(ctx, Frame{FrameMessage, l.exchange.Add(1), body})
		case down != nil:
			return notSent(down)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return notSent(ctx.Err())
		}
	}
}

// Check answers nil when the link is up, else why it is not. It is for the
// health page.
func (l *TCPLink) Check() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.current != nil:
		return nil
	case l.down != nil:
		return l.down
	default:
		return errors.New("connecting to the order-file switch")
	}
}
