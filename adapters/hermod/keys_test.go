package hermod_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
)

// Keys, certificates and signatures of these tests. What cannot fail panics, so that sync.OnceValue can make them.

func newRSAKey(bits int) *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		panic(err)
	}
	return key
}

func newECKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

func certify(tmpl, parent *x509.Certificate, pub, key any) *x509.Certificate {
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, pub, key)
	if err != nil {
		panic(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return cert
}

// sealJWS signs with RS256, whatever the header says.
func sealJWS(header, payload string, key *rsa.PrivateKey) string {
	input := b64url(header) + "." + b64url(payload)
	sum := sha256.Sum256([]byte(input))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return input + "." + b64url(string(signature))
}

func b64url(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func rawName(name pkix.Name) []byte { return encoded(name.ToRDNSequence()) }

// inUTF8 encodes all of a name as UTF8String, which makes it another name octet by octet.
func inUTF8(name []byte) []byte {
	var rdns []pkix.RelativeDistinguishedNameSET
	if _, err := asn1.Unmarshal(name, &rdns); err != nil {
		panic(err)
	}
	for i := range rdns {
		for j := range rdns[i] {
			if s, ok := rdns[i][j].Value.(string); ok {
				rdns[i][j].Value = asn1.RawValue{Tag: asn1.TagUTF8String, Bytes: []byte(s)}
			}
		}
	}
	return encoded(rdns)
}

func encoded(v any) []byte {
	der, err := asn1.Marshal(v)
	if err != nil {
		panic(err)
	}
	return der
}
