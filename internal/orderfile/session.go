package orderfile

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// session is one connection, from the exchange of C to its end.
type session struct {
	conn    net.Conn
	idle    time.Duration
	max     int
	timeout time.Duration
	log     *slog.Logger
	useful  atomic.Bool

	writing  chan struct{} // holds one token: the right to write
	slots    chan struct{} // one per M frame without A or N
	incoming atomic.Int32  // M frames of the switch that we have not answered

	done  chan struct{} // closed by close; cause is set before
	once  sync.Once
	cause error

	mu      sync.Mutex
	waiting map[uint32]*exchange
	overdue int
}

// exchange is an M frame of ours without A or N.
type exchange struct {
	result  chan error
	overdue bool // its sender has gone, but it still takes a slot
}

func newSession(conn net.Conn, agreed greeting, o LinkOptions) *session {
	return &session{
		conn: conn, idle: agreed.Idle, max: agreed.Max, timeout: o.AcceptTimeout, log: o.Log,
		writing: make(chan struct{}, 1), slots: make(chan struct{}, window),
		done: make(chan struct{}), waiting: map[uint32]*exchange{},
	}
}

// close ends the session; the first cause is the one that counts. Those who
// wait for A learn that it is unknown.
func (s *session) close(cause error) {
	s.once.Do(func() {
		s.cause = cause
		close(s.done)
		_ = s.conn.Close() // there is nobody left to tell
	})
}

// run works the connection until it ends, and waits until every handler has
// returned: the switch offers what was not accepted on the next connection,
// and no two may work on one answer.
func (s *session) run(ctx context.Context, receive Receive) error {
	stop := context.AfterFunc(ctx, func() { s.close(ctx.Err()) })
	defer stop()
	var work sync.WaitGroup
	var lanes [window]chan Frame
	for i := range lanes {
		lanes[i] = make(chan Frame, window)
		work.Go(func() {
			for f := range lanes[i] {
				s.take(ctx, f, receive)
			}
		})
	}
	work.Go(s.beat)
	s.close(s.read(lanes[:]))
	for _, lane := range lanes {
		close(lane)
	}
	work.Wait()
	return s.cause
}

func (s *session) beat() {
	ticker := time.NewTicker(s.idle / 2)
	defer ticker.Stop()
	for {
		select {
		case <-s.done:
			return
		case <-ticker.C:
			if err := s.reply(Frame{Type: FrameHeartbeat}); err != nil {
				return // reply has closed the session
			}
		}
	}
}

// read reads frames until the connection fails or breaks the rules. A whole
// frame must come within the idle time, so that a byte now and then is no life.
func (s *session) read(lanes []chan Frame) error {
	seed := maphash.MakeSeed()
	for {
		if err := s.conn.SetReadDeadline(time.Now().Add(s.idle)); err != nil {
			return fmt.Errorf("set the read deadline: %w", err)
		}
		f, err := ReadFrame(s.conn, s.max)
		if err != nil {
			return fmt.Errorf("read from the switch: %w", err)
		}
		switch f.Type {
		case FrameHeartbeat:
		case FrameAccepted:
			s.settle(f.Exchange, nil)
		case FrameRefused:
			refused := refusal(f.Body)
			if f.Exchange == 0 {
				// About the stream, so nothing is certain about any message:
				// it must not be taken for a refusal of one.
				return errors.New("the stream broke: " + refused.Error())
			}
			s.settle(f.Exchange, refused)
		case FrameMessage:
			s.useful.Store(true)
			if s.incoming.Add(1) > window {
				return fmt.Errorf("%w: more than %d messages without an answer", ErrBadFrame, window)
			}
			// Answers to one control number stay in order; a lane has room
			// for a whole window.
			lanes[maphash.String(seed, reference(f.Body))%window] <- f
		default:
			return fmt.Errorf("%w: %c out of place", ErrBadFrame, f.Type)
		}
	}
}

// take hands a message to the handler and answers A once it is stored. A
// handler that failed has not stored it, so the switch keeps it.
func (s *session) take(ctx context.Context, f Frame, receive Receive) {
	select {
	case <-s.done:
		return // it is offered again on the next connection
	default:
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	answer := Frame{Type: FrameAccepted, Exchange: f.Exchange}
	if err := receive(ctx, f.Body); err != nil {
		s.log.ErrorContext(ctx, "an answer of the order-file switch was not stored; the switch keeps it", "error", err)
		answer = refuse(f.Exchange, Busy)
	}
	s.incoming.Add(-1)  // before the switch can learn that there is room again
	_ = s.reply(answer) // if it fails the session is closed, and the switch repeats
}

// send writes one M frame and waits for A or N. Every path of it answers one
// question: can the switch have the message?
func (s *session) send(ctx context.Context, f Frame) error {
	select {
	case s.slots <- struct{}{}:
	case <-s.done:
		return notSent(s.cause)
	case <-ctx.Done():
		return notSent(ctx.Err())
	}
	x := s.begin(f.Exchange)
	n, err := s.write(ctx, f)
	if err != nil && n == 0 {
		s.settle(f.Exchange, nil) // frees the slot; nobody reads the result
		return notSent(err)
	}
	if err != nil {
		return unknown(err)
	}
	timer := time.NewTimer(s.timeout)
	defer timer.Stop()
	var why error
	select {
	case err := <-x.result:
		return err
	case <-s.done:
		why = s.cause
	case <-timer.C:
		why = fmt.Errorf("no A within %s", s.timeout)
	case <-ctx.Done():
		why = ctx.Err()
	}
	if settled, err := s.abandon(f.Exchange, x); settled {
		return err // A came at the same moment
	}
	return unknown(why)
}

func (s *session) begin(number uint32) *exchange {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := &exchange{result: make(chan error, 1)}
	s.waiting[number] = x
	return x
}

// settle gives an exchange its result and frees its slot. An A for something
// that nobody sent is noted and ignored.
func (s *session) settle(number uint32, result error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x, ok := s.waiting[number]
	if !ok {
		s.log.Warn("the order-file switch answered an exchange that is not open", "exchange", number)
		return
	}
	if x.overdue {
		s.overdue--
	}
	s.useful.Store(true)
	x.result <- result
	delete(s.waiting, number)
	<-s.slots
}

// abandon leaves an exchange whose sender waits no longer, unless it has been
// settled. It keeps its slot, because the switch may still count it; when all
// slots are lost in this way only a new connection helps.
func (s *session) abandon(number uint32, x *exchange) (settled bool, result error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting[number] != x {
		return true, <-x.result
	}
	x.overdue = true
	if s.overdue++; s.overdue == window {
		s.close(fmt.Errorf("%d messages without A", window))
	}
	return false, nil
}

// write writes one frame and tells how many bytes of it the connection took.
// With none the switch certainly has nothing. A failure in the middle of a
// frame ends the session.
func (s *session) write(ctx context.Context, f Frame) (int, error) {
	select {
	case s.writing <- struct{}{}:
		defer func() { <-s.writing }()
	case <-s.done:
		return 0, s.cause
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	select {
	case <-s.done:
		return 0, s.cause
	default:
	}
	err := s.conn.SetWriteDeadline(time.Now().Add(s.timeout))
	if err != nil {
		return 0, fmt.Errorf("set the write deadline: %w", err)
	}
	n, err := writeFrame(s.conn, f, s.max)
	if err != nil && !errors.Is(err, ErrFrameTooLong) && !errors.Is(err, ErrBadFrame) {
		err = fmt.Errorf("write to the switch: %w", err)
		s.close(err)
	}
	return n, err
}

func (s *session) reply(f Frame) error {
	_, err := s.write(context.Background(), f) // its write deadline bounds it
	return err
}

// reference is the control number in a body, "" if there is none: the part
// between the first and the second period.
func reference(body []byte) string {
	parts := strings.SplitN(string(body), ".", 3)
	if len(parts) < 3 {
		return ""
	}
	return parts[1]
}

func writeFrame(conn net.Conn, f Frame, limit int) (int, error) {
	b, err := f.Append(nil, limit)
	if err != nil {
		return 0, err
	}
	return conn.Write(b)
}
