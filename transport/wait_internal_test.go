package transport

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// TestWaitForASlotIsBounded holds the only slot.
func TestWaitForASlotIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pool{slots: make(chan struct{}, 1)}
		require.NoError(t, p.wait(t.Context()))
		begun := time.Now()
		require.ErrorContains(t, p.wait(t.Context()), "Config.MaxConns")
		require.Equal(t, 10*time.Second, time.Since(begun))
		go func() {
			time.Sleep(3 * time.Second)
			<-p.slots
		}()
		require.NoError(t, p.wait(t.Context()))
		require.Equal(t, 13*time.Second, time.Since(begun))
	})
}
