package skmidtest

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"
)

// slowness is how late ForgeSlow is: longer than anybody should wait for an answer.
const slowness = 5 * time.Minute

// oversize is how long ForgeOversized is, in octets.
const oversize = 2 << 20

// statusMaintenance is what the service answers under maintenance. No RFC has it.
const statusMaintenance = 580

// refuse is the error answer of the forgeries that do nothing else; nil for the others.
func (s *Server) refuse(f Forge) *reply {
	switch f {
	case Forge401:
		return s.errorReply(http.StatusUnauthorized, unauthorised.text)
	case Forge429:
		return s.errorReply(http.StatusTooManyRequests, "Too Many Requests")
	case Forge503:
		return s.errorReply(http.StatusServiceUnavailable, "Service Unavailable")
	case Forge580:
		return s.errorReply(statusMaintenance, "System is under maintenance, retry again later")
	}
	return nil
}

// spoil makes of a good reply what a forgery says. An error means that there is no answer at all.
func (s *Server) spoil(ctx context.Context, f Forge, r *reply) (*reply, error) {
	switch f {
	case Forge404:
		return s.errorReply(http.StatusNotFound, "Session does not exist"), nil
	case Forge500:
		return s.errorReply(http.StatusInternalServerError, "Internal error"), nil
	case ForgeEmpty:
		return newReply(http.StatusInternalServerError, typeJSON, nil), nil
	case ForgeHTML:
		return newReply(http.StatusOK, "text/html;charset=utf-8", []byte(page)), nil
	case ForgeHTML502:
		return newReply(http.StatusBadGateway, "text/html;charset=utf-8", []byte(page)), nil
	case ForgeSlow:
		return r, s.pause(ctx, slowness)
	case ForgeCut:
		return nil, io.ErrUnexpectedEOF
	case ForgeBroken:
		r.broken = true
	case ForgeTwice:
		r.body = twice(r.body)
	case ForgeMalformed:
		r.body = r.body[:len(r.body)/2]
	case ForgeOversized:
		r.body = behindBrace(r.body, `"padding":"`+string(bytes.Repeat([]byte{'x'}, oversize))+`",`)
	}
	return r, nil
}

const page = "<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body><p>Please log in to the network.</p></body></html>\n"

// twice puts another value of the deciding member in front: a careless reader takes the last one.
func twice(doc []byte) []byte {
	for _, m := range []struct{ name, member string }{
		{`"state":`, `"result":"USER_CANCELLED",`},
		{`"result":`, `"result":"NOT_FOUND",`},
		{`"sessionID":`, `"sessionID":"ffffffff-ffff-4fff-bfff-ffffffffffff",`},
		{`"sessionId":`, `"sessionId":"ffffffff-ffff-4fff-bfff-ffffffffffff",`},
	} {
		if bytes.HasPrefix(doc[1:], []byte(m.name)) {
			return behindBrace(doc, m.member)
		}
	}
	return doc
}

func behindBrace(doc []byte, members string) []byte { return append([]byte("{"+members), doc[1:]...) }

// pause lets time pass, unless ctx ends or the server is closed before.
func (s *Server) pause(ctx context.Context, d time.Duration) error {
	wake := make(chan struct{}) // made here: in a bubble of testing/synctest it must be the bubble's own
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return errClosed
	}
	s.pauses[wake] = struct{}{}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.pauses, wake)
		s.mu.Unlock()
	}()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-wake:
		return errClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
