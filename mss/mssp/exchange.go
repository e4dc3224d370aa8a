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
	"github.com/gomss/gomss/transport/soap"
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
	prompts bool // rings a phone: is never sent twice
	timeout time.Duration
}

// send makes one exchange. Every error is a *mss.TransportError, or a *mss.RequestError before anything was sent.
func (c *Client) send(ctx context.Context, x exchange) (*answer, error) {
	body, err := soap.AppendRequest(make([]byte, 0, 2048), x.op, c.cfg.Dialect.Style, x.message)
	if err != nil {
		return nil, &mss.RequestError{Field: "Display", Reason: "cannot be written as XML: " + err.Error()}
	}
	reply, err := c.http.Do(ctx, &transport.Exchange{
		Path:        x.url,
		ContentType: c.cfg.Dialect.ContentType,
		Body:        body,
		Timeout:     x.timeout,
		Prompts:     x.prompts,
	})
	if err != nil {
		return nil, err
	}
	a, err := decodeAnswer(x.op, reply)
	if err != nil {
		return nil, unreadable(reply, err)
	}
	c.checkClock(reply.Date, a)
	a.raw = withoutPassword(reply.Body)
	return a, nil
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
func decodeAnswer(op *etsi.Operation, r *transport.Reply) (*answer, error) {
	if r.Status != http.StatusOK && r.Status != http.StatusInternalServerError {
		return nil, errors.New(statusAdvice(r.Status))
	}
	if !isXML(r.ContentType) {
		return nil, errors.New("the answer is not XML: is this address the service, or a proxy?")
	}
	m := op.NewResponse()
	fault, err := soap.DecodeResponse(r.Body, op, m)
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

// isXML accepts every media type that SOAP 1.2 was seen to come with (guide section 3.1.2, and the service itself).
func isXML(contentType string) bool {
	mediaType, _, _ := strings.Cut(contentType, ";")
	switch strings.ToLower(strings.TrimSpace(mediaType)) {
	case "application/soap+xml", "text/xml", "application/xml":
		return true
	}
	return false
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
