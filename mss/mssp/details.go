package mssp

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/gomss/gomss/etsi"
)

// Details are what additional services said beside the signature: Asserted.Details of a *mss.Signature, nil where nothing
// was asked for. It is the service's word; nobody signed it.
//
// Package fmt, log/slog and encoding/json print whether there is a location, and the error.
type Details struct {
	Location      *Location      // nil: not asked for, or LocationError says why not
	LocationError GeofencingCode // 0: none

	// Subscriber holds facts about the subscription, as they came, at most 32. The operator has deprecated them.
	Subscriber []Pair

	// Network is the mobile country and network code of the subscription, such as "22801"; "" unknown. Deprecated likewise.
	Network string
}

// newDetails reads the answers of additional services that were asked for. What cannot be read of a location is
// GeofencingUnreadable, and fails the signature only where a policy depends on it: the error says what is wrong.
func newDetails(s etsi.Status, st state) (*Details, error) {
	if !st.Geofencing && !st.Subscriber {
		return nil, nil
	}
	d := new(Details)
	responses := serviceResponses(s)
	if st.Subscriber {
		d.readSubscriber(responses)
	}
	if !st.Geofencing {
		return d, nil
	}
	err := d.readLocation(responses)
	d.LocationError = geofencingCode(err)
	if st.Policy != nil && err != nil {
		return nil, fmt.Errorf("a policy asks for a location, and there is none: %w", err)
	}
	return d, nil
}

func (d *Details) readLocation(responses []etsi.FiServiceResponse) error {
	err := error(GeofencingNoAnswer)
	n := 0
	for _, r := range responses {
		for _, item := range r.Items {
			if item.GeoFencing != nil {
				d.Location, err = newLocation(item.GeoFencing)
				n++
			}
		}
	}
	if n > 1 {
		d.Location = nil
		return fmt.Errorf("%w: it occurs twice", GeofencingUnreadable)
	}
	return err
}

const (
	maxSubscriberDetails = 32
	maxSubscriberText    = 200    // octets
	detailNetwork        = "1901" // id of the mobile country and network code
)

func (d *Details) readSubscriber(responses []etsi.FiServiceResponse) {
	networks := 0
	for _, r := range responses {
		for _, item := range r.Items {
			if item.SubscriberInfo == nil {
				continue
			}
			for _, detail := range item.SubscriberInfo.Detail {
				if len(d.Subscriber) == maxSubscriberDetails || len(detail.Id) > maxSubscriberText || len(detail.Value) > maxSubscriberText {
					continue
				}
				d.Subscriber = append(d.Subscriber, Pair{strings.Clone(detail.Id), strings.Clone(detail.Value)})
				if detail.Id == detailNetwork {
					d.Network, networks = strings.Clone(detail.Value), networks+1
				}
			}
		}
	}
	if networks != 1 || !isDigits(d.Network) || len(d.Network) < 5 || len(d.Network) > 6 { // ITU-T E.212
		d.Network = ""
	}
}

// orNil returns nil, and not a nil pointer in an interface, where there are none.
func (d *Details) orNil() any {
	if d == nil {
		return nil
	}
	return d
}

// checkLocation holds the location against the policy of the request, at the time of the answer. Without a policy there
// is nothing to hold it against.
func (st state) checkLocation(d *Details, at time.Time) error {
	if st.Policy == nil {
		return nil
	}
	if d == nil {
		return GeofencingNoAnswer
	}
	return st.Policy.policy().Check(d.Location, at)
}

// String returns whether there is a location, and the error.
func (d Details) String() string {
	return fmt.Sprintf("mssp.Details{location:%t error:%d}", d.Location != nil, int(d.LocationError))
}

// Format writes String, whatever the verb and flags are.
func (d Details) Format(s fmt.State, _ rune) { fmt.Fprint(s, d.String()) }

// LogValue is String in parts, for log/slog.
func (d Details) LogValue() slog.Value {
	return slog.GroupValue(slog.Bool("location", d.Location != nil), slog.Int("error", int(d.LocationError)))
}

// MarshalJSON writes what String returns, for logs.
func (d Details) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, `{"location":%t,"error":%d}`, d.Location != nil, int(d.LocationError)), nil
}
