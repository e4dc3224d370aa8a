package login

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/gomss/gomss/mss/track"
)

// maxBody bounds what Config.Request can read of a form, in octets.
const maxBody = 64 << 10

// route is an address of the Handler.
type route struct {
	method string
	serve  func(h *Handler, w http.ResponseWriter, r *http.Request, session string)
}

// routes are the addresses. It is never changed.
var routes = map[string]route{
	"start":  {http.MethodPost, (*Handler).start},
	"wait":   {http.MethodGet, (*Handler).wait},
	"state":  {http.MethodGet, (*Handler).state},
	"events": {http.MethodGet, (*Handler).events},
	"qr.svg": {http.MethodGet, (*Handler).svg},
	"qr.png": {http.MethodGet, (*Handler).png},
	"return": {http.MethodGet, (*Handler).back},
	"cancel": {http.MethodPost, (*Handler).cancel},
}

// ServeHTTP serves the addresses below Config.URL.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	protect(w.Header())
	name, below := strings.CutPrefix(r.URL.Path, h.path)
	to, known := routes[name]
	switch {
	case !below || !known:
		http.NotFound(w, r)
	case r.Method != to.method:
		w.Header().Set("Allow", to.method)
		http.Error(w, "this address takes "+to.method+" only", http.StatusMethodNotAllowed)
	case to.method == http.MethodPost && !h.sameOrigin(r):
		http.Error(w, "the form was not sent from this site", http.StatusForbidden)
	case isPrefetch(r):
		http.Error(w, "not before the person comes here", http.StatusServiceUnavailable)
	default:
		h.inSession(w, r, to)
	}
}

func (h *Handler) inSession(w http.ResponseWriter, r *http.Request, to route) {
	session := h.c.Session(r)
	if session == "" {
		lang := h.c.Language(r)
		h.render(w, r, http.StatusForbidden, View{Language: lang, Message: labelsOf(lang).NoSession})
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	to.serve(h, w, r, session)
}

// protect sets the headers that all answers have, those of Config.Done too. The Referrer-Policy is not no-referrer, with
// which browsers would send the Origin of our own forms as "null" (Fetch 3.2).
func protect(to http.Header) {
	to.Set("Cache-Control", "no-store")
	to.Set("X-Content-Type-Options", "nosniff")
	to.Set("X-Frame-Options", "DENY")
	to.Set("Referrer-Policy", "same-origin")
	to.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// sameOrigin reports whether a form comes from our own pages: Origin is there, once, and ours (SEC-24).
func (h *Handler) sameOrigin(r *http.Request) bool {
	values := r.Header.Values("Origin")
	return len(values) == 1 && values[0] == h.origin
}

// isPrefetch reports whether a browser asks for a page that the person may never see: Config.Done would be called in vain.
func isPrefetch(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Sec-Purpose"), "prefetch")
}

// redirect sends the browser to a path with GET.
func redirect(w http.ResponseWriter, path string) {
	w.Header().Set("Location", path)
	w.WriteHeader(http.StatusSeeOther)
}

// writeJSON answers a script.
func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}

// isLost reports whether somebody else changed the record first.
func isLost(err error) bool { return errors.Is(err, track.ErrStale) || errors.Is(err, track.ErrExists) }
