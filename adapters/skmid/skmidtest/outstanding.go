package skmidtest

import "time"

// Kind is what a person is asked.
type Kind string

const (
	KindLogin     Kind = "login"     // to authenticate themselves, with PIN1
	KindSignature Kind = "signature" // to sign, with PIN2
)

// Outstanding is what a phone shows, and waits for its owner to decide.
type Outstanding struct {
	ID       string // of the session
	Kind     Kind
	Since    time.Time
	Until    time.Time // when it is over, if nobody decides before: as the person's script says
	Number   string    // telephone number: "+" and digits
	Identity string    // nationalIdentityNumber

	Text     string // with a blank for what the phone's alphabet does not have
	Language string // EST, ENG, RUS or LIT
	Control  string // the verification code, four digits
}

// Outstanding returns what waits for a person at this moment, in the order in which it came.
func (s *Server) Outstanding() []Outstanding {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	var list []Outstanding
	for _, e := range s.order {
		if !e.shown(now) {
			continue
		}
		kind := KindLogin
		if e.kind == signing {
			kind = KindSignature
		}
		list = append(list, Outstanding{
			ID: e.id, Kind: kind, Since: e.began, Until: e.due, Number: e.phone, Identity: e.code,
			Text: e.text, Language: e.language, Control: control(e.hash),
		})
	}
	return list
}

// shown reports whether a phone shows the session, and waits for its owner.
func (e *session) shown(now time.Time) bool {
	reached := e.result != NotClient && e.result != PhoneAbsent && e.result != DeliveryError
	return reached && now.Before(e.due)
}

// Act makes the person of a running session do something now, whatever their script says. It reports whether anything came
// of it: nothing does where no phone shows a session of that id, or not any more, or while it is out of reach
// (Person.NoNetwork). Of several that act at once one is the first. A PIN that was blocked so (BlockPIN) stays blocked
// until the person is scripted again, and OK comes to the same while it is. Timeout ends the session at once, "" is OK. Act
// panics at a Result of more than 64 octets, as that is a mistake in the test.
func (s *Server) Act(id string, r Result) bool {
	if r == "" {
		r = OK
	}
	if len(r) > maxResult {
		panic("skmidtest: Act: the Result is longer than 64 octets")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	e, ok := s.sessions[id]
	if !ok || !e.shown(now) || e.subscriber.person.NoNetwork {
		return false
	}
	switch p := &e.subscriber.person; {
	case r == BlockPIN:
		p.PINBlocked = true
	case r == OK && p.PINBlocked:
		r = BlockPIN
	}
	e.result, e.due = r.written(), now
	e.interrupt()
	return true
}
