package registranttest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"time"

	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/gomss/gomss/internal/simulated"
)

// Certificates are valid from an hour ago, for clocks that differ, and for less than the 7 days that a simulator's
// certificate may live.
const (
	backdate = time.Hour
	lifetime = 6 * 24 * time.Hour
)

// newPKI makes the server's certificate under a CA of its own, both marked as a simulator's.
func newPKI(now time.Time) (ca *x509.Certificate, server tls.Certificate, err error) {
	from, to := now.Add(-backdate), now.Add(lifetime)
	authority, err := issue(cmstest.Root("Simulated registry CA "+rand.Text()[:8], from, to), cmstest.Signer{})
	if err != nil {
		return nil, server, fmt.Errorf("registranttest: certificates: %w", err)
	}
	leaf, err := issue(&x509.Certificate{
		Subject:               pkix.Name{CommonName: "localhost"},
		DNSNames:              []string{"localhost"},
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		NotBefore:             from,
		NotAfter:              to,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, authority)
	if err != nil {
		return nil, server, fmt.Errorf("registranttest: certificates: %w", err)
	}
	server = tls.Certificate{Certificate: [][]byte{leaf.Certificate.Raw}, PrivateKey: leaf.Key, Leaf: leaf.Certificate}
	return authority.Certificate, server, nil
}

func issue(tmpl *x509.Certificate, issuer cmstest.Signer) (cmstest.Signer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return cmstest.Signer{}, err
	}
	mark := pkix.Extension{Id: simulated.OID, Value: []byte{0x05, 0x00}} // NULL
	tmpl.ExtraExtensions = append(tmpl.ExtraExtensions, mark)
	return cmstest.Issue(tmpl, issuer, key)
}
