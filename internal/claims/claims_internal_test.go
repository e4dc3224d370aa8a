package claims

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMemory: a signature is its transaction's for as long as it is remembered, and the oldest is forgotten first.
func TestMemory(t *testing.T) {
	t.Parallel()
	key := func(n int) (k [32]byte) {
		binary.BigEndian.PutUint64(k[:], uint64(n))
		return k
	}
	const size = 8
	r := New(size)
	for n := range 3 * size {
		require.True(t, r.Claim(key(n), "first"))
		require.True(t, r.Claim(key(n), "first"), "judged again")
		require.False(t, r.Claim(key(n), "second"))
		if n >= size {
			require.NotContains(t, r.m, key(n-size))
			require.False(t, r.Claim(key(n-size+1), "second"), "the oldest that is remembered")
		}
		require.Len(t, r.m, min(n+1, size))
	}
}

func TestForgetsTheOldest(t *testing.T) {
	t.Parallel()
	key := func(n byte) [32]byte { return [32]byte{n} }
	b := New(3)
	for n := range byte(3) {
		require.True(t, b.Claim(key(n), "a"))
	}
	require.False(t, b.Claim(key(0), "b"), "held by another, though others came since")
	require.True(t, b.Claim(key(0), "a"), "its owner may come again")
	require.True(t, b.Claim(key(3), "a"))
	require.Len(t, b.m, 3)
	require.True(t, b.Claim(key(0), "b"), "the oldest is forgotten")
	require.False(t, b.Claim(key(2), "b"))
	require.False(t, b.Claim(key(3), "b"))
	for n := range 1000 {
		b.Claim([32]byte{byte(n), byte(n >> 8), 1}, "a")
	}
	require.Len(t, b.m, 3)
	require.Len(t, b.order, 3)
}

// TestRelease: what is given back can be claimed by another, and nothing else is disturbed.
func TestRelease(t *testing.T) {
	t.Parallel()
	a, b, c, d := [32]byte{1}, [32]byte{2}, [32]byte{3}, [32]byte{4}
	m := New(3)
	require.True(t, m.Claim(a, "first"))
	m.Release(a, "another") // has no claim to it
	require.False(t, m.Claim(a, "second"))
	m.Release(a, "first")
	require.True(t, m.Claim(a, "second"))

	require.True(t, m.Claim(b, "first"))
	require.True(t, m.Claim(c, "first")) // in the place that was given back
	require.False(t, m.Claim(a, "third"))
	require.True(t, m.Claim(d, "first")) // a is forgotten
	m.Release(a, "second")
	m.Release([32]byte{9}, "nobody")
	require.False(t, m.Claim(d, "second"))
}
