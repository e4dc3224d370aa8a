package transport_test

import (
	"crypto/x509"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/transport"
)

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	roots := newAuthority(t).roots()
	id := newIdentity(t)
	rt := tripper(func(*http.Request) (*http.Response, error) { return nil, nil })
	const good = "https://mss.example"
	for text, cfg := range map[string]transport.Config{
		"Config.URL: not https": {Roots: roots},
		"Config.URL: not https: client certificates and signatures": {URL: "http://mss.example", Roots: roots},
		"Config.URL: not https:":                                    {URL: "http://mss.example", Roots: roots, Proxy: &transport.Proxy{URL: "http://proxy.example"}},
		"URL: not https: client certificates":                       {URL: "http://mss.example", Base: rt},
		"Config.URL: no host":                                       {URL: "https:///path", Roots: roots},
		"Config.URL: holds a user":                                  {URL: "https://erika:secret@mss.example", Roots: roots},
		"Config.URL: holds a query":                                 {URL: "https://mss.example/?secret", Roots: roots},
		"URL: holds a query":                                        {URL: "https://mss.example/?", Roots: roots},
		"Config.URL: holds a fragment":                              {URL: "https://mss.example/#secret", Roots: roots},
		"Config.URL: not a URL":                                     {URL: "https://mss.example/%zzsecret", Roots: roots},
		"Config.Roots: empty":                                       {URL: good},
		"Config.Roots: empty: give":                                 {URL: good, Roots: []*x509.Certificate{}, Identity: id},
		"Roots: empty":                                              {URL: good, Pins: []transport.Pin{pinOf(roots[0])}},
		"Config.Roots[1]: nil":                                      {URL: good, Roots: []*x509.Certificate{roots[0], nil}},
		"Config.Roots[0]: nil":                                      {URL: good, Roots: []*x509.Certificate{nil}, UseSystemRoots: true},
		"Config.Pins[1]: empty":                                     {URL: good, Roots: roots, Pins: []transport.Pin{pinOf(roots[0]), {}}},
		"negative":                                                  {URL: good, Roots: roots, MaxBody: -1},
		"Config.MaxConns: negative":                                 {URL: good, Roots: roots, MaxConns: -1},
		"Config.Wrap: returned nil":                                 {URL: good, Roots: roots, Wrap: func(http.RoundTripper) http.RoundTripper { return nil }},
		"Config.Base: excludes Config.Identity":                     {URL: good, Base: rt, Identity: id},
		"Config.Base: excludes Config.Roots":                        {URL: good, Base: rt, Roots: roots},
		"Config.Base: excludes Config.UseSystemRoots":               {URL: good, Base: rt, UseSystemRoots: true},
		"Config.Base: excludes Config.Pins":                         {URL: good, Base: rt, Pins: []transport.Pin{{1}}},
		"Config.Base: excludes Config.ServerName":                   {URL: good, Base: rt, ServerName: "x"},
		"Config.Base: excludes Config.Proxy":                        {URL: good, Base: rt, Proxy: &transport.Proxy{}},
		"Config.Base: excludes Config.UseEnvironmentProxy":          {URL: good, Base: rt, UseEnvironmentProxy: true},
		"Config.Base: excludes Config.MaxConns":                     {URL: good, Base: rt, MaxConns: 1},
	} {
		c, err := transport.New(cfg)
		require.ErrorContains(t, err, text)
		require.ErrorContains(t, err, "transport: Config.")
		require.NotContains(t, err.Error(), "secret")
		require.Nil(t, c)
	}
}

func TestSystemRoots(t *testing.T) {
	t.Parallel()
	s := newSite(t, answer)
	system := newClient(t, transport.Config{URL: s.URL, UseSystemRoots: true})
	_, err := system.Do(t.Context(), prompt())
	require.ErrorContains(t, err, "does not lead to Config.Roots")

	both := s.client(t, func(cfg *transport.Config) { cfg.UseSystemRoots = true })
	_, err = both.Do(t.Context(), prompt())
	require.NoError(t, err, "Roots come in addition")
}

// TestConfigIsCopied: a slice that the caller goes on using is not the client's.
func TestConfigIsCopied(t *testing.T) {
	t.Parallel()
	s := newSite(t, answer)
	pins := []transport.Pin{pinOf(s.roots[0])}
	c := s.client(t, func(cfg *transport.Config) { cfg.Pins = pins })
	pins[0][0]++
	_, err := c.Do(t.Context(), prompt())
	require.NoError(t, err)
}

// TestWrapSeesEachExchange: Wrap works on the built-in connections and on Base.
func TestWrapSeesEachExchange(t *testing.T) {
	t.Parallel()
	s := newSite(t, answer)
	seen := 0
	wrap := func(next http.RoundTripper) http.RoundTripper {
		return tripper(func(r *http.Request) (*http.Response, error) {
			seen++
			return next.RoundTrip(r)
		})
	}
	c := s.client(t, func(cfg *transport.Config) { cfg.Wrap = wrap })
	base := newClient(t, transport.Config{URL: s.URL, Base: s.Client().Transport, Wrap: wrap})
	_, err := c.Do(t.Context(), prompt())
	require.NoError(t, err)
	_, err = base.Do(t.Context(), prompt())
	require.NoError(t, err)
	require.Equal(t, 2, seen)
	base.Close() // concerns no connection of ours
}
