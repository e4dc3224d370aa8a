package cms

import "fmt"

// The checks of a verification, in the order in which they are made.
const (
	checkSize         = "size"
	checkBER          = "ber"
	checkStructure    = "structure"
	checkAlgorithm    = "algorithm"
	checkAttributes   = "attributes"
	checkContent      = "content"
	checkDigest       = "digest"
	checkCertificates = "certificates"
	checkSigner       = "signer"
	checkKeyUsage     = "key-usage"
	checkSignature    = "signature"
	checkChain        = "chain"
)

// Error says which check a message failed, and why. Check is one of, in the
// order of the checks: "size", "ber", "structure", "algorithm", "attributes",
// "content", "digest", "certificates", "signer", "key-usage", "signature",
// "chain". Err of the check "content" is what the match function returned.
//
// The text names certification authorities, algorithms and fields; it never
// holds the signer's name, the signed content or other octets of a message.
type Error struct {
	Check string
	Err   error
}

// Error returns "cms: ", the check and the reason.
func (e *Error) Error() string { return "cms: " + e.Check + ": " + e.Err.Error() }

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// refuse makes the *Error of a failed check.
func refuse(check, format string, args ...any) error {
	return &Error{Check: check, Err: fmt.Errorf(format, args...)}
}
