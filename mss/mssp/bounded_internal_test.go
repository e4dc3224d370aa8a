package mssp

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBoundedForgetsTheOldest(t *testing.T) {
	t.Parallel()
	key := func(n byte) [32]byte { return [32]byte{n} }
	b := newBounded(3)
	for n := range byte(3) {
		require.True(t, b.claim(key(n), "a"))
	}
	require.False(t, b.claim(key(0), "b"), "held by another, though others came since")
	require.True(t, b.claim(key(0), "a"), "its owner may come again")
	require.True(t, b.claim(key(3), "a"))
	require.Len(t, b.m, 3)
	require.True(t, b.claim(key(0), "b"), "the oldest is forgotten")
	require.False(t, b.claim(key(2), "b"))
	require.False(t, b.claim(key(3), "b"))
	for n := range 1000 {
		b.claim([32]byte{byte(n), byte(n >> 8), 1}, "a")
	}
	require.Len(t, b.m, 3)
	require.Len(t, b.order, 3)
}

func TestReplayMemoryIsAsDocumented(t *testing.T) {
	t.Parallel()
	require.Equal(t, 65536, maxReplays, "docs/decisions/006-comparison-code.md")
}
