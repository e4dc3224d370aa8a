package bankid

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
	minRSABits  = 2048
	maxRSABits  = 4096
	rsaExponent = 65537
)

// checkKey bounds a key before it is used: what checking a signature costs, whoever made the certificate decides (SEC-8).
func checkKey(key crypto.PublicKey) error {
	switch key := key.(type) {
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); bits < minRSABits || bits > maxRSABits || key.E != rsaExponent {
			return errors.New("one has an RSA key outside 2048 to 4096 bits, or with another exponent than 65537")
		}
		return nil
	case *ecdsa.PublicKey:
		switch key.Curve {
		case elliptic.P256(), elliptic.P384(), elliptic.P521():
			return nil
		}
	}
	return errors.New("one has a key that is neither RSA nor on P-256, P-384 or P-521")
}

// checkUsage holds the certificate's key usage against the function: a person has one key for each.
func checkUsage(leaf *x509.Certificate, function string) error {
	switch {
	case leaf.IsCA:
		return errors.New("the certificate is an authority's, not a person's")
	case function == funcIdentification && leaf.KeyUsage&x509.KeyUsageDigitalSignature == 0:
		return errors.New("the certificate is not for identification (digitalSignature)")
	case function == funcSigning && leaf.KeyUsage&x509.KeyUsageContentCommitment == 0:
		return errors.New("the certificate is not for signing (nonRepudiation)")
	}
	return nil
}

// chain verifies the path from the person's certificate to a signing root at a time. The authorities between them may come from
// KeyInfo: only the root is trusted.
func (v *Verifier) chain(certificates []*x509.Certificate, at time.Time) ([]*x509.Certificate, error) {
	leaf := certificates[0]
	// Here and not by x509 alone, which would take a zero time for the present (SEC-13).
	if at.Before(leaf.NotBefore) || at.After(leaf.NotAfter) {
		return nil, fmt.Errorf("the certificate is valid from %s to %s, not at %s",
			leaf.NotBefore.UTC().Format(time.RFC3339), leaf.NotAfter.UTC().Format(time.RFC3339), at.UTC().Format(time.RFC3339))
	}
	intermediates := v.intermediates.Clone()
	for _, c := range certificates[1:] {
		intermediates.AddCert(c)
	}
	chains, err := leaf.Verify(x509.VerifyOptions{
		Roots: v.roots, Intermediates: intermediates, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err != nil {
		return nil, describe(err)
	}
	for _, c := range chains[0] {
		if simulated.Marked(c) != (v.cfg.Anchors.Environment() == mss.Simulator) {
			return nil, errors.New("is of a simulator where a person is needed, or the reverse: environments never mix")
		}
	}
	return chains[0], nil
}

// describe puts an error of x509 into words without the names in the certificate.
func describe(err error) error {
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		if invalid.Reason == x509.Expired {
			return errors.New("an authority of the path is outside its validity")
		}
		return errors.New("a certificate of the path is not valid")
	}
	if _, ok := errors.AsType[x509.UnhandledCriticalExtension](err); ok {
		return errors.New("a certificate of the path has a critical extension that is not known")
	}
	return errors.New("leads to none of the signing roots: it is of another environment, or the configured root is the one for TLS")
}
