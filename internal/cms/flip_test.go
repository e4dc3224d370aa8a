package cms_test

import (
	"bytes"
	"crypto"
	"errors"
	"testing"
	"time"

	"github.com/gomss/gomss/internal/cms"
	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/stretchr/testify/require"
)

// flipAll flips one bit of every octet of a good message, in turn, and verifies
// it with a verifier that remembers nothing and with one that knows the original.
// Both must say the same. A flip in what was signed or in the path is refused; a
// flip elsewhere never yields other content or another signer.
func flipAll(t *testing.T, config cms.Config, message []byte, at time.Time) {
	t.Helper()
	warm, err := cms.New(config)
	require.NoError(t, err)
	config.CacheSize = -1
	cold, err := cms.New(config)
	require.NoError(t, err)
	want, err := warm.Verify(message, at, anyText)
	require.NoError(t, err)

	covered := coverage(t, message, want)
	const parts = 4 // run in parallel
	for part := range parts {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			altered := bytes.Clone(message)
			for i := part; i < len(message); i += parts {
				altered[i] ^= 1 << (i / parts % 8)
				c, coldErr := cold.Verify(altered, at, anyText)
				w, warmErr := warm.Verify(altered, at, anyText)
				if checkOf(coldErr) != checkOf(warmErr) {
					t.Fatalf("octet %d: cold %v, warm %v", i, coldErr, warmErr)
				}
				if coldErr == nil && covered[i] {
					t.Fatalf("octet %d: accepted", i)
				}
				for _, r := range []*cms.Result{c, w} {
					if r != nil && (!bytes.Equal(r.Content, want.Content) || !bytes.Equal(r.Chain[0].Raw, want.Chain[0].Raw) ||
						!bytes.Equal(r.SignedAttrs, want.SignedAttrs)) {
						t.Fatalf("octet %d: accepted as something else", i)
					}
				}
				altered[i] = message[i]
			}
		})
	}
}

// coverage marks the octets of a message no bit of which may change: content,
// signed attributes, signature, and the certificates of the path but the root.
func coverage(t *testing.T, message []byte, r *cms.Result) []bool {
	t.Helper()
	covered := make([]bool, len(message))
	mark := func(octets []byte) {
		at := bytes.Index(message, octets)
		require.GreaterOrEqual(t, at, 0)
		for i := range octets {
			covered[at+i] = true
		}
	}
	mark(r.Content)
	mark(r.SignedAttrs[1:])
	mark(r.Signature)
	for _, c := range r.Chain[:len(r.Chain)-1] {
		mark(c.Raw)
	}
	return covered
}

// checkOf is the check an error failed, "" for none.
func checkOf(err error) string {
	if e, ok := errors.AsType[*cms.Error](err); ok {
		return e.Check
	}
	return ""
}

func TestFlips(t *testing.T) {
	t.Parallel()
	k := testKeys()
	for name, test := range map[string]struct {
		user    crypto.Signer
		options cmstest.Options
	}{
		"genuine form": {k.p256, cmstest.Options{Form: cmstest.BER}},
		"DER, RSA":     {k.rsa, cmstest.Options{}},
		"PSS":          {k.rsa, cmstest.Options{PSS: true}},
		"key id":       {k.p256, cmstest.Options{KeyID: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newChain(t, test.user)
			test.options.Certificates = certificates(c.Intermediate, c.Root)
			message := sign(t, c.User, test.options)
			flipAll(t, cms.Config{Roots: certificates(c.Root)}, message, now)
		})
	}
}
