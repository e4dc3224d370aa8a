package hermodtest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

// RoundTripper returns a way into the server that needs no network: each request is answered in the goroutine that
// sends it. There is no TLS; all else is as over HTTP. It also works for a server that listens.
func (s *Server) RoundTripper() http.RoundTripper { return roundTripper{s} }

type roundTripper struct{ s *Server }

// RoundTrip implements http.RoundTripper.
func (rt roundTripper) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	if r.URL == nil {
		return nil, errors.New("hermodtest: the request has no URL")
	}
	if err := r.Context().Err(); err != nil {
		return nil, context.Cause(r.Context())
	}
	if err := rt.s.enter(); err != nil {
		return nil, err
	}
	defer rt.s.requests.Done()
	heard, tell := rt.s.tap(r)
	p, err := rt.s.exchange(heard, 0)
	defer p.out()
	if err != nil {
		return nil, err
	}
	tell(p)
	return p.response(r), nil
}

// response makes of a reply what an http.Transport would have read from the wire.
func (p *reply) response(r *http.Request) *http.Response {
	var body io.Reader = bytes.NewReader(p.sent())
	if p.broken {
		body = io.MultiReader(body, breaking{})
	}
	header := p.header.Clone()
	header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	return &http.Response{
		Status:     strconv.Itoa(p.status) + " " + http.StatusText(p.status),
		StatusCode: p.status,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:           header,
		Body:             io.NopCloser(body),
		ContentLength:    -1,
		TransferEncoding: []string{"chunked"},
		Request:          r,
	}
}

// breaking is a connection that breaks.
type breaking struct{}

func (breaking) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
