package cms_test

import (
	"crypto"
	"crypto/x509"
	"testing"

	"github.com/gomss/gomss/internal/cms"
	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/stretchr/testify/require"
	"go.mozilla.org/pkcs7"
)

func poolOf(signers ...cmstest.Signer) *x509.CertPool {
	pool := x509.NewCertPool()
	for _, s := range signers {
		pool.AddCert(s.Certificate)
	}
	return pool
}

// TestAgreesWithPKCS7: of the messages accepted here another implementation
// accepts those it can read: not RSASSA-PSS, not key identifiers.
func TestAgreesWithPKCS7(t *testing.T) {
	t.Parallel()
	k := testKeys()
	for name, test := range map[string]struct {
		user    crypto.Signer
		options cmstest.Options
	}{
		"BER":                 {k.p256, cmstest.Options{Form: cmstest.BER}},
		"segmented":           {k.p256, cmstest.Options{Form: cmstest.BER, Segment: 10}},
		"DER by pkcs7":        {k.p256, cmstest.Options{}},
		"DER by ours":         {k.p256, cmstest.Options{SigningTime: now}},
		"RSA":                 {k.rsa, cmstest.Options{}},
		"RSA, BER, SHA-512":   {k.rsa, cmstest.Options{Form: cmstest.BER, Hash: crypto.SHA512}},
		"P-384, BER, SHA-384": {k.p384, cmstest.Options{Form: cmstest.BER, Hash: crypto.SHA384}},
		"P-521, DER, SHA-512": {k.p521, cmstest.Options{Hash: crypto.SHA512}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newChain(t, test.user)
			test.options.Certificates = certificates(c.Intermediate, c.Root)
			message := sign(t, c.User, test.options)
			r, err := newVerifier(t, c.Root).Verify(message, now, isText)
			require.NoError(t, err)

			der, err := cms.ToDER(message)
			require.NoError(t, err)
			p, err := pkcs7.Parse(der)
			require.NoError(t, err)
			require.NoError(t, p.VerifyWithChainAtTime(poolOf(c.Root), now))
			require.Equal(t, r.Content, p.Content)
			require.Equal(t, r.Chain[0].Raw, p.GetOnlySigner().Raw)
		})
	}
}
