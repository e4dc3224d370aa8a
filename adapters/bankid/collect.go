package bankid

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gomss/gomss/internal/observe"
	"github.com/gomss/gomss/mss"
)

// Poll collects the order once. It cannot be held open. An outcome is given once: have one poller (package mss/track), and
// store Status.Evidence before anything else is done with it.
//
// If BankID does not know the order any more, its outcome has been given to somebody, perhaps in an answer that was cut off, or
// has been forgotten: the error is mss.ErrUnknownOutcome. Maintenance (503) and too many requests (429) are
// *mss.TransportError that mss.RetryPoll has repeated. Within a second of the last collect of an order by this client, or
// while one is under way, nothing is sent, and the order is outstanding as it was then.
func (c *Client) Poll(ctx context.Context, tx *mss.Transaction, _ time.Duration) (*mss.Status, error) {
	ctx, k := observe.Begin(ctx, c.cfg.Observer, mss.Event{Scope: c.scope, Operation: mss.OpStatusQuery, Purpose: tx.Purpose})
	st, err := c.poll(ctx, tx, k)
	k.Done(ctx, err)
	return st, mss.Polled(err)
}

func (c *Client) poll(ctx context.Context, tx *mss.Transaction, k *observe.Call) (*mss.Status, error) {
	st, err := c.owns(tx)
	if err != nil {
		return nil, err
	}
	k.Named(tx.TransID, tx.MSSPTransID)
	if time.Now().After(tx.Deadline.Add(collectGrace)) {
		return nil, refuse("Transaction.Deadline", "has passed long ago; the service keeps no order for so long")
	}
	begun := time.Now()
	hint, wait := c.pace.begin(tx.MSSPTransID, begun)
	if wait > 0 {
		k.Event.Code = mss.StatusOutstanding
		return &mss.Status{Hint: hint, After: wait}, nil
	}
	defer func() { c.pace.end(tx.MSSPTransID, hint, begun) }()
	answer, raw, err := c.collect(ctx, tx, k)
	if err != nil {
		return nil, err
	}
	k.Polled(ctx, tx)
	if hint = native(answer.Hint); answer.outstanding() {
		return &mss.Status{Hint: hint, After: c.cfg.Pace}, nil
	}
	return c.outcome(tx, st, raw)
}

// collect asks how the order stands.
func (c *Client) collect(ctx context.Context, tx *mss.Transaction, k *observe.Call) (answer *statusAnswer, raw []byte, err error) {
	err = c.send(ctx, exchange{
		operation: mss.OpStatusQuery, path: "/collect", message: orderReference{tx.MSSPTransID}, repeats: true, call: k,
		read: func(body []byte) (mss.Code, error) {
			raw = body
			answer, err = readStatus(body, tx.MSSPTransID)
			if err != nil {
				return 0, err
			}
			return answer.code(), nil
		},
	})
	if f, ok := errors.AsType[*mss.Fault](err); ok && f.Code == mss.WrongParam {
		return nil, nil, fmt.Errorf("%w: the service does not know the order, or has given its outcome before (%s)", mss.ErrUnknownOutcome, f.Native)
	}
	return answer, raw, err
}

// outcome makes evidence of a terminal answer.
func (c *Client) outcome(tx *mss.Transaction, st *state, raw []byte) (*mss.Status, error) {
	now, err := c.now()
	if err != nil {
		return nil, err
	}
	kept, err := st.forEvidence(tx)
	if err != nil {
		return nil, err
	}
	return &mss.Status{Evidence: &mss.Evidence{Transaction: kept, Received: now, Raw: raw}}, nil
}

// outstanding reports whether there is no outcome. A status that is not known is none: the deadline ends that.
func (a *statusAnswer) outstanding() bool {
	return a.Status != statusFailed && a.Status != statusComplete
}

// code returns how an order stands: 504 outstanding, 500 signed, or the code of its fault.
func (a *statusAnswer) code() mss.Code {
	switch a.Status {
	case statusComplete:
		return mss.StatusSignature
	case statusFailed:
		return outcomeFault(string(a.Hint)).Code
	}
	return mss.StatusOutstanding
}
