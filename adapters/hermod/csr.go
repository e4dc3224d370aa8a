package hermod

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gomss/gomss/internal/strictjson"
)

// readKey judges one key that a device has made (steps D and E). Its JWS proves that the device has the private half: the payload
// is the public one. That alone anybody can make; what counts is that an attested JWS contains it.
func readKey(j *compactJWS, e *expectedKey, nonce string, attestation *rsa.PublicKey) (*ProvisionedKey, error) {
	k := new(jwk)
	if err := strictjson.Unmarshal(j.payload, k); err != nil {
		return nil, e.failed("key header", fmt.Errorf("the payload: %w", err))
	}
	if err := e.checkHeader(j, k, nonce); err != nil {
		return nil, e.failed("key header", err)
	}
	key, err := k.public()
	if err == nil {
		err = e.checkKey(k, key)
	}
	if err != nil {
		return nil, e.failed("key", err)
	}
	if err := j.verify(key); err != nil {
		return nil, e.failed("possession", err)
	}
	csr, err := readRequest(k.CertReq)
	if err != nil {
		return nil, e.failed("request", err)
	}
	if err := e.checkRequestKey(csr, key, attestation); err != nil {
		return nil, e.failed("request key", err)
	}
	if !bytes.Equal(sum(csr.RawSubject), e.Template.Subject) {
		return nil, e.failed("request subject", errors.New("is another name than the one that was asked for"))
	}
	if attributes, err := rawAttributes(csr); err != nil || !bytes.Equal(sum(attributes), e.Template.Attributes) {
		return nil, e.failed("request attributes", errors.New("are others than those that were asked for"))
	}
	return &ProvisionedKey{ID: e.ID, Mechanism: j.header.Alg, CSR: csr}, nil
}

// failed names the key.
func (e *expectedKey) failed(check string, err error) error {
	return failed(check, fmt.Errorf("key %q: %w", e.ID, err))
}

// checkHeader compares the header with the payload and both with what was asked for (step D13). The id in the header has been
// looked up.
func (e *expectedKey) checkHeader(j *compactJWS, k *jwk, nonce string) error {
	switch {
	case k.KeyID != j.header.KeyID:
		return errors.New("the kid of the header and of the payload differ")
	case k.Alg != j.header.Alg:
		return errors.New("the alg of the header and of the payload differ")
	case !slices.ContainsFunc(e.Types, func(t KeyType) bool { return t.Mechanism == k.Alg }):
		return errors.New("its alg was not asked for")
	case !sameText(j.header.Nonce, nonce):
		return errors.New("its JWS is not of this command: its header has another nonce")
	}
	return nil
}

// checkKey holds the key against what was asked for (step D14). Its length is that of the modulus, not what "n#len" says: the app
// counts a zero octet before it. Use and state come back in another case than they were sent in.
func (e *expectedKey) checkKey(k *jwk, key *rsa.PublicKey) error {
	want := KeyType{Type: k.KeyType, Bits: key.N.BitLen(), Mechanism: k.Alg}
	switch {
	case !slices.Contains(e.Types, want):
		return errors.New("its type and length were not asked for")
	case !strings.EqualFold(k.Use, e.Usage):
		return errors.New("its use is not the one that was asked for")
	case !strings.EqualFold(k.KeyState, e.State):
		return errors.New("its keystate is not the one that was asked for")
	}
	return nil
}

// requestAlgorithms are what a device's request may be signed with: crypto/x509 still takes SHA-1 there.
var requestAlgorithms = []x509.SignatureAlgorithm{
	x509.SHA256WithRSA, x509.SHA384WithRSA, x509.SHA512WithRSA, x509.SHA256WithRSAPSS, x509.SHA384WithRSAPSS, x509.SHA512WithRSAPSS,
}

// readRequest reads a PKCS#10 request and verifies its signature (step E16). Its key is bounded before it is used (SEC-8).
func readRequest(certReq string) (*x509.CertificateRequest, error) {
	der, err := decodeBase64Std(certReq)
	if err != nil {
		return nil, fmt.Errorf("certreq %w", err)
	}
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return nil, errors.New("certreq is not a PKCS#10 request in DER") // the parser's error can quote it
	}
	key, ok := csr.PublicKey.(*rsa.PublicKey)
	switch {
	case csr.Version != 0:
		return nil, errors.New("certreq is of another version than 1 (RFC 2986 section 4.1)")
	case !ok:
		return nil, errors.New("certreq has a key that is not RSA")
	case !slices.Contains(requestAlgorithms, csr.SignatureAlgorithm):
		return nil, errors.New("certreq is not signed by RSA with SHA-256 or better")
	}
	if err := checkRSA(key); err != nil {
		return nil, err
	}
	if csr.CheckSignature() != nil {
		return nil, errors.New("the signature of certreq is not one of its key")
	}
	return csr, nil
}

// checkRequestKey: the key in the request is the one that signed the JWS, and neither the template's nor the app's (step E17).
func (e *expectedKey) checkRequestKey(csr *x509.CertificateRequest, key, attestation *rsa.PublicKey) error {
	switch {
	case !key.Equal(csr.PublicKey):
		return errors.New("the request is for another key than the one that signed")
	case bytes.Equal(sum(csr.RawSubjectPublicKeyInfo), e.Template.Key):
		return errors.New("the key is the one of the template, which anybody on the way has seen")
	case attestation != nil && attestation.Equal(key):
		return errors.New("the key is the one that attests, which every installation of the app has")
	}
	return nil
}
