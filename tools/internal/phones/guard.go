package phones

import (
	"crypto/subtle"
	"net"
	"net/http"
	"strings"
)

// contentPolicy allows the pages what they have, and nothing else.
const contentPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard admits who has the token, from this machine and from our own pages (SEC-24). A browser shows a page of another site
// to whoever it likes: what that page may send here has another Origin, and where its name was made to lead here (DNS
// rebinding), another Host.
type guard struct {
	token  string
	hosts  []string // with the port
	cookie string   // its name
	next   http.Handler
}

// newGuard makes the guard of a page on a port. The port is in the cookie's name, as browsers give a cookie to all ports of a
// host (RFC 6265 8.5): otherwise a second hub would lock the first one's browser out.
func newGuard(token, addr, port string, next http.Handler) *guard {
	return &guard{token, []string{addr, net.JoinHostPort("localhost", port)}, "gomss-phones-" + port, next}
}

func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	switch {
	case !g.ownHost(r.Host):
		http.Error(w, "not an address of this page", http.StatusMisdirectedRequest)
	case !g.ownOrigin(r):
		http.Error(w, "not sent from this page", http.StatusForbidden)
	case r.Method == http.MethodGet && r.URL.Path == "/" && r.URL.Query().Has("token"):
		g.letIn(w, r)
	case !g.admitted(r):
		http.Error(w, "open the address that was printed: it has the token of this page", http.StatusForbidden)
	default:
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		g.next.ServeHTTP(w, r)
	}
}

func (g *guard) ownHost(host string) bool {
	for _, own := range g.hosts {
		if host == own {
			return true
		}
	}
	return false
}

// ownOrigin holds the header Origin against our own. Browsers send it with every POST; other clients never do.
func (g *guard) ownOrigin(r *http.Request) bool {
	origins := r.Header.Values("Origin")
	if len(origins) == 0 {
		return r.Method == http.MethodGet || isAPI(r)
	}
	host, ok := strings.CutPrefix(origins[0], "http://")
	return ok && len(origins) == 1 && g.ownHost(host)
}

func isAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/") }

// admitted looks for the token: of pages in the cookie, of the API in the header, where no page of another site can put it.
func (g *guard) admitted(r *http.Request) bool {
	if isAPI(r) {
		given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		return ok && g.is(given)
	}
	c, err := r.Cookie(g.cookie)
	return err == nil && g.is(c.Value)
}

func (g *guard) is(given string) bool {
	return subtle.ConstantTimeCompare([]byte(given), []byte(g.token)) == 1
}

// letIn turns the token of the address into a cookie, so that it does not stay in the address bar.
func (g *guard) letIn(w http.ResponseWriter, r *http.Request) {
	if !g.is(r.URL.Query().Get("token")) {
		http.Error(w, "not the token of this page: it is another one each time", http.StatusForbidden)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: g.cookie, Value: g.token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	w.Header().Set("Location", "/")
	w.WriteHeader(http.StatusSeeOther)
}
