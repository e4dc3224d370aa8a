package replays

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
