package scenario

import (
	"fmt"
	"math"
	"time"

	"github.com/gomss/gomss/mss/mssp"
)

// Location is a mssp.Location.
type Location struct {
	Country            string   `json:"country"`
	Accuracy           *float64 `json:"accuracy,omitempty"` // metres; absent: not told
	At                 string   `json:"at,omitempty"`       // RFC 3339, UTC; "" not told
	DeviceConfidence   float64  `json:"deviceConfidence"`
	LocationConfidence float64  `json:"locationConfidence"`
}

func newLocation(l *mssp.Location) *Location {
	if l == nil {
		return nil
	}
	o := &Location{Country: l.Country, DeviceConfidence: l.DeviceConfidence, LocationConfidence: l.LocationConfidence}
	if !math.IsInf(l.Accuracy, 1) {
		o.Accuracy = new(l.Accuracy)
	}
	if !l.At.IsZero() {
		o.At = l.At.UTC().Format(time.RFC3339Nano)
	}
	return o
}

// location reverses newLocation.
func (l *Location) location() *mssp.Location {
	o := &mssp.Location{Country: l.Country, Accuracy: math.Inf(1), DeviceConfidence: l.DeviceConfidence, LocationConfidence: l.LocationConfidence}
	if l.Accuracy != nil {
		o.Accuracy = *l.Accuracy
	}
	o.At, _ = time.Parse(time.RFC3339Nano, l.At) // zero where it was not told
	return o
}

// String is one line.
func (l Location) String() string {
	accuracy := "unknown"
	if l.Accuracy != nil {
		accuracy = fmt.Sprint(*l.Accuracy, " m")
	}
	return fmt.Sprintf("{%s, accuracy %s, at %s, device confidence %v, location confidence %v}", l.Country, accuracy, l.At, l.DeviceConfidence, l.LocationConfidence)
}

// Device is a mssp.Device.
type Device struct {
	State        string        `json:"state"`
	PINBlocked   *bool         `json:"pinBlocked,omitempty"`
	Card         *Card         `json:"card,omitempty"`
	Certificates []Certificate `json:"certificates,omitempty"`
}

// Card is a mssp.Card.
type Card struct {
	MCC     string `json:"mcc"`
	MNC     string `json:"mnc"`
	Network string `json:"network"`
}

// Certificate is what identifies a mssp.Certificate.
type Certificate struct {
	State     string   `json:"state"`
	Algorithm string   `json:"algorithm"`
	Serial    string   `json:"serial"` // of the leaf's subject
	Subjects  []string `json:"subjects"`
}

func newDevice(d *mssp.Device) Device {
	o := Device{State: d.State, PINBlocked: d.PINBlocked}
	if d.Card != nil {
		o.Card = &Card{d.Card.MCC, d.Card.MNC, d.Card.Network}
	}
	for _, c := range d.Certificates {
		entry := Certificate{State: c.State, Algorithm: c.Algorithm, Subjects: c.Subjects}
		if len(c.Chain) > 0 {
			entry.Serial = c.Chain[0].Subject.SerialNumber
		}
		o.Certificates = append(o.Certificates, entry)
	}
	return o
}

// String is one line.
func (d Device) String() string {
	pin := "PIN unknown"
	if d.PINBlocked != nil {
		pin = fmt.Sprint("PIN blocked ", *d.PINBlocked)
	}
	card := ""
	if d.Card != nil {
		card = fmt.Sprintf(", card %s %s %s", d.Card.MCC, d.Card.MNC, d.Card.Network)
	}
	return fmt.Sprintf("{%s, %s%s, certificates %v}", d.State, pin, card, d.Certificates)
}
