package transport

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gomss/gomss/mss"
)

// maxProxyAnswer bounds the header of a proxy's answer to CONNECT.
const maxProxyAnswer = 16 << 10

// Proxy is an HTTP proxy that is asked to CONNECT. TLS runs through it, so that it sees the server's name, never an
// exchange. The credentials go to the proxy alone.
type Proxy struct {
	URL      string      // http://host:port
	Username string      // for Basic authentication (RFC 7617); "": none. Holds no colon
	Password mss.Private // prints redacted
}

// parse checks the proxy's fields and returns its URL with the user in it, as net/http's proxy functions do.
func (p *Proxy) parse() (*url.URL, error) {
	u, err := url.Parse(p.URL)
	switch {
	case err != nil:
		return nil, errors.New("transport: Config.Proxy.URL: not a URL")
	case u.User != nil:
		return nil, errors.New("transport: Config.Proxy.URL: holds a user: use Config.Proxy.Username and Password")
	case u.Path != "" && u.Path != "/", u.RawQuery != "", u.ForceQuery, u.Fragment != "":
		return nil, errors.New("transport: Config.Proxy.URL: only http://host:port")
	case strings.Contains(p.Username, ":"):
		return nil, errors.New("transport: Config.Proxy.Username: holds a colon, which Basic authentication cannot carry")
	case p.Username == "" && !p.Password.IsZero():
		return nil, errors.New("transport: Config.Proxy.Username: empty, but there is a password")
	}
	if err := checkProxy(u); err != nil {
		return nil, fmt.Errorf("transport: Config.Proxy.URL: %w", err)
	}
	if p.Username != "" {
		u.User = url.UserPassword(p.Username, p.Password.Reveal())
	}
	return u, nil
}

func checkProxy(u *url.URL) error {
	if u.Scheme != "http" || u.Hostname() == "" {
		return errors.New("not http://host:port; a proxy that wants TLS or SOCKS is not supported")
	}
	return nil
}

// newProxyFunc returns how the proxy of a request is found; nil: there is none.
func newProxyFunc(cfg *Config) (func(*http.Request) (*url.URL, error), error) {
	switch {
	case cfg.Proxy != nil && cfg.UseEnvironmentProxy:
		return nil, errors.New("transport: Config.Proxy: excludes Config.UseEnvironmentProxy")
	case cfg.UseEnvironmentProxy:
		return http.ProxyFromEnvironment, nil
	case cfg.Proxy == nil:
		return nil, nil
	}
	u, err := cfg.Proxy.parse()
	if err != nil {
		return nil, err
	}
	return http.ProxyURL(u), nil
}

// proxyFor returns the proxy for addr, or nil.
func (d *dialer) proxyFor(addr string) (*url.URL, error) {
	if d.proxy == nil {
		return nil, nil
	}
	u, err := d.proxy(&http.Request{URL: &url.URL{Scheme: "https", Host: addr}})
	if err == nil && u != nil {
		err = checkProxy(u)
	}
	if err != nil {
		// The environment's proxy URL may hold a password, and net/http's error quotes the URL.
		return nil, &failure{step: stepProxy, text: "the proxy in the environment is not http://host:port", sent: mss.NotSent}
	}
	return u, nil
}

func proxyAddr(u *url.URL) string {
	if u.Port() == "" {
		return net.JoinHostPort(u.Hostname(), "80")
	}
	return u.Host
}

// connect asks the proxy at the other end of conn for a tunnel to addr (RFC 9110 9.3.6).
func connect(ctx context.Context, conn net.Conn, proxy *url.URL, addr string) error {
	limited, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	// A deadline in the past wakes the reads and writes below.
	stop := context.AfterFunc(limited, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	status, err := askTunnel(conn, proxy.User, addr)
	if err != nil {
		return explain(ctx, stepProxy, err)
	}
	switch {
	case isTunnel(status):
		return nil
	case status == http.StatusProxyAuthRequired:
		return &failure{step: stepProxy, text: "HTTP 407: wants credentials, or others: Config.Proxy.Username and Password"}
	}
	return &failure{step: stepProxy, text: fmt.Sprintf("HTTP %d: the proxy refuses a tunnel to the host of Config.URL", status)}
}

// isTunnel reports whether the proxy's answer makes the connection a tunnel: any 2xx does.
func isTunnel(status int) bool { return status/100 == 2 }

func askTunnel(conn net.Conn, user *url.Userinfo, addr string) (status int, err error) {
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: addr}, Host: addr, Header: http.Header{}}
	if user != nil {
		password, _ := user.Password()
		basic := &http.Request{Header: http.Header{}}
		basic.SetBasicAuth(user.Username(), password)
		req.Header["Proxy-Authorization"] = basic.Header["Authorization"]
	}
	if err := req.Write(conn); err != nil {
		return 0, err
	}
	r := bufio.NewReader(io.LimitReader(conn, maxProxyAnswer))
	resp, err := http.ReadResponse(r, req)
	if err != nil {
		return 0, err
	}
	// In TLS the client speaks first. What the proxy added would be lost with r, and the handshake with it.
	if isTunnel(resp.StatusCode) && r.Buffered() > 0 {
		return 0, errors.New("octets after the answer to CONNECT")
	}
	return resp.StatusCode, nil
}
