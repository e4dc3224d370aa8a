package transport

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// sessionCacheSize bounds the TLS sessions kept for resumption; one server needs one.
const sessionCacheSize = 64

// Pin is the SHA-256 of a certificate's DER. The zero Pin is refused by New.
type Pin [sha256.Size]byte

// ParsePin reads the 64 hexadecimal digits of a pin in either case, with or without colons, as `openssl x509
// -fingerprint -sha256` prints them after the equals sign, or its Base64 with padding, as RFC 7469 writes the pins of keys.
func ParsePin(s string) (Pin, error) {
	b, err := hex.DecodeString(strings.ReplaceAll(s, ":", ""))
	if err != nil {
		b, err = base64.StdEncoding.Strict().DecodeString(s)
	}
	if err != nil || len(b) != sha256.Size {
		return Pin{}, errors.New("transport: pin: not a SHA-256 fingerprint of 64 hexadecimal digits, or its Base64")
	}
	return Pin(b), nil
}

// String returns the pin in the form of ParsePin, in capitals with colons.
func (p Pin) String() string { return strings.ReplaceAll(fmt.Sprintf("% X", p[:]), " ", ":") }

// KeyPin returns the Pin of a certificate's public key, for Config.KeyPins.
func KeyPin(cert *x509.Certificate) Pin { return sha256.Sum256(cert.RawSubjectPublicKeyInfo) }

// pinning is what a server must show beyond a chain to the roots.
type pinning struct{ certificates, keys []Pin }

func (p pinning) check() error {
	for name, pins := range map[string][]Pin{"Pins": p.certificates, "KeyPins": p.keys} {
		if i := slices.Index(pins, Pin{}); i >= 0 {
			return fmt.Errorf("transport: Config.%s[%d]: empty", name, i)
		}
	}
	return nil
}

var (
	errPins    = errors.New("transport: no certificate of Config.Pins in the server's verified chain")
	errKeyPins = errors.New("transport: the server's key is none of Config.KeyPins")
)

// newTLSConfig returns the TLS side of a generation of connections: one client certificate, one session cache.
func newTLSConfig(roots *x509.CertPool, pins pinning, cert *tls.Certificate) *tls.Config {
	conf := &tls.Config{
		MinVersion:         tls.VersionTLS12,
		RootCAs:            roots,
		NextProtos:         []string{"http/1.1"},
		ClientSessionCache: tls.NewLRUClientSessionCache(sessionCacheSize),
	}
	if cert != nil {
		// Whatever authorities the server names: a self-signed certificate comes from none of them, and crypto/tls
		// would then send an empty list instead of it.
		conf.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return cert, nil }
	}
	if len(pins.certificates)+len(pins.keys) > 0 {
		// Not VerifyPeerCertificate: that is not called for a resumed session.
		conf.VerifyConnection = func(cs tls.ConnectionState) error { return pins.verify(cs.VerifiedChains) }
	}
	return conf
}

// verify wants one pinned certificate in a verified chain, and a pinned key at the beginning of one. A certificate which
// the server merely sent does not count: anybody can append one.
func (p pinning) verify(chains [][]*x509.Certificate) error {
	isPinned := func(cert *x509.Certificate) bool {
		return slices.Contains(p.certificates, Pin(sha256.Sum256(cert.Raw)))
	}
	if len(p.certificates) > 0 && !slices.ContainsFunc(chains, func(chain []*x509.Certificate) bool { return slices.ContainsFunc(chain, isPinned) }) {
		return errPins
	}
	if len(p.keys) > 0 && !slices.ContainsFunc(chains, func(chain []*x509.Certificate) bool { return slices.Contains(p.keys, KeyPin(chain[0])) }) {
		return errKeyPins
	}
	return nil
}

// newRoots makes the pool of trusted roots. It is never nil, because to crypto/tls nil means the system's roots (SEC-12).
func newRoots(roots []*x509.Certificate, system bool) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	if system {
		var err error
		if pool, err = x509.SystemCertPool(); err != nil {
			return nil, fmt.Errorf("transport: Config.UseSystemRoots: %w", err)
		}
	} else if len(roots) == 0 {
		return nil, errors.New("transport: Config.Roots: empty: give the roots the server's certificate leads to")
	}
	for i, root := range roots {
		if root == nil {
			return nil, fmt.Errorf("transport: Config.Roots[%d]: nil", i)
		}
		pool.AddCert(root)
	}
	return pool, nil
}
