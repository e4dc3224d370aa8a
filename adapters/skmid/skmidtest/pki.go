package skmidtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/gomss/gomss/internal/simulated"
)

// Every certificate is valid from an hour ago, for clocks that differ, and for less than the 7 days that a simulator's
// certificate may live.
const (
	backdate = time.Hour
	lifetime = 6 * 24 * time.Hour
)

// authority is one of the CAs that issue certificates to persons.
type authority int

const (
	esteid2015 authority = iota // RSA
	eid2016                     // RSA
	eidq2021e                   // ECDSA
	authorities
)

var authorityNames = [authorities]string{"Simulated ESTEID-SK 2015", "Simulated EID-SK 2016", "Simulated EID-Q 2021E"}

func (p Profile) authority() authority {
	switch p {
	case EID2016:
		return eid2016
	case EIDQ2021:
		return eidq2021e
	}
	return esteid2015
}

// An RSA key takes a hundred milliseconds and more to make, so a process makes those that all its servers share, once
// and on demand. What differs between servers is the names: a certificate of one server does not chain to the CAs of
// another one.
var authorityKeys = [authorities]func() (crypto.Signer, error){
	esteid2015: sync.OnceValues(newRSAKey),
	eid2016:    sync.OnceValues(newRSAKey),
	eidq2021e:  func() (crypto.Signer, error) { return newECKey(elliptic.P384()) },
}

func newRSAKey() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 2048) }

func newECKey(curve elliptic.Curve) (crypto.Signer, error) {
	return ecdsa.GenerateKey(curve, rand.Reader)
}

// pki is all that one server certifies: its own TLS side, and the hierarchy of the persons.
type pki struct {
	made          time.Time
	suffix        string // of all names
	tlsCA, server cmstest.Signer
	root          cmstest.Signer
	issuing       [authorities]cmstest.Signer
}

func newPKI(now time.Time) (*pki, error) {
	p := &pki{made: now, suffix: " " + rand.Text()[:8]}
	for _, step := range []func() error{p.makeTLS, p.makePersonal} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("skmidtest: certificates: %w", err)
		}
	}
	return p, nil
}

// makeTLS makes the server's certificate, under a CA of its own: a CA of TLS servers must never be one of persons.
func (p *pki) makeTLS() (err error) {
	from, to := p.validity()
	if p.tlsCA, err = issueEC(cmstest.Root("Simulated TLS CA"+p.suffix, from, to), cmstest.Signer{}); err != nil {
		return err
	}
	p.server, err = issueEC(&x509.Certificate{
		Subject:               pkix.Name{CommonName: "localhost"},
		DNSNames:              []string{"localhost"},
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		NotBefore:             from,
		NotAfter:              to,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, p.tlsCA)
	return err
}

func (p *pki) makePersonal() (err error) {
	from, to := p.validity()
	if p.root, err = issueEC(cmstest.Root("Simulated Root CA"+p.suffix, from, to), cmstest.Signer{}); err != nil {
		return err
	}
	for a := range authorities {
		key, err := authorityKeys[a]()
		if err != nil {
			return err
		}
		if p.issuing[a], err = issue(p.template(a), p.root, key); err != nil {
			return err
		}
	}
	return nil
}

// template is the certificate of an issuing CA. Those of 2015 and 2016 are restricted to what persons' certificates are
// for, that of 2021 is not.
func (p *pki) template(a authority) *x509.Certificate {
	from, to := p.validity()
	t := &x509.Certificate{
		Subject:               pkix.Name{Country: []string{"EE"}, Organization: []string{"Simulated SK"}, CommonName: authorityNames[a] + p.suffix},
		NotBefore:             from,
		NotAfter:              to,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	if a != eidq2021e {
		t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning, x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageEmailProtection}
	}
	return t
}

// stranger makes a CA with the name of a genuine one and another key, which no anchors know.
func (p *pki) stranger(a authority, certify issuance) (cmstest.Signer, error) {
	key, err := newECKey(elliptic.P384())
	if err != nil {
		return cmstest.Signer{}, err
	}
	return certify(p.template(a), cmstest.Signer{}, key)
}

func (p *pki) issuers() []*x509.Certificate {
	list := make([]*x509.Certificate, authorities)
	for a := range authorities {
		list[a] = p.issuing[a].Certificate
	}
	return list
}

func (p *pki) serverCertificate() tls.Certificate {
	c := p.server.Certificate
	return tls.Certificate{Certificate: [][]byte{c.Raw}, PrivateKey: p.server.Key, Leaf: c}
}

func (p *pki) validity() (from, to time.Time) { return p.made.Add(-backdate), p.made.Add(lifetime) }

// issuance certifies a key.
type issuance func(template *x509.Certificate, issuer cmstest.Signer, key crypto.Signer) (cmstest.Signer, error)

// issue certifies with the mark of a simulator; cmstest.Issue does without it.
func issue(template *x509.Certificate, issuer cmstest.Signer, key crypto.Signer) (cmstest.Signer, error) {
	template.ExtraExtensions = append(template.ExtraExtensions, mark)
	return cmstest.Issue(template, issuer, key)
}

func issueEC(template *x509.Certificate, issuer cmstest.Signer) (cmstest.Signer, error) {
	key, err := newECKey(elliptic.P256())
	if err != nil {
		return cmstest.Signer{}, err
	}
	return issue(template, issuer, key)
}

// mark is the extension that keeps a simulator's signatures out of every other environment. It is not critical: whoever
// does not know it must still be able to read the certificate.
var mark = pkix.Extension{Id: simulated.OID, Value: []byte{0x05, 0x00}} // NULL
