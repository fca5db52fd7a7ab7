package orderfile

import (
	"context"
	"net"
	"sync"
	"time"
)

// simSession is one connection to the simulator. What is not channel or
// connection is guarded by the simulator's lock.
type simSession struct {
	number int
	conn   net.Conn
	user   string
	out    chan Frame
	done   chan struct{}
	once   sync.Once

	exchange uint32
	open     int              // M frames of theirs without A or N
	offered  map[uint32]*item // M frames of ours without A or N
}

// outRoom is how many frames may wait to be written. A peer that sends and
// never reads fills it, and loses its connection.
const outRoom = 64

func (c *simSession) close() {
	c.once.Do(func() {
		close(c.done)
		_ = c.conn.Close() // there is nobody left to tell
	})
}

// put sends a frame without waiting; the simulator's lock is held.
func (s *Simulator) put(c *simSession, f Frame) {
	select {
	case <-c.done:
		return
	default:
	}
	select {
	case c.out <- f:
		s.note(c, "out", f)
	default:
		c.close()
	}
}

// answer puts the A or N that their exchange waits for.
func (s *Simulator) answer(c *simSession, f Frame) {
	c.open--
	s.put(c, f)
}

// converse works one connection until it ends.
func (s *Simulator) converse(ctx context.Context, conn net.Conn) {
	c := &simSession{conn: conn, out: make(chan Frame, outRoom), done: make(chan struct{}), offered: map[uint32]*item{}}
	stop := context.AfterFunc(ctx, c.close)
	defer stop()
	defer c.close()
	agreed, ok := s.greet(c)
	if !ok {
		return
	}
	s.join(c)
	defer s.leave(c)
	s.work.Go(func() { c.write(agreed.Idle) })
	for {
		// An error here means that the connection has gone.
		if err := conn.SetReadDeadline(time.Now().Add(agreed.Idle)); err != nil {
			return
		}
		f, err := ReadFrame(conn, MaxFrame)
		if err != nil {
			s.log.Info("the simulated switch lost a connection", "user", c.user, "reason", err)
			return
		}
		if !s.read(ctx, c, f) {
			return
		}
	}
}

// greet exchanges C for C.
func (s *Simulator) greet(c *simSession) (agreed greeting, ok bool) {
	if err := c.conn.SetDeadline(time.Now().Add(greetTimeout)); err != nil {
		return agreed, false
	}
	f, err := ReadFrame(c.conn, MaxFrame)
	if err != nil || f.Type != FrameConnect {
		s.log.Warn("a connection to the simulated switch did not begin with C", "error", err)
		return agreed, false
	}
	theirs, err := parseGreeting(f.Body)
	if err != nil {
		s.log.Warn("the simulated switch cannot read C", "error", err)
		_, _ = writeFrame(c.conn, refuse(f.Exchange, BadFrame), MaxFrame) // it is closed now in any case
		return agreed, false
	}
	c.user = theirs.User
	agreed = greeting{User: theirs.User, Max: MaxFrame, Idle: time.Minute}.agree(theirs)
	reply, err := agreed.frame(f.Exchange)
	if err == nil {
		_, err = writeFrame(c.conn, reply, MaxFrame)
	}
	if err == nil {
		err = c.conn.SetDeadline(time.Time{})
	}
	if err != nil {
		s.log.Warn("the simulated switch could not answer C", "error", err)
	}
	return agreed, err == nil
}

const greetTimeout = 10 * time.Second

func (c *simSession) write(idle time.Duration) {
	defer c.close()
	ticker := time.NewTicker(idle / 2)
	defer ticker.Stop()
	for {
		f := Frame{Type: FrameHeartbeat}
		select {
		case <-c.done:
			return
		case f = <-c.out:
		case <-ticker.C:
		}
		// A failure ends the connection: that is all there is to say.
		if err := c.conn.SetWriteDeadline(time.Now().Add(idle)); err != nil {
			return
		}
		if _, err := writeFrame(c.conn, f, MaxFrame); err != nil {
			return
		}
	}
}

// read takes one frame; false ends the connection.
func (s *Simulator) read(ctx context.Context, c *simSession, f Frame) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.note(c, "in", f)
	switch f.Type {
	case FrameHeartbeat:
		return true
	case FrameMessage:
		s.message(ctx, c, f)
		return true
	case FrameAccepted, FrameRefused:
		s.answered(c, f)
		return true
	default:
		return false
	}
}

// answered takes their A or N to an answer of ours. A: forget it. N: they
// could not store it, so it is offered again in a while.
func (s *Simulator) answered(c *simSession, f Frame) {
	it, ok := c.offered[f.Exchange]
	if !ok {
		return
	}
	delete(c.offered, f.Exchange)
	it.offered = nil
	if f.Type == FrameAccepted {
		s.must(s.queue.done(it))
	} else {
		pause := refusal(f.Body).After
		if pause == 0 {
			pause = offerAgain
		}
		it.notBefore = time.Now().Add(pause)
		time.AfterFunc(pause, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.offer()
		})
	}
	s.offer()
}

const offerAgain = 5 * time.Second

func (s *Simulator) join(c *simSession) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	c.number = s.count
	s.sessions = append(s.sessions, c)
	s.offer()
}

func (s *Simulator) leave(c *simSession) {
	c.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(c)
	s.offer()
}

// drop takes a session out: what it did not accept is offered to another.
func (s *Simulator) drop(c *simSession) {
	c.close()
	for i, other := range s.sessions {
		if other == c {
			s.sessions = append(s.sessions[:i:i], s.sessions[i+1:]...)
		}
	}
	for number, it := range c.offered {
		it.offered = nil
		delete(c.offered, number)
	}
}

// offer sends what is kept, oldest first, as far as windows allow. Of the
// answers to one control number one is under way at a time, so they stay in
// order; they go to the connection on which the question came, while it lives.
func (s *Simulator) offer() {
	defer s.moved()
	busy := map[ControlNumber]bool{}
	now := time.Now()
	for e := s.queue.items.Front(); e != nil; e = e.Next() {
		it := e.Value.(*item)
		if it.Forward != nil || it.Held != "" || it.Ref != "" && busy[it.Ref] {
			continue
		}
		busy[it.Ref] = true
		if it.offered != nil || it.notBefore.After(now) {
			continue
		}
		c, room := s.sessionFor(it)
		if !room {
			return
		}
		if c == nil {
			continue
		}
		c.exchange++
		c.offered[c.exchange], it.offered = it, c
		s.put(c, Frame{FrameMessage, c.exchange, []byte(it.Body)})
	}
}

// sessionFor picks the connection for an answer; room is false when no
// connection at all can take one.
func (s *Simulator) sessionFor(it *item) (_ *simSession, room bool) {
	var other *simSession
	for _, c := range s.sessions {
		if len(c.offered) >= window {
			if c == it.home {
				return nil, true
			}
			continue
		}
		room = true
		if c == it.home {
			return c, true
		}
		if c.user == it.To {
			other = c
		}
	}
	return other, room
}
