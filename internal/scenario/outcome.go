package scenario

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/gomss/gomss/mss"
)

// Outcome is what came out of a signature, or what must.
type Outcome struct {
	Outcome  string `json:"outcome"`            // signed, fault, unverified, outstanding or error
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
}

// String is one line without the members that the outcome does not have.
func (o Outcome) String() string {
	parts := []string{o.Outcome}
	v := reflect.ValueOf(o)
	for i := 2; i < v.NumField(); i++ { // after outcome and requests
		if !v.Field(i).IsZero() {
			parts = append(parts, memberName(i)+" "+fmt.Sprint(v.Field(i)))
		}
	}
	return strings.Join(append(parts, fmt.Sprintf("requests %d", o.Requests)), ", ")
}

func memberName(i int) string {
	name, _, _ := strings.Cut(reflect.TypeFor[Outcome]().Field(i).Tag.Get("json"), ",")
	return name
}

// differences lists the members that differ, one a line; of another outcome altogether, the whole of both.
func (o Outcome) differences(got Outcome) []string {
	if o.Outcome != got.Outcome {
		return []string{fmt.Sprintf("want %v; got %v", o, got)}
	}
	var list []string
	w, g := reflect.ValueOf(o), reflect.ValueOf(got)
	for i := range w.NumField() {
		if !w.Field(i).Equal(g.Field(i)) {
			list = append(list, fmt.Sprintf("%s: want %v, got %v", memberName(i), w.Field(i), g.Field(i)))
		}
	}
	return list
}

// NewOutcome sorts what a client returned into its outcome, in which Requests is left to the caller. Neither a signature
// nor an error means that there is no answer yet. An error that is none of the model's own kinds, such as a context's, is
// no outcome.
func NewOutcome(sig *mss.Signature, err error) (Outcome, bool) {
	switch {
	case err == nil && sig == nil:
		return Outcome{Outcome: outcomeOutstanding}, true
	case err == nil:
		return Outcome{
			Outcome:  outcomeSigned,
			Verified: sig.Verified(),
			Status:   int(sig.Asserted.Status),
			Signer:   sig.Proven.Signer.ID,
			Profile:  sig.Asserted.Profile,
		}, true
	}
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
