package mss

import (
	"context"
	"errors"
	"slices"
	"time"
)

// Observer is told what a service does, as net/http/httptrace tells of a request. Every hook may be nil. Hooks are called
// from the goroutine of the call that they tell of, concurrently for concurrent calls, and must return soon.
//
// An operation is told as Start, Sent, Answered, for a status query Poll, and Done; one that was refused unsent as Start
// and Done. Verification, which is no call of the service, is told by Judged. LogObserver and package otelmss make
// observers; Observers joins them.
type Observer struct {
	Start    func(ctx context.Context, e Event) context.Context // the context it returns, of ctx, goes on to the other hooks and to the transport
	Sent     func(ctx context.Context, e Event)                 // a message is about to be sent
	Answered func(ctx context.Context, e Event)                 // its answer has come, or its exchange has failed
	Poll     func(ctx context.Context, e Event)                 // a status query has found how a transaction stands
	Done     func(ctx context.Context, e Event)                 // the operation has ended
	Judged   func(e Event)                                      // an outcome was judged by Service.Verify
}

// Event is one moment of an operation: ids, codes and durations, nothing personal. Fields that are not known at the moment
// are zero.
type Event struct {
	Operation   string // OpSignature…, or OpHealth
	Scope       string // the service's: Transaction.Provider
	TransID     string // AP_TransID of the signature, receipt or query
	MSSPTransID string
	Purpose     Purpose
	Synchronous bool // the call itself waits for the person

	// Duration is that of the exchange in Answered and of the operation in Done. It counts from Transaction.Started in Poll,
	// to now, and in Judged, to Evidence.Received: how long the person took, whenever it is judged.
	Duration time.Duration

	HTTPStatus int  // of the answer
	Code       Code // the status or the fault that the service gave
	Result     Result
	Err        error // prints nothing personal, as all errors of this module
}

// Result is how an exchange, an operation or a judgement ended. Its values are few, for labels of metrics.
type Result string

const (
	ResultOK          Result = "ok"          // accepted, answered, or signed and verified
	ResultOutstanding Result = "outstanding" // the person has not answered
	ResultFault       Result = "fault"       // the service's refusal, or the person did not sign
	ResultRefused     Result = "refused"     // unsent: *RequestError
	ResultTransport   Result = "transport"   // *TransportError
	ResultUnverified  Result = "unverified"  // *VerificationError
	ResultCanceled    Result = "canceled"    // by the caller's context
	ResultUnknown     Result = "unknown"     // ErrUnknownOutcome, and what is none of the above
)

// Observers joins observers. Their hooks are called in order, and the context that one's Start returns goes on to the next
// one's. Nil observers and nil hooks are skipped.
func Observers(o ...*Observer) *Observer {
	all := slices.DeleteFunc(slices.Clone(o), func(o *Observer) bool { return o == nil })
	return &Observer{
		Start: func(ctx context.Context, e Event) context.Context {
			for _, o := range all {
				if o.Start != nil {
					ctx = o.Start(ctx, e)
				}
			}
			return ctx
		},
		Sent:     inTurn(all, func(o *Observer) hook { return o.Sent }),
		Answered: inTurn(all, func(o *Observer) hook { return o.Answered }),
		Poll:     inTurn(all, func(o *Observer) hook { return o.Poll }),
		Done:     inTurn(all, func(o *Observer) hook { return o.Done }),
		Judged: func(e Event) {
			for _, o := range all {
				if o.Judged != nil {
					o.Judged(e)
				}
			}
		},
	}
}

type hook = func(context.Context, Event)

// inTurn calls one hook of every observer that has it.
func inTurn(all []*Observer, of func(*Observer) hook) hook {
	return func(ctx context.Context, e Event) {
		for _, o := range all {
			if h := of(o); h != nil {
				h(ctx, e)
			}
		}
	}
}

// ResultOf sorts an error into its result; nil is ResultOK.
func ResultOf(err error) Result {
	switch {
	case err == nil:
		return ResultOK
	case errors.Is(err, ErrUnknownOutcome):
		return ResultUnknown // whatever else it wraps
	case isA[*RequestError](err):
		return ResultRefused
	case isA[*Fault](err):
		return ResultFault
	case isA[*VerificationError](err):
		return ResultUnverified
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded) && !isA[*TransportError](err):
		return ResultCanceled
	case isA[*TransportError](err):
		return ResultTransport
	}
	return ResultUnknown
}

func isA[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}
