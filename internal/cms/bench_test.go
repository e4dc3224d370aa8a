package cms_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"sync"
	"testing"
	"time"

	"github.com/gomss/gomss/internal/cms"
	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/stretchr/testify/require"
	"go.mozilla.org/pkcs7"
)

// authorityKeys are RSA keys of 4096 bits, as authorities have them.
var authorityKeys = sync.OnceValue(func() [2]*rsa.PrivateKey {
	var keys [2]*rsa.PrivateKey
	for i := range keys {
		key, err := rsa.GenerateKey(rand.Reader, 4096)
		if err != nil {
			panic(err)
		}
		keys[i] = key
	}
	return keys
})

// bareCheck returns the one public-key operation a signature cannot do without.
func bareCheck(b *testing.B, r *cms.Result) func() {
	sum := sha256.Sum256(r.SignedAttrs)
	switch key := r.Chain[0].PublicKey.(type) {
	case *rsa.PublicKey:
		return func() {
			if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], r.Signature); err != nil {
				b.Fatal(err)
			}
		}
	case *ecdsa.PublicKey:
		return func() {
			if !ecdsa.VerifyASN1(key, sum[:], r.Signature) {
				b.Fatal("signature does not verify")
			}
		}
	}
	b.Fatal("unknown key")
	return nil
}

// BenchmarkVerify measures a verification with nothing known, with the issuer
// known, and with issuer and signer known, each in turns with the bare signature
// check, so that both see the same machine. x/bare is the quotient.
func BenchmarkVerify(b *testing.B) {
	authorities := authorityKeys()
	p256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(b, err)
	for name, key := range map[string]crypto.Signer{"RSA-2048": testKeys().rsa, "P-256": p256} {
		c, err := cmstest.NewChain("Muster", now, cmstest.Keys{Root: authorities[0], Intermediate: authorities[1], User: key})
		require.NoError(b, err)
		message := sign(b, c.User, genuine(c))
		config := cms.Config{Roots: certificates(c.Root)}
		warm := verifierOf(b, config)
		r, err := warm.Verify(message, now, isText)
		require.NoError(b, err)
		bare := bareCheck(b, r)
		verify := func(v *cms.Verifier, m []byte) {
			if _, err := v.Verify(m, now, isText); err != nil {
				b.Fatal(err)
			}
		}

		b.Run(name+"/nothing known", func(b *testing.B) {
			config.CacheSize = -1
			v := verifierOf(b, config)
			compare(b, bare, func(int) { verify(v, message) })
		})
		b.Run(name+"/issuer known", func(b *testing.B) {
			// A cache of one, and two signers in turn: each is new every time.
			config.CacheSize = 1
			v := verifierOf(b, config)
			from, to := validity()
			other := issue(b, cmstest.User("MIDCHETEST000090", from, to), c.Intermediate, key)
			messages := [2][]byte{message, sign(b, other, genuine(c))}
			verify(v, messages[1])
			compare(b, bare, func(i int) { verify(v, messages[i%2]) })
		})
		b.Run(name+"/signer known", func(b *testing.B) {
			compare(b, bare, func(int) { verify(warm, message) })
		})
		b.Run(name+"/bare", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				bare()
			}
		})
		b.Run(name+"/pkcs7", func(b *testing.B) {
			der := sign(b, c.User, cmstest.Options{Certificates: certificates(c.Intermediate, c.Root)})
			pool := poolOf(c.Root)
			compare(b, bare, func(int) {
				p, err := pkcs7.Parse(der)
				if err == nil {
					err = p.VerifyWithChainAtTime(pool, now)
				}
				if err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}

// compare runs f, and bare beside it in blocks outside the measured time.
func compare(b *testing.B, bare func(), f func(i int)) {
	b.ReportAllocs()
	const block = 32
	var bareTime time.Duration
	n := 0
	for b.Loop() {
		f(n)
		if n++; n%block == 0 {
			b.StopTimer()
			start := time.Now()
			for range block {
				bare()
			}
			bareTime += time.Since(start)
			b.StartTimer()
		}
	}
	if blocks := n / block; blocks > 0 {
		b.ReportMetric(float64(b.Elapsed())/float64(n)/(float64(bareTime)/float64(blocks*block)), "x/bare")
	}
}

// BenchmarkToDER measures the conversion of a message of the genuine form.
func BenchmarkToDER(b *testing.B) {
	c := newChain(b, testKeys().p256)
	for name, o := range map[string]cmstest.Options{"BER": genuine(c), "DER": {Certificates: certificates(c.Intermediate, c.Root)}} {
		message := sign(b, c.User, o)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(message)))
			for b.Loop() {
				if _, err := cms.ToDER(message); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
