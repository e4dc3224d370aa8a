// Package cms verifies the signatures of a mobile signature service: CMS
// SignedData (RFC 5652) with attached content and one signer, as the MSS_Signature
// of ETSI TS 102 204 carries them.
//
// # What is accepted
//
// BER or DER of at most 64 KiB; content of type data; one SignerInfo of version 1
// (issuer and serial number) or 3 (key identifier) with signed attributes; digests
// SHA-256, SHA-384 and SHA-512; RSA PKCS #1 v1.5, RSASSA-PSS with MGF1 and salt by
// the same digest, ECDSA on P-256, P-384 and P-521. At most four certificates,
// with RSA keys of 2048 to 4096 bits and exponent 65537 or on those curves. The
// path to the anchor has at most two intermediate authorities.
//
// Everything else is refused, SHA-1 and detached signatures included. Revocation
// lists and unsigned attributes are read over. Nothing is ever fetched.
//
// # One parser, the received octets
//
// What is read is what is verified: the attributes are hashed as received, with
// the tag RFC 5652 5.4 prescribes, and must already be in DER order. Verify tells
// the caller the content before any public key is used and reports the same
// octets in its result.
//
// # Cost
//
// Every bound is checked before the work it bounds, so that a hostile message
// costs microseconds. A signer and an issuer that were verified before are
// remembered by the digests of their certificates: such a message costs little
// more than its own signature check. See Config.CacheSize.
package cms

import (
	"bytes"
	"crypto/sha512"
	"crypto/x509"
	"errors"
	"fmt"
	"time"
)

// Config is what a Verifier trusts and for which purpose.
type Config struct {
	// Roots are the anchors, at least one: any certificate of an authority with
	// an RSA key of up to 8192 bits or on a NIST curve. Paths end here and
	// nowhere else.
	Roots []*x509.Certificate

	// Intermediates complete paths for messages that hold the signer's
	// certificate alone. They are not trusted by being here; self-issued ones
	// are of no use and ignored.
	Intermediates []*x509.Certificate

	// ExtKeyUsage must be named by the signer's certificate and permitted by
	// all authorities that restrict usages. The zero value,
	// x509.ExtKeyUsageAny, asks for none.
	ExtKeyUsage x509.ExtKeyUsage

	// AbsentKeyUsage takes a signer's certificate without the key usage
	// extension, which then restricts nothing (RFC 5280 4.2.1.3). One that has
	// the extension must have digitalSignature or contentCommitment in it.
	AbsentKeyUsage bool

	// CacheSize is the number of signers remembered, about 10 KiB each. Zero
	// means 1024, a negative number none.
	CacheSize int
}

// Verifier verifies messages. It is immutable but for its cache and safe for
// concurrent use. Other anchors are another Verifier.
type Verifier struct {
	anchors       []*certificate
	intermediates []*certificate
	usage         x509.ExtKeyUsage
	absentUsage   bool
	cache         *cache
}

// New makes a Verifier. It refuses an empty list of roots, and certificates that
// are nil, no authority's, or have a key outside the limits; the error names the
// field and index.
func New(config Config) (*Verifier, error) {
	if len(config.Roots) == 0 {
		return nil, errors.New("cms: Config.Roots is empty: a verifier needs at least one anchor")
	}
	size := config.CacheSize
	if size == 0 {
		size = defaultCacheSize
	}
	v := &Verifier{usage: config.ExtKeyUsage, absentUsage: config.AbsentKeyUsage, cache: newCache(max(size, 0))}
	var err error
	if v.anchors, err = authorities("Roots", config.Roots, maxAnchorRSABits); err != nil {
		return nil, err
	}
	if v.intermediates, err = authorities("Intermediates", config.Intermediates, maxRSABits); err != nil {
		return nil, err
	}
	return v, nil
}

// authorities checks the certificates of a Config field and drops repetitions.
func authorities(field string, list []*x509.Certificate, maxBits int) ([]*certificate, error) {
	var kept []*certificate
next:
	for i, c := range list {
		if c == nil || len(c.Raw) == 0 {
			return nil, fmt.Errorf("cms: Config.%s[%d] is not a parsed certificate", field, i)
		}
		if !c.IsCA {
			return nil, fmt.Errorf("cms: Config.%s[%d] is not a certificate of an authority", field, i)
		}
		if problem := keyProblem(c.PublicKey, maxBits); problem != "" {
			return nil, fmt.Errorf("cms: Config.%s[%d] has a key that is refused: %s", field, i, problem)
		}
		for _, k := range kept {
			if bytes.Equal(k.Raw, c.Raw) {
				continue next
			}
		}
		k := newCertificate(c)
		k.configured = true
		kept = append(kept, k)
	}
	return kept, nil
}

// Result is a verified message. Its slices may share memory with the message
// given to Verify, and its certificates are shared with other results: neither
// may be modified.
type Result struct {
	// Chain is the verified path: signer first, anchor last.
	Chain []*x509.Certificate
	// Content is what was signed, the octets match has seen.
	Content []byte
	// SignedAttrs are the octets the signature covers: the attributes as a SET OF.
	SignedAttrs []byte
	// Signature is the signature value. An ECDSA signature has a second valid
	// value: to recognise a message that was seen before, use SignedAttrs.
	Signature []byte
	// SigningTime is when the signer claims to have signed, within 24 hours of
	// the time of verification; zero if it claims nothing.
	SigningTime time.Time
}

// Verify verifies a message as of a time, which must not be zero. match compares
// the content with what was to be signed; it is called once, before the digest is
// compared and any public key is used, and its error ends the verification.
//
// The error is of type *Error, the result then nil.
func (v *Verifier) Verify(sig []byte, at time.Time, match func(content []byte) error) (*Result, error) {
	if match == nil {
		return nil, refuse(checkContent, "no function to compare the content with: a signature proves nothing by itself")
	}
	if at.IsZero() {
		return nil, refuse(checkChain, "the time of verification is zero")
	}
	der, err := ToDER(sig)
	if err != nil {
		return nil, err
	}
	m, err := parse(der)
	if err != nil {
		return nil, err
	}
	attributes, err := parseAttributes(m.attributes)
	if err != nil {
		return nil, err
	}
	if err := attributes.checkTime(at); err != nil {
		return nil, err
	}
	if err := match(m.content); err != nil {
		return nil, &Error{checkContent, err}
	}
	var buffer [sha512.Size]byte
	if !bytes.Equal(digest(m.digest, m.content, &buffer), attributes.messageDigest) {
		return nil, refuse(checkDigest, "the message digest attribute is not the digest of the content")
	}
	path, err := v.verifySigner(m, attributes.octets, at)
	if err != nil {
		return nil, err
	}
	return &Result{
		Chain:       path.chain(),
		Content:     m.content,
		SignedAttrs: attributes.octets,
		Signature:   m.signature,
		SigningTime: attributes.signingTime,
	}, nil
}

// verifySigner does the part with public keys: the signature over the signed
// octets and the path of the signer's certificate.
func (v *Verifier) verifySigner(m *message, signed []byte, at time.Time) (*verifiedPath, error) {
	certificates, err := v.certificates(m.certificates)
	if err != nil {
		return nil, err
	}
	signer, err := m.signer.find(certificates)
	if err != nil {
		return nil, err
	}
	if err := signer.mayEndSign(v.usage, v.absentUsage); err != nil {
		return nil, err
	}
	if err := m.verify(signer.PublicKey, signed); err != nil {
		return nil, err
	}
	path, err := v.chain(signer, certificates, at)
	if err != nil {
		return nil, err
	}
	v.cache.remember(path)
	return path, nil
}

// chain returns the certificates of the path, in a slice of the caller's own.
func (p *verifiedPath) chain() []*x509.Certificate {
	chain := make([]*x509.Certificate, len(p.certificates))
	for i, c := range p.certificates {
		chain[i] = c.Certificate
	}
	return chain
}
