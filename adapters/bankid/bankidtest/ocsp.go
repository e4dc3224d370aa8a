package bankidtest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"time"

	"github.com/gomss/gomss/internal/cms/cmstest"
)

// The types of RFC 6960 4.2.1. golang.org/x/crypto/ocsp writes no response extensions, which is where the nonce stands.
type (
	ocspResponse struct {
		Status asn1.Enumerated
		Bytes  ocspResponseBytes `asn1:"explicit,tag:0,optional"`
	}
	ocspResponseBytes struct {
		Type     asn1.ObjectIdentifier
		Response []byte
	}
	ocspBasic struct {
		Data      asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
		Certs     []asn1.RawValue `asn1:"explicit,tag:0"`
	}
	ocspData struct {
		Responder  asn1.RawValue
		ProducedAt time.Time `asn1:"generalized"`
		Responses  []ocspSingle
		Extensions []pkix.Extension `asn1:"explicit,tag:1,optional,omitempty"`
	}
	ocspSingle struct {
		ID         ocspCertID
		Status     asn1.RawValue
		ThisUpdate time.Time `asn1:"generalized"`
	}
	ocspCertID struct {
		Hash      pkix.AlgorithmIdentifier
		Name, Key []byte
		Serial    *big.Int
	}
)

var (
	oidOCSPBasic  = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1}
	oidOCSPNonce  = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 2}
	oidNoCheck    = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 5}
	oidSHA1       = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
	oidSHA256RSA  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}
	ocspTryLater  = asn1.Enumerated(3)
	ocspNonceSize = 32
)

// ocsp answers whether a person's certificate is good, for a signature in Base64.
func (s *Server) ocsp(who *signer, signature string, f Forge) ([]byte, error) {
	if f == ForgeOCSPTryLater {
		return asn1.Marshal(struct{ Status asn1.Enumerated }{ocspTryLater})
	}
	responder, err := s.pki.responderFor(who, f)
	if err != nil {
		return nil, err
	}
	at := time.Now().UTC().Truncate(time.Second)
	switch f {
	case ForgeOCSPStale:
		at = at.Add(-time.Hour)
	case ForgeOCSPFuture:
		at = at.Add(time.Hour)
	}
	single, err := s.pki.single(who.Certificate, at, f)
	if err != nil {
		return nil, err
	}
	data, err := asn1.Marshal(ocspData{
		Responder:  asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 1, IsCompound: true, Bytes: responder.Certificate.RawSubject},
		ProducedAt: at,
		Responses:  []ocspSingle{single},
		Extensions: nonce(signature, f),
	})
	if err != nil {
		return nil, err
	}
	return basic(data, responder, f)
}

// basic signs a BasicOCSPResponse.
func basic(data []byte, responder cmstest.Signer, f Forge) ([]byte, error) {
	digest := sha256.Sum256(data)
	value, err := responder.Key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("bankidtest: OCSP: %w", err)
	}
	if f == ForgeOCSPSignature {
		value[len(value)/2] ^= 1
	}
	response, err := asn1.Marshal(ocspBasic{
		Data:      asn1.RawValue{FullBytes: data},
		Algorithm: pkix.AlgorithmIdentifier{Algorithm: oidSHA256RSA, Parameters: asn1.NullRawValue},
		Signature: asn1.BitString{Bytes: value, BitLength: len(value) * 8},
		Certs:     []asn1.RawValue{{FullBytes: responder.Certificate.Raw}},
	})
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(ocspResponse{Bytes: ocspResponseBytes{oidOCSPBasic, response}})
}

// nonce is BankID's: SHA-1 of the signature's Base64 text as it is sent, and 12 random octets, directly in extnValue.
func nonce(signature string, f Forge) []pkix.Extension {
	switch f {
	case ForgeOCSPNoNonce:
		return nil
	case ForgeOCSPNonce:
		signature += "A"
	}
	value := make([]byte, ocspNonceSize)
	_, _ = rand.Read(value) // never fails
	digest := sha1.Sum([]byte(signature))
	copy(value, digest[:])
	return []pkix.Extension{{Id: oidOCSPNonce, Critical: true, Value: value}}
}

// single says how a certificate stands.
func (p *pki) single(c *x509.Certificate, at time.Time, f Forge) (out ocspSingle, err error) {
	issuer := p.customer.Certificate
	public, ok := issuer.PublicKey.(*rsa.PublicKey)
	if !ok {
		return out, fmt.Errorf("bankidtest: OCSP: the issuer has a %T", issuer.PublicKey)
	}
	name, key := sha1.Sum(issuer.RawSubject), sha1.Sum(x509.MarshalPKCS1PublicKey(public))
	out = ocspSingle{
		ID: ocspCertID{pkix.AlgorithmIdentifier{Algorithm: oidSHA1, Parameters: asn1.NullRawValue}, name[:], key[:], c.SerialNumber},
		// good and unknown are NULL in a context of their own.
		Status:     asn1.RawValue{Class: asn1.ClassContextSpecific},
		ThisUpdate: at,
	}
	switch f {
	case ForgeOCSPSerial:
		out.ID.Serial = p.responder.Certificate.SerialNumber
	case ForgeOCSPUnknown:
		out.Status.Tag = 2
	case ForgeOCSPRevoked:
		out.Status.Tag, out.Status.IsCompound = 1, true
		out.Status.Bytes, err = asn1.MarshalWithParams(at.Add(-time.Hour), "generalized")
	}
	return out, err
}

// responderFor is who signs the OCSP response.
func (p *pki) responderFor(who *signer, f Forge) (cmstest.Signer, error) {
	switch f {
	case ForgeOCSPByUser:
		return who.Signer, nil
	case ForgeOCSPIssuer:
		return p.certifyResponder(p.bank, strangerKey, p.validity)
	case ForgeOCSPExpired:
		return p.certifyResponder(p.customer, responderKey, func() (from, to time.Time) {
			return p.made.Add(-lifetime), p.made.Add(-time.Hour)
		})
	}
	return p.responder, nil
}
