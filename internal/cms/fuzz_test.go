package cms_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"testing"

	"github.com/gomss/gomss/internal/cms"
	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/stretchr/testify/require"
)

// fixedKey is a key that every process of a fuzzing run derives alike, so that
// messages made by one are good for the others.
func fixedKey(t testing.TB, name string) *ecdsa.PrivateKey {
	t.Helper()
	secret := sha256.Sum256([]byte("gomss test key " + name))
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), secret[:])
	require.NoError(t, err)
	return key
}

func fixedChain(t testing.TB) *cmstest.Chain {
	t.Helper()
	c, err := cmstest.NewChain("Muster", now, cmstest.Keys{
		Root: fixedKey(t, "root"), Intermediate: fixedKey(t, "intermediate"), User: fixedKey(t, "user")})
	require.NoError(t, err)
	return c
}

// seedMessages are good and hostile messages to start from.
func seedMessages(t testing.TB, c *cmstest.Chain) [][]byte {
	t.Helper()
	var seeds [][]byte
	for _, o := range []cmstest.Options{
		genuine(c),
		{Form: cmstest.BER},
		{Form: cmstest.BER, Segment: 8, Certificates: certificates(c.Intermediate)},
		{Certificates: certificates(c.Intermediate, c.Root)},
		{SigningTime: now, KeyID: true},
	} {
		seeds = append(seeds, sign(t, c.User, o))
	}
	for _, input := range hostile(t) {
		if len(input) <= cms.MaxSize {
			seeds = append(seeds, input)
		}
	}
	require.NotEmpty(t, seeds)
	return seeds
}

// FuzzVerify: no panic; an error has no result; what is accepted is the signer's
// message with the text that match has seen; with and without memory alike.
func FuzzVerify(f *testing.F) {
	c := fixedChain(f)
	for _, seed := range seedMessages(f, c) {
		f.Add(seed)
	}
	config := cms.Config{Roots: certificates(c.Root), Intermediates: certificates(c.Intermediate)}
	warm := verifierOf(f, config)
	config.CacheSize = -1
	cold := verifierOf(f, config)
	f.Fuzz(func(t *testing.T, message []byte) {
		original := bytes.Clone(message)
		var seen []byte
		match := func(content []byte) error { seen = bytes.Clone(content); return nil }
		r, err := cold.Verify(message, now, match)
		_, warmErr := warm.Verify(message, now, match)
		require.Equal(t, checkOf(err), checkOf(warmErr))
		require.Equal(t, original, message, "the input is not written to")
		if err != nil {
			require.Nil(t, r)
			require.NotEmpty(t, checkOf(err))
			return
		}
		require.Equal(t, seen, r.Content)
		require.Equal(t, text, r.Content)
		require.Equal(t, c.User.Key.Public(), r.Chain[0].PublicKey)
	})
}

// FuzzToDER: no panic; an error has no result; the result is not longer than the
// input and is its own conversion.
func FuzzToDER(f *testing.F) {
	for _, seed := range seedMessages(f, fixedChain(f)) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, ber []byte) {
		der, err := cms.ToDER(ber)
		if err != nil {
			require.Nil(t, der)
			return
		}
		require.LessOrEqual(t, len(der), len(ber))
		again, err := cms.ToDER(der)
		require.NoError(t, err)
		require.Equal(t, der, again)
	})
}
