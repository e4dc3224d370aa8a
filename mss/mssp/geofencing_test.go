package mssp_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/stretchr/testify/require"
)

var everyBinding = []mssp.Binding{mssp.SOAP, mssp.JSON}

// wiretap keeps the bodies of requests.
func wiretap(sent *[]string) func(*mssp.Config) {
	return func(cfg *mssp.Config) {
		cfg.HTTP.Wrap = func(next http.RoundTripper) http.RoundTripper {
			return roundTrip(func(r *http.Request) (*http.Response, error) {
				body, err := io.ReadAll(r.Body)
				if err != nil {
					return nil, err
				}
				*sent = append(*sent, string(body))
				r = r.Clone(r.Context())
				r.Body, r.GetBody = io.NopCloser(bytes.NewReader(body)), nil
				return next.RoundTrip(r)
			})
		}
	}
}

func located(t *testing.T, srv *msstest.Server, g *mssp.Geofencing) *mss.Request {
	t.Helper()
	req := request(t, srv, person)
	req.Options = mssp.Options{Geofencing: g}
	return req
}

// TestBareGeofencing asks where the phone is. The signature holds whatever the answer is.
func TestBareGeofencing(t *testing.T) {
	t.Parallel()
	for _, binding := range everyBinding {
		srv := msstest.NewServer(t, nil)
		c := newClient(t, srv, func(cfg *mssp.Config) { cfg.Binding = binding })
		for mode, sign := range modes {
			srv.Script(person, msstest.Person{Location: &msstest.Location{Country: "LI", Accuracy: 16.5, Age: time.Minute, DeviceConfidence: 1, LocationConfidence: 0.7}})
			sig, err := sign(t, c, located(t, srv, &mssp.Geofencing{}))
			require.NoError(t, err, "%v %s", binding, mode)
			d := sig.Details.(*mssp.Details)
			require.Zero(t, d.LocationError)
			require.InDelta(t, 60, sig.Evidence.Received.Sub(d.Location.At).Seconds(), 60)
			d.Location.At = time.Time{}
			require.Equal(t, mssp.Location{Country: "LI", Accuracy: 16.5, DeviceConfidence: 1, LocationConfidence: 0.7}, *d.Location)

			for _, code := range []mssp.GeofencingCode{100, 101, 102, 103, 104, 105, 106, 120, 121, 122, 123, 200, 201} {
				srv.Script(person, msstest.Person{LocationError: int(code)})
				sig, err = sign(t, c, located(t, srv, &mssp.Geofencing{}))
				require.NoError(t, err, "%v %s %d", binding, mode, code)
				require.Equal(t, &mssp.Details{LocationError: code}, sig.Details)
			}
			for _, forge := range []msstest.Forge{msstest.ForgeConfidence, msstest.ForgeNaN, msstest.ForgeAccuracy} {
				srv.Script(person, msstest.Person{Forge: forge})
				sig, err = sign(t, c, located(t, srv, &mssp.Geofencing{}))
				require.NoError(t, err, "%v %s %d", binding, mode, forge)
				require.Equal(t, &mssp.Details{LocationError: mssp.GeofencingUnreadable}, sig.Details)
			}
			srv.Script(person, msstest.Person{})
			sig, err = sign(t, c, request(t, srv, person))
			require.NoError(t, err)
			require.Nil(t, sig.Details, "nothing was asked")
		}
	}
}

// TestPolicyIsDemanded has the answer judged here, as policies of both kinds demand, and as evidence read again.
func TestPolicyIsDemanded(t *testing.T) {
	t.Parallel()
	for _, binding := range everyBinding {
		srv := msstest.NewServer(t, nil)
		c := newClient(t, srv, func(cfg *mssp.Config) { cfg.Binding = binding })
		swiss := &mssp.LocationPolicy{Allow: []string{"CH"}, MinLocationConfidence: mssp.ConfidenceStandard, MaxAge: 10 * time.Minute, MaxAccuracy: 200}
		for mode, sign := range modes {
			for _, local := range []bool{false, true} {
				g := &mssp.Geofencing{Policy: swiss, Local: local}
				srv.Script(person, msstest.Person{})
				sig, err := sign(t, c, located(t, srv, g))
				require.NoError(t, err, "%v %s", binding, mode)
				require.Equal(t, "CH", sig.Details.(*mssp.Details).Location.Country)
				_, err = c.Verify(sig.Evidence)
				require.NoError(t, err)
			}
			for name, tt := range map[string]struct {
				person msstest.Person
				wraps  error
			}{
				"country": {msstest.Person{Location: &msstest.Location{Country: "FR", DeviceConfidence: 1, LocationConfidence: 1}}, mss.GeofencingViolation},
				"age":     {msstest.Person{Location: &msstest.Location{Country: "CH", Age: time.Hour, DeviceConfidence: 1, LocationConfidence: 1}}, mss.GeofencingViolation},
				"error":   {msstest.Person{LocationError: 103}, mssp.GeofencingDenied},
				"NaN":     {msstest.Person{Forge: msstest.ForgeNaN}, mssp.GeofencingUnreadable},
			} {
				srv.Script(person, tt.person)
				_, err := sign(t, c, located(t, srv, &mssp.Geofencing{Policy: swiss, Local: true}))
				ve, ok := errors.AsType[*mss.VerificationError](err)
				require.True(t, ok, "%v %s %s: %v", binding, mode, name, err)
				require.Equal(t, "geofencing", ve.Check)
				require.ErrorIs(t, err, tt.wraps)
				_, err = c.Verify(ve.Evidence)
				require.ErrorIs(t, err, tt.wraps, "the evidence remembers the policy")
			}
			srv.Script(person, msstest.Person{Location: &msstest.Location{Country: "FR"}})
			_, err := sign(t, c, located(t, srv, &mssp.Geofencing{Policy: swiss}))
			require.ErrorIs(t, err, mss.GeofencingViolation, "the service refuses, or this client does")
		}
	}
}

// TestLocationTakenOut removes the answer about the location on the way. No policy is satisfied by silence.
func TestLocationTakenOut(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{})
	c := newClient(t, srv, rewriting(func(_ string, _ *http.Response, body string) string {
		return cut(body, "<mss:StatusDetail", "</mss:StatusDetail>")
	}))
	for mode, sign := range modes {
		for _, local := range []bool{false, true} {
			_, err := sign(t, c, located(t, srv, &mssp.Geofencing{Policy: &mssp.LocationPolicy{Deny: []string{"KP"}}, Local: local}))
			ve, ok := errors.AsType[*mss.VerificationError](err)
			require.True(t, ok, "%s: %v", mode, err)
			require.Equal(t, "geofencing", ve.Check)
			require.ErrorIs(t, err, mssp.GeofencingNoAnswer)
		}
		sig, err := sign(t, c, located(t, srv, &mssp.Geofencing{}))
		require.NoError(t, err)
		require.Equal(t, &mssp.Details{LocationError: mssp.GeofencingNoAnswer}, sig.Details)
	}
}

// cut removes one element, if it is there.
func cut(s, begin, end string) string {
	before, rest, ok := bytes.Cut([]byte(s), []byte(begin))
	_, after, closed := bytes.Cut(rest, []byte(end))
	if !ok || !closed {
		return s
	}
	return string(before) + string(after)
}

// TestPolicyOnTheWire looks at what is sent, in each binding and namespace.
func TestPolicyOnTheWire(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{Location: &msstest.Location{Country: "CH", DeviceConfidence: 1, LocationConfidence: 1}})
	one := &mssp.LocationPolicy{
		Allow: []string{"CH"}, Deny: []string{"KP"}, MinDeviceConfidence: 0.5, MinLocationConfidence: 0.7, MaxAge: 10 * time.Hour, MaxAccuracy: 1000,
	}
	several := &mssp.LocationPolicy{Allow: []string{"CH", "LI"}, MinLocationConfidence: 1}
	attributes := `countrywhitelist="CH" countryblacklist="KP" mindeviceconfidence="0.5" minlocationconfidence="0.7" maxtimestampminutes="600" maxaccuracymeters="1000"/>`
	dialect := func(change func(*mssp.Dialect)) func(*mssp.Config) {
		return func(cfg *mssp.Config) {
			cfg.Dialect = mssp.Swisscom()
			change(cfg.Dialect)
		}
	}
	asJSON := func(cfg *mssp.Config) { cfg.Binding = mssp.JSON }
	for name, tt := range map[string]struct {
		config  func(*mssp.Config)
		options mssp.Geofencing
		want    string
	}{
		"SOAP":       {nil, mssp.Geofencing{Policy: one}, `<mss:GeoFencingReq ` + attributes},
		"SOAP, bare": {nil, mssp.Geofencing{}, `<mss:mssURI>http://mid.swisscom.ch/as#geofencing</mss:mssURI></mss:Description></mss:Service>`},
		"SOAP, local": {
			nil, mssp.Geofencing{Policy: several, Local: true}, `<mss:mssURI>http://mid.swisscom.ch/as#geofencing</mss:mssURI></mss:Description></mss:Service>`,
		},
		"SOAP, separator": {
			dialect(func(d *mssp.Dialect) { d.CountrySeparator = "," }), mssp.Geofencing{Policy: several},
			`<mss:GeoFencingReq countrywhitelist="CH,LI" minlocationconfidence="1"/>`,
		},
		"SOAP, the other namespace": {
			dialect(func(d *mssp.Dialect) { d.GeofencingInAS = true }), mssp.Geofencing{Policy: one}, `GeoFencingReq xmlns:as="http://mid.swisscom.ch/TS102204/as/v1.0" ` + attributes,
		},
		"JSON": {asJSON, mssp.Geofencing{Policy: one}, `"GeoFencingRequest":{"countrywhitelist":["CH"],"countryblacklist":["KP"],` +
			`"mindeviceconfidence":"0.5","minlocationconfidence":"0.7","maxtimestampminutes":"600","maxaccuracymeters":"1000"}`},
		"JSON, several": {asJSON, mssp.Geofencing{Policy: several}, `"GeoFencingRequest":{"countrywhitelist":["CH","LI"],"minlocationconfidence":"1"}`},
		"JSON, bare":    {asJSON, mssp.Geofencing{}, `{"Description":"http://mid.swisscom.ch/as#geofencing"}`},
		"JSON, local":   {asJSON, mssp.Geofencing{Policy: one, Local: true}, `{"Description":"http://mid.swisscom.ch/as#geofencing"}`},
	} {
		var sent []string
		c := newClient(t, srv, func(cfg *mssp.Config) {
			if tt.config != nil {
				tt.config(cfg)
			}
			wiretap(&sent)(cfg)
		})
		_, err := c.SignSync(t.Context(), located(t, srv, &tt.options))
		require.NoError(t, err, name)
		require.Contains(t, sent[0], tt.want, name)
	}
}

// TestPolicyRefusedBeforeSending has policies that mean nothing, and those that SOAP cannot carry.
func TestPolicyRefusedBeforeSending(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{})
	refused := func(c *mssp.Client, g *mssp.Geofencing, field, says, name string) {
		t.Helper()
		for mode, sign := range modes {
			_, err := sign(t, c, located(t, srv, g))
			re, ok := errors.AsType[*mss.RequestError](err)
			require.True(t, ok, "%s %s: %v", name, mode, err)
			require.Equal(t, field, re.Field, name)
			require.Contains(t, re.Reason, says, name)
		}
	}
	for _, binding := range everyBinding {
		c := newClient(t, srv, func(cfg *mssp.Config) { cfg.Binding = binding })
		for name, tt := range brokenPolicies {
			for _, local := range []bool{false, true} {
				refused(c, &mssp.Geofencing{Policy: tt.policy, Local: local}, "Options.Geofencing.Policy", tt.says, name)
			}
		}
		refused(c, &mssp.Geofencing{Local: true}, "Options.Geofencing.Local", "Policy", "local without policy")
	}
	soap := newClient(t, srv, nil)
	refused(soap, &mssp.Geofencing{Policy: &mssp.LocationPolicy{Deny: []string{"KP", "IR"}}}, "Options.Geofencing.Policy", "Geofencing.Local", "several denied")
	refused(soap, &mssp.Geofencing{Policy: &mssp.LocationPolicy{Allow: []string{"CH", "LI"}}}, "Options.Geofencing.Policy", "Binding JSON", "several allowed")
	require.Empty(t, srv.Requests(), "nothing was sent")
}

// TestPolicyIsTheOneThatWasSent changes the caller's policy while the request is on its way.
func TestPolicyIsTheOneThatWasSent(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{})
	g := &mssp.Geofencing{Policy: &mssp.LocationPolicy{Allow: []string{"LI"}}, Local: true}
	c := newClient(t, srv, rewriting(func(_ string, _ *http.Response, body string) string {
		g.Policy.Allow[0] = "CH"
		return body
	}))
	_, err := c.SignSync(t.Context(), located(t, srv, g))
	require.ErrorIs(t, err, mss.GeofencingViolation)
}

// TestSubscriberInfo asks both bindings for the deprecated service.
func TestSubscriberInfo(t *testing.T) {
	t.Parallel()
	for _, binding := range everyBinding {
		srv := msstest.NewServer(t, nil)
		srv.Script(person, msstest.Person{})
		c := newClient(t, srv, func(cfg *mssp.Config) { cfg.Binding = binding })
		for mode, sign := range modes {
			req := request(t, srv, person)
			req.Options = mssp.Options{SubscriberInfo: true}
			sig, err := sign(t, c, req)
			require.NoError(t, err, "%v %s", binding, mode)
			require.Equal(t, &mssp.Details{Subscriber: []mssp.Pair{{Key: "1901", Value: "22801"}}, Network: "22801"}, sig.Details)
		}
	}
}

// TestSeparatorThatXMLCannotCarry is a mistake in a dialect. It must not turn the policy into a bare request.
func TestSeparatorThatXMLCannotCarry(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{})
	for _, as := range []bool{false, true} {
		c := newClient(t, srv, func(cfg *mssp.Config) {
			cfg.Dialect = mssp.Swisscom()
			cfg.Dialect.CountrySeparator, cfg.Dialect.GeofencingInAS = "\x01", as
		})
		_, err := c.SignSync(t.Context(), located(t, srv, &mssp.Geofencing{Policy: &mssp.LocationPolicy{Allow: []string{"CH", "LI"}}}))
		re, ok := errors.AsType[*mss.RequestError](err)
		require.True(t, ok, "%v", err)
		require.Contains(t, re.Reason, "XML")
	}
	require.Empty(t, srv.Requests(), "nothing was sent")
}
