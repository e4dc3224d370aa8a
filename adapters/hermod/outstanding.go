package hermod

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/track"
)

// What is outstanding is a record of Config.Store: its Handle is the transaction, sealed; its Outcome the callback, as evidence,
// sealed. Due is zero: no Tracker that shares the store will claim it.

const (
	storeTime = 5 * time.Second // for a write, however often it is tried

	// How long an outcome is kept after the deadline. An enrolment may go on the next day.
	keepSignature  = time.Hour
	keepEnrollment = 24 * time.Hour

	// addition is what the answer to a command adds to the handle at most, in octets, but for more than two or three mailboxes.
	addition = 900
)

// recordID is where a command is kept. Whoever reads the store does not learn what a callback would have to say.
func recordID(purpose, externalID string) string {
	sum := sha256.Sum256([]byte(purpose + externalID))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

const (
	ofCommand = "gomss/hermod"
	ofLate    = "gomss/hermod/late"
)

// session is what keys bind a record's content to.
func session(id string) string { return "hermod\x00" + id }

// retention is how long after its deadline a command is remembered.
func (k commandKind) retention() time.Duration {
	if k == provision {
		return keepEnrollment
	}
	return keepSignature
}

// enter records a command before it is sent, so that its callback is known however early it comes.
func (c *Client) enter(ctx context.Context, tx *mss.Transaction, st *state) (track.Record, error) {
	id := recordID(ofCommand, st.ExternalID)
	handle, err := c.seal(id, tx, st)
	if err != nil || len(handle) > track.MaxHandle-addition {
		return track.Record{}, refuse("Display", "together with the user's id, the certificate and Config's names it does not fit into a sealed transaction: shorten it")
	}
	r, err := c.cfg.Store.Create(ctx, track.Record{
		ID: id, Handle: handle, Deadline: tx.Deadline, Expires: tx.Deadline.Add(st.Kind.retention()),
	})
	if err != nil {
		return track.Record{}, &mss.RequestError{Field: "Config.Store", Reason: "failed to record the command, so it was not sent", Err: err}
	}
	return r, nil
}

// seal puts the state into the transaction and seals it for its record.
func (c *Client) seal(id string, tx *mss.Transaction, st *state) (handle string, err error) {
	if tx.State, err = st.encode(); err != nil {
		return "", err
	}
	return c.cfg.Keys.Seal(tx, session(id))
}

// abandon ends a command that was not accepted: its record goes, unless it may be in somebody's mailbox. That one stays until it
// expires, so that its callback is not taken for one that nobody knows.
func (c *Client) abandon(ctx context.Context, r track.Record, err error) {
	if mss.MayHaveRung(err) {
		return
	}
	past := whole(time.Now().Add(-time.Minute)) // by the store's clock as well
	if _, err := c.change(ctx, r, func(r *track.Record) bool {
		changed := r.Expires != past
		r.Expires = past
		return changed
	}); err != nil && !errors.Is(err, track.ErrNotFound) {
		c.cfg.Logger.Warn("hermod: a command that was refused stays on record until it expires", "error", err)
	}
}

// bind records what the Hermod answered: the number of the command above all, which a callback must have. One that came before is
// kept if it has it. The person may sign now, so this does not end with ctx.
func (c *Client) bind(ctx context.Context, r track.Record, tx *mss.Transaction, st *state) error {
	handle, err := c.sealAccepted(r.ID, tx, st)
	if err != nil {
		return fmt.Errorf("%w: the transaction could not be sealed: %w", mss.ErrUnknownOutcome, err)
	}
	_, err = c.change(ctx, r, func(r *track.Record) bool {
		if r.Handle == handle {
			return false
		}
		r.Handle, r.Deadline, r.Expires = handle, tx.Deadline, tx.Deadline.Add(st.Kind.retention())
		if r.Outcome != "" && !c.isOf(*r, tx, st) {
			c.cfg.Logger.Warn("hermod: an answer that came before its command was accepted is of another command; it is dropped", "transId", tx.TransID)
			r.Outcome = ""
		}
		return true
	})
	if err != nil {
		return fmt.Errorf("%w: the command could not be recorded: %w", mss.ErrUnknownOutcome, err)
	}
	return nil
}

// sealAccepted is seal for a command that devices have already: what does not fit is left out, the least important first.
func (c *Client) sealAccepted(id string, tx *mss.Transaction, st *state) (string, error) {
	handle, err := c.seal(id, tx, st)
	if err != nil && st.URI != "" { // a link is worth less than an answer
		c.cfg.Logger.Warn("hermod: a command went to so many mailboxes that its link does not fit into a sealed transaction: there is no prompt")
		st.URI = ""
		handle, err = c.seal(id, tx, st)
	}
	if err != nil && len(st.Locations) > 1 {
		c.cfg.Logger.Warn("hermod: a command went to so many mailboxes that not all fit into a sealed transaction: answers from the others are refused")
	}
	for err != nil && len(st.Locations) > 1 {
		st.Locations = st.Locations[:len(st.Locations)-1]
		handle, err = c.seal(id, tx, st)
	}
	return handle, err
}

// isOf reports whether a record's outcome has the number of the command.
func (c *Client) isOf(r track.Record, tx *mss.Transaction, st *state) bool {
	ev, err := c.outcome(r)
	if err != nil {
		return false
	}
	answer, err := readRecord(ev.Raw, st.Kind, c.cfg.Inferred)
	return err == nil && transIDPrefix+answer.CommandID == tx.MSSPTransID
}

// outcome opens a record's outcome.
func (c *Client) outcome(r track.Record) (*mss.Evidence, error) {
	ev := new(mss.Evidence)
	if err := c.cfg.Keys.Open(r.Outcome, session(r.ID), ev); err != nil {
		return nil, err
	}
	return ev, nil
}

// handle opens a record's transaction.
func (c *Client) handle(r track.Record) (*mss.Transaction, *state, error) {
	tx := new(mss.Transaction)
	if err := c.cfg.Keys.Open(r.Handle, session(r.ID), tx); err != nil {
		return nil, nil, err
	}
	st, err := decodeState(tx)
	return tx, st, err
}

// change edits a record until that is written, whoever else writes to it. r is the record as it was last seen, and edit says of it,
// and of what others have made of it, whether there is anything to write. It does not end with ctx, and goes on for a while with a
// store that fails. track.ErrNotFound says that the record is gone.
func (c *Client) change(ctx context.Context, r track.Record, edit func(*track.Record) bool) (track.Record, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTime)
	defer cancel()
	for pause := 50 * time.Millisecond; ; {
		next := r
		if !edit(&next) {
			return r, nil
		}
		written, err := c.cfg.Store.Swap(ctx, next)
		if err == nil {
			return written, nil
		}
		current, readErr := c.cfg.Store.Get(ctx, r.ID)
		switch {
		case errors.Is(readErr, track.ErrNotFound):
			return track.Record{}, readErr
		case readErr == nil:
			r = current
			if errors.Is(err, track.ErrStale) {
				continue
			}
		}
		if sleep(ctx, pause) != nil {
			return track.Record{}, err
		}
		pause = min(2*pause, time.Second)
	}
}

// sleep pauses, or returns the cause of ctx.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
