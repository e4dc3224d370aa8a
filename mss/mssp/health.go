package mssp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/mss"
)

// The question of guide section 4.5 and the answer of a healthy service.
const (
	heartbeatText     = "Heartbeat"      // without the account's prefix
	heartbeatLanguage = "en"             // of that word
	heartbeatDetail   = "ILLEGAL MSISDN" // beside 101; in upper case
)

// Health asks the service whether it works, with a signature that nobody can give: it is for Dialect.Heartbeat, the number
// of no person, and has the profile of Config.Defaults or else ProfileAny. It is sent once, rings no phone, and counts
// neither as outstanding nor for Config.Admit.
//
// Only a refusal with 101 and the detail "Illegal msisdn" is health, and nil (guide section 4.5). What else comes is the
// error: a *mss.Fault, a *mss.TransportError, or a *mss.VerificationError where the service accepts what it must refuse. A
// dialect without such a number gives errors.ErrUnsupported.
func (c *Client) Health(ctx context.Context) error {
	ctx, k := c.observe(ctx, mss.Event{Operation: mss.OpHealth})
	err := c.health(ctx, k)
	k.done(ctx, err)
	return err
}

func (c *Client) health(ctx context.Context, k *call) error {
	if c.cfg.Dialect.Heartbeat == "" {
		return fmt.Errorf("mssp: health: Dialect.Heartbeat: this operator names no number for it: %w", errors.ErrUnsupported)
	}
	now, err := c.now()
	if err != nil {
		return err
	}
	q, err := c.heartbeat()
	if err != nil {
		return err
	}
	k.named(q.transID, "")
	a, err := c.send(ctx, exchange{
		op:      etsi.OpSignature,
		url:     c.wire.Endpoints.Signature,
		message: c.signatureReq(q, modeSync, now),
		prompts: true,
		timeout: c.cfg.Dialect.AnswerTimeout, // nobody is waited for
		text:    "Dialect.Heartbeat",
		call:    k,
	})
	switch {
	case err != nil:
		return err
	case a.fault == nil:
		code := a.code()
		return failed("health", errors.New("a signature by nobody was not refused; the answer says "+code.Error()), nil)
	case isHeartbeat(a.fault):
		return nil
	}
	return newFault(a.fault, mss.OpHealth)
}

// heartbeat is the question that must be refused.
func (c *Client) heartbeat() (*question, error) {
	number, err := mss.ParseMSISDN(c.cfg.Dialect.Heartbeat)
	if err != nil {
		return nil, &mss.RequestError{Field: "Dialect.Heartbeat", Reason: "is no international number"}
	}
	return &question{
		transID:  newTransID(),
		user:     number,
		mimeType: "text/plain",
		text:     heartbeatText,
		language: heartbeatLanguage,
		profile:  cmp.Or(c.cfg.Defaults.Profile, ProfileAny),
		timeout:  c.cfg.Dialect.Timeout.Truncate(time.Second),
	}, nil
}

// isHeartbeat tells the refusal of a healthy service from every other one. The case of its letters says nothing.
func isHeartbeat(f *etsi.Fault) bool {
	code, _, _ := f.MSSCode()
	return mss.Code(code) == mss.WrongParam && slices.ContainsFunc(f.Details, func(d string) bool {
		return upperASCII(d) == heartbeatDetail
	})
}
