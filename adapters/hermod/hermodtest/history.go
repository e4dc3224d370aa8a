package hermodtest

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/gomss/gomss/internal/journal"
)

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
	journal.Log[Request]
	callbacks []*Callback
	prompts   int
}

// callback notes a callback that is about to be sent. The caller completes it with Set.
func (h *history) callback(b *Callback) {
	h.Set(func() {
		if len(h.callbacks) >= journal.Limit {
			h.callbacks = slices.Delete(h.callbacks, 0, journal.Limit/10)
		}
		h.callbacks = append(h.callbacks, b)
	})
}

// last returns the last callback of a command that was sent, also if nobody has answered it yet; nil for none.
func (h *history) last(commandID string) (last *Callback) {
	h.Set(func() {
		for _, b := range h.callbacks {
			if b.CommandID == commandID {
				last = &Callback{CommandID: b.CommandID, Path: b.Path, Body: b.Body, user: b.user, password: b.password}
			}
		}
	})
	return last
}

// Requests returns the requests so far in the order of arrival, of at most the last 10,000.
func (s *Server) Requests() []Request { return s.history.Requests() }

// Callbacks returns the callbacks so far that were answered or failed, in the order in which they were sent, of at most the
// last 10,000.
func (s *Server) Callbacks() (list []Callback) {
	s.history.Set(func() {
		for _, b := range s.history.callbacks {
			if b.ended {
				list = append(list, *b)
			}
		}
	})
	return list
}

// Prompts returns how many profiles, log-ins and signatures have reached a mailbox: how many times a person was asked.
func (s *Server) Prompts() (n int) {
	s.history.Set(func() { n = s.history.prompts })
	return n
}

// AssertPrompts fails the test unless Prompts is n.
func (s *Server) AssertPrompts(t testing.TB, n int) {
	t.Helper()
	if got := s.Prompts(); got != n {
		t.Errorf("hermodtest: persons were asked %d times, want %d", got, n)
	}
}

// Handshakes returns how many TLS handshakes were completed: one per connection.
func (s *Server) Handshakes() int { return s.history.Handshakes() }

// Peak returns the highest number of requests that were under way at one time.
func (s *Server) Peak() int { return s.history.Peak() }
