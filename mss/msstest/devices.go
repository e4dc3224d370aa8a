package msstest

import (
	"slices"
	"strings"
	"time"

	"github.com/gomss/gomss/mss"
)

// Card is the network of a SIM card.
type Card struct {
	MCC, MNC string // mobile country and network code (ITU-T E.212)
	Network  string // its name
}

// UnknownCard is the card of a network that the service does not know. It must not be changed.
var UnknownCard = Card{MCC: "000", MNC: "00", Network: "Unknown network"}

// ownCard is of the operator's own network.
var ownCard = Card{MCC: "228", MNC: "01", Network: "Swisscom"}

// Signature profiles of the simulated service.
const (
	profileSTK    = "http://mid.swisscom.ch/STK-LoA4"
	profileDevice = "http://mid.swisscom.ch/Device-LoA4"
	profileAny    = "http://mid.swisscom.ch/Any-LoA4"
	profileFenced = "http://mid.swisscom.ch/Any-Geofencing-LoA4"

	// The retired name of STK-LoA4, and the two by kind of key that profile queries still list.
	profileAuth1    = "http://mid.swisscom.ch/MID/v1/AuthProfile1"
	profileAuth1EC  = profileAuth1 + ".ECC"
	profileAuth1RSA = profileAuth1 + ".RSA"
)

// profile is the method's name in an answer.
func (m Method) profile() string {
	if m == App {
		return profileDevice
	}
	return profileSTK
}

// keyed is the retired profile of a kind of key.
func (k Key) profile() string {
	if k == RSA {
		return profileAuth1RSA
	}
	return profileAuth1EC
}

// active tells where the person has activated the service. A SIM card can have been activated by a signature.
func (sub *subscriber) active(now time.Time) Method {
	p := &sub.person
	if p.AutoActivation && !sub.activated.IsZero() && !now.Before(sub.activated) {
		return p.Method &^ (p.Inactive &^ SIM)
	}
	return p.Method &^ p.Inactive
}

// usable tells where the person can sign: where the service is active, or will be by signing.
func (sub *subscriber) usable(now time.Time) Method {
	m := sub.active(now)
	if sub.person.AutoActivation {
		m |= sub.person.Method & SIM
	}
	return m
}

// choose returns where the person signs a request for a profile, or the fault that they cannot: 109 where they have no
// such method, 404 where they have not activated it, 402 where its PIN is blocked.
func (sub *subscriber) choose(profile string, right bool, now time.Time) (Method, mss.Code) {
	method, ok := sub.method(profile, right, now)
	switch {
	case !ok:
		return 0, mss.UnsupportedProfile
	case sub.usable(now)&method == 0:
		return 0, mss.NoKeyFound
	case sub.person.PINBlocked&method != 0:
		return 0, mss.PinBlocked
	}
	return method, 0
}

// method is the method that a profile stands for. With Any the SIM card goes first, and the app is used only where it is
// all that is active (guide section 3.2.1). A profile with geofencing wants a method that can locate.
func (sub *subscriber) method(profile string, right bool, now time.Time) (Method, bool) {
	p, active := &sub.person, sub.active(now)
	switch {
	case profile == profileSTK, profile == profileAuth1, profile == p.Key.profile():
		return SIM, p.Method&SIM != 0
	case profile == profileDevice:
		return App, p.Method&App != 0
	case profile == profileFenced && !right:
		return 0, false
	case profile == profileFenced && active&App != 0 && !p.Card.locates():
		return App, true
	case profile != profileAny && profile != profileFenced:
		return 0, false
	case active&SIM == 0 && active&App != 0, p.Method == App:
		return App, true
	}
	return SIM, true
}

// profiles lists what the person can sign with, as MSS_ProfileQuery tells it. The profile with geofencing is left out:
// it was never seen in an answer.
func (sub *subscriber) profiles(now time.Time) []string {
	usable := sub.usable(now)
	list := []string{profileAny}
	if usable&App != 0 {
		list = append(list, profileDevice)
	}
	if usable&SIM != 0 {
		list = append(list, profileAuth1, sub.person.Key.profile(), profileSTK)
	}
	slices.Sort(list) // as the service lists them
	return list
}

// refusal is the fault of a request to a person who can sign nowhere, or whom the service refuses.
func (sub *subscriber) refusal(now time.Time) mss.Code {
	if sub.person.Fault != 0 {
		return sub.person.Fault
	}
	if sub.usable(now) == 0 {
		return mss.NoKeyFound
	}
	return 0
}

// sameNumber compares telephone numbers with or without "+".
func sameNumber(a, b string) bool { return strings.TrimPrefix(a, "+") == strings.TrimPrefix(b, "+") }
