package relyingparty

import (
	"bytes"
	"cmp"
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gomss/gomss/mss/account"
	"github.com/gomss/gomss/mss/catalogue"
)

//go:embed web
var web embed.FS

// parse reads the pages. layout.html has what they have in common; what the functions return is different for each page that
// waits.
func parse() *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"provider": func() string { return "" }, "purpose": func() string { return "" }, "phones": func() string { return "" },
		"scanHints": func() string { return "" }, "toScan": func(string) bool { return true },
	}).ParseFS(web, "web/*.html"))
}

// page is what a page shows.
type page struct {
	Title, Phones string
	Visit         Visit
	Providers     []*Provider
	Chosen        *Provider  // on the front page
	Filled        url.Values // into its form
	Again         bool       // the new phone is known now
	Code          string     // of the letter
	Refusal       string
	Message       string
}

// Evidence is what can be downloaded.
func (p page) Evidence(what string) evidence { return evidence{what, p.Visit.command(what)} }

type evidence struct{ Name, Command string }

// pages registers the pages.
func (s *Site) pages() {
	static, err := fs.Sub(web, "web")
	if err != nil {
		panic(err) // the files are in the program
	}
	files := http.FileServerFS(static)
	for _, name := range []string{"style.css", "script.js", "icon.svg"} {
		s.mux.Handle("GET /"+name, files)
	}
	s.mux.HandleFunc("GET /{$}", s.front)
	s.mux.HandleFunc("GET /me", s.ifLoggedIn("me.html", "Your account"))
	s.mux.HandleFunc("GET /contract", s.ifLoggedIn("contract.html", "Your contract"))
	s.mux.HandleFunc("GET /contract.txt", s.contractText)
	s.mux.HandleFunc("GET /evidence/{what}", s.download)
	s.mux.HandleFunc("GET /refused", s.refused)
	s.mux.HandleFunc("POST /refused", s.rebind)
	s.mux.HandleFunc("POST /logout", s.logOut)
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.problem(w, http.StatusNotFound, "There is no such page.")
	})
}

// front is where a login begins: the person chooses a provider and says who they are. The form wants a session. Nothing else
// begins one: a tab that comes here with the cookie of before a login would take the new one away from all tabs.
func (s *Site) front(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	p := page{Title: "Log in", Visit: s.sessions.visit(r), Filled: q, Again: q.Has("again")}
	for _, candidate := range s.providers {
		if candidate.ID == q.Get("with") {
			p.Chosen, p.Title = candidate, "Log in with "+candidate.Name
		}
	}
	if p.Chosen != nil && s.sessions.id(r) == "" {
		s.sessions.renew(w, r, Visit{})
	}
	s.show(w, http.StatusOK, "front.html", p)
}

// ifLoggedIn shows a page to whoever has logged in.
func (s *Site) ifLoggedIn(name, title string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := s.sessions.visit(r)
		if v.Login == nil {
			redirect(w, "/")
			return
		}
		s.show(w, http.StatusOK, name, page{Title: title, Visit: v})
	}
}

// refused says why a genuine signature was not enough, and what to do.
func (s *Site) refused(w http.ResponseWriter, r *http.Request) {
	v := s.sessions.visit(r)
	refused := v.letter()
	if refused == nil {
		s.problem(w, http.StatusForbidden, cmp.Or(v.apology, "We could not let you in. Please log in again."))
		return
	}
	p := page{Title: "We do not know this phone yet", Code: refused.code, Refusal: catalogue.Default().ForPerson(new(account.MismatchError), "en")}
	if refused.tries > 0 {
		p.Message = "That was not the code of the letter. Please try again."
	}
	s.show(w, http.StatusForbidden, "refused.html", p)
}

func (s *Site) logOut(w http.ResponseWriter, r *http.Request) {
	s.sessions.renew(w, r, Visit{})
	redirect(w, "/")
}

// problem shows what went wrong.
func (s *Site) problem(w http.ResponseWriter, status int, message string) {
	s.show(w, status, "problem.html", page{Title: "That did not work", Message: message})
}

// show writes a page.
func (s *Site) show(w http.ResponseWriter, status int, name string, p page) {
	p.Phones, p.Providers = s.phones, s.providers
	var b bytes.Buffer
	if err := s.templates.ExecuteTemplate(&b, name, p); err != nil {
		s.log.Error("bank: a page could not be made", "error", err)
		http.Error(w, "the page could not be made", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(b.Bytes())
}

// waitPage is the page that package login shows while a person signs, and when they did not. Its data is a login.View.
func (s *Site) waitPage(p *Provider, purpose string) *template.Template {
	return template.Must(s.templates.Clone()).Funcs(template.FuncMap{
		"provider": func() string { return p.Name }, "purpose": func() string { return purpose },
		"phones": func() string { return s.phones }, "scanHints": func() string { return strings.Join(p.ScanHints, " ") },
		"toScan": func(hint string) bool { return hint == "" || p.ScanHints == nil || slices.Contains(p.ScanHints, hint) },
	}).Lookup("wait.html")
}
