package bankidtest

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Anyone is the number in Script for whoever has no script of their own.
const Anyone = ""

// DefaultNumber is the personal number of whoever picks up an order that names nobody, unless Person.Number says another.
// It is of the series that is kept for tests.
const DefaultNumber = "198507099805"

// Act is what a person does with an order in the end. Every other string is the hint code with which the order fails,
// known or not, up to 64 octets.
type Act string

const (
	Sign     Act = "sign"     // identifies themselves, or signs
	Ignore   Act = "ignore"   // nothing, until the order expires
	BlockPIN Act = "blockPIN" // types a wrong PIN until the BankID is blocked: certificateErr

	Cancel         Act = "userCancel"
	DeclineCall    Act = "userDeclinedCall"
	CertificateErr Act = "certificateErr"
)

// hint is the hint code that a failed order has.
func (a Act) hint() string {
	switch a {
	case Ignore:
		return "expiredTransaction"
	case BlockPIN:
		return string(CertificateErr)
	}
	return string(a)
}

// Certificate policies of the test environment.
const (
	OnFile = "1.2.3.4.5"
	OnCard = "1.2.3.4.10"
	Mobile = "1.2.3.4.25"
)

// Risks of an order as the service judges them.
const (
	RiskLow      = "low"
	RiskModerate = "moderate"
	RiskHigh     = "high"
	RiskUnknown  = "unknown" // cannot be computed: the answer has none
)

// Step is a pending hint that an order shows for a while.
type Step struct {
	Hint string
	For  time.Duration
}

// Person is who has a BankID, and what they will do with an order. The zero value is somebody who has Mobile BankID, gets
// every order at once and signs it at once.
type Person struct {
	// Number is the personal number of Anyone where the order does not require one; "": DefaultNumber. For persons with a
	// script of their own it is empty, or the same.
	Number             string
	GivenName, Surname string // as in the certificate; "": "ANNA" and "SIMULERAD". Up to 64 characters each
	Policy             string // certificate policy; "": Mobile
	IP                 string // of the device with the app; "": that of the end user, 192.0.2.1 where there is none
	IssueDate          string // bankIdIssueDate as it is written; "": the date of the day when the server was made
	Risk               string // "": RiskLow

	// Card counts their BankIDs, from 0: another one has another certificate, and is on another device.
	Card int

	NoNetwork  bool // their app is out of reach: no order is picked up, and Act does nothing
	PINBlocked bool // their BankID is blocked: an order that they pick up ends with certificateErr

	// Manual leaves an order until Server.Scan, Server.Open or Server.PickUp picks it up. Otherwise the app has it PicksUp after the start,
	// without a QR code being read or a link being followed.
	Manual  bool
	PicksUp time.Duration

	Before string        // the pending hint until an app has the order; "": outstandingTransaction
	Steps  []Step        // pending hints from when the app has the order, one after the other
	After  time.Duration // how long the person then takes, with the hint userSign
	Does   Act           // what they do in the end; "": Sign

	// Forge spoils the answer that carries the outcome, ForgeStart that to the start. Not every Forge fits each of them.
	Forge, ForgeStart Forge
}

const (
	maxAct   = 64
	maxNames = 64 // characters; names of real persons are shorter
)

var oidForm = regexp.MustCompile(`^\d+(\.\d+)+$`)

// complete checks a script and fills in what was left to the simulator.
func (p Person) complete(number string) (Person, error) {
	if number != Anyone && p.Number != "" && p.Number != number {
		return p, errors.New("bankidtest: Person.Number is not the number that is scripted")
	}
	setDefault(&p.Number, number)
	setDefault(&p.Number, DefaultNumber)
	setDefault(&p.GivenName, "ANNA")
	setDefault(&p.Surname, "SIMULERAD")
	setDefault(&p.Policy, Mobile)
	setDefault(&p.Risk, RiskLow)
	setDefault(&p.Before, "outstandingTransaction")
	setDefault(&p.Does, Sign)
	p.Steps = slices.Clone(p.Steps)
	switch {
	case !isNumber(p.Number):
		return p, errors.New("bankidtest: the personal number does not have 12 digits, or a wrong check digit")
	case !isName(p.GivenName) || !isName(p.Surname):
		return p, errors.New("bankidtest: Person.GivenName or Person.Surname is longer than 64 characters, or not UTF-8")
	case !oidForm.MatchString(p.Policy):
		return p, errors.New("bankidtest: Person.Policy is no OID")
	case !slices.Contains([]string{RiskLow, RiskModerate, RiskHigh, RiskUnknown}, p.Risk):
		return p, errors.New("bankidtest: Person.Risk is no Risk constant")
	case p.Card < 0:
		return p, errors.New("bankidtest: Person.Card is negative")
	case p.PicksUp < 0 || p.After < 0 || slices.ContainsFunc(p.Steps, func(st Step) bool { return st.For < 0 }):
		return p, errors.New("bankidtest: Person.PicksUp, Person.After or Step.For is negative")
	case len(p.Does) > maxAct:
		return p, errors.New("bankidtest: Person.Does is longer than 64 octets")
	case !p.Forge.fits(atOutcome):
		return p, errors.New("bankidtest: Person.Forge is not about the outcome")
	case !p.ForgeStart.fits(atStart):
		return p, errors.New("bankidtest: Person.ForgeStart is not about the answer to a start")
	}
	return p, nil
}

func setDefault[S ~string](s *S, value S) {
	if *s == "" {
		*s = value
	}
}

func isName(s string) bool { return utf8.ValidString(s) && utf8.RuneCountInString(s) <= maxNames }

func (p *Person) name() string { return p.GivenName + " " + p.Surname }

// Script sets what the person with a personal number of 12 digits will do from now on; orders that have begun go on as
// they were. Script(Anyone, …) is for all who have no script of their own, and for orders that require nobody. Script
// panics if the number or the Person is not as it should be, as that is a mistake in the test.
func (s *Server) Script(number string, p Person) {
	p, err := p.complete(number)
	if err != nil {
		panic(err.Error())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.persons[number] = p
}

// personOf returns who will get an order that requires number, or nobody in particular. The caller holds s.mu.
func (s *Server) personOf(number string) Person {
	if p, ok := s.persons[number]; ok {
		return p
	}
	p := s.persons[Anyone]
	p.Number = number
	return p
}

// satisfies reports whether the person has a BankID of a kind that is asked for.
func (p *Person) satisfies(r *requirement) bool {
	return len(r.policies) == 0 || slices.ContainsFunc(r.policies, func(want string) bool {
		prefix, wild := strings.CutSuffix(want, "*")
		return want == p.Policy || wild && strings.HasPrefix(p.Policy, prefix)
	})
}

// tooRisky reports whether the service stops the order.
func (p *Person) tooRisky(r *requirement) bool {
	return r.risk != "" && (p.Risk == RiskHigh || p.Risk == RiskModerate && r.risk == RiskLow)
}
