package cms_test

import (
	"crypto/x509"
	"math/big"
	"testing"
	"time"

	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/stretchr/testify/require"
)

// TestSignersCertificate: what the certificate says about itself.
func TestSignersCertificate(t *testing.T) {
	t.Parallel()
	k := testKeys()
	from, to := validity()
	c := newChain(t, k.p256)
	for name, test := range map[string]struct {
		change      func(*x509.Certificate)
		check, want string
	}{
		"content commitment":  {func(u *x509.Certificate) { u.KeyUsage = x509.KeyUsageContentCommitment }, "", ""},
		"key encipherment":    {func(u *x509.Certificate) { u.KeyUsage = x509.KeyUsageKeyEncipherment }, "key-usage", "digitalSignature"},
		"no key usage":        {func(u *x509.Certificate) { u.KeyUsage = 0 }, "key-usage", "digitalSignature"},
		"other extended use":  {func(u *x509.Certificate) { u.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }, "key-usage", "lacks the extended key usage"},
		"no extended use":     {func(u *x509.Certificate) { u.ExtKeyUsage = nil }, "key-usage", "lacks the extended key usage"},
		"an authority":        {func(u *x509.Certificate) { u.BasicConstraintsValid, u.IsCA = true, true }, "key-usage", "an authority's"},
		"expired":             {func(u *x509.Certificate) { u.NotAfter = now.Add(-time.Second) }, "chain", "the signer's certificate is valid from"},
		"not yet valid":       {func(u *x509.Certificate) { u.NotBefore = now.Add(time.Second) }, "chain", "the signer's certificate is valid from"},
		"valid to the second": {func(u *x509.Certificate) { u.NotBefore, u.NotAfter = now, now }, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			template := cmstest.User("MIDCHETEST000003", from, to)
			test.change(template)
			user := issue(t, template, c.Intermediate, k.p256)
			v := newVerifier(t, c.Root)
			for range 2 {
				_, err := v.Verify(sign(t, user, genuine(c)), now, isText)
				if test.check == "" {
					require.NoError(t, err)
				} else {
					requireCheck(t, err, test.check, test.want)
				}
			}
		})
	}
	t.Run("expired, with a signing time when it was not", func(t *testing.T) {
		t.Parallel()
		user := issue(t, cmstest.User("MIDCHETEST000004", from, now.Add(-time.Hour)), c.Intermediate, k.p256)
		o := genuine(c)
		o.SigningTime = now.Add(-2 * time.Hour)
		_, err := newVerifier(t, c.Root).Verify(sign(t, user, o), now, isText)
		requireCheck(t, err, "chain", "the signer's certificate is valid from")
	})
	t.Run("signed by the authority", func(t *testing.T) {
		t.Parallel()
		_, err := newVerifier(t, c.Root).Verify(sign(t, c.Intermediate, genuine(c)), now, isText)
		requireCheck(t, err, "certificates", "are the same")
		_, err = newVerifier(t, c.Root).Verify(sign(t, c.Intermediate, cmstest.Options{Form: cmstest.BER}), now, isText)
		requireCheck(t, err, "key-usage", "an authority's")
		_, err = newVerifier(t, c.Root).Verify(sign(t, c.Root, cmstest.Options{Form: cmstest.BER}), now, isText)
		requireCheck(t, err, "signer", "self-issued")
	})
	t.Run("self-issued", func(t *testing.T) {
		t.Parallel()
		user := issue(t, cmstest.User("MIDCHETEST000005", from, to), cmstest.Signer{}, k.p256)
		_, err := newVerifier(t, c.Root).Verify(sign(t, user, genuine(c)), now, isText)
		requireCheck(t, err, "signer", "self-issued")
	})
	t.Run("any usage", func(t *testing.T) {
		t.Parallel()
		template := cmstest.User("MIDCHETEST000006", from, to)
		template.ExtKeyUsage = nil
		user := issue(t, template, c.Intermediate, k.p256)
		v := anyUsage(t, c.Root)
		_, err := v.Verify(sign(t, user, genuine(c)), now, isText)
		require.NoError(t, err)
	})
}

// TestAmbiguousSigner: two certificates that fit the identifier, in any order.
func TestAmbiguousSigner(t *testing.T) {
	t.Parallel()
	k := testKeys()
	from, to := validity()
	c := newChain(t, k.p256)
	template := cmstest.User("MIDCHETEST000007", from, to)
	template.SerialNumber = c.User.Certificate.SerialNumber
	twin := issue(t, template, c.Intermediate, k.p256)
	for _, keyID := range []bool{false, true} {
		o := genuine(c)
		o.KeyID = keyID
		o.Certificates = certificates(twin, c.Intermediate)
		v := newVerifier(t, c.Root)
		_, err := v.Verify(sign(t, c.User, genuine(c)), now, isText)
		require.NoError(t, err)
		_, err = v.Verify(sign(t, c.User, o), now, isText)
		requireCheck(t, err, "signer", "two certificates")
	}
}

// TestSameSerialOfAnotherIssuer: the serial number alone names nobody.
func TestSameSerialOfAnotherIssuer(t *testing.T) {
	t.Parallel()
	from, to := validity()
	c := newChain(t, testKeys().p256)
	template := cmstest.User("MIDCHETEST000009", from, to)
	template.SerialNumber = c.User.Certificate.SerialNumber
	other := issue(t, template, c.Root, testKeys().p384)
	r, err := newVerifier(t, c.Root).Verify(sign(t, c.User, cmstest.Options{Certificates: certificates(other, c.Intermediate)}), now, isText)
	require.NoError(t, err)
	require.Equal(t, c.User.Certificate, r.Chain[0])
}

// TestSerialNumbers: a serial number is read as DER has it.
func TestSerialNumbers(t *testing.T) {
	t.Parallel()
	from, to := validity()
	c := newChain(t, testKeys().p256)
	template := cmstest.User("MIDCHETEST000018", from, to)
	template.SerialNumber = big.NewInt(0x80ff)
	user := issue(t, template, c.Intermediate, testKeys().p256)
	v := newVerifier(t, c.Root)
	for name, test := range map[string]struct {
		serial []byte
		check  string
	}{
		"as in the certificate": {[]byte{0x00, 0x80, 0xff}, ""},
		"negative":              {[]byte{0x80, 0xff}, "structure"},
		"padded":                {[]byte{0x00, 0x00, 0x80, 0xff}, "structure"},
		"padded, positive":      {[]byte{0x00, 0x7f, 0xff}, "structure"},
		"empty":                 {nil, "structure"},
		"zero":                  {[]byte{0x00}, "signer"},
		"another":               {[]byte{0x00, 0x80, 0xfe}, "signer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := genuine(c)
			o.BeforeSign = func(p *cmstest.Parts) {
				p.SignerID = cmstest.TLV(0x30, c.Intermediate.Certificate.RawSubject, cmstest.TLV(0x02, test.serial))
			}
			_, err := v.Verify(sign(t, user, o), now, isText)
			if test.check == "" {
				require.NoError(t, err)
			} else {
				requireCheck(t, err, test.check, "")
			}
		})
	}
}
