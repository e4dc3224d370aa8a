package transport_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// untilGone waits until the client has closed the connection, which net/http sees once the body has been read.
func untilGone(r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// TestTimeout lets the server be slower than the exchange allows, before the header and in the body.
func TestTimeout(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"no answer": func(_ http.ResponseWriter, r *http.Request) { untilGone(r) },
		"half an answer": func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte("half"))
			_ = http.NewResponseController(w).Flush()
			untilGone(r)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newSite(t, handler).client(t)
			x := prompt()
			x.Timeout = 100 * time.Millisecond
			begun := time.Now()
			_, err := c.Do(t.Context(), x)
			require.Less(t, time.Since(begun), 20*time.Second, "not the minute that a connection may take")
			te, ok := errors.AsType[*mss.TransportError](err)
			require.True(t, ok, "%v", err)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.NotErrorIs(t, err, context.Canceled, "the caller has not")
			require.ErrorContains(t, err, "no answer in time")
			require.NotEqual(t, mss.NotSent, te.Sent)
		})
	}
}

// TestTimeoutIsTheAnswersAlone has two exchanges share one connection: what the second waits for the first is not taken from
// its time.
func TestTimeoutIsTheAnswersAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(time.Second)
		_, _ = w.Write([]byte("answer"))
	})
	c := s.client(t, func(cfg *transport.Config) { cfg.MaxConns = 1 })
	done := make(chan error, 2)
	for range 2 {
		go func() {
			x := prompt()
			x.Timeout = 1900 * time.Millisecond // one answer with ample room, and not two
			_, err := c.Do(t.Context(), x)
			done <- err
		}()
	}
	for range 2 {
		require.NoError(t, <-done)
	}
}

// TestTimeoutOfForeignBase ends a RoundTripper of the caller's, too.
func TestTimeoutOfForeignBase(t *testing.T) {
	t.Parallel()
	c, err := transport.New(transport.Config{URL: "https://mssp.example", Base: tripper(func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	})})
	require.NoError(t, err)
	x := prompt()
	x.Timeout = 10 * time.Millisecond
	begun := time.Now()
	_, err = c.Do(t.Context(), x)
	require.Less(t, time.Since(begun), 20*time.Second, "not the minute that a connection may take")
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

// TestTimeoutOfAStuckWrap holds a request in a Wrap that never passes it on: the exchange ends all the same.
func TestTimeoutOfAStuckWrap(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, err := transport.New(transport.Config{
			URL:  "https://mssp.example",
			Base: tripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("not reached") }),
			Wrap: func(http.RoundTripper) http.RoundTripper {
				return tripper(func(r *http.Request) (*http.Response, error) {
					<-r.Context().Done()
					return nil, r.Context().Err()
				})
			},
		})
		require.NoError(t, err)
		x := prompt()
		x.Timeout = 10 * time.Second
		begun := time.Now()
		_, err = c.Do(t.Context(), x)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, time.Minute, time.Since(begun), "10 s for a slot, 30 s to dial through a proxy, 10 s for TLS, 10 s for the answer")
	})
}

// TestWrapGivesUpEarly has a Wrap return while the trip below it goes on: nobody may hear that nothing was sent.
func TestWrapGivesUpEarly(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{})
	s := newSite(t, func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		untilGone(r)
	})
	left := make(chan struct{})
	c := s.client(t, func(cfg *transport.Config) {
		cfg.Wrap = func(next http.RoundTripper) http.RoundTripper {
			return tripper(func(r *http.Request) (*http.Response, error) {
				go func() {
					defer close(left)
					if resp, err := next.RoundTrip(r); err == nil {
						_ = resp.Body.Close()
					}
				}()
				<-arrived
				return nil, errors.New("a breaker opened")
			})
		}
	})
	_, err := c.Do(t.Context(), prompt())
	te, ok := errors.AsType[*mss.TransportError](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, mss.MaybeSent, te.Sent)
	require.True(t, mss.MayHaveRung(err))
	<-left
}
