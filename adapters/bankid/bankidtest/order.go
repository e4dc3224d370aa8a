package bankidtest

import (
	"encoding/binary"
	"fmt"
	"time"
)

// order is one question to a person. Nothing happens while it runs: answers depend on the clock, on what its person was
// scripted to do when it began, and on what tests did to it.
type order struct {
	ref, autoStart, qrToken, qrSecret string

	*question
	person      Person
	relyingName string // subject of the client certificate, as srvInfo/name has it
	displayName string
	began       time.Time
	deadline    time.Time // to be picked up
	expires     time.Time

	picked    time.Time // when an app gets it, also in the future; zero: not yet settled
	byToken   bool      // picked up by a scan or a link
	acted     time.Time // when a test, or a newer order, ended it; zero: not so
	act       Act
	collected time.Time // the last time
	counted   bool      // in Server.prompts
	over      bool      // collected or cancelled: cannot be asked for any more
}

// newOrder makes the order of a question. The caller holds s.mu.
func (s *Server) newOrder(q *question, p Person, now time.Time) *order {
	e := &order{
		ref: s.newID(), question: q, person: p,
		began: now, deadline: now.Add(s.options.StartWithin), expires: now.Add(s.options.FinishWithin),
	}
	if !q.pushed {
		e.autoStart, e.qrToken, e.qrSecret = s.newID(), s.newID(), s.newID()
	}
	if !p.NoNetwork && (!p.Manual || q.pushed) {
		e.picked = now.Add(p.PicksUp)
	}
	return e
}

// newID draws a UUID, version 4 (RFC 9562 5.4). The caller holds s.mu.
func (s *Server) newID() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], s.rand.Uint64())
	binary.BigEndian.PutUint64(b[8:], s.rand.Uint64())
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// ending is when the order ends, if nothing else comes between, and how.
func (e *order) ending() (at time.Time, act Act) {
	at, act = e.plan()
	if !e.acted.IsZero() && !e.acted.After(at) {
		return e.acted, e.act
	}
	return at, act
}

// plan is ending as the script has it.
func (e *order) plan() (at time.Time, act Act) {
	switch {
	case !e.inTime() && e.pushed:
		return e.deadline, "expiredTransaction"
	case !e.inTime(), !e.person.satisfies(&e.requirement):
		return e.deadline, "startFailed"
	case e.person.tooRisky(&e.requirement):
		return e.picked, "transactionRiskBlocked"
	}
	if e.person.PINBlocked {
		return e.picked, BlockPIN
	}
	at = e.picked.Add(e.person.After)
	for _, st := range e.person.Steps {
		at = at.Add(st.For)
	}
	if e.person.Does == Ignore || !at.Before(e.expires) {
		return e.expires, "expiredTransaction"
	}
	return at, e.person.Does
}

// inTime reports whether an app gets the order before it is too late for that.
func (e *order) inTime() bool { return !e.picked.IsZero() && e.picked.Before(e.deadline) }

// hint is what a pending order shows.
func (e *order) hint(now time.Time) string {
	switch {
	case !e.inTime() || now.Before(e.picked):
		return e.person.Before
	case !e.person.satisfies(&e.requirement):
		return "started" // the app looks for a BankID in vain
	}
	at := e.picked
	for _, st := range e.person.Steps {
		if at = at.Add(st.For); now.Before(at) {
			return st.Hint
		}
	}
	return "userSign"
}

// reached reports whether an app has got the order.
func (e *order) reached(now time.Time) bool {
	end, _ := e.ending()
	return e.inTime() && !now.Before(e.picked) && !end.Before(e.picked)
}

// count counts an order that has reached an app, once. The caller holds s.mu.
func (s *Server) count(e *order, now time.Time) {
	if !e.counted && e.reached(now) {
		e.counted = true
		s.prompts++
	}
}

// end makes an order one that cannot be asked for any more. The caller holds s.mu.
func (s *Server) end(e *order, now time.Time) {
	if e.pending(now) {
		e.acted, e.act = now, "cancelled" // so that no app gets it later on
	}
	s.count(e, now)
	e.over = true
	delete(s.orders, e.ref)
	if s.asked[e.number] == e {
		delete(s.asked, e.number)
	}
}

// forget ends the orders that were kept for long enough. The caller holds s.mu.
func (s *Server) forget(now time.Time) {
	for len(s.began) > 0 && (s.began[0].over || s.began[0].stale(now)) {
		s.end(s.began[0], now)
		s.began = s.began[1:]
	}
}

// stale reports whether an order ended so long ago that its outcome is not kept any more.
func (e *order) stale(now time.Time) bool {
	at, act := e.ending()
	keep := keepFailed
	if act == Sign {
		keep = keepComplete
	}
	return !now.Before(at.Add(keep))
}

// find returns an order that can be asked for. The caller holds s.mu.
func (s *Server) find(ref string, now time.Time) *order {
	e := s.orders[ref]
	if e != nil && e.stale(now) {
		s.end(e, now)
		return nil
	}
	return e
}

func (e *order) pending(now time.Time) bool {
	at, _ := e.ending()
	return now.Before(at)
}
