package hermod_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/adapters/hermod/hermodtest"
	"github.com/gomss/gomss/mss"
)

const (
	loadWorkers = 48  // logins at once
	loadLogins  = 240 // in all
)

// TestLoad logs in over TLS, many at once, with callbacks over TLS as well: as few handshakes as there are logins at once, no
// goroutine left, one command each, and nothing lost.
func TestLoad(t *testing.T) {
	srv := hermodtest.New(t, hermodtest.Options{})
	srv.Person(hermodtest.Person{Delay: time.Millisecond})
	cfg := srv.Config()
	cfg.HTTP.MaxConns = loadWorkers
	cfg.Registry = hermod.NewMemoryRegistry()
	device, err := srv.Enroll(aliceID)
	require.NoError(t, err)
	require.NoError(t, cfg.Registry.Put(t.Context(), device))
	c, err := hermod.New(cfg)
	require.NoError(t, err)
	defer c.Close()
	srv.CallbackTo(c.Callback())
	once := func() error {
		sig, err := mss.Sign(t.Context(), c, login(), func(mss.Prompt) {})
		if err == nil && !sig.Fresh {
			t.Error("not fresh")
		}
		return err
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
	srv.AssertPrompts(t, loadLogins+1)
	require.LessOrEqual(t, srv.Handshakes(), loadWorkers+loadWorkers/8, "on a busy machine net/http gives a connection up now and then")
	require.LessOrEqual(t, most.Load(), int64(before+loadWorkers*16), "nothing grows with the logins: workers, connections both ways, devices")
	t.Logf("%d logins, %d handshakes, at most %d goroutines (%d before)", loadLogins, srv.Handshakes(), most.Load(), before)
}
