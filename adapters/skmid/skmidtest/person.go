package skmidtest

import (
	"errors"
	"strings"
	"time"
	"unicode/utf8"
)

// Key is the kind of key that a person's two key pairs are of.
type Key int

const (
	P256 Key = iota // ECDSA, as nearly every SIM card has
	P384            // ECDSA
	RSA             // RSASSA-PKCS1-v1_5, 2048 bits
)

// Profile is the form of a person's certificates: who issued them, and how the subject is written.
type Profile int

const (
	// ESTEID is of a CA like ESTEID-SK 2015, as it issues since November 2025: the serial number is "PNOEE-60001019906",
	// the common name "GIVEN,SURNAME".
	ESTEID Profile = iota
	// ESTEIDMid is of the same CA as it issued before: the common name is "SURNAME,GIVEN,CODE".
	ESTEIDMid
	// ESTEIDOld is of the same CA as it issued at first: the serial number is the code alone and the country stands in C
	// only, the common name is "SURNAME,GIVEN,CODE", organization and unit are there, and the authentication certificate
	// has a critical extended key usage (clientAuth, emailProtection).
	ESTEIDOld
	// EID2016 is of a CA like EID-SK 2016; the subject is like that of ESTEID.
	EID2016
	// EIDQ2021 is of a CA like EID-Q 2021E, which signs with ECDSA; the subject is like that of ESTEID.
	EIDQ2021
)

// Result is what a session ends with, as the service writes it. Any string of up to 64 octets can be scripted: services
// invent new ones.
type Result string

// The results that the service documents.
const (
	OK            Result = "OK"                      // the person enters the PIN
	Timeout       Result = "TIMEOUT"                 // does nothing, until Server.Act, until Person.After or for Options.Patience
	NotClient     Result = "NOT_MID_CLIENT"          // has no active certificates; /certificate says NOT_FOUND
	Cancelled     Result = "USER_CANCELLED"          // cancels on the phone
	HashMismatch  Result = "SIGNATURE_HASH_MISMATCH" // the SIM card's settings differ from the server's
	PhoneAbsent   Result = "PHONE_ABSENT"            // the SIM card cannot be reached
	DeliveryError Result = "DELIVERY_ERROR"          // the message to the SIM card could not be sent
	SIMError      Result = "SIM_ERROR"               // the SIM card gave an invalid answer
)

// BlockPIN is what a person can do beside: type a wrong PIN until it is blocked. The service says SIM_ERROR then.
const BlockPIN Result = "(PIN blocked)"

// written is a result as it goes over the wire.
func (r Result) written() Result {
	if r == BlockPIN {
		return SIMError
	}
	return r
}

// Person is who holds a phone, and what they will do with it. The zero value is a person with P-256 keys who enters the
// PIN at once. Every person has two key pairs, one to authenticate and one to sign with, with a certificate each.
type Person struct {
	GivenName, Surname string // as in the certificate; "": "MARI" and "NÄIDIS". Up to 64 characters each
	Country            string // EE, LT or LV; "": LT where the phone number begins with +370, else EE

	Key     Key
	Profile Profile

	// Card counts their SIM cards, from 0: another one has other keys, with other certificates.
	Card int

	NoNetwork  bool // their phone is out of reach: sessions end with PHONE_ABSENT, and Act does nothing
	PINBlocked bool // sessions end with SIM_ERROR at once

	Result Result        // what a session ends with; "": OK
	After  time.Duration // how long that takes; from Options.Patience on it is as good as Timeout

	// Polls is how many status calls of a session are answered RUNNING at once before any other answer: for tests of
	// polling without waiting.
	Polls int

	// DER makes EC signatures a DER sequence of r and s instead of the two numbers side by side. No document says so, but
	// some clients' authors have met it.
	DER bool

	// Forge spoils the answer that carries the outcome and, where it is about certificates, those of /certificate as well.
	// One about what the outcome does not have leaves it genuine. ForgeStart spoils the answer to the start,
	// ForgeCertificate that of /certificate alone. Not every Forge fits each of them: see there.
	Forge, ForgeStart, ForgeCertificate Forge
}

const (
	maxResult = 64
	maxNames  = 64 // characters; names of real persons are shorter
)

// complete checks a script and fills in what was left to the simulator.
func (p Person) complete(phone string) (Person, error) {
	if p.GivenName == "" {
		p.GivenName = "MARI"
	}
	if p.Surname == "" {
		p.Surname = "NÄIDIS"
	}
	if p.Country == "" {
		p.Country = "EE"
		if strings.HasPrefix(phone, "+370") {
			p.Country = "LT"
		}
	}
	if p.Result == "" {
		p.Result = OK
	}
	switch {
	case !isName(p.GivenName) || !isName(p.Surname):
		return p, errors.New("skmidtest: Person.GivenName or Person.Surname is longer than 64 characters, or not UTF-8")
	case p.Country != "EE" && p.Country != "LT" && p.Country != "LV":
		return p, errors.New("skmidtest: Person.Country is neither EE, LT nor LV")
	case p.Key < P256 || p.Key > RSA:
		return p, errors.New("skmidtest: Person.Key is no Key constant")
	case p.Profile < ESTEID || p.Profile > EIDQ2021:
		return p, errors.New("skmidtest: Person.Profile is no Profile constant")
	case p.Card < 0 || p.After < 0 || p.Polls < 0:
		return p, errors.New("skmidtest: Person.Card, Person.After or Person.Polls is negative")
	case len(p.Result) > maxResult:
		return p, errors.New("skmidtest: Person.Result is longer than 64 octets")
	case !p.Forge.fits(atOutcome):
		return p, errors.New("skmidtest: Person.Forge is not about the outcome")
	case !p.ForgeStart.fits(atStart):
		return p, errors.New("skmidtest: Person.ForgeStart is not about the answer to a start")
	case !p.ForgeCertificate.fits(atCertificate):
		return p, errors.New("skmidtest: Person.ForgeCertificate is not about the answer of /certificate")
	}
	return p, nil
}

func isName(s string) bool { return utf8.ValidString(s) && utf8.RuneCountInString(s) <= maxNames }

// certificateForge is the forgery of the certificate that /certificate hands out.
func (p Person) certificateForge() Forge {
	if p.ForgeCertificate == Genuine && p.Forge.ofCertificate() {
		return p.Forge
	}
	return p.ForgeCertificate
}

// subscription is what the service knows a person by: both together.
type subscription struct{ phone, code string }

// Script sets what the person with a telephone number and an identity code will do from now on; sessions that have begun
// go on as they were. Demo persons can be changed as well. The number is written with "+" and 8 to 30 digits, the code
// with 11 digits and without prefix, also a Latvian one; Script panics if they are not, or if the Person's fields
// contradict each other, as that is a mistake in the test. A person with the same Key and Card keeps their keys.
func (s *Server) Script(phone, code string, p Person) {
	if !isPhone(phone) {
		panic("skmidtest: Script: the phone number is not + and 8 to 30 digits")
	}
	if !isCode(code) {
		panic("skmidtest: Script: the identity code does not have 11 digits")
	}
	p, err := p.complete(phone)
	if err != nil {
		panic(err.Error())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	who := subscription{phone, code}
	if sub, ok := s.subscribers[who]; ok {
		sub.person = p
		return
	}
	s.subscribers[who] = newSubscriber(code, p)
}

func isPhone(s string) bool {
	digits, ok := strings.CutPrefix(s, "+")
	return ok && len(digits) >= 8 && len(digits) <= 30 && isDigits(digits)
}

func isCode(s string) bool { return len(s) == 11 && isDigits(s) }

func isDigits(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}
