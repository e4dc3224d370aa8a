package transport

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
)

// pipe returns two ends of a TLS connection in memory, the client's counted.
func pipe(t *testing.T) (client *countedConn, server *tls.Conn) {
	t.Helper()
	s := httptest.NewTLSServer(nil) // for its certificate
	s.Close()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	a, b := net.Pipe()
	client = &countedConn{Conn: tls.Client(a, &tls.Config{RootCAs: roots, ServerName: "example.com"})}
	server = tls.Server(b, &tls.Config{Certificates: s.TLS.Certificates, SessionTicketsDisabled: true})
	done := make(chan error, 1)
	go func() { done <- server.Handshake() }()
	require.NoError(t, client.Handshake())
	require.NoError(t, <-done)
	t.Cleanup(func() {
		a.Close()
		b.Close()
	})
	return client, server
}

func TestSeal(t *testing.T) {
	t.Parallel()
	c, _ := pipe(t)
	c.begin()
	require.True(t, c.seal(), "the handshake is no part of a request")
	n, err := c.Write([]byte("late"))
	require.ErrorIs(t, err, errSealed)
	require.Zero(t, n)
}

func TestNoSealDuringWrite(t *testing.T) {
	t.Parallel()
	c, server := pipe(t)
	c.begin()
	done := make(chan error, 1)
	go func() {
		_, err := c.Write([]byte("POST"))
		done <- err
	}()
	buf := make([]byte, 1)
	_, err := server.NetConn().Read(buf) // the write has begun, and cannot end
	require.NoError(t, err)
	require.False(t, c.seal())
	server.NetConn().Close()
	require.Error(t, <-done)
	require.True(t, c.seal(), "half a record tells the peer nothing")
}

func TestNoSealAfterWrite(t *testing.T) {
	t.Parallel()
	c, server := pipe(t)
	c.begin()
	go server.Read(make([]byte, 10))
	_, err := c.Write([]byte("POST"))
	require.NoError(t, err)
	require.False(t, c.seal())
	c.begin()
	require.True(t, c.seal(), "each exchange has its own count")
}

// TestCloseInExchange: the closing alert would wait for a peer that does not read.
func TestCloseInExchange(t *testing.T) {
	t.Parallel()
	c, server := pipe(t)
	c.begin()
	require.NoError(t, c.Close())
	_, err := server.NetConn().Read(make([]byte, 1))
	require.Error(t, err, "an alert was sent")

	c, server = pipe(t)
	c.begin()
	c.end()
	alert := make(chan int, 1)
	go func() {
		n, _ := server.NetConn().Read(make([]byte, 100))
		alert <- n
	}()
	require.NoError(t, c.Close())
	require.NotZero(t, <-alert, "no alert was sent")
}

// TestAlertBeforeWrite: the refusal is read before the request is written, and net/http has closed the connection by
// then. The error must still tell the reason, not how the write failed.
func TestAlertBeforeWrite(t *testing.T) {
	t.Parallel()
	s := httptest.NewUnstartedServer(nil)
	s.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS13}
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	var d net.Dialer
	p := &pool{dialer: &dialer{dial: d.DialContext, tls: newTLSConfig(roots, pinning{}, nil)}, slots: make(chan struct{}, 1)}
	c, err := p.open(t.Context(), s.Listener.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { c.http.Close() })
	for c.http.Err() == nil {
		require.NoError(t, t.Context().Err())
		time.Sleep(time.Millisecond)
	}
	c.wire.begin()
	_, err = c.wire.Write([]byte("POST"))
	require.ErrorIs(t, err, net.ErrClosed)
	f := c.explain(t.Context(), err)
	require.Equal(t, mss.NotSent, f.sent)
	require.ErrorContains(t, f, hintIdentity)
}
