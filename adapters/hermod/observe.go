package hermod

import (
	"context"
	"errors"
	"time"

	"github.com/gomss/gomss/mss"
)

// call is one operation under way, as the observer is told of it.
type call struct {
	o     *mss.Observer
	begun time.Time
	sent  time.Time
	event mss.Event
}

// observe begins an operation. The context is the observer's for the rest of it.
func (c *Client) observe(ctx context.Context, e mss.Event) (context.Context, *call) {
	k := &call{o: c.cfg.Observer, event: e}
	k.event.Scope = c.scope
	if k.o == nil {
		return ctx, k
	}
	k.begun = time.Now()
	if k.o.Start != nil {
		ctx = k.o.Start(ctx, k.event)
	}
	return ctx, k
}

// named says which transaction it is about.
func (k *call) named(transID, sessionID string) {
	k.event.TransID, k.event.MSSPTransID = transID, sessionID
}

func (k *call) sending(ctx context.Context) {
	if k.o == nil {
		return
	}
	k.sent = time.Now()
	if k.o.Sent != nil {
		k.o.Sent(ctx, k.event)
	}
}

// answered tells of the end of an exchange: its HTTP status, 0 where none came, and what the answer says.
func (k *call) answered(ctx context.Context, status int, code mss.Code, err error) {
	k.event.HTTPStatus, k.event.Code = status, code
	if k.o == nil || k.o.Answered == nil {
		return
	}
	e := k.event
	e.Duration, e.Err, e.Result = time.Since(k.sent), err, mss.ResultOf(err)
	if isOutcome(code) {
		e.Result = mss.ResultFault
	}
	k.o.Answered(ctx, e)
}

// isOutcome reports whether a code is of an answer that was read and says that there is no signature or certificate.
func isOutcome(code mss.Code) bool {
	switch code {
	case 0, mss.StatusRequestOK, mss.StatusOutstanding, mss.StatusSignature:
		return false
	}
	return true
}

// polled tells how a transaction stands.
func (k *call) polled(ctx context.Context, tx *mss.Transaction) {
	if k.o == nil || k.o.Poll == nil {
		return
	}
	e := k.event
	e.Duration, e.Result = time.Since(tx.Started), mss.ResultOK
	switch {
	case e.Code == mss.StatusOutstanding:
		e.Result = mss.ResultOutstanding
	case isOutcome(e.Code):
		e.Result = mss.ResultFault
	}
	k.o.Poll(ctx, e)
}

// done tells of the end of the operation.
func (k *call) done(ctx context.Context, err error) {
	if k.o == nil || k.o.Done == nil {
		return
	}
	e := k.event
	e.Duration, e.Err, e.Result = time.Since(k.begun), err, mss.ResultOf(err)
	k.o.Done(ctx, e)
}

// judged tells what became of an outcome.
func (c *Client) judged(ev *mss.Evidence, sig *mss.Signature, err error) {
	if c.cfg.Observer == nil || c.cfg.Observer.Judged == nil || ev == nil {
		return
	}
	tx := &ev.Transaction
	e := mss.Event{
		Operation: mss.OpSignature, Scope: tx.Provider, TransID: tx.TransID, MSSPTransID: tx.MSSPTransID, Purpose: tx.Purpose,
		Duration: max(ev.Received.Sub(tx.Started), 0), Err: err, Result: mss.ResultOf(err),
	}
	if sig != nil {
		e.Code = sig.Status
	} else if f, ok := errors.AsType[*mss.Fault](err); ok {
		e.Code = f.Code
	}
	c.cfg.Observer.Judged(e)
}
