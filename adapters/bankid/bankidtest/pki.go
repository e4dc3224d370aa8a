package bankidtest

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
	"github.com/gomss/gomss/transport"
)

// Every certificate is valid from an hour ago, for clocks that differ, and for less than the 7 days that a simulator's
// certificate may live.
const (
	backdate = time.Hour
	lifetime = 6 * 24 * time.Hour
)

// An RSA key takes a hundred milliseconds and more to make, so a process makes those that all its servers and persons
// share, once and on demand. What differs is the names: a certificate of one server does not chain to another one's root.
var (
	rootKey      = sync.OnceValues(newRSAKey)
	bankKey      = sync.OnceValues(newRSAKey)
	customerKey  = sync.OnceValues(newRSAKey)
	responderKey = sync.OnceValues(newRSAKey)
	strangerKey  = sync.OnceValues(newRSAKey) // of CAs and keys that only look right
	personalKeys = [...]func() (*rsa.PrivateKey, error){
		identification: sync.OnceValues(newRSAKey),
		signing:        sync.OnceValues(newRSAKey),
	}
)

func newRSAKey() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) }

// pki is all that one server certifies: the TLS side with the relying party's certificate, and apart from it the
// hierarchy of the persons.
type pki struct {
	made   time.Time
	suffix string // of all names

	tlsCA, server, rpCA, client cmstest.Signer

	root, bank, customer, responder cmstest.Signer

	mu    sync.Mutex
	certs map[certID]*x509.Certificate
}

func newPKI(now time.Time) (*pki, error) {
	p := &pki{made: now, suffix: " " + rand.Text()[:8], certs: make(map[certID]*x509.Certificate)}
	for _, step := range []func() error{p.makeTLS, p.makeClient, p.makePersonal} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("bankidtest: certificates: %w", err)
		}
	}
	return p, nil
}

// makeTLS makes the server's certificate, under a CA of its own: the root of TLS servers must never be one of persons.
func (p *pki) makeTLS() (err error) {
	if p.tlsCA, err = issueEC(p.template("Simulated BankID SSL Root CA"), cmstest.Signer{}); err != nil {
		return err
	}
	from, to := p.validity()
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

// makeClient makes the relying party's certificate, which a bank issues.
func (p *pki) makeClient() (err error) {
	if p.rpCA, err = issueEC(p.template("Simulated Bank RP CA"), cmstest.Signer{}); err != nil {
		return err
	}
	subject, err := rawSubject(
		attribute{oidCountry, "SE"}, attribute{oidOrganization, bankName}, attribute{oidSerialNumber, "5569999999"},
		attribute{oidName, "Simulated Shop"}, attribute{oidCommonName, "FP Simulated"})
	if err != nil {
		return err
	}
	from, to := p.validity()
	p.client, err = issueEC(&x509.Certificate{
		RawSubject:            subject,
		NotBefore:             from,
		NotAfter:              to,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, p.rpCA)
	return err
}

// makePersonal makes the hierarchy of the persons' certificates: root, bank CA, customer CA, and the OCSP responder of the
// latter.
func (p *pki) makePersonal() (err error) {
	if p.root, err = p.authority("Simulated BankID Root CA", cmstest.Signer{}, rootKey); err != nil {
		return err
	}
	if p.bank, err = p.authority("Simulated Bank CA", p.root, bankKey); err != nil {
		return err
	}
	if p.customer, err = p.authority("Simulated Bank Customer CA", p.bank, customerKey); err != nil {
		return err
	}
	p.responder, err = p.certifyResponder(p.customer, responderKey, p.validity)
	return err
}

// authority makes a CA.
func (p *pki) authority(name string, issuer cmstest.Signer, newKey func() (*rsa.PrivateKey, error)) (cmstest.Signer, error) {
	key, err := newKey()
	if err != nil {
		return cmstest.Signer{}, err
	}
	return issue(p.template(name), issuer, key)
}

// template is the certificate of a CA.
func (p *pki) template(name string) *x509.Certificate {
	from, to := p.validity()
	t := cmstest.Root("", from, to)
	t.Subject = pkix.Name{Country: []string{"SE"}, Organization: []string{bankName}, CommonName: name + p.suffix}
	return t
}

// certifyResponder makes an OCSP responder of an issuer (RFC 6960 4.2.2.2).
func (p *pki) certifyResponder(issuer cmstest.Signer, newKey func() (*rsa.PrivateKey, error), validity func() (from, to time.Time)) (cmstest.Signer, error) {
	key, err := newKey()
	if err != nil {
		return cmstest.Signer{}, err
	}
	from, to := validity()
	return issue(&x509.Certificate{
		Subject:         pkix.Name{Country: []string{"SE"}, CommonName: issuer.Certificate.Subject.CommonName + " OCSP Signing"},
		NotBefore:       from,
		NotAfter:        to,
		KeyUsage:        x509.KeyUsageContentCommitment,
		ExtKeyUsage:     []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning},
		ExtraExtensions: []pkix.Extension{{Id: oidNoCheck, Value: asn1Null}},
	}, issuer, key)
}

func (p *pki) serverCertificate() tls.Certificate {
	c := p.server.Certificate
	return tls.Certificate{Certificate: [][]byte{c.Raw}, PrivateKey: p.server.Key, Leaf: c}
}

// identity is the relying party's certificate and key, with the CA behind it as banks hand it out.
func (p *pki) identity() (*transport.Identity, error) {
	der, err := x509.MarshalPKCS8PrivateKey(p.client.Key)
	if err != nil {
		return nil, err
	}
	certs := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.client.Certificate.Raw})
	certs = append(certs, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.rpCA.Certificate.Raw})...)
	return transport.IdentityFromPEM(certs, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func (p *pki) validity() (from, to time.Time) { return p.made.Add(-backdate), p.made.Add(lifetime) }

// issue certifies with the mark of a simulator; cmstest.Issue does without it.
func issue(template *x509.Certificate, issuer cmstest.Signer, key crypto.Signer) (cmstest.Signer, error) {
	template.ExtraExtensions = append(template.ExtraExtensions, mark)
	return cmstest.Issue(template, issuer, key)
}

func issueEC(template *x509.Certificate, issuer cmstest.Signer) (cmstest.Signer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return cmstest.Signer{}, err
	}
	return issue(template, issuer, key)
}

// asn1Null is the value of extensions that say nothing but that they are there.
var asn1Null = []byte{0x05, 0x00}

// mark is the extension that keeps a simulator's signatures out of every other environment. It is not critical: whoever
// does not know it must still be able to read the certificate.
var mark = pkix.Extension{Id: simulated.OID, Value: asn1Null}
