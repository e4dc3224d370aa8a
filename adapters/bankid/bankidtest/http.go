package bankidtest

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// maxRequest bounds a request's body. The longest lawful one has a quarter of it.
const maxRequest = 1 << 20

// maxKept bounds the bodies that the history keeps.
const maxKept = 64 << 10

const typeJSON = "application/json"

// reply is what goes back over HTTP.
type reply struct {
	status int
	header http.Header
	body   []byte
	broken bool // the connection breaks in the middle of the body
}

func newReply(status int, contentType string, body []byte) *reply {
	return &reply{status: status, header: http.Header{"Content-Type": {contentType}}, body: body}
}

// sent is what of the body goes over the wire.
func (p *reply) sent() []byte {
	if p.broken {
		return p.body[:len(p.body)/2]
	}
	return p.body
}

type connKey struct{}

// serve is the handler of the server's own listener.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if err := s.enter(); err != nil {
		panic(http.ErrAbortHandler)
	}
	defer s.requests.Done()
	conn, _ := r.Context().Value(connKey{}).(uint64)
	r, tell := s.tap(r)
	p, err := s.exchange(r, conn)
	if err != nil {
		panic(http.ErrAbortHandler) // the client is gone, the server is being closed, or the script says so
	}
	defer tell(p)
	p.write(w)
	if s.options.Exchanged != nil {
		_ = http.NewResponseController(w).Flush() // what is told of is on its way; fails where the client is gone
	}
}

func (p *reply) write(w http.ResponseWriter) {
	for k, v := range p.header {
		w.Header()[k] = v
	}
	w.WriteHeader(p.status)
	_, _ = w.Write(p.sent()) // a client that is gone has nothing to be told
	if p.broken {
		_ = http.NewResponseController(w).Flush() // likewise
		panic(http.ErrAbortHandler)
	}
}

// call is a request on its way through the server.
type call struct {
	ctx  context.Context
	doc  []byte
	from *x509.Certificate // of the relying party
	note *Request
}

// exchange answers one HTTP request. An error means that there is no answer at all.
func (s *Server) exchange(r *http.Request, conn uint64) (*reply, error) {
	path, ok := strings.CutPrefix(r.URL.Path, basePath)
	note := &Request{Time: time.Now(), Method: r.Method, Path: path, Header: r.Header.Clone(), Conn: conn}
	s.history.Arrive(note)
	defer s.history.Done()
	from := s.relyingParty(r)
	if from == nil {
		return s.unauthorized(), nil
	}
	answer := s.route(path)
	switch {
	case !ok || answer == nil:
		return s.errorReply(http.StatusNotFound, "notFound", "No such resource"), nil
	case r.Method != http.MethodPost:
		p := s.errorReply(http.StatusMethodNotAllowed, "methodNotAllowed", "Only POST is allowed")
		p.header.Set("Allow", http.MethodPost)
		return p, nil
	case !slices.Equal(r.Header.Values("Content-Type"), []string{typeJSON}):
		return s.errorReply(http.StatusUnsupportedMediaType, "unsupportedMediaType", "Content-Type must be application/json"), nil
	}
	if f, ok := s.takeFault(path); ok {
		return s.faultReply(f)
	}
	doc, err := readBody(r.Body)
	switch {
	case errors.Is(err, errTooLarge):
		return s.invalid("The request is too large"), nil
	case err != nil:
		return nil, err
	}
	if len(doc) <= maxKept {
		s.history.Set(func() { note.Body = doc })
	}
	return answer(call{r.Context(), doc, from, note})
}

// relyingParty returns the certificate that a request came with, if it is admitted. Without TLS it is the server's own.
func (s *Server) relyingParty(r *http.Request) *x509.Certificate {
	if r.TLS == nil {
		return s.pki.client.Certificate
	}
	if len(r.TLS.PeerCertificates) == 0 {
		return nil
	}
	shown := r.TLS.PeerCertificates[0]
	if shown.Equal(s.pki.client.Certificate) || slices.ContainsFunc(s.options.Clients, shown.Equal) {
		return shown
	}
	return nil
}

// route finds what answers a path.
func (s *Server) route(path string) func(call) (*reply, error) {
	switch path {
	case "/collect":
		return s.collect
	case "/cancel":
		return s.cancel
	}
	for _, ep := range endpoints {
		if ep.path == path {
			return func(c call) (*reply, error) { return s.start(c, ep) }
		}
	}
	return nil
}

var errTooLarge = errors.New("bankidtest: the request is larger than 1 MiB")

func readBody(body io.Reader) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	b, err := io.ReadAll(io.LimitReader(body, maxRequest+1))
	if err == nil && len(b) > maxRequest {
		return nil, errTooLarge
	}
	return b, err
}
