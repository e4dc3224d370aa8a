package mssp

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"

	"github.com/gomss/gomss/mss"
)

// ErrOutstanding is what a *mss.RequestError wraps with Config.OneAtATime: the person has a request of this client on the
// phone, or may have, where an earlier one failed on the way. It ends with an outcome, or at the deadline.
var ErrOutstanding error = outstandingError{}

type outstandingError struct{}

func (outstandingError) Error() string { return "mssp: a request for this number is outstanding" }

// MessageKey returns the key of the texts for people in a mss/catalogue: those of the service's own refusal, 406.
func (outstandingError) MessageKey() string { return "406" }

// Admission is a request that is about to make a phone ring. It prints its id and purpose alone.
type Admission struct {
	TransID string
	User    mss.MSISDN // normalised: the same however it was written
	Source  netip.Addr // Request.EndUserIP; not valid where the caller gave none
	Purpose mss.Purpose
}

// String returns the id and the purpose.
func (a Admission) String() string {
	return fmt.Sprintf("mssp.Admission{transId:%q purpose:%q}", a.TransID, a.Purpose)
}

// Format writes String, whatever the verb and flags are.
func (a Admission) Format(s fmt.State, _ rune) { fmt.Fprint(s, a.String()) }

// LogValue is String in parts, for log/slog.
func (a Admission) LogValue() slog.Value {
	return slog.GroupValue(slog.String("transId", a.TransID), slog.String("purpose", a.Purpose.String()))
}

// MarshalText is String, for encoding/json.
func (a Admission) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

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
