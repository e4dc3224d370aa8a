package msstest

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Kind is what a person is asked.
type Kind string

const (
	KindSignature Kind = "signature" // to sign; a login is nothing else here
	KindReceipt   Kind = "receipt"   // to read a receipt
)

// Outstanding is what a phone shows, and waits for its owner to decide.
type Outstanding struct {
	ID     string // MSSP_TransID; of a receipt that of its signature
	Kind   Kind
	Since  time.Time
	Until  time.Time // when it is over, if nobody decides before: as the person's script says
	Number string    // telephone number: "+" and digits

	Text       string // of a transaction approval a line for each pair: "key: value"
	Language   string // EN, DE, FR or IT; "" in a receipt that does not say
	Method     Method // SIM or App
	Geofencing bool   // where they are will be told as well
	Link       string // that brings them to the app (App2App); ""
}

// Outstanding returns what waits for a person at this moment, in the order in which it came.
func (s *Server) Outstanding() []Outstanding {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	var list []Outstanding
	for id, e := range s.transactions.entries {
		tx := e.value
		if tx.outstanding(now) {
			list = append(list, Outstanding{
				ID: id, Kind: KindSignature, Since: tx.rang, Until: tx.due, Number: tx.number(),
				Text: tx.text, Language: tx.services.language, Method: tx.method,
				Geofencing: tx.services.ask(serviceGeofencing), Link: tx.authURI,
			})
		}
		if rc := tx.receipt; rc.shown(now) {
			list = append(list, Outstanding{
				ID: id, Kind: KindReceipt, Since: rc.came, Until: rc.due, Number: tx.number(),
				Text: rc.text, Language: rc.language, Method: tx.method,
			})
		}
	}
	slices.SortFunc(list, func(a, b Outstanding) int {
		return cmp.Or(a.Since.Compare(b.Since), strings.Compare(a.ID, b.ID))
	})
	return list
}

func (tx *transaction) number() string { return "+" + strings.TrimPrefix(tx.msisdn, "+") }

// Act makes the person of an outstanding signature do something now, whatever their script says. It reports whether
// anything came of it: nothing does where no signature of that MSSP_TransID waits, or not any more, or while the phone is
// out of reach (Person.NoNetwork). Of several that act at once one is the first. A PIN that was blocked so stays blocked
// until the person is scripted again, and Sign comes to the same while it is. Ignore lets the signature expire at once. Act
// panics at what is no Action, as that is a mistake in the test.
func (s *Server) Act(id string, a Action) bool {
	if a < Sign || a > BlockPIN {
		panic("msstest: Act: no Action")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	tx, ok := s.transactions.get(id, now)
	if !ok || !tx.outstanding(now) || tx.subscriber.person.NoNetwork {
		return false
	}
	switch p := &tx.subscriber.person; {
	case a == BlockPIN:
		p.PINBlocked |= tx.method
	case a == Sign && p.PINBlocked&tx.method != 0:
		a = BlockPIN
	}
	tx.end(a.outcome(), now)
	tx.interrupt()
	return true
}

// ActReceipt makes the person whom a receipt has come to do something with it now, whatever their script says. The id is
// the MSSP_TransID of the signature that the receipt is for. It reports whether anything came of it, as Act does, and
// panics at what is no ReceiptAction.
func (s *Server) ActReceipt(id string, a ReceiptAction) bool {
	if a < ReceiptOK || a > ReceiptUnheard {
		panic("msstest: ActReceipt: no ReceiptAction")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	tx, ok := s.transactions.get(id, now)
	if !ok || !tx.receipt.shown(now) || tx.subscriber.person.NoNetwork {
		return false
	}
	tx.receipt.action, tx.receipt.due = a, now
	tx.receipt.interrupt()
	return true
}
