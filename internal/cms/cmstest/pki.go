package cmstest

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"time"
)

// Chain is a root, an intermediate under it and a user under that.
type Chain struct {
	Root, Intermediate, User Signer
}

// Keys are the keys of a Chain.
type Keys struct {
	Root, Intermediate, User crypto.Signer
}

// NewChain issues a chain from the templates Root, Intermediate and User, valid
// from a day before until a day after now. All get the extra extensions.
func NewChain(name string, now time.Time, keys Keys, extra ...pkix.Extension) (*Chain, error) {
	from, to := now.Add(-24*time.Hour), now.Add(24*time.Hour)
	templates := []*x509.Certificate{
		Root(name+" Root CA", from, to),
		Intermediate(name+" Issuing CA", from, to),
		User("MIDCHE"+"SIM0000001", from, to),
	}
	var issued []Signer
	var issuer Signer
	for i, key := range []crypto.Signer{keys.Root, keys.Intermediate, keys.User} {
		templates[i].ExtraExtensions = append(templates[i].ExtraExtensions, extra...)
		signer, err := Issue(templates[i], issuer, key)
		if err != nil {
			return nil, err
		}
		issued = append(issued, signer)
		issuer = signer
	}
	return &Chain{issued[0], issued[1], issued[2]}, nil
}

// Root is the template of a root certificate.
func Root(commonName string, from, to time.Time) *x509.Certificate {
	return authority(commonName, from, to)
}

// Intermediate is the template of an issuing authority for users: path length
// 0, client authentication only.
func Intermediate(commonName string, from, to time.Time) *x509.Certificate {
	t := authority(commonName, from, to)
	t.MaxPathLenZero = true
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	t.Policies = []x509.OID{policy(2, 16, 756, 1, 83, 30, 4, 4)}
	return t
}

func authority(commonName string, from, to time.Time) *x509.Certificate {
	return &x509.Certificate{
		Subject:               pkix.Name{CommonName: commonName, Organization: []string{"Simulated MSSP"}, Country: []string{"CH"}},
		NotBefore:             from,
		NotAfter:              to,
		BasicConstraintsValid: true,
		IsCA:                  true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
}

// User is the template of a user's certificate: the serial number (such as
// MIDCHE and ten characters) in the subject, alone and with ":PN" as common name.
func User(serial string, from, to time.Time) *x509.Certificate {
	return &x509.Certificate{
		Subject:     pkix.Name{CommonName: serial + ":PN", SerialNumber: serial},
		NotBefore:   from,
		NotAfter:    to,
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		Policies:    []x509.OID{policy(0, 4, 0, 2042, 1, 3), policy(2, 16, 756, 1, 83, 30, 4, 4)},
	}
}

// policy is the identifier of a certificate policy.
func policy(arcs ...uint64) x509.OID {
	oid, err := x509.OIDFromInts(arcs)
	if err != nil {
		panic(err) // the arcs are constants of this file
	}
	return oid
}

// Issue signs a certificate for key from the template. The zero issuer makes it
// self-signed. A serial number and a key identifier are added where missing.
func Issue(template *x509.Certificate, issuer Signer, key crypto.Signer) (Signer, error) {
	if issuer.Certificate == nil {
		issuer = Signer{template, key}
	}
	t := *template
	if len(t.SubjectKeyId) == 0 {
		id, err := keyID(key.Public())
		if err != nil {
			return Signer{}, err
		}
		t.SubjectKeyId = id
	}
	raw, err := x509.CreateCertificate(rand.Reader, &t, issuer.Certificate, key.Public(), issuer.Key)
	if err != nil {
		return Signer{}, fmt.Errorf("cmstest: issue certificate: %w", err)
	}
	certificate, err := x509.ParseCertificate(raw)
	if err != nil {
		return Signer{}, fmt.Errorf("cmstest: issue certificate: %w", err)
	}
	return Signer{certificate, key}, nil
}

// keyID is method 1 of RFC 7093 2: the leftmost 160 bits of the SHA-256 of the
// key.
func keyID(public crypto.PublicKey) ([]byte, error) {
	raw, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("cmstest: key identifier: %w", err)
	}
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(raw, &info); err != nil {
		return nil, fmt.Errorf("cmstest: key identifier: %w", err)
	}
	h := crypto.SHA256.New()
	h.Write(info.Key.Bytes)
	return h.Sum(nil)[:20], nil
}
