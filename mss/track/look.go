package track

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gomss/gomss/mss"
)

// Look returns how a transaction stands: a signature, an error, or the prompt of this moment, with a Refresh that is
// greater than 0, while nothing is decided. It polls if a poll is due and nobody else does, and then takes as long as a
// poll does, also where ctx ends. id and session are those given to Start.
//
// It can be called as often as one likes, in every instance, and gives an outcome each time anew until Config.Retention is
// over. The evidence is judged each time: once a missing root has been added, what was refused for it is accepted.
//
// Errors: those of mss.Service.Verify; mss.ErrUnknownOutcome where the request was not recorded as sent, or no answer came
// by the deadline; ErrNotFound where there is nothing, nothing any more, or another session's; mss.ErrHandle where the keys
// have changed; and the store's. Failed polls are no errors of Look: they are repeated.
func (t *Tracker) Look(ctx context.Context, id, session string) (mss.Prompt, *mss.Signature, error) {
	r, err := t.load(ctx, id, session)
	if err != nil {
		return mss.Prompt{}, nil, err
	}
	if r, err = t.advance(ctx, r, 0); err != nil {
		return mss.Prompt{}, nil, err
	}
	if sig, decided, err := t.decide(r); decided {
		return mss.Prompt{}, sig, err
	}
	p, err := t.prompt(r)
	return p, nil, err
}

// Wait waits for the outcome: it polls, unless somebody else does, and sees what other instances find. It lives through a
// minute in which the store fails. Errors are those of Look, and the cause of ctx; a poll is not cut off when ctx ends.
func (t *Tracker) Wait(ctx context.Context, id, session string) (*mss.Signature, error) {
	var pause backoff
	var failing time.Time
	for {
		r, err := t.load(ctx, id, session)
		if err == nil {
			r, err = t.advance(ctx, r, t.hold)
		}
		if err == nil {
			if sig, decided, err := t.decide(r); decided {
				return sig, err
			}
			err = t.untilNext(ctx, r)
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("track: waiting for the signature: %w", context.Cause(ctx))
		}
		if err == nil {
			pause, failing = backoff{}, time.Time{}
			continue
		}
		if failing.IsZero() {
			failing = time.Now()
		}
		if permanent(err) || time.Since(failing) > patience {
			return nil, err
		}
		t.log.Warn("track: waiting goes on although the store fails", "error", err)
		if pause.wait(ctx) != nil {
			return nil, fmt.Errorf("track: waiting for the signature: %w", context.Cause(ctx))
		}
	}
}

// permanent reports whether an error will be the same a moment later.
func permanent(err error) bool {
	if _, ok := errors.AsType[*mss.RequestError](err); ok {
		return true
	}
	return errors.Is(err, ErrNotFound) || errors.Is(err, mss.ErrHandle)
}

// load returns the record of an id in a session.
func (t *Tracker) load(ctx context.Context, id, session string) (Record, error) {
	key, err := recordID(id, session)
	if err != nil {
		return Record{}, err
	}
	return t.store.Get(ctx, key)
}

// decide returns the outcome of a record that has one.
func (t *Tracker) decide(r Record) (sig *mss.Signature, decided bool, err error) {
	switch stageOf(r, time.Now()) {
	case answered:
		var ev mss.Evidence
		if err := t.keys.Open(r.Outcome, binding(r), &ev); err != nil {
			return nil, true, err
		}
		sig, err := t.svc.Verify(&ev)
		return sig, true, err
	case unknown:
		if r.Handle == "" {
			return nil, true, fmt.Errorf("%w: it is not on record whether the request was sent", mss.ErrUnknownOutcome)
		}
		return nil, true, fmt.Errorf("%w: no answer came", mss.ErrUnknownOutcome)
	}
	return nil, false, nil
}

// prompt returns what the person must see now.
func (t *Tracker) prompt(r Record) (mss.Prompt, error) {
	if r.Handle == "" { // being sent
		return mss.Prompt{Refresh: lookAgain}, nil
	}
	var tx mss.Transaction
	if err := t.keys.Open(r.Handle, binding(r), &tx); err != nil {
		return mss.Prompt{}, err
	}
	p := t.svc.Prompt(&tx, time.Now())
	if r.Hint != "" {
		p.Hint = r.Hint
	}
	if p.Refresh <= 0 {
		p.Refresh = lookAgain
	}
	return p, nil
}

// untilNext waits until the record is not r any more, or something can be done about it.
func (t *Tracker) untilNext(ctx context.Context, r Record) error {
	next := r.Due
	if r.Handle == "" {
		next = r.Deadline
	}
	watching, cancel := context.WithDeadline(ctx, next)
	defer cancel()
	for current, err := range t.store.Watch(watching, r.ID) {
		if err != nil && watching.Err() != nil {
			return nil // Wait looks whether it was ctx
		}
		if err != nil || current.Rev != r.Rev {
			return err
		}
	}
	return nil
}
