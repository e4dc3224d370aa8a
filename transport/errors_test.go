package transport_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// chainText is the text of err and of all that it wraps, as log shippers collect it.
func chainText(err error) string {
	if err == nil {
		return ""
	}
	text := err.Error() + "\n"
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		text += chainText(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			text += chainText(inner)
		}
	}
	return text
}

// TestMalformedAnswers: no octet of an answer is in an error, at whatever depth.
func TestMalformedAnswers(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer, text string
		sent         mss.Sent
	}{
		"not HTTP":    {"Erika\r\n\r\n", "read: the answer is not one of HTTP/1.1: check Config.URL", mss.MaybeSent},
		"status":      {"HTTP/1.1 Erika\r\n\r\n", "not one of HTTP/1.1", mss.MaybeSent},
		"field":       {"HTTP/1.1 200 OK\r\nErika\r\n\r\n", "not one of HTTP/1.1", mss.MaybeSent},
		"length":      {"HTTP/1.1 200 OK\r\nContent-Length: Erika\r\n\r\n", "not one of HTTP/1.1", mss.MaybeSent},
		"two lengths": {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nErika", "not one of HTTP/1.1", mss.MaybeSent},
		"coding":      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: Erika\r\n\r\n", "not one of HTTP/1.1", mss.MaybeSent},
		"chunk":       {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nErika\r\n", "body is not well-formed HTTP/1.1", mss.Answered},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newRawSite(t, func(s *rawSite, c *tls.Conn) {
				s.readRequest(bufio.NewReader(c))
				io.WriteString(c, tc.answer)
				untilClosed(c)
			})
			_, err := newClient(t, s.cfg).Do(t.Context(), prompt())
			requireFailure(t, err, tc.sent)
			require.ErrorContains(t, err, tc.text)
			require.NotContains(t, chainText(err), "Erika")
		})
	}
}

func TestDialSymptoms(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		err  error
		text string
	}{
		{os.NewSyscallError("connect", syscall.ENETUNREACH), "dial: unreachable: no route to it"},
		{os.NewSyscallError("connect", syscall.EHOSTUNREACH), "dial: unreachable: no route to it"},
		{os.NewSyscallError("connect", syscall.ECONNREFUSED), "allow-listed this address"},
		{os.NewSyscallError("connect", syscall.ETIMEDOUT), "dial: no answer within 15s"},
		{os.NewSyscallError("socket", syscall.EMFILE), "dial: connection failed"},
		{&net.DNSError{Name: "mss.example", IsNotFound: true}, "cannot be resolved"},
	} {
		c := newClient(t, transport.Config{URL: "https://mss.example/Erika", Roots: newAuthority(t).roots()})
		transport.SetDial(c, func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: tc.err}
		})
		_, err := c.Do(t.Context(), &transport.Exchange{Path: "/x?secret", Body: []byte("Erika"), Prompts: true})
		requireFailure(t, err, mss.NotSent)
		require.ErrorContains(t, err, tc.text)
		require.ErrorIs(t, err, tc.err)
		require.NotContains(t, chainText(err), "Erika")
		require.NotContains(t, chainText(err), "secret")
	}
}

// FuzzAnswer has a server answer with anything.
func FuzzAnswer(f *testing.F) {
	seeds := []string{
		plainAnswer, "HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nErika\r\n0\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\nErika",
		"HTTP/1.1 000 X\r\n\r\nErika", "HTTP/1.1 307 X\r\nLocation: https://erika.example\r\n\r\n", "HTTP/1.1 101 X\r\n\r\n", "HTTP/1.1 100 X\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nErika",
		"HTTP/1.1 200 OK\r\nDate: Tue, 02 Jul 2024 08:53:10 GMT\r\nContent-Length: 0\r\n\r\n", "",
	}
	require.NotEmpty(f, seeds)
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	const limit = 1000
	answers := make(chan []byte, 1)
	s := newRawSite(f, func(s *rawSite, c *tls.Conn) {
		s.readRequest(bufio.NewReader(c))
		c.Write(<-answers)
	})
	c := newClient(f, s.cfg, func(cfg *transport.Config) { cfg.MaxBody = limit })
	f.Fuzz(func(t *testing.T, answer []byte) {
		defer c.Close()
		before := s.asked.Load()
		answers <- answer
		reply, err := c.Do(t.Context(), prompt())
		require.EqualValues(t, 1, s.asked.Load()-before)
		if err == nil {
			require.LessOrEqual(t, len(reply.Body), limit)
			require.GreaterOrEqual(t, reply.Status, 200)
			return
		}
		failure, ok := errors.AsType[*mss.TransportError](err)
		require.True(t, ok)
		require.Nil(t, reply)
		require.NotEqual(t, mss.NotSent, failure.Sent)
		if failure.Status != 0 {
			require.Equal(t, mss.Answered, failure.Sent)
		}
		for line := range strings.Lines(string(answer)) {
			if line = strings.TrimSpace(line); len(line) >= 12 {
				require.NotContains(t, chainText(err), line)
			}
		}
	})
}
