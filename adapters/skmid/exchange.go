package skmid

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"time"

	"github.com/gomss/gomss/internal/observe"
	"github.com/gomss/gomss/internal/redact"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// answerTime bounds an answer that does not wait for the person.
const answerTime = 30 * time.Second

// maxSkew is how far the service's clock may be from ours before it is worth a warning: certificates are judged by ours.
const maxSkew = 5 * time.Minute

// exchange is one call of the service.
type exchange struct {
	operation string // of TS 102 204, for faults
	path      string
	message   any  // a POST of its JSON; nil: a GET
	prompts   bool // rings a phone: is never sent twice
	timeout   time.Duration

	// read takes an answer with status 200, and returns what it says as a code.
	read func(body []byte) (mss.Code, error)
	call *observe.Call
}

// send makes one exchange. Its error is a *mss.Fault where the service refused, or a *mss.TransportError; trouble that may pass
// is, for a status query, a *mss.TransportError that wraps the fault, so that mss.RetryPoll lets the query be repeated.
func (c *Client) send(ctx context.Context, x exchange) error {
	x.call.Sending(ctx)
	reply, err := c.exchange(ctx, x)
	status := 0
	if reply != nil {
		status = reply.Status
	} else if t, ok := errors.AsType[*mss.TransportError](err); ok {
		status = t.Status
	}
	var code mss.Code
	if err == nil {
		code, err = x.judge(reply)
		c.checkClock(reply.Date)
	}
	x.call.Answered(ctx, status, code, err)
	return err
}

func (c *Client) exchange(ctx context.Context, x exchange) (*transport.Reply, error) {
	t := &transport.Exchange{Path: x.path, Accept: "application/json", Timeout: x.timeout, Prompts: x.prompts}
	if x.message != nil {
		body, err := json.Marshal(x.message)
		if err != nil {
			return nil, fmt.Errorf("skmid: a message of strings: %w", err)
		}
		t.Body, t.ContentType = body, "application/json;charset=UTF-8"
	}
	return c.http.Do(ctx, t)
}

// judge reads an answer.
func (x *exchange) judge(r *transport.Reply) (mss.Code, error) {
	if r.Status == http.StatusOK {
		code, err := mss.Code(0), errors.New("the answer is not JSON: is this address the service, or a proxy?")
		if isJSON(r.ContentType) {
			code, err = x.read(r.Body)
		}
		if err != nil {
			return 0, unreadable(r, err)
		}
		return code, nil
	}
	f := httpFault(x.operation, r)
	switch {
	case f == nil:
		return 0, unreadable(r, errors.New(statusAdvice(r.Status)))
	case x.operation == mss.OpStatusQuery && passing(r.Status):
		return f.Code, &mss.TransportError{Sent: mss.Answered, Status: r.Status, Err: f}
	}
	return f.Code, f
}

func isJSON(contentType string) bool {
	t, _, err := mime.ParseMediaType(contentType)
	return err == nil && t == "application/json"
}

// checkClock warns where the service's clock, by the HTTP Date, and ours are far apart. The answer's member "time" has no zone.
func (c *Client) checkClock(date time.Time) {
	if skew := c.cfg.Now().Sub(date); !date.IsZero() && skew.Abs() > maxSkew {
		c.cfg.Logger.Warn("skmid: this machine's clock and the service's are far apart; certificates are judged by this machine's",
			"skew", skew.Round(time.Second))
	}
}

// statusAdvice explains the HTTP statuses that the service does not use.
func statusAdvice(status int) string {
	switch {
	case status == http.StatusForbidden:
		return "refused before the service: check that this address is allow-listed"
	case status == http.StatusNotFound:
		return "no service at this address: check the base URL, which ends in /mid-api"
	case status >= 300 && status < 400:
		return "a redirect, which is never followed: configure the final address"
	case status == http.StatusProxyAuthRequired:
		return "the proxy wants credentials"
	}
	return "not an answer of the service"
}

// unreadable describes an answer that could not be read by its type, size and digest; its octets only through Reveal.
func unreadable(r *transport.Reply, err error) error {
	sum := sha256.Sum256(r.Body)
	return &mss.TransportError{
		Sent:   mss.Answered,
		Status: r.Status,
		Err:    fmt.Errorf("%w (%q, %d octets, SHA-256 %x…)", err, redact.Clean(r.ContentType, 60), len(r.Body), sum[:6]),
		Body:   mss.Conceal(string(r.Body[:min(len(r.Body), maxAnswer)])),
	}
}
