package orderfile

import (
	"context"
	"fmt"
	"time"
)

// message takes an M frame: at once, or after a delay beside other messages.
// The lock is held.
func (s *Simulator) message(ctx context.Context, c *simSession, f Frame) {
	if c.open++; c.open > window {
		s.answer(c, refuse(f.Exchange, Busy))
		return
	}
	m, err := ParseMessage(f.Body)
	if err != nil || !m.ControlNumber.valid() {
		s.answer(c, refuse(f.Exchange, BadFrame))
		return
	}
	fault := s.faults.of(m)
	delay := s.options.Latency
	if fault.Do == FaultDelay {
		delay += fault.For
	}
	if delay == 0 {
		s.decide(ctx, c, f, m, fault)
		return
	}
	s.pending++
	s.work.Go(func() {
		s.later(ctx, delay, func() {
			s.pending--
			s.decide(ctx, c, f, m, fault)
		})
	})
}

// later does something under the lock after a while, unless ctx ends first.
func (s *Simulator) later(ctx context.Context, delay time.Duration, do func()) {
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		s.mu.Lock()
		defer s.mu.Unlock()
		do()
	case <-ctx.Done():
	}
}

// decide works a message off and says A, in the order that makes a crash
// harmless: the change is written, then what must follow from it, then A.
func (s *Simulator) decide(ctx context.Context, c *simSession, f Frame, m Message, fault Fault) {
	switch fault.Do {
	case FaultDropBefore:
		s.drop(c)
		s.offer()
		return
	case FaultNack:
		code := fault.Code
		if code == "" {
			code = Busy
		}
		s.answer(c, refuse(f.Exchange, code))
		return
	}
	var todo []*item
	changed, err := false, error(nil)
	switch {
	case m.Key == string(InquireOrder):
		todo = s.inquire(m)
	case fault.Do == FaultHold:
		todo = s.hold(f.Body, fault)
	default:
		todo, changed, err = s.update(m, fault)
	}
	if !s.must(err) {
		return
	}
	for _, it := range todo {
		it.To, it.home, it.Ref = c.user, c, m.ControlNumber
	}
	if !s.must(s.keep(fault, todo...)) {
		return
	}
	if fault.whenChanged && !changed {
		fault = Fault{}
	}
	switch fault.Do {
	case FaultDropAfter:
		s.drop(c)
	case FaultNoA:
	default:
		s.answer(c, Frame{Type: FrameAccepted, Exchange: f.Exchange})
	}
	s.forwardAll(ctx, todo)
	s.offer()
}

func (s *Simulator) forwardAll(ctx context.Context, todo []*item) {
	for _, it := range todo {
		if it.Forward != nil {
			s.forward(ctx, it)
		}
	}
}

func (s *Simulator) keep(fault Fault, items ...*item) error {
	if fault.Do == FaultDuplicate {
		for _, it := range items {
			if twin := *it; twin.Forward == nil {
				items = append(items, &twin)
			}
		}
	}
	if len(items) == 0 {
		return nil
	}
	return s.queue.add(items...)
}

// update applies an update to the state file and tells what must follow: the
// answer, and the way to the national file.
func (s *Simulator) update(m Message, fault Fault) (todo []*item, changed bool, err error) {
	if code, text := s.flaw(m, fault); code != "" {
		return []*item{s.reject(m.ControlNumber, StateFile, code, text)}, false, nil
	}
	v := s.profile.values(m.Fields)
	now := s.now()
	c := Change{
		At: now, ControlNumber: m.ControlNumber, RecordNumber: m.Fields.value("NIC"), Name: m.Fields.value("NAM"),
		Code: v.Code, ServiceDate: v.Date, ServiceTime: v.Time,
	}
	if fault.Do == FaultAckNotApplied && fault.of(StateFile) {
		c.Sequence = s.state.sequence // it lies as well as it can
		return []*item{s.acknowledge(m, StateFile, c)}, false, nil
	}
	applied, changed, err := s.state.apply(c)
	switch {
	case err != nil:
		return nil, false, fmt.Errorf("apply to the state file: %w", err)
	case !changed && s.options.RepeatsRejected:
		return []*item{s.reject(m.ControlNumber, StateFile, NoChange, "")}, false, nil
	}
	todo = append(todo, s.acknowledge(m, StateFile, applied))
	if fault.Do != FaultNoNational {
		// A repeat goes on as well: the national file may have missed it.
		todo = append(todo, &item{Forward: &forward{Change: c, Key: m.Key, Due: now.Add(s.options.ForwardDelay), Fault: fault}})
	}
	return todo, changed, nil
}

// flaw says why the state file rejects an update, "" if it does not.
func (s *Simulator) flaw(m Message, fault Fault) (Code, string) {
	if m.Key != string(ModifyOrder) && m.Key != string(ModifyTemporaryOrder) {
		return "R08", ""
	}
	for _, tag := range []string{"NIC", "NAM", "SVC"} {
		if m.Fields.value(tag) == "" {
			return "R01", tag
		}
	}
	if tag := s.profile.values(m.Fields).badField(s.options.TimeTag); tag != "" {
		return "R03", tag
	}
	if fault.Do == FaultReject && fault.of(StateFile) {
		return fault.code(), ""
	}
	return s.missing(s.state, m.Fields.value("NIC"), m.Fields.value("NAM")), ""
}

// missing says whether the record is there, under that name.
func (s *Simulator) missing(l *ledger, record, name string) Code {
	h, ok := l.records[record]
	switch {
	case !ok && s.options.RefuseUnknown:
		return NotOnFile
	case ok && h.entered && h.last().Name != name:
		return "R04"
	}
	return ""
}

func (f Fault) code() Code {
	if f.Code == "" {
		return NotOnFile
	}
	return f.Code
}

// forward brings an update to the national file (§3(f)), now or when it is
// due, and keeps that file's answer. The lock is held.
func (s *Simulator) forward(ctx context.Context, it *item) {
	if wait := it.Forward.Due.Sub(s.now()); wait > 0 {
		s.work.Go(func() {
			s.later(ctx, wait, func() {
				s.reach(it)
				s.offer()
			})
		})
		return
	}
	s.reach(it)
}

func (s *Simulator) reach(it *item) {
	f := it.Forward
	c := f.Change
	c.At = s.now()
	m := Message{ControlNumber: it.Ref, Key: f.Key}
	var answer *item
	switch code := s.missing(s.national, c.RecordNumber, c.Name); {
	case f.Fault.Do == FaultReject && f.Fault.of(NationalFile):
		answer = s.reject(it.Ref, NationalFile, f.Fault.code(), "")
	case code != "":
		answer = s.reject(it.Ref, NationalFile, code, "")
	case f.Fault.Do == FaultAckNotApplied && f.Fault.of(NationalFile):
		answer = s.acknowledge(m, NationalFile, c)
	default:
		applied, _, err := s.national.apply(c)
		if !s.must(err) {
			return
		}
		answer = s.acknowledge(m, NationalFile, applied)
	}
	answer.To, answer.home, answer.Ref = it.To, it.home, it.Ref
	if s.must(s.keep(f.Fault, answer)) {
		s.must(s.queue.done(it))
	}
}

// inquire answers for both files, the state switch speaking for the other.
func (s *Simulator) inquire(m Message) (todo []*item) {
	record := m.Fields.value("NIC")
	for _, l := range []*ledger{s.state, s.national} {
		reply := Message{ControlNumber: m.ControlNumber, From: string(StateFile), Key: string(RecordShown)}
		h, ok := l.records[record]
		switch {
		case !ok && s.options.RefuseUnknown:
			reply.Key = string(Rejected)
			reply.Fields = Fields{{"COD", string(NotOnFile)}, {"TXT", NotOnFile.Text()}}
		case !ok: // on file, and no service known
			reply.Fields = Fields{{"NIC", record}, {"NAM", ""}, {"SVC", ""}, {"SVD", ""}}
		default:
			c := h.last()
			reply.Fields = Fields{{"NIC", record}, {"NAM", c.Name}, {"SVC", c.Code}, {"SVD", c.ServiceDate}}
			if l.file == StateFile {
				reply.Fields = append(reply.Fields, Field{s.options.TimeTag, c.ServiceTime})
			}
			reply.Fields = append(reply.Fields, Field{"SEQ", sequence(c)}, Field{"DLU", c.At.Format(instantLayout)})
		}
		reply.Fields = append(reply.Fields, Field{"FILE", string(l.file)})
		todo = append(todo, s.body(reply))
	}
	return todo
}

func (s *Simulator) acknowledge(m Message, file File, c Change) *item {
	return s.body(Message{ControlNumber: m.ControlNumber, From: string(file), Key: string(Acknowledged), Subject: m.Key, Fields: Fields{
		{"SEQ", sequence(c)}, {"NIC", c.RecordNumber}, {"TIM", s.now().Format(instantLayout)},
	}})
}

func (s *Simulator) reject(ref ControlNumber, file File, code Code, tag string) *item {
	text := code.Text()
	if tag != "" {
		text += " " + tag
	}
	return s.body(Message{ControlNumber: ref, From: string(file), Key: string(Rejected), Fields: Fields{
		{"COD", string(code)}, {"TXT", text}, {"TIM", s.now().Format(instantLayout)},
	}})
}

func (s *Simulator) body(m Message) *item {
	body, err := m.Encode()
	if err != nil {
		// Everything in it came out of a message that was read, or out of Enter.
		s.log.Error("the order-file simulator cannot write an answer", "error", err)
	}
	return &item{Body: string(body)}
}

func sequence(c Change) string { return fmt.Sprintf("%010d", c.Sequence) }
