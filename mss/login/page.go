package login

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"html/template"
	"net/http"
	"time"

	"github.com/gomss/gomss/mss"
)

// View is what Config.Page shows. Everything but Language may be empty.
type View struct {
	Language string
	Message  string       // what to tell the person, in plain text
	Code     string       // to be compared with the phone
	Hint     string       // the provider's word on where the person is; Message says it in theirs
	Link     template.URL // opens the app on this device; its scheme is one of the known ones
	QR       string       // path of an image: the code of this second, for the app on another device
	Refresh  int          // seconds after which the page is to be fetched again, by <meta http-equiv="refresh">
	Portal   template.URL // of the provider, http or https, where the person can help themselves
	Cancel   string       // path that a form posts to, so that the login is forgotten
	Entry    string       // path where the person can begin again
}

const (
	minRefresh = time.Second // of a page, and of scripts
	retry      = 5           // seconds after which a page that could not be made is fetched again
)

// view is the page of a login that is not decided.
func (h *Handler) view(r *http.Request, s standing) View {
	lang := h.c.Language(r)
	p := s.prompt
	v := View{
		Language: lang, Code: p.Code, Hint: p.Hint, Link: appLink(p.Link), Cancel: h.path + "cancel",
		Refresh: int((max(p.Refresh, minRefresh) + time.Second - 1) / time.Second),
	}
	switch {
	case s.sig != nil: // Config.MustReturn
		v.Message = labelsOf(lang).Return
	case h.c.Hint != nil && p.Hint != "":
		v.Message = h.c.Hint(p.Hint, lang)
	}
	if !p.QR.IsZero() {
		v.QR = h.path + "qr.svg"
	}
	if v.Message == "" {
		v.Message = labelsOf(lang).Wait
		if v.QR != "" || v.Link != "" {
			v.Message = labelsOf(lang).Pull
		}
	}
	return v
}

// fail shows why a login has ended without a signature.
func (h *Handler) fail(w http.ResponseWriter, r *http.Request, status int, err error) {
	h.c.Logger.Info("login: no signature", "error", err, "advice", h.c.Catalogue.ForOperator(err))
	lang := h.c.Language(r)
	v := View{Language: lang, Message: h.c.Catalogue.ForPerson(err, lang), Entry: h.c.Entry}
	if f, ok := errors.AsType[*mss.Fault](err); ok {
		v.Portal = portalLink(f.PortalURL)
	}
	h.render(w, r, status, v)
}

// unavailable says that a store fails. Where the page was fetched, it is fetched again; the person can also give it up.
func (h *Handler) unavailable(w http.ResponseWriter, r *http.Request, err error) {
	h.c.Logger.Error("login: a store failed", "error", err)
	lang := h.c.Language(r)
	v := View{Language: lang, Message: labelsOf(lang).Later, Cancel: h.path + "cancel"}
	if r.Method == http.MethodGet {
		v.Refresh = retry
	}
	h.render(w, r, http.StatusServiceUnavailable, v)
}

// render writes a page.
func (h *Handler) render(w http.ResponseWriter, r *http.Request, status int, v View) {
	var data any = v
	if h.csp != "" {
		data = builtinView{v, labelsOf(v.Language)}
		w.Header().Set("Content-Security-Policy", h.csp)
	}
	var b bytes.Buffer
	if err := h.c.Page.Execute(&b, data); err != nil {
		h.c.Logger.Error("login: the page could not be made", "error", err)
		http.Error(w, "the page could not be made", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(b.Bytes())
}

// builtinView is what the built-in page shows.
type builtinView struct {
	View
	T labels
}

const style = `body{font:1.1rem/1.5 system-ui,sans-serif;max-width:30rem;margin:3rem auto;padding:0 1rem;text-align:center}` +
	`.code{font:2.5rem ui-monospace,monospace;letter-spacing:.2em}img{width:18rem;max-width:100%}`

// builtinPolicy allows the built-in page what it has, and nothing else.
var builtinPolicy = func() string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; img-src 'self'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}()

// builtinPage parses the built-in page.
func builtinPage() *template.Template {
	return template.Must(template.New("login").Parse(`<!DOCTYPE html>
<html lang="{{.Language}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{{if .Refresh}}<meta http-equiv="refresh" content="{{.Refresh}}">
{{end}}<title>{{.T.Title}}</title>
<style>` + style + `</style>
</head>
<body>
<h1>{{.T.Title}}</h1>
<p role="status">{{.Message}}</p>
{{with .Code}}<p>{{$.T.Compare}}</p>
<p class="code">{{.}}</p>
{{end}}{{with .QR}}<p><img src="{{.}}" alt="{{$.T.Scan}}"></p>
{{end}}{{with .Link}}<p><a href="{{.}}">{{$.T.Open}}</a></p>
{{end}}{{with .Portal}}<p><a href="{{.}}" rel="noreferrer">{{$.T.Portal}}</a></p>
{{end}}{{with .Entry}}<p><a href="{{.}}">{{$.T.Again}}</a></p>
{{end}}{{with .Cancel}}<form method="post" action="{{.}}"><button>{{$.T.Cancel}}</button></form>
{{end}}</body>
</html>
`))
}
