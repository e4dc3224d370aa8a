package relyingparty

import (
	"cmp"
	"crypto/rand"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gomss/gomss/mss"
)

const (
	sessionLife  = time.Hour // without a request
	maxSessions  = 10_000    // see forgetOne
	maxFormValue = 256       // octets of an input that are kept
)

// Visit is what the bank knows of a browser session. It is replaced, never changed.
type Visit struct {
	Customer string         // number of whoever is logged in; "": nobody
	Provider *Provider      // they logged in with
	Login    *mss.Signature // the login
	Contract *Contract      // that is offered, or signed

	refusal *refusal                 // of a login by somebody else than the one who is known
	apology string                   // for any other refusal; "": there was none
	filled  map[*Provider]url.Values // the last form of each, for a request that is made again
	seen    time.Time
}

// user is whom to ask again: who was asked at the login, and no less than who has logged in then.
func (v Visit) user() mss.User {
	if v.Login == nil {
		return mss.User{}
	}
	u := v.Login.Evidence.Transaction.User
	u.Person = cmp.Or(u.Person, v.Login.Signer.Person)
	return u
}

// sessions are the browser sessions, in memory; in earnest in a store that all instances share. A cookie holds their id.
type sessions struct {
	cookie string
	secure bool

	mu     sync.Mutex
	visits map[string]Visit // by id
}

// newSessions has cookies that no other site and no other host sets (RFC 6265bis 4.1.3.2), where they can: http on this
// machine has neither Secure nor the prefix.
func newSessions(secure bool) *sessions {
	s := &sessions{cookie: "bank-session", secure: secure, visits: make(map[string]Visit)}
	if secure {
		s.cookie = "__Host-" + s.cookie
	}
	return s
}

// id returns the id of the browser's session, and "" where it has none.
func (s *sessions) id(r *http.Request) string {
	c, err := r.Cookie(s.cookie)
	if err != nil {
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.visits[c.Value]
	if !ok || time.Since(v.seen) > sessionLife {
		return ""
	}
	v.seen = time.Now()
	s.visits[c.Value] = v
	return c.Value
}

// visit returns what is known of the browser's session; the zero Visit where it has none.
func (s *sessions) visit(r *http.Request) Visit {
	id := s.id(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.visits[id]
}

// renew puts v into a session with a new id, and ends the one that the browser had: whoever planted that one is out (session
// fixation). It is called where somebody logs in or out, and where a browser has no session yet.
func (s *sessions) renew(w http.ResponseWriter, r *http.Request, v Visit) (id string) {
	old := s.id(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.replace(w, old, v)
}

// advance is renew for a session that goes on. It returns "" and changes nothing where it has ended: who has logged out in
// another tab meanwhile stays out.
func (s *sessions) advance(w http.ResponseWriter, r *http.Request, v Visit) (id string) {
	old := s.id(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.visits[old]; !ok {
		return ""
	}
	return s.replace(w, old, v)
}

// replace puts a session in the place of the old one, if there is one. s.mu is locked.
func (s *sessions) replace(w http.ResponseWriter, old string, v Visit) (id string) {
	id = rand.Text()
	delete(s.visits, old)
	for len(s.visits) >= maxSessions {
		s.forgetOne()
	}
	v.seen = time.Now()
	s.visits[id] = v
	// Lax, not Strict: with Strict the browser would come back from a signing app without its session.
	http.SetCookie(w, &http.Cookie{
		Name: s.cookie, Value: id, Path: "/", Secure: s.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	return id
}

// forgetOne makes room. Whoever asks for pages without a cookie, again and again, logs nobody out: of those who are not logged
// in the one goes who was not seen for longest.
func (s *sessions) forgetOne() {
	worth := func(v Visit) time.Time {
		if v.Login != nil {
			return v.seen.Add(sessionLife) // and thus later than now, unless it has expired
		}
		return v.seen
	}
	var least string
	for id, v := range s.visits {
		if least == "" || worth(v).Before(worth(s.visits[least])) {
			least = id
		}
	}
	delete(s.visits, least)
}

// change replaces what is known of a session.
func (s *sessions) change(id string, f func(*Visit)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v, ok := s.visits[id]; ok {
		f(&v)
		s.visits[id] = v
	}
}

// form returns the form that was posted for a provider. An order that nobody picked up is made again by a page that waits, which
// has no form: then it is the one before.
func (s *sessions) form(r *http.Request, p *Provider) url.Values {
	if r.Method != http.MethodPost {
		return s.visit(r).filled[p]
	}
	if r.ParseForm() != nil {
		return nil // too large; nothing is filled in then
	}
	filled := make(url.Values)
	for _, f := range p.Fields { // what is not asked for is not kept
		if values := r.PostForm[f.Name]; len(values) == 1 && len(values[0]) <= maxFormValue {
			filled.Set(f.Name, strings.Join(strings.Fields(values[0]), "")) // people write numbers in groups
		}
	}
	s.change(s.id(r), func(v *Visit) {
		forms := map[*Provider]url.Values{}
		maps.Copy(forms, v.filled)
		forms[p] = filled
		v.filled = forms
	})
	return filled
}
