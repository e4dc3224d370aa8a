package scenario

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
)

// Outcome is what came out of a question, or what must.
type Outcome struct {
	Outcome  string `json:"outcome"`            // signed, fault, unverified, outstanding, error, receipt, profile or healthy
	Requests int    `json:"requests"`           // HTTP requests made
	Verified bool   `json:"verified,omitempty"` // signed: mss.Signature.Verified
	Status   int    `json:"status,omitempty"`   // signed: 500 or 502
	Signer   string `json:"signer,omitempty"`   // signed: the serial number
	Profile  string `json:"profile,omitempty"`  // signed: the method that was really used
	Code     int    `json:"code,omitempty"`     // fault
	Name     string `json:"name,omitempty"`     // fault: the standard's name of the code
	Check    string `json:"check,omitempty"`    // unverified: the check that failed
	Kind     string `json:"kind,omitempty"`     // error: request or transport
	Field    string `json:"field,omitempty"`    // error of kind request: the field of mss.Request
	HTTP     int    `json:"http,omitempty"`     // error of kind transport: the HTTP status; 0 none

	Link string `json:"link,omitempty"` // of an asynchronous signature: what opens the app

	Location      *Location `json:"location,omitempty"`      // signed
	LocationError int       `json:"locationError,omitempty"` // signed: a mssp.GeofencingCode
	Subscriber    []Pair    `json:"subscriber,omitempty"`    // signed
	Network       string    `json:"network,omitempty"`       // signed

	Receipt string `json:"receipt,omitempty"` // receipt: a mss.ReceiptOutcome

	SignatureProfiles []string `json:"signatureProfiles,omitempty"` // profile
	RecoveryCode      *bool    `json:"recoveryCode,omitempty"`      // profile
	AutoActivation    *bool    `json:"autoActivation,omitempty"`    // profile
	SIM               *Device  `json:"sim,omitempty"`               // profile
	Apps              []Device `json:"apps,omitempty"`              // profile
}

// String is one line without the members that the outcome does not have.
func (o Outcome) String() string {
	parts := []string{o.Outcome}
	v := reflect.ValueOf(o)
	for i := 2; i < v.NumField(); i++ { // after outcome and requests
		if !v.Field(i).IsZero() {
			parts = append(parts, memberName(i)+" "+text(v.Field(i)))
		}
	}
	return strings.Join(append(parts, fmt.Sprintf("requests %d", o.Requests)), ", ")
}

func memberName(i int) string {
	name, _, _ := strings.Cut(reflect.TypeFor[Outcome]().Field(i).Tag.Get("json"), ",")
	return name
}

// text writes a member, and not where a pointer points to.
func text(v reflect.Value) string {
	if v.Kind() == reflect.Pointer && v.IsNil() {
		return "none"
	}
	return fmt.Sprint(reflect.Indirect(v))
}

// differences lists the members that differ, one a line; of another outcome altogether, the whole of both.
func (o Outcome) differences(got Outcome) []string {
	if o.Outcome != got.Outcome {
		return []string{fmt.Sprintf("want %v; got %v", o, got)}
	}
	var list []string
	w, g := reflect.ValueOf(o), reflect.ValueOf(got)
	for i := range w.NumField() {
		if !reflect.DeepEqual(w.Field(i).Interface(), g.Field(i).Interface()) {
			list = append(list, fmt.Sprintf("%s: want %s, got %s", memberName(i), text(w.Field(i)), text(g.Field(i))))
		}
	}
	return list
}

// NewOutcome sorts what a client returned into its outcome, in which Requests is left to the caller. Neither a signature
// nor an error means that there is no answer yet. An error that is none of the model's own kinds, such as a context's, is
// no outcome.
func NewOutcome(sig *mss.Signature, err error) (Outcome, bool) {
	switch {
	case err != nil:
		return newFailure(err)
	case sig == nil:
		return Outcome{Outcome: outcomeOutstanding}, true
	}
	o := Outcome{
		Outcome:  outcomeSigned,
		Verified: sig.Verified(),
		Status:   int(sig.Asserted.Status),
		Signer:   sig.Proven.Signer.ID,
		Profile:  sig.Asserted.Profile,
	}
	if d, ok := sig.Asserted.Details.(*mssp.Details); ok {
		o.Location, o.LocationError, o.Network = newLocation(d.Location), int(d.LocationError), d.Network
		for _, p := range d.Subscriber {
			o.Subscriber = append(o.Subscriber, Pair(p))
		}
	}
	return o, true
}

// NewReceiptOutcome is NewOutcome for a receipt. said is what a mss.ReceiptOutcome is called, where there is no error.
func NewReceiptOutcome(said string, err error) (Outcome, bool) {
	if err != nil {
		return newFailure(err)
	}
	return Outcome{Outcome: outcomeReceipt, Receipt: said}, true
}

func newProfileOutcome(p *mss.Profile, err error) (Outcome, bool) {
	if err != nil {
		return newFailure(err)
	}
	o := Outcome{Outcome: outcomeProfile, SignatureProfiles: slices.Clone(p.SignatureProfiles)}
	if d, ok := p.Details.(*mssp.ProfileDetails); ok {
		o.RecoveryCode, o.AutoActivation = d.RecoveryCode, d.AutoActivation
		if d.SIM != nil {
			o.SIM = new(newDevice(d.SIM))
		}
		for i := range d.Apps {
			o.Apps = append(o.Apps, newDevice(&d.Apps[i]))
		}
	}
	return o, true
}

func newHealthOutcome(err error) (Outcome, bool) {
	if err != nil {
		return newFailure(err)
	}
	return Outcome{Outcome: outcomeHealthy}, true
}

// newFailure sorts an error of the client's.
func newFailure(err error) (Outcome, bool) {
	if f, ok := errors.AsType[*mss.Fault](err); ok {
		return Outcome{Outcome: outcomeFault, Code: int(f.Code), Name: f.Code.Name()}, true
	}
	if v, ok := errors.AsType[*mss.VerificationError](err); ok {
		return Outcome{Outcome: outcomeUnverified, Check: v.Check}, true
	}
	if r, ok := errors.AsType[*mss.RequestError](err); ok {
		return Outcome{Outcome: outcomeError, Kind: kindRequest, Field: r.Field}, true
	}
	if t, ok := errors.AsType[*mss.TransportError](err); ok {
		return Outcome{Outcome: outcomeError, Kind: kindTransport, HTTP: t.Status}, true
	}
	return Outcome{}, false
}
