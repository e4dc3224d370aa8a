package skmid

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReplays: the oldest is forgotten, and memory stays as it is.
func TestReplays(t *testing.T) {
	t.Parallel()
	r := newReplays(3)
	key := func(n byte) [32]byte { return [32]byte{n} }
	for n := range byte(3) {
		require.True(t, r.claim(key(n), "A"))
	}
	require.True(t, r.claim(key(0), "A"), "the same transaction again")
	require.False(t, r.claim(key(0), "B"))
	require.True(t, r.claim(key(3), "A"), "in the place of the oldest")
	require.True(t, r.claim(key(0), "B"), "which is forgotten, and entered anew")
	require.False(t, r.claim(key(2), "B"))
	for n := range 100 {
		r.claim(key(byte(n)), "C")
		require.LessOrEqual(t, len(r.m), 3)
	}
	require.Len(t, r.order, 3)
}
