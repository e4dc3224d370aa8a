package bankid_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/bankid"
	"github.com/gomss/gomss/adapters/bankid/bankidtest"
)

// loadWorkers are the logins at once; loadLogins, in all, are fewer under the race detector.
const loadWorkers = 64

// TestLoad logs in ten thousand times over mutual TLS (fewer with the race detector): as few handshakes as there are logins at
// once, no goroutine left, one order each.
func TestLoad(t *testing.T) {
	srv := bankidtest.NewServer(t, &bankidtest.Options{CollectFreely: true})
	cfg := bankid.Config{HTTP: srv.HTTP(), Anchors: srv.Anchors(), Pace: time.Millisecond}
	cfg.HTTP.MaxConns = loadWorkers
	c, err := bankid.New(cfg)
	require.NoError(t, err)
	defer c.Close()
	once := func() error {
		tx, err := c.Start(t.Context(), login())
		if err != nil {
			return err
		}
		for {
			st, err := c.Poll(t.Context(), tx, 0)
			if err != nil {
				return err
			}
			if st.Evidence != nil {
				_, err := c.Verify(st.Evidence)
				return err
			}
		}
	}
	require.NoError(t, once())
	before := runtime.NumGoroutine()
	var next, failed, most atomic.Int64
	var workers sync.WaitGroup
	for range loadWorkers {
		workers.Go(func() {
			for next.Add(1) <= loadLogins {
				if err := once(); err != nil && failed.Add(1) == 1 {
					t.Error(err)
				}
				most.Store(max(most.Load(), int64(runtime.NumGoroutine())))
			}
		})
	}
	workers.Wait()
	require.Zero(t, failed.Load())
	require.Equal(t, loadLogins+1, srv.Prompts())
	require.LessOrEqual(t, srv.Handshakes(), loadWorkers+loadWorkers/16, "on a busy machine net/http gives a connection up now and then")
	require.LessOrEqual(t, most.Load(), int64(before+loadWorkers*7), "nothing grows with the logins")
	t.Logf("%d logins, %d handshakes, at most %d goroutines (%d before)", loadLogins, srv.Handshakes(), most.Load(), before)
}
