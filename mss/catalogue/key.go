package catalogue

import (
	"context"
	"errors"
	"strconv"

	"github.com/gomss/gomss/mss"
)

// The keys of outcomes that have no code.
const (
	keyRefused        = "refused"         // *mss.RequestError; followed by a dot and its Field
	keyTransport      = "transport"       // *mss.TransportError before which no phone can have rung
	keyUnknownOutcome = "unknown-outcome" // mss.ErrUnknownOutcome, and failures after which the phone may have rung
	keyNotVerified    = "not-verified"    // *mss.VerificationError
	keyCanceled       = "canceled"        // by the caller's context
	keyOther          = "other"
)

// keyed is an error that knows its key: mssp.GeofencingCode, or an error of the caller's own.
type keyed interface {
	error
	MessageKey() string
}

// Key returns the key of an error's texts. What err wraps counts like err. The first that holds decides:
//
//  1. nil, the person signed: "500";
//  2. a method MessageKey() string: what it returns, such as "geofencing.105", unless that is empty;
//  3. mss.ErrUnknownOutcome: "unknown-outcome";
//  4. *mss.Fault: "401.superseded" where it is Superseded; Sub where there are texts for it, "4013"; else Code, "401";
//  5. *mss.VerificationError: "not-verified";
//  6. mss.Code by itself: "504";
//  7. *mss.RequestError: "refused." and its Field, such as "refused.User.MSISDN"; "refused" alone where it wraps the error
//     of a hook, because then the field is not what is wrong; "unknown-outcome" from a poll, before which the phone rang;
//  8. the end of the caller's context: "canceled";
//  9. *mss.TransportError: "transport" where nothing was sent, else "unknown-outcome" (mss.MayHaveRung);
//  10. "other".
//
// A key need not have an entry of its own: see the package documentation for what is taken then.
func Key(err error) string {
	candidates := keys(err)
	last := len(candidates) - 1
	for _, key := range candidates[:last] {
		if _, ok := builtin()[key]; ok {
			return key
		}
	}
	return candidates[last]
}

// keys returns the keys of an error, the most special first; at least one.
func keys(err error) []string {
	if err == nil {
		return []string{codeKey(mss.StatusSignature)}
	}
	if k, ok := errors.AsType[keyed](err); ok && k.MessageKey() != "" {
		return []string{k.MessageKey()}
	}
	if errors.Is(err, mss.ErrUnknownOutcome) {
		return []string{keyUnknownOutcome}
	}
	if f, ok := errors.AsType[*mss.Fault](err); ok {
		return keysOfFault(f)
	}
	if _, ok := errors.AsType[*mss.VerificationError](err); ok {
		return []string{keyNotVerified}
	}
	if code, ok := errors.AsType[mss.Code](err); ok {
		return []string{codeKey(code)}
	}
	return []string{keyOfFailure(err)}
}

func keysOfFault(f *mss.Fault) []string {
	key := codeKey(f.Code)
	switch {
	case f.Superseded:
		return []string{key + ".superseded"}
	case f.Sub != 0:
		return []string{codeKey(f.Sub), key}
	}
	return []string{key}
}

// keyOfFailure returns the key of an error that holds nothing which the service or a verifier said.
func keyOfFailure(err error) string {
	request, isRequest := errors.AsType[*mss.RequestError](err)
	_, isTransport := errors.AsType[*mss.TransportError](err)
	switch {
	case isRequest && mss.MayHaveRung(err):
		return keyUnknownOutcome
	case isRequest && request.Err != nil:
		return keyRefused
	case isRequest:
		return keyRefused + "." + request.Field
	case errors.Is(err, context.Canceled):
		return keyCanceled
	case errors.Is(err, context.DeadlineExceeded) && !isTransport: // a transport's own time limits are no end of the caller's
		return keyCanceled
	case isTransport && mss.MayHaveRung(err):
		return keyUnknownOutcome
	case isTransport:
		return keyTransport
	}
	return keyOther
}

func codeKey(code mss.Code) string { return strconv.Itoa(int(code)) }
