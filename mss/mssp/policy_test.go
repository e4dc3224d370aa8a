package mssp_test

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/catalogue"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func atNoon(change func(*mssp.Location)) *mssp.Location {
	l := &mssp.Location{Country: "CH", Accuracy: 105, At: noon.Add(-10 * time.Minute), DeviceConfidence: 0.9, LocationConfidence: 0.8}
	if change != nil {
		change(l)
	}
	return l
}

// TestPolicyCheck tries each rule on both sides of its edge, and with what makes no comparison true.
func TestPolicyCheck(t *testing.T) {
	t.Parallel()
	country := func(s string) *mssp.Location { return atNoon(func(l *mssp.Location) { l.Country = s }) }
	device := func(f float64) *mssp.Location { return atNoon(func(l *mssp.Location) { l.DeviceConfidence = f }) }
	confidence := func(f float64) *mssp.Location { return atNoon(func(l *mssp.Location) { l.LocationConfidence = f }) }
	accuracy := func(f float64) *mssp.Location { return atNoon(func(l *mssp.Location) { l.Accuracy = f }) }
	taken := func(at time.Time) *mssp.Location { return atNoon(func(l *mssp.Location) { l.At = at }) }
	for _, tt := range []struct {
		name    string
		policy  mssp.LocationPolicy
		good    []*mssp.Location
		refused []*mssp.Location
		says    string
	}{
		{"allow", mssp.LocationPolicy{Allow: []string{"LI", "CH"}}, []*mssp.Location{country("CH"), country("LI")}, []*mssp.Location{country("DE")}, "allowed"},
		{"deny", mssp.LocationPolicy{Deny: []string{"KP", "GB"}}, []*mssp.Location{country("CH")}, []*mssp.Location{country("KP"), country("GB")}, "denied"},
		{
			"no country is not one that is not denied", mssp.LocationPolicy{Deny: []string{"GB"}}, nil,
			[]*mssp.Location{country(""), country("gb"), country("UK"), country("ZZ"), country("G"), country("B "), country("GBR"), {}}, "no country",
		},
		{
			"device", mssp.LocationPolicy{MinDeviceConfidence: mssp.ConfidenceUntrustedDevice}, []*mssp.Location{device(0.5), device(1)},
			[]*mssp.Location{device(0.4999), device(0), device(math.NaN()), device(-1)}, "confidence in the device",
		},
		{
			"location", mssp.LocationPolicy{MinLocationConfidence: mssp.ConfidenceStandard}, []*mssp.Location{confidence(0.7), confidence(1)},
			[]*mssp.Location{confidence(0.6999), confidence(0), confidence(math.NaN())}, "confidence in the location",
		},
		{
			"age", mssp.LocationPolicy{MaxAge: 10 * time.Minute}, []*mssp.Location{taken(noon.Add(-10 * time.Minute)), taken(noon), taken(noon.Add(5 * time.Minute))},
			[]*mssp.Location{taken(noon.Add(-10*time.Minute - 1)), taken(time.Time{}), taken(noon.Add(5*time.Minute + 1)), taken(noon.AddDate(300, 0, 0))}, "too old, or from the future",
		},
		{
			"accuracy", mssp.LocationPolicy{MaxAccuracy: 1000}, []*mssp.Location{accuracy(0), accuracy(1000)},
			[]*mssp.Location{accuracy(1000.1), accuracy(math.Inf(1)), accuracy(math.NaN()), accuracy(-1)}, "inaccurate",
		},
	} {
		for _, l := range tt.good {
			require.NoError(t, tt.policy.Check(l, noon), tt.name)
		}
		for i, l := range tt.refused {
			err := tt.policy.Check(l, noon)
			require.ErrorContains(t, err, tt.says, "%s %d", tt.name, i)
			require.ErrorIs(t, err, mss.GeofencingViolation)
			require.Equal(t, "450", catalogue.Key(err))
		}
		require.ErrorIs(t, tt.policy.Check(nil, noon), mssp.GeofencingNoAnswer)
	}
}

// brokenPolicies would not mean what they say.
var brokenPolicies = map[string]struct {
	policy *mssp.LocationPolicy
	says   string
}{
	"empty":                      {&mssp.LocationPolicy{}, "no rule"},
	"country in lower case":      {&mssp.LocationPolicy{Deny: []string{"gb"}}, "ISO 3166-1"},
	"country that is none":       {&mssp.LocationPolicy{Deny: []string{"UK"}}, "ISO 3166-1"},
	"country of three letters":   {&mssp.LocationPolicy{Allow: []string{"CHE"}}, "ISO 3166-1"},
	"no country":                 {&mssp.LocationPolicy{Allow: []string{""}}, "ISO 3166-1"},
	"two countries in one":       {&mssp.LocationPolicy{Allow: []string{"CH,LI"}}, "ISO 3166-1"},
	"two countries by a space":   {&mssp.LocationPolicy{Allow: []string{"AD AE"}}, "ISO 3166-1"},
	"end and beginning of two":   {&mssp.LocationPolicy{Allow: []string{"D "}}, "ISO 3166-1"},
	"country twice":              {&mssp.LocationPolicy{Allow: []string{"CH", "CH"}}, "twice"},
	"country allowed and denied": {&mssp.LocationPolicy{Allow: []string{"CH"}, Deny: []string{"LI", "CH"}}, "twice"},
	"negative confidence":        {&mssp.LocationPolicy{MinDeviceConfidence: -0.1}, "0 to 1"},
	"confidence over 1":          {&mssp.LocationPolicy{MinLocationConfidence: 1.1}, "0 to 1"},
	"per cent":                   {&mssp.LocationPolicy{MinLocationConfidence: 70}, "0 to 1"},
	"NaN":                        {&mssp.LocationPolicy{MinDeviceConfidence: math.NaN()}, "0 to 1"},
	"infinite":                   {&mssp.LocationPolicy{MinDeviceConfidence: math.Inf(1)}, "0 to 1"},
	"confidence too fine":        {&mssp.LocationPolicy{MinDeviceConfidence: 0.12345}, "decimals"},
	"confidence of 300 digits":   {&mssp.LocationPolicy{MinDeviceConfidence: math.SmallestNonzeroFloat64}, "decimals"},
	"half a minute":              {&mssp.LocationPolicy{MaxAge: 90 * time.Second}, "whole minutes"},
	"negative age":               {&mssp.LocationPolicy{MaxAge: -time.Minute}, "whole minutes"},
	"more than a week":           {&mssp.LocationPolicy{MaxAge: 7*24*time.Hour + time.Minute}, "a week"},
	"negative accuracy":          {&mssp.LocationPolicy{MaxAccuracy: -1}, "MaxAccuracy"},
	"accuracy beyond reason":     {&mssp.LocationPolicy{MaxAccuracy: 1_000_001}, "MaxAccuracy"},
}

func TestBrokenPolicyAllowsNothing(t *testing.T) {
	t.Parallel()
	for name, tt := range brokenPolicies {
		err := tt.policy.Check(atNoon(nil), noon)
		require.ErrorContains(t, err, tt.says, name)
		require.False(t, errors.Is(err, mss.GeofencingViolation), "the policy is wrong, not the location")
	}
	require.Error(t, (*mssp.LocationPolicy)(nil).Check(atNoon(nil), noon))
}

// TestCountries holds the codes against those of golang.org/x/text.
func TestCountries(t *testing.T) {
	t.Parallel()
	n := 0
	for i := range 26 * 26 {
		code := string([]byte{'A' + byte(i/26), 'A' + byte(i%26)})
		err := (&mssp.LocationPolicy{Allow: []string{code}}).Check(atNoon(func(l *mssp.Location) { l.Country = code }), noon)
		region, unknown := language.ParseRegion(code)
		want := unknown == nil && region.IsCountry() && region.Canonicalize() == region && region.String() == code
		switch code {
		case "AN", "CS", "FQ", "NT", "PC", "SU", "YU": // countries that are no more
			want = false
		case "AC", "CP", "CQ", "DG", "EA", "EZ", "IC", "TA", "UN": // reserved, and assigned to no country
			want = false
		}
		require.Equal(t, want, err == nil, code)
		if err == nil {
			n++
		}
	}
	require.Equal(t, 249+1, n, "all of ISO 3166-1, and XK")
}

// A bare request tells the location, and the application decides.
func ExampleLocationPolicy_Check() {
	policy := mssp.LocationPolicy{
		Allow:                 []string{"CH", "LI"},
		MinLocationConfidence: mssp.ConfidenceStandard,
		MaxAge:                time.Hour,
	}
	answered := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	location := &mssp.Location{Country: "CH", Accuracy: 16, At: answered.Add(-5 * time.Minute), DeviceConfidence: 1, LocationConfidence: 0.9}
	fmt.Println(policy.Check(location, answered))
	fmt.Println(policy.Check(location, answered.Add(2*time.Hour)))
	location.Country = "FR"
	err := policy.Check(location, answered)
	fmt.Println(err, errors.Is(err, mss.GeofencingViolation))
	// Output:
	// <nil>
	// the location is too old, or from the future
	// the country is not one that is allowed true
}
