package hermod

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
)

// TestSignerID: users that differ have keys that differ, also where somebody compares without regard to case.
func TestSignerID(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 121)
	keys := make(map[string]string)
	for user, want := range map[string]string{
		"alice":               "HERMOD-alice",
		"Alice":               "HERMOD-%41lice",
		"%41lice":             "HERMOD-%2541lice",
		"a.b_c-d@e.example":   "HERMOD-a.b_c-d@e.example",
		"a#b":                 "HERMOD-a%23b",
		long:                  "HERMOD-" + long,
		long + "a":            "HERMOD#",
		long + "b":            "HERMOD#",
		strings.ToUpper(long): "HERMOD#",
	} {
		id := signerID(mss.UserID{Private: mss.Conceal(user)})
		require.True(t, strings.HasPrefix(id, want), id)
		require.LessOrEqual(t, len(id), maxSignerID)
		folded := strings.ToUpper(id)
		require.NotContains(t, keys, folded, user)
		keys[folded] = user
	}
}

// TestNewSigner: a certificate needs no name, and its CN is not taken for one.
func TestNewSigner(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	c := userTemplate()
	c.Subject.ExtraNames = nil
	x := newExchange(t, r, sign, formatJWS)
	x.certified(issue(t, c, r.issuing, rsaKey()))
	sig, err := newVerifier(t, r.anchors).Verify(x.evidence())
	require.NoError(t, err)
	require.Empty(t, sig.Signer.GivenName.Reveal())
	require.Empty(t, sig.Signer.Surname.Reveal())
	require.True(t, sig.Signer.Person.IsZero())
	require.False(t, sig.Signer.Test)
}
