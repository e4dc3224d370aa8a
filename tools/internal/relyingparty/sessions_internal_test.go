package relyingparty

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

// in makes a request of a browser with a session.
func in(s *sessions, id string, form url.Values) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(&http.Cookie{Name: s.cookie, Value: id})
	return r
}

// TestSessionsAreBounded: the oldest are forgotten.
func TestSessionsAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSessions(false)
		var ids []string
		for range maxSessions + 2 {
			ids = append(ids, s.renew(httptest.NewRecorder(), in(s, "", nil), Visit{}))
			time.Sleep(time.Millisecond)
		}
		require.Len(t, s.visits, maxSessions)
		require.Empty(t, s.id(in(s, ids[0], nil)))
		require.Empty(t, s.id(in(s, ids[1], nil)))
		require.Equal(t, ids[2], s.id(in(s, ids[2], nil)))
	})
}

// TestNobodyIsPushedOut: whoever comes without a cookie, again and again, logs nobody out.
func TestNobodyIsPushedOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSessions(false)
		begin := func(v Visit) string { return s.renew(httptest.NewRecorder(), in(s, "", nil), v) }
		gone := begin(Visit{Login: new(mss.Signature)})
		time.Sleep(sessionLife + time.Second)
		customer := begin(Visit{Login: new(mss.Signature)})
		for range maxSessions {
			time.Sleep(time.Millisecond)
			begin(Visit{})
		}
		require.Len(t, s.visits, maxSessions)
		require.NotContains(t, s.visits, gone, "that has expired")
		require.Equal(t, customer, s.id(in(s, customer, nil)))
	})
}

// TestFilled: the form of a provider is remembered for requests without one, as far as it was asked for and is of a size that
// people type.
func TestFilled(t *testing.T) {
	t.Parallel()
	s := newSessions(false)
	id := s.renew(httptest.NewRecorder(), in(s, "", nil), Visit{})
	p, q := &Provider{Fields: []Field{{Name: "a"}, {Name: "b"}, {Name: "c"}}}, &Provider{Fields: []Field{{Name: "a"}}}
	filled := s.form(in(s, id, url.Values{"a": {"1"}, "b": {"2", "3"}, "c": {strings.Repeat("x", maxFormValue+1)}, "d": {"4"}}), p)
	require.Equal(t, url.Values{"a": {"1"}}, filled)
	require.Equal(t, url.Values{"a": {"5"}}, s.form(in(s, id, url.Values{"a": {"5"}}), q))
	later := in(s, id, nil)
	later.Method = http.MethodGet
	require.Equal(t, filled, s.form(later, p), "whatever was typed elsewhere")
	other := in(s, "another", nil)
	other.Method = http.MethodGet
	require.Empty(t, s.form(other, p))
}

// TestTriesAtOneTime: codes that are sent at one time are counted like all others.
func TestTriesAtOneTime(t *testing.T) {
	t.Parallel()
	s := newSessions(false)
	id := s.renew(httptest.NewRecorder(), in(s, "", nil), Visit{refusal: &refusal{until: time.Now().Add(letterTime)}})
	var counted atomic.Int32
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			if s.try(in(s, id, nil)) != nil {
				counted.Add(1)
			}
		})
	}
	group.Wait()
	require.EqualValues(t, maxTries, counted.Load())
}

// TestCustomersAreBounded: those that there are keep their numbers, and nobody else gets one.
func TestCustomersAreBounded(t *testing.T) {
	t.Parallel()
	c := &customers{numbers: make(map[string]string)}
	asked := func(i int) string {
		sig := &mss.Signature{Evidence: new(mss.Evidence)}
		sig.Signer.ID = strconv.Itoa(i)
		return c.asked(sig)
	}
	first := asked(0)
	for i := range maxCustomers {
		require.NotEmpty(t, asked(i))
	}
	require.Empty(t, asked(maxCustomers))
	require.Equal(t, first, asked(0))
	require.Len(t, c.numbers, maxCustomers)
}

// TestNothingToSign: who has logged out in another tab, or signed there, is asked nothing.
func TestNothingToSign(t *testing.T) {
	t.Parallel()
	for _, v := range []Visit{{}, {Contract: &Contract{Signature: new(mss.Signature)}}} {
		_, err := v.toSign()
		require.False(t, mss.MayHaveRung(err))
	}
}
