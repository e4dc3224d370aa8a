package mss

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// ErrUnknownOutcome says that the person may have signed, but the answer is lost or was consumed elsewhere. Ask the
// person, look at your records; do not send the request again by yourself.
var ErrUnknownOutcome = errors.New("mss: outcome unknown: ask the person before asking the phone again")

// Fault is the service's refusal, or the outcome without a signature (TS 102 204 clause 10.4 and Annex B): a SOAP fault,
// or a status that carries no usable signature. It unwraps to its Code, so errors.Is(err, mss.UserCancel) works.
//
// Error is the code, its name and our advice alone. Reason, Details and PortalURL are the provider's words: bounded (200
// characters; a longer address than 1000 is dropped), escaped for printing, and redacted because they may hold a phone number.
type Fault struct {
	Code      Code
	Sub       Code   // finer code below Code (FiCom); 0: none
	Operation string // the question that was answered so: OpSignature, OpStatusQuery…
	Reason    Private
	Details   []Private
	PortalURL Private // where the person can help themselves; http or https
	Native    string  // the provider's own code, where it is not an ETSI one
	TraceID   string  // the provider's reference for support

	// Superseded says of a UserCancel that this application itself asked the person again in the meantime, and the new
	// request took the old one's place: nobody declined.
	Superseded bool
}

// The operations of TS 102 204 clause 7 that a Fault can answer. Adapters use them for what they map onto them.
const (
	OpSignature    = "MSS_Signature"
	OpStatusQuery  = "MSS_StatusQuery"
	OpReceipt      = "MSS_Receipt"
	OpProfileQuery = "MSS_ProfileQuery"
	OpRegistration = "MSS_Registration"
)

// OpHealth is not of TS 102 204: the question whether the service works.
const OpHealth = "health"

// Error returns the code, its name and what to do.
func (f *Fault) Error() string {
	s := f.Code.Error()
	if f.Sub != 0 {
		s += " (" + strconv.Itoa(int(f.Sub)) + ")"
	}
	if f.Superseded {
		s += "; here the latter: this application asked the same person again"
	}
	return s
}

// Unwrap returns the code.
func (f *Fault) Unwrap() error { return f.Code }

// RequestError says what is wrong with a request. Nothing was sent, no phone rang.
type RequestError struct {
	Field  string // of Request, or of the options: "Display", "Options.Profile"
	Reason string // and what to do; holds no personal data
	Err    error  // of a hook of the caller's that refused the request; nil otherwise
}

// Error names the field and the reason.
func (e *RequestError) Error() string { return "mss: request: " + e.Field + ": " + e.Reason }

// Unwrap returns the hook's error.
func (e *RequestError) Unwrap() error { return e.Err }

// Sent tells how much of an exchange is known to have happened.
type Sent int

const (
	NotSent   Sent = iota + 1 // no octet of the request left this machine
	MaybeSent                 // some left; the service may have acted on it
	Answered                  // the service answered, but the answer could not be read
)

// String returns "not sent", "maybe sent" or "answered".
func (s Sent) String() string {
	switch s {
	case NotSent:
		return "not sent"
	case MaybeSent:
		return "maybe sent"
	case Answered:
		return "answered"
	}
	return "Sent(" + strconv.Itoa(int(s)) + ")"
}

// TransportError is a failed exchange: no connection, a broken one, or an answer that is not one of the service.
type TransportError struct {
	Sent   Sent
	Status int     // HTTP status; 0 where none came
	Err    error   // what failed, in which step
	Body   Private // the unreadable answer's first octets
}

// Error tells the step, the HTTP status and how much was sent; never a URL's query, never a body.
func (e *TransportError) Error() string {
	if e.Status != 0 {
		return fmt.Sprintf("mss: transport: HTTP %d: %v (request: %v)", e.Status, e.Err, e.Sent)
	}
	return fmt.Sprintf("mss: transport: %v (request: %v)", e.Err, e.Sent)
}

// Unwrap returns the cause.
func (e *TransportError) Unwrap() error { return e.Err }

// VerificationError says that an answer claims a signature which does not hold. It keeps the evidence: a root that was
// missing from the configuration must not lose an answer that a provider gives only once.
type VerificationError struct {
	Check    string // the check that failed: "echo", "content", "chain", "replay"…
	Err      error
	Evidence *Evidence // nil when a bare signature was verified
}

// Error names the check and its finding; it holds no personal data.
func (e *VerificationError) Error() string {
	return "mss: not verified: " + e.Check + ": " + e.Err.Error()
}

// Unwrap returns the finding.
func (e *VerificationError) Unwrap() error { return e.Err }

// Polled marks an error of Service.Poll, for services to return: whatever was or was not sent then, the phone rang before,
// when the transaction was started. MayHaveRung is true for it. A nil error stays nil.
func Polled(err error) error {
	if err == nil {
		return nil
	}
	return polledError{err}
}

type polledError struct{ err error }

func (e polledError) Error() string { return e.err.Error() }

func (e polledError) Unwrap() error { return e.err }

// MayHaveRung reports whether the person's phone may have rung although err came back: always assume so before a second
// request. It is false where nothing was sent, and where the service refused before it asked the person.
func MayHaveRung(err error) bool {
	if err == nil || errors.Is(err, ErrUnknownOutcome) {
		return true
	}
	if _, ok := errors.AsType[polledError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*RequestError](err); ok {
		return false
	}
	if t, ok := errors.AsType[*TransportError](err); ok {
		return t.Sent != NotSent
	}
	if f, ok := errors.AsType[*Fault](err); ok {
		switch f.Operation {
		case OpStatusQuery:
			return true
		case OpProfileQuery, OpHealth:
			return false
		}
		return !f.Code.beforePrompt()
	}
	return true
}

// RetryPoll reports whether a failed Poll may be repeated, and after what time: polling rings nobody. It may after every
// failure in transport, a broken or unreadable answer too, but for HTTP statuses that will not change (3xx and 4xx without
// 429). Faults, requests that were refused here and verification errors are final.
func RetryPoll(err error) (after time.Duration, ok bool) {
	t, isTransport := errors.AsType[*TransportError](err)
	if !isTransport {
		return 0, false
	}
	if t.Status >= 300 && t.Status < 500 && t.Status != 429 {
		return 0, false // the address or the credentials are wrong, and will be
	}
	return pollRetryDelay, true
}

// pollRetryDelay is the pace of repeated polls after a transport error: the provider's usual one (5 s).
const pollRetryDelay = 5 * time.Second
