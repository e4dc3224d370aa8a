package cms

import (
	"crypto"
	"crypto/sha256"
	"crypto/sha512"
)

// Content octets of the algorithm identifiers of RFC 5754, 4055 and 5753. SHA-1
// and MD5 are known in order to be refused by name: messages of 2015 use SHA-1.
const (
	oidSHA1   = "\x2b\x0e\x03\x02\x1a"                 // 1.3.14.3.2.26
	oidMD5    = "\x2a\x86\x48\x86\xf7\x0d\x02\x05"     // 1.2.840.113549.2.5
	oidSHA256 = "\x60\x86\x48\x01\x65\x03\x04\x02\x01" // 2.16.840.1.101.3.4.2.1
	oidSHA384 = "\x60\x86\x48\x01\x65\x03\x04\x02\x02"
	oidSHA512 = "\x60\x86\x48\x01\x65\x03\x04\x02\x03"

	oidRSA       = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01" // 1.2.840.113549.1.1.1
	oidMGF1      = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08"
	oidRSAPSS    = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"
	oidSHA256RSA = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"
	oidSHA384RSA = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c"
	oidSHA512RSA = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d"

	oidECDSASHA256 = "\x2a\x86\x48\xce\x3d\x04\x03\x02" // 1.2.840.10045.4.3.2
	oidECDSASHA384 = "\x2a\x86\x48\xce\x3d\x04\x03\x03"
	oidECDSASHA512 = "\x2a\x86\x48\xce\x3d\x04\x03\x04"
)

// scheme is how a signature is made over a digest.
type scheme uint8

const (
	schemeUnknown scheme = iota
	schemeRSA            // RSASSA-PKCS1-v1_5
	schemePSS            // RSASSA-PSS, MGF1 and salt by the digest
	schemeECDSA
)

// algorithm is an AlgorithmIdentifier.
type algorithm struct {
	oid        []byte
	parameters []byte // the element, nil if absent
}

// algorithm reads an AlgorithmIdentifier (RFC 5280 4.1.1.2).
func (c *cursor) algorithm() (algorithm, bool) {
	e, ok := c.take(tagSequence)
	if !ok {
		return algorithm{}, false
	}
	return parseAlgorithm(e.body)
}

// parseAlgorithm reads the contents of an AlgorithmIdentifier.
func parseAlgorithm(body []byte) (algorithm, bool) {
	c := cursor(body)
	oid, ok := c.take(tagOID)
	if !ok {
		return algorithm{}, false
	}
	a := algorithm{oid: oid.body}
	if len(c) > 0 {
		parameters, ok := c.next()
		if !ok {
			return algorithm{}, false
		}
		a.parameters = parameters.full
	}
	return a, len(c) == 0
}

// plain tells whether the parameters are absent or NULL. RFC 5754 wants them
// absent for digests and ECDSA and NULL for RSA, and every reader to take both;
// the genuine service writes NULL with ECDSA.
func (a algorithm) plain() bool {
	if a.parameters == nil {
		return true
	}
	return len(a.parameters) == 2 && a.parameters[0] == tagNull
}

// hash returns the digest algorithm a names, 0 for one that is not accepted.
func (a algorithm) hash() crypto.Hash {
	if !a.plain() {
		return 0
	}
	switch string(a.oid) {
	case oidSHA256:
		return crypto.SHA256
	case oidSHA384:
		return crypto.SHA384
	case oidSHA512:
		return crypto.SHA512
	}
	return 0
}

// resolveAlgorithms settles digest and signature algorithm: the digest is
// announced in digestAlgorithms, both are accepted, and they agree.
func (m *message) resolveAlgorithms(digests []byte, digest, signature algorithm) error {
	switch string(digest.oid) {
	case oidSHA1:
		return refuse(checkAlgorithm, "digest algorithm SHA-1 is refused as broken: signatures must be made with SHA-256, SHA-384 or SHA-512")
	case oidMD5:
		return refuse(checkAlgorithm, "digest algorithm MD5 is refused as broken: signatures must be made with SHA-256, SHA-384 or SHA-512")
	}
	if m.digest = digest.hash(); m.digest == 0 {
		return refuse(checkAlgorithm, "digest algorithm is not SHA-256, SHA-384 or SHA-512")
	}
	// RFC 5652 5.1 leaves it to the reader to refuse a digest that is not
	// announced; a genuine message announces its own.
	announced := false
	for c := cursor(digests); len(c) > 0; {
		a, ok := c.algorithm()
		if !ok {
			return refuse(checkStructure, "SignedData.digestAlgorithms is not a set of algorithms")
		}
		announced = announced || a.hash() == m.digest
	}
	if !announced {
		return refuse(checkAlgorithm, "the signer's digest algorithm is not among SignedData.digestAlgorithms")
	}
	// The attributes are hashed with the digest algorithm (RFC 5652 5.4), so
	// that a signature algorithm which names another one contradicts it.
	scheme, hash := signature.scheme()
	if scheme == schemeUnknown {
		return refuse(checkAlgorithm, "signature algorithm is not RSA PKCS #1 v1.5, RSASSA-PSS or ECDSA with a SHA-2 digest, or its parameters are not the expected ones")
	}
	if hash != 0 && hash != m.digest {
		return refuse(checkAlgorithm, "signature algorithm uses %v, the digest algorithm is %v", hash, m.digest)
	}
	m.scheme = scheme
	return nil
}

// scheme returns the signature scheme a names and the digest it implies, 0 if
// it leaves that to the digest algorithm.
func (a algorithm) scheme() (scheme, crypto.Hash) {
	if string(a.oid) == oidRSAPSS {
		if hash := pssHash(a.parameters); hash != 0 {
			return schemePSS, hash
		}
		return schemeUnknown, 0
	}
	if !a.plain() {
		return schemeUnknown, 0
	}
	switch string(a.oid) {
	case oidRSA:
		return schemeRSA, 0
	case oidSHA256RSA:
		return schemeRSA, crypto.SHA256
	case oidSHA384RSA:
		return schemeRSA, crypto.SHA384
	case oidSHA512RSA:
		return schemeRSA, crypto.SHA512
	case oidECDSASHA256:
		return schemeECDSA, crypto.SHA256
	case oidECDSASHA384:
		return schemeECDSA, crypto.SHA384
	case oidECDSASHA512:
		return schemeECDSA, crypto.SHA512
	}
	return schemeUnknown, 0
}

// pssHash reads RSASSA-PSS-params (RFC 4055 3.1) and returns their digest, 0
// unless MGF1 uses the same digest, the salt is as long as the digest and the
// trailer field is 1. An absent field means SHA-1 and is refused; for the
// trailer field it means 1.
func pssHash(parameters []byte) crypto.Hash {
	p, ok := only(parameters, tagSequence)
	if !ok {
		return 0
	}
	c := cursor(p.body)
	hash, okHash := explicitAlgorithm(&c, tagContext0)
	mgf, okMGF := explicitAlgorithm(&c, tagContext1)
	if !okHash || !okMGF || hash.hash() == 0 || string(mgf.oid) != oidMGF1 {
		return 0
	}
	inner, ok := only(mgf.parameters, tagSequence)
	if !ok {
		return 0
	}
	mgfHash, ok := parseAlgorithm(inner.body)
	if !ok || mgfHash.hash() != hash.hash() {
		return 0
	}
	// The salt length is not secret and not free: RFC 4055 3.1 recommends the
	// digest's, and x509 takes no other for certificates.
	if salt, ok := explicitInteger(&c, tagContext2); !ok || salt != hash.hash().Size() {
		return 0
	}
	if c.peek() == tagContext3 {
		if trailer, ok := explicitInteger(&c, tagContext3); !ok || trailer != 1 {
			return 0
		}
	}
	if len(c) != 0 {
		return 0
	}
	return hash.hash()
}

// explicitAlgorithm reads an AlgorithmIdentifier under an explicit tag.
func explicitAlgorithm(c *cursor, tag byte) (algorithm, bool) {
	e, ok := c.take(tag)
	if !ok {
		return algorithm{}, false
	}
	inner, ok := only(e.body, tagSequence)
	if !ok {
		return algorithm{}, false
	}
	return parseAlgorithm(inner.body)
}

// explicitInteger reads an INTEGER of one octet under an explicit tag.
func explicitInteger(c *cursor, tag byte) (int, bool) {
	e, ok := c.take(tag)
	if !ok {
		return 0, false
	}
	i := cursor(e.body)
	v, ok := i.version()
	return int(v), ok && len(i) == 0
}

// digest returns the digest of b; out is where it is put.
func digest(h crypto.Hash, b []byte, out *[sha512.Size]byte) []byte {
	switch h {
	case crypto.SHA256:
		d := sha256.Sum256(b)
		return out[:copy(out[:], d[:])]
	case crypto.SHA384:
		d := sha512.Sum384(b)
		return out[:copy(out[:], d[:])]
	default: // resolveAlgorithms lets no other pass
		*out = sha512.Sum512(b)
		return out[:]
	}
}
