package orderfile

// hold is what the switch does with an update while the state file is out of
// service.
func (s *Simulator) hold(body []byte, fault Fault) (todo []*item) {
	if fault.Code != "" {
		todo = append(todo, s.status(fault.Code))
	}
	if fault.Code != WontForward {
		todo = append(todo, &item{Held: string(body)})
	}
	return todo
}

func (s *Simulator) status(code Code) *item {
	return s.body(Message{From: string(StateFile), Key: string(StatusTold), Fields: Fields{
		{"COD", string(code)}, {"FILE", string(StateFile)}, {"TXT", code.Text()}, {"TIM", s.now().Format(instantLayout)},
	}})
}

// InService ends what [FaultHold] began: the switch says S01 to everybody, and
// the state file gets what was kept for it.
func (s *Simulator) InService() {
	s.mu.Lock()
	defer s.mu.Unlock()
	var held []*item
	for e := s.queue.items.Front(); e != nil; e = e.Next() {
		if it := e.Value.(*item); it.Held != "" {
			held = append(held, it)
		}
	}
	told := map[string]bool{}
	for _, c := range s.sessions {
		if told[c.user] {
			continue
		}
		told[c.user] = true
		status := s.status(InService)
		status.To = c.user
		if !s.must(s.queue.add(status)) {
			return
		}
	}
	for _, it := range held {
		if !s.must(s.release(it)) {
			return
		}
	}
	s.offer()
}

func (s *Simulator) release(it *item) error {
	m, err := ParseMessage([]byte(it.Held))
	if err != nil {
		return err
	}
	todo, _, err := s.update(m, Fault{})
	if err != nil {
		return err
	}
	for _, next := range todo {
		next.To, next.home, next.Ref = it.To, it.home, it.Ref
	}
	if err := s.queue.add(todo...); err != nil {
		return err
	}
	if err := s.queue.done(it); err != nil {
		return err
	}
	s.forwardAll(s.life, todo)
	return nil
}
