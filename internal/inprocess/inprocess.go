// Package inprocess is the way into a simulator that needs no network, so that time can be faked (testing/synctest).
package inprocess

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

// RoundTripper answers each request in the goroutine that sends it.
type RoundTripper func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (answer RoundTripper) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	if r.URL == nil {
		return nil, errors.New("inprocess: the request has no URL")
	}
	if err := r.Context().Err(); err != nil {
		return nil, context.Cause(r.Context())
	}
	return answer(r)
}

// Response is what an http.Transport would have read from the wire of an answer in chunks. If it is broken, the connection
// breaks behind the body.
func Response(r *http.Request, status int, header http.Header, body []byte, broken bool) *http.Response {
	var content io.Reader = bytes.NewReader(body)
	if broken {
		content = io.MultiReader(content, breaking{})
	}
	header = header.Clone()
	header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	return &http.Response{
		Status:     strconv.Itoa(status) + " " + http.StatusText(status),
		StatusCode: status,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:           header,
		Body:             io.NopCloser(content),
		ContentLength:    -1,
		TransferEncoding: []string{"chunked"},
		Request:          r,
	}
}

// breaking is a connection that breaks.
type breaking struct{}

func (breaking) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
