package relyingparty

import (
	"net/http"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/login"
	"github.com/gomss/gomss/mss/track"
)

// add is all that the bank does with a provider, whichever it is.
func (s *Site) add(p *Provider) error {
	store := new(track.Memory) // in earnest: one that all instances share, for each provider
	tracker, err := track.New(track.Config{Service: p.Service, Store: store, Keys: p.Keys, Logger: s.log})
	if err != nil {
		return err
	}
	s.background(tracker.Run)
	common := login.Config{
		Tracker: tracker, Store: new(track.Memory), Session: s.sessions.id, Language: inEnglish,
		Hint: p.Hint, RestartIf: p.RestartIf, Logger: s.log,
	}

	logIn := common
	logIn.URL, logIn.Entry, logIn.Page = s.url+"/login/"+p.ID+"/", "/?with="+p.ID, s.waitPage(p, "Log in")
	logIn.Request = func(r *http.Request, _ string) (*mss.Request, error) {
		user, err := p.User(s.sessions.form(r, p))
		return p.Login(user, "Bank ACME: log in?"), err
	}
	logIn.Done = func(w http.ResponseWriter, r *http.Request, sig *mss.Signature) {
		customer := s.customers.asked(sig)
		if !sig.Fresh {
			s.refuse(w, r, customer, sig, errNotFresh)
			return
		}
		if _, err := s.binder.Bind(r.Context(), customer, sig); err != nil {
			s.refuse(w, r, customer, sig, err)
			return
		}
		s.enter(w, r, p, customer, sig)
	}

	sign := common
	sign.URL, sign.Entry, sign.Page = s.url+"/sign/"+p.ID+"/", "/contract", s.waitPage(p, "Sign the contract")
	sign.Request = func(r *http.Request, _ string) (*mss.Request, error) {
		return s.sessions.visit(r).toSign()
	}
	sign.Done = func(w http.ResponseWriter, r *http.Request, sig *mss.Signature) {
		visit := s.sessions.visit(r)
		if _, err := s.binder.Bind(r.Context(), visit.Customer, sig); err != nil {
			s.refuse(w, r, visit.Customer, sig, err)
			return
		}
		s.signed(w, r, visit, sig)
	}
	return s.mount(p, logIn, sign)
}
