package mssp

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gomss/gomss/mss"
)

// LocationPolicy says where a phone must be. A zero field is no rule; at least one rule is needed.
type LocationPolicy struct {
	Allow []string // countries, ISO 3166-1 alpha-2 in upper case, of which the phone must be in one; XK is Kosovo
	Deny  []string // countries in which it must not be; none of Allow

	MinDeviceConfidence   float64 // 0 to 1 with at most four decimals: ConfidenceUntrustedDevice and above
	MinLocationConfidence float64 // 0 to 1 with at most four decimals: ConfidenceStandard and above

	MaxAge      time.Duration // whole minutes, up to a week: a location of a week ago has confidence 0
	MaxAccuracy int           // greatest radius of uncertainty in metres, up to 1,000,000
}

// Thresholds that the operator recommends (guide, geofencing). The first three are for MinLocationConfidence, by what a forged location would
// cost; the last is for MinDeviceConfidence.
const (
	ConfidenceExtreme         = 1.0 // extremely critical use: nothing suspicious at all
	ConfidenceCritical        = 0.8 // critical use
	ConfidenceStandard        = 0.7 // standard use
	ConfidenceUntrustedDevice = 0.5 // below it the phone is probably rooted or jailbroken
)

const (
	maxLocationAge      = 7 * 24 * time.Hour
	maxLocationAccuracy = 1_000_000 // metres
	maxConfidenceText   = len("0.7071")
)

// Check returns nil where a location satisfies the policy at a time, such as that of the answer. Otherwise the error wraps
// mss.GeofencingViolation and names the rule, never the location; or it says what is wrong with the policy. A location
// from more than 5 minutes after the time is refused where there is a MaxAge. No location satisfies no policy.
func (p *LocationPolicy) Check(l *Location, at time.Time) error {
	if err := p.check(); err != nil {
		return fmt.Errorf("mssp: LocationPolicy: %w", err)
	}
	if l == nil {
		return GeofencingNoAnswer
	}
	age := at.Sub(l.At)
	switch {
	case !isCountry(l.Country): // and so is none of Deny
		return violation("the location names no country")
	case len(p.Allow) > 0 && !slices.Contains(p.Allow, l.Country):
		return violation("the country is not one that is allowed")
	case slices.Contains(p.Deny, l.Country):
		return violation("the country is one that is denied")
	// Negated, because no comparison with NaN is true.
	case p.MinDeviceConfidence > 0 && !(l.DeviceConfidence >= p.MinDeviceConfidence):
		return violation("the confidence in the device is too low")
	case p.MinLocationConfidence > 0 && !(l.LocationConfidence >= p.MinLocationConfidence):
		return violation("the confidence in the location is too low")
	case p.MaxAge > 0 && (age > p.MaxAge || age < -maxSkew):
		return violation("the location is too old, or from the future")
	case p.MaxAccuracy > 0 && !(l.Accuracy >= 0 && l.Accuracy <= float64(p.MaxAccuracy)):
		return violation("the location is too inaccurate")
	}
	return nil
}

// violation is a rule of a policy that a location breaks. It unwraps to the code with which the service refuses the same.
type violation string

func (v violation) Error() string { return string(v) }

func (v violation) Unwrap() error { return mss.GeofencingViolation }

// MessageKey returns the key of that code in a mss/catalogue.
func (v violation) MessageKey() string { return strconv.Itoa(int(mss.GeofencingViolation)) }

// check says what is wrong with a policy.
func (p *LocationPolicy) check() error {
	switch {
	case p == nil || p.hasNoRule():
		return errors.New("has no rule")
	case !isConfidence(p.MinDeviceConfidence), !isConfidence(p.MinLocationConfidence):
		return errors.New("a confidence must be from 0 to 1, with at most four decimals")
	case p.MaxAge < 0 || p.MaxAge > maxLocationAge || p.MaxAge%time.Minute != 0:
		return errors.New("MaxAge must be whole minutes, at most a week")
	case p.MaxAccuracy < 0 || p.MaxAccuracy > maxLocationAccuracy:
		return fmt.Errorf("MaxAccuracy must be 1 to %d metres", maxLocationAccuracy)
	}
	return checkCountries(p.Allow, p.Deny)
}

func (p *LocationPolicy) hasNoRule() bool {
	return len(p.Allow) == 0 && len(p.Deny) == 0 && p.MinDeviceConfidence == 0 && p.MinLocationConfidence == 0 &&
		p.MaxAge == 0 && p.MaxAccuracy == 0
}

// isConfidence bounds the digits, too: what is sent must be what is checked.
func isConfidence(f float64) bool {
	return f >= 0 && f <= 1 && len(decimal(f)) <= maxConfidenceText
}

// checkCountries refuses codes that no country has: a misspelled one in Deny, such as UK for GB, would deny nobody.
func checkCountries(lists ...[]string) error {
	seen := make(map[string]bool)
	for _, list := range lists {
		for _, country := range list {
			switch {
			case !isCountry(country):
				return errors.New("a country is no code of ISO 3166-1 alpha-2 in upper case, such as CH")
			case seen[country]:
				return errors.New("a country occurs twice")
			}
			seen[country] = true
		}
	}
	return nil
}

// countries are the codes of ISO 3166-1 alpha-2, and XK, which is not among them and which locations in Kosovo have.
const countries = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ " +
	"CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR " +
	"GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP " +
	"KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ " +
	"NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW " +
	"SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ " +
	"UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"

func isCountry(code string) bool { return isAlpha2(code) && strings.Contains(countries, code) }

func (p *LocationPolicy) clone() *LocationPolicy {
	c := *p
	c.Allow, c.Deny = slices.Clone(p.Allow), slices.Clone(p.Deny)
	return &c
}

// storedPolicy is a LocationPolicy in the state of a transaction, where octets count: countries without separator.
type storedPolicy struct {
	Allow    string  `json:"a,omitempty"`
	Deny     string  `json:"d,omitempty"`
	Device   float64 `json:"v,omitempty"`
	Location float64 `json:"l,omitempty"`
	Minutes  int     `json:"t,omitempty"`
	Metres   int     `json:"m,omitempty"`
}

func (p *LocationPolicy) stored() *storedPolicy {
	return &storedPolicy{
		Allow:    strings.Join(p.Allow, ""),
		Deny:     strings.Join(p.Deny, ""),
		Device:   p.MinDeviceConfidence,
		Location: p.MinLocationConfidence,
		Minutes:  int(p.MaxAge / time.Minute),
		Metres:   p.MaxAccuracy,
	}
}

// policy reverses stored. What stored did not write is refused by Check.
func (s *storedPolicy) policy() *LocationPolicy {
	return &LocationPolicy{
		Allow:                 pairsOfLetters(s.Allow),
		Deny:                  pairsOfLetters(s.Deny),
		MinDeviceConfidence:   s.Device,
		MinLocationConfidence: s.Location,
		MaxAge:                time.Duration(s.Minutes) * time.Minute,
		MaxAccuracy:           s.Metres,
	}
}

func pairsOfLetters(s string) []string {
	var list []string
	for chunk := range slices.Chunk([]byte(s), 2) {
		list = append(list, string(chunk))
	}
	return list
}
