package cms

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"slices"
)

// maxCertificateSize bounds one certificate of a message, in octets: parsing
// costs about a hundred octets of memory for each octet of some extensions.
const maxCertificateSize = 8 << 10

// certificate is a parsed certificate with what the checks need at hand. It is
// immutable and shared by verifications.
type certificate struct {
	*x509.Certificate
	digest      [sha256.Size]byte // SHA-256 of the DER
	serial      []byte            // magnitude of the serial number
	configured  bool              // from the Config, not from a message
	selfIssued  bool
	constrained bool
}

func newCertificate(c *x509.Certificate) *certificate {
	return &certificate{
		Certificate: c,
		digest:      sha256.Sum256(c.Raw),
		serial:      c.SerialNumber.Bytes(),
		selfIssued:  bytes.Equal(c.RawIssuer, c.RawSubject),
		constrained: slices.ContainsFunc(c.Extensions, isConstraint),
	}
}

// parseCertificate parses a message's certificate number n. It keeps no
// reference to raw, which belongs to the caller of Verify.
func parseCertificate(raw []byte, n int) (*certificate, error) {
	if len(raw) > maxCertificateSize {
		return nil, refuse(checkCertificates, "certificate %d of the message has %d octets, the limit is %d", n, len(raw), maxCertificateSize)
	}
	parsed, err := x509.ParseCertificate(bytes.Clone(raw))
	if err != nil {
		// The text of err may quote names out of the certificate.
		return nil, refuse(checkCertificates, "certificate %d of the message does not parse", n)
	}
	c := newCertificate(parsed)
	if c.selfIssued {
		return c, nil // never used, so that its key costs nothing
	}
	if problem := keyProblem(c.PublicKey, maxRSABits); problem != "" {
		return nil, refuse(checkCertificates, "certificate %d of the message has a key that is refused: %s", n, problem)
	}
	return c, nil
}

// certificates turns the certificates of a message into parsed ones. Those that
// are configured or remembered are recognised by all their octets and not
// parsed again.
func (v *Verifier) certificates(raws [][]byte) ([]*certificate, error) {
	parsed := make([]*certificate, len(raws))
	for i, raw := range raws {
		if c := v.configured(raw); c != nil {
			parsed[i] = c
			continue
		}
		c := v.cache.certificate(raw)
		if c == nil {
			var err error
			if c, err = parseCertificate(raw, i+1); err != nil {
				return nil, err
			}
		}
		parsed[i] = c
	}
	return parsed, nil
}

// configured returns the anchor or intermediate of the configuration that has
// exactly these octets.
func (v *Verifier) configured(raw []byte) *certificate {
	for _, set := range [...][]*certificate{v.anchors, v.intermediates} {
		for _, c := range set {
			if bytes.Equal(c.Raw, raw) {
				return c
			}
		}
	}
	return nil
}

// find returns the one certificate the signer's identifier names. The position
// in the message means nothing (RFC 5652 5.1: a set).
func (id signerID) find(certificates []*certificate) (*certificate, error) {
	var signer *certificate
	for _, c := range certificates {
		if !id.names(c) {
			continue
		}
		if signer != nil {
			return nil, refuse(checkSigner, "two certificates of the message fit the signer's identifier")
		}
		signer = c
	}
	if signer == nil {
		return nil, refuse(checkSigner, "the signer's certificate is not in the message")
	}
	return signer, nil
}

func (id signerID) names(c *certificate) bool {
	if id.keyID != nil {
		return bytes.Equal(id.keyID, c.SubjectKeyId)
	}
	return bytes.Equal(id.issuer, c.RawIssuer) && bytes.Equal(id.serial, c.serial)
}

// isKeyUsage tells the extension of RFC 5280 4.2.1.3.
func isKeyUsage(e pkix.Extension) bool { return e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 15}) }

// mayEndSign checks what the certificate itself says about its use: an end
// entity's, for signatures, with the extended key usage asked for.
func (c *certificate) mayEndSign(usage x509.ExtKeyUsage, absent bool) error {
	if c.selfIssued {
		return refuse(checkSigner, "the signer's certificate is self-issued: it was not issued by an authority")
	}
	if c.IsCA {
		return refuse(checkKeyUsage, "the signer's certificate is an authority's, not a person's")
	}
	const wanted = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	if c.KeyUsage&wanted == 0 && !(absent && !slices.ContainsFunc(c.Extensions, isKeyUsage)) {
		return refuse(checkKeyUsage, "the signer's certificate has no key usage digitalSignature or contentCommitment")
	}
	if usage != x509.ExtKeyUsageAny && !slices.Contains(c.ExtKeyUsage, usage) {
		return refuse(checkKeyUsage, "the signer's certificate lacks the extended key usage %v", usage)
	}
	return nil
}
