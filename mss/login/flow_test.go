package login_test

import (
	"context"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/login"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/stretchr/testify/require"
)

func TestLogin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, srv := mobileID(t, msstest.Person{After: 12 * time.Second})
		b := newBrowser(t, s)
		b.started()
		require.Regexp(t, `Your phone must show this code:</p>\s*<p class="code">[0-9A-Z]{5}</p>`, b.get("/login/wait").Body.String())
		w, n := b.follow()
		b.isSentTo(w, "/account")
		require.Equal(t, 7, n, "every 2 s")
		require.Equal(t, "session=renewed; Path=/", w.Header().Get("Set-Cookie"))
		require.Len(t, s.done(), 1)
		require.True(t, s.done()[0].Verified())
		require.True(t, s.done()[0].Fresh)
		srv.AssertPrompts(t, 1)
	})
}

func TestLoginByScript(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, _ := mobileID(t, msstest.Person{After: 12 * time.Second})
		b := newBrowser(t, s)
		require.Equal(t, login.State{State: "none"}, b.state())
		b.started()
		st := b.state()
		require.Equal(t, login.State{State: "waiting", Message: "Please confirm on your phone.", Code: st.Code, Refresh: 2000}, st)
		require.Len(t, st.Code, 5)
		for st.State == "waiting" {
			time.Sleep(time.Duration(st.Refresh) * time.Millisecond)
			st = b.state()
		}
		require.Equal(t, login.State{State: "ready"}, st)
		require.Equal(t, "ready", b.state().State)
		require.Empty(t, s.done(), "only the page logs in")
		b.isSentTo(b.get("/login/wait"), "/account")
		require.Equal(t, "none", b.state().State)
		require.Len(t, s.done(), 1)
	})
}

// TestOnceForASession shows that one session has one login, whatever the person does with tabs, buttons and reloads.
func TestOnceForASession(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, srv := mobileID(t, msstest.Person{After: 12 * time.Second})
		first, second := newBrowser(t, s), newBrowser(t, s)
		first.started()
		second.started()
		first.started() // back button, and the form again
		require.Equal(t, http.StatusOK, first.get("/login/wait").Code)
		require.Equal(t, first.get("/login/wait").Body.String(), second.get("/login/wait").Body.String(), "the same code in both tabs")
		srv.AssertPrompts(t, 1)
		time.Sleep(20 * time.Second)
		second.started() // signed by now: wait logs in
		require.Empty(t, s.done())
		second.isSentTo(second.get("/login/wait"), "/account")
		require.Len(t, s.done(), 1)
		for range 2 { // back button, reload, and the other tab with its old cookie
			first.isSentTo(first.get("/login/wait"), "/")
		}
		require.Equal(t, http.StatusNotFound, first.get("/login/qr.svg").Code)
		first.isSentTo(first.cancel(), "/")
		require.Len(t, s.done(), 1)
		srv.AssertPrompts(t, 1)

		first.started() // the application has not renewed the session: a login of its own
		srv.AssertPrompts(t, 2)
	})
}

// TestStartAtTheSameTime sends many forms at once: one of them rings.
func TestStartAtTheSameTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, srv := mobileID(t, msstest.Person{After: time.Minute})
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				b := newBrowser(t, s)
				if w := b.start(); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/login/wait" {
					t.Errorf("start: %d %s", w.Code, w.Body)
				}
			})
		}
		all.Wait()
		srv.AssertPrompts(t, 1)
	})
}

// TestDoneOnce lets many tabs of several instances see the outcome at once.
func TestDoneOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, _ := mobileID(t, msstest.Person{})
		newBrowser(t, s).started()
		time.Sleep(time.Minute)
		require.Equal(t, "ready", newBrowser(t, s).state().State) // while one fetches the answer, the others wait
		var all sync.WaitGroup
		var mu sync.Mutex
		sent := make(map[string]int)
		for range 20 {
			all.Go(func() {
				w := newBrowser(t, s).get("/login/wait")
				mu.Lock()
				defer mu.Unlock()
				sent[w.Header().Get("Location")]++
			})
		}
		all.Wait()
		require.Len(t, s.done(), 1)
		require.Equal(t, 1, sent["/account"])
		require.Equal(t, 19, sent["/login/wait"]+sent["/"])
	})
}

// TestBrowserGoesAway presses the button twice: the browser drops the first request, which must go on.
func TestBrowserGoesAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gone, leave := context.WithCancel(t.Context())
		p := &puller{onStart: func(*mss.Request) error { leave(); return nil }}
		s := newSite(t, p, pullScope)
		b := newBrowser(t, s)
		b.do(http.MethodPost, "/login/start", url.Values{"number": {number}}, func(r *http.Request) { *r = *r.WithContext(gone) })
		require.Error(t, gone.Err())
		b.started()
		require.Equal(t, 1, p.started())
		w, _ := b.follow()
		b.isSentTo(w, "/account")
	})
}

func TestPrefetch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, _ := mobileID(t, msstest.Person{})
		b := newBrowser(t, s)
		b.started()
		time.Sleep(time.Minute)
		w := b.do(http.MethodGet, "/login/wait", nil, func(r *http.Request) { r.Header.Set("Sec-Purpose", "prefetch;prerender") })
		require.Equal(t, http.StatusServiceUnavailable, w.Code)
		require.Empty(t, s.done())
		b.isSentTo(b.get("/login/wait"), "/account")
	})
}

func TestOtherSession(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, srv := mobileID(t, msstest.Person{After: 8 * time.Second})
		b, other := newBrowser(t, s), newBrowser(t, s)
		other.session = "session-of-somebody-else"
		b.started()
		for _, after := range []time.Duration{0, time.Minute} {
			time.Sleep(after)
			other.isSentTo(other.get("/login/wait"), "/")
			require.Equal(t, "none", other.state().State)
			other.isSentTo(other.get("/login/return?nonce="+nonceOf(t, s, 0)), "/")
			other.isSentTo(other.cancel(), "/")
		}
		require.Empty(t, s.done())
		b.isSentTo(b.get("/login/wait"), "/account")
		srv.AssertPrompts(t, 1)
	})
}

func nonceOf(t *testing.T, s *site, n int) string {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := url.Parse(s.urls[n])
	require.NoError(t, err)
	require.Len(t, u.Query().Get("nonce"), 26)
	return u.Query().Get("nonce")
}

func TestCancel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, srv := mobileID(t, msstest.Person{After: 12 * time.Second, Method: msstest.App})
		b := newBrowser(t, s)
		b.isSentTo(b.cancel(), "/") // nothing to cancel
		b.started()
		require.Contains(t, b.get("/login/wait").Body.String(), `<form method="post" action="/login/cancel"><button>Cancel</button></form>`)
		b.isSentTo(b.cancel(), "/")
		b.isSentTo(b.get("/login/wait"), "/")
		time.Sleep(time.Minute) // the person signs nevertheless
		b.isSentTo(b.get("/login/wait"), "/")
		require.Equal(t, "none", b.state().State)
		require.Empty(t, s.done())
		b.started()
		srv.AssertPrompts(t, 2)
		w, _ := b.follow()
		b.isSentTo(w, "/account")
		require.Len(t, s.done(), 1)
	})
}

func TestFailureThenAnother(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, srv := mobileID(t, msstest.Person{After: 8 * time.Second, Do: msstest.Cancel})
		b := newBrowser(t, s)
		b.started()
		w, _ := b.follow()
		require.Equal(t, http.StatusOK, w.Code)
		require.Contains(t, w.Body.String(), `<a href="/">Begin again</a>`)
		require.Equal(t, w.Body.String(), b.get("/login/wait").Body.String(), "reload")
		require.Equal(t, "failed", b.state().State)
		srv.Script(number, msstest.Person{})
		b.started()
		srv.AssertPrompts(t, 2)
		w, _ = b.follow()
		b.isSentTo(w, "/account")
	})
}

// TestForgotten comes back after the answer has been dropped by the tracker, and after the login has been.
func TestForgotten(t *testing.T) {
	t.Parallel()
	for _, after := range []time.Duration{30 * time.Minute, 2 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			s, _ := mobileID(t, msstest.Person{})
			b := newBrowser(t, s)
			b.started()
			time.Sleep(10 * time.Second)
			require.Equal(t, "ready", b.state().State)
			time.Sleep(after)
			b.isSentTo(b.get("/login/wait"), "/")
			require.Empty(t, s.done())
			b.started()
		})
	}
}

func TestRefusedAtStart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, srv := mobileID(t, msstest.Person{Fault: mss.NoKeyFound})
		b := newBrowser(t, s)
		w := b.do(http.MethodPost, "/login/start", url.Values{"number": {"0791234567"}})
		require.Equal(t, http.StatusBadRequest, w.Code)
		require.Contains(t, w.Body.String(), "This phone number cannot be used.")
		require.NotContains(t, w.Body.String(), "0791234567")

		w = b.start()
		require.Equal(t, http.StatusBadGateway, w.Code)
		require.Contains(t, w.Body.String(), "is not activated")
		b.isSentTo(b.get("/login/wait"), "/")
		srv.AssertPrompts(t, 0)
		srv.Script(number, msstest.Person{})
		b.started()
	})
}

func TestNothingToSend(t *testing.T) {
	t.Parallel()
	s := newSite(t, &puller{}, pullScope, func(c *login.Config) {
		c.Request = func(*http.Request, string) (*mss.Request, error) { return nil, nil }
	})
	require.Equal(t, http.StatusBadRequest, newBrowser(t, s).start().Code)
}

func TestUnverifiedLogsNobodyIn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, &puller{bad: true}, pullScope)
		b := newBrowser(t, s)
		b.started()
		w, _ := b.follow()
		require.Equal(t, http.StatusOK, w.Code)
		require.Equal(t, "failed", b.state().State)
		require.Empty(t, s.done())
	})
}
