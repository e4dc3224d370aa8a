package transport

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gomss/gomss/mss"
)

// attempt is one sending of an exchange. It travels in the request's context to the once below Config.Wrap, and
// collects there how much was sent, whatever a RoundTripper in between makes of the errors.
type attempt struct {
	once    bool          // whatever stands above
	timeout time.Duration // for the answer; 0: none
	cancel  context.CancelCauseFunc
	body    message
	trips   atomic.Int32 // requests that reached the once
	maybe   atomic.Int32 // those of them that have not provably sent nothing; one under way has not

	mu    sync.Mutex
	timer *time.Timer // ends the attempt when it takes too long; nil: nothing does
	armed bool        // it is the answer that takes time now
	over  bool
}

type attemptKey struct{}

// sent tells how much of a failed attempt is known to have been sent.
func (a *attempt) sent() mss.Sent {
	if a.maybe.Load() > 0 || a.trips.Load() == 0 && !a.body.seal() {
		return mss.MaybeSent
	}
	return mss.NotSent
}

// errAnswerTime is the cause of an attempt that Exchange.Timeout ended.
var errAnswerTime = fmt.Errorf("transport: no answer within Exchange.Timeout: %w", context.DeadlineExceeded)

// begin starts the time for the whole attempt: what comes before the answer at the longest, and the answer's.
func (a *attempt) begin() {
	if a.timeout > 0 {
		a.timer = time.AfterFunc(waitTimeout+2*dialTimeout+handshakeTimeout+a.timeout, func() { a.cancel(errAnswerTime) })
	}
}

// arm starts the time for the answer: there is a connection, and the request goes out.
func (a *attempt) arm() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.timer != nil && !a.armed && !a.over {
		a.armed = true
		a.timer.Reset(a.timeout)
	}
}

// end ends the attempt's context, and the timer.
func (a *attempt) end() {
	a.mu.Lock()
	a.over = true
	if a.timer != nil {
		a.timer.Stop()
	}
	a.mu.Unlock()
	a.cancel(nil)
}

// message is a request's body. It can be read once, and sealed as long as nobody has begun to.
type message struct {
	state atomic.Int32
	r     bytes.Reader
}

const (
	messageFresh = iota
	messageRead
	messageSealed
)

func (m *message) Read(p []byte) (int, error) {
	if !m.state.CompareAndSwap(messageFresh, messageRead) && m.state.Load() == messageSealed {
		return 0, errSealed
	}
	return m.r.Read(p)
}

func (m *message) Close() error { return nil }

// inMemory returns the message as a reader of a type that net/http knows.
func (m *message) inMemory() io.ReadCloser {
	m.state.Store(messageRead)
	return io.NopCloser(&m.r)
}

// seal reports whether nobody has read the message; then nobody will.
func (m *message) seal() bool {
	return m.r.Size() > 0 && (m.state.CompareAndSwap(messageFresh, messageSealed) || m.state.Load() == messageSealed)
}

// once stands directly above the RoundTripper that sends, below Config.Wrap, and sees to it that a request which makes
// a phone ring is sent once (SEC-1), whatever stands above.
type once struct {
	base http.RoundTripper
}

var (
	errTwice   = &failure{step: stepCaller, text: "Config.Wrap sent a request again that must be sent once: refused"}
	errContext = &failure{step: stepCaller, text: "Config.Wrap did not pass on the request's context"}
	errNothing = &failure{step: stepCaller, text: "Config.Base or Config.Wrap returned neither a response nor an error"}
)

func (o once) RoundTrip(req *http.Request) (*http.Response, error) {
	a, ok := req.Context().Value(attemptKey{}).(*attempt)
	if !ok {
		return nil, errContext
	}
	if trips := a.trips.Add(1); a.once {
		if trips > 1 {
			return nil, errTwice
		}
		req = unrepeatable(req)
	}
	if _, own := o.base.(*generations); !own {
		a.arm() // the pool does when it has a connection
	}
	a.maybe.Add(1) // before anything is sent: who gives up above in the meantime must not hear NotSent
	resp, err := o.base.RoundTrip(req)
	if err == nil && resp == nil {
		err = errNothing
	}
	if err != nil {
		if a.provablyUnsent(err) {
			a.maybe.Add(-1)
		}
		return nil, err
	}
	return resp, nil
}

// provablyUnsent reports whether a failed trip has sent nothing: by the count of the built-in connections; with a
// RoundTripper of the caller's by the message, when it was never read.
func (a *attempt) provablyUnsent(err error) bool {
	if f, ok := errors.AsType[*failure](err); ok && f.sent != 0 {
		return f.sent == mss.NotSent
	}
	return a.body.seal()
}

// unrepeatable takes from a request what makes net/http repeat it: GetBody, with which HTTP/2 sends it again after a
// stream was reset, and the idempotency keys, with which HTTP/1.1 does after a connection broke.
func unrepeatable(req *http.Request) *http.Request {
	_, key := req.Header["Idempotency-Key"]
	_, xkey := req.Header["X-Idempotency-Key"]
	if req.GetBody == nil && !key && !xkey {
		return req
	}
	r := *req
	r.GetBody = nil
	r.Header = req.Header.Clone()
	delete(r.Header, "Idempotency-Key")
	delete(r.Header, "X-Idempotency-Key")
	return &r
}

// newRequest makes the one request of an attempt. http.NewRequestWithContext knows no message and sets no GetBody.
func (a *attempt) newRequest(ctx context.Context, target string, x *Exchange) (*http.Request, error) {
	ctx = context.WithValue(ctx, attemptKey{}, a)
	if len(x.Body) == 0 {
		return http.NewRequestWithContext(ctx, cmp.Or(x.Method, http.MethodGet), target, nil)
	}
	a.body.r.Reset(x.Body)
	req, err := http.NewRequestWithContext(ctx, cmp.Or(x.Method, http.MethodPost), target, &a.body)
	if err == nil {
		req.ContentLength = int64(len(x.Body))
	}
	return req, err
}
