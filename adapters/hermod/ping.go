package hermod

import (
	"context"
	"errors"
	"time"

	"github.com/gomss/gomss/internal/observe"
	"github.com/gomss/gomss/mss"
)

// pingCommand asks the app for its device. That it has this one member is documented; there may be others.
type pingCommand struct {
	DeviceInfo string `json:"deviceinfo"` // "true"
}

const pingTime = 30 * time.Second // for the first answer

// Ping asks the apps of a user whether they are there, and waits for the first answer, for half a minute at most. Nobody is asked
// anything, but a device may show that it was. The evidence's Raw is the record of the answer, of which the form is not published
// and nothing is signed or judged here. A user whom the Hermod does not know is a *mss.Fault with code 105, and one of whom no
// device answers one with code 208.
func (c *Client) Ping(ctx context.Context, user mss.UserID) (*mss.Evidence, error) {
	ctx, k := observe.Begin(ctx, c.cfg.Observer, mss.Event{Scope: c.scope, Operation: mss.OpHealth})
	ev, err := c.ping(ctx, user, k)
	k.Done(ctx, err)
	return ev, err
}

func (c *Client) ping(ctx context.Context, user mss.UserID, k *observe.Call) (*mss.Evidence, error) {
	if err := checkUserID(user); err != nil {
		return nil, err
	}
	st := new(state)
	tx, err := c.command(ctx, &mss.Transaction{User: mss.User{ID: user}}, st, ping, pingCommand{"true"}, pingTime, k)
	if err != nil {
		return nil, err
	}
	ev, err := c.await(ctx, tx, nil)
	if err != nil {
		return nil, err
	}
	r, _, err := c.openAnswer(ev, st)
	if err == nil && !c.isHost(r.FQDN, c.scope) {
		err = failed("host", errors.New("the fqdn is none of Config.Hosts"))
	}
	if err != nil {
		return nil, keep(err, ev)
	}
	return ev, nil
}
