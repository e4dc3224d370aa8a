package relyingparty_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/tools/internal/relyingparty"
	"github.com/stretchr/testify/require"
)

func TestHeaders(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBank(t, msstest.Person{After: time.Hour}).browser(t)
		for _, p := range []string{"/", "/?with=mobileid", "/me", "/nowhere", "/refused", "/style.css", "/script.js", "/login/mobileid/wait"} {
			h := b.Get(p).Header
			policy := h.Get("Content-Security-Policy")
			require.Contains(t, policy, "default-src 'none'", p)
			require.Contains(t, policy, "frame-ancestors 'none'", p)
			require.NotContains(t, policy, "unsafe", p)
			require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"), p)
			require.Equal(t, "same-origin", h.Get("Referrer-Policy"), p)
			require.Equal(t, "no-store", h.Get("Cache-Control"), p)
			require.Equal(t, "same-origin", h.Get("Cross-Origin-Resource-Policy"), p)
		}
		wait := start(b)
		for _, page := range []string{wait.Body, b.Get("/").Body} {
			require.NotContains(t, page, "<style")
			require.NotContains(t, page, " style=")
			require.NotRegexp(t, `<script[^>]*>[^<]`, page)
			require.NotRegexp(t, ` on[a-z]+=`, page)
			require.NotRegexp(t, `(src|href)="https?:`, strings.ReplaceAll(page, `href="http://127.0.0.1:9/?token=X"`, ""))
		}
	})
}

func TestCookie(t *testing.T) {
	t.Parallel()
	srv, err := msstest.NewInProcess(nil)
	require.NoError(t, err)
	t.Cleanup(srv.Close)
	provider, err := relyingparty.MobileID(mssp.Config{
		HTTP: srv.HTTP(), APID: srv.APID(), Prefix: srv.Prefix(), Anchors: srv.Anchors(), Defaults: mssp.Options{Profile: mssp.ProfileAny},
	}, relyingparty.Deposit{Secret: secret})
	require.NoError(t, err)
	for url, want := range map[string]string{
		"http://127.0.0.1:8080": "bank-session=", "https://bank.example": "__Host-bank-session=",
	} {
		site, err := relyingparty.New(relyingparty.Options{URL: url, Providers: []*relyingparty.Provider{provider}})
		require.NoError(t, err)
		t.Cleanup(site.Close)
		w := httptest.NewRecorder()
		site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, url+"/?with=mobileid", nil))
		cookie := w.Header().Get("Set-Cookie")
		require.True(t, strings.HasPrefix(cookie, want), cookie)
		require.Contains(t, cookie, "; Path=/; HttpOnly;")
		require.Contains(t, cookie, "; SameSite=Lax")
		require.Equal(t, strings.HasPrefix(url, "https"), strings.Contains(cookie, "; Secure"))
	}
}

// TestCookieOfTheForm: no page but one with a form begins a session. A tab that comes with an old cookie after a login in another
// tab leaves the new one alone.
func TestCookieOfTheForm(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBank(t, msstest.Person{}).browser(t)
		for _, path := range []string{"/", "/?again=1", "/?with=nobody", "/me", "/contract", "/refused", "/sign/mobileid/wait"} {
			b.Get(path)
			require.Empty(t, b.Cookies(), path)
		}
		b.Get("/?with=mobileid")
		require.Len(t, b.Cookies(), 1)
	})
}

// TestForgedPosts: no form of another site is taken, with or without Origin, and no other name leads here.
func TestForgedPosts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bank := newBank(t, msstest.Person{})
		b := bank.browser(t)
		require.Equal(t, "/me", b.Wait(start(b)).Path)
		post := func(path string, header http.Header) int {
			r := httptest.NewRequest(http.MethodPost, base+path, strings.NewReader(url.Values{"number": {number}}.Encode()))
			r.Header = header.Clone()
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.AddCookie(b.Cookies()[0])
			w := httptest.NewRecorder()
			bank.ServeHTTP(w, r)
			return w.Code
		}
		for _, path := range []string{"/logout", "/refused", "/login/mobileid/start", "/login/mobileid/cancel", "/sign/mobileid/start"} {
			for _, h := range []http.Header{
				{"Origin": {"https://evil.example"}}, {"Origin": {"http://127.0.0.1:9"}}, {"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}},
			} {
				require.Equal(t, http.StatusForbidden, post(path, h), "%s %v", path, h)
			}
		}
		require.Equal(t, "/me", b.Get("/me").Path, "still logged in")
		bank.phone.AssertPrompts(t, 1)

		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "http://evil.example/", nil)
		bank.ServeHTTP(w, r)
		require.Equal(t, http.StatusMisdirectedRequest, w.Code)
	})
}

// TestSessionIsRenewed: a session that was planted in the browser is not logged in, and neither is one that has expired.
func TestSessionIsRenewed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bank := newBank(t, msstest.Person{})
		b := bank.browser(t)
		b.Get("/?with=mobileid")
		planted := b.Cookies()[0]
		me := b.Wait(start(b))
		require.Equal(t, "/me", me.Path)
		get := func(c *http.Cookie) int {
			r := httptest.NewRequest(http.MethodGet, base+"/me", nil)
			r.AddCookie(c)
			w := httptest.NewRecorder()
			bank.ServeHTTP(w, r)
			return w.Code
		}
		loggedIn := b.Cookies()[0]
		require.Equal(t, http.StatusSeeOther, get(planted))
		require.Equal(t, http.StatusOK, get(loggedIn))
		time.Sleep(59 * time.Minute)
		require.Equal(t, http.StatusOK, get(loggedIn))
		time.Sleep(61 * time.Minute)
		require.Equal(t, http.StatusSeeOther, get(loggedIn))

		b = bank.browser(t)
		me = b.Wait(start(b))
		loggedIn = b.Cookies()[0]
		b.Submit(me, "/logout", nil)
		require.Equal(t, http.StatusSeeOther, get(loggedIn), "logged out")
	})
}

// TestFromAnotherSession: the login of one browser is nobody else's.
func TestFromAnotherSession(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bank := newBank(t, msstest.Person{})
		b, other := bank.browser(t), bank.browser(t)
		wait := start(b)
		other.Get("/?with=mobileid")
		require.Equal(t, "/?with=mobileid", other.Get("/login/mobileid/wait").Path)
		require.Equal(t, "/me", b.Wait(wait).Path)
		require.Equal(t, "/", other.Get("/me").Path)
	})
}

func TestLargeForm(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bank := newBank(t, msstest.Person{})
		b := bank.browser(t)
		b.Get("/?with=mobileid")
		p := b.Post("/login/mobileid/start", url.Values{"number": {number}, "x": {strings.Repeat("x", 100<<10)}})
		require.Equal(t, http.StatusBadRequest, p.Status)
		bank.phone.AssertPrompts(t, 0)
	})
}

// TestLargeLetter: what comes after 64 KiB is not read.
func TestLargeLetter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bank := newBank(t, msstest.Person{Serial: "MIDCHE0000000001"})
		b := bank.browser(t)
		require.Equal(t, "/me", b.Wait(start(b)).Path)
		bank.phone.Script(number, msstest.Person{Serial: "MIDCHE0000000002"})
		refused := b.Wait(start(b))
		letter := refused.Marked("data-letter")
		p := b.Post("/refused", url.Values{"code": {letter}, "a": {strings.Repeat("x", 100<<10)}}) // a comes first
		require.Equal(t, "/refused", p.Path)
		require.Contains(t, p.Text(), "That was not the code")
	})
}

func TestOptions(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "x", "http://127.0.0.1:8080/", "http://bank.example/bank"} {
		_, err := relyingparty.New(relyingparty.Options{URL: bad})
		require.Error(t, err, bad)
	}
}
