package cms_test

import (
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gomss/gomss/internal/cms"
	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/stretchr/testify/require"
)

// TestVerifyAccepts covers the forms, algorithms and identifiers that pass.
func TestVerifyAccepts(t *testing.T) {
	t.Parallel()
	k := testKeys()
	whole := func(o cmstest.Options) func(*cmstest.Chain) cmstest.Options {
		return func(c *cmstest.Chain) cmstest.Options {
			o.Certificates = certificates(c.Intermediate, c.Root)
			return o
		}
	}
	tests := map[string]struct {
		user    crypto.Signer
		options func(*cmstest.Chain) cmstest.Options
	}{
		"genuine form":          {k.p256, genuine},
		"DER by pkcs7, ECDSA":   {k.p256, whole(cmstest.Options{})},
		"DER by pkcs7, RSA":     {k.rsa, whole(cmstest.Options{})},
		"DER by pkcs7, SHA-512": {k.rsa, whole(cmstest.Options{Hash: crypto.SHA512})},
		"P-384 with SHA-384":    {k.p384, whole(cmstest.Options{Form: cmstest.BER, Hash: crypto.SHA384})},
		"P-521 with SHA-512":    {k.p521, whole(cmstest.Options{Form: cmstest.BER, Hash: crypto.SHA512})},
		"RSA":                   {k.rsa, whole(cmstest.Options{Form: cmstest.BER})},
		"PSS with SHA-256":      {k.rsa, whole(cmstest.Options{PSS: true})},
		"PSS with SHA-384":      {k.rsa, whole(cmstest.Options{PSS: true, Hash: crypto.SHA384, Form: cmstest.BER})},
		"PSS with SHA-512":      {k.rsa, whole(cmstest.Options{PSS: true, Hash: crypto.SHA512})},
		"key identifier":        {k.p256, whole(cmstest.Options{KeyID: true})},
		"key identifier, BER":   {k.p256, whole(cmstest.Options{KeyID: true, Form: cmstest.BER})},
		"segmented content":     {k.p256, whole(cmstest.Options{Form: cmstest.BER, Segment: 7})},
		"without the root": {k.p256, func(c *cmstest.Chain) cmstest.Options {
			return cmstest.Options{Certificates: certificates(c.Intermediate)}
		}},
		"root first, issuer last": {k.p256, func(c *cmstest.Chain) cmstest.Options {
			return cmstest.Options{Certificates: certificates(c.Root, c.Intermediate)}
		}},
		"signing time": {k.p256, whole(cmstest.Options{SigningTime: now.Add(-time.Hour)})},
		"further attribute": {k.p256, whole(cmstest.Options{Form: cmstest.BER, Attributes: []cmstest.Attribute{
			{Type: asn1.ObjectIdentifier{2, 999, 7}, Value: cmstest.TLV(0x13, []byte("x"))}}})},
		"digest without parameters": {k.p256, func(c *cmstest.Chain) cmstest.Options {
			o := genuine(c)
			o.BeforeSign = func(p *cmstest.Parts) {
				p.DigestAlgorithm = cmstest.TLV(0x30, p.DigestAlgorithm[2:13])
				p.Digests = [][]byte{p.DigestAlgorithm}
			}
			return o
		}},
		"unsigned attribute and CRL are read over": {k.p256, func(c *cmstest.Chain) cmstest.Options {
			o := genuine(c)
			o.BeforeSign = func(p *cmstest.Parts) {
				p.Unsigned = [][]byte{cmstest.Attribute{Type: asn1.ObjectIdentifier{2, 999, 8}, Value: []byte{5, 0}}.Encode()}
				p.CRLs = [][]byte{cmstest.TLV(0x30, []byte{5, 0})}
			}
			return o
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newChain(t, test.user)
			message := sign(t, c.User, test.options(c))
			v := newVerifier(t, c.Root)
			for range 3 { // cold, then remembered
				var seen []byte
				r, err := v.Verify(message, now, func(content []byte) error { seen = content; return nil })
				require.NoError(t, err)
				require.Equal(t, text, r.Content)
				require.Equal(t, text, seen)
				require.Equal(t, certificates(c.User, c.Intermediate, c.Root), r.Chain)
				require.EqualValues(t, 0x31, r.SignedAttrs[0])
				require.NotEmpty(t, r.Signature)
			}
		})
	}
}

// TestVerifyIntermediateFromConfig: a message with the signer's certificate alone.
func TestVerifyIntermediateFromConfig(t *testing.T) {
	t.Parallel()
	c := newChain(t, testKeys().p256)
	message := sign(t, c.User, cmstest.Options{Form: cmstest.BER})
	_, err := newVerifier(t, c.Root).Verify(message, now, isText)
	requireCheck(t, err, "chain", `no certificate of the authority "Muster Issuing CA" with the key identifier`)

	v := verifierOf(t, cms.Config{Roots: certificates(c.Root), Intermediates: certificates(c.Intermediate)})
	r, err := v.Verify(message, now, isText)
	require.NoError(t, err)
	require.Equal(t, certificates(c.User, c.Intermediate, c.Root), r.Chain)
}

// TestVerifySigningTime: the claim is reported, and changes nothing.
func TestVerifySigningTime(t *testing.T) {
	t.Parallel()
	c := newChain(t, testKeys().p256)
	o := genuine(c)
	r, err := newVerifier(t, c.Root).Verify(sign(t, c.User, o), now, isText)
	require.NoError(t, err)
	require.Zero(t, r.SigningTime)

	o.SigningTime = now.Add(-24 * time.Hour)
	r, err = newVerifier(t, c.Root).Verify(sign(t, c.User, o), now, isText)
	require.NoError(t, err)
	require.True(t, o.SigningTime.Equal(r.SigningTime))
}

// TestVerifyArguments: what the caller can get wrong is refused, too.
func TestVerifyArguments(t *testing.T) {
	t.Parallel()
	c := newChain(t, testKeys().p256)
	v := newVerifier(t, c.Root)
	message := sign(t, c.User, genuine(c))

	_, err := v.Verify(message, time.Time{}, isText)
	requireCheck(t, err, "chain", "time of verification is zero")
	_, err = v.Verify(message, now, nil)
	requireCheck(t, err, "content", "no function")
	_, err = v.Verify(nil, now, isText)
	requireCheck(t, err, "ber", "")
	_, err = v.Verify(message, now, func([]byte) error { return errOtherText })
	requireCheck(t, err, "content", errOtherText.Error())
	require.ErrorIs(t, err, errOtherText)
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	k := testKeys()
	c := newChain(t, k.p256)
	small := weakRSA(t, 1024, 65537)
	for name, test := range map[string]struct {
		config cms.Config
		want   string
	}{
		"no roots":         {cms.Config{Intermediates: certificates(c.Root)}, "Config.Roots is empty"},
		"nil root":         {cms.Config{Roots: []*x509.Certificate{c.Root.Certificate, nil}}, "Config.Roots[1] is not a parsed certificate"},
		"unparsed root":    {cms.Config{Roots: []*x509.Certificate{{}}}, "Config.Roots[0] is not a parsed certificate"},
		"user as root":     {cms.Config{Roots: certificates(c.User)}, "Config.Roots[0] is not a certificate of an authority"},
		"nil intermediate": {cms.Config{Roots: certificates(c.Root), Intermediates: []*x509.Certificate{nil}}, "Config.Intermediates[0]"},
		"weak root":        {cms.Config{Roots: []*x509.Certificate{small}}, "Config.Roots[0] has a key that is refused"},
		"weak intermediate": {cms.Config{Roots: certificates(c.Root), Intermediates: []*x509.Certificate{small}},
			"Config.Intermediates[0] has a key that is refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, err := cms.New(test.config)
			require.ErrorContains(t, err, test.want)
			require.Nil(t, v)
		})
	}
}

// TestErrorsHoldNothingPersonal: no error names the signer or quotes the text.
func TestErrorsHoldNothingPersonal(t *testing.T) {
	t.Parallel()
	c := newChain(t, testKeys().p256)
	from, to := validity()
	other := issue(t, cmstest.Root("Anderswo Root CA", from, to), cmstest.Signer{}, testKeys().p384)
	v := newVerifier(t, other)
	message := sign(t, c.User, genuine(c))
	for i := range message {
		altered := append([]byte(nil), message...)
		altered[i] ^= 0x04
		_, err := v.Verify(altered, now, isText)
		require.Error(t, err)
		for _, secret := range []string{"MIDCHE", ":PN", "Gemeinde", "Musterwil"} {
			require.False(t, strings.Contains(err.Error(), secret), "%v", err)
		}
	}
}

// TestVerifyConcurrently is for the race detector.
func TestVerifyConcurrently(t *testing.T) {
	t.Parallel()
	c := newChain(t, testKeys().p256)
	v := verifierOf(t, cms.Config{Roots: certificates(c.Root), CacheSize: 2})
	var messages [][]byte
	for range 4 {
		from, to := validity()
		user := issue(t, cmstest.User("MIDCHETEST000001", from, to), c.Intermediate, testKeys().p256)
		messages = append(messages, sign(t, user, genuine(c)))
	}
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for n := range 20 {
				if _, err := v.Verify(messages[(i+n)%len(messages)], now, isText); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
}
