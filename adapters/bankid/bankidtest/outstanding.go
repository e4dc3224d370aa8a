package bankidtest

import "time"

// Kind is what a person is asked.
type Kind string

const (
	KindLogin     Kind = "login"     // to identify themselves
	KindSignature Kind = "signature" // to sign, a payment as well
)

// Outstanding is an order that waits for a person to decide.
type Outstanding struct {
	ID     string // orderRef
	Kind   Kind
	Since  time.Time
	Until  time.Time // when it is over, if nobody decides before: as the person's script says
	Number string    // the personal number that the order requires, or that of whoever has it; "": nobody's yet

	From     string // who asks, as the app shows it
	Text     string // ""
	Markdown bool   // Text is in simpleMarkdownV1
	Call     bool   // it asks whether the person is in a telephone call with From
	PickedUp bool   // an app has it; otherwise it is on a screen, or on its way
	Link     string // that brings it to the app; "" where it gets there by itself
}

// Outstanding returns what waits for a person at this moment, in the order in which it came: the orders that are pending,
// also those that no app has.
func (s *Server) Outstanding() []Outstanding {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	var list []Outstanding
	for _, e := range s.began {
		if until, _ := e.ending(); now.Before(until) { // an order that is over has ended
			list = append(list, e.describe(now, until))
		}
	}
	return list
}

func (e *order) describe(now, until time.Time) Outstanding {
	o := Outstanding{
		ID: e.ref, Kind: KindLogin, Since: e.began, Until: until, Number: e.number,
		From: e.displayName, Text: string(e.visible), Markdown: e.format == "simpleMarkdownV1",
		Call: e.phone, PickedUp: e.reached(now),
	}
	if e.signs {
		o.Kind = KindSignature
	}
	if o.PickedUp {
		o.Number = e.person.Number
	}
	if !e.pushed {
		o.Link = "https://app.bankid.com/?autostarttoken=" + e.autoStart
	}
	return o
}

// Act makes the person of a pending order do something now, whatever their script says. It reports whether anything came
// of it: nothing does where there is no such order, or it is decided, or while the app is out of reach (Person.NoNetwork).
// Of several that act at once one is the first. Sign before an app has the order picks it up. A BankID that was blocked so
// (BlockPIN) stays blocked until the person is scripted again, and Sign comes to the same while it is. Ignore lets the order
// expire at once. Act panics at an Act of no octets, or of more than 64, as that is a mistake in the test.
func (s *Server) Act(orderRef string, act Act) bool {
	if act == "" || len(act) > maxAct {
		panic("bankidtest: Act: the Act has no octets, or more than 64")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	e := s.reachable(orderRef, now)
	if e == nil {
		return false
	}
	if act == Sign && !e.reached(now) {
		e.picked = now
	}
	switch p := s.personOf(e.number); {
	case act == BlockPIN:
		s.blockPIN(e.number)
	case act == Sign && p.PINBlocked:
		act = BlockPIN
	}
	e.acted, e.act = now, act
	return true
}

// PickUp brings an order to the app of the person whom it asks for, or of Anyone, as Scan does for whoever cannot see the
// code. The order goes on from there as the person's script says. PickUp reports whether the order was there to be picked
// up: not by anybody before, not too late, and the app not out of reach.
func (s *Server) PickUp(orderRef string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	e := s.reachable(orderRef, now)
	if e == nil || e.reached(now) {
		return false
	}
	s.take(e, now)
	return true
}

// take brings an order to an app. The caller holds s.mu.
func (s *Server) take(e *order, now time.Time) {
	e.picked, e.byToken = now, !e.pushed
	e.person.PINBlocked = s.personOf(e.number).PINBlocked // it may have been blocked since the order began
}

// reachable returns a pending order that something can come of; nil: there is none. The caller holds s.mu.
func (s *Server) reachable(ref string, now time.Time) *order {
	e := s.find(ref, now)
	if e == nil || !e.pending(now) || s.personOf(e.number).NoNetwork {
		return nil
	}
	return e
}

// blockPIN blocks the BankID of whoever gets orders that require number, from now on. The caller holds s.mu.
func (s *Server) blockPIN(number string) {
	p := s.personOf(number)
	p.PINBlocked = true
	s.persons[number] = p
}
