package hermod

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
)

// maxSubject bounds the name in a template, in octets of DER: it comes back in the request and in the certificate, which has
// to fit into a transaction.
const maxSubject = 1 << 10

// newTemplate makes the PKCS#10 request that says what name the device is to ask a certificate for. The key in it and its
// private half are thrown away here: the device puts its own key in its place and signs the request again. A template's key
// in a device's request would be a key that nobody holds.
func newTemplate(subject pkix.Name) ([]byte, error) {
	name, err := asn1.Marshal(subject.ToRDNSequence())
	if err != nil || len(subject.ToRDNSequence()) == 0 {
		return nil, refuse("Enrollment.Subject", "is empty, or cannot be written as a name of X.501")
	}
	if len(name) > maxSubject {
		return nil, refuse("Enrollment.Subject", fmt.Sprintf("is longer than %d octets of DER", maxSubject))
	}
	key, err := rsa.GenerateKey(rand.Reader, minRSABits)
	if err != nil {
		return nil, fmt.Errorf("hermod: template: %w", err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
		RawSubject: name, SignatureAlgorithm: x509.SHA256WithRSA,
	}, key)
	if err != nil {
		return nil, fmt.Errorf("hermod: template: %w", err)
	}
	return der, nil
}

// template is what a device's request is held against, as SHA-256 sums: all that is compared is whether it is the same.
type template struct {
	Subject    []byte // of the name's DER
	Attributes []byte // of the attributes' DER, with their tag
	Key        []byte // of the SubjectPublicKeyInfo; the device's must be another one
}

// readTemplate reads the template in a command. It was made by the application server, so neither its signature nor its
// version matters.
func readTemplate(der []byte) (template, error) {
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return template{}, errRequest
	}
	attributes, err := rawAttributes(csr)
	if err != nil {
		return template{}, err
	}
	return template{Subject: sum(csr.RawSubject), Attributes: sum(attributes), Key: sum(csr.RawSubjectPublicKeyInfo)}, nil
}

// rawAttributes returns the DER of a request's attributes with their tag, nil where even that is missing. crypto/x509 gives
// those alone that it understands, and passes over what stands behind the members of a request (RFC 2986 section 4), in and
// behind what is signed: nothing may.
func rawAttributes(csr *x509.CertificateRequest) ([]byte, error) {
	outer, err := members(csr.Raw)
	if err != nil || len(outer) != 3 {
		return nil, errRequest
	}
	info, err := members(csr.RawTBSCertificateRequest)
	switch {
	case err != nil || len(info) < 3 || len(info) > 4:
		return nil, errRequest
	case len(info) == 3:
		return nil, nil
	}
	return info[3].FullBytes, nil
}

var errRequest = errors.New("is not a PKCS#10 request")

// members takes a SEQUENCE apart.
func members(der []byte) (list []asn1.RawValue, err error) {
	rest, err := asn1.Unmarshal(der, &list)
	if err == nil && len(rest) != 0 {
		err = errRequest
	}
	return list, err
}

func sum(b []byte) []byte {
	s := sha256.Sum256(b)
	return s[:]
}
