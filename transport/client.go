package transport

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gomss/gomss/mss"
)

// maxMediaType bounds the media types of an exchange in both directions, in octets.
const maxMediaType = 256

// Exchange is one question to the service.
type Exchange struct {
	// Path is appended to Config.URL and begins with "/"; "" is Config.URL itself. An absolute https URL is used as it
	// is, with the same roots and client certificate: it must come from configuration, never from an answer. A query is
	// allowed and appears in no error.
	Path string

	ContentType string // of Body; at most 256 printable octets, as is Accept
	Accept      string // "": none is sent

	// Method is the HTTP method: GET, POST, PUT, PATCH or DELETE. "" is POST with a Body and GET without.
	Method string

	Body []byte

	// Header are further fields of the request, such as Authorization. None of those that Exchange has fields for, nor what
	// HTTP itself needs. No value appears in an error.
	Header http.Header

	// Timeout bounds the answer, from when there is a connection for the request until the body has been read; 0: only
	// the context does. What comes before, a wait for one of Config.MaxConns (at most 10 s) and a new connection (at most
	// 15 s to dial and 10 s for TLS), is not taken from it: it is the time that a person has.
	Timeout time.Duration

	// Prompts says that the exchange makes a person's phone ring. It is sent at most once, whatever happens, and so is one
	// with a Method other than GET. Any other exchange is sent a second time when a kept connection broke before the first
	// octet of an answer came.
	Prompts bool

	// Renew makes the Body of that second time, for services that refuse a message whose ids they have seen. nil: Body again.
	// Where it returns nothing the exchange is not repeated.
	Renew func() []byte
}

// Reply is an answer of any HTTP status, redirects included: they are not followed. What a status means, the binding
// decides: the Mobile ID service reports every fault as a 500.
type Reply struct {
	Status      int
	ContentType string    // as sent, cut at 256 octets
	Body        []byte    // at most Config.MaxBody octets
	Date        time.Time // the server's clock, to the second; zero if it does not tell
}

// Client carries exchanges to one service. It is safe for concurrent use.
type Client struct {
	base    string // Config.URL without the slash at its end
	rt      http.RoundTripper
	own     *generations // nil with Config.Base
	maxBody int64
}

// Do sends x and reads the answer. ctx bounds the whole exchange, x.Timeout the answer.
//
// An error is a *mss.TransportError. Its Sent is NotSent only if no octet of the request was written to a connection,
// by count (with Config.Base: if the message was never read), and Answered if a status came but no usable body. When
// ctx ends, the error wraps ctx.Err() and context.Cause(ctx).
func (c *Client) Do(ctx context.Context, x *Exchange) (*Reply, error) {
	target, err := c.target(x)
	if err != nil {
		return nil, &mss.TransportError{Sent: mss.NotSent, Err: err}
	}
	reply, failed := c.send(ctx, target, x)
	if failed != nil && x.repeatable() && isStale(failed) {
		if again := x.renewed(); again != nil {
			before := failed.Sent
			if reply, failed = c.send(ctx, target, again); failed != nil {
				failed.Sent = max(failed.Sent, before)
			}
		}
	}
	if failed != nil {
		return nil, failed
	}
	return reply, nil
}

// repeatable reports whether sending x twice does no harm. Without a Method it is a question: a poll or a profile query.
func (x *Exchange) repeatable() bool {
	return !x.Prompts && (x.Method == "" || x.Method == http.MethodGet)
}

// renewed is x as it is sent the second time; nil if it is not.
func (x *Exchange) renewed() *Exchange {
	if x.Renew == nil {
		return x
	}
	again := *x
	if again.Body = x.Renew(); len(again.Body) == 0 {
		return nil
	}
	return &again
}

// isStale reports whether an exchange failed because a kept connection was dead. RFC 9112 9.3.1 lets a client repeat
// such a request if it is safe to.
func isStale(e *mss.TransportError) bool {
	f, ok := errors.AsType[*failure](e.Err)
	return ok && f.stale
}

// Close closes the idle connections. Exchanges under way end undisturbed. The client stays usable; one that is not used
// any more keeps no connection longer than 9 seconds in any case.
func (c *Client) Close() {
	if c.own != nil {
		c.own.closeIdle()
	}
}

// target returns the URL of x.
func (c *Client) target(x *Exchange) (string, error) {
	switch {
	case x.Prompts && len(x.Body) == 0:
		return "", &failure{step: stepRequest, text: "Exchange.Prompts: without a Body there is nothing to send once"}
	case !isMediaType(x.ContentType):
		return "", &failure{step: stepRequest, text: "Exchange.ContentType: not printable ASCII, or longer than 256 octets"}
	case !isMediaType(x.Accept):
		return "", &failure{step: stepRequest, text: "Exchange.Accept: not printable ASCII, or longer than 256 octets"}
	case !isMethod(x.Method), x.Method == http.MethodGet && len(x.Body) > 0:
		return "", &failure{step: stepRequest, text: "Exchange.Method: not GET, POST, PUT, PATCH or DELETE, or a GET with a Body"}
	case !areHeaders(x.Header):
		return "", &failure{step: stepRequest, text: "Exchange.Header: a field that Exchange or HTTP itself sets, or one that is no header"}
	case x.Path == "" || x.Path[0] == '/':
		if strings.Contains(x.Path, "#") {
			return "", &failure{step: stepRequest, text: "Exchange.Path: holds a fragment"}
		}
		return c.base + x.Path, nil
	}
	if u, err := url.Parse(x.Path); err != nil || checkURL(u) != nil {
		return "", &failure{step: stepRequest, text: "Exchange.Path: neither begins with / nor is an absolute https URL " +
			"without user and fragment"}
	}
	return x.Path, nil
}

func isMethod(m string) bool {
	switch m {
	case "", http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return true
	}
	return false
}

// ownHeaders are set by this package or by net/http.
var ownHeaders = []string{
	"Accept", "Accept-Encoding", "Connection", "Content-Length", "Content-Type", "Expect", "Host", "Idempotency-Key", "Te", "Trailer",
	"Transfer-Encoding", "Upgrade", "User-Agent", "X-Idempotency-Key",
}

const maxHeaderValue = 8 << 10 // octets

// areHeaders reports whether all fields can be sent as they are (RFC 9110 5.1 and 5.5).
func areHeaders(h http.Header) bool {
	for name, values := range h {
		if name == "" || name != http.CanonicalHeaderKey(name) || strings.ContainsFunc(name, notToken) || slices.Contains(ownHeaders, name) {
			return false
		}
		for _, v := range values {
			if len(v) > maxHeaderValue || strings.ContainsFunc(v, func(r rune) bool { return r < ' ' || r > '~' }) {
				return false
			}
		}
	}
	return true
}

func notToken(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
}

func isMediaType(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return len(s) <= maxMediaType
}

// send makes one attempt.
func (c *Client) send(ctx context.Context, target string, x *Exchange) (*Reply, *mss.TransportError) {
	// A context of its own ends with the attempt, and with it whatever a RoundTripper has left behind.
	inner, cancel := context.WithCancelCause(ctx)
	a := &attempt{once: !x.repeatable(), timeout: x.Timeout, cancel: cancel}
	a.begin()
	defer a.end()
	req, err := a.newRequest(inner, target, x)
	if err != nil {
		text := "Config.URL and Exchange.Path make no valid URL"
		return nil, &mss.TransportError{Sent: mss.NotSent, Err: &failure{step: stepRequest, text: text}}
	}
	setHeader(req.Header, x)
	resp, err := c.rt.RoundTrip(req)
	if err == nil && resp == nil {
		err = errNothing
	}
	if err != nil {
		return nil, &mss.TransportError{Sent: a.sent(), Err: explain(inner, stepCaller, err)}
	}
	defer resp.Body.Close()
	return c.read(inner, resp)
}

func setHeader(h http.Header, x *Exchange) {
	maps.Copy(h, x.Header)
	if len(x.Body) > 0 && x.ContentType != "" {
		h["Content-Type"] = []string{x.ContentType}
	}
	if x.Accept != "" {
		h["Accept"] = []string{x.Accept}
	}
	// Said aloud, so that a http.Transport as Config.Base does not ask for gzip by itself.
	h["Accept-Encoding"] = []string{"identity"}
	h["User-Agent"] = []string{"gomss"}
}

// read makes a Reply of a response.
func (c *Client) read(ctx context.Context, resp *http.Response) (*Reply, *mss.TransportError) {
	answered := func(f *failure) *mss.TransportError {
		return &mss.TransportError{Sent: mss.Answered, Status: resp.StatusCode, Err: f}
	}
	switch coding := resp.Header.Get("Content-Encoding"); {
	case resp.StatusCode < 200:
		return nil, answered(&failure{step: stepRead, text: "not a final answer"})
	case resp.Uncompressed, coding != "" && !strings.EqualFold(coding, "identity"):
		return nil, answered(&failure{step: stepRead, text: "the answer is compressed, which was not asked for"})
	}
	body, err := readBody(resp.Body, resp.ContentLength, c.maxBody)
	switch {
	case err == errTooLong:
		return nil, answered(&failure{step: stepLimit, text: "the answer's body is longer than Config.MaxBody", err: err})
	case err != nil:
		f := explain(ctx, stepRead, err)
		if ctx.Err() == nil && f.err == nil {
			f.text = "the answer's body is not well-formed HTTP/1.1"
		}
		failed := answered(f)
		failed.Body = mss.Conceal(string(body))
		return nil, failed
	}
	reply := &Reply{Status: resp.StatusCode, ContentType: resp.Header.Get("Content-Type"), Body: body}
	if len(reply.ContentType) > maxMediaType {
		reply.ContentType = reply.ContentType[:maxMediaType]
	}
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		reply.Date = date
	}
	return reply, nil
}
