package msstest

import (
	"cmp"
	"context"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/mss"
)

// retention is how long a finished transaction can still be asked for.
const retention = 10 * time.Minute

// How long a person has where the request has no TimeOut.
const (
	timeoutSIM = 80 * time.Second
	timeoutApp = 40 * time.Second
)

// subscriber is a person with what they were asked and what they signed.
type subscriber struct {
	person    Person
	latest    [App + 1]*transaction // by method; it may have ended
	activated time.Time             // when a signature activates the SIM card (Person.AutoActivation); zero: none does

	signing     sync.Mutex // guards what follows
	credentials map[kind]*credential
	lastCMS     []byte
}

// transaction is one question to a person. Nothing happens while it is outstanding: what the person will have done, and
// when, is settled as the phone rings, and answers depend on the clock alone. Only a newer request can change it.
type transaction struct {
	id       string // MSSP_TransID
	msisdn   string // as sent
	method   Method
	person   Person // as scripted when the phone rang
	due      time.Time
	code     mss.Code // what it will have come to when due: a fault, or 0 for a signature
	wake     chan struct{}
	cms      func() ([]byte, error) // made at the first use, the same ever after
	receipts int                    // sent for it

	services      services
	location      Location // where geofencing was asked for
	locationError int
	authURI       string // where App2App was asked for
}

func (tx *transaction) outstanding(now time.Time) bool { return tx != nil && now.Before(tx.due) }

// interrupt wakes the request that waits for the transaction, if one does.
func (tx *transaction) interrupt() {
	if tx.wake != nil {
		close(tx.wake)
		tx.wake = nil
	}
}

// Script sets what the person with a telephone number will do from now on; requests that are outstanding go on as they
// were. It can also change the numbers 41700092501 and 41700092502. The number is written in international form, with or
// without "+"; Script panics if it is not, or if the Person's fields contradict each other, as that is a mistake in the
// test.
func (s *Server) Script(msisdn string, p Person) {
	number, err := mss.ParseMSISDN(msisdn)
	if err != nil {
		panic("msstest: Script: not an international telephone number")
	}
	digits := number.Digits()
	if _, ok := testFault(digits); ok || digits == heartbeat {
		panic("msstest: Script: a test number that always gets its fault")
	}
	if p, err = p.complete(digits); err != nil {
		panic(err.Error())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if sub, ok := s.subscribers[digits]; ok {
		sub.person, sub.activated = p, time.Time{}
		return
	}
	s.subscribers[digits] = &subscriber{person: p, credentials: make(map[kind]*credential)}
}

// begin lets the phone ring, unless person or method stand against it.
func (s *Server) begin(q *question) (*transaction, *etsi.Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sub, ok := s.subscribers[q.digits]
	if !ok {
		return nil, refuseUser(mss.UnknownClient, q.msisdn)
	}
	if sub.person.Fault != 0 {
		return nil, refuseUser(sub.person.Fault, q.msisdn)
	}
	now := time.Now()
	method, code := sub.choose(q.profile, !s.options.NoGeofencing, now)
	switch {
	case code != 0:
		return nil, refuseUser(code, q.msisdn)
	case method == SIM && q.ask(serviceApp2App):
		return nil, refuse(mss.WrongParam, "App2App needs the app")
	}
	if old := sub.latest[method]; old.outstanding(now) {
		if method == SIM {
			return nil, refuse(mss.PBSignatureProcess)
		}
		// The app shows one request at a time: the newer one.
		old.code, old.due = mss.UserCancel, now
		old.interrupt()
	}
	tx := s.newTransaction(sub, q, method, now)
	sub.latest[method] = tx
	s.transactions.put(tx.id, tx, now, tx.due.Add(retention))
	if tx.authURI == "" { // App2App pushes nothing to the phone: the person follows a link
		s.history.set(func() { s.history.prompts++ })
	}
	return tx, nil
}

func (s *Server) newTransaction(sub *subscriber, q *question, method Method, now time.Time) *transaction {
	person := sub.person
	tx := &transaction{
		id:       s.newTransID(now),
		msisdn:   q.msisdn,
		method:   method,
		person:   person,
		code:     person.Do.outcome(),
		services: q.services,
		cms:      sync.OnceValues(func() ([]byte, error) { return sub.sign(s.pki, person, method, q.signed) }),
	}
	tx.due = now.Add(person.After)
	if timeout := q.patience(method); person.Do == Ignore || person.After >= timeout {
		tx.code, tx.due = mss.ExpiredTransaction, now.Add(timeout)
	}
	if q.ask(serviceGeofencing) {
		tx.location, tx.locationError = person.locate(method, !s.options.NoGeofencing)
		if tx.code == 0 && q.policy != nil && !q.policy.allows(tx.location, tx.locationError) {
			tx.code = mss.GeofencingViolation
		}
	}
	if q.ask(serviceApp2App) {
		tx.authURI = authURI(q.redirect, q.digits, s.rand)
	}
	if tx.code == 0 && method == SIM && sub.active(now)&SIM == 0 {
		sub.activated = tx.due
	}
	return tx
}

// patience is how long the person has.
func (q *question) patience(method Method) time.Duration {
	switch {
	case q.timeout != 0:
		return q.timeout
	case method == App:
		return timeoutApp
	}
	return timeoutSIM
}

// await blocks until the transaction has ended and returns the fault it ended with, 0 for a signature. It ends early
// with ctx, while the transaction goes on: nobody takes it off the phone.
func (s *Server) await(ctx context.Context, tx *transaction) (mss.Code, error) {
	for {
		code, left, wake, err := s.look(tx)
		if err != nil || left <= 0 {
			return code, err
		}
		timer := time.NewTimer(left)
		select {
		case <-timer.C:
		case <-wake:
		case <-ctx.Done():
			timer.Stop()
			return 0, context.Cause(ctx)
		}
		timer.Stop()
	}
}

// look returns how a transaction stands: what it has come to, or after what time to look again unless wake says sooner.
func (s *Server) look(tx *transaction) (code mss.Code, left time.Duration, wake <-chan struct{}, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, 0, nil, errClosed
	}
	if left = time.Until(tx.due); left <= 0 {
		return tx.code, 0, nil, nil
	}
	tx.wake = make(chan struct{})
	return 0, left, tx.wake, nil
}

// find returns the transaction that a status query asks for, and whether it is still outstanding.
func (s *Server) find(id string) (tx *transaction, code mss.Code, outstanding, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if tx, ok = s.transactions.get(id, now); !ok {
		return nil, 0, false, false
	}
	return tx, tx.code, tx.outstanding(now), true
}

// another returns the MSSP_TransID of some other outstanding transaction, the first in the order of octets so that a run
// can be repeated, or its own where there is none.
func (s *Server) another(tx *transaction) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, first := time.Now(), ""
	for id, e := range s.transactions.entries {
		if e.value != tx && e.value.outstanding(now) && (first == "" || id < first) {
			first = id
		}
	}
	return cmp.Or(first, tx.id)
}

// alphabets of MSSP_TransIDs. They are NCNames and nothing else is promised about them.
var alphabets = []string{
	"abcdefghijklmnopqrstuvwxyz",
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
	"abcdefghijklmnopqrstuvwxyz0123456789_-.",
}

// newTransID draws an MSSP_TransID of 8 to 40 characters that is not in use.
func (s *Server) newTransID(now time.Time) string {
	for {
		id := ncName(s.rand)
		if _, taken := s.transactions.get(id, now); !taken {
			return id
		}
	}
}

func ncName(r *rand.Rand) string {
	alphabet := alphabets[r.IntN(len(alphabets))]
	var b strings.Builder
	b.WriteByte(alphabet[r.IntN(26)]) // a letter: an NCName begins with neither digit, hyphen nor dot
	for range 7 + r.IntN(33) {
		b.WriteByte(alphabet[r.IntN(len(alphabet))])
	}
	return b.String()
}
