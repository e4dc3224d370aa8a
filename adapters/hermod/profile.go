package hermod

import (
	"context"
	"fmt"

	"github.com/gomss/gomss/internal/observe"
	"github.com/gomss/gomss/mss"
)

// ProfileQuery tells what the person can sign with, from Config.Registry: no device and no Hermod is asked. Profile.Certificates
// are the chains of the enrolled keys that can sign now, those of the newest device first; each goes as Request.Key.
// Profile.Details is a []*Device of all the person's devices. SignatureProfiles is empty: Hermod has none.
//
// Somebody who cannot sign is a *mss.Fault: 105 with the sub-code 1053 where no device is enrolled, 404 where the devices have no
// keys, 422 where the keys have no certificates, 425 where none of the certificates is valid now, is for signing and leads to
// Config.Anchors.
func (c *Client) ProfileQuery(ctx context.Context, u mss.User) (*mss.Profile, error) {
	ctx, k := observe.Begin(ctx, c.cfg.Observer, mss.Event{Scope: c.scope, Operation: mss.OpProfileQuery})
	p, err := c.profileQuery(ctx, u)
	k.Done(ctx, err)
	return p, err
}

func (c *Client) profileQuery(ctx context.Context, u mss.User) (*mss.Profile, error) {
	if err := checkUserID(u.ID); err != nil {
		return nil, err
	}
	devices, err := c.cfg.Registry.Devices(ctx, u.ID)
	if err != nil {
		return nil, fmt.Errorf("hermod: the registry of enrolments: %w", err)
	}
	now, err := c.now()
	if err != nil {
		return nil, err
	}
	p := &mss.Profile{Details: devices}
	keys, certificates := 0, 0
	for _, d := range devices {
		for _, key := range d.Keys {
			keys++
			if len(key.Chain) == 0 {
				continue
			}
			certificates++
			if c.checkEnrolled(key.Chain[0].Raw, mss.Signing, now) == nil { // what may log in may sign
				p.Certificates = append(p.Certificates, key.Chain)
			}
		}
	}
	f := &mss.Fault{Operation: mss.OpProfileQuery}
	switch {
	case len(p.Certificates) > 0:
		return p, nil
	case len(devices) == 0:
		f.Code, f.Sub = mss.UnknownClient, mss.FiComUnregistered
	case keys == 0:
		f.Code = mss.NoKeyFound
	case certificates == 0:
		f.Code = mss.NoCertFound
	default:
		f.Code = mss.ErrorCertificate
	}
	return nil, f
}
