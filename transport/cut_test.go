package transport_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/http"
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

// TestDeadConnectionIsNoticed: a connection that the server closed between exchanges costs nothing, even a prompt.
func TestDeadConnectionIsNoticed(t *testing.T) {
	t.Parallel()
	s := newRawSite(t, func(s *rawSite, c *tls.Conn) {
		s.readRequest(bufio.NewReader(c))
		io.WriteString(c, plainAnswer)
	})
	c := newClient(t, s.cfg)
	for range 3 {
		_, err := c.Do(t.Context(), prompt())
		require.NoError(t, err)
		time.Sleep(50 * time.Millisecond) // the server's end reaches the client
	}
	require.EqualValues(t, 3, s.conns.Load())
}
