package relyingparty

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/account"
	"github.com/gomss/gomss/mss/catalogue"
	"github.com/stretchr/testify/require"
)

// still is a site on which nothing goes on in the background: it counts what would.
func still(t *testing.T) (s *Site, background *int) {
	t.Helper()
	s, err := New(Options{URL: "http://example.com"})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	background = new(int)
	s.background = func(func(context.Context) error) { *background++ }
	return s, background
}

// cookied returns the request of a browser that has got this answer.
func cookied(w *httptest.ResponseRecorder, path string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for _, c := range w.Result().Cookies() {
		r.AddCookie(c)
	}
	return r
}

// TestReceiptIsAnnounced where there is one, and not elsewhere.
func TestReceiptIsAnnounced(t *testing.T) {
	t.Parallel()
	for receipts, want := range map[bool]string{true: "on its way to the phone", false: ""} {
		s, background := still(t)
		v := Visit{Login: new(mss.Signature), Provider: &Provider{Receipts: receipts}, Contract: offer("C-1001")}
		r := in(s.sessions, s.sessions.renew(httptest.NewRecorder(), in(s.sessions, "", nil), v), nil)
		w := httptest.NewRecorder()
		s.signed(w, r, v, new(mss.Signature))
		require.Equal(t, "/contract", w.Header().Get("Location"))
		c := s.sessions.visit(cookied(w, "/contract")).Contract
		require.NotNil(t, c.Signature)
		require.Equal(t, want, c.Receipt)
		require.Equal(t, receipts, c.Waiting, "the page asks again")
		require.Equal(t, receipts, *background == 1)
	}
}

// TestLoggedOutMeanwhile: a logout in another tab while a signature is being judged is not undone.
func TestLoggedOutMeanwhile(t *testing.T) {
	t.Parallel()
	s, background := still(t)
	v := Visit{Login: new(mss.Signature), Provider: &Provider{Receipts: true}, Contract: offer("C-1001")}
	r := in(s.sessions, s.sessions.renew(httptest.NewRecorder(), in(s.sessions, "", nil), v), nil)
	s.logOut(httptest.NewRecorder(), r)
	w := httptest.NewRecorder()
	s.signed(w, r, v, new(mss.Signature))
	require.Equal(t, "/", w.Header().Get("Location"))
	require.Empty(t, w.Result().Cookies())
	require.Zero(t, *background)
	for _, v := range s.sessions.visits {
		require.Nil(t, v.Login)
	}
}

// TestWhyRefused: the page says in the words of the catalogue why nobody was let in, once a letter cannot help.
func TestWhyRefused(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{
		"test person": account.ErrTestSigner, "store": errors.New("account: reading the stored serial number: disk"),
		"not enrolled": account.ErrNotEnrolled, "too late": context.DeadlineExceeded,
	} {
		s, _ := still(t)
		w := httptest.NewRecorder()
		s.refuse(w, httptest.NewRequest(http.MethodGet, "/", nil), "C-1001", new(mss.Signature), err)
		require.Equal(t, "/refused", w.Header().Get("Location"))
		page := httptest.NewRecorder()
		s.ServeHTTP(page, cookied(w, "/refused"))
		require.Equal(t, http.StatusForbidden, page.Code)
		require.Contains(t, page.Body.String(), catalogue.Default().ForPerson(err, "en"), name)
		require.NotContains(t, page.Body.String(), "data-letter")
	}
}
