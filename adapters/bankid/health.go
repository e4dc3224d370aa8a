package bankid

import (
	"context"
	"errors"
	"net/http"

	"github.com/gomss/gomss/internal/observe"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// Health asks whether the service can be reached and takes our certificate, with a GET of /auth as BankID's own sample does: the
// answer is 405, which is health and nil. Nothing else is; a certificate that is not accepted shows as a *mss.Fault with code
// 104, or as a *mss.TransportError.
func (c *Client) Health(ctx context.Context) error {
	ctx, k := observe.Begin(ctx, c.cfg.Observer, mss.Event{Scope: c.scope, Operation: mss.OpHealth})
	err := c.health(ctx, k)
	k.Done(ctx, err)
	return err
}

func (c *Client) health(ctx context.Context, k *observe.Call) error {
	k.Sending(ctx)
	reply, err := c.http.Do(ctx, &transport.Exchange{Path: authEndpoint.path, Accept: contentType, Timeout: answerTime})
	status := 0
	if err == nil {
		status, err = reply.Status, judgeProbe(reply)
	}
	k.Answered(ctx, status, 0, err)
	return err
}

// errProbe is for answers of anything but the service.
var errProbe = errors.New("not an answer of the service to a probe, which is 405")

// judgeProbe accepts the refusal of a healthy service.
func judgeProbe(r *transport.Reply) error {
	if r.Status == http.StatusMethodNotAllowed {
		return nil
	}
	if f := httpFault(mss.OpHealth, r); f != nil {
		return f
	}
	return unreadable(r, errProbe)
}
