package bankidtest

import (
	"net/http"
	"testing"
	"time"
)

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

// Requests returns the requests so far in the order of arrival, of at most the last 10,000.
func (s *Server) Requests() []Request { return s.history.Requests() }

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
func (s *Server) Handshakes() int { return s.history.Handshakes() }

// Peak returns the highest number of requests that were under way at one time.
func (s *Server) Peak() int { return s.history.Peak() }
