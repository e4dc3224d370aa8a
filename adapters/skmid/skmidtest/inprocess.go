package skmidtest

import (
	"net/http"

	"github.com/gomss/gomss/internal/inprocess"
)

// RoundTripper returns a way into the server that needs no network: each request is answered in the goroutine that
// sends it, and waiting for a person ends early with the request's context. There is no TLS; all else is as over HTTP. It
// also works for a server that listens.
func (s *Server) RoundTripper() http.RoundTripper { return inprocess.RoundTripper(s.inProcess) }

// inProcess answers a request without a connection.
func (s *Server) inProcess(r *http.Request) (*http.Response, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.requests.Done()
	heard, tell := s.tap(r)
	p, err := s.exchange(heard, 0)
	if err != nil {
		return nil, err
	}
	tell(p)
	return inprocess.Response(r, p.status, p.header, p.sent(), p.broken), nil
}
