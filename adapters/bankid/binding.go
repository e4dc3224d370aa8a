package bankid

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/gomss/gomss/mss"
)

// checkOrder holds what was signed against what the order asked for. A signature names no order: what ties them together is the
// non-visible data, in which there is a nonce of ours, the transaction's id and the document's digest. The error is a
// *mss.VerificationError with the check "visible data", "non-visible data", "relying party" or "function".
func (s *state) checkOrder(d *signedData, env mss.Environment) error {
	switch {
	case !digestOf(d.visible, s.Visible):
		return failed("visible data", errors.New("the person signed another text than the order's"))
	case d.visible != nil && plain(d.format) != plain(s.Format):
		return failed("visible data", errors.New("the text was shown in another format than the order's"))
	case !digestOf(d.nonVisible, s.NonVisible):
		return failed("non-visible data", errors.New("the signature was made for another order"))
	case s.RPSubject == "" && env != mss.Simulator:
		return failed("relying party", errors.New("the transaction was started without a client certificate"))
	case s.RPSubject != "" && d.relying != s.RPSubject:
		return failed("relying party", errors.New("the signature was made for the holder of another client certificate"))
	case d.function != s.FuncID:
		return failed("function", errors.New("the person identified where the order was to sign, or the reverse"))
	}
	return nil
}

// digestOf reports whether sum is the SHA-256 of data, or there is neither.
func digestOf(data, sum []byte) bool {
	if data == nil || sum == nil {
		return data == nil && sum == nil
	}
	digest := sha256.Sum256(data)
	return bytes.Equal(digest[:], sum)
}

// plain makes the two names of plain text one: signatures leave it out.
func plain(format string) string {
	if format == "plaintext" {
		return ""
	}
	return format
}

// checkPerson compares the personal number of the certificate with the one in the answer and the one that was required, if any.
func (s *state) checkPerson(p *subject, answered string, asked mss.PersonID) error {
	switch {
	case answered != p.number:
		return errors.New("the answer names another person than the certificate")
	case s.Person != "" && s.Person != p.number, !asked.IsZero() && asked != p.person:
		return errors.New("the certificate is of another person than was asked")
	}
	return nil
}

// checkTime checks that the signature was made while the order ran: its OCSP answer was made between start and receipt.
func checkTime(producedAt time.Time, ev *mss.Evidence) error {
	if producedAt.Before(ev.Transaction.Started.Add(-clockSkew)) {
		return errors.New("the OCSP answer was made before the order: the signature is an older one")
	}
	if producedAt.After(ev.Received.Add(clockSkew)) {
		return errors.New("the OCSP answer was made after the signature arrived")
	}
	return nil
}
