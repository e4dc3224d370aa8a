package login_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/login"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/mss/track"
	"github.com/stretchr/testify/require"
)

// parseEvents returns the states and the number of comments of a stream.
func parseEvents(t *testing.T, stream string) (states []login.State, comments int) {
	t.Helper()
	require.True(t, strings.HasPrefix(stream, "retry: 3000\ndata: "), stream)
	require.True(t, strings.HasSuffix(stream, "\n\n"), stream)
	for l := range strings.SplitSeq(stream, "\n") {
		if data, ok := strings.CutPrefix(l, "data: "); ok {
			var s login.State
			require.NoError(t, json.Unmarshal([]byte(data), &s))
			states = append(states, s)
		} else if strings.HasPrefix(l, ":") {
			comments++
		}
	}
	return states, comments
}

// events reads the whole stream, which ends by itself.
func (b *browser) events(change ...func(*http.Request)) (states []login.State, comments int) {
	b.t.Helper()
	w := b.do(http.MethodGet, "/login/events", nil, change...)
	require.Equal(b.t, http.StatusOK, w.Code)
	require.Equal(b.t, "text/event-stream", w.Header().Get("Content-Type"))
	return parseEvents(b.t, w.Body.String())
}

func TestEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, srv := mobileID(t, msstest.Person{After: 40 * time.Second})
		b := newBrowser(t, s)
		states, _ := b.events()
		require.Equal(t, []login.State{{State: "none"}}, states)

		b.started()
		want := b.state()
		begin := time.Now()
		states, comments := b.events()
		require.Equal(t, []login.State{want, {State: "ready"}}, states, "only what has changed")
		require.Equal(t, 2, comments, "after 15 s of silence")
		require.InDelta(t, 40, time.Since(begin).Seconds(), 7)
		require.Empty(t, s.done(), "only the page logs in")

		states, _ = b.events()
		require.Equal(t, []login.State{{State: "ready"}}, states, "whoever comes back is told")
		b.isSentTo(b.get("/login/wait"), "/account")
		states, _ = b.events()
		require.Equal(t, []login.State{{State: "none"}}, states)
		srv.AssertPrompts(t, 1)
	})
}

func TestEventsOfAFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, _ := mobileID(t, msstest.Person{After: 5 * time.Second, Do: msstest.Cancel})
		b := newBrowser(t, s)
		b.started()
		states, _ := b.events()
		require.Len(t, states, 2)
		require.Equal(t, "failed", states[1].State)
		require.NotEmpty(t, states[1].Message)
		require.Equal(t, b.state(), states[1])
	})
}

// TestEventsRestart: an order that nobody picks up is started again by the stream, as it is by state.
func TestEventsRestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hinted := func(tx *mss.Transaction, now time.Time) mss.Prompt {
			p := showQR(tx, now)
			p.Hint = strings.Repeat("x", int(tx.State[0]))
			return p
		}
		p := &puller{prompt: hinted, ends: 30 * time.Second, outcome: func(n int) error {
			if n < 2 {
				return startFailed
			}
			return nil
		}}
		b := newBrowser(t, newSite(t, p, pullScope, restarting))
		b.started()
		states, _ := b.events()
		require.Equal(t, 2, p.started())
		require.Equal(t, "ready", states[len(states)-1].State)
		for _, s := range states[:len(states)-1] {
			require.True(t, s.QR)
			require.Equal(t, "waiting", s.State)
		}
	})
}

func TestEventsEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBrowser(t, newSite(t, patient{&puller{ends: time.Hour}}, pullScope))
		b.started()
		begin := time.Now()
		states, comments := b.events()
		require.Len(t, states, 2, "nobody has picked it up, and then the provider says so")
		require.Equal(t, 5*time.Minute, time.Since(begin), "in any case")
		require.InDelta(t, 19, comments, 2)

		ctx, cancel := context.WithTimeout(t.Context(), 7*time.Second)
		defer cancel()
		begin = time.Now()
		states, _ = b.events(func(r *http.Request) { *r = *r.WithContext(ctx) })
		require.Len(t, states, 1)
		require.Equal(t, 7*time.Second, time.Since(begin), "with the browser")
	})
}

// patient is a service that waits for an hour.
type patient struct{ *puller }

func (p patient) Start(ctx context.Context, req *mss.Request) (*mss.Transaction, error) {
	tx, err := p.puller.Start(ctx, req)
	if err == nil {
		tx.Deadline = tx.Started.Add(time.Hour)
	}
	return tx, err
}

// TestEventsOfASession: what ends the session ends its streams, and other sessions see nothing.
func TestEventsOfASession(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var over atomic.Bool
		s := newSite(t, &puller{ends: time.Hour}, pullScope, func(c *login.Config) {
			ask := c.Session
			c.Session = func(r *http.Request) string {
				if over.Load() {
					return ""
				}
				return ask(r)
			}
		})
		b := newBrowser(t, s)
		b.started()
		other := newBrowser(t, s)
		other.session = "another"
		states, _ := other.events()
		require.Equal(t, []login.State{{State: "none"}}, states)

		time.AfterFunc(20*time.Second, func() { over.Store(true) })
		begin := time.Now()
		states, _ = b.events()
		require.Equal(t, login.State{State: "none"}, states[len(states)-1])
		require.InDelta(t, 20, time.Since(begin).Seconds(), 3)

		require.Equal(t, http.StatusForbidden, b.get("/login/events").Code, "nor does another begin")
	})
}

// TestEventsWithoutStore: a store that fails at first is told by the status, later by the end.
func TestEventsWithoutStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &failing{Memory: new(track.Memory)}
		b := newBrowser(t, newSiteOn(t, &puller{ends: time.Hour}, pullScope, store))
		b.started()
		time.AfterFunc(10*time.Second, func() { store.down.Store(true) })
		begin := time.Now()
		states, _ := b.events()
		require.Equal(t, "waiting", states[len(states)-1].State)
		require.InDelta(t, 10, time.Since(begin).Seconds(), 3)
		require.Equal(t, http.StatusServiceUnavailable, b.get("/login/events").Code)
	})
}

type failing struct {
	*track.Memory
	down atomic.Bool
}

func (f *failing) Get(ctx context.Context, id string) (track.Record, error) {
	if f.down.Load() {
		return track.Record{}, errors.New("down")
	}
	return f.Memory.Get(ctx, id)
}

// A server that cannot stream says so.
func TestEventsWithoutStreams(t *testing.T) {
	t.Parallel()
	s := newSite(t, &puller{}, pullScope)
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, origin+"/login/events", nil)
	r.AddCookie(&http.Cookie{Name: "session", Value: "session-of-a-browser"})
	s.ServeHTTP(struct{ http.ResponseWriter }{w}, r)
	require.Equal(t, http.StatusNotImplemented, w.Code)
}
