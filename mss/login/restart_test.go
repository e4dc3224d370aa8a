package login_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/login"
	"github.com/gomss/gomss/mss/track"
	"github.com/stretchr/testify/require"
)

func restarting(c *login.Config) { c.RestartIf = nobodyPickedUp }

func showQR(_ *mss.Transaction, now time.Time) mss.Prompt {
	return mss.Prompt{QR: mss.Conceal("bankid.x." + now.Format("150405")), Refresh: time.Second}
}

// TestRestart lets the first two orders end because nobody picked them up.
func TestRestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &puller{prompt: showQR, ends: 30 * time.Second, outcome: func(n int) error {
			if n < 3 {
				return startFailed
			}
			return nil
		}}
		s := newSite(t, p, pullScope, restarting)
		b := newBrowser(t, s)
		b.started()
		w, n := b.follow()
		b.isSentTo(w, "/account")
		require.Equal(t, 3, p.started())
		require.InDelta(t, 90, n, 6, "a page a second, and none of them tells of a failure")
		require.Len(t, s.done(), 1)
		require.NotEqual(t, nonceOf(t, s, 0), nonceOf(t, s, 1), "each order has its own")
	})
}

func TestRestartIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &puller{prompt: showQR, ends: 30 * time.Second, outcome: func(int) error { return startFailed }}
		b := newBrowser(t, newSite(t, p, pullScope, restarting))
		b.started()
		w, _ := b.follow()
		require.Equal(t, http.StatusOK, w.Code)
		require.Contains(t, w.Body.String(), "Begin again")
		require.Equal(t, 6, p.started(), "one and five")
		time.Sleep(time.Minute)
		require.Equal(t, "failed", b.state().State)
		require.Equal(t, 6, p.started())
		b.started()
		require.Equal(t, 7, p.started(), "the person may")
	})
}

func TestNoRestart(t *testing.T) {
	t.Parallel()
	always := func(c *login.Config) { c.RestartIf = func(error) bool { return true } }
	link := func(*mss.Transaction, time.Time) mss.Prompt { return mss.Prompt{Link: mss.Conceal("mobileid://auth")} }
	for _, tt := range []struct {
		name   string
		prompt func(*mss.Transaction, time.Time) mss.Prompt
		err    error
		change func(*login.Config)
		want   int
	}{
		{"wanted, with a link", link, startFailed, restarting, 6},
		{"no policy", showQR, startFailed, func(*login.Config) {}, 1},
		{"policy says no", showQR, &mss.Fault{Code: mss.ExpiredTransaction, Native: "expiredTransaction"}, restarting, 1},
		{"the phone rang", nil, startFailed, always, 1},
		{"the phone rang, with a code", func(*mss.Transaction, time.Time) mss.Prompt { return mss.Prompt{Code: "7F3KQ"} }, startFailed, always, 1},
		{"the person declined", showQR, &mss.Fault{Code: mss.UserCancel}, always, 1},
		{"nobody knows", showQR, mss.ErrUnknownOutcome, always, 1},
		{"not verified", showQR, &mss.VerificationError{Check: "chain", Err: errors.New("x")}, always, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := &puller{prompt: tt.prompt, ends: 30 * time.Second, outcome: func(int) error { return tt.err }}
				b := newBrowser(t, newSite(t, p, pullScope, tt.change))
				b.started()
				w, _ := b.follow()
				require.Equal(t, http.StatusOK, w.Code)
				require.Equal(t, tt.want, p.started())
			})
		})
	}
}

// TestRestartInManyTabs has all tabs see the end at once: one order follows.
func TestRestartInManyTabs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &puller{prompt: showQR, ends: 30 * time.Second, outcome: func(int) error { return startFailed }}
		s := newSite(t, p, pullScope, restarting)
		newBrowser(t, s).started()
		require.Equal(t, "waiting", newBrowser(t, s).state().State)
		time.Sleep(31 * time.Second)
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if st := newBrowser(t, s).state(); st.State != "waiting" {
					t.Errorf("state: %+v", st)
				}
			})
		}
		all.Wait()
		require.Equal(t, 2, p.started())
	})
}

// TestRestartFails shows the first order's end where no second one can be had.
func TestRestartFails(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*puller, *login.Config){
		"no request": func(p *puller, c *login.Config) {
			request := c.Request
			c.Request = func(r *http.Request, u string) (*mss.Request, error) {
				if r.Method == http.MethodGet {
					return nil, errors.New("there is no form")
				}
				return request(r, u)
			}
		},
		"refused": func(p *puller, c *login.Config) {
			p.onStart = func(*mss.Request) error {
				if len(p.orders) > 1 {
					return &mss.TransportError{Sent: mss.NotSent, Err: errors.New("no connection")}
				}
				return nil
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := &puller{prompt: showQR, ends: 30 * time.Second, outcome: func(int) error { return startFailed }}
				b := newBrowser(t, newSite(t, p, pullScope, restarting, func(c *login.Config) { change(p, c) }))
				b.started()
				w, _ := b.follow()
				require.Equal(t, http.StatusOK, w.Code)
				require.Contains(t, w.Body.String(), "Begin again")
				require.NotContains(t, w.Body.String(), "cannot be reached")
			})
		})
	}
}

func TestReturn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &puller{ends: 8 * time.Second}
		var tracker *track.Tracker
		s := newSite(t, p, pullScope, func(c *login.Config) { c.MustReturn, tracker = true, c.Tracker })
		b := newBrowser(t, s)
		b.started()
		_, _, err := tracker.Look(t.Context(), nonceOf(t, s, 0), b.session)
		require.ErrorIs(t, err, track.ErrNotFound, "the nonce, which is in a URL, is not the transaction's id")
		require.True(t, strings.HasPrefix(s.urls[0], base+"return?nonce="))
		time.Sleep(20 * time.Second)
		w := b.get("/login/wait")
		require.Contains(t, w.Body.String(), "Please return here from the app.", "signed, and nobody came back")
		require.Regexp(t, refresh, w.Body.String())
		require.Equal(t, "waiting", b.state().State)
		require.Empty(t, s.done())

		for _, nonce := range []string{"", "x", strings.Repeat("A", 26), nonceOf(t, s, 0) + "A"} {
			w := b.get("/login/return?nonce=" + nonce)
			require.Equal(t, http.StatusForbidden, w.Code)
			require.Contains(t, w.Body.String(), "not begun in this browser")
		}
		require.Equal(t, "waiting", b.state().State)
		other := newBrowser(t, s)
		other.session = "session-of-somebody-else"
		other.isSentTo(other.get(strings.TrimPrefix(s.urls[0], origin)), "/")
		other.started()
		require.Equal(t, http.StatusForbidden, other.get(strings.TrimPrefix(s.urls[0], origin)).Code, "of another login")
		require.Equal(t, "waiting", b.state().State)

		for range 2 {
			b.isSentTo(b.get(strings.TrimPrefix(s.urls[0], origin)), "/login/wait")
		}
		require.Equal(t, "ready", b.state().State)
		b.isSentTo(b.get("/login/wait"), "/account")
		b.isSentTo(b.get(strings.TrimPrefix(s.urls[0], origin)), "/")
		require.Len(t, s.done(), 1)
	})
}
