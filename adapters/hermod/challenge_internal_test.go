package hermod

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestChallenge: it is of its command alone, never the same twice, and looks like what it is.
func TestChallenge(t *testing.T) {
	t.Parallel()
	a, b := newChallenge("T1"), newChallenge("T1")
	require.NotEqual(t, a, b)
	lines := strings.Split(string(a), "\n")
	require.Len(t, lines, 3)
	require.Equal(t, []string{"gomss hermod authentication 1", "T1"}, lines[:2])
	require.Len(t, lines[2], 43, "32 octets in base64url")
	require.True(t, isChallenge(a, "T1"))
	require.True(t, looksLikeChallenge(a))
	for _, id := range []string{"", "T", "T11", "T2", "T1\n"} {
		require.False(t, isChallenge(a, id), id)
	}
	for i := range a {
		cut := a[:i]
		require.False(t, isChallenge(cut, "T1"), i)
		require.Equal(t, i >= len(challengePrefix), looksLikeChallenge(cut), i)
	}
}
