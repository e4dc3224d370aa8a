package hermod

import (
	"context"
	"errors"
	"fmt"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/track"
)

// Late returns an answer that came after the time was up: after Poll had given the command up at its deadline, or after the Hermod
// had said so itself. It changes nothing in the outcome, which is delivered once; what a signature is worth that came too late is
// for the application to say, and Verify judges it like any other. Only the first such answer is kept, as long as the outcome is.
//
// The error is track.ErrNotFound where there is none.
func (c *Client) Late(ctx context.Context, tx *mss.Transaction) (*mss.Evidence, error) {
	st, err := c.owns(tx)
	if err != nil {
		return nil, err
	}
	r, err := c.cfg.Store.Get(ctx, recordID(ofLate, st.ExternalID))
	if err != nil {
		return nil, fmt.Errorf("hermod: a late answer: %w", err)
	}
	ev, err := c.outcome(r)
	if err != nil {
		return nil, sealError(err)
	}
	if err := agrees(&ev.Transaction, tx, st); err != nil {
		return nil, err
	}
	return ev, nil
}

// keepLate stores an answer beside the outcome, which stays as it is. There is one only.
func (c *Client) keepLate(ctx context.Context, outstanding track.Record, externalID string, ev *mss.Evidence) error {
	r := track.Record{ID: recordID(ofLate, externalID), Deadline: outstanding.Deadline, Expires: outstanding.Expires}
	var err error
	if r.Outcome, err = c.cfg.Keys.Seal(ev, session(r.ID)); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTime)
	defer cancel()
	if _, err = c.cfg.Store.Create(ctx, r); errors.Is(err, track.ErrExists) {
		return nil
	}
	return err
}

// isExpiry reports whether an outcome says no more than that the time was up.
func (c *Client) isExpiry(ev *mss.Evidence, kind commandKind) bool {
	if len(ev.Raw) == 0 {
		return true
	}
	r, err := readRecord(ev.Raw, kind, c.cfg.Inferred)
	return err == nil && c.cfg.Inferred.standing(r) == expired
}
