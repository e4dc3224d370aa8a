package track

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gomss/gomss/mss"
)

// Start asks the person, and returns when the provider has accepted: it records the request, sends it, and records what is
// outstanding then. id comes from NewID, and whoever looks must give the same session: the id of the person's session with
// the application, or mss.NoBinding. It sends once for an id in a session, however often it is called with them, and whatever
// happens; with another session the id is another one.
//
// Errors are those of mss.Service.Start, and:
//
//   - ErrExists: it was called with this id and session before, and the phone may have rung. Look tells.
//   - *mss.RequestError: id or session is missing, or the store failed before anything was sent. Where MayHaveRung is false
//     the id can be used again, unless the store, failing, has kept the record: then ErrExists tells so, and a new id helps.
//   - mss.ErrUnknownOutcome: the provider accepted, and the store failed: nobody will know the answer.
func (t *Tracker) Start(ctx context.Context, id, session string, req *mss.Request) error {
	key, err := recordID(id, session)
	if err != nil {
		return err
	}
	begun := time.Now()
	deadline := whole(begun.Add(startTime + maxSkew))
	r, err := t.store.Create(ctx, Record{ID: key, Deadline: deadline, Expires: deadline.Add(patience + t.retention)})
	if errors.Is(err, ErrExists) {
		return err
	}
	if err != nil {
		return &mss.RequestError{Field: "Config.Store", Reason: "failed to record the request, so it was not sent", Err: err}
	}
	// Never later, or another instance would have given the request up already.
	sending, cancel := context.WithDeadline(ctx, begun.Add(startTime))
	defer cancel()
	tx, err := t.svc.Start(sending, req)
	if err != nil {
		t.abandon(ctx, r, mss.MayHaveRung(err))
		return err
	}
	return t.enter(ctx, r, tx)
}

// abandon ends a request that the provider has not accepted. If no phone can have rung its record goes, and otherwise it
// says so at once.
func (t *Tracker) abandon(ctx context.Context, r Record, rang bool) {
	now := time.Now()
	if rang {
		r.Deadline = now.Truncate(time.Millisecond).UTC()
	} else {
		r.Expires = now.Add(-2 * maxSkew).Truncate(time.Millisecond).UTC() // the past, by the store's clock as well
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTime)
	defer cancel()
	if _, err := t.store.Swap(ctx, r); err != nil {
		t.log.Warn("track: a request that failed stays on record until it expires", "error", err)
	}
}

// enter records a transaction that the provider has accepted.
func (t *Tracker) enter(ctx context.Context, r Record, tx *mss.Transaction) error {
	handle, err := t.keys.Seal(tx, binding(r))
	if err != nil {
		t.abandon(ctx, r, true)
		return fmt.Errorf("%w: the transaction could not be sealed: %w", mss.ErrUnknownOutcome, err)
	}
	now := time.Now()
	r.Handle = handle
	r.Deadline = whole(later(tx.Deadline, now))
	r.Due = whole(later(tx.PollAt, now))
	r.Expires = r.Deadline.Add(patience + t.retention)
	if _, err := t.keep(ctx, r, ""); err != nil {
		return fmt.Errorf("%w: the transaction could not be recorded: %w", mss.ErrUnknownOutcome, err)
	}
	return nil
}

// keep writes what must not be lost, whether or not ctx has ended: it goes on for a minute with a store that fails. handle
// is that of the record to be replaced. If somebody else has moved that record on meanwhile, but has no answer yet, it is
// replaced all the same; if there is an answer, that one stays.
func (t *Tracker) keep(ctx context.Context, r Record, handle string) (Record, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	for pause := (backoff{}); ; {
		written, err := t.store.Swap(ctx, r)
		if err == nil {
			return written, nil
		}
		current, readErr := t.store.Get(ctx, r.ID)
		switch {
		case errors.Is(readErr, ErrNotFound):
			return Record{}, ErrNotFound
		case readErr != nil:
		case current.Outcome != "" || r.Outcome == "" && current.Handle == r.Handle:
			return current, nil // also where the Swap that seemed to fail has written it
		case current.Rev == r.Rev:
		case handle != "" && current.Handle == handle:
			r.Rev = current.Rev
		default:
			return Record{}, ErrStale
		}
		if pause.wait(ctx) != nil {
			return Record{}, err
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
