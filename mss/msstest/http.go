package msstest

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport/soap"
)

// maxRequest bounds a request's body. The longest lawful request has a few kilobytes.
const maxRequest = 1 << 20

// maxKept bounds the bodies that the history keeps.
const maxKept = 16 << 10

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

func plainReply(status int) *reply {
	return newReply(status, "text/plain;charset=utf-8", []byte(http.StatusText(status)+"\n"))
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
	p, err := s.exchange(r, conn, s.admits(r.TLS))
	if err != nil {
		panic(http.ErrAbortHandler) // the client is gone, or the server is being closed
	}
	defer tell(p)
	p.write(w)
}

// write sends the reply in chunks, as the real service does.
func (p *reply) write(w http.ResponseWriter) {
	for k, v := range p.header {
		w.Header()[k] = v
	}
	w.WriteHeader(p.status)
	_, _ = w.Write(p.sent())                  // a client that is gone has nothing to be told
	_ = http.NewResponseController(w).Flush() // likewise
	if p.broken {
		panic(http.ErrAbortHandler)
	}
}

// admits reports whether the client has authenticated itself as the service demands: with exactly one certificate, not a
// chain; with one that was agreed upon, whoever issued it and whenever it expires; and with one for that purpose.
func (s *Server) admits(state *tls.ConnectionState) bool {
	if state == nil || len(state.PeerCertificates) != 1 {
		return false
	}
	cert := state.PeerCertificates[0]
	agreed := cert.Equal(s.pki.client.Certificate) || slices.ContainsFunc(s.options.Clients, cert.Equal)
	return agreed && slices.Contains(cert.ExtKeyUsage, x509.ExtKeyUsageClientAuth)
}

// exchange answers one HTTP request. An error means that there is no answer at all.
func (s *Server) exchange(r *http.Request, conn uint64, admitted bool) (*reply, error) {
	note := &Request{Time: time.Now(), Path: r.URL.Path, Header: r.Header.Clone(), Conn: conn}
	s.history.Arrive(note)
	defer s.history.Done()

	e, ok := endpoints[r.URL.Path]
	switch {
	case !ok:
		return plainReply(http.StatusNotFound), nil
	case r.Method != http.MethodPost:
		p := plainReply(http.StatusMethodNotAllowed)
		p.header.Set("Allow", http.MethodPost)
		return p, nil
	case !e.binding.takes(r.Header.Get("Content-Type")):
		return plainReply(http.StatusUnsupportedMediaType), nil
	}
	body, err := readBody(r.Body)
	switch {
	case errors.Is(err, errTooLarge):
		return plainReply(http.StatusRequestEntityTooLarge), nil
	case err != nil:
		return nil, err
	}
	if len(body) <= maxKept {
		s.history.Set(func() { note.Body = body })
	}
	md := s.mood()
	switch {
	case md.retryAfter > 0:
		return md.unavailable(), nil
	case !admitted:
		return s.reply(e.binding, e.op, soap.Style{}, refusal(mss.UnauthorizedAccess, detailTLS), md)
	}
	return s.talk(r.Context(), e, body, note, md)
}

var errTooLarge = errors.New("msstest: the request is larger than 1 MiB")

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

// takes reports whether a binding reads a media type, which is in UTF-8 where it says so at all.
func (b *binding) takes(contentType string) bool {
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil || !slices.Contains(b.requestTypes, media) {
		return false
	}
	charset, ok := params["charset"]
	return !ok || strings.EqualFold(charset, "utf-8")
}
