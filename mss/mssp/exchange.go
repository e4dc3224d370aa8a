package mssp

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/redact"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// maxSkew is how far the service's clock may be from ours before it is worth a warning: requests with a wrong Instant
// are refused with 101.
const maxSkew = 5 * time.Minute

// answer is one HTTP answer that is a message of the service.
type answer struct {
	message etsi.Message // nil where there is a fault
	fault   *etsi.Fault
	raw     []byte // without our password
}

// exchange is one call of an operation.
type exchange struct {
	op      *etsi.Operation
	url     string
	message etsi.Message
	renew   func() etsi.Message // the same question with another AP_TransID; nil where prompts
	prompts bool                // rings a phone: is never sent twice
	timeout time.Duration
	text    string // the field of the caller's that holds free text, for errors
	call    *call
}

// code returns the status or the fault code of an answer.
func (a *answer) code() mss.Code {
	if a.fault != nil {
		code, _, _ := a.fault.MSSCode()
		return mss.Code(code)
	}
	return statusCode(newOutcome(a.message, state{}).status)
}

// transID returns the MSSP_TransID that the answer to a signature request gives; "" where it has none that is usable. A
// copy: the document holds our password.
func (a *answer) transID() string {
	if resp, ok := a.message.(*etsi.SignatureResp); ok && isTransID(resp.MSSPTransID) {
		return strings.Clone(resp.MSSPTransID)
	}
	return ""
}

// send makes one exchange. Every error is a *mss.TransportError, or a *mss.RequestError before anything was sent.
func (c *Client) send(ctx context.Context, x exchange) (*answer, error) {
	body, err := c.codec.appendRequest(c.cfg.Dialect, make([]byte, 0, 2048), x.op, x.message)
	if err != nil {
		return nil, &mss.RequestError{Field: x.text, Reason: "cannot be written as " + c.codec.kind + ": " + err.Error()}
	}
	x.call.sending(ctx)
	reply, err := c.http.Do(ctx, &transport.Exchange{
		Path:        x.url,
		ContentType: c.wire.ContentType,
		Accept:      c.wire.Accept,
		Body:        body,
		Timeout:     x.timeout,
		Prompts:     x.prompts,
		Renew:       func() []byte { return c.renewed(x) },
	})
	if err != nil {
		x.call.answered(ctx, httpStatus(err), nil, err)
		return nil, err
	}
	a, err := c.decodeAnswer(x.op, reply)
	if err != nil {
		err = unreadable(reply, err)
		x.call.answered(ctx, reply.Status, nil, err)
		return nil, err
	}
	x.call.answered(ctx, reply.Status, a, nil)
	c.checkClock(reply.Date, a)
	a.raw = c.codec.withoutPassword(reply.Body)
	return a, nil
}

// renewed is a question that must be sent again, since its connection broke. The service may have read it, and refuses an
// AP_TransID that it has seen (TS 102 204 clause 8.1): as the answer to a poll that would be taken for the person's.
func (c *Client) renewed(x exchange) []byte {
	if x.renew == nil {
		return nil
	}
	body, err := c.codec.appendRequest(c.cfg.Dialect, make([]byte, 0, 2048), x.op, x.renew())
	if err != nil {
		return nil // never: it was written before
	}
	return body
}

func httpStatus(err error) int {
	if t, ok := errors.AsType[*mss.TransportError](err); ok {
		return t.Status
	}
	return 0
}

// checkClock warns where the service's clock, by the HTTP Date or by the MSSP's Instant, and ours are far apart.
func (c *Client) checkClock(date time.Time, a *answer) {
	var stamped time.Time
	if a.message != nil {
		stamped = instant(newOutcome(a.message, state{}).abstract)
	}
	for _, theirs := range []time.Time{date, stamped} {
		if skew := c.cfg.Now().Sub(theirs); !theirs.IsZero() && skew.Abs() > maxSkew {
			c.cfg.Logger.Warn("mssp: this machine's clock and the service's are far apart; requests may be refused with 101",
				"skew", skew.Round(time.Second))
			return
		}
	}
}

var (
	errFaultWith200   = errors.New("a fault with HTTP status 200")
	errSuccessWith500 = errors.New("no fault with HTTP status 500")
)

// decodeAnswer reads an answer. HTTP status and body must agree: 200 is a message, 500 a fault, and any other status is
// not the service's (SEC-11, guide section 3.1.2).
func (c *Client) decodeAnswer(op *etsi.Operation, r *transport.Reply) (*answer, error) {
	if r.Status != http.StatusOK && r.Status != http.StatusInternalServerError {
		return nil, errors.New(statusAdvice(r.Status))
	}
	if !c.codec.accepts(r.ContentType) {
		return nil, errors.New("the answer is not " + c.codec.kind + ": is this address the service, or a proxy?")
	}
	m := op.NewResponse()
	fault, err := c.codec.decodeResponse(r.Body, op, m)
	switch {
	case err != nil:
		return nil, err
	case fault != nil && r.Status == http.StatusOK:
		return nil, errFaultWith200
	case fault == nil && r.Status != http.StatusOK:
		return nil, errSuccessWith500
	case fault != nil:
		return &answer{fault: fault}, nil
	}
	return &answer{message: m}, nil
}

// statusAdvice explains the HTTP statuses that come from something before the service.
func statusAdvice(status int) string {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return "refused before the service: check the client certificate and that this address is allow-listed"
	case status == http.StatusNotFound:
		return "no service at this address: check the base URL and the endpoints"
	case status >= 300 && status < 400:
		return "a redirect, which is never followed: configure the final address"
	case status == http.StatusProxyAuthRequired:
		return "the proxy wants credentials"
	}
	return "not an answer of the service"
}

// unreadable describes an answer that could not be read by its type, size and digest; its octets only through Reveal.
func unreadable(r *transport.Reply, err error) error {
	const kept = 64 << 10
	sum := sha256.Sum256(r.Body)
	return &mss.TransportError{
		Sent:   mss.Answered,
		Status: r.Status,
		Err:    fmt.Errorf("%w (%q, %d octets, SHA-256 %x…)", err, redact.Clean(r.ContentType, 60), len(r.Body), sum[:6]),
		Body:   mss.Conceal(string(r.Body[:min(len(r.Body), kept)])),
	}
}
