package hermod

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/cms/cmstest"
)

// BenchmarkVerify is what judging an answer costs, beside the checks of signatures that no verifier can do without: the person's
// with RSA, the issuing CA's and the root's with ECDSA. The rest is parsing, comparing, and the choice of a path by crypto/x509.
func BenchmarkVerify(b *testing.B) {
	r := newRealm(b)
	for _, format := range []string{formatJWS, formatPKCS7} {
		b.Run(format, func(b *testing.B) {
			v, ev := newVerifier(b, r.anchors), newExchange(b, r, authenticate, format).evidence()
			b.ReportAllocs()
			for b.Loop() {
				_, err := v.Verify(ev)
				require.NoError(b, err)
			}
		})
	}
	sum := sha256.Sum256([]byte(testText))
	value, err := rsa.SignPKCS1v15(nil, rsaKey(), crypto.SHA256, sum[:])
	require.NoError(b, err)
	ca := r.issuing.Key.(*ecdsa.PrivateKey)
	issued, err := ca.Sign(nil, sum[:], crypto.SHA256)
	require.NoError(b, err)
	b.Run("floor", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if rsa.VerifyPKCS1v15(&rsaKey().PublicKey, crypto.SHA256, sum[:], value) != nil {
				b.Fatal("does not verify")
			}
			for range 2 {
				if !ecdsa.VerifyASN1(&ca.PublicKey, sum[:], issued) {
					b.Fatal("does not verify")
				}
			}
		}
	})
}

// BenchmarkRefuse is a text that was exchanged: it costs no public-key operation.
func BenchmarkRefuse(b *testing.B) {
	r := newRealm(b)
	v := newVerifier(b, r.anchors)
	for _, format := range []string{formatJWS, formatPKCS7} {
		b.Run(format, func(b *testing.B) {
			x := newExchange(b, r, sign, format)
			if format == formatJWS {
				x.jws(map[string]any{"alg": "RS256"}, []byte("Pay 1000 EUR"))
			} else {
				x.cms([]byte("Pay 1000 EUR"), timed(cmstest.Options{}))
			}
			ev := x.evidence()
			b.ReportAllocs()
			for b.Loop() {
				_, err := v.Verify(ev)
				require.Error(b, err)
			}
		})
	}
}
