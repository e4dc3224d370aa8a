package msstest

import (
	"errors"
	"fmt"
	"time"

	"github.com/gomss/gomss/mss"
)

// Method is where a person signs. SIM|App is a person with both.
type Method int

const (
	SIM Method = 1 << iota // the SIM card's applet (profile STK-LoA4)
	App                    // the smartphone app (profile Device-LoA4)
)

// Key is the kind of key that a person signs with.
type Key int

const (
	EC  Key = iota // ECDSA, P-256, SHA-256
	RSA            // RSASSA-PKCS1-v1_5, 2048 bits, SHA-256
)

// Form is the encoding of the CMS that carries a signature.
type Form int

const (
	BER Form = iota // indefinite lengths, the whole chain, as the service of today writes it
	DER             // definite lengths, the signer's certificate alone, a signing time: as it did years ago
)

// Action is what a person does when the phone has rung.
type Action int

const (
	Sign     Action = iota // status 500 and a signature
	Cancel                 // fault 401
	Ignore                 // nothing, until Server.Act or the request's TimeOut: fault 208
	BlockPIN               // types a wrong PIN until it is blocked: fault 402
)

// ReceiptAction is what a person does when a receipt comes.
type ReceiptAction int

const (
	ReceiptOK      ReceiptAction = iota // presses OK
	ReceiptCancel                       // cancels
	ReceiptTimeout                      // presses nothing for 60 seconds, after which it disappears, or until Server.ActReceipt
	ReceiptUnheard                      // nothing is heard of the phone for 80 seconds
)

// Person is who holds a phone, and what they will do with it. The zero value is a person with a SIM card and an EC key
// who signs at once.
type Person struct {
	Method Method // 0: SIM
	Key    Key
	Form   Form

	// Serial is the person's serial number, "MIDCHE" and ten digits or capital letters; "" makes one of the telephone
	// number that stays the same in every server. Scripting another one is a person who activated anew.
	Serial string

	Inactive       Method // where they have not activated the service; where they have nothing else: fault 404
	AutoActivation bool   // their first signature on an inactive SIM card activates it (guide chapter 5)
	PINBlocked     Method // where the PIN is blocked: fault 402
	NoNetwork      bool   // their phone is out of reach: fault 209, nothing comes of a receipt, and Act does nothing
	RecoveryCode   bool   // they have made a recovery code
	Card           Card   // the network of their SIM card; zero: the operator's own, which can locate it

	After time.Duration // how long they let the phone lie; at the request's TimeOut or later is as good as Ignore
	Do    Action

	Location      *Location // where they are when they answer; nil: see Location
	LocationError int       // a geofencing error, 100 to 106, 120 to 123, 200 or 201, instead; 0: none

	Receipt      ReceiptAction // what they do with a receipt
	ReceiptAfter time.Duration // after what time; from 60 seconds on it is as good as ReceiptTimeout

	// Fault, where it is not 0, is the service's refusal at once: no phone rings. It is a fault code of TS 102 204
	// (NoKeyFound, CardBlocked…) or any other number of up to five digits, not a status.
	Fault mss.Code

	// Forge spoils the answer that carries the outcome: MSS_SignatureResp in synchronous mode, MSS_StatusResp in
	// asynchronous mode, MSS_ReceiptResp and MSS_ProfileResp. A Forge of something that an answer does not have leaves it
	// genuine. For a bad receipt after a good signature, script the person again in between. ForgeAck spoils the
	// acknowledgement in asynchronous mode; Forges that need a signature or a fault do not fit there.
	Forge, ForgeAck Forge
}

// outcome is the fault that an action ends with, 0 for a signature.
func (a Action) outcome() mss.Code {
	switch a {
	case Cancel:
		return mss.UserCancel
	case Ignore:
		return mss.ExpiredTransaction
	case BlockPIN:
		return mss.PinBlocked
	}
	return 0
}

// complete checks a script and fills in what was left to the simulator.
func (p Person) complete(digits string) (Person, error) {
	if p.Method == 0 {
		p.Method = SIM
	}
	if p.Serial == "" {
		p.Serial = serialOf(digits)
	}
	if p.Card == (Card{}) {
		p.Card = ownCard
	}
	if p.Location != nil {
		p.Location = new(*p.Location) // the caller's may change
	}
	switch {
	case p.Method&^(SIM|App) != 0:
		return p, errors.New("msstest: Person.Method is neither SIM, App nor both")
	case p.Key != EC && p.Key != RSA:
		return p, errors.New("msstest: Person.Key is neither EC nor RSA")
	case p.Form != BER && p.Form != DER:
		return p, errors.New("msstest: Person.Form is neither BER nor DER")
	case !isSerial(p.Serial):
		return p, errors.New(`msstest: Person.Serial is not "MIDCHE" and ten digits or capital letters`)
	case p.After < 0:
		return p, errors.New("msstest: Person.After is negative")
	case p.Do < Sign || p.Do > BlockPIN:
		return p, errors.New("msstest: Person.Do is no Action")
	case p.Inactive&^p.Method != 0 || p.PINBlocked&^p.Method != 0:
		return p, errors.New("msstest: Person.Inactive or Person.PINBlocked is about a method that the person has not")
	case p.Location != nil && !p.Location.valid():
		return p, errors.New("msstest: Person.Location has no country, or a number out of range")
	case p.LocationError != 0 && geofencingErrors[p.LocationError] == "":
		return p, errors.New("msstest: Person.LocationError is no geofencing error")
	case p.Receipt < ReceiptOK || p.Receipt > ReceiptUnheard:
		return p, errors.New("msstest: Person.Receipt is no ReceiptAction")
	case p.ReceiptAfter < 0:
		return p, errors.New("msstest: Person.ReceiptAfter is negative")
	case p.Fault < 0 || p.Fault > 99_999 || isStatus(p.Fault):
		return p, fmt.Errorf("msstest: Person.Fault: %d is no fault code", int(p.Fault))
	case p.Forge < 0 || p.Forge >= forges:
		return p, errors.New("msstest: Person.Forge is no Forge constant")
	case !p.ForgeAck.fitsAck():
		return p, errors.New("msstest: Person.ForgeAck is not about an acknowledgement")
	}
	return p, nil
}
