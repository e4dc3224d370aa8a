package cms_test

import (
	"crypto/x509"
	"fmt"
	"testing"
	"time"

	"github.com/gomss/gomss/internal/cms"
	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/stretchr/testify/require"
)

// remembered asserts what a verifier remembers.
func remembered(t testing.TB, v *cms.Verifier, signers, issuers, certificates int) {
	t.Helper()
	s, i, c := v.Remembered()
	require.Equal(t, []int{signers, issuers, certificates}, []int{s, i, c}, "signers, issuers, certificates")
}

// TestCacheStoresVerified: only a message that passed every check leaves a trace.
func TestCacheStoresVerified(t *testing.T) {
	t.Parallel()
	c := newChain(t, testKeys().p256)
	v := newVerifier(t, c.Root)
	broken := genuine(c)
	broken.AfterSign = func(p *cmstest.Parts) { p.Signature = []byte{0x30, 6, 2, 1, 1, 2, 1, 1} }
	_, err := v.Verify(sign(t, c.User, broken), now, isText)
	requireCheck(t, err, "signature", "")
	_, err = v.Verify(sign(t, c.User, genuine(c)), now.AddDate(1, 0, 0), isText)
	requireCheck(t, err, "chain", "")
	remembered(t, v, 0, 0, 0)

	from, to := validity()
	with := genuine(c)
	with.Certificates = append(with.Certificates, issue(t, cmstest.Intermediate("Muster Other CA", from, to), c.Root, testKeys().p384).Certificate)
	for range 2 {
		_, err = v.Verify(sign(t, c.User, with), now, isText)
		require.NoError(t, err)
		remembered(t, v, 1, 1, 2) // not the certificate that was of no use
	}
	second := issue(t, cmstest.User("MIDCHETEST000020", from, to), c.Intermediate, testKeys().p256)
	_, err = v.Verify(sign(t, second, genuine(c)), now, isText)
	require.NoError(t, err)
	remembered(t, v, 2, 1, 3)
}

// TestCacheOfConstrainedIssuers: an authority with constraints vouches for one
// signer at a time.
func TestCacheOfConstrainedIssuers(t *testing.T) {
	t.Parallel()
	k := testKeys()
	from, to := validity()
	root := issue(t, cmstest.Root("Muster Root CA", from, to), cmstest.Signer{}, k.root)
	template := cmstest.Intermediate("Muster Named CA", from, to)
	template.PermittedEmailAddresses = []string{"muster.example"}
	named := issue(t, template, root, k.intermediate)
	user := issue(t, cmstest.User("MIDCHETEST000021", from, to), named, k.p256)
	v := newVerifier(t, root)
	_, err := v.Verify(sign(t, user, cmstest.Options{Certificates: certificates(named)}), now, isText)
	require.NoError(t, err)
	remembered(t, v, 1, 0, 2)
}

// TestCacheBounds: the cache holds as many signers as configured.
func TestCacheBounds(t *testing.T) {
	t.Parallel()
	c := newChain(t, testKeys().p256)
	from, to := validity()
	var messages [][]byte
	for i := range 5 {
		user := issue(t, cmstest.User(fmt.Sprintf("MIDCHETEST00003%d", i), from, to), c.Intermediate, testKeys().p256)
		messages = append(messages, sign(t, user, genuine(c)))
	}
	for size, want := range map[int][3]int{-1: {0, 0, 0}, 2: {2, 1, 4}, 0: {5, 1, 6}} {
		v := verifierOf(t, cms.Config{Roots: certificates(c.Root), CacheSize: size})
		for range 2 {
			for _, m := range messages {
				_, err := v.Verify(m, now, isText)
				require.NoError(t, err)
			}
		}
		s, i, n := v.Remembered()
		require.Equal(t, want, [3]int{s, i, n}, "size %d", size)
	}
}

// TestCacheSavesWork: a known signer costs neither parsing nor a path, a known
// issuer a shorter path. Counting allocations shows it without measuring time.
func TestCacheSavesWork(t *testing.T) { // not parallel: AllocsPerRun
	c := newChain(t, testKeys().p256)
	from, to := validity()
	other := issue(t, cmstest.User("MIDCHETEST000040", from, to), c.Intermediate, testKeys().p256)
	messages := [2][]byte{sign(t, c.User, genuine(c)), sign(t, other, genuine(c))}
	allocations := func(size int) float64 {
		v := verifierOf(t, cms.Config{Roots: certificates(c.Root), CacheSize: size})
		n := 0
		return testing.AllocsPerRun(20, func() {
			_, err := v.Verify(messages[n%2], now, isText)
			require.NoError(t, err)
			n++
		})
	}
	// A cache of one forgets each signer for the other, but not their issuer.
	cold, issuer, warm := allocations(-1), allocations(1), allocations(2)
	t.Logf("nothing known: %v, issuer known: %v, signer known: %v", cold, issuer, warm)
	require.Less(t, warm, 40.0)
	// 178 of 287; with the issuer parsed once but verified again, 211.
	require.Less(t, issuer, 0.68*cold)
}

// TestVerifiersShareNothing: what one verifier has seen is no help to one with
// other anchors or another purpose.
func TestVerifiersShareNothing(t *testing.T) {
	t.Parallel()
	c := newChain(t, testKeys().p256)
	message := sign(t, c.User, genuine(c))
	_, err := newVerifier(t, c.Root).Verify(message, now, isText)
	require.NoError(t, err)
	v, err := cms.New(cms.Config{Roots: certificates(c.Root), ExtKeyUsage: x509.ExtKeyUsageEmailProtection})
	require.NoError(t, err)
	_, err = v.Verify(message, now, isText)
	requireCheck(t, err, "key-usage", "lacks the extended key usage")
}

// TestCacheKnowsTheAnchor: two certificates of one anchor, the first of which
// expires. What is remembered is the whole path, not that there is one.
func TestCacheKnowsTheAnchor(t *testing.T) {
	t.Parallel()
	k := testKeys()
	from, to := validity()
	hour := now.Add(time.Hour)
	first := issue(t, cmstest.Root("Muster Root CA", from, hour), cmstest.Signer{}, k.root)
	second := issue(t, cmstest.Root("Muster Root CA", from, to), cmstest.Signer{}, k.root)
	issuing := issue(t, cmstest.Intermediate("Muster Issuing CA", from, to), first, k.intermediate)
	user := issue(t, cmstest.User("MIDCHETEST000041", from, to), issuing, k.p256)
	message := sign(t, user, cmstest.Options{Form: cmstest.BER, Certificates: certificates(issuing)})
	v := newVerifier(t, first, second)
	for range 2 {
		for at, anchor := range map[time.Time]cmstest.Signer{now: first, hour.Add(time.Second): second} {
			r, err := v.Verify(message, at, isText)
			require.NoError(t, err)
			require.Equal(t, certificates(user, issuing, anchor), r.Chain)
		}
	}
}
