package hermodtest

import (
	"strconv"
	"time"
)

// command is one on its way.
type command struct {
	id           string
	number       uint64
	kind         kind
	question     *question
	person       Person
	until        time.Time
	destinations []destination
	replies      int     // which of the destinations answers
	device       *device // that does; nil: a new one
	scanned      bool

	decided  chan Act      // one, by a human
	answered chan struct{} // closed when the command's own answer is out
	early    chan struct{} // closed when its callback was delivered before that; nil: it is not to be
}

// begin takes a command and has its devices ask. Without a mailbox there is nobody to ask, and no callback.
func (s *Server) begin(q *question) (*command, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	s.number++
	c := &command{
		id: strconv.FormatUint(s.number, 10), number: s.number, kind: q.kind, question: q, person: s.find(q.user), until: time.Now().Add(q.timeout),
		decided: make(chan Act, 1), answered: make(chan struct{}),
	}
	s.address(c)
	if len(c.destinations) == 0 {
		return c, nil
	}
	if c.person.Do == Ask && !c.person.NoNetwork && !c.kind.rings() {
		c.person.Do = Sign // the app does it by itself, and shows nothing
	}
	if c.kind.rings() {
		s.history.Set(func() { s.history.prompts++ })
	}
	if c.person.Callback == Early && c.person.Do != Ignore && c.person.Do != Ask {
		c.early = make(chan struct{})
	}
	s.pending[c.id] = c
	s.commands.Go(func() { s.run(c) })
	return c, nil
}

// address puts a command into mailboxes: a temporary one for a new profile, those of the profile for certificates, else all
// of the user's.
func (s *Server) address(c *command) {
	if c.kind == provision {
		c.destinations = []destination{s.newDestination("@tmp", s.drawUUID(), "")}
		return
	}
	devices := s.devices[c.question.user]
	if len(devices) == 0 {
		return
	}
	c.scanned = true // pushed
	c.replies = min(c.person.Device, len(devices)-1)
	for i, d := range devices {
		if c.kind == certificate && d.profileID == c.question.cert.ProfileID {
			c.replies = i
		}
		c.destinations = append(c.destinations, s.newDestination(d.boxID, d.boxID, d.profileID))
	}
	c.device = devices[c.replies]
	for range c.person.Boxes {
		bid := s.drawUUID()
		c.destinations = append(c.destinations, s.newDestination(bid, bid, ""))
	}
}

func (c *command) outstanding() Outstanding {
	o := Outstanding{
		ID: c.id, Type: c.kind.names().commandType, User: c.question.user, Texts: c.question.texts, ToScan: !c.scanned, Until: c.until,
	}
	if c.question.prov != nil {
		o.Title = c.question.prov.Profile.Name
	}
	return o
}

// run waits for the person, or for the end of their time, and sends the callbacks.
func (s *Server) run(c *command) {
	if c.early != nil {
		defer close(c.early)
	} else if !s.wait(c.answered, 0) {
		return
	}
	deadline := time.NewTimer(time.Until(c.until))
	defer deadline.Stop()
	a, ok := s.decision(c, deadline.C)
	switch {
	case s.closing.Err() != nil:
	case !ok:
		s.expire(c)
	default:
		s.finish(c, a, deadline.C)
	}
}

// decision is what the person or a human does; false if their time is up, or the server is closed.
func (s *Server) decision(c *command, deadline <-chan time.Time) (Act, bool) {
	var act <-chan time.Time
	if c.person.Do != Ignore && c.person.Do != Ask {
		delay := c.person.Delay
		if c.person.Callback == Late || c.person.Callback == Overdue {
			delay = defaultDelay
		}
		timer := time.NewTimer(delay)
		defer timer.Stop()
		act = timer.C
	}
	select {
	case a := <-c.decided:
		return a, true
	case <-act:
		if s.settle(c) {
			return c.person.Do, true
		}
		return <-c.decided, true // a human was faster
	case <-deadline:
		if !s.settle(c) {
			return <-c.decided, true
		}
	case <-s.closing.Done():
	}
	return 0, false
}

// settle ends the asking. It reports whether no human has.
func (s *Server) settle(c *command) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.pending[c.id]
	delete(s.pending, c.id)
	return ok
}

// expire tells that the time is up.
func (s *Server) expire(c *command) {
	if c.person.Callback != Lost && c.person.Callback != Overdue {
		s.deliver(c, s.record(c, timedOut, nil, nil))
	}
}

// finish sends what the device has answered, at the time of the script.
func (s *Server) finish(c *command, a Act, deadline <-chan time.Time) {
	s.mu.Lock()
	answer, err := s.answer(c, a)
	next := s.delivered
	s.mu.Unlock()
	if err != nil {
		answer = s.record(c, completed, object{{"inReplyTo", c.destinations[c.replies].location}, {"status", 500}}, object{{"code", Reject.code()}})
	}
	switch c.person.Callback {
	case Late, Overdue:
		select {
		case <-deadline:
		case <-s.closing.Done():
			return
		}
		s.expire(c)
		if !s.wait(nil, c.person.Delay) {
			return
		}
	case OutOfOrder:
		if !s.wait(next, max(time.Until(c.until)-time.Second/2, 0)) {
			return
		}
	case Lost:
		return
	}
	s.deliver(c, answer)
	switch c.person.Callback {
	case Twice:
		s.deliver(c, answer)
	case Contrary:
		s.mu.Lock()
		other, err := s.answer(c, Cancel)
		s.mu.Unlock()
		if err == nil {
			s.deliver(c, other)
		}
	}
}

// wait lets time pass until something happens; a duration of 0 is for ever. It is false when the server is closed before.
func (s *Server) wait(until <-chan struct{}, d time.Duration) bool {
	var after <-chan time.Time
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		after = timer.C
	}
	select {
	case <-until:
	case <-after:
	case <-s.closing.Done():
		return false
	}
	return true
}
