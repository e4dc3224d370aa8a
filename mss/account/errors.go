package account

import "errors"

// The refusals of a Binder, for errors.Is. Everything else that comes back is a failure of the store, or a mistake in
// the arguments. Whatever the error is, the person is not logged in.
var (
	// ErrMismatch: another serial number is stored for the account. The error is a *MismatchError.
	ErrMismatch = errors.New("account: the serial number has changed")

	// ErrNotEnrolled: nothing is stored for the account, and Config.RequireKnown is set.
	ErrNotEnrolled error = notEnrolledError{}

	// ErrNotVerified: the signature did not come out of a Service's Verify.
	ErrNotVerified = errors.New("account: the signature is not verified: bind only what Service.Verify returned")

	// ErrTestSigner: a provider's test person signed, behind whom there is nobody.
	ErrTestSigner = errors.New("account: the signer is the provider's test person, which is nobody; " +
		"tests set InsecureAllowTestSigners")

	// ErrConflict: what is stored is not what the caller takes for stored, so nothing was changed. Read it again.
	ErrConflict = errors.New("account: another serial number is stored than the one to be replaced, or none: " +
		"nothing was changed; read again what is stored")
)

type notEnrolledError struct{}

func (notEnrolledError) Error() string {
	return "account: no serial number is stored for the account, and this policy stores none (RequireKnown): " +
		"enrol the person where you know who they are"
}

// MessageKey is the key of the error's texts in package catalogue.
func (notEnrolledError) MessageKey() string { return "account.not-enrolled" }

// MismatchError says that a verified signer is not the one who is stored for the account. It unwraps to ErrMismatch.
type MismatchError struct {
	Scope string // where the comparison took place: kind of service and environment
}

// Error says what may have happened and what to do. It holds neither the account nor a serial number.
func (e *MismatchError) Error() string {
	return ErrMismatch.Error() + " (" + e.Scope + "): the person has activated the service anew without recovery, or the " +
		"telephone number belongs to somebody else now; let nobody in, find out by other means who the person is, then rebind"
}

// Unwrap returns ErrMismatch.
func (e *MismatchError) Unwrap() error { return ErrMismatch }

// MessageKey returns "account.changed", the key of the error's texts in package catalogue.
func (e *MismatchError) MessageKey() string { return "account.changed" }
