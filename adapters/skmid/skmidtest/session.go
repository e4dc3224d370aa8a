package skmidtest

import (
	"context"
	"crypto/x509"
	"encoding/binary"
	"fmt"
	"sync"
	"time"
)

// Bounds of timeoutMs, which are applied without a word. What the real maximum is, SK does not tell exactly.
const (
	defaultHold = 10 * time.Second
	minHold     = time.Second
	maxHold     = time.Minute
)

// session is one question to a person. Nothing happens while it runs: what the person will have done, and when, is
// settled as it begins, and answers depend on the clock alone. Only Act can change it.
type session struct {
	id string
	*question
	subscriber *subscriber // nil: nobody
	began      time.Time
	due        time.Time
	result     Result // what it will have come to when due
	person     Person // as scripted when it began
	polls      int    // status calls still to be answered RUNNING at once
	wake       chan struct{}
	sign       func() (*signed, error) // made at the first use, the same ever after
}

// signed is what a person's SIM card has made, with the certificate for it.
type signed struct {
	value       []byte
	algorithm   string
	certificate *x509.Certificate // of the key, or the one that a forgery says
}

// interrupt wakes the status call that waits for the session, if one does.
func (e *session) interrupt() {
	if e.wake != nil {
		close(e.wake)
		e.wake = nil
	}
}

// find returns who holds a phone, with what they will do; nil where nobody does who has the code.
func (s *Server) find(who subscription) (*subscriber, Person) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sub, ok := s.subscribers[who]
	if !ok {
		return nil, Person{Result: NotClient}
	}
	return sub, sub.person
}

// begin starts a session. Starting one succeeds for whoever it is: that somebody has no Mobile-ID only the status says.
func (s *Server) begin(q *question, sub *subscriber, p Person) *session {
	now := time.Now()
	e := &session{question: q, subscriber: sub, began: now, due: now.Add(p.After), result: p.Result.written(), person: p, polls: p.Polls}
	switch {
	case p.Result == NotClient:
	case p.NoNetwork:
		e.result = PhoneAbsent
	case p.PINBlocked:
		e.due, e.result = now, BlockPIN.written()
	case p.After >= s.options.Patience || p.Result == Timeout && p.After == 0:
		e.due, e.result = now.Add(s.options.Patience), Timeout
	}
	e.sign = sync.OnceValues(func() (*signed, error) { return sub.sign(s.pki, p, q) })
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget(now)
	e.id = s.newID()
	s.sessions[e.id] = e
	s.order = append(s.order, e)
	if e.result != NotClient {
		s.history.Set(func() { s.history.prompts++ })
	}
	return e
}

// forget removes the sessions whose time is over.
func (s *Server) forget(now time.Time) {
	for len(s.order) > 0 && now.Sub(s.order[0].began) >= retention {
		delete(s.sessions, s.order[0].id)
		s.order = s.order[1:]
	}
}

// newID draws a session id that is not in use: a UUID, version 4 (RFC 9562 5.4).
func (s *Server) newID() string {
	for {
		var b [16]byte
		binary.BigEndian.PutUint64(b[:], s.rand.Uint64())
		binary.BigEndian.PutUint64(b[8:], s.rand.Uint64())
		b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
		id := fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
		if _, taken := s.sessions[id]; !taken {
			return id
		}
	}
}

// traceID draws the 16 digits that every answer has.
func (s *Server) traceID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Sprintf("%016x", s.rand.Uint64())
}

// poll waits until a session has ended or hold is over and reports which of them it was; ok is false for a session that
// there is not, or no more. A newer call for the session ends an older one.
func (s *Server) poll(ctx context.Context, id string, k kind, hold time.Duration) (e *session, ended, ok bool, err error) {
	e, wake, wait, ok, err := s.look(id, k, hold)
	if err != nil || !ok || wait <= 0 {
		return e, wait == 0, ok, err
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-wake:
	case <-ctx.Done():
		return nil, false, false, context.Cause(ctx)
	}
	ended, err = s.lookAgain(e)
	return e, ended, true, err
}

// look returns a session with how long to wait for it, unless wake says that nobody waits any longer: 0 if it has ended,
// -1 if the answer is RUNNING at once.
func (s *Server) look(id string, k kind, hold time.Duration) (e *session, wake <-chan struct{}, wait time.Duration, ok bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, nil, 0, false, errClosed
	}
	now := time.Now()
	s.forget(now)
	if e, ok = s.sessions[id]; !ok || e.kind != k {
		return nil, nil, 0, false, nil
	}
	e.interrupt()
	switch {
	case e.polls > 0:
		e.polls--
		return e, nil, -1, true, nil
	case e.ended(now):
		return e, nil, 0, true, nil
	}
	wait = hold
	if e.person.Forge != ForgeRunning {
		wait = min(hold, e.due.Sub(now))
	}
	e.wake = make(chan struct{})
	return e, e.wake, wait, true, nil
}

// ended reports whether the session's state is COMPLETE.
func (e *session) ended(now time.Time) bool {
	return e.person.Forge != ForgeRunning && !now.Before(e.due)
}

// lookAgain reports whether a session has ended in the meantime.
func (s *Server) lookAgain(e *session) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false, errClosed
	}
	return e.ended(time.Now()), nil
}

// resultOf returns what a session has come to, or will have.
func (s *Server) resultOf(e *session) Result {
	s.mu.Lock()
	defer s.mu.Unlock()
	return e.result
}
