package bankid

import (
	"bytes"
	"crypto/sha1"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"time"
)

// The parts of an OCSP answer (RFC 6960 clause 4.2.1) that golang.org/x/crypto/ocsp checks not at all or does not give out.
type (
	responseASN1 struct {
		Status asn1.Enumerated
		Bytes  responseBytes `asn1:"explicit,tag:0"`
	}
	responseBytes struct {
		Type     asn1.ObjectIdentifier
		Response []byte
	}
	basicResponse struct {
		Data         asn1.RawValue
		Algorithm    pkix.AlgorithmIdentifier
		Signature    asn1.BitString
		Certificates []asn1.RawValue `asn1:"explicit,tag:0,optional"`
	}
	responseData struct {
		Version    int `asn1:"optional,default:0,explicit,tag:0"`
		Responder  asn1.RawValue
		ProducedAt time.Time `asn1:"generalized"`
		Responses  []singleResponse
		Extensions []pkix.Extension `asn1:"explicit,tag:1,optional"`
	}
	singleResponse struct {
		ID         certificateID
		Status     asn1.RawValue
		ThisUpdate time.Time        `asn1:"generalized"`
		NextUpdate time.Time        `asn1:"generalized,explicit,tag:0,optional"`
		Extensions []pkix.Extension `asn1:"explicit,tag:1,optional"`
	}
	certificateID struct {
		Hash              pkix.AlgorithmIdentifier
		NameHash, KeyHash []byte
		Serial            *big.Int
	}
)

var (
	oidBasicResponse = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1}
	oidNonce         = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 2}
)

const (
	ocspNonceLength = 32 // octets, the first 20 of which bind the signature
	boundLength     = sha1.Size
)

// basicOCSP is what is read from an OCSP answer by hand.
type basicOCSP struct {
	outer  basicResponse
	data   responseData
	single singleResponse
}

// readBasicOCSP reads a successful answer about one certificate, with one responder certificate. Like all of it, it must be DER.
func readBasicOCSP(der []byte) (*basicOCSP, error) {
	errForm := errors.New("is not a successful OCSP answer about one certificate, in DER, with the responder's certificate")
	var outer responseASN1
	if !unmarshalDER(der, &outer) || outer.Status != 0 || !outer.Bytes.Type.Equal(oidBasicResponse) {
		return nil, errForm
	}
	b := new(basicOCSP)
	if !unmarshalDER(outer.Bytes.Response, &b.outer) || !unmarshalDER(b.outer.Data.FullBytes, &b.data) ||
		len(b.data.Responses) != 1 || len(b.outer.Certificates) != 1 {
		return nil, errForm
	}
	// The signature does not cover its own algorithm, which has no parameters: NULL with RSA, nothing with ECDSA.
	if p := b.outer.Algorithm.Parameters.FullBytes; len(p) > 0 && !bytes.Equal(p, asn1.NullBytes) {
		return nil, errForm
	}
	b.single = b.data.Responses[0]
	return b, nil
}

// unmarshalDER reads a value and reports whether it is the one encoding of what was read: encoding/asn1 passes over what is
// behind the members of a SEQUENCE.
func unmarshalDER[T any](der []byte, into *T) bool {
	if _, err := asn1.Unmarshal(der, into); err != nil {
		return false
	}
	again, err := asn1.Marshal(*into)
	return err == nil && bytes.Equal(again, der)
}

// nonce returns the nonce of an answer. BankID puts its 32 octets into the extension as they are, without the OCTET STRING of
// RFC 8954.
func (b *basicOCSP) nonce() ([]byte, error) {
	var nonce []byte
	for _, e := range b.data.Extensions {
		switch {
		case e.Id.Equal(oidNonce) && nonce == nil:
			nonce = e.Value
		case e.Id.Equal(oidNonce) || e.Critical:
			return nil, errors.New("there are two of them, or a critical extension that is not known")
		}
	}
	if len(nonce) != ocspNonceLength {
		return nil, errors.New("there is none of 32 octets")
	}
	return nonce, nil
}

// checkNonce checks that the answer was made for this signature: its nonce begins with SHA-1 over the Base64 text of the
// signature, octet for octet as it came (inferred from two official pairs; confirmed by nobody).
func (b *basicOCSP) checkNonce(signatureText string) error {
	nonce, err := b.nonce()
	if err != nil {
		return err
	}
	if sum := sha1.Sum([]byte(signatureText)); !bytes.Equal(nonce[:boundLength], sum[:]) {
		return errors.New("it was made for another signature, or the signature's Base64 text was written anew")
	}
	return nil
}
