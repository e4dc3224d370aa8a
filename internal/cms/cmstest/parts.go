package cmstest

import (
	"crypto"
	"encoding/asn1"
	"fmt"
)

// Parts are what a SignedData with one signer is assembled from. A field that
// holds an element is written as it is, so that any of them can be broken.
type Parts struct {
	Version      int      // SignedData.version
	Digests      [][]byte // elements of digestAlgorithms
	ContentType  asn1.ObjectIdentifier
	Content      []byte   // nil: detached
	Certificates [][]byte // elements of the bag; nil: no bag
	CRLs         [][]byte // elements of crls; nil: none

	SignerVersion      int    // SignerInfo.version
	SignerID           []byte // the sid element
	DigestAlgorithm    []byte
	Attributes         [][]byte // signed, in this order; nil: the content is signed
	SignatureAlgorithm []byte
	Signature          []byte   // nil before signing
	Unsigned           [][]byte // unsigned attributes; nil: none

	SignerInfos [][]byte // not nil: these, instead of the fields above
}

// SignerInfo is the element made of the signer's fields.
func (p *Parts) SignerInfo() []byte {
	fields := [][]byte{der(p.SignerVersion), p.SignerID, p.DigestAlgorithm}
	if p.Attributes != nil {
		fields = append(fields, TLV(0xa0, p.Attributes...))
	}
	fields = append(fields, p.SignatureAlgorithm, TLV(0x04, p.Signature))
	if p.Unsigned != nil {
		fields = append(fields, TLV(0xa1, p.Unsigned...))
	}
	return TLV(0x30, fields...)
}

// signed returns the octets the signature covers.
func (p *Parts) signed() []byte {
	if p.Attributes == nil {
		return p.Content
	}
	return TLV(0x31, p.Attributes...)
}

// tail is the part of a SignedData behind the certificates.
func (p *Parts) tail() []byte {
	var tail []byte
	if p.CRLs != nil {
		tail = TLV(0xa1, p.CRLs...)
	}
	signers := p.SignerInfos
	if signers == nil {
		signers = [][]byte{p.SignerInfo()}
	}
	return append(tail, TLV(0x31, signers...)...)
}

// der assembles the message with definite lengths.
func (p *Parts) der() []byte {
	var bag []byte
	if p.Certificates != nil {
		bag = TLV(0xa0, p.Certificates...)
	}
	return TLV(0x30, der(oidSignedData), TLV(0xa0, TLV(0x30,
		der(p.Version), TLV(0x31, p.Digests...), p.encap(), bag, p.tail())))
}

// ber assembles the message in the form of the genuine service: ContentInfo,
// its [0], SignedData and the bag have indefinite lengths, all else definite
// ones. Content in segments makes the layers above it indefinite, too.
func (p *Parts) ber(segment int) []byte {
	encap := p.encap()
	if segment > 0 {
		var segments [][]byte
		for rest := p.Content; len(rest) > 0; {
			n := min(segment, len(rest))
			segments = append(segments, TLV(0x04, rest[:n]))
			rest = rest[n:]
		}
		encap = indefinite(0x30, der(p.ContentType), indefinite(0xa0, indefinite(0x24, segments...)))
	}
	var bag []byte
	if p.Certificates != nil {
		bag = indefinite(0xa0, p.Certificates...)
	}
	return indefinite(0x30, der(oidSignedData), indefinite(0xa0, indefinite(0x30,
		der(p.Version), TLV(0x31, p.Digests...), encap, bag, p.tail())))
}

// encap is encapContentInfo in DER.
func (p *Parts) encap() []byte {
	if p.Content == nil {
		return TLV(0x30, der(p.ContentType))
	}
	return TLV(0x30, der(p.ContentType), TLV(0xa0, TLV(0x04, p.Content)))
}

// Encode returns the Attribute element.
func (a Attribute) Encode() []byte {
	return TLV(0x30, der(a.Type), TLV(0x31, a.Value))
}

// PSSParameters are RSASSA-PSS-params (RFC 4055 3.1) with explicit fields but
// for the trailer.
func PSSParameters(hash, mgf crypto.Hash, salt int) []byte {
	return TLV(0x30,
		TLV(0xa0, digestIdentifier(hash)),
		TLV(0xa1, algorithmIdentifier(oidMGF1, digestIdentifier(mgf))),
		TLV(0xa2, der(salt)))
}

// SignatureAlgorithmPSS is the AlgorithmIdentifier of RSASSA-PSS.
func SignatureAlgorithmPSS(parameters []byte) []byte {
	return algorithmIdentifier(oidPSS, parameters)
}

func digestIdentifier(h crypto.Hash) []byte {
	ids, err := algorithmsOf(h)
	if err != nil {
		panic(err) // a digest no caller can have signed with
	}
	return algorithmIdentifier(ids.digest, null)
}

// null is the NULL value.
var null = []byte{0x05, 0x00}

func algorithmIdentifier(oid asn1.ObjectIdentifier, parameters []byte) []byte {
	return TLV(0x30, der(oid), parameters)
}

// der encodes a value that always has an encoding.
func der(v any) []byte {
	b, err := asn1.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("cmstest: %T: %v", v, err))
	}
	return b
}

// TLV is an element of definite length: the tag, the length and the parts.
func TLV(tag byte, parts ...[]byte) []byte {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	b := []byte{tag}
	switch {
	case n < 0x80:
		b = append(b, byte(n))
	case n < 0x100:
		b = append(b, 0x81, byte(n))
	case n < 0x10000:
		b = append(b, 0x82, byte(n>>8), byte(n))
	default:
		b = append(b, 0x83, byte(n>>16), byte(n>>8), byte(n))
	}
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

// indefinite is an element of indefinite length.
func indefinite(tag byte, parts ...[]byte) []byte {
	b := []byte{tag, 0x80}
	for _, p := range parts {
		b = append(b, p...)
	}
	return append(b, 0, 0)
}
