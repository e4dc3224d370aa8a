package hermodtest

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/gomss/gomss/internal/cms/cmstest"
)

// request is CertificationRequestInfo (RFC 2986 4.1), as octets: what a device takes over from a template must not change.
type request struct {
	version, subject, key, attributes []byte
}

var errTemplate = errors.New("provCommand.profile.keygenrequests: certreq is no PKCS #10 in standard Base64")

// readTemplate reads the template of a request; nil for none, which is in order for keys that need no certificate.
func readTemplate(text string) (*request, error) {
	if text == "" {
		return nil, nil
	}
	der, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, errTemplate
	}
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return nil, errTemplate
	}
	var info struct {
		Version    asn1.RawValue
		Subject    asn1.RawValue
		Key        asn1.RawValue
		Attributes asn1.RawValue `asn1:"optional,tag:0"`
	}
	if rest, err := asn1.Unmarshal(csr.RawTBSCertificateRequest, &info); err != nil || len(rest) > 0 {
		return nil, errTemplate
	}
	attributes := info.Attributes.FullBytes
	if attributes == nil {
		attributes = []byte{0xa0, 0x00}
	}
	return &request{[]byte{2, 1, 0}, info.Subject.FullBytes, info.Key.FullBytes, attributes}, nil
}

// sign makes the request (RFC 2986 4.2), with SHA-256.
func (r *request) sign(key crypto.Signer) ([]byte, error) {
	info := cmstest.TLV(0x30, r.version, r.subject, r.key, r.attributes)
	sum := sha256.Sum256(info)
	signature, err := key.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	return cmstest.TLV(0x30, info, algorithm(key), cmstest.TLV(0x03, []byte{0}, signature)), nil
}

// algorithm is the AlgorithmIdentifier of a key's signatures with SHA-256: RFC 4055 5, RFC 5758 3.2.
func algorithm(key crypto.Signer) []byte {
	if keyKind(key.Public()) == P256 {
		return der(pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}})
	}
	return der(pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}, Parameters: asn1.NullRawValue})
}

// spki is a key's SubjectPublicKeyInfo.
func spki(key crypto.PublicKey) []byte {
	b, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		panic(fmt.Sprintf("hermodtest: %v", err)) // of keys that this package has made
	}
	return b
}

// der encodes a value that always has an encoding.
func der(v any) []byte {
	b, err := asn1.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("hermodtest: %T: %v", v, err))
	}
	return b
}
