package transport_test

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// proxy is a CONNECT proxy that leads every tunnel to one address, and remembers what it was asked.
type proxy struct {
	url   string
	mu    sync.Mutex
	asked []*http.Request
}

// newProxy answers with reply, unless that is empty.
func newProxy(t testing.TB, target, reply string) *proxy {
	t.Helper()
	p := new(proxy)
	p.url = "http://" + listen(t, func(c net.Conn) {
		r := bufio.NewReader(c)
		req, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		p.mu.Lock()
		p.asked = append(p.asked, req)
		p.mu.Unlock()
		if reply != "" {
			io.WriteString(c, reply)
			untilClosed(c)
			return
		}
		up, err := net.Dial("tcp", target)
		if err != nil {
			return
		}
		io.WriteString(c, "HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\n\r\n")
		done := make(chan struct{})
		go func() {
			io.Copy(up, r)
			up.(*net.TCPConn).CloseWrite()
			close(done)
		}()
		io.Copy(c, up)
		c.Close()
		<-done
		up.Close()
	})
	return p
}

func TestProxy(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	var header http.Header
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) { header = r.Header },
		withCertificate(ca.server(t, "mss.example")))
	p := newProxy(t, s.Listener.Addr().String(), "")
	c := newClient(t, transport.Config{
		URL: "https://mss.example", Roots: ca.roots(),
		Proxy: &transport.Proxy{URL: p.url, Username: "erika", Password: mss.Conceal("open:sesame")},
	})
	for range 3 {
		_, err := c.Do(t.Context(), prompt())
		require.NoError(t, err)
	}
	require.Len(t, p.asked, 1, "one tunnel is used again")
	ask := p.asked[0]
	require.Equal(t, "CONNECT mss.example:443", ask.Method+" "+ask.RequestURI)
	require.Equal(t, "mss.example:443", ask.Host)
	basic := &http.Request{Header: http.Header{"Authorization": ask.Header["Proxy-Authorization"]}}
	user, password, ok := basic.BasicAuth()
	require.True(t, ok)
	require.Equal(t, "erika open:sesame", user+" "+password)
	require.NotContains(t, ask.Header, "Authorization")

	require.NotContains(t, header, "Proxy-Authorization", "the proxy's credentials went to the server")
	require.NotContains(t, header, "Authorization")
}

func TestProxyWithoutUser(t *testing.T) {
	t.Parallel()
	s := newSite(t, answer)
	p := newProxy(t, s.Listener.Addr().String(), "")
	c := s.client(t, func(cfg *transport.Config) { cfg.Proxy = &transport.Proxy{URL: p.url} })
	_, err := c.Do(t.Context(), prompt())
	require.NoError(t, err)
	require.NotContains(t, p.asked[0].Header, "Proxy-Authorization")
}

func TestProxyFailures(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ reply, text string }{
		"407":              {"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n", "HTTP 407: wants credentials"},
		"403":              {"HTTP/1.1 403 No\r\n\r\nErika", "HTTP 403: the proxy refuses a tunnel"},
		"not HTTP":         {"SSH-2.0-Erika\r\n\r\n", "check Config.Proxy.URL"},
		"octets after":     {"HTTP/1.1 200 OK\r\n\r\nErika", "check Config.Proxy.URL"},
		"endless header":   {"HTTP/1.1 200 OK\r\n" + strings.Repeat("X: Erika\r\n", 100_000) + "\r\n", "check Config.Proxy.URL"},
		"no TLS behind it": {"HTTP/1.1 200 OK\r\n\r\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, answer)
			p := newProxy(t, "", tc.reply)
			if tc.text == "" {
				s.Listener.Close()
				p = newProxy(t, s.Listener.Addr().String(), "")
			}
			c := s.client(t, func(cfg *transport.Config) { cfg.Proxy = &transport.Proxy{URL: p.url} })
			_, err := c.Do(t.Context(), prompt())
			requireFailure(t, err, mss.NotSent)
			require.ErrorContains(t, err, tc.text)
			require.ErrorContains(t, err, "mss: transport: proxy: ")
			require.NotContains(t, err.Error(), "Erika")
			require.Zero(t, s.requests.Load())
		})
	}

	gone := strings.Replace(closedPort(t), "https", "http", 1)
	s := newSite(t, answer)
	_, err := s.client(t, func(cfg *transport.Config) { cfg.Proxy = &transport.Proxy{URL: gone} }).Do(t.Context(), prompt())
	requireFailure(t, err, mss.NotSent)
	require.Zero(t, s.requests.Load(), "the proxy was left out")
}

func TestProxyConfig(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		proxy transport.Proxy
		text  string // "": accepted
	}{
		"good":           {transport.Proxy{URL: "http://proxy.example:3128"}, ""},
		"default port":   {transport.Proxy{URL: "http://proxy.example/"}, ""},
		"empty":          {transport.Proxy{}, "Config.Proxy.URL"},
		"no URL":         {transport.Proxy{URL: "http://secret\x7f"}, "Config.Proxy.URL: not a URL"},
		"TLS":            {transport.Proxy{URL: "https://proxy.example"}, "Config.Proxy.URL: not http"},
		"SOCKS":          {transport.Proxy{URL: "socks5://proxy.example"}, "Config.Proxy.URL: not http"},
		"user in URL":    {transport.Proxy{URL: "http://erika:secret@proxy.example"}, "use Config.Proxy.Username"},
		"path":           {transport.Proxy{URL: "http://proxy.example/secret"}, "only http://host:port"},
		"query":          {transport.Proxy{URL: "http://proxy.example?secret"}, "only http://host:port"},
		"fragment":       {transport.Proxy{URL: "http://proxy.example#secret"}, "only http://host:port"},
		"colon in user":  {transport.Proxy{URL: "http://proxy.example", Username: "erika:secret"}, "Config.Proxy.Username"},
		"password alone": {transport.Proxy{URL: "http://proxy.example", Password: mss.Conceal("secret")}, "Config.Proxy.Username"},
	} {
		_, err := transport.New(transport.Config{URL: "https://mss.example", UseSystemRoots: true, Proxy: &tc.proxy})
		if tc.text == "" {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorContains(t, err, tc.text, name)
		require.NotContains(t, err.Error(), "secret", name)
		require.NotContains(t, err.Error(), "erika", name)
	}
	_, err := transport.New(transport.Config{
		URL: "https://mss.example", UseSystemRoots: true, UseEnvironmentProxy: true, Proxy: &transport.Proxy{URL: "http://p.example"},
	})
	require.ErrorContains(t, err, "excludes Config.UseEnvironmentProxy")
}

func TestProxyPasswordIsRedacted(t *testing.T) {
	t.Parallel()
	p := transport.Proxy{URL: "http://proxy.example", Username: "erika", Password: mss.Conceal("sesame")}
	cfg := transport.Config{URL: "https://mss.example", UseSystemRoots: true, Proxy: &p}
	c := newClient(t, cfg)
	for _, v := range []any{p, &p, cfg, &cfg, c, []any{p}, map[string]any{"p": &p}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			got := fmt.Sprintf(verb, v)
			require.NotContains(t, got, "sesame")
			require.NotContains(t, got, fmt.Sprintf("%x", "sesame"))
		}
	}
	j, err := json.Marshal(p)
	require.NoError(t, err)
	x, err := xml.Marshal(p)
	require.NoError(t, err)
	var log notebook
	log.logger().Warn("proxy", "p", p, "pointer", &p)
	require.NotContains(t, string(j)+string(x)+log.String(), "sesame")
}

// TestEnvironmentProxy runs itself in a process with an environment of its own, because net/http reads it once.
func TestEnvironmentProxy(t *testing.T) {
	if os.Getenv("GOMSS_TEST_ENVIRONMENT_PROXY") != "" {
		inProxyEnvironment(t)
		return
	}
	s := newSite(t, answer)
	p := newProxy(t, s.Listener.Addr().String(), "")
	for _, tc := range []struct{ proxy, want string }{
		{strings.Replace(p.url, "http://", "http://erika:sesame@", 1), ""},
		{"socks5://erika:sesame@127.0.0.1:1", "refused"},
	} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestEnvironmentProxy$")
		cmd.Env = append(os.Environ(), "GOMSS_TEST_ENVIRONMENT_PROXY=yes "+tc.want, "HTTPS_PROXY="+tc.proxy, "NO_PROXY=direct.example")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	require.Len(t, p.asked, 1, "only the client that was told to use it")
	require.NotEmpty(t, p.asked[0].Header["Proxy-Authorization"])
}

func inProxyEnvironment(t *testing.T) {
	cfg := transport.Config{URL: "https://mss.invalid", Roots: newAuthority(t).roots()}
	without, with := newClient(t, cfg), newClient(t, cfg, func(cfg *transport.Config) { cfg.UseEnvironmentProxy = true })

	_, err := without.Do(t.Context(), prompt())
	require.ErrorContains(t, err, "dial: the host name cannot be resolved", "it used the proxy of the environment")

	_, err = with.Do(t.Context(), prompt())
	requireFailure(t, err, mss.NotSent)
	require.NotContains(t, err.Error(), "sesame")
	if strings.Contains(os.Getenv("GOMSS_TEST_ENVIRONMENT_PROXY"), "refused") {
		require.ErrorContains(t, err, "proxy: the proxy in the environment is not http://host:port")
		return
	}
	require.ErrorContains(t, err, "TLS handshake: the server's certificate", "it was reached, through the proxy")
	u, err := transport.ProxyOf(with, "direct.example:443")
	require.NoError(t, err)
	require.Nil(t, u)
}

func FuzzProxyAnswer(f *testing.F) {
	seeds := []string{"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 407 X\r\nContent-Length: 1\r\n\r\nx", "HTTP/1.1 100 C\r\n\r\n", "HTTP/1.0 000 \n\n", "\r\n", ""}
	require.NotEmpty(f, seeds)
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		client, server := net.Pipe()
		go func() {
			defer server.Close()
			if _, err := http.ReadRequest(bufio.NewReader(server)); err == nil {
				server.Write(answer)
			}
		}()
		status, err := transport.AskTunnel(client, "mss.example:443")
		client.Close()
		if err != nil {
			require.Zero(t, status)
		}
		if err == nil && status/100 == 2 {
			require.True(t, strings.HasPrefix(string(answer), "HTTP/"), "%q", answer)
		}
	})
}

func withCertificate(cert tls.Certificate) func(*httptest.Server) {
	return func(s *httptest.Server) { s.TLS.Certificates = []tls.Certificate{cert} }
}
