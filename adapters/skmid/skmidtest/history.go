package skmidtest

import (
	"net/http"
	"testing"
	"time"

	"github.com/gomss/gomss/internal/journal"
)

// Request is one HTTP request as the server saw it. Fields that a request does not have, or that could not be read
// because the request was refused before, are empty.
type Request struct {
	Time   time.Time
	Method string
	Path   string        // without /mid-api
	Query  string        // as received
	Header http.Header   // as received; to be read only
	Body   []byte        // as received; to be read only; nil if it is longer than 64 KiB
	Conn   uint64        // counts the connections, from 1; 0 in process
	Hold   time.Duration // how long a status call may wait, after the service's bounds were applied

	Phone, Code string // phoneNumber and nationalIdentityNumber
	Hash        []byte // decoded
	HashType    string
	Language    string // that the phone shows: LIT with +372 and EST with +370 become ENG
	Text        string // displayText as the phone shows it: with a blank for what its alphabet does not have
	Control     string // the verification code on the phone, four digits
	SessionID   string // given (start), or asked for (status)
}

// history counts and remembers what has reached a server.
type history struct {
	journal.Log[Request]
	prompts int
}

// Requests returns the requests so far in the order of arrival, of at most the last 10,000.
func (s *Server) Requests() []Request { return s.history.Requests() }

// Prompts returns how many sessions have been started for persons who have Mobile-ID: how many times a phone has rung, or
// would have if it could be reached.
func (s *Server) Prompts() (n int) {
	s.history.Set(func() { n = s.history.prompts })
	return n
}

// AssertPrompts fails the test unless Prompts is n.
func (s *Server) AssertPrompts(t testing.TB, n int) {
	t.Helper()
	if got := s.Prompts(); got != n {
		t.Errorf("skmidtest: phones have rung %d times, want %d", got, n)
	}
}

// Handshakes returns how many TLS handshakes were completed: one per connection.
func (s *Server) Handshakes() int { return s.history.Handshakes() }

// Peak returns the highest number of requests that were under way at one time.
func (s *Server) Peak() int { return s.history.Peak() }
