package transport_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

var quiet = log.New(io.Discard, "", 0)

// site is an HTTPS server that asks for a client certificate and counts.
type site struct {
	*httptest.Server
	roots      []*x509.Certificate
	handshakes atomic.Int32
	resumed    atomic.Int32
	requests   atomic.Int32
	mu         sync.Mutex
	peers      [][]*x509.Certificate // the client's certificates, a handshake each
}

func newSite(t testing.TB, handler http.HandlerFunc, change ...func(*httptest.Server)) *site {
	t.Helper()
	ca := newAuthority(t)
	s := &site{roots: ca.roots()}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		handler(w, r)
	}))
	s.TLS = &tls.Config{
		Certificates: []tls.Certificate{ca.server(t)},
		ClientAuth:   tls.RequestClientCert,
		VerifyConnection: func(cs tls.ConnectionState) error {
			s.handshakes.Add(1)
			if cs.DidResume {
				s.resumed.Add(1)
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			s.peers = append(s.peers, cs.PeerCertificates)
			return nil
		},
	}
	s.Config.ErrorLog = quiet
	for _, f := range change {
		f(s.Server)
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// client returns a client for s; change may set further fields.
func (s *site) client(t testing.TB, change ...func(*transport.Config)) *transport.Client {
	t.Helper()
	return newClient(t, transport.Config{URL: s.URL, Roots: s.roots}, change...)
}

func newClient(t testing.TB, cfg transport.Config, change ...func(*transport.Config)) *transport.Client {
	t.Helper()
	for _, f := range change {
		f(&cfg)
	}
	c, err := transport.New(cfg)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func answer(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "text/xml;charset=UTF-8")
	io.WriteString(w, "<answer/>")
}

// rawSite is a TLS server whose connections are handled octet by octet.
type rawSite struct {
	cfg   transport.Config
	conns atomic.Int32
	asked atomic.Int32 // connections on which octets of HTTP came
}

func newRawSite(t testing.TB, handle func(s *rawSite, c *tls.Conn), change ...func(*tls.Config)) *rawSite {
	t.Helper()
	ca := newAuthority(t)
	conf := &tls.Config{Certificates: []tls.Certificate{ca.server(t)}}
	for _, f := range change {
		f(conf)
	}
	s := new(rawSite)
	addr := listen(t, func(c net.Conn) {
		s.conns.Add(1)
		conn := tls.Server(c, conf)
		if conn.Handshake() == nil {
			handle(s, conn)
		}
	})
	s.cfg = transport.Config{URL: "https://" + addr, Roots: ca.roots()}
	return s
}

// listen serves TCP connections until the test ends, and closes each when its handler returns.
func listen(t testing.TB, handle func(net.Conn)) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		conns []net.Conn
	)
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns = append(conns, c)
			mu.Unlock()
			wg.Go(func() {
				defer c.Close()
				handle(c)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for _, c := range conns {
			c.Close()
		}
		mu.Unlock()
		wg.Wait()
	})
	return l.Addr().String()
}

// readRequest reads one request with its body; false: none came.
func (s *rawSite) readRequest(r *bufio.Reader) bool {
	if _, err := r.Peek(1); err != nil {
		return false
	}
	s.asked.Add(1)
	req, err := http.ReadRequest(r)
	if err != nil {
		return false
	}
	io.Copy(io.Discard, req.Body)
	return true
}

// untilClosed waits until the peer closes.
func untilClosed(c net.Conn) { io.Copy(io.Discard, c) }

const plainAnswer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"

func prompt() *transport.Exchange {
	return &transport.Exchange{Path: "/sign", ContentType: "text/xml", Body: []byte("<sign/>"), Prompts: true}
}

func poll() *transport.Exchange {
	return &transport.Exchange{Path: "/status", ContentType: "text/xml", Body: []byte("<status/>")}
}

// requireFailure wants a *mss.TransportError and returns it.
func requireFailure(t testing.TB, err error, sent mss.Sent) *mss.TransportError {
	t.Helper()
	require.Error(t, err)
	failure, ok := errors.AsType[*mss.TransportError](err)
	require.True(t, ok, "%T: %v", err, err)
	require.Equal(t, sent, failure.Sent, "%v", err)
	return failure
}

// soon is how long a test waits for what must come.
const soon = 5 * time.Second
