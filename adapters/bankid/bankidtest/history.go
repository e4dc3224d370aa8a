package bankidtest

import (
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

// historyLimit bounds how many requests a server remembers; the oldest are forgotten first.
const historyLimit = 10_000

// Request is one HTTP request as the server saw it. Fields that a request does not have, or that could not be read
// because the request was refused before, are empty.
type Request struct {
	Time   time.Time
	Method string
	Path   string      // without /rp/v6.0
	Header http.Header // as received; to be read only
	Body   []byte      // as received; to be read only; nil if it is longer than 64 KiB
	Conn   uint64      // counts the connections, from 1; 0 in process

	OrderRef             string // given (start), or asked for (collect, cancel)
	Number               string // the personal number that an order requires
	EndUserIP, ReturnURL string
	Visible, NonVisible  []byte // decoded; nil: none
}

// history counts and remembers what has reached a server.
type history struct {
	mu           sync.Mutex
	requests     []*Request
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

// Prompts returns how many orders have reached an app so far: how many times a person was asked.
func (s *Server) Prompts() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for _, e := range s.began {
		s.count(e, now)
	}
	return s.prompts
}

// AssertPrompts fails the test unless Prompts is n.
func (s *Server) AssertPrompts(t testing.TB, n int) {
	t.Helper()
	if got := s.Prompts(); got != n {
		t.Errorf("bankidtest: %d orders have reached an app, want %d", got, n)
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
