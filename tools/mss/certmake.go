package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"strconv"
	"time"

	"software.sslmate.com/src/go-pkcs12"
)

// defaultRSA is what the provider's newer instructions ask for; the guide's section 8 has 2048.
const defaultRSA = 4096

// ownIdentity is a key with what `cert new` makes of it.
type ownIdentity struct {
	key     crypto.Signer
	request []byte // DER
	cert    *x509.Certificate
}

// newOwnIdentity makes a key, its request and its self-signed certificate.
func newOwnIdentity(name pkix.Name, rsaBits, curve string, now time.Time, days int) (*ownIdentity, error) {
	key, err := newKey(rsaBits, curve)
	if err != nil {
		return nil, err
	}
	id := &ownIdentity{key: key}
	if id.request, err = newRequest(name, key); err != nil {
		return nil, err
	}
	id.cert, err = newCertificate(name, key, now, days)
	return id, err
}

// newKey makes a private key: RSA of so many bits, or EC where a curve is named. The grammar bounds both.
func newKey(rsaBits, curve string) (crypto.Signer, error) {
	if curve != "" {
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	bits := defaultRSA
	if rsaBits != "" {
		var err error
		if bits, err = strconv.Atoi(rsaBits); err != nil {
			return nil, usagef("--rsa: must be a number of bits")
		}
	}
	return rsa.GenerateKey(rand.Reader, bits)
}

// newCertificate makes the self-signed certificate: no CA, digitalSignature, clientAuth, SHA-256 (guide sections 2.3 and
// 8.1.2). It begins an hour ago for clocks that are behind.
func newCertificate(name pkix.Name, key crypto.Signer, now time.Time, days int) (*x509.Certificate, error) {
	serial := make([]byte, 16)
	_, _ = rand.Read(serial) // never fails
	serial[0] &= 0x7f        // positive, and at most 20 octets (RFC 5280 4.1.2.2)
	tmpl := &x509.Certificate{
		SerialNumber:          new(big.Int).SetBytes(serial),
		Subject:               name,
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.AddDate(0, 0, days),
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		SignatureAlgorithm:    signatureAlgorithm(key),
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// The extensions of a request, which crypto/x509 has no fields for: keyUsage digitalSignature and extKeyUsage clientAuth
// (RFC 5280 4.2.1.3 and 4.2.1.12).
var (
	oidKeyUsage    = asn1.ObjectIdentifier{2, 5, 29, 15}
	oidExtKeyUsage = asn1.ObjectIdentifier{2, 5, 29, 37}
	oidClientAuth  = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 2}
)

// newRequest makes a certificate request (RFC 2986) that asks for the purpose which the service demands.
func newRequest(name pkix.Name, key crypto.Signer) ([]byte, error) {
	usage, err := asn1.Marshal(asn1.BitString{Bytes: []byte{0x80}, BitLength: 1}) // digitalSignature is bit 0
	if err != nil {
		return nil, err
	}
	purposes, err := asn1.Marshal([]asn1.ObjectIdentifier{oidClientAuth})
	if err != nil {
		return nil, err
	}
	return x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
		Subject:            name,
		SignatureAlgorithm: signatureAlgorithm(key),
		ExtraExtensions: []pkix.Extension{
			{Id: oidKeyUsage, Critical: true, Value: usage},
			{Id: oidExtKeyUsage, Value: purposes},
		},
	}, key)
}

// signatureAlgorithm is SHA-256 whatever the key: the guide allows no other.
func signatureAlgorithm(key crypto.Signer) x509.SignatureAlgorithm {
	if _, ok := key.(*ecdsa.PrivateKey); ok {
		return x509.ECDSAWithSHA256
	}
	return x509.SHA256WithRSA
}

// files are the key (PKCS #8), the request and the certificate, in PEM.
func (id *ownIdentity) files() ([]newFile, error) {
	key, err := x509.MarshalPKCS8PrivateKey(id.key)
	if err != nil {
		return nil, err
	}
	return []newFile{
		{keyName, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), 0o600},
		{requestName, requestPEM(id.request), 0o644},
		{certName, certificatesPEM(id.cert), 0o644},
	}, nil
}

// pkcs12 is the pair in one encrypted file. The MAC of the encoder's next generation (RFC 9579) is not read by OpenSSL
// before 3.4.
func (id *ownIdentity) pkcs12(password string) (newFile, error) {
	data, err := pkcs12.Modern2023.Encode(id.key, id.cert, nil, password)
	return newFile{pkcs12Name, data, 0o600}, err
}

func requestPEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der})
}
