package transport

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// expiryNotice is how long before the end of the client certificate's validity New and Reload begin to warn.
const expiryNotice = 30 * 24 * time.Hour

// Identity is the client certificate and its key: what the service knows its customer by. It may be shared by clients
// and is safe for concurrent use.
//
// Only the end-entity certificate is sent, whatever chain the files hold, but with Config.SendChain: the Mobile ID service
// refuses a client that sends a chain. It must have the extended key usage clientAuth, and may be self-signed.
type Identity struct {
	load  func() (*identityState, error) // nil: made from bytes
	mu    sync.Mutex                     // one Reload at a time
	state atomic.Pointer[identityState]
}

// identityState is what one reading of the files came to.
type identityState struct {
	cert     *tls.Certificate // with the chain of its files; nil: none
	openFile string           // a key file that everybody can read
	failed   bool             // a reload came to nothing; cert is the one from before
}

// noIdentity stands for a client without a certificate.
var noIdentity = new(identityState)

// LoadIdentityPEM reads the certificate and its private key (PKCS #8, PKCS #1 or SEC 1, not encrypted) from PEM files,
// which may be one and the same. The certificate that belongs to the key comes first.
func LoadIdentityPEM(certFile, keyFile string) (*Identity, error) {
	return loadIdentity(func() (*identityState, error) { return readPEM(certFile, keyFile) })
}

// LoadIdentityPKCS12 reads the certificate and its private key from a PKCS #12 file (.p12, .pfx), with modern
// encryption (PBES2 and AES) or legacy (3DES, RC2). The password is kept for Reload.
func LoadIdentityPKCS12(file, password string) (*Identity, error) {
	return loadIdentity(func() (*identityState, error) { return readPKCS12(file, password) })
}

// IdentityFromPEM is LoadIdentityPEM for the files' contents, from a secret store. It cannot be reloaded.
func IdentityFromPEM(cert, key []byte) (*Identity, error) {
	pair, err := parsePEM(cert, key)
	return fixedIdentity(pair, err)
}

// IdentityFromPKCS12 is LoadIdentityPKCS12 for the file's content, from a secret store. It cannot be reloaded.
func IdentityFromPKCS12(data []byte, password string) (*Identity, error) {
	pair, err := parsePKCS12(data, password)
	return fixedIdentity(pair, err)
}

// Certificate returns the client certificate in use, for its fingerprint and its end of validity.
func (id *Identity) Certificate() *x509.Certificate { return id.current().cert.Leaf }

// Reload reads the files again after they were replaced. The new pair is checked like the first one; if it is not good,
// the old one stays in use, Reload says why, and each client warns. With a new pair, clients open new connections for
// all exchanges that begin after Reload has returned, and resume no TLS session of the old one.
func (id *Identity) Reload() error {
	if id.load == nil {
		return errors.New("transport: client certificate: made from bytes: make a new Identity and a new Client")
	}
	id.mu.Lock()
	defer id.mu.Unlock()
	next, err := id.load()
	if err != nil {
		id.state.Store(&identityState{cert: id.state.Load().cert, failed: true})
		return fmt.Errorf("%w; the old one stays in use", err)
	}
	id.state.Store(next)
	return nil
}

func loadIdentity(load func() (*identityState, error)) (*Identity, error) {
	state, err := load()
	if err != nil {
		return nil, err
	}
	id := &Identity{load: load}
	id.state.Store(state)
	return id, nil
}

func fixedIdentity(pair *tls.Certificate, err error) (*Identity, error) {
	if err != nil {
		return nil, err
	}
	id := new(Identity)
	id.state.Store(&identityState{cert: pair})
	return id, nil
}

func (id *Identity) current() *identityState {
	if id == nil {
		return noIdentity
	}
	return id.state.Load()
}

// warn logs what is wrong with the identity without making it unusable. The service does not look at the validity
// period (Mobile ID says so), hence expiry does not stop anything here.
func (s *identityState) warn(logger *slog.Logger, now time.Time) {
	if s.failed {
		logger.Warn("transport: client certificate: reload failed; the old one stays in use")
	}
	if s.openFile != "" {
		logger.Warn("transport: client certificate: everybody on this machine can read the key file: chmod 600",
			"file", s.openFile)
	}
	if s.cert == nil {
		return
	}
	switch end := s.cert.Leaf.NotAfter; {
	case now.After(end):
		logger.Warn("transport: client certificate: expired", "notAfter", end)
	case now.Add(expiryNotice).After(end):
		logger.Warn("transport: client certificate: expires soon", "notAfter", end)
	}
}

// usable checks leaf's purpose. A certificate without any extended key usage would do by RFC 5280 4.2.1.12, but
// Mobile ID wants it named.
func usable(leaf *x509.Certificate) error {
	if slices.Contains(leaf.ExtKeyUsage, x509.ExtKeyUsageClientAuth) {
		return nil
	}
	return errors.New("transport: client certificate: the extended key usage clientAuth (1.3.6.1.5.5.7.3.2) is missing: " +
		"services refuse such a certificate. Make one with: openssl req -x509 -newkey rsa:4096 -sha256 -days 1825 -nodes " +
		"-keyout key.pem -out cert.pem -subj \"/CN=your company\" -addext extendedKeyUsage=clientAuth")
}
