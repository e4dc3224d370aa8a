package transport

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const (
	defaultMaxBody  = 1 << 20
	defaultMaxConns = 100
)

// Config tells where a service is and how to trust it. New checks it once; a Client does not see later changes.
type Config struct {
	// URL is the service's base, https, without user, query and fragment. Required.
	URL string

	// Identity is the client certificate. nil: none.
	Identity *Identity

	// SendChain sends the certificates behind the client's own as well, as far as its files hold them. BankID recommends it;
	// the Mobile ID service refuses a client that does.
	SendChain bool

	// Roots are what the server's certificate must lead to. None is a mistake that New reports: it never means the
	// system's roots. They come in addition with UseSystemRoots.
	Roots          []*x509.Certificate
	UseSystemRoots bool

	// Pins, if there are any, restrict what Roots allow: one of them must be the SHA-256 of a certificate in the server's
	// verified chain. Several at once let a certificate be replaced without a gap.
	Pins []Pin

	// KeyPins, if there are any, restrict what Roots allow: one of them must be the SHA-256 of the public key
	// (SubjectPublicKeyInfo, RFC 7469 2.4) of the server's own certificate. A key can be kept when its certificate is replaced,
	// and the next key be pinned before it is used.
	KeyPins []Pin

	// ServerName is the name in the server's certificate where that is not the URL's host: on a private line the
	// URL has an IP address.
	ServerName string

	// Proxy is asked for a tunnel to the server. nil: none, and none from the environment unless UseEnvironmentProxy
	// (HTTPS_PROXY and NO_PROXY, read once in a process).
	Proxy               *Proxy
	UseEnvironmentProxy bool

	// Base replaces the built-in connections: a simulator in this process, a test. Every field above but URL
	// concerns those connections and must then be empty, as must MaxConns. Base has to obey the request's context, and
	// must not send by itself again what it has read once: a http.Transport does not, given no GetBody.
	Base http.RoundTripper

	// Wrap puts something around the RoundTripper that sends: instrumentation, a recorder. It must pass on the request's
	// context. What it does cannot make a prompting exchange go out twice.
	Wrap func(http.RoundTripper) http.RoundTripper

	MaxBody  int64 // octets of an answer's body; 0: 1 MiB
	MaxConns int   // exchanges at once, and connections kept; 0: 100. Further exchanges wait

	Logger *slog.Logger // nil: discard. Warn lines hold no personal data
}

// New checks cfg and returns a client for it. It opens no connection.
func New(cfg Config) (*Client, error) {
	base, err := cfg.check()
	if err != nil {
		return nil, err
	}
	c := &Client{base: base, rt: cfg.Base, maxBody: cfg.MaxBody}
	if c.maxBody == 0 {
		c.maxBody = defaultMaxBody
	}
	if cfg.Base == nil {
		if c.own, err = newGenerations(&cfg); err != nil {
			return nil, err
		}
		c.rt = c.own
	}
	c.rt = once{c.rt}
	if cfg.Wrap != nil {
		if c.rt = cfg.Wrap(c.rt); c.rt == nil {
			return nil, errors.New("transport: Config.Wrap: returned nil")
		}
	}
	return c, nil
}

// check validates what concerns every client and returns the base URL without the slash at its end.
func (cfg *Config) check() (string, error) {
	u, err := url.Parse(cfg.URL)
	if err != nil {
		return "", errors.New("transport: Config.URL: not a URL") // the parser's error quotes it
	}
	if err := checkURL(u); err != nil {
		return "", fmt.Errorf("transport: Config.URL: %w", err)
	}
	if u.RawQuery != "" || u.ForceQuery {
		return "", errors.New("transport: Config.URL: holds a query")
	}
	if cfg.MaxBody < 0 || cfg.MaxConns < 0 {
		return "", errors.New("transport: Config.MaxBody, Config.MaxConns: negative")
	}
	if field := cfg.connectionField(); cfg.Base != nil && field != "" {
		return "", fmt.Errorf("transport: Config.Base: excludes Config.%s, which concerns the built-in connections", field)
	}
	return strings.TrimRight(u.String(), "/"), nil
}

func checkURL(u *url.URL) error {
	switch {
	case u.Scheme != "https" || u.Opaque != "":
		return errors.New("not https: client certificates and signatures do not travel in the clear")
	case u.Hostname() == "":
		return errors.New("no host")
	case u.User != nil:
		return errors.New("holds a user")
	case u.Fragment != "":
		return errors.New("holds a fragment")
	}
	return nil
}

// connectionField returns the name of a field that is set and concerns the built-in connections only.
func (cfg *Config) connectionField() string {
	for _, f := range []struct {
		set  bool
		name string
	}{
		{cfg.Identity != nil, "Identity"},
		{cfg.SendChain, "SendChain"},
		{len(cfg.Roots) > 0, "Roots"},
		{cfg.UseSystemRoots, "UseSystemRoots"},
		{len(cfg.Pins) > 0, "Pins"},
		{len(cfg.KeyPins) > 0, "KeyPins"},
		{cfg.ServerName != "", "ServerName"},
		{cfg.Proxy != nil, "Proxy"},
		{cfg.UseEnvironmentProxy, "UseEnvironmentProxy"},
		{cfg.MaxConns != 0, "MaxConns"},
	} {
		if f.set {
			return f.name
		}
	}
	return ""
}

// newGenerations makes the built-in RoundTripper.
func newGenerations(cfg *Config) (*generations, error) {
	roots, err := newRoots(cfg.Roots, cfg.UseSystemRoots)
	if err != nil {
		return nil, err
	}
	pins := pinning{certificates: slices.Clone(cfg.Pins), keys: slices.Clone(cfg.KeyPins)}
	if err := pins.check(); err != nil {
		return nil, err
	}
	proxy, err := newProxyFunc(cfg)
	if err != nil {
		return nil, err
	}
	slots := cfg.MaxConns
	if slots == 0 {
		slots = defaultMaxConns
	}
	g := &generations{identity: cfg.Identity, logger: cfg.Logger}
	if g.logger == nil {
		g.logger = slog.New(slog.DiscardHandler)
	}
	var (
		sema = make(chan struct{}, slots)
		name = cfg.ServerName
		full = cfg.SendChain
		tcp  = new(net.Dialer)
	)
	g.newPool = func(cert *tls.Certificate) *pool {
		if !full {
			cert = leafOnly(cert)
		}
		return &pool{
			dialer: &dialer{dial: tcp.DialContext, proxy: proxy, tls: newTLSConfig(roots, pins, cert), serverName: name},
			slots:  sema,
		}
	}
	g.current() // warns about the certificate now, not at the first exchange
	return g, nil
}
