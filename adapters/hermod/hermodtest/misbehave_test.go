package hermodtest_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod/hermodtest"
	"github.com/gomss/gomss/internal/strictjson"
)

// TestErrors: errors of HTTP, before anything is done.
func TestErrors(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hermodtest.Server, c *caller) {
		for m, status := range map[hermodtest.Misbehaviour]int{
			hermodtest.BadRequest: 400, hermodtest.Unauthorized: 401, hermodtest.NotFound: 404, hermodtest.TooLarge: 413,
			hermodtest.TooManyRequests: 429, hermodtest.InternalError: 500, hermodtest.BadGateway: 502, hermodtest.Unavailable: 503,
			hermodtest.Redirect: 307,
		} {
			srv.Misbehave(m)
			a := c.post("/command/sign", signCommand("Pay?"))
			require.Equal(t, status, a.status)
			require.Equal(t, m == hermodtest.TooManyRequests, a.header.Get("Retry-After") == "1")
			require.Equal(t, m == hermodtest.Redirect, a.header.Get("Location") == "https://elsewhere.invalid/hermod/rest/command/sign")
			require.Equal(t, m == hermodtest.BadGateway, a.header.Get("Content-Type") != "application/json")
		}
		states, _, _ := c.arrivals(time.Now(), 2)
		require.Empty(t, states)
		srv.AssertPrompts(t, 0)
		require.Panics(t, func() { srv.Misbehave(-1) })
	})
}

// TestSpoilt: the answer is worth nothing, and the callback comes all the same.
func TestSpoilt(t *testing.T) {
	t.Parallel()
	for m, test := range map[hermodtest.Misbehaviour]struct {
		status int // 0: no answer
		check  func(t *testing.T, a *answer, took time.Duration)
	}{
		hermodtest.ErrorAfter: {500, nil},
		hermodtest.Slow: {200, func(t *testing.T, a *answer, took time.Duration) {
			require.Equal(t, 2*time.Second, took)
			require.Equal(t, "IN_PROGRESS", a.State)
		}},
		hermodtest.Hold:      {0, nil},
		hermodtest.Cut:       {0, nil},
		hermodtest.Broken:    {0, nil},
		hermodtest.Malformed: {200, notJSON},
		hermodtest.Duplicate: {200, notJSON},
		hermodtest.Array:     {200, func(t *testing.T, a *answer, _ time.Duration) { require.Equal(t, "[1,2,3]", string(a.body)) }},
		hermodtest.Empty:     {200, func(t *testing.T, a *answer, _ time.Duration) { require.Empty(t, a.body) }},
		hermodtest.Page:      {200, notJSON},
		hermodtest.Oversized: {200, func(t *testing.T, a *answer, _ time.Duration) { require.Greater(t, len(a.body), 2<<20) }},
		hermodtest.Unknown: {200, func(t *testing.T, a *answer, _ time.Duration) {
			require.NoError(t, strictjson.Check(a.body))
			require.Equal(t, "IN_PROGRESS", a.State)
			require.Contains(t, string(a.body), "x-new")
		}},
	} {
		t.Run("", func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *hermodtest.Server, c *caller) {
				srv.Misbehave(m)
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				from := time.Now()
				a, err := c.do(ctx, http.MethodPost, "/command/sign", "application/json", encoded(t, signCommand("Pay?")))
				require.Equal(t, test.status == 0, err != nil, "%v", err)
				if err == nil {
					require.Equal(t, test.status, a.status)
				}
				if test.check != nil {
					test.check(t, a, time.Since(from))
				}
				cb := c.next()
				require.Equal(t, "COMPLETED", cb.State)
				require.Equal(t, m == hermodtest.Unknown, string(cb.body[:12]) == `{"priority":`)
				srv.AssertPrompts(t, 1)
			})
		})
	}
}

func notJSON(t *testing.T, a *answer, _ time.Duration) {
	t.Helper()
	require.Error(t, strictjson.Check(a.body))
}

// TestCloseWhileWaiting: nothing is left behind of requests, commands and persons.
func TestCloseWhileWaiting(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]hermodtest.Person{
		"a person": {Delay: 30 * time.Second}, "a human": {Do: hermodtest.Ask}, "out of order": {Callback: hermodtest.OutOfOrder},
		"early": {Callback: hermodtest.Early, Delay: 30 * time.Second}, "late": {Callback: hermodtest.Late}, "overdue": {Callback: hermodtest.Overdue},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *hermodtest.Server, c *caller) {
				p.User = user
				srv.Person(p)
				done := make(chan error, 1)
				go func() {
					_, err := c.do(t.Context(), http.MethodPost, "/command/sign", "application/json", encoded(t, signCommand("Pay?")))
					done <- err
				}()
				synctest.Wait()
				from := time.Now()
				srv.Close()
				srv.Close()
				require.Zero(t, time.Since(from))
				require.Equal(t, name == "early", <-done != nil)
				require.Empty(t, srv.Callbacks())
				_, err := c.do(t.Context(), http.MethodPost, "/command/sign", "application/json", encoded(t, signCommand("Pay?")))
				require.ErrorContains(t, err, "closed")
				_, ok := srv.Redeliver("1")
				require.False(t, ok)
			})
		})
	}
}
