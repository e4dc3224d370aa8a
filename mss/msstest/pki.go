package msstest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
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

// An RSA key takes a hundred milliseconds and more to make, so a process makes the three that all its servers share,
// once and on demand. What differs between servers is the names: a certificate of one server does not chain to the root
// of another one.
var (
	rootKey         = sync.OnceValues(newRSAKey)
	intermediateKey = sync.OnceValues(newRSAKey)
	personalRSAKey  = sync.OnceValues(newRSAKey)
)

func newRSAKey() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) }

func newECKey() (*ecdsa.PrivateKey, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

// pki is all that one server certifies: its own TLS side, the application provider's client certificate, and the
// hierarchy of the persons.
type pki struct {
	tlsCA, server, client cmstest.Signer
	root, intermediate    cmstest.Signer
}

func newPKI(now time.Time) (*pki, error) {
	p := new(pki)
	suffix := " " + rand.Text()[:8]
	for _, step := range []func(string, time.Time) error{p.makeTLS, p.makeClient, p.makePersonal} {
		if err := step(suffix, now); err != nil {
			return nil, fmt.Errorf("msstest: certificates: %w", err)
		}
	}
	return p, nil
}

// makeTLS makes the server's certificate, under a CA of its own.
func (p *pki) makeTLS(suffix string, now time.Time) (err error) {
	from, to := validity(now)
	if p.tlsCA, err = issueEC(cmstest.Root("Simulated TLS CA"+suffix, from, to), cmstest.Signer{}); err != nil {
		return err
	}
	leaf := tlsLeaf("localhost", x509.ExtKeyUsageServerAuth, now)
	leaf.DNSNames = []string{"localhost"}
	leaf.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	p.server, err = issueEC(leaf, p.tlsCA)
	return err
}

// makeClient makes the application provider's certificate, self-signed as usual: a service admits it by itself, not by
// who issued it.
func (p *pki) makeClient(_ string, now time.Time) (err error) {
	p.client, err = issueEC(tlsLeaf("Application Provider", x509.ExtKeyUsageClientAuth, now), cmstest.Signer{})
	return err
}

// makePersonal makes the hierarchy of user certificates in the genuine shape: an RSA root and an RSA intermediate that
// sign with RSASSA-PSS.
func (p *pki) makePersonal(suffix string, now time.Time) error {
	key, err := rootKey()
	if err != nil {
		return err
	}
	from, to := validity(now)
	if p.root, err = issue(cmstest.Root("Simulated Root CA"+suffix, from, to), cmstest.Signer{}, key); err != nil {
		return err
	}
	if key, err = intermediateKey(); err != nil {
		return err
	}
	p.intermediate, err = issue(cmstest.Intermediate("Simulated Rubin CA"+suffix, from, to), p.root, key)
	return err
}

// foreign makes another hierarchy with the names of this one.
func (p *pki) foreign(now time.Time) (root, intermediate cmstest.Signer, err error) {
	from, to := validity(now)
	root, err = issueEC(cmstest.Root(p.root.Certificate.Subject.CommonName, from, to), cmstest.Signer{})
	if err != nil {
		return root, intermediate, err
	}
	intermediate, err = issueEC(cmstest.Intermediate(p.intermediate.Certificate.Subject.CommonName, from, to), root)
	return root, intermediate, err
}

func (p *pki) serverCertificate() tls.Certificate {
	c := p.server.Certificate
	return tls.Certificate{Certificate: [][]byte{c.Raw}, PrivateKey: p.server.Key, Leaf: c}
}

// clientPEM returns the application provider's certificate and key.
func (p *pki) clientPEM() (cert, key []byte, err error) {
	der, err := x509.MarshalPKCS8PrivateKey(p.client.Key)
	if err != nil {
		return nil, nil, err
	}
	cert = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.client.Certificate.Raw})
	return cert, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

func validity(now time.Time) (from, to time.Time) { return now.Add(-backdate), now.Add(lifetime) }

func tlsLeaf(name string, use x509.ExtKeyUsage, now time.Time) *x509.Certificate {
	from, to := validity(now)
	return &x509.Certificate{
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             from,
		NotAfter:              to,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{use},
	}
}

// issue certifies a key, with the mark of a simulator.
func issue(tmpl *x509.Certificate, issuer cmstest.Signer, key crypto.Signer) (cmstest.Signer, error) {
	tmpl.ExtraExtensions = append(tmpl.ExtraExtensions, mark)
	return issueUnmarked(tmpl, issuer, key)
}

func issueEC(tmpl *x509.Certificate, issuer cmstest.Signer) (cmstest.Signer, error) {
	key, err := newECKey()
	if err != nil {
		return cmstest.Signer{}, err
	}
	return issue(tmpl, issuer, key)
}

// issueUnmarked certifies a key. RSA issuers sign with RSASSA-PSS, as the real ones do.
func issueUnmarked(tmpl *x509.Certificate, issuer cmstest.Signer, key crypto.Signer) (cmstest.Signer, error) {
	signing := issuer.Key
	if signing == nil {
		signing = key
	}
	if _, ok := signing.(*rsa.PrivateKey); ok {
		tmpl.SignatureAlgorithm = x509.SHA256WithRSAPSS
	}
	return cmstest.Issue(tmpl, issuer, key)
}

// mark is the extension that keeps a simulator's signatures out of every other environment. It is not critical: whoever
// does not know it must still be able to read the certificate.
var mark = pkix.Extension{Id: simulated.OID, Value: []byte{0x05, 0x00}} // NULL
