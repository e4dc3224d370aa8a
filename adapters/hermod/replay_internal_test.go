package hermod

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReplays: a signature is its command's for as long as it is remembered, and the oldest is forgotten first.
func TestReplays(t *testing.T) {
	t.Parallel()
	key := func(n int) (k [32]byte) {
		binary.BigEndian.PutUint64(k[:], uint64(n))
		return k
	}
	const size = 8
	r := newReplays(size)
	for n := range 3 * size {
		require.True(t, r.claim(key(n), "first"))
		require.True(t, r.claim(key(n), "first"), "judged again")
		require.False(t, r.claim(key(n), "second"))
		if n >= size {
			require.NotContains(t, r.m, key(n-size))
			require.False(t, r.claim(key(n-size+1), "second"), "the oldest that is remembered")
		}
		require.Len(t, r.m, min(n+1, size))
	}
}
