package scenario_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/scenario"
)

// TestServiceDifferences alters scenarios of services, receipts, profiles and health, once for each thing that is compared.
func TestServiceDifferences(t *testing.T) {
	t.Parallel()
	const (
		jsonRequest = "signatures[0]: replay: 01-request.json: MSS_SignatureReq"
		unplayed1   = "replay: 1 of 1 recorded requests never came: 01-request.json: the client stopped early"
	)
	for name, c := range map[string]struct {
		scenario, file, old, new string
		want                     []string
	}{
		"JSON text": {"guide-sync-rest", "01-request.json", "Guide: confirm?", "Guide: deny?", []string{
			jsonRequest + `/DataToBeSigned/Data: want "Guide: deny?", got "Guide: confirm?"` + toRequest, unplayed1}},
		"JSON member": {"guide-geofencing-rest", "01-request.json", "#geofencing", "#app2app", []string{
			jsonRequest + `/AdditionalServices[2]/Description: want "http://mid.swisscom.ch/as#app2app", got another value`, unplayed1}},
		"binding": {"guide-sync-rest", "scenario.json", `"binding": "rest",`, ``, []string{
			"signatures[0]: want signed", "signatures[0]: the client's error was: ", unplayed1}},
		"misprinted TimeOut": {"guide-async-rest", "01-request.json", `"TimeOut"`, `"Timeout"`, []string{
			jsonRequest + `/Timeout: want a member Timeout, got none`, "replay: 3 of 3"}},
		"bare MobileUser": {"guide-async-rest", "03-response.json", `{ "MSISDN": "41790000001" }`, `41790000001`, []string{
			"signatures[0]: want signed", "signatures[0]: the client's error was: "}},
		"country": {"guide-geofencing", "scenario.json", `"country": "CH"`, `"country": "LI"`, []string{
			"signatures[0]: location: want {LI, accuracy 16 m, at 2015-01-01T10:59:30Z, device confidence 1, location confidence 1}, got {CH, accuracy 16 m"}},
		"no location": {"guide-geofencing", "01-response.xml", `country="CH"`, `country="Switzerland"`, []string{
			"signatures[0]: location: want {CH, accuracy 16 m, at 2015-01-01T10:59:30Z, device confidence 1, location confidence 1}, got none" + toExpect,
			"signatures[0]: locationError: want 0, got -2" + toExpect}},
		"no accuracy": {"guide-geofencing-rest", "01-response.json", `"Accuracy": "16",`, ``, []string{
			"signatures[0]: location: want {CH, accuracy 16 m, at 2015-01-01T10:59:30Z, device confidence 1, location confidence 1}, got {CH, accuracy unknown, at 2015"}},
		"location error": {"guide-geofencing-error-rest", "scenario.json", `"locationError": 100`, `"locationError": 101`, []string{
			"signatures[0]: locationError: want 101, got 100" + toExpect}},
		"link": {"guide-app2app-rest", "scenario.json", `user_id=`, `user=`, []string{"signatures[0]: link: want mobileid://"}},
		"other link": {"guide-app2app", "01-response.xml", `mobileid://`, `https://`, []string{
			"signatures[0]: want signed", "signatures[0]: the client's error was: mss: not verified: app2app: ", "replay: 2 of 3"}},
		"receipt": {"guide-receipt-accepted", "scenario.json", `"receipt": "accepted"`, `"receipt": "cancelled"`, []string{
			"signatures[0].receipt: receipt: want cancelled, got accepted" + toExpect}},
		"receipt text": {"guide-receipt-app-rest", "02-request.json", "Guide: confirmed.", "Guide: denied.", []string{
			`signatures[0].receipt: replay: 02-request.json: MSS_ReceiptReq/Message/Data: want "Guide: denied.", got "Guide: confirmed."` + toRequest,
			"replay: 1 of 2 recorded requests never came: 02-request.json: the client stopped early"}},
		"receipt without signature": {"guide-receipt-accepted", "01-response.xml", `Value="500"`, `Value="503"`, []string{
			"signatures[0]: want signed", "signatures[0]: the client's error was: ", "signatures[0].receipt: want receipt, receipt accepted, requests 1; got error, kind request, field Signature, requests 0",
			"signatures[0].receipt: the client's error was: ", "replay: 1 of 2"}},
		"profile": {"guide-profile-rest", "scenario.json", `"state": "ACTIVE"`, `"state": "REGISTERED"`, []string{"profiles[0]: apps: want [{REGISTERED, PIN blocked false, certificates [{ACTIVE RSA MIDCHEGUIDE00001 "}},
		"flag":    {"guide-profile", "scenario.json", `"recoveryCode": true`, `"recoveryCode": false`, []string{"profiles[0]: recoveryCode: want false, got true"}},
		"policy":  {"policy-rest", "scenario.json", `"location": 0.7`, `"location": 0.8`, []string{jsonRequest + `/AdditionalServices[2]/GeoFencingRequest/minlocationconfidence: want "0.7", got another value`, unplayed1}},
		"approval": {"approval-rest", "scenario.json", `12.50 CHF`, `13.50 CHF`, []string{
			jsonRequest + `/DataToBeSigned/Data: want "{\"type\":\"Payment\"`, unplayed1}},
		"network": {"subscriber-info", "01-response.xml", "22801", "22803", []string{"signatures[0]: subscriber: want [{1901 22801}], got [{1901 22803}]" + toExpect, "signatures[0]: network: want 22801, got 22803" + toExpect}},
		"health": {"health", "01-response.xml", "Illegal msisdn", "Illegal", []string{
			"health: want healthy, requests 1; got fault, code 101, name WRONG_PARAM, requests 1" + toExpect, "health: the client's error was: mss: 101"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := scenario.Load(altered(t, c.scenario, c.file, c.old, c.new))
			require.NoError(t, err)
			r, err := scenario.Run(t.Context(), s)
			require.NoError(t, err)
			require.Len(t, r.Differences, len(c.want), "%s", strings.Join(r.Differences, "\n"))
			for i, want := range c.want {
				require.True(t, strings.HasPrefix(r.Differences[i], want), "want %s\ngot  %s", want, r.Differences[i])
			}
		})
	}
}

// TestLoadRefusesServices lists what makes a scenario of services unreadable.
func TestLoadRefusesServices(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]struct{ scenario, old, new string }{
		"binding: must be soap, rest or absent":                               {"guide-sync-rest", `"rest"`, `"json"`},
		`unknown member "countries"`:                                          {"policy", `"geofencing": {`, `"geofencing": {"countries": [], `},
		"geofencing: not a":                                                   {"guide-geofencing", `"geofencing": {}`, `"geofencing": 1`},
		"signatures[0].receipt: expect: outcome: must be receipt, fault":      {"guide-receipt-app", `"outcome": "receipt"`, `"outcome": "signed"`},
		"signatures[0].receipt: expect: receipt: receipt is required":         {"guide-receipt-app", `"receipt": "sent"`, `"receipt": ""`},
		"signatures[0]: expect: signed: has a member that belongs to another": {"guide-receipt-app", `"status": 500`, `"status": 500, "receipt": "sent"`},
		"profiles[0]: expect: outcome: must be profile, fault":                {"guide-profile", `"outcome": "profile"`, `"outcome": "healthy"`},
		"profiles[0]: expect: fault: has a member that belongs to another":    {"guide-profile-fault", `"code": 105`, `"code": 105, "link": "x", "recoveryCode": true`},
		"health: expect: outcome: must be healthy, fault, unverified, error":  {"health", `"healthy"`, `"signed"`},
		"health: expect.requests: must be 0 to 50":                            {"health", `"requests": 1`, `"requests": -1`},
		"profiles, signatures and health: are all absent": {
			"health", "\"health\": {\n    \"outcome\": \"healthy\",\n    \"requests\": 1\n  }\n", "\"signatures\": []\n",
		},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			dir := altered(t, c.scenario, "scenario.json", c.old, c.new)
			_, err := scenario.Load(dir)
			require.ErrorContains(t, err, want)
			require.ErrorContains(t, err, filepath.Join(dir, "scenario.json"))
		})
	}
}
