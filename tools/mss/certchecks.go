package main

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"slices"
	"time"

	"github.com/gomss/gomss/internal/simulated"
)

// registration is how long before its end a client certificate should be replaced: the operator has to register the next
// one first.
const registration = 60 * 24 * time.Hour

// makeAnother is the advice for a certificate that cannot be mended.
const makeAnother = "make another with mss cert new and have the operator register it"

// findings says what is good and bad about a client certificate, with its key where there is one. There must be a
// certificate.
func (c *credentials) findings(now time.Time) []finding {
	leaf := c.leaf()
	return slices.Concat(c.keyFindings(leaf), c.chainFindings(), purposeFindings(leaf), strengthFindings(leaf), validityFindings(leaf, now))
}

// keyFindings compares the key with the certificate that would be sent.
func (c *credentials) keyFindings(leaf *x509.Certificate) []finding {
	switch {
	case c.key == nil:
		return nil
	case !c.owns(leaf):
		return []finding{failing("use the key that the certificate was made with, or register another certificate", "the private key is not the certificate's")}
	case leaf != c.certs[0] && !c.pkcs12:
		return []finding{failing("move the key's certificate to the beginning of the file", "the key's certificate is not the first of the file")}
	}
	return []finding{found("key and certificate belong together")}
}

// chainFindings warns of more than one certificate: the Mobile ID service refuses a client that sends a chain, which mss
// never does, but other programs with this file would.
func (c *credentials) chainFindings() []finding {
	if len(c.certs) == 1 {
		return nil
	}
	return []finding{doubtful("register the first alone, and keep the others out of the file", "the file holds a chain of %d certificates; mss sends the key's alone", len(c.certs))}
}

// purposeFindings checks what the certificate is for (guide section 2.3).
func purposeFindings(leaf *x509.Certificate) (all []finding) {
	if slices.Contains(leaf.ExtKeyUsage, x509.ExtKeyUsageClientAuth) {
		all = append(all, found("made for TLS clients (clientAuth)"))
	} else {
		all = append(all, failing(makeAnother, "the extended key usage clientAuth (1.3.6.1.5.5.7.3.2) is missing: services refuse such a certificate"))
	}
	if leaf.KeyUsage != 0 && leaf.KeyUsage&x509.KeyUsageDigitalSignature == 0 {
		all = append(all, failing(makeAnother, "the key usage digitalSignature is missing: the key may not sign a TLS handshake"))
	}
	if leaf.IsCA {
		all = append(all, doubtful(makeAnother, "it is a CA certificate: its key could sign certificates for others"))
	}
	if simulated.Marked(leaf) {
		all = append(all, doubtful("use it with mss simulate only", "it was made by a simulator"))
	}
	return all
}

// strengthFindings checks the algorithms: the guide's section 8 allows SHA-256 and nothing older.
func strengthFindings(leaf *x509.Certificate) (all []finding) {
	switch leaf.SignatureAlgorithm {
	case x509.MD5WithRSA, x509.SHA1WithRSA, x509.ECDSAWithSHA1, x509.DSAWithSHA1:
		all = append(all, failing(makeAnother, "it is signed with %v; SHA-256 is the least", leaf.SignatureAlgorithm))
	}
	switch key := leaf.PublicKey.(type) {
	case *rsa.PublicKey:
		if key.N.BitLen() < 2048 {
			all = append(all, failing(makeAnother, "the RSA key has %d bits; 2048 are the least", key.N.BitLen()))
		}
	case *ecdsa.PublicKey:
	default:
		all = append(all, failing(makeAnother, "the key is %v; services take RSA and EC", leaf.PublicKeyAlgorithm))
	}
	return all
}

// validityFindings compares the period with the clock. Mobile ID does not look at it, by its own account; others do.
func validityFindings(leaf *x509.Certificate, now time.Time) []finding {
	end := leaf.NotAfter.UTC().Format(time.DateOnly)
	switch {
	case now.Before(leaf.NotBefore):
		return []finding{failing("check this machine's clock", "it is not valid before %s", leaf.NotBefore.UTC().Format(time.RFC3339))}
	case now.After(leaf.NotAfter):
		return []finding{failing(makeAnother, "it has expired on %s", end)}
	case now.Add(registration).After(leaf.NotAfter):
		return []finding{doubtful(makeAnother, "it expires on %s", end)}
	}
	return []finding{found("valid until %s", end)}
}
