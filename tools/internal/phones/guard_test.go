package phones_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/tools/internal/phones"
)

// answer is what came back over HTTP.
type answer struct {
	*http.Response
	body string
}

// do sends a request to the page; edit changes it before.
func do(t *testing.T, hub *phones.Hub, method, path, body string, edit func(*http.Request)) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, hub.Address()+path, strings.NewReader(body))
	require.NoError(t, err)
	if edit != nil {
		edit(r)
	}
	return send(t, &http.Client{CheckRedirect: stay}, r)
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func send(t *testing.T, c *http.Client, r *http.Request) answer {
	t.Helper()
	resp, err := c.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	defer c.CloseIdleConnections()
	data, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return answer{resp, string(data)}
}

// bearer is how tests are let in.
func bearer(hub *phones.Hub) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+hub.Token()) }
}

// cookie is what a browser has been given.
func cookie(t *testing.T, hub *phones.Hub) *http.Cookie {
	t.Helper()
	a := do(t, hub, http.MethodGet, "/?token="+hub.Token(), "", nil)
	require.Equal(t, http.StatusSeeOther, a.StatusCode)
	require.Equal(t, "/", a.Header.Get("Location"), "the token does not stay in the address bar")
	require.Len(t, a.Cookies(), 1)
	return a.Cookies()[0]
}

// browser is a browser that was let in. It sends Origin with what changes something.
func browser(t *testing.T, hub *phones.Hub) func(method, path string, form url.Values) answer {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return tab(t, hub, jar)
}

// tab is one of a browser with these cookies.
func tab(t *testing.T, hub *phones.Hub, jar http.CookieJar) func(method, path string, form url.Values) answer {
	t.Helper()
	c := &http.Client{Jar: jar, CheckRedirect: stay}
	ask := func(method, path string, form url.Values) answer {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, hub.Address()+path, strings.NewReader(form.Encode()))
		require.NoError(t, err)
		if method == http.MethodPost {
			r.Header.Set("Origin", hub.Address())
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		return send(t, c, r)
	}
	require.Equal(t, http.StatusSeeOther, ask(http.MethodGet, "/?token="+hub.Token(), nil).StatusCode)
	return ask
}

// TestGuard: each of these is let in but for one thing (SEC-24).
func TestGuard(t *testing.T) {
	t.Parallel()
	hub := start(t, phones.Options{})
	port := hub.Address()[strings.LastIndex(hub.Address(), ":"):]
	let := cookie(t, hub)
	page := func(r *http.Request) { r.AddCookie(&http.Cookie{Name: let.Name, Value: let.Value}) }
	form := func(r *http.Request) {
		page(r)
		r.Header.Set("Origin", hub.Address())
	}
	const button = "/handsets/mobileid-sim/toggle-network"
	for name, tt := range map[string]struct {
		method, path string
		edit         func(*http.Request)
		status       int
	}{
		"page":                          {http.MethodGet, "/", page, 200},
		"history":                       {http.MethodGet, "/history", page, 200},
		"page by name":                  {http.MethodGet, "/", func(r *http.Request) { page(r); r.Host = "localhost" + port }, 200},
		"form":                          {http.MethodPost, button, form, 303},
		"API":                           {http.MethodGet, "/api/handsets", bearer(hub), 200},
		"another host":                  {http.MethodGet, "/", func(r *http.Request) { page(r); r.Host = "evil.example" + port }, 421},
		"another port":                  {http.MethodGet, "/", func(r *http.Request) { page(r); r.Host = "127.0.0.1:1" }, 421},
		"another host, API":             {http.MethodGet, "/api/handsets", func(r *http.Request) { bearer(hub)(r); r.Host = "evil.example" + port }, 421},
		"another host, token":           {http.MethodGet, "/?token=" + hub.Token(), func(r *http.Request) { r.Host = "evil.example" + port }, 421},
		"another origin":                {http.MethodPost, button, func(r *http.Request) { page(r); r.Header.Set("Origin", "http://evil.example") }, 403},
		"another port's origin":         {http.MethodPost, button, func(r *http.Request) { page(r); r.Header.Set("Origin", "http://127.0.0.1:1") }, 403},
		"opaque origin":                 {http.MethodPost, button, func(r *http.Request) { page(r); r.Header.Set("Origin", "null") }, 403},
		"https origin":                  {http.MethodPost, button, func(r *http.Request) { page(r); r.Header.Set("Origin", "https"+hub.Address()[4:]) }, 403},
		"two origins":                   {http.MethodPost, button, func(r *http.Request) { form(r); r.Header.Add("Origin", "http://evil.example") }, 403},
		"no origin":                     {http.MethodPost, button, page, 403},
		"another origin reads":          {http.MethodGet, "/", func(r *http.Request) { page(r); r.Header.Set("Origin", "http://evil.example") }, 403},
		"another origin, API":           {http.MethodGet, "/api/handsets", func(r *http.Request) { bearer(hub)(r); r.Header.Set("Origin", "http://evil.example") }, 403},
		"nobody":                        {http.MethodGet, "/", nil, 403},
		"nobody's form":                 {http.MethodPost, button, func(r *http.Request) { r.Header.Set("Origin", hub.Address()) }, 403},
		"nobody, events":                {http.MethodGet, "/events", nil, 403},
		"nobody, style":                 {http.MethodGet, "/style.css", nil, 403},
		"nobody, API":                   {http.MethodGet, "/api/handsets", nil, 403},
		"wrong cookie":                  {http.MethodGet, "/", func(r *http.Request) { r.AddCookie(&http.Cookie{Name: let.Name, Value: let.Value + "x"}) }, 403},
		"empty cookie":                  {http.MethodGet, "/", func(r *http.Request) { r.AddCookie(&http.Cookie{Name: let.Name}) }, 403},
		"wrong token, API":              {http.MethodGet, "/api/handsets", func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") }, 403},
		"token of another scheme":       {http.MethodGet, "/api/handsets", func(r *http.Request) { r.Header.Set("Authorization", hub.Token()) }, 403},
		"cookie, which a browser sends": {http.MethodGet, "/api/handsets", page, 403},
		"token in a form":               {http.MethodPost, "/?token=" + hub.Token(), func(r *http.Request) { r.Header.Set("Origin", hub.Address()) }, 403},
		"wrong token":                   {http.MethodGet, "/?token=x", nil, 403},
		"token elsewhere":               {http.MethodGet, "/history?token=" + hub.Token(), nil, 403},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := do(t, hub, tt.method, tt.path, "", tt.edit)
			require.Equal(t, tt.status, a.StatusCode, a.body)
			require.Equal(t, "no-store", a.Header.Get("Cache-Control"))
			require.Equal(t, "nosniff", a.Header.Get("X-Content-Type-Options"))
			if tt.status >= 400 {
				require.NotContains(t, a.body, hub.Token())
				require.Empty(t, a.Cookies())
			}
		})
	}
}

func TestCookie(t *testing.T) {
	t.Parallel()
	hub := start(t, phones.Options{})
	c := cookie(t, hub)
	require.True(t, c.HttpOnly)
	require.Equal(t, http.SameSiteStrictMode, c.SameSite)
	require.Zero(t, c.MaxAge, "of the session")
	require.Regexp(t, `^[A-Z2-7]{26}$`, hub.Token())
	require.NotEqual(t, hub.Token(), start(t, phones.Options{Seed: hub.Seed()}).Token(), "not of the seed")
}

// TestTwoHubs: a browser can be on the pages of two hubs, which have the same host, and two browsers on one.
func TestTwoHubs(t *testing.T) {
	t.Parallel()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	hub := start(t, phones.Options{})
	first, second := tab(t, hub, jar), tab(t, start(t, phones.Options{}), jar)
	other := browser(t, hub)
	for _, ask := range []func(string, string, url.Values) answer{first, second, other} {
		require.Equal(t, http.StatusOK, ask(http.MethodGet, "/", nil).StatusCode)
	}
}

// TestOddRequests: nothing gets past the guard by the way in which it is asked for.
func TestOddRequests(t *testing.T) {
	t.Parallel()
	hub := start(t, phones.Options{})
	let := cookie(t, hub)
	for _, path := range []string{"/api/../", "/api/../history", "/api/..%2fhistory", "/api/%2e%2e/history", "//history", "/./", "/API/handsets", "/api"} {
		a := do(t, hub, http.MethodGet, path, "", bearer(hub)) // which the pages do not take
		require.NotEqual(t, http.StatusOK, a.StatusCode, path)
		require.NotContains(t, a.body, "<main", path)
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodHead, http.MethodConnect, "get"} {
		for _, path := range []string{"/", "/api/handsets", "/api/../history", "/handsets/mobileid-sim/toggle-network"} {
			a := do(t, hub, method, path, "", nil)
			require.Equal(t, http.StatusForbidden, a.StatusCode, "%s %s", method, path)
			require.Empty(t, a.Header.Get("Access-Control-Allow-Origin"))
		}
	}
	// With the cookie, and nothing that a browser sends with what changes something.
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodHead} {
		a := do(t, hub, method, "/handsets/mobileid-sim/toggle-network", "", func(r *http.Request) { r.AddCookie(let) })
		require.Equal(t, http.StatusForbidden, a.StatusCode, method)
	}
	h, _ := hub.Handset("mobileid-sim")
	require.False(t, h.NoNetwork)
}

// TestContentPolicy: nothing runs but the page's own script, and no page is shown in another.
func TestContentPolicy(t *testing.T) {
	t.Parallel()
	hub := start(t, phones.Options{})
	_, err := signSync(t, hub, newClient(t, hub, nil), number, handset, phones.Sign)
	require.NoError(t, err)
	ask := browser(t, hub)
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|<script[^>]*>[^<]|javascript:|https?://`)
	for _, path := range []string{"/", "/history", address(last(t, hub, "MSS_Signature")), "/handsets/" + handset} {
		a := ask(http.MethodGet, path, nil)
		require.Equal(t, http.StatusOK, a.StatusCode, path)
		policy := a.Header.Get("Content-Security-Policy")
		require.Contains(t, policy, "default-src 'none'")
		require.Contains(t, policy, "frame-ancestors 'none'")
		require.NotContains(t, policy, "unsafe")
		page, _, _ := strings.Cut(a.body, "<pre") // messages have addresses
		require.NotRegexp(t, inline, page, path)
		require.NotContains(t, a.body, hub.Token())
	}
}

func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	hub := start(t, phones.Options{})
	long := `{"action":"toggle-network","question":"` + strings.Repeat("x", 64<<10) + `"}`
	a := do(t, hub, http.MethodPost, "/api/handsets/mobileid-sim/actions", long, bearer(hub))
	require.Equal(t, http.StatusBadRequest, a.StatusCode)
	a = do(t, hub, http.MethodPost, "/api/handsets/mobileid-sim/actions", `{"action":"toggle-network","question":""}`, bearer(hub))
	require.Equal(t, http.StatusOK, a.StatusCode)
}

func TestAddressMustBeLoopback(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"0.0.0.0:0", "192.0.2.1:0", "example.com:0", "127.0.0.1"} {
		_, err := phones.Start(phones.Options{Addr: addr})
		require.ErrorContains(t, err, "loopback", addr)
		_, err = phones.Start(phones.Options{MobileIDAddr: addr})
		require.ErrorContains(t, err, "loopback", addr)
	}
}
