package login

import (
	"errors"
	"html/template"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/catalogue"
	"github.com/gomss/gomss/mss/track"
)

// Config is what a login consists of.
type Config struct {
	Tracker *track.Tracker // required
	Store   track.Store    // required, and shared by all instances: that of the Tracker, or another one

	// URL is where browsers reach the Handler: "https://bank.example/login/". It ends in "/"; http is allowed on the
	// machine itself only. Requests reach the Handler with its path. Required.
	URL string

	// Entry is the path of the application's own page on which a login begins, such as "/". It has the form, and
	// browsers are sent to it where there is no login. Required.
	Entry string

	// Session returns the id of the browser's session with the application, and "" where it has none: a secret that
	// cannot be guessed, from a cookie. It is compared and not kept. Required.
	Session func(*http.Request) string

	// Request says what to ask whom, from the form that was posted; its body is at most 64 KiB. returnURL is for the
	// provider's options, where they take one. Language and EndUserIP are filled in where they are empty. An error of
	// its own is shown by Catalogue: a *mss.RequestError, or one with the method MessageKey. With RestartIf it is also
	// called with the request of a page that waits, which has no form. Required.
	Request func(r *http.Request, returnURL string) (*mss.Request, error)

	// Done logs the person in and writes the answer, such as a redirect. The signature is verified; the account is that of
	// Signer.ID, and Signer.Test and Fresh are for Done to judge. It must give the session a new id; see the package
	// comment. Required.
	Done func(http.ResponseWriter, *http.Request, *mss.Signature)

	// ClientIP returns the address of the person's browser; nil: that of the connection. Behind a proxy, take the part
	// of a header that the proxy itself wrote.
	ClientIP func(*http.Request) netip.Addr

	// Language returns the language of the page (BCP 47); nil: what the browser prefers of "en", "de", "fr" and "it",
	// which the built-in page and the built-in catalogue have.
	Language func(*http.Request) string

	Catalogue catalogue.Catalogue                // texts of what went wrong; nil: the built-in ones
	Hint      func(hint, language string) string // the text of a Prompt.Hint; nil, or "": a general one

	// RestartIf reports whether an order ended because nobody picked it up; nil: none is started again. See the package
	// comment.
	RestartIf func(error) bool

	// MustReturn ends a login only in a session to which the app returned by returnURL. It is for services where a link
	// is the only way into the app.
	MustReturn bool

	Page   *template.Template // is executed with a View; nil: a built-in one
	Logger *slog.Logger       // of logins that failed, without personal data; nil: nothing is logged
}

// Handler is the handler of the addresses below Config.URL. It is safe for concurrent use and keeps nothing.
type Handler struct {
	c      Config
	origin string // as browsers send it
	path   string // of URL, ending in "/"
	csp    string // of pages
}

// New checks the configuration.
func New(c Config) (*Handler, error) {
	switch {
	case c.Tracker == nil:
		return nil, errors.New("login: Config.Tracker: is nil")
	case c.Store == nil:
		return nil, errors.New("login: Config.Store: is nil; that of the Tracker will do")
	case c.Session == nil:
		return nil, errors.New("login: Config.Session: is nil")
	case c.Request == nil:
		return nil, errors.New("login: Config.Request: is nil")
	case c.Done == nil:
		return nil, errors.New("login: Config.Done: is nil")
	case !isPath(c.Entry):
		return nil, errors.New(`login: Config.Entry: must be a path on the same host, such as "/"`)
	}
	u, err := baseURL(c.URL)
	if err != nil {
		return nil, err
	}
	h := &Handler{c: c, origin: u.Scheme + "://" + u.Host, path: u.Path}
	if h.c.Page == nil {
		h.c.Page, h.csp = builtinPage(), builtinPolicy
	}
	if h.c.ClientIP == nil {
		h.c.ClientIP = peer
	}
	if h.c.Language == nil {
		h.c.Language = preferred
	}
	if h.c.Logger == nil {
		h.c.Logger = slog.New(slog.DiscardHandler)
	}
	return h, nil
}

// isPath reports whether a browser that is sent to s stays on the host. It takes "/\" for "//" (WHATWG URL, relative slash
// state).
func isPath(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "" && u.Host == "" && strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "//") && !strings.Contains(s, `\`)
}

// baseURL reads Config.URL. Host and scheme must be as browsers write them in Origin (RFC 6454 6.2): without the
// scheme's own port, and in lower case.
func baseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.RawPath != "":
		return nil, errors.New(`login: Config.URL: must be an absolute URL of scheme, host and path alone, such as "https://bank.example/login/"`)
	case !strings.HasSuffix(u.Path, "/") || !isPath(u.Path):
		return nil, errors.New(`login: Config.URL: its path must end in "/"`)
	case u.Scheme != "https" && !(u.Scheme == "http" && isLocal(u.Hostname())):
		return nil, errors.New("login: Config.URL: must be https; http is allowed for localhost only")
	case u.Host != strings.ToLower(u.Host) || u.Port() == defaultPorts[u.Scheme] || strings.HasSuffix(u.Host, ":"):
		return nil, errors.New("login: Config.URL: write the host in lower case, and the port only where it is not the scheme's own")
	}
	return u, nil
}

var defaultPorts = map[string]string{"https": "443", "http": "80"}

func isLocal(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// peer returns the address at the other end of the connection.
func peer(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	return ip.Unmap().WithZone("")
}
