package mssp

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/transport/rest"
	"github.com/stretchr/testify/require"
)

func geoFencing(change func(*etsi.AsGeoFencing)) *etsi.AsGeoFencing {
	g := &etsi.AsGeoFencing{
		Country: new("CH"), Accuracy: new("16"), Timestamp: new("2026-03-01T13:00:00.000+01:00"),
		Deviceconfidence: new("1.0"), Locationconfidence: new("0.7"),
	}
	if change != nil {
		change(g)
	}
	return g
}

func TestNewLocation(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	l, err := newLocation(geoFencing(nil))
	require.NoError(t, err)
	require.True(t, noon.Equal(l.At))
	l.At = noon
	require.Equal(t, Location{Country: "CH", Accuracy: 16, At: noon, DeviceConfidence: 1, LocationConfidence: 0.7}, *l)

	l, err = newLocation(&etsi.AsGeoFencing{Country: new(" ch\n"), Accuracy: new("105.25")})
	require.NoError(t, err)
	require.Equal(t, "CH", l.Country)
	require.Equal(t, 105.25, l.Accuracy)

	l, err = newLocation(&etsi.AsGeoFencing{Country: new("LI")})
	require.NoError(t, err)
	require.Equal(t, Location{Country: "LI", Accuracy: math.Inf(1)}, *l, "what is left out is the worst")
}

// TestUnreadableLocations has every value that strconv, or a lenient reader, would take.
func TestUnreadableLocations(t *testing.T) {
	t.Parallel()
	numbers := []string{
		"", " ", "NaN", "nan", "Inf", "+Inf", "-Inf", "infinity", "0x1p-2", "0x1", "1e0", "1E-1", "-0.5", "+0.5", "-0", ".5", "5.", ".", "0..5", "0.5.1",
		"0,5", "1_0", "0.5 0", "0.5\x00", "٠", "½", "１", "true", "0.50000000000000000000000", strings.Repeat("9", 400), "'0.5'",
	}
	set := map[string]func(g *etsi.AsGeoFencing, s string){
		"accuracy":           func(g *etsi.AsGeoFencing, s string) { g.Accuracy = &s },
		"deviceconfidence":   func(g *etsi.AsGeoFencing, s string) { g.Deviceconfidence = &s },
		"locationconfidence": func(g *etsi.AsGeoFencing, s string) { g.Locationconfidence = &s },
		"timestamp":          func(g *etsi.AsGeoFencing, s string) { g.Timestamp = &s },
		"country":            func(g *etsi.AsGeoFencing, s string) { g.Country = &s },
	}
	confidences := append([]string{"1.01", "7", "90", "1.0000001"}, numbers...)
	for name, values := range map[string][]string{
		"accuracy":           numbers,
		"deviceconfidence":   confidences,
		"locationconfidence": confidences,
		"timestamp":          append([]string{"2026-03-01T13:00:00", "2026-03-01", "1772366400", "now", "2026-02-30T13:00:00Z"}, numbers...),
		"country":            append([]string{"CHE", "C", "756", "C1", "ÇH", "CH LI", "CH,LI", "CH\x00", "ſh", "K\u212a"}, numbers...),
	} {
		for _, value := range values {
			g := geoFencing(func(g *etsi.AsGeoFencing) { set[name](g, value) })
			l, err := newLocation(g)
			require.Nil(t, l, "%s %q", name, value)
			require.ErrorIs(t, err, GeofencingUnreadable, "%s %q", name, value)
			require.ErrorContains(t, err, name+" is malformed")
		}
	}
	_, err := newLocation(&etsi.AsGeoFencing{Accuracy: new("1")})
	require.ErrorIs(t, err, GeofencingUnreadable, "without a country there is no location")
}

func TestGeofencingErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		g    *etsi.AsGeoFencing
		want GeofencingCode
	}{
		{&etsi.AsGeoFencing{Errorcode: new("100"), Errormessage: new("Geofencing feature disabled")}, GeofencingAppOff},
		{&etsi.AsGeoFencing{Errorcode: new(" 201 ")}, GeofencingAppOutdated},
		{&etsi.AsGeoFencing{Errorcode: new("777")}, 777},
		{geoFencing(func(g *etsi.AsGeoFencing) { g.Errorcode = new("105") }), GeofencingDeviceOff},
		{geoFencing(func(g *etsi.AsGeoFencing) { g.Errormessage = new("") }), GeofencingUnreadable},
		{&etsi.AsGeoFencing{Errorcode: new("")}, GeofencingUnreadable},
		{&etsi.AsGeoFencing{Errorcode: new("0")}, GeofencingUnreadable},
		{&etsi.AsGeoFencing{Errorcode: new("-1")}, GeofencingUnreadable},
		{&etsi.AsGeoFencing{Errorcode: new("_105")}, GeofencingUnreadable},
		{&etsi.AsGeoFencing{Errorcode: new("99999999999999999999")}, GeofencingUnreadable},
		{&etsi.AsGeoFencing{}, GeofencingUnreadable},
	} {
		l, err := newLocation(tt.g)
		require.Nil(t, l, "an error beside a location counts as an error")
		require.ErrorIs(t, err, tt.want)
	}
}

func TestLocationIsNotPrinted(t *testing.T) {
	t.Parallel()
	l := Location{Country: "CH", Accuracy: 4711, DeviceConfidence: 0.8642, LocationConfidence: 0.8642, At: time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)}
	d := Details{Location: &l, Subscriber: []Pair{{"4711", "CH"}}, Network: "22804711"}
	var out strings.Builder
	for _, v := range []any{l, &l, d, &d, []Location{l}, map[string]*Location{"x": &l}, struct{ L Location }{l}, struct{ D Details }{d}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%e", "%g", "%t"} {
			fmt.Fprintf(&out, verb, v)
		}
		b, err := json.Marshal(v)
		require.NoError(t, err)
		out.Write(b)
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v)
	}
	for _, secret := range []string{"4711", "0.8642", "8642", "CH", "1999"} {
		require.NotContains(t, out.String(), secret)
	}
	require.Contains(t, out.String(), "[redacted]")
	require.Contains(t, out.String(), `{"location":true,"error":0}`)
	require.Equal(t, "mssp.Details{location:false error:105}", fmt.Sprint(Details{LocationError: GeofencingDeviceOff}))
}

// TestConformanceLocation reads the location of a genuine answer.
func TestConformanceLocation(t *testing.T) {
	corpus := os.Getenv("MSS_CORPUS")
	if corpus == "" {
		t.Skip("MSS_CORPUS is not set")
	}
	doc, err := os.ReadFile(filepath.Join(corpus, "swisscom", "rest-2024", "01_MSS_Signature_sync_with_geolocation_MSS_SignatureResp_SIGNATURE_500_.json"))
	require.NoError(t, err)
	resp := new(etsi.SignatureResp)
	fault, err := rest.DecodeResponse(doc, etsi.OpSignature, resp)
	require.NoError(t, err)
	require.Nil(t, fault)
	policy := &LocationPolicy{Allow: []string{"CH"}, MinDeviceConfidence: 0.9, MinLocationConfidence: ConfidenceCritical, MaxAge: time.Minute, MaxAccuracy: 105}
	st := state{Geofencing: true, Policy: policy.stored()}
	d, err := newDetails(resp.Status, st)
	require.NoError(t, err)
	taken := time.Date(2024, 7, 2, 6, 53, 10, 537_000_000, time.UTC)
	require.True(t, taken.Equal(d.Location.At))
	d.Location.At = taken
	require.Equal(t, Location{Country: "CH", Accuracy: 105, At: taken, DeviceConfidence: 0.9, LocationConfidence: 0.9}, *d.Location)
	require.Zero(t, d.LocationError)
	answered := resp.MSSPInfo.Instant.Time
	require.True(t, taken.After(answered), "the location is 30 ms from the future of the answer")
	require.NoError(t, st.checkLocation(d, answered))
	require.Error(t, st.checkLocation(d, answered.Add(2*time.Minute)))
}

// FuzzLocation holds whatever is read against what a Location promises.
func FuzzLocation(f *testing.F) {
	seeds := [][6]string{
		{"CH", "16", "2026-03-01T13:00:00.000+01:00", "1.0", "0.7", ""},
		{"li", "0", "2026-03-01T12:00:00Z", "0", "1", "105"},
		{"CH", "1e3", "", "NaN", "-0", "x"},
	}
	require.NotEmpty(f, seeds)
	for _, s := range seeds {
		f.Add(s[0], s[1], s[2], s[3], s[4], s[5])
	}
	f.Fuzz(func(t *testing.T, country, accuracy, taken, device, location, code string) {
		g := &etsi.AsGeoFencing{Country: &country, Accuracy: &accuracy, Timestamp: &taken, Deviceconfidence: &device, Locationconfidence: &location}
		if code != "" {
			g.Errorcode = &code
		}
		l, err := newLocation(g)
		if err != nil {
			require.Nil(t, l)
			got, ok := errors.AsType[GeofencingCode](err)
			require.True(t, ok)
			require.True(t, got > 0 && code != "" || got == GeofencingUnreadable)
			return
		}
		require.Empty(t, code)
		require.True(t, isAlpha2(l.Country))
		require.False(t, l.At.IsZero())
		require.True(t, l.Accuracy >= 0 && !math.IsInf(l.Accuracy, 0))
		for _, confidence := range []float64{l.DeviceConfidence, l.LocationConfidence} {
			require.True(t, confidence >= 0 && confidence <= 1)
		}
	})
}
