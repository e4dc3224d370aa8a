package transport

import (
	"crypto/tls"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// generations is the built-in RoundTripper. All connections of a pool have been opened with one client certificate; a
// new certificate gets a new pool, with a session cache of its own: a resumed session would still be the old
// certificate's (SEC-14).
type generations struct {
	identity *Identity // nil: none
	newPool  func(*tls.Certificate) *pool
	logger   *slog.Logger

	mu      sync.Mutex // held while the present one is replaced
	present atomic.Pointer[generation]
}

type generation struct {
	state *identityState
	pool  *pool
}

func (g *generations) RoundTrip(req *http.Request) (*http.Response, error) {
	return g.current().RoundTrip(req)
}

// current returns the pool for the identity's present certificate.
func (g *generations) current() *pool {
	state := g.identity.current()
	if now := g.present.Load(); now != nil && now.state == state {
		return now.pool
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	old := g.present.Load()
	if old != nil && old.state == state {
		return old.pool
	}
	state.warn(g.logger, time.Now())
	if old != nil && old.state.cert == state.cert { // a reload that failed
		g.present.Store(&generation{state, old.pool})
		return old.pool
	}
	next := g.newPool(state.cert)
	g.present.Store(&generation{state, next})
	if old != nil {
		old.pool.retire()
	}
	return next
}

func (g *generations) closeIdle() { g.current().closeIdle() }
