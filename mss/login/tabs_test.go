package login_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/login"
	"github.com/gomss/gomss/mss/track"
	"github.com/stretchr/testify/require"
)

// meddler is a store in which something else happens just before a write.
type meddler struct {
	track.Memory
	before func(call string, r track.Record) error
	blind  bool // Get fails
}

func (s *meddler) Get(ctx context.Context, id string) (track.Record, error) {
	if s.blind {
		return track.Record{}, errBroken
	}
	return s.Memory.Get(ctx, id)
}

func (s *meddler) Create(ctx context.Context, r track.Record) (track.Record, error) {
	if s.before != nil {
		if err := s.before("Create", r); err != nil {
			return track.Record{}, err
		}
	}
	return s.Memory.Create(ctx, r)
}

func (s *meddler) Swap(ctx context.Context, r track.Record) (track.Record, error) {
	if s.before != nil {
		if err := s.before("Swap", r); err != nil {
			return track.Record{}, err
		}
	}
	return s.Memory.Swap(ctx, r)
}

// once has f happen before the first write that is wanted.
func (s *meddler) once(wanted func(call string, r track.Record) bool, f func()) {
	s.before = func(call string, r track.Record) error {
		if wanted(call, r) {
			s.before = nil
			f()
		}
		return nil
	}
}

func isClaim(_ string, r track.Record) bool { return strings.Contains(r.Handle, `"d":`) }

// TestWhileItIsBeingSent has another tab look, and send the form, before the tracker has the request on record.
func TestWhileItIsBeingSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store, p := new(meddler), &puller{ends: time.Minute}
		b := newBrowser(t, newSiteOn(t, p, pullScope, store))
		met := false
		store.once(func(call string, r track.Record) bool { return call == "Create" && r.Handle == "" }, func() {
			met = true
			other := newBrowser(t, b.site)
			require.Equal(t, login.State{State: "waiting", Message: "Please confirm on your phone.", Refresh: 2000}, other.state())
			other.started()
		})
		b.started()
		require.True(t, met)
		require.Equal(t, 1, p.started())
	})
}

// TestAnotherTabStarts has another tab ask while this one is about to.
func TestAnotherTabStarts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store, p := new(meddler), &puller{ends: time.Minute}
		b := newBrowser(t, newSiteOn(t, p, pullScope, store))
		store.once(func(call string, r track.Record) bool { return call == "Create" && r.Handle != "" }, func() {
			newBrowser(t, b.site).started()
		})
		b.started()
		require.Equal(t, 1, p.started())
	})
}

// TestClaimThatNobodyKnowsOf has a store that fails while the login is claimed, and afterwards: nobody is logged in until
// it is known.
func TestClaimThatNobodyKnowsOf(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := new(meddler)
		s := newSiteOn(t, &puller{}, pullScope, new(track.Memory), func(c *login.Config) { c.Store = store })
		b := newBrowser(t, s)
		b.started()
		time.Sleep(10 * time.Second)
		store.before = func(string, track.Record) error {
			store.blind = true
			return errBroken
		}
		require.Equal(t, http.StatusServiceUnavailable, b.get("/login/wait").Code)
		require.Empty(t, s.done())
		store.before, store.blind = nil, false
		b.isSentTo(b.get("/login/wait"), "/account")
	})
}

// TestAnotherTabClaims has another tab log in while this one is about to.
func TestAnotherTabClaims(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := new(meddler)
		s := newSiteOn(t, &puller{}, pullScope, store)
		b := newBrowser(t, s)
		b.started()
		time.Sleep(10 * time.Second)
		require.Equal(t, "ready", b.state().State)
		store.once(isClaim, func() {
			other := newBrowser(t, s)
			other.isSentTo(other.get("/login/wait"), "/account")
		})
		b.isSentTo(b.get("/login/wait"), "/login/wait")
		require.Len(t, s.done(), 1)
	})
}

// TestCancelledWhileClaiming has another tab cancel while this one is about to log in: cancelled is cancelled. The same with
// another login in its place.
func TestCancelledWhileClaiming(t *testing.T) {
	t.Parallel()
	for _, again := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			store := new(meddler)
			s := newSiteOn(t, &puller{}, pullScope, store)
			b := newBrowser(t, s)
			b.started()
			time.Sleep(10 * time.Second)
			require.Equal(t, "ready", b.state().State)
			store.once(isClaim, func() {
				other := newBrowser(t, s)
				other.isSentTo(other.cancel(), "/")
				if again {
					other.started()
				}
			})
			b.isSentTo(b.get("/login/wait"), "/login/wait")
			require.Empty(t, s.done())
		})
	}
}

// TestNoteWhileClaiming has the app return while the page is about to log in: neither is lost.
func TestNoteWhileClaiming(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := new(meddler)
		s := newSiteOn(t, &puller{}, pullScope, store)
		b := newBrowser(t, s)
		b.started()
		time.Sleep(10 * time.Second)
		require.Equal(t, "ready", b.state().State)
		store.once(isClaim, func() {
			other := newBrowser(t, s)
			other.isSentTo(other.get("/login/return?nonce="+nonceOf(t, s, 0)), "/login/wait")
		})
		b.isSentTo(b.get("/login/wait"), "/account")
		require.Len(t, s.done(), 1)
	})
}

// TestNoteWhileCancelling has the app return while the login is being cancelled: it is cancelled.
func TestNoteWhileCancelling(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := new(meddler)
		s := newSiteOn(t, &puller{ends: time.Hour}, pullScope, store)
		b := newBrowser(t, s)
		b.started()
		met := false
		store.once(func(call string, _ track.Record) bool { return call == "Swap" }, func() {
			met = true
			other := newBrowser(t, s)
			other.isSentTo(other.get("/login/return?nonce="+nonceOf(t, s, 0)), "/login/wait")
		})
		b.isSentTo(b.cancel(), "/")
		require.True(t, met)
		require.Equal(t, "none", b.state().State)
	})
}

// TestAlwaysStale has a store in which the record never stays: nothing loops for ever, and nothing is claimed to be done.
func TestAlwaysStale(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store, p := new(meddler), &puller{ends: 8 * time.Second, prompt: showQR}
		s := newSiteOn(t, p, pullScope, new(track.Memory), func(c *login.Config) { c.Store = store }, restarting)
		b := newBrowser(t, s)
		b.started()
		store.before = func(call string, _ track.Record) error { return track.ErrStale }
		require.Equal(t, "waiting", b.state().State)
		require.Equal(t, http.StatusServiceUnavailable, b.cancel().Code)
		b.isSentTo(b.get("/login/return?nonce="+nonceOf(t, s, 0)), "/login/wait")
		time.Sleep(10 * time.Second)
		require.Equal(t, "ready", b.state().State)
		require.Equal(t, http.StatusServiceUnavailable, b.get("/login/wait").Code)
		require.Empty(t, s.done())
		store.before = nil
		b.isSentTo(b.get("/login/wait"), "/account")
	})
}

// TestNotesThatFail are logged, and the login goes on.
func TestNotesThatFail(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var logged bytes.Buffer
		store, p := new(meddler), &puller{ends: time.Hour, prompt: showQR}
		b := newBrowser(t, newSiteOn(t, p, pullScope, new(track.Memory), restarting, func(c *login.Config) {
			c.Store, c.Logger = store, slog.New(slog.NewTextHandler(&logged, nil))
		}))
		b.started()
		store.before = func(string, track.Record) error { return errBroken }
		require.Equal(t, "waiting", b.state().State)
		require.Contains(t, logged.String(), "not recorded that a code or link was shown")
		store.before = nil
		b.isSentTo(b.cancel(), "/")

		p.onStart = func(*mss.Request) error {
			store.before = func(string, track.Record) error { return errBroken }
			return &mss.RequestError{Field: "User"}
		}
		require.Equal(t, http.StatusBadRequest, b.start().Code)
		require.Contains(t, logged.String(), "stays on record until it expires")
		require.Equal(t, "waiting", b.state().State, "it could be one that is being sent")
		store.before = nil
		time.Sleep(35 * time.Second)
		b.isSentTo(b.get("/login/wait"), "/")
		p.onStart = nil
		b.started()
	})
}

// TestBrowserGoesAwayDuringThePoll reloads the page while it is being made: the answer that nobody gets logs nobody in.
func TestBrowserGoesAwayDuringThePoll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gone, leave := context.WithCancel(t.Context())
		p := &puller{onPoll: leave}
		s := newSite(t, p, pullScope)
		b := newBrowser(t, s)
		b.started()
		time.Sleep(10 * time.Second)
		b.do(http.MethodGet, "/login/wait", nil, func(r *http.Request) { *r = *r.WithContext(gone) })
		require.Error(t, gone.Err(), "it polled")
		require.Empty(t, s.done())
		b.isSentTo(b.get("/login/wait"), "/account")
	})
}
