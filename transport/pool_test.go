package transport_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// TestHandshakes has many workers, and counts on the server: never more handshakes than exchanges at once, none in the
// steady state, and no goroutine more at the end than at the beginning of it.
func TestHandshakes(t *testing.T) {
	const workers, each = 64, 25
	// net/http gives up a connection whose writing goroutine was not scheduled within 50 ms after the answer. On a busy
	// machine that happens now and then; a pool that is wrong makes hundreds of handshakes.
	const most = workers + 4
	s := newSite(t, answer)
	c := s.client(t) // MaxConns is larger than workers
	work := func() {
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() {
				for i := range each {
					x := poll()
					x.Prompts = i%2 == 0
					if _, err := c.Do(t.Context(), x); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
	}
	work()
	warm, goroutines := s.handshakes.Load(), runtime.NumGoroutine()
	require.LessOrEqual(t, warm, int32(most))
	for range 3 {
		work()
	}
	require.LessOrEqual(t, s.handshakes.Load(), int32(most))
	require.EqualValues(t, 4*workers*each, s.requests.Load())
	for deadline := time.Now().Add(soon); runtime.NumGoroutine() > goroutines+16 && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond) // some still end
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), goroutines+16)

	before := s.handshakes.Load()
	for range 100 {
		_, err := c.Do(t.Context(), poll())
		require.NoError(t, err)
	}
	require.LessOrEqual(t, s.handshakes.Load(), before+1, "a warm client makes handshakes")
}

// TestResumption: the next connection after the idle ones are gone is cheap.
func TestResumption(t *testing.T) {
	t.Parallel()
	s := newSite(t, answer)
	c := s.client(t, func(cfg *transport.Config) { cfg.Identity = newIdentity(t) })
	for range 3 {
		_, err := c.Do(t.Context(), poll())
		require.NoError(t, err)
		c.Close()
	}
	require.EqualValues(t, 3, s.handshakes.Load())
	require.EqualValues(t, 2, s.resumed.Load())
}

func TestMaxConns(t *testing.T) {
	t.Parallel()
	var now, most atomic.Int32
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		n := now.Add(1)
		for {
			if m := most.Load(); n <= m || most.CompareAndSwap(m, n) {
				break
			}
		}
		time.Sleep(2 * time.Millisecond)
		now.Add(-1)
	})
	c := s.client(t, func(cfg *transport.Config) { cfg.MaxConns = 3 })
	var wg sync.WaitGroup
	for range 30 {
		wg.Go(func() {
			_, err := c.Do(t.Context(), poll())
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 3, most.Load())
	require.EqualValues(t, 3, s.handshakes.Load())
}

// TestSlotsComeBack: a failed exchange of each kind gives its slot back.
func TestSlotsComeBack(t *testing.T) {
	t.Parallel()
	s := newRawSite(t, func(s *rawSite, c *tls.Conn) {
		s.readRequest(bufio.NewReader(c))
		if s.asked.Load()%2 == 0 {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
		}
	})
	c := newClient(t, s.cfg, func(cfg *transport.Config) { cfg.MaxConns = 1 })
	bad := s.cfg
	bad.URL, bad.MaxConns = closedPort(t), 1
	dead := newClient(t, bad)
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	for range 4 {
		_, err := c.Do(ctx, prompt())
		require.Error(t, err)
		_, err = dead.Do(ctx, prompt())
		require.Error(t, err)
	}
	require.NoError(t, ctx.Err())
}

// TestKeptConnectionsAreBounded: with two servers, MaxConns holds for both together.
func TestKeptConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	first := newRawSite(t, func(s *rawSite, c *tls.Conn) {
		r := bufio.NewReader(c)
		s.readRequest(r)
		io.WriteString(c, plainAnswer)
		r.ReadByte()
		close(ended)
	})
	second := newSite(t, answer)
	c := newClient(t, first.cfg, func(cfg *transport.Config) {
		cfg.MaxConns, cfg.Roots = 1, append(cfg.Roots, second.roots...)
	})
	_, err := c.Do(t.Context(), poll())
	require.NoError(t, err)
	_, err = c.Do(t.Context(), &transport.Exchange{Path: second.URL})
	require.NoError(t, err)
	within(t, ended)
}

func TestConnectionCloseIsObeyed(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Connection", "close") })
	c := s.client(t)
	for range 3 {
		_, err := c.Do(t.Context(), prompt())
		require.NoError(t, err)
	}
	require.EqualValues(t, 3, s.handshakes.Load())
}

// memory is a network of net.Pipe with one TLS server, for tests in a synctest bubble.
type memory struct {
	conf  *tls.Config
	serve func(*tls.Conn)
	conns atomic.Int32
}

func (m *memory) dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	m.conns.Add(1)
	go func() {
		defer server.Close()
		conn := tls.Server(server, m.conf)
		if conn.Handshake() == nil {
			m.serve(conn)
		}
	}()
	return client, nil
}

// newMemory must be called in the bubble: certificates are valid by its clock.
func newMemory(t *testing.T, serve func(*tls.Conn)) (*memory, *transport.Client) {
	ca := newAuthority(t)
	m := &memory{serve: serve, conf: &tls.Config{Certificates: []tls.Certificate{ca.server(t)}, SessionTicketsDisabled: true}}
	c := newClient(t, transport.Config{URL: "https://127.0.0.1", Roots: ca.roots()})
	transport.SetDial(c, m.dial)
	return m, c
}

func serveAnswers(c *tls.Conn) {
	r := bufio.NewReader(c)
	for {
		req, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		io.Copy(io.Discard, req.Body)
		io.WriteString(c, plainAnswer)
	}
}

// TestIdleTimeout: the service closes connections after 10 s; ours are gone before.
func TestIdleTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		require.Less(t, transport.IdleTimeout, 10*time.Second)
		ended := make(chan time.Time, 1)
		m, c := newMemory(t, func(conn *tls.Conn) {
			serveAnswers(conn)
			ended <- time.Now()
		})
		ask := func() {
			_, err := c.Do(t.Context(), prompt())
			require.NoError(t, err)
		}
		ask()
		time.Sleep(transport.IdleTimeout - time.Millisecond)
		ask()
		last := time.Now()
		require.EqualValues(t, 1, m.conns.Load(), "use begins the time anew")
		time.Sleep(time.Minute)
		require.Equal(t, transport.IdleTimeout, (<-ended).Sub(last), "closed without being asked")
		ask()
		require.EqualValues(t, 2, m.conns.Load())
	})
}

// TestStepLimits: each step of a new connection has its own end.
func TestStepLimits(t *testing.T) {
	t.Parallel()
	blackHole := func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: context.DeadlineExceeded}
	}
	mute := func(t *testing.T) func(context.Context, string, string) (net.Conn, error) {
		return func(context.Context, string, string) (net.Conn, error) {
			client, server := net.Pipe()
			t.Cleanup(func() { server.Close() })
			go untilClosed(server)
			return client, nil
		}
	}
	for name, tc := range map[string]struct {
		proxy *transport.Proxy
		dial  func(*testing.T) func(context.Context, string, string) (net.Conn, error)
		limit time.Duration
		text  string
	}{
		"TCP": {nil, func(*testing.T) func(context.Context, string, string) (net.Conn, error) { return blackHole }, 15 * time.Second,
			"dial: no answer within 15s: no route to it, a firewall, or a proxy is needed (Config.Proxy)"},
		"CONNECT": {&transport.Proxy{URL: "http://proxy.example"}, mute, 15 * time.Second, "proxy: no answer to CONNECT"},
		"TLS":     {nil, mute, 10 * time.Second, "TLS handshake: no end within 10s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newClient(t, transport.Config{URL: "https://127.0.0.1", Roots: newAuthority(t).roots(), Proxy: tc.proxy})
				transport.SetDial(c, tc.dial(t))
				start := time.Now()
				_, err := c.Do(t.Context(), prompt())
				requireFailure(t, err, mss.NotSent)
				require.ErrorContains(t, err, tc.text)
				require.Equal(t, tc.limit, time.Since(start))
			})
		})
	}
}

// TestNoLimitOfItsOwn: a person may take their time; only ctx ends the wait for an answer.
func TestNoLimitOfItsOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, c := newMemory(t, func(conn *tls.Conn) {
			http.ReadRequest(bufio.NewReader(conn))
			time.Sleep(10 * time.Minute)
			io.WriteString(conn, plainAnswer)
		})
		reply, err := c.Do(t.Context(), prompt())
		require.NoError(t, err)
		require.Equal(t, "ok", string(reply.Body))
	})
}
