package login_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

// TestEventsOverHTTP: events reach the browser one by one. Neither the server's own timeout ends the stream, nor that for longer
// than a browser has to take an event there is none; and neither the stream nor the end of the browser leaves anything behind.
func TestEventsOverHTTP(t *testing.T) {
	t.Parallel()
	var http1, http2 http.Protocols
	http1.SetHTTP1(true)
	http2.SetUnencryptedHTTP2(true)
	for major, protocols := range map[int]*http.Protocols{1: &http1, 2: &http2} {
		t.Run(protocols.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				slow := func(*mss.Transaction, time.Time) mss.Prompt { return mss.Prompt{Refresh: 12 * time.Second} }
				s := newSite(t, &puller{ends: time.Hour, prompt: slow}, pullScope)
				newBrowser(t, s).started()
				l := &pipes{make(chan net.Conn), make(chan struct{})}
				srv := &http.Server{Handler: s, Protocols: protocols, WriteTimeout: 2 * time.Second}
				go srv.Serve(l)
				defer srv.Close()
				transport := &http.Transport{Protocols: protocols, DialContext: l.dial}
				defer transport.CloseIdleConnections()
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://bank.example/login/events", nil)
				require.NoError(t, err)
				r.AddCookie(&http.Cookie{Name: "session", Value: "session-of-a-browser"})
				begin := time.Now()
				answer, err := transport.RoundTrip(r)
				require.NoError(t, err)
				defer answer.Body.Close()
				require.Equal(t, major, answer.ProtoMajor)

				lines := bufio.NewScanner(answer.Body)
				require.True(t, lines.Scan())
				require.Equal(t, "retry: 3000", lines.Text())
				require.True(t, lines.Scan())
				require.Contains(t, lines.Text(), `data: {"state":"waiting"`)
				require.Less(t, time.Since(begin), 12*time.Second)
				require.True(t, lines.Scan())
				require.True(t, lines.Scan(), "after the server's own timeout")
				require.Contains(t, lines.Text(), `"hint":"outstandingTransaction"`)
				for lines.Scan() {
				}
				require.ErrorIs(t, lines.Err(), context.DeadlineExceeded, "it goes on until the browser has enough")
			})
		})
	}
}

// TestEventsToNobody: a browser that takes nothing any more does not hold the stream.
func TestEventsToNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rare := func(*mss.Transaction, time.Time) mss.Prompt { return mss.Prompt{Refresh: 12 * time.Second} }
		s := newSite(t, &puller{ends: time.Hour, prompt: rare}, pullScope)
		newBrowser(t, s).started()
		ended := make(chan time.Time, 1)
		l := &pipes{make(chan net.Conn), make(chan struct{})}
		srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s.ServeHTTP(w, r)
			ended <- time.Now()
		})}
		go srv.Serve(l)
		defer srv.Close()
		conn, err := l.dial(t.Context(), "", "")
		require.NoError(t, err)
		defer conn.Close()
		begin := time.Now()
		_, err = io.WriteString(conn, "GET /login/events HTTP/1.1\r\nHost: bank.example\r\nCookie: session=session-of-a-browser\r\n\r\n")
		require.NoError(t, err)
		answer := bufio.NewReader(conn)
		for line := ""; !strings.HasPrefix(line, "data: "); {
			line, err = answer.ReadString('\n')
			require.NoError(t, err)
		}
		require.WithinDuration(t, begin.Add(22*time.Second), <-ended, 3*time.Second, "10 s after the next event")
	})
}

// pipes are connections within a test.
type pipes struct {
	opened chan net.Conn
	closed chan struct{}
}

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.opened <- there:
		return here, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.opened:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }
