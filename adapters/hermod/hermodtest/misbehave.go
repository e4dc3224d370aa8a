package hermodtest

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"
)

// Misbehaviour is a way to answer commands that a client must get along with, or refuse. Where HTTP says that there is an
// error nothing is done; where the answer is spoilt or lost the command is taken all the same, and its callback comes.
type Misbehaviour int

const (
	Behave Misbehaviour = iota // as it should be

	// Nothing is done.

	BadRequest      // 400
	Unauthorized    // 401
	NotFound        // 404
	TooLarge        // 413
	TooManyRequests // 429, with Retry-After: 1
	InternalError   // 500
	BadGateway      // 502, a proxy's page
	Unavailable     // 503
	Redirect        // 307 to another host

	// The command is taken.

	ErrorAfter // 500 all the same
	Slow       // the answer comes 2 seconds late
	Hold       // it never comes: the connection stays until the client gives up or the server is closed
	Cut        // the connection ends without an answer
	Broken     // it breaks in the middle of the body
	Malformed  // half a JSON document
	Duplicate  // commandId comes twice: first one that belongs to nobody
	Array      // an array of numbers
	Empty      // no body
	Page       // a web page, with 200
	Oversized  // 2 MiB, in order but for that
	Unknown    // members that nobody knows. A client must take this one, and callbacks have them, too

	misbehaviours // how many there are
)

func (m Misbehaviour) known() bool { return m >= Behave && m < misbehaviours }

// Misbehave makes the server answer commands so from now on.
func (s *Server) Misbehave(m Misbehaviour) {
	if !m.known() {
		panic("hermodtest: Misbehave: is no Misbehaviour constant")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.misbehave = m
}

func (s *Server) misbehaves() Misbehaviour {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.misbehave
}

var refusals = map[Misbehaviour]int{
	BadRequest: http.StatusBadRequest, Unauthorized: http.StatusUnauthorized, NotFound: http.StatusNotFound, TooLarge: http.StatusRequestEntityTooLarge,
	TooManyRequests: http.StatusTooManyRequests, InternalError: http.StatusInternalServerError, BadGateway: http.StatusBadGateway,
	Unavailable: http.StatusServiceUnavailable, Redirect: http.StatusTemporaryRedirect,
}

const page = "<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body><p>Please log in to the network.</p></body></html>\n"

// refuse is the answer where nothing is done; nil where something is.
func (m Misbehaviour) refuse(path string) *reply {
	status, ok := refusals[m]
	if !ok {
		return nil
	}
	p := errorReply(status, "as scripted", path)
	switch m {
	case TooManyRequests:
		p.header.Set("Retry-After", "1")
	case BadGateway:
		p = newReply(status, "text/html;charset=utf-8", []byte(page))
	case Redirect:
		p.header.Set("Location", "https://"+otherHost+path)
	}
	return p
}

const slowness = 2 * time.Second

// spoil makes of the answer to a command that was taken what is scripted.
func (s *Server) spoil(ctx context.Context, m Misbehaviour, p *reply, path string) (*reply, error) {
	switch m {
	case ErrorAfter:
		e := errorReply(http.StatusInternalServerError, "as scripted", path)
		p.status, p.body = e.status, e.body
	case Slow:
		return p, s.hold(ctx, time.After(slowness))
	case Hold:
		return p, s.hold(ctx, nil)
	case Cut:
		return p, io.ErrUnexpectedEOF
	case Broken:
		p.broken = true
	case Malformed:
		p.body = p.body[:len(p.body)/2]
	case Duplicate:
		p.body = behindBrace(p.body, `"commandId":"1",`)
	case Array:
		p.body = []byte("[1,2,3]")
	case Empty:
		p.body = nil
	case Page:
		p.header.Set("Content-Type", "text/html;charset=utf-8")
		p.body = []byte(page)
	case Oversized:
		p.body = behindBrace(p.body, `"padding":"`+strings.Repeat("x", oversize)+`",`)
	case Unknown:
		p.body = behindBrace(p.body, unknown)
	}
	return p, nil
}

// unknown are members that nobody knows, one with the name of a known one in another place.
const unknown = `"priority":{"state":"FAILED","list":[null,true,1.5e3]},"x-new":"",`

// hold lets time pass, unless ctx ends or the server is closed before. A nil channel is for ever.
func (s *Server) hold(ctx context.Context, until <-chan time.Time) error {
	select {
	case <-until:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-s.closing.Done():
		return errClosed
	}
}
