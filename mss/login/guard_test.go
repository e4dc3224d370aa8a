package login_test

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
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

var gets = []string{"wait", "state", "events", "qr.svg", "qr.png", "return"}

func TestMethods(t *testing.T) {
	t.Parallel()
	p := &puller{}
	b := newBrowser(t, newSite(t, p, pullScope))
	for _, name := range []string{"start", "cancel"} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPut} {
			w := b.do(method, "/login/"+name+"?number="+url.QueryEscape(number), nil, withOrigin(origin))
			require.Equal(t, http.StatusMethodNotAllowed, w.Code, "%s %s", method, name)
			require.Equal(t, http.MethodPost, w.Header().Get("Allow"))
		}
	}
	for _, name := range gets {
		for _, method := range []string{http.MethodPost, http.MethodHead} {
			w := b.do(method, "/login/"+name, nil)
			require.Equal(t, http.StatusMethodNotAllowed, w.Code, "%s %s", method, name)
			require.Equal(t, http.MethodGet, w.Header().Get("Allow"))
		}
	}
	for _, path := range []string{"/login/", "/login", "/wait", "/", "/login/x/wait", "/login/wait/", "/x/login/wait", "/login/WAIT"} {
		require.Equal(t, http.StatusNotFound, b.get(path).Code, path)
	}
	require.Zero(t, p.started())
}

func withOrigin(values ...string) func(*http.Request) {
	return func(r *http.Request) { r.Header["Origin"] = values }
}

func TestOrigin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &puller{ends: time.Hour}
		s := newSite(t, p, pullScope)
		b := newBrowser(t, s)
		for name, values := range map[string][]string{
			"none": nil, "empty": {""}, "null": {"null"}, "another": {"https://evil.example"}, "subdomain": {"https://x.bank.example"},
			"suffix": {"https://bank.example.evil.example"}, "scheme": {"http://bank.example"}, "port": {"https://bank.example:8443"},
			"two": {origin, origin}, "list": {origin + " " + origin}, "path": {origin + "/"}, "case": {"https://BANK.example"},
		} {
			w := b.do(http.MethodPost, "/login/start", url.Values{"number": {number}}, withOrigin(values...))
			require.Equal(t, http.StatusForbidden, w.Code, name)
		}
		require.Zero(t, p.started())
		b.started()
		require.Equal(t, http.StatusForbidden, b.do(http.MethodPost, "/login/cancel", nil, withOrigin("https://evil.example")).Code)
		require.Equal(t, "waiting", b.state().State, "not cancelled")
	})
}

func TestNoSession(t *testing.T) {
	t.Parallel()
	p := &puller{}
	b := newBrowser(t, newSite(t, p, pullScope))
	b.session = ""
	w := b.start()
	require.Equal(t, http.StatusForbidden, w.Code)
	require.Contains(t, w.Body.String(), "needs cookies")
	require.Zero(t, p.started())
	for _, name := range gets {
		require.Equal(t, http.StatusForbidden, b.get("/login/"+name).Code, name)
	}
}

// TestHeaders checks every kind of answer; that none is stored is checked by each request of all tests.
func TestHeaders(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, _ := mobileID(t, msstest.Person{After: 8 * time.Second})
		b := newBrowser(t, s)
		check := func(h http.Header) {
			t.Helper()
			require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
			require.Equal(t, "DENY", h.Get("X-Frame-Options"))
			require.Equal(t, "same-origin", h.Get("Referrer-Policy"))
			require.Equal(t, "same-origin", h.Get("Cross-Origin-Resource-Policy"))
		}
		check(b.start().Header())
		w := b.get("/login/wait")
		check(w.Header())
		require.Equal(t, "text/html; charset=utf-8", w.Header().Get("Content-Type"))
		require.Regexp(t, `^default-src 'none'; .*style-src 'sha256-.*form-action 'self'.*frame-ancestors 'none'$`, w.Header().Get("Content-Security-Policy"))
		for _, name := range gets {
			check(b.get("/login/" + name).Header())
		}
		check(b.get("/login/nowhere").Header())
		time.Sleep(time.Minute)
		w = b.get("/login/wait")
		check(w.Header())
		require.Empty(t, w.Header().Get("Content-Security-Policy"), "Config.Done's page has a policy of its own")
		check(b.cancel().Header())
	})
}

func TestAddressOfTheBrowser(t *testing.T) {
	t.Parallel()
	fromHeader := func(r *http.Request) netip.Addr { return netip.MustParseAddr(r.Header.Get("X-Real-IP")) }
	for name, tt := range map[string]struct {
		remote string
		change func(*login.Config)
		want   string
	}{
		"IPv4":        {remote: "192.0.2.7:80", want: "192.0.2.7"},
		"IPv6":        {remote: "[2001:db8::7]:80", want: "2001:db8::7"},
		"mapped":      {remote: "[::ffff:192.0.2.7]:80", want: "192.0.2.7"},
		"zone":        {remote: "[fe80::1%eth0]:80", want: "fe80::1"},
		"none":        {remote: "@", want: "invalid IP"},
		"unreadable":  {remote: "host:80", want: "invalid IP"},
		"by a caller": {remote: "192.0.2.7:80", change: func(c *login.Config) { c.ClientIP = fromHeader }, want: "203.0.113.9"},
		"by Request": {remote: "192.0.2.7:80", change: func(c *login.Config) {
			c.Request = func(*http.Request, string) (*mss.Request, error) {
				return &mss.Request{EndUserIP: netip.MustParseAddr("203.0.113.1"), Language: "sv"}, nil
			}
		}, want: "203.0.113.1"},
	} {
		p := &puller{}
		s := newSite(t, p, pullScope, func(c *login.Config) {
			if tt.change != nil {
				tt.change(c)
			}
		})
		b := newBrowser(t, s)
		b.do(http.MethodPost, "/login/start", nil, func(r *http.Request) {
			r.RemoteAddr = tt.remote
			r.Header.Set("X-Forwarded-For", "203.0.113.66")
			r.Header.Set("Forwarded", "for=203.0.113.66")
			r.Header.Set("X-Real-IP", "203.0.113.9")
		})
		require.Equal(t, tt.want, p.orders[0].EndUserIP.String(), name)
		want := "en"
		if name == "by Request" {
			want = "sv"
		}
		require.Equal(t, want, p.orders[0].Language, name)
	}
}

func TestFormIsBounded(t *testing.T) {
	t.Parallel()
	p := &puller{}
	s := newSite(t, p, pullScope, func(c *login.Config) {
		c.Request = func(r *http.Request, _ string) (*mss.Request, error) { return new(mss.Request), r.ParseForm() }
	})
	b := newBrowser(t, s)
	w := b.do(http.MethodPost, "/login/start", url.Values{"x": {strings.Repeat("a", 65<<10)}})
	require.Equal(t, http.StatusBadGateway, w.Code)
	require.Zero(t, p.started())
	b.isSentTo(b.do(http.MethodPost, "/login/start", url.Values{"x": {strings.Repeat("a", 63<<10)}}), "/login/wait")
}

func TestConfig(t *testing.T) {
	t.Parallel()
	session := func(*http.Request) string { return "s" }
	good := func() login.Config {
		return login.Config{
			Tracker: new(track.Tracker), Store: new(track.Memory), URL: base, Entry: "/", Session: session,
			Request: func(*http.Request, string) (*mss.Request, error) { return nil, nil },
			Done:    func(http.ResponseWriter, *http.Request, *mss.Signature) {},
		}
	}
	_, err := login.New(good())
	require.NoError(t, err)
	for field, f := range map[string]func(*login.Config){
		"Tracker": func(c *login.Config) { c.Tracker = nil },
		"Store":   func(c *login.Config) { c.Store = nil },
		"URL":     func(c *login.Config) { c.URL = "" },
		"Entry":   func(c *login.Config) { c.Entry = "" },
		"Session": func(c *login.Config) { c.Session = nil },
		"Request": func(c *login.Config) { c.Request = nil },
		"Done":    func(c *login.Config) { c.Done = nil },
	} {
		c := good()
		f(&c)
		_, err := login.New(c)
		require.ErrorContains(t, err, "login: Config."+field+": ")
	}
	for u, ok := range map[string]bool{
		"https://bank.example/": true, "https://bank.example:8443/a/b/": true, "http://localhost:8080/": true, "http://127.0.0.1/": true,
		"http://[::1]:8080/login/": true, "https://[2001:db8::1]/": true,
		"http://bank.example/": false, "http://localhost.bank.example/": false, "https://bank.example": false, "https://bank.example/login": false,
		"/login/": false, "//bank.example/": false, "https://a:b@bank.example/": false, "https://bank.example/?a": false, "https://bank.example/#a": false,
		"https://Bank.example/": false, "https://bank.example:443/": false, "http://localhost:80/": false, "https://bank.example:/": false,
		"ftp://bank.example/": false, "https://bank.example//evil.example/": false, "https://bank.example/a%2fb/": false, "%": false,
	} {
		c := good()
		c.URL = u
		_, err := login.New(c)
		require.Equal(t, ok, err == nil, "%s: %v", u, err)
	}
	for path, ok := range map[string]bool{
		"/": true, "/a?b=c": true, "/a#b": true,
		"//evil.example": false, "///evil.example": false, `/\evil.example`: false, "https://evil.example/": false, "a": false, "javascript:x": false, "/\x00": false,
	} {
		c := good()
		c.Entry = path
		_, err := login.New(c)
		require.Equal(t, ok, err == nil, "%s: %v", path, err)
	}
}

// broken is a store in which calls fail, before or after they have had their effect.
type broken struct {
	track.Memory
	get, before, after atomic.Bool
}

var errBroken = errors.New("the store is broken")

func (s *broken) Get(ctx context.Context, id string) (track.Record, error) {
	if s.get.Load() {
		return track.Record{}, errBroken
	}
	return s.Memory.Get(ctx, id)
}

func (s *broken) Create(ctx context.Context, r track.Record) (track.Record, error) {
	if s.before.Load() {
		return track.Record{}, errBroken
	}
	return s.Memory.Create(ctx, r)
}

func (s *broken) Swap(ctx context.Context, r track.Record) (track.Record, error) {
	if s.before.Load() {
		return track.Record{}, errBroken
	}
	r, err := s.Memory.Swap(ctx, r)
	if s.after.Load() {
		return track.Record{}, errBroken
	}
	return r, err
}

// TestStoreFails shows that nothing is sent, believed or lost while the store fails.
func TestStoreFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := new(broken)
		s, srv := mobileID(t, msstest.Person{}, func(c *login.Config) { c.Store = store })
		b := newBrowser(t, s)
		fails := func(get, before bool, paths ...string) {
			t.Helper()
			store.get.Store(get)
			store.before.Store(before)
			for _, path := range paths {
				method := http.MethodGet
				if path == "start" || path == "cancel" {
					method = http.MethodPost
				}
				w := b.do(method, "/login/"+path, url.Values{"number": {number}})
				require.Equal(t, http.StatusServiceUnavailable, w.Code, path)
				if path == "wait" {
					require.Contains(t, w.Body.String(), `<meta http-equiv="refresh" content="5">`)
				}
				require.NotContains(t, w.Body.String(), "broken", path)
			}
			store.get.Store(false)
			store.before.Store(false)
		}
		fails(true, false, "start", "wait", "state", "qr.svg", "cancel", "return")
		fails(false, true, "start")
		srv.AssertPrompts(t, 0)
		b.started()
		time.Sleep(time.Minute)
		fails(false, true, "wait", "cancel", "return?nonce="+nonceOf(t, s, 1))
		require.Empty(t, s.done())
		store.after.Store(true) // the write is done, and its answer is lost
		b.isSentTo(b.get("/login/wait"), "/account")
		require.Len(t, s.done(), 1)
		b.isSentTo(b.get("/login/wait"), "/")
	})
}

// TestStoreHoldsNothing reads what the store has of a login.
func TestStoreHoldsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		spy := &reader{}
		s, _ := mobileID(t, msstest.Person{}, func(c *login.Config) { c.Store = spy })
		b := newBrowser(t, s)
		b.started()
		time.Sleep(time.Minute)
		b.isSentTo(b.get("/login/wait"), "/account")
		require.NotEmpty(t, spy.written)
		for _, r := range spy.written {
			require.Zero(t, r.Due, "no tracker claims it")
			for _, secret := range []string{b.session, number[1:], text, nonceOf(t, s, 0), s.done()[0].Evidence.Transaction.TransID} {
				require.NotContains(t, r.ID+r.Handle+r.Outcome+r.Hint, secret)
			}
			require.LessOrEqual(t, len(r.ID), track.MaxID)
			require.LessOrEqual(t, len(r.Handle), 512)
		}
	})
}

// reader is a store that remembers what was written.
type reader struct {
	track.Memory
	written []track.Record
}

func (s *reader) Create(ctx context.Context, r track.Record) (track.Record, error) {
	s.written = append(s.written, r)
	return s.Memory.Create(ctx, r)
}

func (s *reader) Swap(ctx context.Context, r track.Record) (track.Record, error) {
	s.written = append(s.written, r)
	return s.Memory.Swap(ctx, r)
}

// TestForeignRecord reads what another version has written: there is no login, and the next one takes the place.
func TestForeignRecord(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		spy := &reader{}
		s, srv := mobileID(t, msstest.Person{}, func(c *login.Config) { c.Store = spy })
		b := newBrowser(t, s)
		b.started()
		current, err := spy.Get(t.Context(), spy.written[0].ID)
		require.NoError(t, err)
		current.Handle = "not of this version"
		_, err = spy.Memory.Swap(t.Context(), current)
		require.NoError(t, err)
		b.isSentTo(b.get("/login/wait"), "/")
		b.started()
		srv.AssertPrompts(t, 2)
	})
}
