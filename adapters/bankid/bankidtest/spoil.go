package bankidtest

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// slowness is how late ForgeSlow is: longer than anybody should wait for an answer.
const slowness = 5 * time.Minute

// oversize is how long ForgeOversized is, in octets.
const oversize = 2 << 20

// spoil makes of a good reply what a forgery says. An error means that there is no answer at all.
func (s *Server) spoil(ctx context.Context, f Forge, r *reply) (*reply, error) {
	switch f {
	case ForgeNoOrder:
		r.body = without(r.body, "orderRef")
	case ForgeNoTokens:
		r.body = without(r.body, "autoStartToken", "qrStartToken", "qrStartSecret")
	case ForgeEmptyOrder:
		r.body = behindBrace(without(r.body, "orderRef"), `"orderRef":""`)
	case Forge500:
		return s.errorReply(http.StatusInternalServerError, "internalError", "Internal error"), nil
	case Forge503:
		return s.errorReply(http.StatusServiceUnavailable, "Maintenance", "Maintenance"), nil
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
		r.body = behindBrace(r.body, `"padding":"`+strings.Repeat("x", oversize)+`"`)
	}
	return r, nil
}

const page = "<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body><p>Please log in to the network.</p></body></html>\n"

// twice puts another value of the deciding member in front: a careless reader takes the last one.
func twice(doc []byte) []byte {
	if bytes.Contains(doc, []byte(`"status":`)) {
		return behindBrace(doc, `"status":"failed","hintCode":"userCancel"`)
	}
	return behindBrace(doc, `"orderRef":"ffffffff-ffff-4fff-bfff-ffffffffffff"`)
}

// without takes members out of an object of strings.
func without(doc []byte, names ...string) []byte {
	for _, name := range names {
		doc = regexp.MustCompile(`"`+name+`":"[^"]*",?`).ReplaceAll(doc, nil)
	}
	return bytes.ReplaceAll(doc, []byte(",}"), []byte("}"))
}

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
