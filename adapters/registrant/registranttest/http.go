package registranttest

import (
	"encoding/json"
	"io"
	"net/http"
	"time"
)

const (
	base       = "/api/v1/registrant"
	maxRequest = 64 << 10 // octets; the longest lawful request has some hundred
)

// Request is one HTTP request as the server saw it, with the status that it answered.
type Request struct {
	Time                time.Time
	Method, Path, Query string
	Header              http.Header // as received, tokens and all; to be read only
	Body                []byte      // likewise; nil if it is longer than 64 KiB
	Status              int         // of the answer, if it came to one
}

// historyLimit bounds how many requests a server remembers; the oldest are forgotten first.
const historyLimit = 10_000

// Requests returns the requests so far in the order in which they were answered, at most the last 10,000.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.history...)
}

// reply is an answer before it is written.
type reply struct {
	status int
	body   any // encoded as JSON
}

func ok(body any) *reply { return &reply{http.StatusOK, body} }

// failure is an answer with one error in the registry's usual shape.
func failure(status int, member, text string) *reply {
	return &reply{status, map[string]any{"errors": []any{map[string]any{member: []string{text}}}}}
}

// invalid is an answer with the errors of a record, which come in another shape.
func invalid(errors map[string][]string) *reply {
	return &reply{http.StatusBadRequest, map[string]any{"errors": errors}}
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		panic(http.ErrAbortHandler)
	}
	s.requests.Add(1)
	misbehave := s.misbehave
	s.mu.Unlock()
	defer s.requests.Done()
	r, tell := s.tap(w, r)

	note := Request{
		Time: time.Now(), Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Header: r.Header.Clone(),
	}
	var err error
	note.Body, err = io.ReadAll(io.LimitReader(r.Body, maxRequest+1))
	switch {
	case err != nil:
		panic(http.ErrAbortHandler) // the client is gone
	case len(note.Body) > maxRequest:
		note.Body, note.Status = nil, http.StatusRequestEntityTooLarge
		s.remember(note)
		w.WriteHeader(note.Status)
		tell(&answer{status: note.Status})
		return
	}
	a := s.spoil(misbehave, r, s.answer(misbehave, r, note.Body))
	note.Status = a.status
	s.remember(note)
	if a.hold {
		s.hold(r)
	}
	defer tell(a)
	a.write(w)
}

func (s *Server) remember(note Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.history) >= historyLimit {
		s.history = append([]Request(nil), s.history[historyLimit/10:]...)
	}
	s.history = append(s.history, note)
}

func encode(v any) []byte {
	body, err := json.Marshal(v)
	if err != nil { // of strings, numbers and what is made of them
		panic(err)
	}
	return body
}
