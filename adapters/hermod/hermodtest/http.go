package hermodtest

import (
	"context"
	"crypto/subtle"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
)

const (
	maxRequest = 1 << 20  // octets of a request's body
	maxKept    = 64 << 10 // octets of a body that the history keeps
)

const typeJSON = "application/json"

// reply is what goes back over HTTP.
type reply struct {
	status int
	header http.Header
	body   []byte
	broken bool // the connection breaks in the middle of the body

	command *command // that waits for the reply to be out; nil: none
}

func newReply(status int, contentType string, body []byte) *reply {
	return &reply{status: status, header: http.Header{"Content-Type": {contentType}}, body: body}
}

// errorReply is an error in the form that applications of the Spring framework give it. That of a Hermod is not published.
func errorReply(status int, message, path string) *reply {
	return newReply(status, typeJSON, compact(object{
		{"timestamp", time.Now().UTC().Format("2006-01-02T15:04:05.000+00:00")}, {"status", status}, {"error", http.StatusText(status)},
		{"message", message}, {"path", path},
	}))
}

// sent is what is sent of the body.
func (p *reply) sent() []byte {
	if p.broken {
		return p.body[:len(p.body)/2]
	}
	return p.body
}

// out releases the command that the reply was for.
func (p *reply) out() {
	if p.command != nil {
		close(p.command.answered)
	}
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
	defer p.out()
	if err != nil {
		panic(http.ErrAbortHandler) // the client is gone, the server is being closed, or the script says so
	}
	defer tell(p)
	p.write(w)
}

// write writes the reply, all of it before a callback can follow.
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

// exchange answers one HTTP request. An error means that there is no answer at all; the reply is never nil.
func (s *Server) exchange(r *http.Request, conn uint64) (*reply, error) {
	path, ok := strings.CutPrefix(r.URL.Path, basePath)
	note := &Request{Time: time.Now(), Method: r.Method, Path: path, Header: r.Header.Clone(), Conn: conn}
	s.history.Arrive(note)
	defer s.history.Done()
	p, err := s.reply(r, path, ok, note)
	if p == nil {
		p = new(reply)
	}
	return p, err
}

func (s *Server) reply(r *http.Request, path string, ok bool, note *Request) (*reply, error) {
	last, found := strings.CutPrefix(path, "/command/")
	k, known := kindOf(last)
	switch {
	case !ok || !found || !known:
		return errorReply(http.StatusNotFound, "No message available", r.URL.Path), nil
	case subtle.ConstantTimeCompare([]byte(r.Header.Get("X-Api-Key")), []byte(s.apiKey)) != 1:
		return errorReply(http.StatusUnauthorized, "X-Api-Key is missing or not known", r.URL.Path), nil
	case r.Method != http.MethodPost:
		p := errorReply(http.StatusMethodNotAllowed, "Request method is not supported", r.URL.Path)
		p.header.Set("Allow", http.MethodPost)
		return p, nil
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != typeJSON {
		return errorReply(http.StatusUnsupportedMediaType, "Content-Type is not application/json", r.URL.Path), nil
	}
	doc, err := readBody(r.Body)
	switch {
	case errors.Is(err, errTooLarge):
		return errorReply(http.StatusRequestEntityTooLarge, "the body is larger than 1 MiB", r.URL.Path), nil
	case err != nil:
		return nil, err
	}
	if len(doc) <= maxKept {
		s.history.Set(func() { note.Body = doc })
	}
	m := s.misbehaves()
	if p := m.refuse(r.URL.Path); p != nil {
		return p, nil
	}
	p, err := s.take(r.Context(), doc, k, r.URL.Path, note)
	if err != nil || p.status != http.StatusOK {
		return p, err
	}
	return s.spoil(r.Context(), m, p, r.URL.Path)
}

// take takes a command and answers with its record.
func (s *Server) take(ctx context.Context, doc []byte, k kind, path string, note *Request) (*reply, error) {
	q, err := read(doc, k)
	if err != nil {
		return errorReply(http.StatusBadRequest, err.Error(), path), nil
	}
	s.history.Set(func() { note.User, note.ExternalID = q.user, q.externalID })
	c, err := s.begin(q)
	if err != nil {
		return nil, err
	}
	s.history.Set(func() { note.CommandID = c.id })
	p := newReply(http.StatusOK, typeJSON, pretty(s.forgeAnswer(c, s.record(c, inProgress, nil, nil))))
	p.command = c
	if c.early != nil {
		select {
		case <-c.early:
		case <-ctx.Done():
			return p, context.Cause(ctx)
		case <-s.closing.Done():
			return p, errClosed
		}
	}
	return p, nil
}

var errTooLarge = errors.New("hermodtest: the request is larger than 1 MiB")

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
