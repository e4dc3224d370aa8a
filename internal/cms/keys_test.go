package cms_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"

	"github.com/gomss/gomss/internal/cms"
	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/stretchr/testify/require"
)

// weakRSA is an authority's certificate, not self-issued, for an RSA key made
// of thin air with so many bits and the exponent.
func weakRSA(t testing.TB, bits, exponent int) *x509.Certificate {
	t.Helper()
	from, to := validity()
	return keyCertificate(t, cmstest.Intermediate("Muster Odd CA", from, to), thinAir(bits, exponent))
}

// thinAir is an RSA public key without a private one.
func thinAir(bits, exponent int) *rsa.PublicKey {
	n := new(big.Int).Lsh(big.NewInt(1), uint(bits))
	return &rsa.PublicKey{N: n.Sub(n, big.NewInt(1)), E: exponent}
}

// keyCertificate issues a certificate under the root key for a public key.
func keyCertificate(t testing.TB, template *x509.Certificate, public any) *x509.Certificate {
	t.Helper()
	from, to := validity()
	template.SubjectKeyId = []byte("odd key")
	raw, err := x509.CreateCertificate(rand.Reader, template, cmstest.Root("Muster Root CA", from, to), public, testKeys().root)
	require.NoError(t, err)
	c, err := x509.ParseCertificate(raw)
	require.NoError(t, err)
	return c
}

// TestMessageKeys: keys outside the bounds are refused before they are used,
// whichever certificate of the message has them.
func TestMessageKeys(t *testing.T) {
	t.Parallel()
	p224, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	require.NoError(t, err)
	ed, _, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	c := newChain(t, testKeys().p256)
	from, to := validity()
	for name, test := range map[string]struct {
		key  any
		want string
	}{
		"RSA 2047":             {thinAir(2047, 65537), "RSA modulus"},
		"RSA 4097":             {thinAir(4097, 65537), "RSA modulus"},
		"RSA 32768":            {thinAir(32768, 1<<31-1), "RSA modulus"},
		"RSA exponent 3":       {thinAir(2048, 3), "RSA exponent"},
		"RSA exponent 2^31-1":  {thinAir(2048, 1<<31-1), "RSA exponent"},
		"P-224":                {&p224.PublicKey, "curve"},
		"Ed25519":              {ed, "key that is neither RSA nor ECDSA"},
		"RSA 4096 is accepted": {thinAir(4096, 65537), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := genuine(c)
			o.Certificates = append(o.Certificates, keyCertificate(t, cmstest.Intermediate("Muster Odd CA", from, to), test.key))
			_, err := newVerifier(t, c.Root).Verify(sign(t, c.User, o), now, isText)
			if test.want == "" {
				require.NoError(t, err)
				return
			}
			requireCheck(t, err, "certificates", "certificate 4 of the message has a key that is refused: "+test.want)

			signer := cmstest.Signer{Certificate: keyCertificate(t, cmstest.User("MIDCHETEST000002", from, to), test.key), Key: testKeys().p256}
			_, err = newVerifier(t, c.Root).Verify(sign(t, signer, genuine(c)), now, isText)
			requireCheck(t, err, "certificates", "certificate 1 of the message has a key that is refused: "+test.want)
		})
	}
}

// TestAnchorKeys: anchors may have larger RSA keys, as the genuine root has.
func TestAnchorKeys(t *testing.T) {
	t.Parallel()
	_, err := cms.New(cms.Config{Roots: []*x509.Certificate{weakRSA(t, 8192, 65537)}})
	require.NoError(t, err)
	_, err = cms.New(cms.Config{Roots: []*x509.Certificate{weakRSA(t, 8193, 65537)}})
	require.ErrorContains(t, err, "RSA modulus")
	_, err = cms.New(cms.Config{Roots: []*x509.Certificate{weakRSA(t, 4096, 65537)}, Intermediates: []*x509.Certificate{weakRSA(t, 4097, 65537)}})
	require.ErrorContains(t, err, "Config.Intermediates[0]")
}

// TestSelfIssuedIsDropped: a self-issued certificate in the message is never
// used, so that its key may be anything; the genuine root has 8192 bits.
func TestSelfIssuedIsDropped(t *testing.T) {
	t.Parallel()
	c := newChain(t, testKeys().p256)
	from, to := validity()
	big := cmstest.Root("Muster Big CA", from, to)
	raw, err := x509.CreateCertificate(rand.Reader, big, big, thinAir(8192, 65537), testKeys().p384)
	require.NoError(t, err)
	root, err := x509.ParseCertificate(raw)
	require.NoError(t, err)
	require.Equal(t, pkix.RDNSequence(root.Issuer.ToRDNSequence()), root.Subject.ToRDNSequence())
	o := genuine(c)
	o.Certificates = append(o.Certificates, root)
	_, err = newVerifier(t, c.Root).Verify(sign(t, c.User, o), now, isText)
	require.NoError(t, err)
}
