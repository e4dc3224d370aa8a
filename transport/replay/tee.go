package replay

import (
	"errors"
	"io"
	"net/http"
	"sync"
)

// overheard is an exchange as it went to and fro.
type overheard struct {
	method, path, requestType string
	question                  *copied

	status     int
	answerType string
	answer     *copied // nil: none came
}

// listen passes a request on, and calls done once: when the answer's body is closed, or when there is none. It reads
// nothing by itself and changes nothing.
func listen(base http.RoundTripper, r *http.Request, done func(*overheard)) (*http.Response, error) {
	o := &overheard{method: r.Method, path: r.URL.Path, requestType: r.Header.Get("Content-Type"), question: new(copied)}
	if r.Body != nil {
		out := *r
		out.Body = &tee{ReadCloser: r.Body, to: o.question}
		r = &out
	}
	resp, err := base.RoundTrip(r)
	if err != nil || resp == nil {
		done(o)
		return resp, err
	}
	o.status, o.answerType, o.answer = resp.StatusCode, resp.Header.Get("Content-Type"), new(copied)
	resp.Body = &tee{ReadCloser: resp.Body, to: o.answer, closed: func() { done(o) }}
	return resp, nil
}

// copied collects what passes through a tee. A http.Transport may still be reading a request while its answer comes.
type copied struct {
	mu   sync.Mutex
	b    []byte
	long bool
}

func (c *copied) add(b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.long = c.long || len(c.b)+len(b) > maxDocument; !c.long {
		c.b = append(c.b, b...)
	}
}

func (c *copied) parse(f *form) (*node, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.long {
		return nil, errors.New("larger than 1 MiB")
	}
	return f.parse(c.b)
}

// tee is a body that is copied as it is read.
type tee struct {
	io.ReadCloser
	to     *copied
	once   sync.Once
	closed func() // after the first Close; nil: nothing
}

func (t *tee) Read(p []byte) (int, error) {
	n, err := t.ReadCloser.Read(p)
	t.to.add(p[:n])
	return n, err
}

func (t *tee) Close() error {
	err := t.ReadCloser.Close()
	if t.closed != nil {
		t.once.Do(t.closed)
	}
	return err
}
