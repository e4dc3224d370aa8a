package hermodtest

import (
	"net/http"

	"github.com/gomss/gomss/internal/wiretap"
)

// Exchange is a request with its answer, as they went over the wire. It is to be read only.
type Exchange struct {
	Method, Path string
	RequestType  string // Content-Type
	Request      []byte // what was read of the body, passwords and all; the first 64 KiB of it
	Status       int
	ContentType  string
	Answer       []byte // what was sent of the body; the first 64 KiB of it
}

// tap returns a request whose exchange Options.Exchanged can be told of, and what tells it.
func (s *Server) tap(r *http.Request) (*http.Request, func(*reply)) {
	if s.options.Exchanged == nil {
		return r, func(*reply) {}
	}
	r, body := wiretap.Listen(r)
	return r, func(p *reply) {
		s.options.Exchanged(Exchange{
			r.Method, r.URL.Path, r.Header.Get("Content-Type"), body.Kept(),
			p.status, p.header.Get("Content-Type"), wiretap.Head(p.sent()),
		})
	}
}
