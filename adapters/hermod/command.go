package hermod

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"time"

	"github.com/gomss/gomss/internal/observe"
	"github.com/gomss/gomss/mss"
)

// command records a command in the store, sends it once, and binds what the Hermod answered to the record.
//
// Of tx it wants Purpose and User, to whom the command goes but for a provisioning, and TransID where the caller has chosen one. Of
// st it wants all that is known before the answer; an empty ExternalID is made. The rest of both is filled in. timeout is how long
// the person has.
func (c *Client) command(ctx context.Context, tx *mss.Transaction, st *state, kind commandKind, cmd any, timeout time.Duration, k *observe.Call) (*mss.Transaction, error) {
	st.Kind = kind
	if st.ExternalID == "" {
		st.ExternalID = newExternalID()
	}
	if tx.TransID == "" {
		tx.TransID = st.ExternalID
	}
	k.Named(tx.TransID, "")
	body, err := c.envelope(tx, st, cmd, timeout)
	if err != nil {
		return nil, err
	}
	tx.Provider = c.scope
	tx.Started = time.Now() // waiting has nothing to do with the clock that certificates are judged by
	tx.PollAt = tx.Started
	tx.Deadline = whole(tx.Started.Add(sendTime + timeout + grace))
	pending, err := c.enter(ctx, tx, st)
	if err != nil {
		return nil, err
	}
	sending, cancel := context.WithDeadline(ctx, tx.Started.Add(sendTime))
	defer cancel()
	r, err := c.send(sending, kind, body, st.ExternalID, k)
	if err != nil {
		c.abandon(ctx, pending, err)
		return nil, err
	}
	tx.MSSPTransID = transIDPrefix + r.CommandID
	tx.Deadline = whole(time.Now().Add(timeout + grace))
	k.Named(tx.TransID, tx.MSSPTransID)
	c.addressed(st, r)
	if err := c.bind(ctx, pending, tx, st); err != nil {
		return nil, err
	}
	return tx, nil
}

const (
	sendTime = 90 * time.Second // for a command until it is accepted, connection and all
	grace    = 15 * time.Second // after a command's timeout, for the callback that says so
)

// envelope is the command as it is sent.
func (c *Client) envelope(tx *mss.Transaction, st *state, cmd any, timeout time.Duration) ([]byte, error) {
	seconds := int(timeout / time.Second)
	h := commandHeader{Lifespan: seconds, Timeout: seconds, ExternalID: st.ExternalID}
	if st.Kind != provision { // which goes to whoever opens the link
		h.To = []string{mailbox(tx.User.ID)}
	}
	return envelope(h, c.cfg.Inferred.names(st.Kind).Command, cmd)
}

// addressed takes over from the record where the command went, and the link that starts the app.
func (c *Client) addressed(st *state, r *record) {
	if !c.isHost(r.FQDN, c.scope) {
		c.cfg.Logger.Warn("hermod: the Hermod calls itself by a name that is not in Config.Hosts: answers that name it will be refused")
	}
	st.Locations = c.locations(st, r.Destinations)
	for _, d := range r.Destinations {
		if d.URI == "" || st.URI != "" && (d.PID == "" || d.PID != st.ProfileID) {
			continue
		}
		if err := c.checkLink(d.URI); err != nil {
			c.cfg.Logger.Warn("hermod: a destination has a link that cannot be used", "error", err)
			continue
		}
		st.URI = d.URI
	}
}

// locations are the messages that the device may answer which is to: Verify takes no answer of another profile. There may be more
// of them than there is room for in a sealed transaction, so those of the device's mailbox come first, then those of its profile.
func (c *Client) locations(st *state, list []destination) []string {
	var ofBox, ofProfile, others []string
	for _, d := range list {
		switch {
		case d.Location == "", d.PID != "" && st.ProfileID != "" && d.PID != st.ProfileID:
		case st.Kind == provision && !c.isOurs(d.Location): // the app would be led there (SEC-17)
			c.cfg.Logger.Warn("hermod: the message of a provisioning is on a host that is not in Config.Hosts: no app is led to it, and no answer to it is taken")
		case d.BID != "" && d.BID == st.BoxID:
			ofBox = append(ofBox, d.Location)
		case d.PID != "" && d.PID == st.ProfileID:
			ofProfile = append(ofProfile, d.Location)
		default:
			others = append(others, d.Location)
		}
	}
	kept := slices.Concat(ofBox, ofProfile, others)
	return kept[:min(len(kept), maxLocations)]
}

// isOurs reports whether an address is on a host that the Hermod calls itself by.
func (c *Client) isOurs(address string) bool {
	u, err := url.Parse(address)
	return err == nil && c.isHost(u.Hostname(), c.scope)
}

// checkLink refuses a link that is none, or that would have the app answer to a host other than the Hermod (SEC-17).
func (c *Client) checkLink(link string) error {
	p, err := ParsePlugout(link)
	if err != nil {
		return err
	}
	if !c.isOurs(p.Mailbox()) {
		return errors.New("hermod: plugout: url is on a host that is not in Config.Hosts")
	}
	return nil
}

// whole is a time as stores keep it.
func whole(t time.Time) time.Time { return t.Truncate(time.Millisecond).UTC() }
