package hermod

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"time"

	"github.com/gomss/gomss/internal/cms"
	"github.com/gomss/gomss/mss"
)

// maxPKCS7 bounds the text of a result in PKCS#7: Base64 of what package cms reads at most.
const maxPKCS7 = 88 << 10 // octets

// clockSkew is how far a device's clock may be off (SEC-13).
const clockSkew = 5 * time.Minute

// proveCMS verifies a result in PKCS#7, which is CMS SignedData (RFC 5652) with attached content and one signer. The signer is the
// enrolled certificate and no other, even of the same authority and name; more certificates in the message help to nothing, since
// chain starts from the enrolled one and the configuration. Unsigned attributes, a countersignature say, are read over.
func (v *Verifier) proveCMS(text string, st *state, leaf *x509.Certificate, ev *mss.Evidence) (*proven, error) {
	der, err := v.pkcs7Octets(text)
	if err != nil {
		return nil, failed("cms", err)
	}
	r, err := v.cms.Verify(der, ev.Received, st.checkContent)
	if err != nil {
		return nil, failedCMS(err)
	}
	if !bytes.Equal(r.Chain[0].Raw, leaf.Raw) {
		return nil, failed("signer", errors.New("the signer's certificate is not the one that was enrolled"))
	}
	if err := checkSigningTime(r.SigningTime, ev); err != nil {
		return nil, failed("signing time", err)
	}
	return &proven{
		format: mss.CMS, value: bytes.Clone(der), content: bytes.Clone(r.Content), unique: sha256.Sum256(r.SignedAttrs),
	}, nil
}

// pkcs7Octets decodes a result.
func (v *Verifier) pkcs7Octets(text string) ([]byte, error) {
	if len(text) > maxPKCS7 {
		return nil, errors.New("is longer than any signature")
	}
	if v.cfg.Inferred.PKCS7Octets == nil {
		return decodeBase64Std(text)
	}
	der, err := v.cfg.Inferred.PKCS7Octets(text)
	if err != nil {
		return nil, errors.New("Inferred.PKCS7Octets refuses the data") // its error can quote it
	}
	return der, nil
}

// failedCMS keeps the name that package cms gives to a check. Its texts hold neither the signer's name nor octets of the message.
func failedCMS(err error) *mss.VerificationError {
	if e, ok := errors.AsType[*cms.Error](err); ok {
		return failed(e.Check, e.Err)
	}
	return failed("cms", err)
}

// checkSigningTime holds the time that the device claims against the command's: a signature from before it is an old one. A
// message without one claims nothing.
func checkSigningTime(at time.Time, ev *mss.Evidence) error {
	switch {
	case at.IsZero():
		return nil
	case at.Before(ev.Transaction.Started.Add(-clockSkew)):
		return errors.New("is before the command was sent: the signature is an older one, or the device's clock is wrong")
	case at.After(ev.Received.Add(clockSkew)):
		return errors.New("is after the answer came: the device's clock is wrong")
	}
	return nil
}
