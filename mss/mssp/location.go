package mssp

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/strictjson"
	"github.com/gomss/gomss/internal/xmlwire"
)

// Location is where the phone is by the service's word: nobody signed it. A SIM card is located by the network that it is
// registered with, an app by the phone's own means. What the service left out has the worst value, so that no policy takes
// it for good.
//
// Package fmt, log/slog and encoding/json print none of it, with the exceptions of the model's types: in an unexported field
// of another struct keep a pointer.
type Location struct {
	Country            string    // ISO 3166-1 alpha-2, upper case
	Accuracy           float64   // radius of uncertainty in metres; documented as 0 for SIM cards; +Inf: not told
	At                 time.Time // when it was taken; zero: not told
	DeviceConfidence   float64   // 0 to 1: below 0.5 the phone is probably rooted or jailbroken; 0 also where not told
	LocationConfidence float64   // 0 to 1: 0 is very probably forged; includes DeviceConfidence, and falls by 0.01 an hour; 0 also where not told
}

const redactedLocation = "mssp.Location{[redacted]}"

// Format writes that there is a location, whatever the verb and flags are.
func (l Location) Format(s fmt.State, _ rune) { fmt.Fprint(s, redactedLocation) }

// LogValue says that there is a location, for log/slog.
func (l Location) LogValue() slog.Value { return slog.StringValue(redactedLocation) }

// MarshalJSON writes that there is a location, for logs. Its parts are the fields.
func (l Location) MarshalJSON() ([]byte, error) {
	return strconv.AppendQuote(nil, redactedLocation), nil
}

// newLocation reads an answer of the geofencing service. Its error is the service's GeofencingCode, or wraps
// GeofencingUnreadable; an answer that has both a location and an error counts as an error.
func newLocation(g *etsi.AsGeoFencing) (*Location, error) {
	if g.Errorcode != nil || g.Errormessage != nil {
		return nil, geofencingError(g)
	}
	l := &Location{Accuracy: math.Inf(1)}
	for _, part := range []struct {
		name string
		text *string
		read func(*Location, string) bool
	}{
		{"country", g.Country, readCountry},
		{"accuracy", g.Accuracy, readAccuracy},
		{"timestamp", g.Timestamp, readInstant},
		{"deviceconfidence", g.Deviceconfidence, func(l *Location, s string) bool { return readConfidence(&l.DeviceConfidence, s) }},
		{"locationconfidence", g.Locationconfidence, func(l *Location, s string) bool { return readConfidence(&l.LocationConfidence, s) }},
	} {
		if part.text != nil && !part.read(l, *part.text) {
			return nil, fmt.Errorf("%w: %s is malformed", GeofencingUnreadable, part.name)
		}
	}
	if l.Country == "" {
		return nil, fmt.Errorf("%w: it names no country", GeofencingUnreadable)
	}
	return l, nil
}

func geofencingError(g *etsi.AsGeoFencing) error {
	if g.Errorcode == nil {
		return fmt.Errorf("%w: an error without code", GeofencingUnreadable)
	}
	n, err := strictjson.Code(xmlwire.TrimSpace(*g.Errorcode))
	if err != nil {
		return fmt.Errorf("%w: an error whose code is no number", GeofencingUnreadable)
	}
	return GeofencingCode(n)
}

// geofencingCode returns the code of an error of newLocation.
func geofencingCode(err error) GeofencingCode {
	code, _ := errors.AsType[GeofencingCode](err)
	return code
}

func readCountry(l *Location, s string) bool {
	l.Country = upperASCII(xmlwire.TrimSpace(s))
	return isAlpha2(l.Country)
}

// isAlpha2 reports whether s is two capital letters.
func isAlpha2(s string) bool {
	return len(s) == 2 && 'A' <= s[0] && s[0] <= 'Z' && 'A' <= s[1] && s[1] <= 'Z'
}

func readAccuracy(l *Location, s string) (ok bool) {
	l.Accuracy, ok = parseDecimal(s)
	return ok
}

// readInstant refuses a time without zone: it may be any of 26 hours.
func readInstant(l *Location, s string) bool {
	t, err := xmlwire.ParseDateTime(s)
	l.At = t.Time
	return err == nil && !t.NoZone
}

func readConfidence(into *float64, s string) (ok bool) {
	*into, ok = parseDecimal(s)
	return ok && *into <= 1
}

// maxDecimal bounds the characters of a number. A genuine one has four.
const maxDecimal = 20

// parseDecimal reads digits with at most one point among them: no sign, exponent, infinity or hexadecimal, all of which
// strconv would take.
func parseDecimal(s string) (float64, bool) {
	s = xmlwire.TrimSpace(s)
	whole, fraction, point := strings.Cut(s, ".")
	if len(s) > maxDecimal || !isDigits(whole) || point && !isDigits(fraction) {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}

func isDigits(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}
