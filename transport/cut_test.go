package transport_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// closedPort returns a URL where nobody listens.
func closedPort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return "https://" + l.Addr().String()
}

// TestCut has servers that end the connection at each point of an exchange. Each must see one request at most.
func TestCut(t *testing.T) {
	t.Parallel()
	big := bytes.Repeat([]byte("x"), 8<<20)
	for name, tc := range map[string]struct {
		server func(s *rawSite, c *tls.Conn, r *bufio.Reader)
		body   []byte
		sent   mss.Sent
		status int
		asked  int32
	}{
		"in the header": {func(s *rawSite, c *tls.Conn, r *bufio.Reader) {
			r.ReadByte()
			s.asked.Add(1)
		}, big, mss.MaybeSent, 0, 1},
		"in the body": {func(s *rawSite, c *tls.Conn, r *bufio.Reader) {
			s.asked.Add(1)
			req, _ := http.ReadRequest(r)
			io.CopyN(io.Discard, req.Body, 1000)
		}, big, mss.MaybeSent, 0, 1},
		"after the body": {func(s *rawSite, c *tls.Conn, r *bufio.Reader) {
			s.readRequest(r)
		}, nil, mss.MaybeSent, 0, 1},
		"reset after the body": {func(s *rawSite, c *tls.Conn, r *bufio.Reader) {
			s.readRequest(r)
			c.NetConn().(*net.TCPConn).SetLinger(0)
			c.NetConn().Close()
		}, nil, mss.MaybeSent, 0, 1},
		"in the status line": {func(s *rawSite, c *tls.Conn, r *bufio.Reader) {
			s.readRequest(r)
			io.WriteString(c, "HTTP/1.1 2")
		}, nil, mss.MaybeSent, 0, 1},
		"in the answer's header": {func(s *rawSite, c *tls.Conn, r *bufio.Reader) {
			s.readRequest(r)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Le")
		}, nil, mss.MaybeSent, 0, 1},
		"after 100 Continue": {func(s *rawSite, c *tls.Conn, r *bufio.Reader) {
			s.readRequest(r)
			io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
		}, nil, mss.MaybeSent, 0, 1},
		"in the answer's body": {func(s *rawSite, c *tls.Conn, r *bufio.Reader) {
			s.readRequest(r)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<answ")
		}, nil, mss.Answered, 200, 1},
		"in a chunk": {func(s *rawSite, c *tls.Conn, r *bufio.Reader) {
			s.readRequest(r)
			io.WriteString(c, "HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n<answ")
		}, nil, mss.Answered, 500, 1},
		"before anything": {func(s *rawSite, c *tls.Conn, r *bufio.Reader) {}, nil, 0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newRawSite(t, func(s *rawSite, c *tls.Conn) { tc.server(s, c, bufio.NewReader(c)) })
			c := newClient(t, s.cfg)
			for _, x := range []*transport.Exchange{prompt(), poll()} {
				s.asked.Store(0)
				s.conns.Store(0)
				if tc.body != nil {
					x.Body = tc.body
				}
				_, err := c.Do(t.Context(), x)
				if tc.sent != 0 { // else the server's end and our writing race, and either answer may be right
					failure := requireFailure(t, err, tc.sent)
					require.Equal(t, tc.status, failure.Status)
					if tc.sent == mss.Answered {
						require.Equal(t, "<answ", failure.Body.Reveal())
						require.NotContains(t, err.Error(), "<answ")
					}
				}
				require.Equal(t, tc.asked, s.asked.Load())
				require.EqualValues(t, 1, s.conns.Load(), "a fresh connection's failure is no reason to repeat")
			}
		})
	}
}

// TestCutBeforeHTTP: until the TLS handshake is over, nothing can have been sent.
func TestCutBeforeHTTP(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	cut := listen(t, func(c net.Conn) { io.ReadFull(c, make([]byte, 50)) })
	plain := listen(t, func(c net.Conn) {
		io.WriteString(c, plainAnswer)
		untilClosed(c)
	})
	for name, tc := range map[string]struct{ url, text string }{
		"refused":   {closedPort(t), "dial: connection refused: the server was reached"},
		"handshake": {"https://" + cut, "TLS handshake: connection "},
		"no TLS":    {"https://" + plain, "TLS handshake: the peer does not speak TLS"},
		"no name":   {"https://mss.invalid", "dial: the host name cannot be resolved"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := newClient(t, transport.Config{URL: tc.url, Roots: ca.roots()}).Do(t.Context(), prompt())
			requireFailure(t, err, mss.NotSent)
			require.ErrorContains(t, err, tc.text)
		})
	}
}

// TestRepeatOfPolls: the server cuts a kept connection when the second request comes on it.
func TestRepeatOfPolls(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		x       *transport.Exchange
		partial string // what the server sends before it cuts
		always  bool   // it cuts new connections, too
		asked   int32
		ok      bool
	}{
		"poll":                {poll(), "", false, 3, true},
		"GET":                 {&transport.Exchange{}, "", false, 3, true},
		"DELETE":              {&transport.Exchange{Method: "DELETE"}, "", false, 2, false},
		"POST by name":        {&transport.Exchange{Method: "POST", Body: []byte("x")}, "", false, 2, false},
		"poll, dead server":   {poll(), "", true, 3, false},
		"poll, octet came":    {poll(), "H", false, 2, false},
		"poll, 100 came":      {poll(), "HTTP/1.1 100 Continue\r\n\r\n", false, 2, false},
		"prompt":              {prompt(), "", false, 2, false},
		"prompt, dead server": {prompt(), "", true, 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newRawSite(t, func(s *rawSite, c *tls.Conn) {
				r := bufio.NewReader(c)
				if !s.readRequest(r) || tc.always && s.asked.Load() > 1 {
					return
				}
				io.WriteString(c, plainAnswer)
				if s.readRequest(r) {
					io.WriteString(c, tc.partial)
				}
			})
			c := newClient(t, s.cfg)
			_, err := c.Do(t.Context(), poll())
			require.NoError(t, err)

			reply, err := c.Do(t.Context(), tc.x)
			if tc.ok {
				require.NoError(t, err)
				require.Equal(t, "ok", string(reply.Body))
			} else {
				requireFailure(t, err, mss.MaybeSent)
			}
			require.Equal(t, tc.asked, s.asked.Load())
		})
	}
}

// TestRenewedRepeat: what is sent the second time is what Renew makes, once.
func TestRenewedRepeat(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		renewed string
		sent    []string
		ok      bool
	}{
		"another message": {"<again/>", []string{"<status/>", "<status/>", "<again/>"}, true},
		"none":            {"", []string{"<status/>", "<status/>"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bodies := make(chan string, 9)
			s := newRawSite(t, func(_ *rawSite, c *tls.Conn) {
				r := bufio.NewReader(c)
				for range 2 { // the second gets no answer
					req, err := http.ReadRequest(r)
					if err != nil {
						return
					}
					body, _ := io.ReadAll(req.Body)
					bodies <- string(body)
					if string(body) == "<again/>" || len(bodies) == 1 {
						io.WriteString(c, plainAnswer)
					}
				}
			})
			c := newClient(t, s.cfg)
			_, err := c.Do(t.Context(), poll())
			require.NoError(t, err)
			x, times := poll(), 0
			x.Renew = func() []byte { times++; return []byte(tc.renewed) }
			_, err = c.Do(t.Context(), x)
			if tc.ok {
				require.NoError(t, err)
			} else {
				requireFailure(t, err, mss.MaybeSent)
			}
			require.Equal(t, 1, times)
			require.Equal(t, "<status/>", string(x.Body), "it is the caller's")
			for _, want := range tc.sent {
				require.Equal(t, want, <-bodies)
			}
			require.Empty(t, bodies)
		})
	}
}

// TestDeadConnectionIsNoticed: a connection that the server closed between exchanges costs nothing, even a prompt.
func TestDeadConnectionIsNoticed(t *testing.T) {
	t.Parallel()
	s := newRawSite(t, func(s *rawSite, c *tls.Conn) {
		s.readRequest(bufio.NewReader(c))
		io.WriteString(c, plainAnswer)
		time.Sleep(20 * time.Millisecond) // the client has put the connection aside
	})
	c := newClient(t, s.cfg)
	for range 3 {
		_, err := c.Do(t.Context(), prompt())
		require.NoError(t, err)
		time.Sleep(100 * time.Millisecond) // the server's end reaches the client
	}
	require.EqualValues(t, 3, s.conns.Load())
}

// TestRepeatTakesNewConnection: of two kept connections both are dead, which shows when one of them is used.
func TestRepeatTakesNewConnection(t *testing.T) {
	t.Parallel()
	var both sync.WaitGroup
	both.Add(2)
	s := newRawSite(t, func(s *rawSite, c *tls.Conn) {
		r := bufio.NewReader(c)
		s.readRequest(r)
		if s.conns.Load() <= 2 {
			both.Done()
			both.Wait()
		}
		io.WriteString(c, plainAnswer)
		s.readRequest(r)
	})
	c := newClient(t, s.cfg)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if _, err := c.Do(t.Context(), poll()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	_, err := c.Do(t.Context(), poll())
	require.NoError(t, err)
	require.EqualValues(t, 3, s.conns.Load())
	require.EqualValues(t, 4, s.asked.Load())
}

// brittleConn is a network connection that can be made to fail.
type brittleConn struct {
	net.Conn
	room   atomic.Int64 // octets that can still be written; negative: any number
	writes atomic.Int32
}

func (c *brittleConn) Write(p []byte) (int, error) {
	c.writes.Add(1)
	room := c.room.Load()
	if room < 0 {
		return c.Conn.Write(p)
	}
	if int64(len(p)) <= room {
		c.room.Add(-int64(len(p)))
		return c.Conn.Write(p)
	}
	n, _ := c.Conn.Write(p[:room])
	return n, &net.OpError{Op: "write", Net: "tcp", Err: syscall.EPIPE}
}

// TestCutInWriting: what has been written is counted in octets that the server can read.
func TestCutInWriting(t *testing.T) {
	t.Parallel()
	big := bytes.Repeat([]byte("x"), 100_000)
	for name, tc := range map[string]struct {
		room int64
		body []byte
		sent mss.Sent
	}{
		"nothing":        {0, nil, mss.NotSent},
		"part of record": {20, nil, mss.NotSent},
		"first record":   {50_000, big, mss.MaybeSent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, answer)
			c := s.client(t)
			var conn *brittleConn
			transport.SetDial(c, func(ctx context.Context, network, addr string) (net.Conn, error) {
				tcp, err := new(net.Dialer).DialContext(ctx, network, addr)
				conn = &brittleConn{Conn: tcp}
				conn.room.Store(-1)
				return conn, err
			})
			_, err := c.Do(t.Context(), prompt())
			require.NoError(t, err)
			conn.room.Store(tc.room)
			x := prompt()
			x.Body = append(x.Body, tc.body...)
			_, err = c.Do(t.Context(), x)
			requireFailure(t, err, tc.sent)
			require.ErrorIs(t, err, syscall.EPIPE)
			require.ErrorContains(t, err, "write: connection reset by the peer")
			require.LessOrEqual(t, s.requests.Load(), int32(2))

			// A poll goes on, on a new connection.
			_, err = c.Do(t.Context(), poll())
			require.NoError(t, err)
			written := conn.writes.Load()
			c.Close()
			require.Equal(t, written+1, conn.writes.Load(), "an idle connection ends with an alert")
		})
	}
}
