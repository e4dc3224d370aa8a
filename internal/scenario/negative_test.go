package scenario_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/scenario"
)

// altered copies a scenario and replaces old by new, once, in one of its files.
func altered(t *testing.T, name, file, old, new string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join(scenarios, name))))
	path := filepath.Join(dir, file)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(content), old)
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(content), old, new, 1)), 0o644))
	return dir
}

const (
	inRequest = "signatures[0]: replay: 01-request.xml: Envelope/Body/MSS_Signature/MSS_SignatureReq"
	toRequest = ": correct the file if the client is right, else the client"
	toExpect  = ": correct expect in scenario.json if the client is right, else the client"
	unplayed  = "replay: 1 of 1 recorded requests never came: 01-request.xml: the client stopped early"

	mssName  = "{http://uri.etsi.org/TS102204/v1.1.2#}"
	msspInfo = "<mss:MSSP_Info><mss:MSSP_ID><mss:URI>http://mid.swisscom.ch/</mss:URI></mss:MSSP_ID></mss:MSSP_Info>"
	between  = "\n        "
	phone    = "<mss:MobileUser><mss:MSISDN>" + number + "</mss:MSISDN></mss:MobileUser>"
)

// TestDifferences alters a scenario that is in order, once for each rule of the comparison.
func TestDifferences(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		scenario, file, old, new string
		want                     []string
	}{
		"other text": {"sync-ec", "01-request.xml", "log in?", "log out?", []string{
			inRequest + `/DataToBeSigned: want "Bank ACME: log out?", got "Bank ACME: log in?"` + toRequest, unplayed}},
		"other element order": {"sync-ec", "01-request.xml", msspInfo + between + phone, phone + between + msspInfo, []string{
			inRequest + `: want element ` + mssName + `MobileUser, got element ` + mssName + `MSSP_Info` + toRequest, unplayed}},
		"missing element": {"sync-ec", "01-request.xml", "</MSS_SignatureReq>", "<mss:Last/></MSS_SignatureReq>", []string{
			inRequest + `: want element ` + mssName + `Last, got no further element` + toRequest, unplayed}},
		"extra element": {"sync-ec", "01-request.xml", phone, "", []string{
			inRequest + `: want element ` + mssName + `DataToBeSigned, got element ` + mssName + `MobileUser` + toRequest, unplayed}},
		"other namespace": {"sync-ec", "01-request.xml", "v1.1.2#", "v1.1.3#", []string{
			inRequest + `: want element {http://uri.etsi.org/TS102204/v1.1.3#}AP_Info, got element ` + mssName + `AP_Info` + toRequest, unplayed}},
		"other wrapper": {"guide-sync", "scenario.json", `"compare": "anyWrapper",`, "", []string{
			`signatures[0]: replay: 01-request.xml: Envelope/Body: want element MSS_Signature, got element {http://uri.etsi.org/TS102204/etsi204-kiuru.wsdl}MSS_Signature` + toRequest, unplayed}},
		"other attribute": {"sync-ec", "01-request.xml", `TimeOut="80"`, `TimeOut="40"`, []string{
			inRequest + `/@TimeOut: want "40", got another value of 2 characters, different from character 1 on` + toRequest, unplayed}},
		"other question": {"sync-ec", "scenario.json", number, "41790000002", []string{
			inRequest + `/MobileUser/MSISDN: want "41790000001", got "41790000002"` + toRequest, unplayed}},
		"other transaction": {"async-two-504", "03-request.xml", "h1acme", "h2acme", []string{
			`signatures[0]: replay: 03-request.xml: Envelope/Body/MSS_StatusQuery/MSS_StatusReq/@MSSP_TransID: want "h2acme", got "h1acme"` + toRequest,
			"replay: 2 of 4 recorded requests never came: 03-request.xml, 04-request.xml: the client stopped early"}},
		"other outcome": {"fault-401", "scenario.json", `"code": 401`, `"code": 402`, []string{
			`signatures[0]: code: want 402, got 401` + toExpect,
			"signatures[0]: the client's error was: mss: 401 USER_CANCEL: the person declined, or a newer request took this one's place"}},
		"other kind of outcome": {"other-text", "scenario.json", `"outcome": "unverified",
        "requests": 1,
        "check": "content"`, `"outcome": "outstanding", "requests": 1`, []string{
			`signatures[0]: want outstanding, requests 1; got unverified, check content, requests 1` + toExpect,
			"signatures[0]: the client's error was: mss: not verified: content: what was signed is not the text that was sent"}},
		"other signer": {"sync-ec", "scenario.json", serial, "MIDCHESOMEBODY01", []string{
			`signatures[0]: signer: want MIDCHESOMEBODY01, got ` + serial + toExpect}},
		"other status": {"status-502", "scenario.json", `"status": 502`, `"status": 500`, []string{
			`signatures[0]: status: want 500, got 502` + toExpect}},
		"other profile": {"sync-ec", "scenario.json", `"profile": "` + simProfile, `"profile": "` + deviceProfile, []string{
			`signatures[0]: profile: want ` + deviceProfile + `, got ` + simProfile + toExpect}},
		"other check": {"other-text", "scenario.json", `"check": "content"`, `"check": "chain"`, []string{
			`signatures[0]: check: want chain, got content` + toExpect,
			"signatures[0]: the client's error was: mss: not verified: content: what was signed is not the text that was sent"}},
		"other field": {"prefix-missing", "scenario.json", `"Display"`, `"Language"`, []string{
			`signatures[0]: field: want Language, got Display` + toExpect,
			"signatures[0]: the client's error was: mss: request: Display: does not begin with the prefix of the account, exactly as assigned; the service would refuse it with 107"}},
		"other clock": {"sync-ec", "scenario.json", "2026-01-15", "2026-01-25", []string{
			`signatures[0]: want signed, verified true, status 500, signer ` + serial + `, profile ` + simProfile + `, requests 1; got unverified, check chain, requests 1` + toExpect,
			"signatures[0]: the client's error was: mss: not verified: chain: "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := scenario.Load(altered(t, c.scenario, c.file, c.old, c.new))
			require.NoError(t, err)
			r, err := scenario.Run(t.Context(), s)
			require.NoError(t, err)
			require.False(t, r.OK())
			require.Len(t, r.Differences, len(c.want), "%s", strings.Join(r.Differences, "\n"))
			for i, want := range c.want {
				require.True(t, strings.HasPrefix(r.Differences[i], want), "want %s\ngot  %s", want, r.Differences[i])
			}
		})
	}
}

// TestRequestsDiffer: an answer comes sooner or later than expected.
func TestRequestsDiffer(t *testing.T) {
	t.Parallel()
	s, err := scenario.Load(altered(t, "async-two-504", "02-response.xml", `Value="504"`, `Value="503"`))
	require.NoError(t, err)
	r, err := scenario.Run(t.Context(), s)
	require.NoError(t, err)
	require.Equal(t, []string{
		"signatures[0]: want signed, verified true, status 500, signer " + serial + ", profile " + simProfile + ", requests 4; got fault, code 503, name INVALID_SIGNATURE, requests 2" + toExpect,
		"signatures[0]: the client's error was: mss: 503 INVALID_SIGNATURE: the service found the signature invalid: the person should re-activate",
		"replay: 2 of 4 recorded requests never came: 03-request.xml, 04-request.xml: the client stopped early",
	}, r.Differences)

	s, err = scenario.Load(altered(t, "async-two-504", "04-response.xml", `Value="500"`, `Value="504"`))
	require.NoError(t, err)
	r, err = scenario.Run(t.Context(), s)
	require.NoError(t, err)
	require.Len(t, r.Differences, 1)
	require.Contains(t, r.Differences[0], "got outstanding, requests 4")
}

// TestUnexpectedRequest: the client sends what nobody recorded.
func TestUnexpectedRequest(t *testing.T) {
	t.Parallel()
	s, err := scenario.Load(altered(t, "prefix-missing", "scenario.json", "log in?", text))
	require.NoError(t, err)
	r, err := scenario.Run(t.Context(), s)
	require.NoError(t, err)
	require.Len(t, r.Differences, 4)
	require.Contains(t, r.Differences[3], "replay: request 1: the recording has only 0")
}

// TestBadNumber: what the client would refuse is an outcome like any other.
func TestBadNumber(t *testing.T) {
	t.Parallel()
	s, err := scenario.Load(altered(t, "test-number-refused", "scenario.json", "41700092501", "004170009250"))
	require.NoError(t, err)
	r, err := scenario.Run(t.Context(), s)
	require.NoError(t, err)
	require.Empty(t, r.Differences)
}

// TestRunEnds: a context that has ended is no outcome.
func TestRunEnds(t *testing.T) {
	t.Parallel()
	s, err := scenario.Load(filepath.Join(scenarios, "sync-ec"))
	require.NoError(t, err)
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("gone")
	cancel(gone)
	_, err = scenario.Run(ctx, s)
	require.ErrorIs(t, err, gone)
}

// TestRunRefuses: files that cannot be played are an error that names them.
func TestRunRefuses(t *testing.T) {
	t.Parallel()
	s, err := scenario.Load(altered(t, "sync-ec", "01-response.xml", "${AP_PWD}", "${AP_PASSWORD}"))
	require.NoError(t, err)
	_, err = scenario.Run(t.Context(), s)
	require.EqualError(t, err, "scenario: sync-ec: replay: 01-response.xml: ${AP_PASSWORD}: no request before this answer binds it")
	s, err = scenario.Load(altered(t, "sync-ec", "scenario.json", `"mid://acme.example"`, `"not a URI"`))
	require.NoError(t, err)
	_, err = scenario.Run(t.Context(), s)
	require.ErrorContains(t, err, "scenario: sync-ec: mssp: Account.APID")
}

// TestLoadRefuses lists what makes a scenario unreadable.
func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]struct{ file, old, new string }{
		`scenario.json: json: offset 17: unknown member "msisdm"`:            {"scenario.json", `"about": "`, `"about": "", "msisdm": "`},
		"scenario.json: json: offset ":                                       {"scenario.json", "{", "x"},
		"not JSON":                                                           {"scenario.json", "\n}\n", ""},
		"a member that stands there before":                                  {"scenario.json", `"about": "`, `"About": "", "about": "`},
		"data behind the value":                                              {"scenario.json", "\n}\n", "\n}\n{}"},
		"now: is required":                                                   {"scenario.json", `  "now": "2026-01-15T12:00:00Z",`, ""},
		"environment: must be production, test or simulator":                 {"scenario.json", `"simulator"`, `"simulater"`},
		"does not belong to the test environment":                            {"scenario.json", `"simulator"`, `"test"`},
		`anchors: "../root.pem" is not the name of a file in the scenario's`: {"scenario.json", "root.pem", "../root.pem"},
		"signatures[0]: mode: must be sync or async":                         {"scenario.json", `"sync"`, `"synch"`},
		"signatures[0]: purpose: must be authentication or signing":          {"scenario.json", `"authentication"`, `"login"`},
		"signatures[0]: expect: outcome: must be signed, outstanding, fault": {"scenario.json", `"signed"`, `"ok"`},
		"expect: signed: status, signer, profile and verified are required":  {"scenario.json", `"verified": true`, `"verified": false`},
		"expect: signed: has a member that belongs to another outcome":       {"scenario.json", `"status": 500`, `"status": 500, "code": 401`},
		"the questions expect 2 requests, the directory holds 1 exchanges":   {"scenario.json", `"requests": 1`, `"requests": 2`},
		"signatures[0]: expect.requests: must be 0 to 50":                    {"scenario.json", `"requests": 1`, `"requests": 51`},
		`compare: must be "anyWrapper" or absent`:                            {"scenario.json", `"client"`, `"compare": "loose", "client"`},
		"scenario.json: json: offset 169: anchors: not a string":             {"scenario.json", `"root.pem"`, `12`},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			dir := altered(t, "sync-ec", c.file, c.old, c.new)
			_, err := scenario.Load(dir)
			require.ErrorContains(t, err, want)
			require.ErrorContains(t, err, filepath.Join(dir, c.file))
		})
	}
}

// TestLoadRefusesFiles is about the other files.
func TestLoadRefusesFiles(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"01-response.xml": "01-response.xml: no such file",
		"01-request.xml":  "01-request.xml: no such file or directory: number the exchanges from 01 without a gap",
		"02-request.xml":  "02-request.xml: no such file or directory: number the exchanges from 01 without a gap",
		"root.pem":        "root.pem: no such file",
		"scenario.json":   "scenario.json: no such file",
	} {
		dir := altered(t, "async-two-504", "scenario.json", `"requests": 4`, `"requests": 4`)
		require.NoError(t, os.Remove(filepath.Join(dir, file)))
		_, err := scenario.Load(dir)
		require.ErrorContains(t, err, want)
	}
	dir := altered(t, "http-502-html", "01-response.http", "502", "99")
	_, err := scenario.Load(dir)
	require.ErrorContains(t, err, "01-response.http: want two lines, Status: 200 to 599 and Content-Type")
}
