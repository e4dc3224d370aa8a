// Package wiretap keeps what simulators read from the wire, for those who want to look at it.
package wiretap

import (
	"io"
	"net/http"
)

// Limit bounds what is kept of a body, in octets.
const Limit = 64 << 10

// Body is the body of a request. It keeps the beginning of what is read from it.
type Body struct {
	io.ReadCloser
	kept []byte
}

// Listen returns a request whose Body keeps what is read from it, and that Body. The request that was given stays as it is.
func Listen(r *http.Request) (*http.Request, *Body) {
	b := &Body{ReadCloser: r.Body}
	if r.Body == nil {
		b.ReadCloser = http.NoBody
	}
	r = r.WithContext(r.Context()) // a copy
	r.Body = b
	return r, b
}

// Read implements io.Reader.
func (b *Body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.kept = append(b.kept, p[:min(n, Limit-len(b.kept))]...)
	return n, err
}

// Kept returns the first octets that were read, Limit of them at most; nil if there are none.
func (b *Body) Kept() []byte { return b.kept }

// Head returns the first octets of a document, Limit of them at most.
func Head(doc []byte) []byte {
	n := min(len(doc), Limit)
	return doc[:n:n]
}
