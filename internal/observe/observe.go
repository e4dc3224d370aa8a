// Package observe tells a client's mss.Observer what its operations do.
package observe

import (
	"context"
	"errors"
	"time"

	"github.com/gomss/gomss/mss"
)

// Call is one operation under way, as the observer is told of it.
type Call struct {
	Event mss.Event

	o     *mss.Observer
	begun time.Time
	sent  time.Time
}

// Begin begins an operation. The context is the observer's for the rest of it. o may be nil, and so may each of its hooks.
func Begin(ctx context.Context, o *mss.Observer, e mss.Event) (context.Context, *Call) {
	k := &Call{o: o, Event: e}
	if k.o == nil {
		return ctx, k
	}
	k.begun = time.Now()
	if k.o.Start != nil {
		ctx = k.o.Start(ctx, k.Event)
	}
	return ctx, k
}

// Named says which transaction it is about.
func (k *Call) Named(transID, msspTransID string) {
	k.Event.TransID, k.Event.MSSPTransID = transID, msspTransID
}

// Sending tells that a request goes out.
func (k *Call) Sending(ctx context.Context) {
	if k.o == nil {
		return
	}
	k.sent = time.Now()
	if k.o.Sent != nil {
		k.o.Sent(ctx, k.Event)
	}
}

// Answered tells of the end of an exchange: its HTTP status, 0 where none came, and what the answer says.
func (k *Call) Answered(ctx context.Context, status int, code mss.Code, err error) {
	k.Event.HTTPStatus, k.Event.Code = status, code
	if k.o == nil || k.o.Answered == nil {
		return
	}
	e := k.Event
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

// Polled tells how a transaction stands.
func (k *Call) Polled(ctx context.Context, tx *mss.Transaction) {
	if k.o == nil || k.o.Poll == nil {
		return
	}
	e := k.Event
	e.Duration, e.Result = time.Since(tx.Started), mss.ResultOK
	switch {
	case e.Code == mss.StatusOutstanding:
		e.Result = mss.ResultOutstanding
	case isOutcome(e.Code):
		e.Result = mss.ResultFault
	}
	k.o.Poll(ctx, e)
}

// Done tells of the end of the operation.
func (k *Call) Done(ctx context.Context, err error) {
	if k.o == nil || k.o.Done == nil {
		return
	}
	e := k.Event
	e.Duration, e.Err, e.Result = time.Since(k.begun), err, mss.ResultOf(err)
	k.o.Done(ctx, e)
}

// Judged tells what became of an outcome.
func Judged(o *mss.Observer, ev *mss.Evidence, sig *mss.Signature, err error) {
	if o == nil || o.Judged == nil || ev == nil {
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
	o.Judged(e)
}
