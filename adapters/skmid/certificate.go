package skmid

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/mss"
)

const (
	maxCertificate = 4 << 10 // octets of a person's certificate; genuine ones have up to 1,800
	minRSABits     = 2048
	maxRSABits     = 4096
	rsaExponent    = 65537
)

// parseCertificate reads a person's certificate in DER. Its key is bounded before it is used: what checking a signature costs,
// whoever made the certificate decides (SEC-8).
func parseCertificate(der []byte) (*x509.Certificate, error) {
	if len(der) > maxCertificate {
		return nil, errors.New("is longer than any genuine one")
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, errors.New("is not an X.509 certificate") // the parser's error can quote it
	}
	return c, checkKey(c.PublicKey)
}

func checkKey(key crypto.PublicKey) error {
	switch key := key.(type) {
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); bits < minRSABits || bits > maxRSABits || key.E != rsaExponent {
			return errors.New("has an RSA key outside 2048 to 4096 bits, or with another exponent than 65537")
		}
		return nil
	case *ecdsa.PublicKey:
		switch key.Curve {
		case elliptic.P256(), elliptic.P384(), elliptic.P521():
			return nil
		}
		return errors.New("has a key on another curve than P-256, P-384 and P-521")
	}
	return errors.New("has a key that is neither RSA nor EC")
}

// checkUsage holds the certificate's key usage against the purpose: the two keys of a SIM card are not each other's
// substitute.
func checkUsage(c *x509.Certificate, p mss.Purpose) error {
	switch {
	case c.IsCA:
		return errors.New("the certificate is an authority's, not a person's")
	case p == mss.Authentication && c.KeyUsage&x509.KeyUsageDigitalSignature == 0:
		return errors.New("the certificate is not for authentication (digitalSignature)")
	case p == mss.Signing && c.KeyUsage&x509.KeyUsageContentCommitment == 0:
		return errors.New("the certificate is not for signing (nonRepudiation)")
	}
	return nil
}

// extendedUsage is what a certificate of the purpose may be restricted to. The newer ones have no extended key usage, the older
// ones for authentication have clientAuth; signing certificates are told by nonRepudiation alone.
var extendedUsage = map[mss.Purpose]x509.ExtKeyUsage{mss.Authentication: x509.ExtKeyUsageClientAuth, mss.Signing: x509.ExtKeyUsageAny}

// chain verifies that an issuing CA of the anchors issued the certificate and that all of the path is valid at a time. The path
// comes from the configuration but for the certificate itself.
func (v *Verifier) chain(leaf *x509.Certificate, p mss.Purpose, at time.Time) ([]*x509.Certificate, error) {
	// Here and not by x509 alone, which would take a zero time for the present (SEC-13).
	if at.Before(leaf.NotBefore) || at.After(leaf.NotAfter) {
		return nil, fmt.Errorf("the certificate is valid from %s to %s, not at %s",
			leaf.NotBefore.UTC().Format(time.RFC3339), leaf.NotAfter.UTC().Format(time.RFC3339), at.UTC().Format(time.RFC3339))
	}
	chains, err := leaf.Verify(x509.VerifyOptions{
		Roots: v.roots, Intermediates: v.intermediates, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{extendedUsage[p]},
	})
	if err != nil {
		return nil, describe(leaf, err)
	}
	for _, c := range chains[0] {
		if simulated.Marked(c) != (v.cfg.Anchors.Environment() == mss.Simulator) {
			return nil, errors.New("is of a simulator where a person is needed, or the reverse: environments never mix")
		}
	}
	return chains[0], nil
}

// describe puts an error of x509 into words without the names in the certificate.
func describe(leaf *x509.Certificate, err error) error {
	if leaf.SignatureAlgorithm == x509.SHA1WithRSA || leaf.SignatureAlgorithm == x509.ECDSAWithSHA1 {
		return errors.New("the certificate is signed with SHA-1, which is refused as broken")
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		switch invalid.Reason {
		case x509.Expired:
			return errors.New("an authority of the path is outside its validity")
		case x509.IncompatibleUsage:
			return errors.New("the extended key usage of a certificate of the path excludes this use")
		}
		return errors.New("a certificate of the path is not valid")
	}
	if _, ok := errors.AsType[x509.UnhandledCriticalExtension](err); ok {
		return errors.New("a certificate of the path has a critical extension that is not known")
	}
	return errors.New("no issuing CA of the anchors issued the certificate: it is of another environment, or the CA is missing from the configuration")
}
