package transport_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// http2Base returns a RoundTripper of net/http that speaks HTTP/2 with s.
func http2Base(t testing.TB, cfg transport.Config) *http.Transport {
	t.Helper()
	base := &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: pool(cfg.Roots)}}
	t.Cleanup(base.CloseIdleConnections)
	return base
}

// HTTP/2 frames (RFC 9113 6).
const (
	frameData, frameHeaders, frameReset, frameSettings = 0x0, 0x1, 0x3, 0x4

	flagEndStream, flagAck = 0x1, 0x1
)

// resetServer speaks as much HTTP/2 as is needed to reset every stream with code after its request has been read
// completely. It returns how many requests came.
func resetServer(t testing.TB, code uint32) (*rawSite, *atomic.Int32) {
	t.Helper()
	requests := new(atomic.Int32)
	s := newRawSite(t, func(_ *rawSite, c *tls.Conn) {
		r := bufio.NewReader(c)
		if _, err := io.ReadFull(r, make([]byte, len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))); err != nil {
			return
		}
		writeFrame(c, frameSettings, 0, 0, nil)
		for {
			var head [9]byte
			if _, err := io.ReadFull(r, head[:]); err != nil {
				return
			}
			length := int(head[0])<<16 | int(head[1])<<8 | int(head[2])
			kind, flags, stream := head[3], head[4], binary.BigEndian.Uint32(head[5:])
			if _, err := r.Discard(length); err != nil {
				return
			}
			switch {
			case kind == frameSettings && flags&flagAck == 0:
				writeFrame(c, frameSettings, flagAck, 0, nil)
			case (kind == frameData || kind == frameHeaders) && flags&flagEndStream != 0:
				requests.Add(1)
				writeFrame(c, frameReset, 0, stream, binary.BigEndian.AppendUint32(nil, code))
			}
		}
	}, func(conf *tls.Config) { conf.NextProtos = []string{"h2"} })
	return s, requests
}

func writeFrame(w io.Writer, kind, flags byte, stream uint32, payload []byte) {
	head := []byte{0, 0, byte(len(payload)), kind, flags}
	w.Write(append(binary.BigEndian.AppendUint32(head, stream), payload...))
}

// retrying is a Wrap that does what makes net/http repeat a POST.
func retrying(next http.RoundTripper) http.RoundTripper {
	return tripper(func(r *http.Request) (*http.Response, error) {
		body, _ := io.ReadAll(r.Body)
		r = r.Clone(r.Context())
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		r.Body, _ = r.GetBody()
		r.Header.Set("Idempotency-Key", "1")
		r.Header.Set("X-Idempotency-Key", "1")
		return next.RoundTrip(r)
	})
}

type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestHTTP2ResetSendsOnce(t *testing.T) {
	t.Parallel()
	for name, code := range map[string]uint32{"PROTOCOL_ERROR": 1, "REFUSED_STREAM": 7} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for wrapped, wrap := range map[string]func(http.RoundTripper) http.RoundTripper{"": nil, "retrying wrap": retrying} {
				s, requests := resetServer(t, code)
				c := newClient(t, transport.Config{URL: s.cfg.URL, Base: http2Base(t, s.cfg), Wrap: wrap})
				_, err := c.Do(t.Context(), prompt())
				requireFailure(t, err, mss.MaybeSent)
				require.EqualValues(t, 1, requests.Load(), wrapped)
			}

			// The trap works: net/http repeats the same request when it has GetBody.
			s, requests := resetServer(t, code)
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.cfg.URL, strings.NewReader("<sign/>"))
			require.NoError(t, err)
			_, err = http2Base(t, s.cfg).RoundTrip(req)
			require.Error(t, err)
			require.Greater(t, requests.Load(), int32(1))
		})
	}
}

func TestHTTP2ServerWithOwnBase(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) },
		func(s *httptest.Server) { s.EnableHTTP2 = true })
	reply, err := s.client(t).Do(t.Context(), prompt())
	require.NoError(t, err)
	require.Equal(t, "HTTP/1.1", string(reply.Body), "HTTP/1.1 is the default")

	base := http2Base(t, transport.Config{Roots: s.roots})
	c := newClient(t, transport.Config{URL: s.URL, Base: base})
	reply, err = c.Do(t.Context(), prompt())
	require.NoError(t, err)
	require.Equal(t, "HTTP/2.0", string(reply.Body))
	require.EqualValues(t, 2, s.requests.Load())
}

// TestWhatIsHandedOver looks at the request that a RoundTripper of the caller's gets.
func TestWhatIsHandedOver(t *testing.T) {
	t.Parallel()
	for name, wrap := range map[string]func(http.RoundTripper) http.RoundTripper{"": nil, "retrying wrap": retrying} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := tripper(func(r *http.Request) (*http.Response, error) {
				require.Nil(t, r.GetBody)
				require.NotContains(t, r.Header, "Idempotency-Key")
				require.NotContains(t, r.Header, "X-Idempotency-Key")
				body, err := io.ReadAll(r.Body)
				require.NoError(t, err)
				require.Equal(t, "<sign/>", string(body))
				again, err := io.ReadAll(r.Body)
				require.NoError(t, err)
				require.Empty(t, again, "the body can be read twice")
				return httptest.NewRecorder().Result(), nil
			})
			c := newClient(t, transport.Config{URL: "https://mss.example", Base: base, Wrap: wrap})
			_, err := c.Do(t.Context(), prompt())
			require.NoError(t, err)
		})
	}
}

// TestWrapCannotSendTwice has a Wrap that repeats what fails, as retrying clients do.
func TestWrapCannotSendTwice(t *testing.T) {
	t.Parallel()
	stubborn := func(next http.RoundTripper) http.RoundTripper {
		return tripper(func(r *http.Request) (resp *http.Response, err error) {
			body, _ := io.ReadAll(r.Body)
			for range 3 {
				again := r.Clone(r.Context())
				again.Body = io.NopCloser(bytes.NewReader(body))
				if resp, err = next.RoundTrip(again); err == nil {
					return resp, nil
				}
			}
			return nil, errors.New("gave up") // and hides the reason
		})
	}
	s := newRawSite(t, func(s *rawSite, c *tls.Conn) { s.readRequest(bufio.NewReader(c)) })
	c := newClient(t, s.cfg, func(cfg *transport.Config) { cfg.Wrap = stubborn })

	_, err := c.Do(t.Context(), prompt())
	requireFailure(t, err, mss.MaybeSent)
	require.EqualValues(t, 1, s.asked.Load())

	_, err = c.Do(t.Context(), poll())
	requireFailure(t, err, mss.MaybeSent)
	require.EqualValues(t, 4, s.asked.Load(), "a poll may be repeated by whom it pleases")

	for i, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		_, err = c.Do(t.Context(), &transport.Exchange{Method: method, Body: []byte("change")})
		requireFailure(t, err, mss.MaybeSent)
		require.EqualValues(t, 5+i, s.asked.Load(), "%s changes something", method)
	}

	closed := newClient(t, transport.Config{URL: closedPort(t), Roots: s.cfg.Roots, Wrap: stubborn})
	_, err = closed.Do(t.Context(), prompt())
	requireFailure(t, err, mss.NotSent)
}

func TestWrapMustKeepContext(t *testing.T) {
	t.Parallel()
	s := newSite(t, answer)
	c := s.client(t, func(cfg *transport.Config) {
		cfg.Wrap = func(next http.RoundTripper) http.RoundTripper {
			return tripper(func(r *http.Request) (*http.Response, error) {
				return next.RoundTrip(r.WithContext(context.Background()))
			})
		}
	})
	_, err := c.Do(t.Context(), prompt())
	requireFailure(t, err, mss.NotSent)
	require.ErrorContains(t, err, "Config.Wrap")
	require.Zero(t, s.requests.Load())
}

// TestForeignBaseSent: of a RoundTripper that is not ours, only the message tells whether it can have been sent.
func TestForeignBaseSent(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		base func(*http.Request) (*http.Response, error)
		x    *transport.Exchange
		sent mss.Sent
	}{
		"unread":      {func(*http.Request) (*http.Response, error) { return nil, io.EOF }, prompt(), mss.NotSent},
		"nothing":     {func(*http.Request) (*http.Response, error) { return nil, nil }, prompt(), mss.NotSent},
		"no message":  {func(*http.Request) (*http.Response, error) { return nil, io.EOF }, &transport.Exchange{}, mss.MaybeSent},
		"one octet":   {readSome(1), prompt(), mss.MaybeSent},
		"whole":       {readSome(100), prompt(), mss.MaybeSent},
		"empty read":  {readSome(0), prompt(), mss.MaybeSent},
		"poll unread": {func(*http.Request) (*http.Response, error) { return nil, io.EOF }, poll(), mss.NotSent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, transport.Config{URL: "https://mss.example", Base: tripper(tc.base)})
			_, err := c.Do(t.Context(), tc.x)
			requireFailure(t, err, tc.sent)
			require.ErrorContains(t, err, "round trip: Config.Base")
		})
	}
}

func readSome(n int) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		r.Body.Read(make([]byte, n))
		return nil, io.ErrClosedPipe
	}
}

// TestForeignBaseLate: what was found unsent cannot be sent by a goroutine that comes late.
func TestForeignBaseLate(t *testing.T) {
	t.Parallel()
	var late *http.Request
	c := newClient(t, transport.Config{URL: "https://mss.example", Base: tripper(func(r *http.Request) (*http.Response, error) {
		late = r
		return nil, io.EOF
	})})
	_, err := c.Do(t.Context(), prompt())
	requireFailure(t, err, mss.NotSent)
	n, err := late.Body.Read(make([]byte, 10))
	require.Error(t, err)
	require.Zero(t, n)
}
