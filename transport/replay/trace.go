package replay

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Trace puts a readable trace of what goes to and fro around base. It goes into transport.Config.Wrap. Each exchange is
// written to w at once when the answer's body is closed: method, path without query, HTTP status, how long it took, the
// content types and both messages, indented.
//
// Of the messages it shows what a [Recorder] would keep, and of signatures none: the same value is replaced in the same way
// throughout, up to 99 exchanges, after which that begins anew. Messages that cannot be read, or in which something is found
// that had to be replaced, are left out. Tracing never changes an exchange, and what w refuses is lost.
func Trace(base http.RoundTripper, w io.Writer) http.RoundTripper {
	return &tracer{base: base, w: w}
}

type tracer struct {
	base http.RoundTripper

	mu     sync.Mutex
	w      io.Writer
	scrub  *scrubber
	traced int // by scrub
}

// RoundTrip passes the request on.
func (t *tracer) RoundTrip(r *http.Request) (*http.Response, error) {
	begun := time.Now()
	return listen(t.base, r, func(o *overheard) { t.write(o, time.Since(begun)) })
}

func (t *tracer) write(o *overheard, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.scrub == nil || t.traced == maxExchanges {
		t.scrub, t.traced = newScrubber(false), 0 // what is remembered must not grow for ever
		t.scrub.noSignatures = true
	}
	t.traced++
	_, _ = t.w.Write(t.describe(o, took))
}

// withheld stands for what is not shown.
const withheld = "(withheld)"

// describe writes an exchange.
func (t *tracer) describe(o *overheard, took time.Duration) []byte {
	f := formOf(o.requestType)
	x := &Exchange{JSON: f == jsonForm, ContentType: keptType(o.answerType)}
	reason := t.messages(o, f, x)
	path := o.path
	if t.scrub.canary.sings(path, false) || strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r > '~' }) {
		path = withheld
	}
	var b bytes.Buffer
	status := "no answer"
	if o.answer != nil {
		status = fmt.Sprintf("HTTP %d", o.status)
	}
	fmt.Fprintf(&b, "%s %s: %s after %v\n", o.method, path, status, took.Round(time.Millisecond))
	show(&b, "request", keptType(o.requestType), x.Request, reason)
	if o.answer != nil {
		show(&b, "answer", x.ContentType, x.Answer, reason)
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// show writes a message, or why there is none.
func show(b *bytes.Buffer, name, contentType string, message []byte, reason error) {
	if reason != nil {
		fmt.Fprintf(b, "%s: %s: %s\n", name, withheld, reason)
		return
	}
	fmt.Fprintf(b, "%s: %s\n%s", name, contentType, message)
}

// messages fills x with what may be shown. Where there is no answer, that is the request alone.
func (t *tracer) messages(o *overheard, f *form, x *Exchange) error {
	request, err := o.question.parse(f)
	if err != nil {
		return fmt.Errorf("the request cannot be read: %w", err)
	}
	var answer *node
	if o.answer != nil {
		if answer, err = o.answer.parse(f); err != nil {
			return fmt.Errorf("the answer cannot be read: %w", t.scrub.explain(request, err))
		}
	}
	return t.scrub.message(request, answer, x)
}
