package hermodtest

import (
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

// historyLimit bounds how many requests, and how many callbacks, a server remembers; the oldest are forgotten first.
const historyLimit = 10_000

// Request is one HTTP request as the server saw it. Fields that a request does not have, or that could not be read
// because the request was refused before, are empty.
type Request struct {
	Time   time.Time
	Method string
	Path   string      // without /hermod/rest
	Header http.Header // as received, with the secret of X-Api-Key; to be read only
	Body   []byte      // as received; to be read only; nil if it is longer than 64 KiB
	Conn   uint64      // counts the connections, from 1; 0 in process

	User       string // whom the command is for, without "@"
	ExternalID string
	CommandID  string // given
}

// Callback is one callback as it was sent.
type Callback struct {
	Time      time.Time
	CommandID string
	Path      string // "/callback/sign"
	Body      []byte // to be read only
	Status    int    // that was answered; 0 if there was no answer
	Err       error  // why there was none

	user, password string // of Authorization
	ended          bool   // the receiver has answered, or not
}

// history counts and remembers what has reached a server, and what it has sent.
type history struct {
	mu           sync.Mutex
	requests     []*Request
	callbacks    []*Callback
	prompts      int
	handshakes   int
	active, peak int
}

// arrive notes a request. The caller keeps the note and completes it with set; done must follow.
func (h *history) arrive(r *Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.requests) >= historyLimit {
		h.requests = slices.Delete(h.requests, 0, historyLimit/10)
	}
	h.requests = append(h.requests, r)
	h.active++
	h.peak = max(h.peak, h.active)
}

func (h *history) done() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.active--
}

// set completes a note; others may be reading the history.
func (h *history) set(change func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	change()
}

// callback notes a callback that is about to be sent. The caller completes it with set.
func (h *history) callback(b *Callback) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.callbacks) >= historyLimit {
		h.callbacks = slices.Delete(h.callbacks, 0, historyLimit/10)
	}
	h.callbacks = append(h.callbacks, b)
}

// last returns the last callback of a command that was sent, also if nobody has answered it yet; nil for none.
func (h *history) last(commandID string) *Callback {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, b := range slices.Backward(h.callbacks) {
		if b.CommandID == commandID {
			return &Callback{CommandID: b.CommandID, Path: b.Path, Body: b.Body, user: b.user, password: b.password}
		}
	}
	return nil
}

// Requests returns the requests so far in the order of arrival, of at most the last 10,000.
func (s *Server) Requests() []Request {
	s.history.mu.Lock()
	defer s.history.mu.Unlock()
	list := make([]Request, len(s.history.requests))
	for i, r := range s.history.requests {
		list[i] = *r
	}
	return list
}

// Callbacks returns the callbacks so far that were answered or failed, in the order in which they were sent, of at most the
// last 10,000.
func (s *Server) Callbacks() []Callback {
	s.history.mu.Lock()
	defer s.history.mu.Unlock()
	var list []Callback
	for _, b := range s.history.callbacks {
		if b.ended {
			list = append(list, *b)
		}
	}
	return list
}

// Prompts returns how many profiles, log-ins and signatures have reached a mailbox: how many times a person was asked.
func (s *Server) Prompts() int {
	s.history.mu.Lock()
	defer s.history.mu.Unlock()
	return s.history.prompts
}

// AssertPrompts fails the test unless Prompts is n.
func (s *Server) AssertPrompts(t testing.TB, n int) {
	t.Helper()
	if got := s.Prompts(); got != n {
		t.Errorf("hermodtest: persons were asked %d times, want %d", got, n)
	}
}

// Handshakes returns how many TLS handshakes were completed: one per connection.
func (s *Server) Handshakes() int {
	s.history.mu.Lock()
	defer s.history.mu.Unlock()
	return s.history.handshakes
}

// Peak returns the highest number of requests that were under way at one time.
func (s *Server) Peak() int {
	s.history.mu.Lock()
	defer s.history.mu.Unlock()
	return s.history.peak
}
