package mssp

import (
	"context"
	"net/netip"

	"github.com/gomss/gomss/mss"
)

// ErrOutstanding is what a *mss.RequestError wraps with Config.OneAtATime: the person has a request of this process on the
// phone, or may have, where an earlier one failed on the way. It ends with an outcome, or at the deadline.
var ErrOutstanding error = outstandingError{}

type outstandingError struct{}

func (outstandingError) Error() string { return "mssp: a request for this number is outstanding" }

// MessageKey returns the key of the texts for people in a mss/catalogue: those of the service's own refusal, 406.
func (outstandingError) MessageKey() string { return "406" }

// Admission is a request that is about to make a phone ring.
type Admission struct {
	TransID string
	User    mss.MSISDN // normalised: the same however it was written
	Source  netip.Addr // Request.EndUserIP; not valid where the caller gave none
	Purpose mss.Purpose
}

// admit asks the application whether the phone may ring.
func (c *Client) admit(ctx context.Context, q *question) error {
	if c.cfg.Admit == nil {
		return nil
	}
	err := c.cfg.Admit(ctx, Admission{TransID: q.transID, User: q.user, Source: q.source, Purpose: q.purpose})
	if err != nil {
		return &mss.RequestError{Field: "Config.Admit", Reason: "refused the request", Err: err}
	}
	return nil
}
