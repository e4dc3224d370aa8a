package bankid

import (
	"bytes"
	"encoding/base64"
	"errors"
	"time"

	"github.com/gomss/gomss/mss"
)

// TimeSource says where the time comes from at which certificates were judged.
type TimeSource string

const (
	TimeOCSP     TimeSource = "ocsp"     // of the OCSP answer, which the issuer's responder signed
	TimeOperator TimeSource = "operator" // given by whoever verifies; that nothing was revoked by then is not proven
)

// Document is a signature verified by itself, without the order that it came from: it says who signed what, not why or for which
// order.
type Document struct {
	mss.Document

	Purpose      mss.Purpose
	RelyingParty string // subject of the certificate for whose holder it was signed: "cn=…,name=…,serialNumber=…,o=…,c=SE"

	At         time.Time // at which certificates were judged
	TimeSource TimeSource

	// Reencoded says that the signature was given as XML. Its Base64 text, over which the OCSP answer's nonce is made, was
	// written anew for it, without line breaks.
	Reencoded bool
}

// VerifySignature judges a signature (completionData.signature) and its OCSP answer (ocspResponse) by themselves. The former is
// given as Base64 or as XML, the latter as Base64 or as DER; white space around Base64 is no part of it. The certificates are
// judged at the time of the OCSP answer. Without one, with a nil ocspResponse, a time must be given, and that no certificate was
// revoked then is not proven; with one, at must be zero: two times could contradict each other.
//
// The checks are "time", "document", "structure", "algorithm", "digest", "certificate", "signature", "canonical form", "chain", "key
// usage", "signer", "OCSP" and "OCSP nonce". The error is a *mss.VerificationError.
func (v *Verifier) VerifySignature(signature, ocspResponse []byte, at time.Time) (*Document, error) {
	text, reencoded := base64Text(signature, '<')
	p, source := new(proven), TimeOCSP
	var err error
	switch {
	case ocspResponse != nil && !at.IsZero():
		return nil, failed("time", errors.New("there is an OCSP answer, which says when: give no other time"))
	case ocspResponse == nil && at.IsZero():
		return nil, failed("time", errors.New("without an OCSP answer nothing says when the signature was made: give a time"))
	case ocspResponse != nil:
		der, _ := base64Text(ocspResponse, 0x30)
		p, err = v.verifyPair(text, der)
	default:
		source = TimeOperator
		p, err = v.verifyAlone(text, at)
	}
	if err != nil {
		return nil, err
	}
	d := &Document{
		Document:     mss.Document{Proven: p.proven()},
		Purpose:      mss.Signing,
		RelyingParty: p.data.relying,
		At:           p.at,
		TimeSource:   source,
		Reencoded:    reencoded,
	}
	if p.data.function == funcIdentification {
		d.Purpose = mss.Authentication
	}
	return d, nil
}

// verifyAlone judges a signature without OCSP answer at a time that the caller answers for.
func (v *Verifier) verifyAlone(text string, at time.Time) (*proven, error) {
	s, p, err := openSignature(text)
	if err != nil {
		return nil, err
	}
	return p, v.identify(p, s.certificates, at)
}

// base64Text returns what is given as Base64: it encodes what is known by its first octet to be given as it is.
func base64Text(given []byte, first byte) (text string, encoded bool) {
	if len(given) > 0 && given[0] == first {
		return base64.StdEncoding.EncodeToString(given), true
	}
	return string(bytes.TrimSpace(given)), false
}
