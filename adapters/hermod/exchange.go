package hermod

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"time"

	"github.com/gomss/gomss/internal/observe"
	"github.com/gomss/gomss/internal/redact"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

const (
	answerTime  = 30 * time.Second // bounds an answer: none waits for the person
	maxSkew     = 5 * time.Minute  // of the Hermod's clock, before it is worth a warning
	contentType = "application/json"
	maxKept     = 64 << 10 // octets of an answer that could not be read
)

// apiKey is the value of X-Api-Key: id, colon and key in standard Base64, without a scheme before it.
func apiKey(id string, key mss.Private) string {
	return base64.StdEncoding.EncodeToString([]byte(id + ":" + key.Reveal()))
}

// send posts a command, once, and returns its record. Its error is a *mss.Fault where the Hermod refused, or a
// *mss.TransportError.
func (c *Client) send(ctx context.Context, kind commandKind, body []byte, externalID string, k *observe.Call) (*record, error) {
	k.Sending(ctx)
	reply, err := c.http.Do(ctx, &transport.Exchange{
		Path: c.cfg.Inferred.names(kind).Path, Body: body, ContentType: contentType, Accept: contentType,
		Header: http.Header{"X-Api-Key": {c.apiKey}}, Timeout: answerTime, Prompts: true,
	})
	var r *record
	var code mss.Code
	status := 0
	if reply != nil {
		status = reply.Status
		c.checkClock(reply.Date)
	} else if t, ok := errors.AsType[*mss.TransportError](err); ok {
		status = t.Status
	}
	if err == nil {
		r, err = c.accepted(reply, kind, externalID)
		code = answerCode(err)
	}
	k.Answered(ctx, status, code, err)
	return r, err
}

// answerCode is what the answer to a command says; 0 where it could not be read.
func answerCode(err error) mss.Code {
	if f, ok := errors.AsType[*mss.Fault](err); ok {
		return f.Code
	}
	if err != nil {
		return 0
	}
	return mss.StatusRequestOK
}

// accepted reads the answer to a command: the record of a command that is under way in at least one mailbox.
func (c *Client) accepted(reply *transport.Reply, kind commandKind, externalID string) (*record, error) {
	if reply.Status != http.StatusOK {
		if f := httpFault(kind.operation(), reply); f != nil {
			return nil, f
		}
		return nil, unreadable(reply, errors.New(statusAdvice(reply.Status)))
	}
	if !isJSON(reply.ContentType) {
		return nil, unreadable(reply, errors.New("the answer is not JSON: is this address the Hermod, or a proxy?"))
	}
	t := c.cfg.Inferred
	r, err := readRecord(reply.Body, kind, t)
	if err != nil {
		return nil, unreadable(reply, fmt.Errorf("the command record: %w", err))
	}
	switch {
	case r.ExternalID != externalID:
		return nil, unreadable(reply, errors.New("the command record: externalId: is not the one that was sent"))
	case r.CommandType != t.names(kind).Type:
		return nil, unreadable(reply, errors.New("the command record: commandType: is of another command than was sent"))
	case t.standing(r) != running:
		if f := t.fault(r, kind); f != nil {
			return nil, f
		}
		return nil, unreadable(reply, errors.New("the command record: state: the command is over before anybody can have answered"))
	case len(r.Destinations) == 0:
		return nil, &mss.Fault{Code: mss.UnknownClient, Operation: kind.operation(), Native: "no destinations"}
	case !slices.ContainsFunc(r.Destinations, func(d destination) bool { return d.Location != "" }):
		return nil, unreadable(reply, errors.New("the command record: destinations: none has a location, so no answer could be told from another's"))
	}
	return r, nil
}

func isJSON(contentType string) bool {
	t, _, err := mime.ParseMediaType(contentType)
	return err == nil && t == "application/json"
}

// checkClock warns where the Hermod's clock, by the HTTP Date, and ours are far apart.
func (c *Client) checkClock(date time.Time) {
	if skew := c.cfg.Now().Sub(date); !date.IsZero() && skew.Abs() > maxSkew {
		c.cfg.Logger.Warn("hermod: this machine's clock and the Hermod's are far apart; certificates are judged by this machine's",
			"skew", skew.Round(time.Second))
	}
}

// unreadable describes an answer that could not be read by its type, size and digest; its octets only through Reveal.
func unreadable(r *transport.Reply, err error) error {
	sum := sha256.Sum256(r.Body)
	return &mss.TransportError{
		Sent:   mss.Answered,
		Status: r.Status,
		Err:    fmt.Errorf("%w (%q, %d octets, SHA-256 %x…)", err, redact.Clean(r.ContentType, 60), len(r.Body), sum[:6]),
		Body:   mss.Conceal(string(r.Body[:min(len(r.Body), maxKept)])),
	}
}
