package hermod

import (
	"bytes"
	"context"
	"crypto/x509"
	"fmt"
	"time"

	"github.com/gomss/gomss/mss"
)

// maxStateCertificate is the room that there is for a certificate in a sealed transaction, in octets.
const maxStateCertificate = 2200

// settleKey finds the enrolled key that must sign: the one of Request.Key, or the newest that is valid now. It is checked as
// Verify will check it, before a device is addressed: without it the answer would prove nothing.
func (c *Client) settleKey(ctx context.Context, st *state, user mss.UserID, p mss.Purpose, wanted *x509.Certificate, now time.Time) error {
	devices, err := c.cfg.Registry.Devices(ctx, user)
	if err != nil {
		return &mss.RequestError{Field: "Config.Registry", Reason: "failed, so nothing was sent: " + err.Error(), Err: err}
	}
	if len(devices) == 0 {
		return &mss.RequestError{Field: "User.ID", Reason: "has no enrolled device in Config.Registry: enrol one", Err: mss.UnknownClient}
	}
	var last error
	for _, d := range devices {
		if d.User != user { // of a registry that takes capitals for small letters, say
			return &mss.RequestError{Field: "Config.Registry", Reason: "returned a device of another user, so nothing was sent"}
		}
		for i := range d.Keys {
			k := &d.Keys[i]
			if len(k.Chain) == 0 || wanted != nil && !bytes.Equal(wanted.Raw, k.Chain[0].Raw) {
				continue
			}
			if last = c.checkEnrolled(k.Chain[0].Raw, p, now); last == nil {
				st.KeyID, st.ProfileID, st.BoxID, st.Certificate = k.ID, d.ProfileID, d.BoxID, k.Chain[0].Raw
				return nil
			}
		}
	}
	switch {
	case last != nil:
		return &mss.RequestError{Field: "Key", Reason: "of the enrolled keys none can be used; the last one: " + last.Error(), Err: mss.ErrorCertificate}
	case wanted != nil:
		return &mss.RequestError{Field: "Key", Reason: "is the certificate of none of the person's enrolled keys", Err: mss.NoKeyFound}
	}
	return &mss.RequestError{Field: "User.ID", Reason: "has enrolled keys, but no certificate: complete the enrolment", Err: mss.NoCertFound}
}

// checkEnrolled reads the certificate anew: one that somebody composed says nothing.
func (c *Client) checkEnrolled(der []byte, p mss.Purpose, now time.Time) error {
	if len(der) > maxStateCertificate {
		return fmt.Errorf("the certificate has over %d octets, for which a sealed transaction has no room", maxStateCertificate)
	}
	cert, err := parseUserCertificate(der)
	if err != nil {
		return fmt.Errorf("the certificate %w", err)
	}
	if err := checkUsage(cert, p); err != nil {
		return err
	}
	_, err = c.chain(cert, now)
	return err
}
