package skmidtest

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxRequest bounds a request's body. The longest lawful request has less than a kilobyte.
const maxRequest = 1 << 20

// maxKept bounds the bodies that the history keeps.
const maxKept = 64 << 10

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
	*http.Request
	note *Request
}

// exchange answers one HTTP request. An error means that there is no answer at all.
func (s *Server) exchange(r *http.Request, conn uint64) (*reply, error) {
	path, ok := strings.CutPrefix(r.URL.Path, basePath)
	note := &Request{Time: time.Now(), Method: r.Method, Path: path, Query: r.URL.RawQuery, Header: r.Header.Clone(), Conn: conn}
	s.history.Arrive(note)
	defer s.history.Done()
	if !ok {
		return s.errorReply(http.StatusNotFound, "Not Found"), nil
	}
	answer, verbs := s.route(path)
	switch {
	case answer == nil:
		return s.errorReply(http.StatusNotFound, "Not Found"), nil
	case r.Method == http.MethodOptions:
		p := newReply(http.StatusOK, typeJSON, nil)
		p.header.Set("Allow", strings.Join(verbs, ", "))
		return p, nil
	case !slices.Contains(verbs, r.Method):
		p := s.errorReply(http.StatusMethodNotAllowed, "Method Not Allowed")
		p.header.Set("Allow", strings.Join(verbs, ", "))
		return p, nil
	}
	return answer(call{r, note})
}

var (
	verbsPost = []string{http.MethodPost, http.MethodOptions}
	verbsGet  = []string{http.MethodGet, http.MethodOptions}
)

// route finds what answers a path, with the verbs that it takes. The two kinds of sessions have name spaces of their own.
func (s *Server) route(path string) (answer func(call) (*reply, error), verbs []string) {
	switch path {
	case "/version":
		return func(call) (*reply, error) {
			return newReply(http.StatusOK, "text/plain;charset=UTF-8", []byte("Version: 5.9.0. Built: 01.10.2024 12:00")), nil
		}, verbsGet
	case "/certificate":
		return s.certificate, verbsPost
	case "/authentication":
		return func(c call) (*reply, error) { return s.start(c, authentication) }, verbsPost
	case "/signature":
		return func(c call) (*reply, error) { return s.start(c, signing) }, verbsPost
	}
	if id, ok := strings.CutPrefix(path, "/authentication/session/"); ok {
		return func(c call) (*reply, error) { return s.sessionStatus(c, authentication, id) }, verbsGet
	}
	if id, ok := strings.CutPrefix(path, "/signature/session/"); ok {
		return func(c call) (*reply, error) { return s.sessionStatus(c, signing, id) }, verbsGet
	}
	return nil, nil
}

// question reads the body of a POST; where that fails there is a reply instead.
func (s *Server) question(c call, k kind, certificate bool) (*question, *reply, error) {
	if media, _, err := mime.ParseMediaType(c.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return nil, s.errorReply(http.StatusUnsupportedMediaType, "Unsupported Media Type"), nil
	}
	doc, err := readBody(c.Body)
	switch {
	case errors.Is(err, errTooLarge):
		return nil, s.errorReply(http.StatusRequestEntityTooLarge, "Request Entity Too Large"), nil
	case err != nil:
		return nil, nil, err
	}
	if len(doc) <= maxKept {
		s.history.Set(func() { c.note.Body = doc })
	}
	q, err := s.read(doc, k, certificate)
	if e, ok := errors.AsType[refusal](err); ok {
		return nil, s.errorReply(e.status, e.text), nil
	}
	s.history.Set(func() {
		c.note.Phone, c.note.Code = q.phone, q.code
		if !certificate {
			c.note.Hash, c.note.HashType, c.note.Language = q.hash, q.hashType, q.language
			c.note.Text, c.note.Control = q.text, control(q.hash)
		}
	})
	return q, nil, nil
}

// start lets the phone ring.
func (s *Server) start(c call, k kind) (*reply, error) {
	q, refusal, err := s.question(c, k, false)
	if q == nil {
		return refusal, err
	}
	sub, p := s.find(q.subscription)
	if refusal := s.refuse(p.ForgeStart); refusal != nil {
		return refusal, nil
	}
	e := s.begin(q, sub, p)
	s.history.Set(func() { c.note.SessionID = e.id })
	return s.spoil(c.Context(), p.ForgeStart, s.startReply(e))
}

// certificate answers with the person's signing certificate.
func (s *Server) certificate(c call) (*reply, error) {
	q, refusal, err := s.question(c, signing, true)
	if q == nil {
		return refusal, err
	}
	sub, p := s.find(q.subscription)
	if refusal := s.refuse(p.ForgeCertificate); refusal != nil {
		return refusal, nil
	}
	r, err := s.certificateReply(sub, p)
	if err != nil {
		return nil, err
	}
	return s.spoil(c.Context(), p.ForgeCertificate, r)
}

// sessionStatus answers how a session stands, at once if it has ended and after a while otherwise.
func (s *Server) sessionStatus(c call, k kind, id string) (*reply, error) {
	s.history.Set(func() { c.note.SessionID = id })
	if !isUUID(id) {
		return s.errorReply(http.StatusBadRequest, "Invalid format for sessionId='"+id[:min(len(id), 40)]+"'"), nil
	}
	hold, ok := holdOf(c.URL.Query())
	if !ok {
		return s.errorReply(http.StatusBadRequest, "timeoutMs must be a number"), nil
	}
	s.history.Set(func() { c.note.Hold = hold })
	e, ended, ok, err := s.poll(c.Context(), id, k, hold)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return s.errorReply(http.StatusNotFound, "Session does not exist"), nil
	case !ended && e.person.Forge != ForgeRunning:
		return s.runningReply(), nil
	}
	return s.outcome(c.Context(), e)
}

func (s *Server) outcome(ctx context.Context, e *session) (*reply, error) {
	f := e.person.Forge
	if refusal := s.refuse(f); refusal != nil {
		return refusal, nil
	}
	r, err := s.outcomeReply(e)
	if err != nil {
		return nil, err
	}
	return s.spoil(ctx, f, r)
}

// holdOf reads timeoutMs and puts it within the service's bounds.
func holdOf(query url.Values) (time.Duration, bool) {
	value := query.Get("timeoutMs")
	if value == "" {
		return defaultHold, true
	}
	ms, err := strconv.ParseInt(value, 10, 32)
	if err != nil {
		return 0, false
	}
	return min(max(time.Duration(ms)*time.Millisecond, minHold), maxHold), true
}

var errTooLarge = errors.New("skmidtest: the request is larger than 1 MiB")

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
