package registranttest

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// answer does what a request asks for.
func (s *Server) answer(m Misbehaviour, r *http.Request, body []byte) *reply {
	switch m {
	case HTML:
		return &reply{http.StatusBadGateway, nil}
	case Redirect:
		return &reply{http.StatusFound, nil}
	}
	path, known := strings.CutPrefix(r.URL.Path, base)
	if !known {
		return notRouted
	}
	if path == "/auth/eid" {
		return s.exchange(m, r, body)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p, refusal := s.authenticate(r)
	if refusal != nil {
		return refusal
	}
	q := &question{server: s, person: p, method: r.Method, query: r.URL.Query(), body: body, misbehave: m}
	return q.route(strings.Split(path, "/")[1:])
}

// notRouted is what Rails answers where there is nothing.
var notRouted = &reply{http.StatusNotFound, map[string]any{"status": 404, "error": "Not Found"}}

// question is a request of somebody with a token.
type question struct {
	server    *Server
	person    *person
	method    string
	query     url.Values
	body      []byte
	misbehave Misbehaviour
}

func (q *question) route(path []string) *reply {
	switch q.method + " " + path[0] + strings.Repeat("/*", min(len(path)-1, 1)) + strings.Join(path[min(2, len(path)):], "/") {
	case "GET domains":
		return q.domains()
	case "GET domains/*":
		return q.domain(path[1])
	case "POST domains/*registry_lock", "DELETE domains/*registry_lock":
		return q.lock(path[1])
	case "GET contacts":
		return list(q, "contacts", q.person.contacts)
	case "GET contacts/*":
		return q.contact(path[1])
	case "PATCH contacts/*", "PUT contacts/*":
		return q.updateContact(path[1])
	case "GET contacts/*do_need_update_contacts":
		n := len(q.person.misnamed())
		return ok(map[string]any{"update_contacts": n > 0, "counter": n})
	case "POST contacts/*update_contacts":
		return q.updateContacts()
	case "GET companies":
		if q.misbehave == RegisterDown {
			return &reply{http.StatusServiceUnavailable, map[string]any{"companies": []any{}}}
		}
		return list(q, "companies", q.person.companies)
	}
	return notRouted
}

// exchange gives a token to whoever is named: that is all that the registry asks for.
func (s *Server) exchange(m Misbehaviour, r *http.Request, body []byte) *reply {
	if r.Method != http.MethodPost {
		return notRouted
	}
	if !s.allows(r.RemoteAddr) {
		return failure(http.StatusUnauthorized, "base", "Not authorized")
	}
	params := parameters(r.Header.Get("Content-Type"), body)
	for _, name := range []string{"ident", "first_name", "last_name"} {
		if strings.TrimSpace(params[name]) == "" {
			return failure(http.StatusUnprocessableEntity, name, "parameter is required")
		}
	}
	if m == NoToken {
		return failure(http.StatusOK, "base", "Cannot create generate session token")
	}
	country := params["country_code"]
	if country == "" {
		country = "EE"
	}
	ident := strings.ToUpper(country) + "-" + params["ident"]
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.persons[ident]
	if p == nil {
		p = newPerson(ident, &s.options)
		s.persons[ident] = p
	}
	p.username = params["first_name"] + " " + params["last_name"]
	expires := s.options.Now().Add(validity).UTC().Format(timeLayout)
	token, err := seal(s.options.Key, claims{&ident, p.username, expires})
	if err != nil {
		return failure(http.StatusOK, "base", "Cannot create generate session token")
	}
	return ok(tokenAnswer{token, expires, "Bearer"})
}

type tokenAnswer struct {
	AccessToken string `json:"access_token"`
	ExpiresAt   string `json:"expires_at"`
	Type        string `json:"type"`
}

func (s *Server) allows(remote string) bool {
	addr, err := netip.ParseAddrPort(remote)
	if err != nil {
		return false
	}
	for _, p := range s.options.Allowed {
		if p.Contains(addr.Addr().Unmap()) {
			return true
		}
	}
	return false
}

// parameters reads a form, or the strings of a JSON object.
func parameters(contentType string, body []byte) map[string]string {
	params := make(map[string]string)
	if strings.HasPrefix(contentType, "application/json") {
		var members map[string]any
		_ = json.Unmarshal(body, &members) // what cannot be read is missing
		for name, v := range members {
			if s, isString := v.(string); isString {
				params[name] = s
			}
		}
		return params
	}
	form, err := url.ParseQuery(string(body))
	if err == nil {
		for name := range form {
			params[name] = form.Get(name)
		}
	}
	return params
}

// authenticate finds whose token a request carries. s.mu is held.
func (s *Server) authenticate(r *http.Request) (*person, *reply) {
	refusal := failure(http.StatusUnauthorized, "base", "Not authorized")
	token, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ") // exactly so
	if !found {
		return nil, refusal
	}
	c, err := open(s.options.Key, token)
	switch {
	case err == errJSON:
		return nil, &reply{http.StatusInternalServerError, map[string]any{"status": 500, "error": "Internal Server Error"}}
	case err != nil, c.Ident == nil:
		return nil, refusal
	}
	p := s.persons[*c.Ident]
	if p == nil || p.username != c.Username || s.options.Now().UTC().Format(timeLayout) >= c.ExpiresAt {
		return nil, refusal
	}
	return p, nil
}
