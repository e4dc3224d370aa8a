package hermod

import (
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gomss/gomss/mss"
)

// Device is one enrolment: a profile ("mobile virtual smart card") in one person's app, its keys and their certificates. It
// says much about a person and prints its number of keys alone.
type Device struct {
	User       mss.UserID  // whom Hermod addresses as "@" and this
	ProfileID  string      // of the profile in the app, given by the device; the key of the registry beside User
	BoxID      string      // of the device's mailbox at Hermod
	Keys       []DeviceKey // in the order in which they were asked for
	EnrolledAt time.Time   // when Hermod told that the certificates are installed; whole milliseconds
	Attested   bool        // a pinned attestation key vouched for the app that made the keys
}

// DeviceKey is a key in a device.
type DeviceKey struct {
	ID        string              // "signer"
	Mechanism string              // of the key's JWS, by RFC 7518: "RS256"
	Chain     []*x509.Certificate // leaf first; empty where the key has no certificate
}

// What a registry takes, and no more.
const (
	MaxDevices       = 64   // of one user
	MaxDeviceKeys    = 8    // of one device
	MaxDeviceChain   = 4    // certificates of one key
	maxDeviceID      = 64   // octets of a profile's, a box's, a key's id and a mechanism
	maxRegisteredDER = 8192 // octets of a certificate
)

// clone copies what a caller could change. Certificates are not changed by anybody.
func (d *Device) clone() *Device {
	c := *d
	c.EnrolledAt = d.EnrolledAt.UTC().Truncate(time.Millisecond)
	c.Keys = slices.Clone(d.Keys)
	for i := range c.Keys {
		c.Keys[i].Chain = slices.Clone(c.Keys[i].Chain)
	}
	return &c
}

// Check refuses a device that a registry must not store. Implementations of Registry call it in Put. Its errors hold nothing
// personal.
func (d *Device) Check() error {
	if d == nil {
		return errors.New("hermod: registry: the device is nil")
	}
	if id, err := mss.ParseUserID(d.User.Reveal()); err != nil || id != d.User {
		return errors.New("hermod: registry: Device.User was not made by mss.ParseUserID")
	}
	if !isDeviceID(d.ProfileID) {
		return fmt.Errorf("hermod: registry: Device.ProfileID has 1 to %d visible ASCII characters", maxDeviceID)
	}
	if d.BoxID != "" && !isDeviceID(d.BoxID) {
		return fmt.Errorf("hermod: registry: Device.BoxID has at most %d visible ASCII characters", maxDeviceID)
	}
	if d.EnrolledAt.Year() < 1970 || d.EnrolledAt.Year() > 9999 {
		return errors.New("hermod: registry: Device.EnrolledAt is required")
	}
	if len(d.Keys) > MaxDeviceKeys {
		return fmt.Errorf("hermod: registry: Device.Keys: more than %d", MaxDeviceKeys)
	}
	seen := make(map[string]bool)
	for i := range d.Keys {
		if err := d.Keys[i].check(); err != nil {
			return fmt.Errorf("hermod: registry: Device.Keys[%d]: %w", i, err)
		}
		if seen[d.Keys[i].ID] {
			return fmt.Errorf("hermod: registry: Device.Keys[%d]: a second key of this ID", i)
		}
		seen[d.Keys[i].ID] = true
	}
	return nil
}

func (k *DeviceKey) check() error {
	if !isDeviceID(k.ID) {
		return fmt.Errorf("the ID has 1 to %d visible ASCII characters", maxDeviceID)
	}
	if !isDeviceID(k.Mechanism) {
		return fmt.Errorf("the mechanism has 1 to %d visible ASCII characters", maxDeviceID)
	}
	if len(k.Chain) > MaxDeviceChain {
		return fmt.Errorf("the chain has more than %d certificates", MaxDeviceChain)
	}
	for i, c := range k.Chain {
		if c == nil || len(c.Raw) == 0 || len(c.Raw) > maxRegisteredDER {
			return fmt.Errorf("certificate %d of the chain is not a parsed one of at most %d octets", i, maxRegisteredDER)
		}
	}
	return nil
}

// isDeviceID accepts an id of Hermod's: 1 to 64 visible ASCII characters.
func isDeviceID(s string) bool { return s != "" && len(s) <= maxDeviceID && isGraphic(s) }
