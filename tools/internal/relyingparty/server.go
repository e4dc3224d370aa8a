package relyingparty

import (
	"cmp"
	"context"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"sync"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/account"
	"github.com/gomss/gomss/mss/login"
)

// Options are what New needs.
type Options struct {
	URL       string // where browsers reach the site, without a path: "http://127.0.0.1:8080"
	Providers []*Provider
	Phones    string       // the page that plays the phones; "": there are real ones
	Logger    *slog.Logger // without personal data; nil: nothing is logged
}

// Site is the bank. It is safe for concurrent use.
type Site struct {
	url, host, phones string
	log               *slog.Logger
	providers         []*Provider
	sessions          *sessions
	customers         *customers
	serials           account.SerialStore
	binder            *account.Binder
	handler           http.Handler
	mux               *http.ServeMux
	templates         *template.Template

	background func(func(context.Context) error) // has something go on after a request, until it returns or Close ends it
	cancel     context.CancelFunc
	tasks      sync.WaitGroup
}

// New makes the site. Close ends it.
func New(o Options) (*Site, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" || u.Path != "" {
		return nil, errors.New("relyingparty: Options.URL: must be scheme and host alone")
	}
	s := &Site{
		url: o.URL, host: u.Host, phones: o.Phones, log: cmp.Or(o.Logger, slog.New(slog.DiscardHandler)), providers: o.Providers,
		sessions: newSessions(u.Scheme == "https"), customers: &customers{numbers: make(map[string]string)},
		serials: new(account.Memory), mux: http.NewServeMux(), templates: parse(), // in earnest: account.SQL
	}
	if s.binder, err = account.New(account.Config{Store: s.serials, Logger: s.log}); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	s.background = func(f func(context.Context) error) { s.tasks.Go(func() { _ = f(ctx) }) }
	for _, p := range s.providers {
		if err := s.add(p); err != nil {
			s.Close()
			return nil, err
		}
	}
	s.pages()
	// Browsers say where a form comes from, and none of another site is taken.
	s.handler = s.protect(http.NewCrossOriginProtection().Handler(s.mux))
	return s, nil
}

// Close ends what goes on in the background, and returns when it has ended. The site serves nothing any more then.
func (s *Site) Close() {
	s.cancel()
	s.tasks.Wait()
}

// ServeHTTP serves the site.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// contentPolicy allows the pages what they have: no script and no style between the lines, and nothing of other sites.
const contentPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// maxBody bounds a form, in octets.
const maxBody = 64 << 10

// protect sets the headers of all answers, and serves no other name than our own: a page of another site, whose name was made
// to lead to this machine (DNS rebinding), is of the same origin for a browser.
func (s *Site) protect(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin") // see package login: with no-referrer forms have no origin
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if r.Host != s.host {
			http.Error(w, "not the name of this site", http.StatusMisdirectedRequest)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next.ServeHTTP(w, r)
	})
}

// mount serves the login with a provider, and signing for those who have logged in with it.
func (s *Site) mount(p *Provider, logIn, sign login.Config) error {
	in, err := login.New(logIn)
	if err != nil {
		return err
	}
	signing, err := login.New(sign)
	if err != nil {
		return err
	}
	s.mux.Handle("/login/"+p.ID+"/", in)
	s.mux.HandleFunc("/sign/"+p.ID+"/", func(w http.ResponseWriter, r *http.Request) {
		switch v := s.sessions.visit(r); {
		case v.Provider != p:
			redirect(w, "/")
		case v.Contract.Signature != nil: // nobody signs twice, by the back button or another tab
			redirect(w, "/contract")
		default:
			signing.ServeHTTP(w, r)
		}
	})
	return nil
}

// enter logs the customer in.
func (s *Site) enter(w http.ResponseWriter, r *http.Request, p *Provider, customer string, sig *mss.Signature) {
	s.sessions.renew(w, r, Visit{Customer: customer, Provider: p, Login: sig, Contract: offer(customer)})
	redirect(w, "/me")
}

func inEnglish(*http.Request) string { return "en" }

func redirect(w http.ResponseWriter, path string) {
	w.Header().Set("Location", path)
	w.WriteHeader(http.StatusSeeOther)
}
