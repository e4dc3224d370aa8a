package registranttest

import (
	"bytes"
	"net/http"
	"strings"
)

// Misbehaviour is a way to answer that a client must get along with, or refuse. What is asked for is done all the same,
// unless said otherwise.
type Misbehaviour int

const (
	Behave Misbehaviour = iota

	Hold         // no answer until the client gives up or the server is closed
	Cut          // the connection breaks in the middle of the body
	Oversized    // a body of 2 MiB
	Malformed    // half a JSON document
	Duplicate    // a member that occurs twice, in two cases
	WrongShape   // JSON of another shape: an array of numbers
	Empty        // no body
	HTML         // an error page of a proxy, with status 502; nothing is done
	Redirect     // to another host, with status 302; nothing is done
	NoToken      // an exchange fails with status 200; nothing is done
	Created      // status 201 instead of 200, as the registry's document has it
	SamePage     // lists begin at their first item whatever the offset is
	BareArrays   // lists are arrays, as the registry's document has those of domains
	Objects      // lists are objects, as the registry's document has those of contacts
	RegisterDown // the company register is down: 503 and an empty list
	Silent       // locks and unlocks are acknowledged and not done
)

// SetMisbehaviour makes the server answer so from now on. Requests that are under way go on as they were.
func (s *Server) SetMisbehaviour(m Misbehaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.misbehave = m
}

// answer is what is written.
type answer struct {
	status      int
	contentType string
	location    string
	body        []byte
	hold, cut   bool
}

// spoil turns a reply into what is written.
func (s *Server) spoil(m Misbehaviour, r *http.Request, p *reply) *answer {
	a := &answer{status: p.status, contentType: "application/json; charset=utf-8"}
	if p.body != nil {
		a.body = encode(p.body)
	}
	switch m {
	case Hold:
		a.hold = true
	case Cut:
		a.cut = true
	case Oversized:
		a.body = []byte(`{"padding":"` + strings.Repeat("x", 2<<20) + `"}`)
	case Malformed:
		a.body = a.body[:len(a.body)/2]
	case Duplicate:
		a.body = duplicate(a.body)
	case WrongShape:
		a.body = []byte("[1,2,3]")
	case Empty:
		a.body = nil
	case HTML:
		a.contentType = "text/html"
		a.body = []byte("<html><title>502 Bad Gateway</title></html>")
	case Redirect:
		a.location = "https://registry.invalid" + r.URL.Path
	case Created:
		if a.status == http.StatusOK {
			a.status = http.StatusCreated
		}
	}
	return a
}

// duplicate repeats the first member of an object with its name in capitals.
func duplicate(body []byte) []byte {
	name, rest, found := bytes.Cut(bytes.TrimPrefix(body, []byte(`{"`)), []byte(`":`))
	if !found {
		return body
	}
	return []byte(`{"` + strings.ToUpper(string(name)) + `":null,"` + string(name) + `":` + string(rest))
}

// hold waits until nobody wants an answer any more.
func (s *Server) hold(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-s.closing.Done():
	}
	panic(http.ErrAbortHandler)
}

// sent is what of the body goes over the wire.
func (a *answer) sent() []byte {
	if a.cut {
		return a.body[:len(a.body)/2]
	}
	return a.body
}

func (a *answer) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", a.contentType)
	if a.location != "" {
		w.Header().Set("Location", a.location)
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.sent()) // a client that is gone has nothing to be told
	if a.cut {
		_ = http.NewResponseController(w).Flush() // likewise
		panic(http.ErrAbortHandler)
	}
}
