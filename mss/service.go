package mss

import (
	"context"
	"fmt"
	"time"
)

// Service is one provider, with one account, in one environment. It is immutable, safe for concurrent use and keeps no
// state of a signature: what is outstanding is a Transaction.
type Service interface {
	// Start asks the person (MSS_Signature in asynchronous mode) and returns when the provider has accepted. It sends
	// once, whatever happens; after an error, MayHaveRung tells whether the phone may have rung.
	Start(ctx context.Context, req *Request) (*Transaction, error)

	// Prompt is what the person must see at that moment. It is pure: any instance can call it, nothing is sent.
	Prompt(tx *Transaction, now time.Time) Prompt

	// Poll asks once for the outcome (MSS_StatusQuery). hold is how long the provider may keep the question open; 0 is
	// an answer at once, and providers that cannot hold ignore it. A fault about the question itself is the error; an
	// outcome, good or bad, is Status.Evidence.
	Poll(ctx context.Context, tx *Transaction, hold time.Duration) (*Status, error)

	// Verify judges evidence, offline, today or in ten years. It returns a verified signature, or a *Fault where the
	// person did not sign, or a *VerificationError where the answer claims more than it proves.
	Verify(ev *Evidence) (*Signature, error)
}

// Sign asks the person, calls show with what they must see, and waits for the verified outcome. show is required
// because a person must see the code that they compare; it is called again whenever the prompt changes, always from
// Sign's own goroutine.
//
// Errors: *RequestError (nothing was sent), *TransportError, *Fault, *VerificationError, ErrUnknownOutcome, or the
// context's cause; see MayHaveRung.
func Sign(ctx context.Context, svc Service, req *Request, show func(Prompt)) (*Signature, error) {
	if show == nil {
		return nil, &RequestError{Field: "show", Reason: "is nil: the person must see the prompt; pass func(mss.Prompt) {} if there is nobody to see it"}
	}
	tx, err := svc.Start(ctx, req)
	if err != nil {
		return nil, err
	}
	return Wait(ctx, svc, tx, show)
}

// maxHold bounds how long Wait lets a provider keep one poll open.
const maxHold = 30 * time.Second

// Wait polls at the provider's pace until there is an outcome, and has it verified. It repeats polls that failed in
// transport (polling rings nobody) and gives up with ErrUnknownOutcome when the transaction's deadline has passed
// without one. A nil show shows nothing.
func Wait(ctx context.Context, svc Service, tx *Transaction, show func(Prompt)) (*Signature, error) {
	w := waiter{svc: svc, tx: tx, show: show, pollAt: tx.PollAt}
	for {
		refresh := w.display()
		if err := w.sleep(ctx, refresh); err != nil {
			return nil, err
		}
		if time.Now().Before(w.pollAt) {
			continue
		}
		ev, err := w.poll(ctx, refresh)
		if err != nil {
			return nil, err
		}
		if ev != nil {
			return svc.Verify(ev)
		}
	}
}

// waiter is the state of one Wait.
type waiter struct {
	svc    Service
	tx     *Transaction
	show   func(Prompt)
	shown  bool
	last   Prompt
	hint   string
	pollAt time.Time
}

// display shows the prompt where it has changed, and returns after what time it will.
func (w *waiter) display() time.Duration {
	if w.show == nil {
		return 0
	}
	p := w.svc.Prompt(w.tx, time.Now())
	if w.hint != "" {
		p.Hint = w.hint
	}
	if !w.shown || p != w.last {
		w.show(p)
		w.shown, w.last = true, p
	}
	return p.Refresh
}

// sleep waits until the next poll is due, the prompt changes or ctx ends.
func (w *waiter) sleep(ctx context.Context, refresh time.Duration) error {
	d := time.Until(w.pollAt)
	if refresh > 0 && refresh < d {
		d = refresh
	}
	if d <= 0 {
		return context.Cause(ctx)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return fmt.Errorf("mss: waiting for the signature: %w", context.Cause(ctx))
	case <-timer.C:
		return nil
	}
}

// poll asks once and sets the time of the next poll.
func (w *waiter) poll(ctx context.Context, refresh time.Duration) (*Evidence, error) {
	hold := maxHold
	if refresh > 0 {
		hold = 0 // the prompt must go on changing
	}
	st, err := w.svc.Poll(ctx, w.tx, hold)
	switch after, again := RetryPoll(err); {
	case err == nil && st.Evidence != nil:
		return st.Evidence, nil
	case err == nil:
		w.hint = st.Hint
		w.pollAt = time.Now().Add(st.After)
	case again && ctx.Err() == nil:
		w.pollAt = time.Now().Add(after)
	default:
		return nil, Polled(err)
	}
	if !w.pollAt.Before(w.tx.Deadline) {
		if time.Now().Before(w.tx.Deadline) {
			w.pollAt = w.tx.Deadline // a last look
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: no answer by the deadline: %w", ErrUnknownOutcome, err)
		}
		return nil, fmt.Errorf("%w: no answer by the deadline", ErrUnknownOutcome)
	}
	return nil, nil
}
