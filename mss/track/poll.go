package track

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/gomss/gomss/internal/redact"
	"github.com/gomss/gomss/mss"
)

// advance polls for a record that is due, unless somebody else does, and returns the record as it is then.
func (t *Tracker) advance(ctx context.Context, r Record, hold time.Duration) (Record, error) {
	now := time.Now()
	if stageOf(r, now) != outstanding || now.Before(r.Due) {
		return r, nil
	}
	r.Due = whole(now.Add(lease(hold)))
	claimed, err := t.store.Swap(ctx, r)
	if errors.Is(err, ErrStale) {
		return t.store.Get(ctx, r.ID) // somebody else polls
	}
	if err != nil {
		return Record{}, err
	}
	return t.poll(ctx, claimed, hold)
}

// poll asks for the outcome once, for a record that is claimed until its Due, and records what was answered. It does not
// end with ctx: an answer that is on its way may be the only one that the provider gives.
func (t *Tracker) poll(ctx context.Context, r Record, hold time.Duration) (Record, error) {
	var tx mss.Transaction
	if err := t.keys.Open(r.Handle, binding(r), &tx); err != nil {
		return Record{}, err
	}
	end := r.Due.Add(-maxSkew)
	if time.Until(end) < hold+answerTime {
		return r, nil // the store was slow: by the end of this poll somebody else might have begun another
	}
	polling, cancel := context.WithDeadline(context.WithoutCancel(ctx), end)
	defer cancel()
	st, err := t.svc.Poll(polling, &tx, hold)
	if err == nil && st.Evidence != nil {
		var outcome string
		if outcome, err = t.keys.Seal(st.Evidence, binding(r)); err == nil {
			return t.settle(ctx, r, outcome)
		}
	}
	if err != nil {
		t.log.Warn("track: a poll failed", "error", err)
		return t.record(ctx, afterFailure(r, err, time.Now()))
	}
	return t.record(ctx, afterStatus(r, st, time.Now()))
}

// afterStatus is a record whose person has not answered. There is a last look at the deadline, or as soon after it as
// anybody comes.
func afterStatus(r Record, st *mss.Status, now time.Time) Record {
	if !now.Before(r.Deadline) {
		return givenUp(r)
	}
	r.Hint = redact.Clean(st.Hint, hintRunes)
	r.Due = nextPoll(r, now, max(st.After, minPace))
	return r
}

// afterFailure is a record of which a poll got no answer. It is polled again until the deadline, whatever failed: another
// instance may be luckier. After the deadline that makes sense only where time may heal it.
func afterFailure(r Record, err error, now time.Time) Record {
	after, again := mss.RetryPoll(err)
	switch {
	case errors.Is(err, mss.ErrUnknownOutcome), // the provider has given the answer to somebody, or lost it
		!again && !now.Before(r.Deadline),
		!now.Before(r.Deadline.Add(patience)):
		return givenUp(r)
	case !again:
		after = retryFault
	}
	r.Due = nextPoll(r, now, after+rand.N(after/5+1)) // not all of them at once against a service that has just recovered
	return r
}

// retryFault is the pace of polls that were refused: the provider's usual one.
const retryFault = 5 * time.Second

// nextPoll returns when a record is due again: after a time, but at the deadline if that comes before.
func nextPoll(r Record, now time.Time, after time.Duration) time.Time {
	next := now.Add(after)
	if now.Before(r.Deadline) && next.After(r.Deadline) {
		next = r.Deadline
	}
	return whole(next)
}

// givenUp is a record for which no answer is expected any more.
func givenUp(r Record) Record {
	r.Due, r.Hint = time.Time{}, ""
	return r
}

// record writes how an outstanding transaction stands now. If the record was taken over meanwhile, that counts.
func (t *Tracker) record(ctx context.Context, r Record) (Record, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTime)
	defer cancel()
	written, err := t.store.Swap(ctx, r)
	if errors.Is(err, ErrStale) {
		return t.store.Get(ctx, r.ID)
	}
	return written, err
}

// settle stores a terminal answer, which is sealed and not judged. The transaction in it is all that is needed from then
// on: the handle, with the secrets of the prompt, goes.
func (t *Tracker) settle(ctx context.Context, r Record, outcome string) (Record, error) {
	handle := r.Handle
	r = givenUp(r)
	r.Handle, r.Outcome = "", outcome
	r.Expires = whole(time.Now().Add(t.retention))
	return t.keep(ctx, r, handle)
}

// backoff is the pauses between tries that fail, each twice as long as the last, up to 10 seconds.
type backoff struct{ last time.Duration }

// wait pauses, or returns the cause of ctx.
func (b *backoff) wait(ctx context.Context) error {
	b.last = min(max(2*b.last, 100*time.Millisecond), 10*time.Second)
	return sleep(ctx, b.last)
}

// sleep pauses for about d, so that instances do not keep step, or returns the cause of ctx.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d - rand.N(d/4))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
