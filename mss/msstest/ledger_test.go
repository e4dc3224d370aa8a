package msstest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLedgerForgets(t *testing.T) {
	t.Parallel()
	var l ledger[int, string]
	start := time.Now()
	l.put(0, "x", start, start.Add(time.Second))
	v, ok := l.get(0, start)
	require.True(t, ok)
	require.Equal(t, "x", v)
	_, ok = l.get(0, start.Add(time.Second))
	require.False(t, ok, "expired")

	for i := range 10 * ledgerFloor {
		now := start.Add(time.Duration(i) * time.Second)
		l.put(i, "", now, now.Add(10*time.Second))
	}
	require.LessOrEqual(t, len(l.entries), 2*ledgerFloor, "what has expired is swept out")
	_, ok = l.get(10*ledgerFloor-1, start)
	require.True(t, ok)
}
