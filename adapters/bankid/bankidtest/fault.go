package bankidtest

import (
	"fmt"
	"io"
	"net/http"
	"slices"
)

// Fault is an answer that says why there is no other, or none at all.
type Fault struct {
	Status  int    // of HTTP, 400 to 599
	Code    string // errorCode
	Details string

	Plain bool // a text that is no JSON
	Cut   bool // the connection ends without an answer; the other fields are of no importance
}

// Fail makes the server answer the next requests at an address ("/auth", "/collect") with these faults, in this order, and
// do nothing else: no phone rings, no order ends. Fail panics if there is no such address, or at a Status that is none of
// an error, as that is a mistake in the test.
func (s *Server) Fail(path string, faults ...Fault) {
	if s.route(path) == nil {
		panic("bankidtest: Fail: no such address")
	}
	for _, f := range faults {
		if !f.Cut && (f.Status < 400 || f.Status > 599) {
			panic("bankidtest: Fail: Fault.Status is not that of an error")
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[path] = append(slices.Clone(s.faults[path]), faults...)
}

// takeFault returns the fault that is due at an address.
func (s *Server) takeFault(path string) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.faults[path]
	if len(list) == 0 {
		return Fault{}, false
	}
	s.faults[path] = list[1:]
	return list[0], true
}

func (s *Server) faultReply(f Fault) (*reply, error) {
	switch {
	case f.Cut:
		return nil, io.ErrUnexpectedEOF
	case f.Plain:
		return newReply(f.Status, "text/html;charset=utf-8", fmt.Appendf(nil, "<html><body>%d %s</body></html>\n", f.Status, http.StatusText(f.Status))), nil
	}
	return s.errorReply(f.Status, f.Code, f.Details), nil
}

// errorReply is an error answer of the service.
func (s *Server) errorReply(status int, code, details string) *reply {
	return s.jsonReply(status, struct {
		ErrorCode string `json:"errorCode"`
		Details   string `json:"details"`
	}{code, details})
}

// invalid is the answer to a request that is not as it should be. The details are for developers.
func (s *Server) invalid(details string) *reply {
	return s.errorReply(http.StatusBadRequest, "invalidParameters", details)
}

// unauthorized is the answer to an unknown client certificate.
func (s *Server) unauthorized() *reply {
	if s.misbehaviour().PlainUnauthorized {
		return newReply(http.StatusUnauthorized, "text/plain", []byte("Unauthorized\n"))
	}
	return s.errorReply(http.StatusUnauthorized, "unauthorized", "The client certificate is not known")
}
