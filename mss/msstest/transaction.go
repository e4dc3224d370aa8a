package msstest

import (
	"cmp"
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
// when, is settled as the phone rings, and answers depend on the clock alone. Only Act and a newer request can change it.
type transaction struct {
	id         string // MSSP_TransID
	msisdn     string // as sent
	text       string // that the phone shows
	method     Method
	subscriber *subscriber
	person     Person // as scripted when the phone rang
	rang       time.Time
	appointment
	code    mss.Code               // what it will have come to when due: a fault, or 0 for a signature
	cms     func() ([]byte, error) // made at the first use, the same ever after
	receipt *receipt               // nil: none was sent for it

	services      services
	location      Location // where geofencing was asked for
	locationError int
	violates      bool   // the location is against the policy
	authURI       string // where App2App was asked for
}

func (tx *transaction) outstanding(now time.Time) bool { return tx != nil && now.Before(tx.due) }

// end settles what a transaction comes to, and when. The caller holds Server.mu.
func (tx *transaction) end(code mss.Code, at time.Time) {
	if code == 0 && tx.violates {
		code = mss.GeofencingViolation
	}
	sub := tx.subscriber
	if !tx.due.IsZero() && sub.activated.Equal(tx.due) {
		sub.activated = time.Time{} // by what now comes otherwise
	}
	if code == 0 && tx.method == SIM && sub.active(at)&SIM == 0 {
		sub.activated = at
	}
	tx.code, tx.due = code, at
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
	case sub.person.NoNetwork:
		return nil, refuse(mss.OTAError)
	case method == SIM && q.ask(serviceApp2App):
		return nil, refuse(mss.WrongParam, "App2App needs the app")
	}
	if old := sub.latest[method]; old.outstanding(now) {
		if method == SIM {
			return nil, refuse(mss.PBSignatureProcess)
		}
		// The app shows one request at a time: the newer one.
		old.end(mss.UserCancel, now)
		old.interrupt()
	}
	tx := s.newTransaction(sub, q, method, now)
	sub.latest[method] = tx
	s.transactions.put(tx.id, tx, now, tx.due.Add(retention))
	if tx.authURI == "" { // App2App pushes nothing to the phone: the person follows a link
		s.history.Set(func() { s.history.prompts++ })
	}
	return tx, nil
}

func (s *Server) newTransaction(sub *subscriber, q *question, method Method, now time.Time) *transaction {
	person := sub.person
	tx := &transaction{
		id:         s.newTransID(now),
		msisdn:     q.msisdn,
		text:       q.shown,
		method:     method,
		subscriber: sub,
		person:     person,
		rang:       now,
		services:   q.services,
		cms:        sync.OnceValues(func() ([]byte, error) { return sub.sign(s.pki, person, method, q.signed) }),
	}
	if q.ask(serviceGeofencing) {
		tx.location, tx.locationError = person.locate(method, !s.options.NoGeofencing)
		tx.violates = q.policy != nil && !q.policy.allows(tx.location, tx.locationError)
	}
	if q.ask(serviceApp2App) {
		tx.authURI = authURI(q.redirect, q.digits, s.rand)
	}
	code, after := person.Do.outcome(), person.After
	if timeout := q.patience(method); person.Do == Ignore || after >= timeout {
		code, after = mss.ExpiredTransaction, timeout
	}
	tx.end(code, now.Add(after))
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

// ended returns what a transaction that is not outstanding any more has come to.
func (s *Server) ended(tx *transaction) mss.Code {
	s.mu.Lock()
	defer s.mu.Unlock()
	return tx.code
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
