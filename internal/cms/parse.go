package cms

import (
	"bytes"
	"crypto"
)

// maxCertificates bounds the certificates in a message: a signer's, two
// intermediate authorities' and a root.
const maxCertificates = 4

// Content octets of the object identifiers of RFC 5652 and RFC 2985.
const (
	oidSignedData    = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02" // 1.2.840.113549.1.7.2
	oidData          = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01" // 1.2.840.113549.1.7.1
	oidContentType   = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03" // 1.2.840.113549.1.9.3
	oidMessageDigest = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04" // 1.2.840.113549.1.9.4
	oidSigningTime   = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05" // 1.2.840.113549.1.9.5
)

// message is what a SignedData with one signer consists of. All slices alias
// the DER it was read from.
type message struct {
	content      []byte
	certificates [][]byte
	signer       signerID
	digest       crypto.Hash
	attributes   []byte // the [0] signedAttrs element as received
	scheme       scheme
	signature    []byte
}

// signerID is RFC 5652's SignerIdentifier: keyID, or issuer and serial.
type signerID struct {
	issuer []byte // Name element
	serial []byte // magnitude, big endian
	keyID  []byte // subjectKeyIdentifier; nil: issuer and serial
}

// parse reads guarded DER as a ContentInfo holding a SignedData (RFC 5652 3
// and 5.1) and refuses whatever it does not know.
func parse(der []byte) (*message, error) {
	info, ok := only(der, tagSequence)
	if !ok {
		return nil, refuse(checkStructure, "ContentInfo is not a SEQUENCE")
	}
	c := cursor(info.body)
	contentType, ok := c.take(tagOID)
	if !ok || string(contentType.body) != oidSignedData {
		return nil, refuse(checkStructure, "ContentInfo.contentType is not signedData")
	}
	explicit, ok := c.take(tagContext0)
	if !ok || len(c) != 0 {
		return nil, refuse(checkStructure, "ContentInfo has no content or more than that")
	}
	signedData, ok := only(explicit.body, tagSequence)
	if !ok {
		return nil, refuse(checkStructure, "ContentInfo.content is not one SignedData")
	}
	return parseSignedData(signedData.body)
}

// parseSignedData reads the fields of a SignedData in their order.
func parseSignedData(body []byte) (*message, error) {
	c := cursor(body)
	// The version follows from the other fields and decides nothing; encoders
	// that write 3 beside a version 1 signer exist, so they are not tied.
	if v, ok := c.version(); !ok || v != 1 && v != 3 {
		return nil, refuse(checkStructure, "SignedData.version is not 1 or 3")
	}
	digests, ok := c.take(tagSet)
	if !ok {
		return nil, refuse(checkStructure, "SignedData.digestAlgorithms is missing")
	}
	m := new(message)
	var err error
	if m.content, err = parseContent(&c); err != nil {
		return nil, err
	}
	if c.peek() == tagContext0 {
		bag, _ := c.next()
		if m.certificates, err = splitCertificates(bag.body); err != nil {
			return nil, err
		}
	}
	if c.peek() == tagContext1 {
		// RevocationInfoChoices. A list chosen by the sender of the message
		// proves nothing; the guard has seen to its form.
		c.next()
	}
	signers, ok := c.take(tagSet)
	if !ok || len(c) != 0 {
		return nil, refuse(checkStructure, "SignedData.signerInfos is missing or followed by more")
	}
	// With two signers, which one is the person? RFC 5652 leaves it to the
	// reader; here there is one, or no answer.
	signer, ok := only(signers.body, tagSequence)
	if !ok {
		return nil, refuse(checkStructure, "SignedData has no signer or several, not exactly one")
	}
	return m, m.parseSigner(signer.body, digests.body)
}

// parseContent reads encapContentInfo: attached content of type data.
func parseContent(c *cursor) ([]byte, error) {
	// RFC 5652 5.2.1 knows other forms for older content types; not here.
	encap, ok := c.take(tagSequence)
	if !ok {
		return nil, refuse(checkStructure, "SignedData.encapContentInfo is missing")
	}
	e := cursor(encap.body)
	contentType, ok := e.take(tagOID)
	if !ok || string(contentType.body) != oidData {
		return nil, refuse(checkStructure, "eContentType is not data")
	}
	explicit, ok := e.take(tagContext0)
	if !ok || len(e) != 0 {
		return nil, refuse(checkStructure, "eContent is missing (a detached signature) or followed by more")
	}
	content, ok := only(explicit.body, tagOctetString)
	if !ok {
		return nil, refuse(checkStructure, "eContent is not one OCTET STRING")
	}
	return content.body, nil
}

// splitCertificates cuts a CertificateSet into its certificates.
func splitCertificates(body []byte) ([][]byte, error) {
	certificates := make([][]byte, 0, maxCertificates)
	for c := cursor(body); len(c) > 0; {
		certificate, ok := c.take(tagSequence)
		if !ok {
			return nil, refuse(checkCertificates, "certificate %d of the message is not an X.509 certificate", len(certificates)+1)
		}
		if len(certificates) == maxCertificates {
			return nil, refuse(checkCertificates, "more than %d certificates in the message", maxCertificates)
		}
		// A certificate twice would be an ambiguous signer or issuer.
		for i, earlier := range certificates {
			if bytes.Equal(earlier, certificate.full) {
				return nil, refuse(checkCertificates, "certificates %d and %d of the message are the same", i+1, len(certificates)+1)
			}
		}
		certificates = append(certificates, certificate.full)
	}
	return certificates, nil
}

// parseSigner reads the SignerInfo (RFC 5652 5.3); digests are the contents of
// SignedData.digestAlgorithms.
func (m *message) parseSigner(body, digests []byte) error {
	c := cursor(body)
	version, ok := c.version()
	if !ok {
		return refuse(checkStructure, "SignerInfo.version is missing")
	}
	if m.signer, ok = parseSignerID(&c, version); !ok {
		return refuse(checkStructure, "SignerInfo.sid is not an issuer and serial number in version 1 or a key identifier in version 3")
	}
	digest, ok := c.algorithm()
	if !ok {
		return refuse(checkStructure, "SignerInfo.digestAlgorithm is missing")
	}
	// Without attributes the signature is over the content itself, and the
	// attributes of another message could be passed off as content.
	attributes, ok := c.take(tagContext0)
	if !ok {
		return refuse(checkAttributes, "SignerInfo has no signed attributes: content type and message digest are required")
	}
	m.attributes = attributes.full
	signatureAlgorithm, ok := c.algorithm()
	if !ok {
		return refuse(checkStructure, "SignerInfo.signatureAlgorithm is missing")
	}
	signature, ok := c.take(tagOctetString)
	if !ok {
		return refuse(checkStructure, "SignerInfo.signature is missing")
	}
	m.signature = signature.body
	if c.peek() == tagContext1 {
		unsigned, _ := c.next()
		if !attributesParse(unsigned.body) {
			return refuse(checkStructure, "SignerInfo.unsignedAttrs is not a set of attributes")
		}
	}
	if len(c) != 0 {
		return refuse(checkStructure, "SignerInfo goes on behind its last field")
	}
	return m.resolveAlgorithms(digests, digest, signatureAlgorithm)
}

// parseSignerID reads a SignerIdentifier, whose form the version fixes.
func parseSignerID(c *cursor, version byte) (signerID, bool) {
	switch {
	case version == 1 && c.peek() == tagSequence:
		sid, _ := c.next()
		s := cursor(sid.body)
		issuer, ok := s.take(tagSequence)
		if !ok {
			return signerID{}, false
		}
		serial, ok := s.unsigned()
		return signerID{issuer: issuer.full, serial: serial}, ok && len(s) == 0
	case version == 3 && c.peek() == tagKeyID:
		keyID, _ := c.next()
		return signerID{keyID: keyID.body}, len(keyID.body) > 0
	default:
		return signerID{}, false
	}
}

// version reads an INTEGER of one octet.
func (c *cursor) version() (byte, bool) {
	e, ok := c.take(tagInteger)
	if !ok || len(e.body) != 1 {
		return 0, false
	}
	return e.body[0], true
}

// unsigned reads a minimally encoded INTEGER >= 0 and returns its magnitude
// without leading zeros (X.690 8.3).
func (c *cursor) unsigned() ([]byte, bool) {
	e, ok := c.take(tagInteger)
	switch {
	case !ok || len(e.body) == 0 || e.body[0]&0x80 != 0:
		return nil, false
	case e.body[0] != 0:
		return e.body, true
	default:
		return e.body[1:], len(e.body) == 1 || e.body[1]&0x80 != 0
	}
}

// attributesParse tells whether body is a sequence of attributes, each a type
// with at least one value.
func attributesParse(body []byte) bool {
	c := cursor(body)
	for len(c) > 0 {
		if _, ok := c.attribute(); !ok {
			return false
		}
	}
	return len(body) > 0
}
