package transport

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
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
