package msstest

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/mss"
)

// Location is what the service says of where a phone is. A Person without one is in Switzerland, known to 105 metres, at
// this moment, with confidences of 0.9: what the real test robot 41700092501 answers.
type Location struct {
	Country  string        // ISO 3166-1 alpha-2
	Accuracy float64       // radius of uncertainty in metres
	Age      time.Duration // how old the location is when the person answers

	DeviceConfidence   float64 // 0 to 1
	LocationConfidence float64 // 0 to 1; includes that in the device
}

var robotLocation = Location{Country: "CH", Accuracy: 105, DeviceConfidence: 0.9, LocationConfidence: 0.9}

func (l *Location) valid() bool {
	return isCountry(l.Country) && l.Accuracy >= 0 && l.Age >= 0 && isConfidence(l.DeviceConfidence) && isConfidence(l.LocationConfidence)
}

func isConfidence(f float64) bool { return f >= 0 && f <= 1 }

func isCountry(s string) bool {
	return len(s) == 2 && 'A' <= s[0] && s[0] <= 'Z' && 'A' <= s[1] && s[1] <= 'Z'
}

// Geofencing errors (guide section 3.2.4.2.4) that the server comes to by itself.
const (
	geofencingNoRight   = 122
	geofencingOtherCard = 123
)

// geofencingErrors are the service's codes with one wording of each; it says itself that the wording varies.
var geofencingErrors = map[int]string{
	100: "Geofencing feature disabled",
	101: "Location could not be retrieved",
	102: "Location permission dialog not answered",
	103: "Location permission denied",
	104: "Location services restricted",
	105: "Location services turned off",
	106: "Airplane mode",
	120: "Location failed",
	121: "Internal error",
	122: "AP is not authorized to use Geofencing",
	123: "User has a non-Swisscom SIM card",
	200: "No location returned from mobile app",
	201: "App outdated, geofencing not supported",
}

// locates reports whether the network of a SIM card tells where it is: the operator's own does.
func (c Card) locates() bool { return c.MCC == ownCard.MCC && c.MNC == ownCard.MNC }

// locate finds a person who signs with a method: a location, or a geofencing error.
func (p *Person) locate(method Method, right bool) (Location, int) {
	switch {
	case !right:
		return Location{}, geofencingNoRight
	case p.LocationError != 0:
		return Location{}, p.LocationError
	case method == SIM && !p.Card.locates():
		return Location{}, geofencingOtherCard
	case p.Location != nil:
		return *p.Location, 0
	}
	return robotLocation, 0
}

// geoFencing writes a location that was taken Age before the time at, or an error.
func geoFencing(l Location, code int, at time.Time) *etsi.AsGeoFencing {
	if code != 0 {
		return &etsi.AsGeoFencing{Errorcode: new(strconv.Itoa(code)), Errormessage: new(geofencingErrors[code])}
	}
	decimal := func(f float64) *string { return new(strconv.FormatFloat(f, 'f', -1, 64)) }
	return &etsi.AsGeoFencing{
		Country:            new(l.Country),
		Accuracy:           decimal(l.Accuracy),
		Timestamp:          new(xmlwire.DateTime{Time: at.Add(-l.Age).Truncate(time.Millisecond)}.String()),
		Deviceconfidence:   decimal(l.DeviceConfidence),
		Locationconfidence: decimal(l.LocationConfidence),
	}
}

// policy is where a person may be, which the service enforces. Fields that a request leaves out allow everything.
type policy struct {
	allow, deny      []string
	device, location float64
	age              time.Duration // -1: any
	accuracy         float64       // -1: any
}

// readPolicy reads a policy. No published message shows how its lists are separated: commas are what is assumed.
func readPolicy(r *etsi.GeoFencingReq) (*policy, *etsi.Fault) {
	p := &policy{age: -1, accuracy: -1}
	good := readCountries(r.Countrywhitelist, &p.allow) && readCountries(r.Countryblacklist, &p.deny) &&
		readDecimal(r.Mindeviceconfidence, &p.device) && isConfidence(p.device) &&
		readDecimal(r.Minlocationconfidence, &p.location) && isConfidence(p.location) &&
		readDecimal(r.Maxaccuracymeters, &p.accuracy)
	if good && r.Maxtimestampminutes != nil {
		var minutes uint64
		var err error
		if minutes, err = strconv.ParseUint(*r.Maxtimestampminutes, 10, 24); err != nil {
			good = false
		}
		p.age = time.Duration(minutes) * time.Minute
	}
	if !good {
		return nil, refuse(mss.WrongParam, "the geofencing policy cannot be read")
	}
	return p, nil
}

func readCountries(s *string, into *[]string) bool {
	if s == nil {
		return true
	}
	for c := range strings.SplitSeq(*s, ",") {
		*into = append(*into, strings.Clone(strings.TrimSpace(c)))
	}
	return !slices.ContainsFunc(*into, func(c string) bool { return !isCountry(c) })
}

// readDecimal reads a number that is not negative, if there is one.
func readDecimal(s *string, into *float64) bool {
	if s == nil {
		return true
	}
	f, err := strconv.ParseFloat(*s, 64)
	*into = f
	return err == nil && f >= 0 && f <= 1e9
}

// allows judges a location. Who cannot be located is not allowed to sign: a policy that is ignored would be worse than
// none.
func (p *policy) allows(l Location, code int) bool {
	return code == 0 &&
		(p.allow == nil || slices.Contains(p.allow, l.Country)) && !slices.Contains(p.deny, l.Country) &&
		l.DeviceConfidence >= p.device && l.LocationConfidence >= p.location &&
		(p.age < 0 || l.Age <= p.age) && (p.accuracy < 0 || l.Accuracy <= p.accuracy)
}
