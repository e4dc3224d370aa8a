package hermod

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/gomss/gomss/mss"
)

// checkIssued judges what the certification authority issued for a key, before the device is told to install it (step F19). It
// returns the verified path, leaf first. Of the chain only the first certificate is used: authorities are configured, not
// believed. The checks are those of checkCertificate, and "chain".
func (v *Verifier) checkIssued(k *ProvisionedKey, chain []*x509.Certificate, at time.Time) ([]*x509.Certificate, error) {
	if len(chain) == 0 || chain[0] == nil {
		return nil, k.failed("certificate", errors.New("the certification authority returned none"))
	}
	leaf, err := k.checkCertificate(chain[0].Raw, at)
	if err != nil {
		return nil, err
	}
	return v.issuedBy(k, leaf, at)
}

// issuedBy verifies that the anchors issued a certificate.
func (v *Verifier) issuedBy(k *ProvisionedKey, leaf *x509.Certificate, at time.Time) ([]*x509.Certificate, error) {
	path, err := v.chain(leaf, at)
	if err != nil {
		return nil, k.failed("chain", err)
	}
	return path, nil
}

// checkCertificate holds a certificate against the request that it is for, and reads it anew: one that somebody composed says
// nothing. The checks are, in their order, "certificate", "certificate key", "certificate subject", "certificate validity" and
// "certificate usage".
func (k *ProvisionedKey) checkCertificate(der []byte, at time.Time) (*x509.Certificate, error) {
	if len(der) > maxStateCertificate {
		return nil, k.failed("certificate", fmt.Errorf("has over %d octets, for which a sealed transaction has no room", maxStateCertificate))
	}
	c, err := parseUserCertificate(der)
	switch {
	case err != nil:
		return nil, k.failed("certificate", err)
	case !bytes.Equal(c.RawSubjectPublicKeyInfo, k.CSR.RawSubjectPublicKeyInfo):
		return nil, k.failed("certificate key", errors.New("the certificate is for another key than the request"))
	case !bytes.Equal(c.RawSubject, k.CSR.RawSubject):
		return nil, k.failed("certificate subject", errors.New("the certificate is for another name than the request"))
	case at.Before(c.NotBefore) || at.After(c.NotAfter):
		return nil, k.failed("certificate validity", errors.New("the certificate is not valid yet, or no longer"))
	}
	// What a certificate for signing may be used for includes what one for logging in may.
	if err := checkUsage(c, mss.Signing); err != nil {
		return nil, k.failed("certificate usage", err)
	}
	return c, nil
}

// failed names the key.
func (k *ProvisionedKey) failed(check string, err error) error {
	return failed(check, fmt.Errorf("key %q: %w", k.ID, err))
}
