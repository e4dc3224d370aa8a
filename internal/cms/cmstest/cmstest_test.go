package cmstest_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"
	"time"

	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/stretchr/testify/require"
)

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}

// TestChain: the certificates chain and look like the genuine ones, also to
// x509, with the extra extension in all of them.
func TestChain(t *testing.T) {
	t.Parallel()
	marker := pkix.Extension{Id: asn1.ObjectIdentifier{2, 999, 5}, Value: []byte{5, 0}}
	c, err := cmstest.NewChain("Muster", time.Now(), cmstest.Keys{Root: newKey(t), Intermediate: newKey(t), User: newKey(t)}, marker)
	require.NoError(t, err)
	roots, intermediates := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(c.Root.Certificate)
	intermediates.AddCert(c.Intermediate.Certificate)
	chains, err := c.User.Certificate.Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: intermediates, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	require.NoError(t, err)
	require.Len(t, chains[0], 3)
	for _, certificate := range chains[0] {
		require.Contains(t, certificate.Extensions, marker)
	}
	user := c.User.Certificate
	require.Equal(t, user.Subject.SerialNumber+":PN", user.Subject.CommonName)
	require.Equal(t, x509.KeyUsageDigitalSignature, user.KeyUsage)
	require.True(t, c.Intermediate.Certificate.MaxPathLenZero)
}

// TestSignShapes: the outer octets of both forms.
func TestSignShapes(t *testing.T) {
	t.Parallel()
	c, err := cmstest.NewChain("Muster", time.Now(), cmstest.Keys{Root: newKey(t), Intermediate: newKey(t), User: newKey(t)})
	require.NoError(t, err)
	ber, err := cmstest.Sign([]byte("x"), c.User, cmstest.Options{Form: cmstest.BER})
	require.NoError(t, err)
	require.Equal(t, "\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80\x02\x01\x01\x31\x0f", string(ber[:22]))
	require.Equal(t, make([]byte, 6), ber[len(ber)-6:])
	der, err := cmstest.Sign([]byte("x"), c.User, cmstest.Options{})
	require.NoError(t, err)
	require.Equal(t, "\x30\x82", string(der[:2]))
}

func TestSignRefuses(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	s, err := cmstest.Issue(cmstest.User("MIDCHETEST000001", time.Now(), time.Now()), cmstest.Signer{}, key)
	require.NoError(t, err)
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	for name, test := range map[string]struct {
		signer  cmstest.Signer
		options cmstest.Options
	}{
		"no key":          {cmstest.Signer{Certificate: s.Certificate}, cmstest.Options{}},
		"no certificate":  {cmstest.Signer{Key: key}, cmstest.Options{}},
		"SHA-1":           {s, cmstest.Options{Hash: crypto.SHA1}},
		"Ed25519":         {cmstest.Signer{Certificate: s.Certificate, Key: ed}, cmstest.Options{}},
		"segments in DER": {s, cmstest.Options{Segment: 4}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := cmstest.Sign([]byte("x"), test.signer, test.options)
			require.ErrorContains(t, err, "cmstest: ")
		})
	}
}
