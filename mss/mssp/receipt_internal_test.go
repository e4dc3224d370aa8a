package mssp

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestBoundedRelease: what is given back can be claimed by another, and nothing else is disturbed.
func TestBoundedRelease(t *testing.T) {
	t.Parallel()
	a, b, c, d := [32]byte{1}, [32]byte{2}, [32]byte{3}, [32]byte{4}
	m := newBounded(3)
	require.True(t, m.claim(a, "first"))
	m.release(a, "another") // has no claim to it
	require.False(t, m.claim(a, "second"))
	m.release(a, "first")
	require.True(t, m.claim(a, "second"))

	require.True(t, m.claim(b, "first"))
	require.True(t, m.claim(c, "first")) // in the place that was given back
	require.False(t, m.claim(a, "third"))
	require.True(t, m.claim(d, "first")) // a is forgotten
	m.release(a, "second")
	m.release([32]byte{9}, "nobody")
	require.False(t, m.claim(d, "second"))
}
