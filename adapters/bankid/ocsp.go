package bankid

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"slices"
	"time"

	"golang.org/x/crypto/ocsp"
)

const (
	maxOCSPText = 32 << 10 // octets of Base64; genuine ones have 2,600

	// clockSkew is how far BankID's clock, its responder's and ours may be apart.
	clockSkew = 5 * time.Minute
)

// ocspAnswer is an OCSP answer (RFC 6960), of which nothing is believed before check.
type ocspAnswer struct {
	*ocsp.Response
	basic *basicOCSP
}

// readOCSP reads an answer in DER. It has checked by then that the responder certificate in it signed it, whoever that is.
func readOCSP(der []byte) (*ocspAnswer, error) {
	basic, err := readBasicOCSP(der)
	if err != nil {
		return nil, err
	}
	responder, err := x509.ParseCertificate(basic.outer.Certificates[0].FullBytes)
	if err != nil {
		return nil, errors.New("the responder's is not an X.509 certificate")
	}
	if err := checkKey(responder.PublicKey); err != nil {
		return nil, errors.New("the responder's certificate has a key that is too weak, too long, or of no known kind")
	}
	r, err := ocsp.ParseResponse(der, nil)
	if err != nil {
		return nil, errors.New("is not understood, or the responder's certificate does not verify the answer's signature")
	}
	return &ocspAnswer{r, basic}, nil
}

// readOCSPText reads an answer in Base64.
func readOCSPText(text string) (*ocspAnswer, error) {
	if text == "" {
		return nil, errors.New("is missing")
	}
	if len(text) > maxOCSPText {
		return nil, errors.New("is longer than any genuine one")
	}
	der, err := decodeBase64(text)
	if err != nil {
		return nil, err
	}
	return readOCSP(der)
}

// ocspAlgorithms are those that a responder may sign with. SHA-1, which BankID's test responder used until 2021, is refused as
// broken.
var ocspAlgorithms = []x509.SignatureAlgorithm{
	x509.SHA256WithRSA, x509.SHA384WithRSA, x509.SHA512WithRSA, x509.ECDSAWithSHA256, x509.ECDSAWithSHA384, x509.ECDSAWithSHA512,
}

// check says whether the answer is about the certificate, by a responder of its issuer, and good. golang.org/x/crypto/ocsp would
// take the word of any certificate of the same issuer, a person's too (RFC 6960 clause 4.2.2.2 demands more).
func (a *ocspAnswer) check(leaf, issuer *x509.Certificate) error {
	if !slices.Contains(ocspAlgorithms, a.SignatureAlgorithm) {
		return errors.New("is signed with an algorithm that is broken or not known")
	}
	if err := a.checkID(leaf, issuer); err != nil {
		return err
	}
	if err := a.checkResponder(issuer); err != nil {
		return err
	}
	if age := a.ProducedAt.Sub(a.ThisUpdate); age < -clockSkew || age > clockSkew {
		return errors.New("is stale: what it says was known at another time than it was made")
	}
	if a.Status != ocsp.Good {
		return errors.New("the person's certificate is revoked or not known to its issuer")
	}
	return nil
}

// checkID holds the certificate that the answer is about against the person's: issuer by name and key, and serial number.
func (a *ocspAnswer) checkID(leaf, issuer *x509.Certificate) error {
	var key struct {
		Algorithm asn1.RawValue
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(issuer.RawSubjectPublicKeyInfo, &key); err != nil {
		return errors.New("the issuer's key cannot be read")
	}
	id := a.basic.single.ID
	for _, h := range []struct{ sum, of []byte }{{id.NameHash, leaf.RawIssuer}, {id.KeyHash, key.Key.Bytes}} {
		hash := a.IssuerHash.New()
		hash.Write(h.of)
		if !bytes.Equal(hash.Sum(nil), h.sum) {
			return errors.New("is about a certificate of another issuer")
		}
	}
	if id.Serial.Cmp(leaf.SerialNumber) != 0 {
		return errors.New("is about another certificate of the issuer")
	}
	return nil
}

// checkResponder checks that the issuer of the person's certificate made the responder's, for this use, and that it was valid
// then.
func (a *ocspAnswer) checkResponder(issuer *x509.Certificate) error {
	responder := a.Certificate
	switch {
	case !bytes.Equal(responder.RawIssuer, issuer.RawSubject) || responder.CheckSignatureFrom(issuer) != nil:
		return errors.New("the responder's certificate is not of the issuer of the person's")
	case !slices.Contains(responder.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning):
		return errors.New("the responder's certificate is not for OCSP answers (OCSPSigning)")
	case len(responder.UnhandledCriticalExtensions) > 0:
		return errors.New("the responder's certificate has a critical extension that is not known")
	case a.ProducedAt.Before(responder.NotBefore) || a.ProducedAt.After(responder.NotAfter):
		return errors.New("the responder's certificate was not valid when the answer was made")
	}
	return nil
}
