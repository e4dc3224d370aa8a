package hermod

import (
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/mss"
)

// parseUserCertificate reads the certificate that was enrolled for the user. Its key is bounded before it is used (SEC-8).
func parseUserCertificate(der []byte) (*x509.Certificate, error) {
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, errors.New("is not an X.509 certificate") // the parser's error can quote it
	}
	key, ok := c.PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil, errors.New("has a key that is not RSA")
	}
	return c, checkRSA(key)
}

// checkUsage holds the certificate's key usage against the purpose. One without the extension, as of the CA of the vendor's
// own example, may be used for all (RFC 5280 4.2.1.3).
func checkUsage(c *x509.Certificate, p mss.Purpose) error {
	wanted := x509.KeyUsageDigitalSignature
	if p == mss.Signing {
		wanted |= x509.KeyUsageContentCommitment
	}
	restricted := slices.ContainsFunc(c.Extensions, isKeyUsage)
	switch {
	case c.IsCA:
		return errors.New("the certificate is an authority's, not a user's")
	case restricted && c.KeyUsage&wanted == 0 && p == mss.Authentication:
		return errors.New("the certificate is not for authentication (digitalSignature)")
	case restricted && c.KeyUsage&wanted == 0:
		return errors.New("the certificate is not for signing (digitalSignature or nonRepudiation)")
	}
	return nil
}

// chain verifies that the anchors issued the certificate, by way of the configured intermediates alone, and that all of the path
// is valid at a time and of the anchors' environment.
func (v *Verifier) chain(leaf *x509.Certificate, at time.Time) ([]*x509.Certificate, error) {
	// Here and not by x509 alone, which would take a zero time for the present (SEC-13).
	if at.Before(leaf.NotBefore) || at.After(leaf.NotAfter) {
		return nil, fmt.Errorf("the certificate is valid from %s to %s, not at %s",
			leaf.NotBefore.UTC().Format(time.RFC3339), leaf.NotAfter.UTC().Format(time.RFC3339), at.UTC().Format(time.RFC3339))
	}
	chains, err := leaf.Verify(x509.VerifyOptions{
		Roots: v.roots, Intermediates: v.intermediates, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err != nil {
		return nil, describeChain(err)
	}
	return chains[0], v.checkEnvironment(chains[0])
}

// checkEnvironment refuses a simulator's certificate where a person is needed, and the reverse (SEC-15).
func (v *Verifier) checkEnvironment(chain []*x509.Certificate) error {
	for _, c := range chain {
		if simulated.Marked(c) != (v.cfg.Anchors.Environment() == mss.Simulator) {
			return errors.New("is of a simulator where a person is needed, or the reverse: environments never mix")
		}
	}
	return nil
}

// describeChain puts an error of x509 into words without the names in the certificate.
func describeChain(err error) error {
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		if invalid.Reason == x509.Expired {
			return errors.New("an authority of the path is outside its validity")
		}
		return errors.New("a certificate of the path is not valid")
	}
	if _, ok := errors.AsType[x509.UnhandledCriticalExtension](err); ok {
		return errors.New("a certificate of the path has a critical extension that is not known")
	}
	return errors.New("leads to none of the anchors: it is of another CA or environment, or an intermediate is missing from the configuration")
}

func isKeyUsage(e pkix.Extension) bool { return e.Id.Equal(oidKeyUsage) }

var oidKeyUsage = asn1.ObjectIdentifier{2, 5, 29, 15}
