package hermod_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
)

// testAuthority issues whatever a test asks for.
type testAuthority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

func newTestAuthority() *testAuthority {
	a := &testAuthority{key: newECKey()}
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: "Exempel CA"}, NotBefore: time.Now().AddDate(-1, 0, 0), NotAfter: time.Now().AddDate(10, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.cert = certify(template, template, a.key.Public(), a.key)
	return a
}

// sub is an authority below this one.
func (a *testAuthority) sub() *testAuthority {
	b := newTestAuthority()
	template := *b.cert
	template.Subject.CommonName, template.RawSubject, template.SerialNumber = "Exempel Sub "+b.cert.SerialNumber.String(), nil, nil
	b.cert = a.sign(&template, b.key.Public())
	return b
}

// template is a person's certificate that nothing is wrong with.
func (a *testAuthority) template(subject []byte) *x509.Certificate {
	return &x509.Certificate{
		RawSubject: subject, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0),
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature,
	}
}

func (a *testAuthority) sign(template *x509.Certificate, key crypto.PublicKey) *x509.Certificate {
	return certify(template, a.cert, key, a.key)
}

// ownAuthority has the site trust an authority of its own, which is no simulator's, in the place of the server's.
func (s *site) ownAuthority(t *testing.T) {
	t.Helper()
	s.ca = newTestAuthority()
	anchors, err := mss.NewAnchors(mss.Test, []*x509.Certificate{s.ca.cert}, nil)
	require.NoError(t, err)
	s.cfg.Anchors = anchors
	s.cfg.Keys = s.keys(t) // the scope names the environment
}

// issuedBySimulator is a certificate with the mark of a simulator, that the site's own authority has signed.
func (s *site) issuedBySimulator(p *hermod.Provisioning) map[string][]*x509.Certificate {
	template := s.ca.template(p.Keys[0].CSR.RawSubject)
	template.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 999, 102, 204, 1}, Value: []byte{5, 0}}}
	return map[string][]*x509.Certificate{"signer": {s.ca.sign(template, p.Keys[0].CSR.PublicKey)}}
}
