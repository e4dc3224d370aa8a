package replay_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/transport/replay"
)

const recordedJSON = `{
  "Req": {
    "Info": {"AP_ID": "${ID}", "AP_TransID": "${TransID}", "At": "${At}"},
    "Text": "to be read",
    "Items": ["a", {"b": "c"}],
    "Flag": true,
    "Version": "1"
  }
}`

// sentJSON is the same message as another writer would write it.
const sentJSON = `{"Req":{"Version":"1","Flag":true,"Items":["a",{"b":"c"}],"Text":"to be\u0020read","Info":{"At":"noon","AP_TransID":"T1","AP_ID":"me"}}}`

func jsonExchange(request, answer string) replay.Exchange {
	return replay.Exchange{Name: "01", JSON: true, Request: []byte(request), Answer: []byte(answer)}
}

func sendJSON(t *testing.T, rt http.RoundTripper, body string) (*http.Response, string, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://replay.invalid/rest/service/sign?session=secretsession", strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json;charset=UTF-8")
	resp, err := rt.RoundTrip(r)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp, string(b), nil
}

func TestPlayJSON(t *testing.T) {
	t.Parallel()
	p := newPlayer(t, replay.Options{}, jsonExchange(recordedJSON, `{"id": "${ID}", "more": "at ${At}"}`))
	resp, body, err := sendJSON(t, p, sentJSON)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.Equal(t, "application/json;charset=UTF-8", resp.Header.Get("Content-Type"))
	require.Equal(t, `{"id": "me", "more": "at noon"}`, body)
	require.NoError(t, p.Done())
}

// TestEscapeJSON makes sure that what a client sends cannot become another member in an answer.
func TestEscapeJSON(t *testing.T) {
	t.Parallel()
	p := newPlayer(t, replay.Options{}, jsonExchange(`{"q": "${Q}"}`, `{"v": "${Q}"}`))
	_, body, err := sendJSON(t, p, `{"q": "a\", \"v\": \"\\<\u0001\n\u00e9"}`)
	require.NoError(t, err)
	require.Equal(t, `{"v": "a\", \"v\": \"\\<\u0001\né"}`, body)
}

func TestMismatchJSON(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, new, want string }{
		"text":           {`\u0020read`, ` rich`, `Req/Text: want "to be read", got another value of 10 characters, different from character 8 on`},
		"text in file":   {`to be\u0020read`, `a`, `Req/Text: want "to be read", got "a"`},
		"member missing": {`"Version":"1",`, ``, `Req/Version: want a member Version, got none`},
		"member extra":   {`"Version":"1"`, `"Version":"1","Secret":"x"`, `Req: want no member Secret, got one`},
		"member null":    {`"Version":"1"`, `"Version":null`, `Req/Version: want a string, got a number, true, false or null`},
		"number":         {`"Version":"1"`, `"Version":1`, `Req/Version: want a string, got a number, true, false or null`},
		"literal":        {`true`, `false`, `Req/Flag: want "true", got another value of 5 characters, different from character 1 on`},
		"literal text":   {`true`, `"true"`, `Req/Flag: want a number, true, false or null, got a string`},
		"case":           {`"Version"`, `"version"`, `Req/Version: want a member Version, got none`},
		"array order":    {`["a",{"b":"c"}]`, `[{"b":"c"},"a"]`, `Req/Items[1]: want a string, got an object`},
		"array shorter":  {`["a",{"b":"c"}]`, `["a"]`, `Req/Items: want 2 values, got 1`},
		"array longer":   {`["a",{"b":"c"}]`, `["a",{"b":"c"},"d"]`, `Req/Items: want 2 values, got 3`},
		"in an array":    {`"b":"c"`, `"b":"d"`, `Req/Items[2]/b: want "c", got another value of 1 characters, different from character 1 on`},
		"root":           {`"Req"`, `"Resp"`, `Req: want a member Req, got none`},
		"empty id":       {`"AP_ID":"me"`, `"AP_ID":" "`, `Req/Info/AP_ID: want "${ID}" and not nothing, got " "`},
		"object":         {`{"At":"noon","AP_TransID":"T1","AP_ID":"me"}`, `"noon"`, `Req/Info: want an object, got a string`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlayer(t, replay.Options{}, jsonExchange(recordedJSON, `{}`))
			require.Contains(t, sentJSON, c.old)
			_, _, err := sendJSON(t, p, strings.Replace(sentJSON, c.old, c.new, 1))
			if name == "empty id" {
				require.ErrorContains(t, err, `want "${ID}" and not nothing`)
			} else {
				require.EqualError(t, err, "replay: 01-request.json: "+c.want)
			}
			require.ErrorAs(t, err, new(*replay.Mismatch))
			_, _, err = sendJSON(t, p, sentJSON)
			require.NoError(t, err, "a request that differs leaves no trace")
		})
	}
}

// TestTransIDsDifferJSON: every message has its own, in either form, even where one recording has both.
func TestTransIDsDifferJSON(t *testing.T) {
	t.Parallel()
	second := jsonExchange(`{"r": {"AP_TransID": "${B}"}}`, `{}`)
	second.Name = "02"
	p := newPlayer(t, replay.Options{}, replay.Exchange{Name: "01", Request: []byte(`<q AP_TransID="${A}"/>`), Answer: []byte(`<a/>`)}, second)
	_, _, err := send(t, p, `<q AP_TransID="T1"/>`)
	require.NoError(t, err)
	ask := func(id string) error {
		return carried(t, t.Context(), p, http.MethodPost, "/json", "application/json", `{"r": {"AP_TransID": "`+id+`"}}`)
	}
	require.EqualError(t, ask("T1"), "replay: 02-request.json: r/AP_TransID: want another AP_TransID than any request before, got one that was used")
	require.EqualError(t, carried(t, t.Context(), p, http.MethodPost, "/json", "text/xml", `{}`), "replay: 02-request.json: the Content-Type is not one of JSON")
	require.NoError(t, ask("T2"))
}

func TestStatusJSON(t *testing.T) {
	t.Parallel()
	for answer, status := range map[string]int{`{"Fault": {}}`: 500, `{"a": {"Fault": {}}}`: 200, `{}`: 200} {
		resp, _, err := sendJSON(t, newPlayer(t, replay.Options{}, jsonExchange(`{"q": "1"}`, answer)), `{"q": "1"}`)
		require.NoError(t, err)
		require.Equal(t, status, resp.StatusCode, answer)
	}
}

func TestNewPlayerRefusesJSON(t *testing.T) {
	t.Parallel()
	const meant = "an answer that is meant to be no JSON needs 01-response.http"
	for _, c := range []struct {
		x             replay.Exchange
		where, reason string
	}{
		{jsonExchange(`{"q": 1 `, `{}`), "01-request.json", "not JSON"},
		{jsonExchange(`["q"]`, `{}`), "01-request.json", "json: not an object"},
		{jsonExchange(`{"q": "1", "Q": "2"}`, `{}`), "01-request.json", "a member that stands there before, if perhaps in another case"},
		{jsonExchange(`{"q": "\ud800"}`, `{}`), "01-request.json", "a lone surrogate"},
		{jsonExchange(`{"q":`+strings.Repeat("[", 40)+strings.Repeat("]", 40)+`}`, `{}`), "01-request.json", "nested deeper than 32 levels"},
		{jsonExchange(`{"q": "x${A}"}`, `{}`), "01-request.json", "a placeholder must be a whole value"},
		{jsonExchange(`{"q": "${A}"}`, `{"a": "${B}"}`), "01-response.json", "${B}: no request before this answer binds it"},
		{jsonExchange(`{"q": "${A}"}`, `<a/>`), "01-response.json", meant},
		{jsonExchange(`{"q": "${A}"}`, `{"a": ${A}}`), "01-response.json", meant},
		{replay.Exchange{Name: "01", Request: []byte(`{}`), Answer: []byte(`{}`)}, "01-request.xml", "text outside the root element"},
	} {
		_, err := replay.NewPlayer([]replay.Exchange{c.x}, replay.Options{})
		require.ErrorContains(t, err, "replay: "+c.where+": ")
		require.ErrorContains(t, err, c.reason)
	}
}

// TestLoadForms: each exchange has one form, by the names of its files.
func TestLoadForms(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put := func(name, content string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	put("01-request.xml", "<q/>")
	put("01-response.xml", "<a/>")
	put("02-request.json", "{}")
	put("02-response.json", `{"Fault": {}}`)
	put("02-response.http", "Status: 500\nContent-Type: application/json\n")
	list, err := replay.Load(dir)
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.Equal(t, []bool{false, true}, []bool{list[0].JSON, list[1].JSON})

	put("03-request.json", "{}")
	put("03-response.xml", "<a/>")
	_, err = replay.Load(dir)
	require.ErrorContains(t, err, "03-response.json")
	put("03-request.xml", "<q/>")
	_, err = replay.Load(dir)
	require.EqualError(t, err, "replay: "+filepath.Join(dir, "03-request")+": there is a request in both forms, .xml and .json: remove one")
}

// What a live exchange in JSON is about.
func liveRequestJSON(n int) string {
	return fmt.Sprintf(`{"MSS_SignatureReq":{"AP_Info":{"AP_ID":"%s","AP_PWD":"%s","AP_TransID":"%s%d","Instant":"%s"},"MSSP_Info":{"MSSP_ID":{"URI":"http://mid.swisscom.ch/"}},
	"MajorVersion":"1","MinorVersion":"2","MessagingMode":"asynch","TimeOut":"80","MobileUser":{"MSISDN":"%s"},"DataToBeSigned":{"MimeType":"text/plain","Encoding":"UTF-8","Data":"%s"},
	"SignatureProfile":"http://mid.swisscom.ch/Any-LoA4","AdditionalServices":[{"Description":"http://mss.ficom.fi/TS102204/v1.0.0#userLang","UserLang":{"Value":"DE"}},
	{"Description":"http://mid.swisscom.ch/as#geofencing","GeoFencingRequest":{"countrywhitelist":["CH","LI"],"minlocationconfidence":"0.7"}},
	{"Description":"http://mid.swisscom.ch/as#app2app","App2App":{"RedirectUri":"%s"}}]}}`,
		liveAPID, livePWD, liveTransID, n, liveInstant, liveNumber, liveText, liveReturn)
}

const (
	liveReturn = "https://secretbank.example/back?session=4711"
	liveAuth   = "mobileid://auth?session_token=32ffc297secrettoken&user_id=0815"
)

func liveAnswerJSON(n int) string {
	return fmt.Sprintf(`{"MSS_SignatureResp":{"AP_Info":{"AP_ID":"%s","AP_TransID":"%s%d","Instant":"%s"},"MSSP_Info":{"MSSP_ID":{"URI":"http://mid.swisscom.ch/"},"Instant":"2026-03-04T05:06:08Z"},
	"MSSP_TransID":"%s","MSS_Signature":{"Base64Signature":"%s"},"MajorVersion":"1","MinorVersion":"1","MobileUser":{"MSISDN":"%s"},
	"ServiceResponses":[{"Description":"http://mid.swisscom.ch/as#geofencing","Geofencing":{"Country":"LI","Accuracy":"1234.5","Timestamp":"2026-03-04T05:06:07.537+01:00","DeviceConfidence":"0.93","LocationConfidence":"0.87"}},
	{"Description":"http://mid.swisscom.ch/as#app2app","App2App":{"AuthUri":"%s"}},
	{"Description":"http://mid.swisscom.ch/as#subscriberInfo","SubscriberInfo":{"Details":[{"id":"1901","value":"22801"}]}}],
	"SignatureProfile":"http://mid.swisscom.ch/STK-LoA4","Status":{"StatusCode":{"Value":"500"},"StatusMessage":"SIGNATURE"},"Unknown":{"%s":true,"Height":187.25}}}`,
		liveAPID, liveTransID, n, liveInstant, liveMSSP, liveSignature, liveNumber, liveAuth, "flag")
}

const liveFaultJSON = `{"Fault":{"Code":{"SubCode":{"Value":"_404","ValueNs":"http://uri.etsi.org/TS102204/v1.1.2#"},"Value":"Receiver","ValueNs":"http://www.w3.org/2003/05/soap-envelope"},
	"Detail":"unknown: ` + liveNumber + `","Reason":"NO_KEY_FOUND"}}`

var secretsJSON = append([]string{"4711", "secrettoken", "0815", `"LI"` + `,`, "1234.5", "05:06:07.537", "0.93", "0.87", "22801", "187.25"}, secrets...)

func TestRecordJSON(t *testing.T) {
	t.Parallel()
	n := 0
	rec, dir := newRecorder(t, func(string) (int, string, string) {
		if n++; n == 3 {
			return 500, "application/json; charset=utf-8; boundary=secretsession", liveFaultJSON
		}
		return 200, "application/json;charset=UTF-8", liveAnswerJSON(n)
	}, replay.RecorderOptions{})
	for i := range 3 {
		_, body, err := sendJSON(t, rec, liveRequestJSON(i+1))
		require.NoError(t, err)
		require.Contains(t, body, liveNumber, "the caller gets the answer itself")
	}
	require.NoError(t, rec.Close())
	written := files(t, dir)
	require.Len(t, written, 9)
	for name, content := range written {
		for _, secret := range secretsJSON {
			require.NotContains(t, content, secret, name)
		}
	}
	require.Equal(t, "Status: 500\nContent-Type: application/json; charset=utf-8\n", written["03-response.http"])
	for _, kept := range []string{`"MajorVersion": "1"`, `"MessagingMode": "asynch"`, `"Value": "DE"`, `"Any-LoA4`, `"CH"`, `"minlocationconfidence": "0.7"`, `"AP_ID": "${AP_ID}"`,
		`"AP_PWD": "${AP_PWD}"`, `"AP_TransID": "${AP_TransID2}"`, `"MSISDN": "${MSISDN}"`, `"Data": "${DataToBeSigned}"`, `"RedirectUri": "${RedirectUri}"`} {
		require.Contains(t, strings.ReplaceAll(written["02-request.json"], "http://mid.swisscom.ch/", ""), kept)
	}
	for _, kept := range []string{`"Value": "500"`, `"StatusMessage": "SIGNATURE"`, `"AP_TransID": "${AP_TransID2}"`, `"MSISDN": "${MSISDN}"`, `"MSSP_TransID": "replaced-MSSP_TransID"`,
		`"Country": "CH"`, `"Accuracy": "100"`, `"Timestamp": "2001-01-01T00:00:00.000Z"`, `"DeviceConfidence": "1"`, `"AuthUri": "mobileid://replaced.example/link"`, `"id": "1901"`, `"flag": null`, `"Height": null`} {
		require.Contains(t, written["02-response.json"], kept)
	}
	for _, kept := range []string{`"Value": "_404"`, `"Value": "Receiver"`, `"Reason": "NO_KEY_FOUND"`, `"Detail": "replaced-Detail"`} {
		require.Contains(t, written["03-response.json"], kept)
	}

	exchanges, err := replay.Load(dir)
	require.NoError(t, err)
	_, replaced := exchanges[0].Signature()
	require.True(t, replaced)
	p := newPlayer(t, replay.Options{}, exchanges...)
	other := strings.NewReplacer(liveNumber, "41790000001", liveText, "other", liveAPID, "mid://other.example", livePWD, "x", liveReturn, "https://other.example")
	for i := range 3 {
		_, body, err := sendJSON(t, p, other.Replace(liveRequestJSON(i+10)))
		require.NoError(t, err)
		require.Equal(t, i < 2, strings.Contains(body, `"MSISDN": "41790000001"`))
	}
	require.NoError(t, p.Done())
}

// TestCanaryJSON: with a list that keeps everything, nothing is written.
func TestCanaryJSON(t *testing.T) {
	t.Parallel()
	rec, dir := newRecorder(t, func(string) (int, string, string) { return 200, "application/json", liveAnswerJSON(1) }, replay.RecorderOptions{})
	rec.KeepEverything()
	_, _, err := sendJSON(t, rec, liveRequestJSON(1))
	require.NoError(t, err)
	require.EqualError(t, rec.Close(), "replay: recording: a value that must be replaced is still in it: not written")
	require.Empty(t, files(t, dir))
}

// TestCanaryInNames: what must not be in a value must not be in a name or a content type either.
func TestCanaryInNames(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]service{
		"member": func(string) (int, string, string) {
			return 200, "application/json", `{"a": {"` + liveNumber + `": "1"}}`
		},
		"content type": func(string) (int, string, string) { return 200, "application/json; charset=" + livePWD, `{}` },
	} {
		rec, dir := newRecorder(t, s, replay.RecorderOptions{})
		_, _, err := sendJSON(t, rec, liveRequestJSON(1))
		require.NoError(t, err)
		require.EqualError(t, rec.Close(), "replay: recording: a value that must be replaced is still in it: not written", name)
		require.Empty(t, files(t, dir))
	}
}

// TestSignaturesJSON: as in XML, a test number's is kept, a person's only on demand.
func TestSignaturesJSON(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		number     string
		keep, kept bool
	}{{liveNumber, false, false}, {liveNumber, true, true}, {"41700092501", false, true}} {
		number := strings.NewReplacer(liveNumber, c.number)
		rec, dir := newRecorder(t, func(string) (int, string, string) { return 200, "application/json", number.Replace(liveAnswerJSON(1)) },
			replay.RecorderOptions{KeepSignatures: c.keep})
		_, _, err := sendJSON(t, rec, number.Replace(liveRequestJSON(1)))
		require.NoError(t, err)
		require.NoError(t, rec.Close())
		require.Equal(t, c.kept, strings.Contains(files(t, dir)["01-response.json"], liveSignature), "%+v", c)
	}
}
