package transport_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// TestCancel ends the context at each point where an exchange can wait.
func TestCancel(t *testing.T) {
	t.Parallel()
	reached := func(c chan struct{}) func(net.Conn) {
		return func(conn net.Conn) {
			conn.Read(make([]byte, 1))
			c <- struct{}{}
			untilClosed(conn)
		}
	}
	server := func(handle func(c *tls.Conn, r *bufio.Reader, at chan struct{})) func(*testing.T, chan struct{}) transport.Config {
		return func(t *testing.T, at chan struct{}) transport.Config {
			return newRawSite(t, func(s *rawSite, c *tls.Conn) {
				r := bufio.NewReader(c)
				handle(c, r, at)
				untilClosed(c.NetConn())
			}).cfg
		}
	}
	for name, tc := range map[string]struct {
		cfg    func(t *testing.T, at chan struct{}) transport.Config
		body   int
		step   string
		sent   mss.Sent
		status int
	}{
		"TLS handshake": {func(t *testing.T, at chan struct{}) transport.Config {
			return transport.Config{URL: "https://" + listen(t, reached(at)), Roots: newAuthority(t).roots()}
		}, 10, "TLS handshake: ", mss.NotSent, 0},
		"proxy": {func(t *testing.T, at chan struct{}) transport.Config {
			return transport.Config{
				URL: "https://mss.example", Roots: newAuthority(t).roots(), Proxy: &transport.Proxy{URL: "http://" + listen(t, reached(at))},
			}
		}, 10, "proxy: ", mss.NotSent, 0},
		"writing": {server(func(c *tls.Conn, r *bufio.Reader, at chan struct{}) {
			r.ReadByte()
			at <- struct{}{}
			time.Sleep(100 * time.Millisecond) // the socket's buffers fill up
		}), 16 << 20, "", mss.MaybeSent, 0},
		"waiting for the answer": {server(func(c *tls.Conn, r *bufio.Reader, at chan struct{}) {
			r.ReadByte()
			at <- struct{}{}
		}), 10, "read: ", mss.MaybeSent, 0},
		"in the answer's header": {server(func(c *tls.Conn, r *bufio.Reader, at chan struct{}) {
			r.ReadByte()
			io.WriteString(c, "HTTP/1.1 20")
			at <- struct{}{}
		}), 10, "read: ", mss.MaybeSent, 0},
		"in the answer's body": {server(func(c *tls.Conn, r *bufio.Reader, at chan struct{}) {
			r.ReadByte()
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
			time.Sleep(50 * time.Millisecond)
			at <- struct{}{}
		}), 10, "read: ", mss.Answered, 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := make(chan struct{}, 1)
			c := newClient(t, tc.cfg(t, at))
			stop := errors.New("the shop closed")
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			done := make(chan error, 1)
			go func() {
				_, err := c.Do(ctx, &transport.Exchange{Body: bytes.Repeat([]byte("x"), tc.body), Prompts: true})
				done <- err
			}()
			within(t, at)
			time.Sleep(10 * time.Millisecond)
			start := time.Now()
			cancel(stop)
			err := within(t, done)
			require.Less(t, time.Since(start), 250*time.Millisecond)
			failure := requireFailure(t, err, tc.sent)
			require.Equal(t, tc.status, failure.Status)
			require.ErrorIs(t, err, stop)
			require.ErrorIs(t, err, context.Canceled)
			require.ErrorContains(t, err, tc.step+"canceled by the caller")
			require.NotContains(t, err.Error(), "shop", "a cause may say anything")
		})
	}
}

func TestCancelWhileDialing(t *testing.T) {
	t.Parallel()
	c := newClient(t, transport.Config{URL: "https://mss.example", Roots: newAuthority(t).roots()})
	transport.SetDial(c, func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err := c.Do(ctx, prompt())
	requireFailure(t, err, mss.NotSent)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, "dial: the caller's deadline passed before the server's address answered: no route")
}

func TestCancelWhileWaitingForConnection(t *testing.T) {
	t.Parallel()
	at := make(chan struct{}, 1)
	s := newRawSite(t, func(s *rawSite, c *tls.Conn) {
		s.readRequest(bufio.NewReader(c))
		at <- struct{}{}
		untilClosed(c)
	})
	c := newClient(t, s.cfg, func(cfg *transport.Config) { cfg.MaxConns = 1 })
	ctx, cancel := context.WithCancel(t.Context())
	busy := make(chan error, 1)
	go func() {
		_, err := c.Do(ctx, prompt())
		busy <- err
	}()
	within(t, at)
	short, stop := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer stop()
	_, err := c.Do(short, prompt())
	requireFailure(t, err, mss.NotSent)
	require.ErrorContains(t, err, "wait: the caller's deadline passed while all connections were in use: raise Config.MaxConns")
	cancel()
	requireFailure(t, within(t, busy), mss.MaybeSent)
}

// TestCancelBefore: a context that is done already opens no connection.
func TestCancelBefore(t *testing.T) {
	t.Parallel()
	s := newSite(t, answer)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 {
		_, err := s.client(t).Do(ctx, prompt())
		requireFailure(t, err, mss.NotSent)
		require.ErrorIs(t, err, context.Canceled)
	}
	require.Zero(t, s.handshakes.Load())

	// Nor is a warm connection used.
	c := s.client(t)
	for i := range 50 {
		_, err := c.Do(t.Context(), prompt())
		require.NoError(t, err)
		_, err = c.Do(ctx, prompt())
		requireFailure(t, err, mss.NotSent)
		require.EqualValues(t, i+1, s.requests.Load())
	}
	require.EqualValues(t, 1, s.handshakes.Load())
}
