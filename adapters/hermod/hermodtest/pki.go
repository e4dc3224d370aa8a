package hermodtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
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

// An RSA key takes a hundred milliseconds and more to make, so a process makes those that all its servers share once and on
// demand. What differs between servers is the names: a certificate of one does not chain to the CA of another one.
var (
	attestationKey = sync.OnceValues(newRSAKey)
	strangerKey    = sync.OnceValues(newRSAKey) // of programs and people that only look right
	weakKey        = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 1024) })
	deviceKeys     = onces(rsaKeys)
)

// rsaKeys is how many RSA keys the devices of a process share. Devices of one server that were made one after the other have
// different ones.
const rsaKeys = 6

func onces(n int) []func() (*rsa.PrivateKey, error) {
	list := make([]func() (*rsa.PrivateKey, error), n)
	for i := range list {
		list[i] = sync.OnceValues(newRSAKey)
	}
	return list
}

func newRSAKey() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) }

func newECKey() (*ecdsa.PrivateKey, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

// longKeys are the RSA keys of other lengths than 2048 bits, which few ask for: one of each.
var longKeys = map[int]func() (*rsa.PrivateKey, error){
	3072: sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 3072) }),
	4096: sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 4096) }),
}

// pki is all that one server certifies: its own TLS side, and the CA that application servers have certificates from.
type pki struct {
	made          time.Time
	suffix        string // of all names
	attestation   *rsa.PrivateKey
	tlsCA, server cmstest.Signer
	root          cmstest.Signer
}

func newPKI(now time.Time) (*pki, error) {
	p := &pki{made: now, suffix: " " + rand.Text()[:8]}
	for _, step := range []func() error{p.makeAttestation, p.makeTLS, p.makeRoot} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("hermodtest: certificates: %w", err)
		}
	}
	return p, nil
}

func (p *pki) makeAttestation() (err error) {
	p.attestation, err = attestationKey()
	return err
}

// makeTLS makes the server's certificate, under a CA of its own: a CA of TLS servers must never be one of persons.
func (p *pki) makeTLS() (err error) {
	// TLS is verified by the clock of this machine, whatever Options.Now says.
	from, to := time.Now().Add(-backdate), time.Now().Add(lifetime)
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

func (p *pki) makeRoot() (err error) {
	p.root, err = issueEC(p.authority(), cmstest.Signer{})
	return err
}

// authority is the certificate of the CA.
func (p *pki) authority() *x509.Certificate {
	from, to := p.validity()
	return cmstest.Root("Simulated Hermod Users CA"+p.suffix, from, to)
}

func (p *pki) serverCertificate() tls.Certificate {
	c := p.server.Certificate
	return tls.Certificate{Certificate: [][]byte{c.Raw}, PrivateKey: p.server.Key, Leaf: c}
}

func (p *pki) validity() (from, to time.Time) { return p.made.Add(-backdate), p.made.Add(lifetime) }

// issue certifies with the mark of a simulator; cmstest.Issue does without it.
func issue(template *x509.Certificate, issuer cmstest.Signer, key crypto.Signer) (cmstest.Signer, error) {
	template.ExtraExtensions = append(template.ExtraExtensions, mark)
	return cmstest.Issue(template, issuer, key)
}

func issueEC(template *x509.Certificate, issuer cmstest.Signer) (cmstest.Signer, error) {
	key, err := newECKey()
	if err != nil {
		return cmstest.Signer{}, err
	}
	return issue(template, issuer, key)
}

// mark is the extension that keeps a simulator's signatures out of every other environment. It is not critical: whoever
// does not know it must still be able to read the certificate.
var mark = pkix.Extension{Id: simulated.OID, Value: []byte{0x05, 0x00}} // NULL

// spkiSum is the SHA-256 of a key's SubjectPublicKeyInfo.
func spkiSum(key crypto.PublicKey) [sha256.Size]byte { return sha256.Sum256(spki(key)) }
