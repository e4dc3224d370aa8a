package cms_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/gomss/gomss/internal/cms"
	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/stretchr/testify/require"
)

// now is the time of every verification that is not about time.
var now = time.Now().UTC().Truncate(time.Second)

// text is what is signed.
var text = []byte("Gemeinde Musterwil: Anmeldung bestätigen (K7-4Q)?")

// keys are made once a run; making RSA keys is what costs time in these tests.
type keys struct {
	root, intermediate, p256, p384, p521 *ecdsa.PrivateKey
	rsa                                  *rsa.PrivateKey
}

var testKeys = sync.OnceValue(func() keys {
	ec := func(curve elliptic.Curve) *ecdsa.PrivateKey {
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			panic(err)
		}
		return key
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return keys{ec(elliptic.P256()), ec(elliptic.P256()), ec(elliptic.P256()), ec(elliptic.P384()), ec(elliptic.P521()), key}
})

// newChain issues root, intermediate and a user with the key.
func newChain(t testing.TB, user crypto.Signer) *cmstest.Chain {
	t.Helper()
	k := testKeys()
	c, err := cmstest.NewChain("Muster", now, cmstest.Keys{Root: k.root, Intermediate: k.intermediate, User: user})
	require.NoError(t, err)
	return c
}

// issue issues a certificate from a template.
func issue(t testing.TB, template *x509.Certificate, issuer cmstest.Signer, key crypto.Signer) cmstest.Signer {
	t.Helper()
	s, err := cmstest.Issue(template, issuer, key)
	require.NoError(t, err)
	return s
}

// validity is the usual period of certificates made here.
func validity() (from, to time.Time) { return now.Add(-24 * time.Hour), now.Add(24 * time.Hour) }

// certificates lists those of signers.
func certificates(signers ...cmstest.Signer) []*x509.Certificate {
	var list []*x509.Certificate
	for _, s := range signers {
		list = append(list, s.Certificate)
	}
	return list
}

// genuine are the options for a message like those of the service: BER, with
// the whole path in the bag.
func genuine(c *cmstest.Chain) cmstest.Options {
	return cmstest.Options{Form: cmstest.BER, Certificates: certificates(c.Intermediate, c.Root)}
}

// sign makes a message over text.
func sign(t testing.TB, s cmstest.Signer, o cmstest.Options) []byte {
	t.Helper()
	b, err := cmstest.Sign(text, s, o)
	require.NoError(t, err)
	return b
}

// newVerifier verifies under the chain's root for client authentication.
func newVerifier(t testing.TB, roots ...cmstest.Signer) *cms.Verifier {
	t.Helper()
	return verifierOf(t, cms.Config{Roots: certificates(roots...)})
}

func verifierOf(t testing.TB, c cms.Config) *cms.Verifier {
	t.Helper()
	c.ExtKeyUsage = x509.ExtKeyUsageClientAuth
	v, err := cms.New(c)
	require.NoError(t, err)
	return v
}

var errOtherText = errors.New("not the text that was sent")

// isText is the match function for text.
func isText(content []byte) error {
	if !bytes.Equal(content, text) {
		return errOtherText
	}
	return nil
}

// anyText is a match function that accepts everything.
func anyText([]byte) error { return nil }

// requireCheck asserts that err is an *Error of the check, whose text contains
// the fragment.
func requireCheck(t testing.TB, err error, check, fragment string) {
	t.Helper()
	var e *cms.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, check, e.Check, "%v", err)
	require.ErrorContains(t, err, fragment)
}

// anyUsage verifies without an extended key usage.
func anyUsage(t testing.TB, root cmstest.Signer) *cms.Verifier {
	t.Helper()
	v, err := cms.New(cms.Config{Roots: certificates(root)})
	require.NoError(t, err)
	return v
}
