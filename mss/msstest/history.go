package msstest

import (
	"net/http"
	"testing"
	"time"

	"github.com/gomss/gomss/internal/journal"
	"github.com/gomss/gomss/transport/soap"
)

// Request is one HTTP request as the server saw it. Fields that a request does not have, or that could not be read
// because the request was refused before, are empty.
type Request struct {
	Time   time.Time
	Path   string
	Header http.Header // as received; to be read only
	Body   []byte      // as received, passwords and all; to be read only; nil if it is longer than 16 KiB
	Conn   uint64      // counts the connections, from 1; 0 in process

	Operation   string     // "MSS_Signature"
	Style       soap.Style // zero in JSON
	APTransID   string
	MSISDN      string // as sent
	Mode        string // MessagingMode
	Text        string // DataToBeSigned, or Message of a receipt
	MSSPTransID string // asked for (MSS_StatusQuery, MSS_Receipt), or given (MSS_Signature)
}

// history counts and remembers what has reached a server.
type history struct {
	journal.Log[Request]
	prompts  int
	receipts int
}

// Requests returns the requests so far in the order of arrival, of at most the last 10,000.
func (s *Server) Requests() []Request { return s.history.Requests() }

// Prompts returns how many times a phone has rung for a signature, those of the test numbers included. App2App rings
// none: the person follows a link. Receipts are counted by themselves.
func (s *Server) Prompts() (n int) {
	s.history.Set(func() { n = s.history.prompts })
	return n
}

// AssertPrompts fails the test unless a phone has rung n times.
func (s *Server) AssertPrompts(t testing.TB, n int) {
	t.Helper()
	if got := s.Prompts(); got != n {
		t.Errorf("msstest: phones have rung %d times, want %d", got, n)
	}
}

// Receipts returns how many receipts were sent to phones.
func (s *Server) Receipts() (n int) {
	s.history.Set(func() { n = s.history.receipts })
	return n
}

// AssertReceipts fails the test unless n receipts were sent to phones.
func (s *Server) AssertReceipts(t testing.TB, n int) {
	t.Helper()
	if got := s.Receipts(); got != n {
		t.Errorf("msstest: %d receipts have been sent, want %d", got, n)
	}
}

// Handshakes returns how many TLS handshakes were completed: one per connection.
func (s *Server) Handshakes() int { return s.history.Handshakes() }

// Peak returns the highest number of requests that were under way at one time.
func (s *Server) Peak() int { return s.history.Peak() }
