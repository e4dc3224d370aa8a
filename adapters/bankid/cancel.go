package bankid

import (
	"context"

	"github.com/gomss/gomss/internal/observe"
	"github.com/gomss/gomss/internal/strictjson"
	"github.com/gomss/gomss/mss"
)

// Cancel takes the order out of the app. Of an order that has ended, or was canceled before, the error is a *mss.Fault with code
// 101. Maintenance is a *mss.TransportError for which mss.RetryPoll tells when to try again; canceling twice does no harm. Do
// not poll a transaction that was canceled: what its order would tell is gone.
func (c *Client) Cancel(ctx context.Context, tx *mss.Transaction) error {
	ctx, k := observe.Begin(ctx, c.cfg.Observer, mss.Event{Scope: c.scope, Operation: opCancel, Purpose: tx.Purpose})
	err := c.cancel(ctx, tx, k)
	k.Done(ctx, err)
	return mss.Polled(err)
}

// opCancel is not of TS 102 204.
const opCancel = "cancel"

func (c *Client) cancel(ctx context.Context, tx *mss.Transaction, k *observe.Call) error {
	if _, err := c.owns(tx); err != nil {
		return err
	}
	k.Named(tx.TransID, tx.MSSPTransID)
	return c.send(ctx, exchange{
		operation: opCancel, path: "/cancel", message: orderReference{tx.MSSPTransID}, repeats: true, call: k,
		read: func(body []byte) (mss.Code, error) { return mss.StatusRequestOK, strictjson.Check(body) },
	})
}
