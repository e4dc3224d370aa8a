package transport_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

func TestMaxBody(t *testing.T) {
	t.Parallel()
	const limit = 20_000
	for name, tc := range map[string]struct {
		size    int
		chunked bool
		ok      bool
	}{
		"empty":             {0, false, true},
		"empty, chunked":    {0, true, true},
		"limit":             {limit, false, true},
		"limit, chunked":    {limit, true, true},
		"too long":          {limit + 1, false, false},
		"too long, chunked": {limit + 1, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := bytes.Repeat([]byte("a"), tc.size)
			s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
				if tc.chunked {
					w.(http.Flusher).Flush()
				} else {
					w.Header().Set("Content-Length", fmt.Sprint(tc.size))
				}
				w.Write(body)
			})
			c := s.client(t, func(cfg *transport.Config) { cfg.MaxBody = limit })
			for range 2 {
				reply, err := c.Do(t.Context(), poll())
				if tc.ok {
					require.NoError(t, err)
					require.Equal(t, body, append([]byte{}, reply.Body...))
					continue
				}
				failure := requireFailure(t, err, mss.Answered)
				require.Equal(t, 200, failure.Status)
				require.ErrorContains(t, err, "limit: the answer's body is longer than Config.MaxBody")
				require.True(t, failure.Body.IsZero())
			}
			want := int32(1)
			if !tc.ok {
				want = 2
			}
			require.Equal(t, want, s.handshakes.Load(), "a connection is kept if the answer was read to its end")
		})
	}
}

// TestEndlessBody: the server never stops. Not parallel: it counts what the process allocates.
func TestEndlessBody(t *testing.T) {
	chunks := bytes.Repeat(fmt.Appendf(nil, "%x\r\n%s\r\n", 4096, strings.Repeat("a", 4096)), 1000)
	s := newRawSite(t, func(s *rawSite, c *tls.Conn) {
		s.readRequest(bufio.NewReader(c))
		io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
		for {
			if _, err := c.Write(chunks); err != nil {
				return
			}
		}
	})
	c := newClient(t, s.cfg)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := c.Do(t.Context(), prompt())
	runtime.ReadMemStats(&after)
	requireFailure(t, err, mss.Answered)
	require.ErrorContains(t, err, "limit:")
	require.LessOrEqual(t, after.TotalAlloc-before.TotalAlloc, uint64(2<<20), "octets, both ends together")
	require.Equal(t, 1<<20, transport.DefaultMaxBody)
}

func TestAnnouncedLengthIsRefusedUnread(t *testing.T) {
	t.Parallel()
	s := newRawSite(t, func(s *rawSite, c *tls.Conn) {
		s.readRequest(bufio.NewReader(c))
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 9000000000000000000\r\n\r\n")
		untilClosed(c)
	})
	_, err := newClient(t, s.cfg).Do(t.Context(), prompt())
	requireFailure(t, err, mss.Answered)
	require.ErrorContains(t, err, "limit:")
}

func TestHeaderLimit(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]string{
		"one field": "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("a", transport.MaxHeader),
		"endless":   "HTTP/1.1 200 OK\r\n" + strings.Repeat("X: aaaaaaaaaaaaaaaaaaaaaaaa\r\n", 100_000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newRawSite(t, func(s *rawSite, c *tls.Conn) {
				s.readRequest(bufio.NewReader(c))
				io.WriteString(c, header)
				untilClosed(c)
			})
			_, err := newClient(t, s.cfg).Do(t.Context(), poll())
			requireFailure(t, err, mss.MaybeSent)
			require.ErrorContains(t, err, "limit: the answer's header is longer than 64 KiB")
			require.EqualValues(t, 1, s.asked.Load())
		})
	}
}

// TestInterimAnswers: the request is not sent again for a 100 Continue, nor are interim answers read without end.
func TestInterimAnswers(t *testing.T) {
	t.Parallel()
	for interim, ok := range map[int]bool{1: true, 3: true, 100_000: false} {
		s := newRawSite(t, func(s *rawSite, c *tls.Conn) {
			r := bufio.NewReader(c)
			s.readRequest(r)
			io.WriteString(c, strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", interim))
			io.WriteString(c, plainAnswer)
			s.readRequest(r)
		})
		reply, err := newClient(t, s.cfg).Do(t.Context(), prompt())
		if ok {
			require.NoError(t, err)
			require.Equal(t, "ok", string(reply.Body))
		} else {
			requireFailure(t, err, mss.MaybeSent)
		}
		require.EqualValues(t, 1, s.asked.Load())
	}
}

func TestNoUpgrade(t *testing.T) {
	t.Parallel()
	s := newRawSite(t, func(s *rawSite, c *tls.Conn) {
		s.readRequest(bufio.NewReader(c))
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")
		untilClosed(c)
	})
	_, err := newClient(t, s.cfg).Do(t.Context(), prompt())
	failure := requireFailure(t, err, mss.Answered)
	require.Equal(t, 101, failure.Status)
	require.ErrorContains(t, err, "not a final answer")
}

func TestCompression(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	z.Write(make([]byte, 10<<20))
	z.Close()
	coding := "gzip"
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		require.Equal(t, []string{"identity"}, r.Header["Accept-Encoding"])
		w.Header().Set("Content-Encoding", coding)
		w.Write(bomb.Bytes())
	})
	base := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool(s.roots)}}
	defer base.CloseIdleConnections()
	for _, c := range []*transport.Client{s.client(t), newClient(t, transport.Config{URL: s.URL, Base: base})} {
		for _, coding = range []string{"gzip", "br", "identity, gzip"} {
			_, err := c.Do(t.Context(), prompt())
			failure := requireFailure(t, err, mss.Answered)
			require.Equal(t, 200, failure.Status)
			require.ErrorContains(t, err, "compressed")
		}
		coding = "Identity"
		_, err := c.Do(t.Context(), prompt())
		require.NoError(t, err)
	}

	// A Base that decompresses behind our back.
	c := newClient(t, transport.Config{URL: s.URL, Base: tripper(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Uncompressed: true, Body: http.NoBody}, nil
	})})
	_, err := c.Do(t.Context(), prompt())
	requireFailure(t, err, mss.Answered)
}

func TestLongContentType(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", strings.Repeat("a", 10_000))
	})
	reply, err := s.client(t).Do(t.Context(), poll())
	require.NoError(t, err)
	require.Len(t, reply.ContentType, 256)
}

func TestReadBody(t *testing.T) {
	t.Parallel()
	data := make([]byte, 100_000)
	for i := range data {
		data[i] = byte(i >> 8)
	}
	wraps := map[string]func(io.Reader) io.Reader{
		"plain": func(r io.Reader) io.Reader { return r }, "halves": iotest.HalfReader, "octets": iotest.OneByteReader, "EOF with data": iotest.DataErrReader,
	}
	for name, wrap := range wraps {
		for _, size := range []int{0, 1, 8191, 8192, 8193, 24_576, 99_999, 100_000} {
			for _, limit := range []int{0, 1, 8191, 8192, 8193, 99_999, 100_000, 200_000} {
				for _, length := range []int{-1, size} {
					got, err := transport.ReadBody(wrap(bytes.NewReader(data[:size])), int64(length), int64(limit))
					if size > limit {
						require.Error(t, err)
						require.Empty(t, got)
						continue
					}
					require.NoError(t, err)
					require.True(t, bytes.Equal(data[:size], got), "%s: %d of %d, limit %d", name, len(got), size, limit)
				}
			}
		}
	}
	broken := errors.New("broken")
	got, err := transport.ReadBody(io.MultiReader(bytes.NewReader(data), iotest.ErrReader(broken)), -1, 200_000)
	require.ErrorIs(t, err, broken)
	require.True(t, bytes.Equal(data, got), "what came before the error")
}

func FuzzReadBody(f *testing.F) {
	seeds := [][]byte{nil, []byte("a"), bytes.Repeat([]byte("a"), 9000)}
	require.NotEmpty(f, seeds)
	for _, s := range seeds {
		f.Add(s, int64(8192), true)
		f.Add(s, int64(10_000), false)
	}
	f.Fuzz(func(t *testing.T, data []byte, limit int64, announced bool) {
		if limit < 0 || limit > 1<<20 {
			return
		}
		length := int64(-1)
		if announced {
			length = int64(len(data))
		}
		got, err := transport.ReadBody(iotest.HalfReader(bytes.NewReader(data)), length, limit)
		require.Equal(t, int64(len(data)) <= limit, err == nil)
		if err == nil {
			require.True(t, bytes.Equal(data, got))
		}
	})
}
