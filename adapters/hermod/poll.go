package hermod

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/gomss/gomss/internal/observe"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/track"
)

const (
	maxHold = time.Minute
	minPace = time.Second // between polls that are not to wait
)

var transIDPattern = regexp.MustCompile(`^` + transIDPrefix + `[0-9]{1,20}$`)

// Poll looks whether the callback has come, in Config.Store and not with the Hermod, which is asked nothing. It waits for hold, a
// minute at most, and returns as soon as the callback comes, to whichever instance.
//
// Where the deadline has passed without a callback, the outcome is evidence without Raw, of which Verify makes a *mss.Fault with
// code 208 and sub-code 2081; it stays that, whatever comes later (see Late). Every poll of a transaction that has its outcome
// returns the same one, until Config.Store forgets it: an hour after the deadline, a day for an enrolment. If it is gone, the error
// is mss.ErrUnknownOutcome. A transaction that is not the one on record is a *mss.RequestError. A store that fails is a
// *mss.TransportError, which mss.RetryPoll lets be repeated.
func (c *Client) Poll(ctx context.Context, tx *mss.Transaction, hold time.Duration) (*mss.Status, error) {
	ctx, k := observe.Begin(ctx, c.cfg.Observer, mss.Event{Scope: c.scope, Operation: mss.OpStatusQuery, Purpose: tx.Purpose})
	st, err := c.poll(ctx, tx, hold, k)
	k.Done(ctx, err)
	return st, mss.Polled(err)
}

func (c *Client) poll(ctx context.Context, tx *mss.Transaction, hold time.Duration, k *observe.Call) (*mss.Status, error) {
	st, err := c.owns(tx)
	if err != nil {
		return nil, err
	}
	k.Named(tx.TransID, tx.MSSPTransID)
	r, err := c.watch(ctx, recordID(ofCommand, st.ExternalID), tx, hold)
	if err != nil {
		return nil, storeError(ctx, err)
	}
	recorded, err := c.recorded(r, tx, st)
	if err != nil {
		return nil, err
	}
	if r.Outcome == "" && !time.Now().Before(r.Deadline) {
		if r, err = c.expire(ctx, r, recorded); err != nil {
			return nil, storeError(ctx, err)
		}
	}
	if r.Outcome == "" {
		k.Event.Code = mss.StatusOutstanding
		k.Polled(ctx, tx)
		return &mss.Status{After: pace(hold)}, nil
	}
	ev, err := c.outcome(r)
	if err != nil {
		return nil, sealError(err)
	}
	ev.Transaction = *recorded // an early answer's is of the time when nothing was bound
	k.Event.Code = c.code(ev, st.Kind)
	k.Polled(ctx, tx)
	return &mss.Status{Evidence: ev}, nil
}

// owns refuses a transaction of another service, and one that has no command of this API.
func (c *Client) owns(tx *mss.Transaction) (*state, error) {
	if tx.Provider != c.scope {
		return nil, refuse("Transaction", "was not made by this client's service, environment, address and API user")
	}
	if !transIDPattern.MatchString(tx.MSSPTransID) {
		return nil, refuse("Transaction.MSSPTransID", "is no number of a command")
	}
	st, err := decodeState(tx)
	if err != nil {
		return nil, refuse("Transaction.State", err.Error())
	}
	return st, nil
}

// watch returns the record as it is, or as it is when it has got an outcome, its time is up or hold is over.
func (c *Client) watch(ctx context.Context, id string, tx *mss.Transaction, hold time.Duration) (r track.Record, err error) {
	hold = min(hold, maxHold, time.Until(tx.Deadline))
	if hold <= 0 {
		return c.cfg.Store.Get(ctx, id)
	}
	watching, cancel := context.WithTimeout(ctx, hold)
	defer cancel()
	for now, err := range c.cfg.Store.Watch(watching, id) {
		switch {
		case err != nil && watching.Err() != nil && ctx.Err() == nil && r.ID != "":
			return r, nil // held long enough
		case err != nil && watching.Err() != nil && ctx.Err() == nil:
			return c.cfg.Store.Get(ctx, id) // which a store may take longer for than hold
		case err != nil || now.Outcome != "":
			return now, err
		}
		r = now
	}
	return r, errors.New("hermod: Config.Store: Watch ended without an error")
}

// expire gives a command up whose deadline has passed, unless its callback comes first.
func (c *Client) expire(ctx context.Context, r track.Record, recorded *mss.Transaction) (track.Record, error) {
	now, err := c.now()
	if err != nil {
		return r, err
	}
	outcome, err := c.cfg.Keys.Seal(&mss.Evidence{Transaction: *recorded, Received: now}, session(r.ID))
	if err != nil {
		return r, err
	}
	return c.change(ctx, r, func(r *track.Record) bool {
		if r.Outcome != "" {
			return false
		}
		r.Outcome = outcome
		return true
	})
}

// recorded is the transaction of a record, as evidence has it. The one that is asked for must agree with it: what an answer is held
// against is what was sent, not what a caller says.
func (c *Client) recorded(r track.Record, tx *mss.Transaction, st *state) (*mss.Transaction, error) {
	sealed, sealedState, err := c.handle(r)
	if err != nil {
		return nil, sealError(err)
	}
	kept, err := sealedState.forEvidence(sealed)
	if err != nil {
		return nil, err
	}
	return &kept, agrees(&kept, tx, st)
}

// agrees refuses a transaction that is another than the one on record. Of a state the link may be missing, as it is in evidence.
// The purpose goes with the state: see decodeState.
func agrees(recorded, tx *mss.Transaction, st *state) error {
	asked, err := st.forEvidence(tx)
	if err != nil {
		return err
	}
	field := ""
	switch {
	case asked.MSSPTransID != recorded.MSSPTransID:
		field = "MSSPTransID"
	case asked.TransID != recorded.TransID:
		field = "TransID"
	case asked.User != recorded.User:
		field = "User"
	case !bytes.Equal(asked.State, recorded.State):
		field = "State"
	default:
		return nil
	}
	return refuse("Transaction."+field, "is not the one that is on record")
}

// sealError describes a record that cannot be opened.
func sealError(err error) error {
	return &mss.TransportError{Sent: mss.NotSent, Err: fmt.Errorf("Config.Store, Config.Keys: %w", err)}
}

// storeError describes a failure of the store: polls may be repeated, unless the record is gone.
func storeError(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, track.ErrNotFound):
		return fmt.Errorf("%w: Config.Store has no record of the command, or no longer", mss.ErrUnknownOutcome)
	case ctx.Err() != nil:
		return fmt.Errorf("hermod: waiting for the callback: %w", errors.Join(ctx.Err(), context.Cause(ctx)))
	}
	if _, ok := errors.AsType[*mss.RequestError](err); ok {
		return err
	}
	return &mss.TransportError{Sent: mss.NotSent, Err: fmt.Errorf("Config.Store: %w", err)}
}

// pace is the time until the next poll: none after one that has waited.
func pace(hold time.Duration) time.Duration {
	if hold < minPace {
		return minPace
	}
	return 0
}

// code is how a command has ended: 500 signed, 100 for what is no signature, or the code of its fault.
func (c *Client) code(ev *mss.Evidence, kind commandKind) mss.Code {
	if len(ev.Raw) == 0 {
		return mss.ExpiredTransaction
	}
	r, err := readRecord(ev.Raw, kind, c.cfg.Inferred)
	if err != nil {
		return mss.InternalError // never: Callback has read it
	}
	if f := c.cfg.Inferred.fault(r, kind); f != nil {
		return f.Code
	}
	if kind.purpose() == 0 {
		return mss.StatusRequestOK
	}
	return mss.StatusSignature
}
