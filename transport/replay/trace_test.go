package replay_test

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/transport/replay"
)

// TestTrace: a person's exchanges, two in each form, can be read and hold nothing of what they are about.
func TestTrace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		contentType      string
		answers          []string
		ask              func(i int, rt http.RoundTripper) error
		shown, different []string
	}{
		"XML": {
			typeSOAP, []string{liveAnswer(1), liveFault},
			func(i int, rt http.RoundTripper) error { _, _, err := send(t, rt, liveRequest(i)); return err },
			[]string{
				"POST /path: HTTP 200 after ", "POST /path: HTTP 500 after ", "\nrequest: text/xml; charset=UTF-8\n<", "\nanswer: text/xml; charset=UTF-8\n<",
				`AP_TransID="${AP_TransID}"`, `AP_TransID="${AP_TransID2}"`, "\n      <MSS_SignatureReq", ">${MSISDN}<", `Value="500"`, ">NO_KEY_FOUND<",
				`MSSP_TransID="replaced-MSSP_TransID"`, ">cmVwbGFjZWQ=<",
			}, nil,
		},
		"JSON": {
			"application/json", []string{liveAnswerJSON(1), liveFaultJSON},
			func(i int, rt http.RoundTripper) error { _, _, err := sendJSON(t, rt, liveRequestJSON(i)); return err },
			[]string{
				"POST /rest/service/sign: HTTP 200 after ", "POST /rest/service/sign: HTTP 500 after ", "\nrequest: application/json; charset=UTF-8\n{", "\nanswer: application/json\n{",
				`"AP_TransID": "${AP_TransID}"`, `"AP_TransID": "${AP_TransID2}"`, "\n    \"AP_Info\": {", `"${MSISDN}"`, `"Value": "500"`, `"NO_KEY_FOUND"`,
				`"MSSP_TransID": "replaced-MSSP_TransID"`, `"cmVwbGFjZWQ="`, `"mobileid://replaced.example/link"`,
			}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			n := 0
			rt := replay.Trace(service(func(string) (int, string, string) {
				n++
				return map[int]int{1: 200, 2: 500}[n], c.contentType, c.answers[n-1]
			}), &b)
			require.NoError(t, c.ask(1, rt))
			require.NoError(t, c.ask(2, rt))
			for _, part := range c.shown {
				require.Contains(t, b.String(), part)
			}
			for _, secret := range secretsJSON {
				require.NotContains(t, b.String(), secret)
			}
		})
	}
}

// TestTraceOfRobots: not even a test number's signature is shown.
func TestTraceOfRobots(t *testing.T) {
	t.Parallel()
	robot := strings.NewReplacer(liveNumber, "41700092501")
	var b bytes.Buffer
	rt := replay.Trace(service(func(string) (int, string, string) { return 200, typeSOAP, robot.Replace(liveAnswer(1)) }), &b)
	_, _, err := send(t, rt, robot.Replace(liveRequest(1)))
	require.NoError(t, err)
	require.Contains(t, b.String(), "41700092501")
	require.NotContains(t, b.String(), liveSignature)
}

// TestTraceCanary: with a list that keeps everything, no message is shown.
func TestTraceCanary(t *testing.T) {
	t.Parallel()
	for name, ask := range map[string]func(rt http.RoundTripper) error{
		"XML":  func(rt http.RoundTripper) error { _, _, err := send(t, rt, liveRequest(1)); return err },
		"JSON": func(rt http.RoundTripper) error { _, _, err := sendJSON(t, rt, liveRequestJSON(1)); return err },
	} {
		var b bytes.Buffer
		rt := replay.Trace(service(func(string) (int, string, string) {
			if name == "XML" {
				return 200, typeSOAP, liveAnswer(1)
			}
			return 200, "application/json", liveAnswerJSON(1)
		}), &b)
		replay.TraceEverything(rt)
		require.NoError(t, ask(rt))
		require.Regexp(t, `^POST /[a-z/]+: HTTP 200 after .*\nrequest: \(withheld\): a value that must be replaced is still in it: not written\nanswer: \(withheld\): .*\n\n$`, b.String())
	}
}

// TestTraceWithout: what cannot be read is left out, with what stands outside of the messages if it repeats them.
func TestTraceWithout(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer service
		body   string
		want   string
	}{
		"proxy": {
			func(string) (int, string, string) { return 502, "text/html; charset=UTF-8", "<html>" + liveNumber }, liveRequestJSON(1),
			`^POST /rest/service/sign: HTTP 502 after \S+\nrequest: \(withheld\): the answer cannot be read: json: offset [01]: not JSON.*\nanswer: \(withheld\): .*\n\n$`,
		},
		"no answer": {
			func(string) (int, string, string) { return 0, "", "" }, liveRequestJSON(1),
			`(?s)^POST /rest/service/sign: no answer after \S+\nrequest: application/json; charset=UTF-8\n\{.*"\$\{MSISDN\}".*\n\}\n\n$`,
		},
		"no message": {
			func(string) (int, string, string) { return 200, "application/json", "{}" }, liveNumber,
			`^POST /rest/service/sign: HTTP 200 after \S+\nrequest: \(withheld\): the request cannot be read: json: not an object\nanswer: .*\n\n$`,
		},
		"its content type": {
			func(string) (int, string, string) { return 200, "application/" + liveNumber, "{}" }, `{"q": "1"}`,
			`(?s)\nanswer: application/octet-stream\n\{\}\n\n$`,
		},
		"its charset": {
			func(string) (int, string, string) { return 200, "application/json; charset=" + liveNumber, "{}" }, `{"q": "1"}`,
			`(?s)\nanswer: application/json\n\{\}\n\n$`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			_, _, _ = sendJSON(t, replay.Trace(c.answer, &b), c.body)
			require.Regexp(t, c.want, b.String())
			require.NotContains(t, b.String(), liveNumber)
		})
	}
	// An address that repeats what it asks about, with an answer that can be read, and with one that cannot.
	for _, answer := range []string{"{}", "<html>"} {
		var b bytes.Buffer
		rt := replay.Trace(service(func(string) (int, string, string) { return 200, "application/json", answer }), &b)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://replay.invalid/"+liveNumber, strings.NewReader(liveRequestJSON(1)))
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/json")
		resp, err := rt.RoundTrip(r)
		require.NoError(t, err)
		_, _ = io.Copy(io.Discard, resp.Body)
		require.NoError(t, resp.Body.Close())
		require.Contains(t, b.String(), "POST (withheld): HTTP 200")
	}
}

// TestReasons: why an answer cannot be read names no element that repeats something of the request.
func TestReasons(t *testing.T) {
	t.Parallel()
	broken := service(func(string) (int, string, string) { return 200, typeSOAP, "<x" + liveNumber + ">" })
	var b bytes.Buffer
	_, _, err := send(t, replay.Trace(broken, &b), liveRequest(1))
	require.NoError(t, err)
	require.Contains(t, b.String(), "the answer cannot be read: in a way that repeats what must be replaced")
	require.NotContains(t, b.String(), liveNumber)

	rec, _ := newRecorder(t, broken, replay.RecorderOptions{})
	_, _, err = send(t, rec, liveRequest(1))
	require.NoError(t, err)
	require.EqualError(t, rec.Close(),
		"replay: recording: an answer with HTTP status 200 that cannot be read: left out: in a way that repeats what must be replaced")
}

// TestTraceDuration: the time is the whole exchange's, the body's included.
func TestTraceDuration(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b bytes.Buffer
		rt := replay.Trace(service(func(string) (int, string, string) {
			time.Sleep(1250 * time.Millisecond)
			return 200, "application/json", "{}"
		}), &b)
		_, _, err := sendJSON(t, rt, "{}")
		require.NoError(t, err)
		require.Equal(t, "POST /rest/service/sign: HTTP 200 after 1.25s\nrequest: application/json; charset=UTF-8\n{}\nanswer: application/json\n{}\n\n", b.String())
	})
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

// TestTraceChangesNothing: the caller gets its answer or error, whatever becomes of the trace; many at once, too, and more
// than are remembered.
func TestTraceChangesNothing(t *testing.T) {
	t.Parallel()
	rt := replay.Trace(service(func(string) (int, string, string) { return 200, "application/json", liveAnswerJSON(1) }), full{})
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 30 {
				_, body, err := sendJSON(t, rt, liveRequestJSON(1))
				if err != nil || body != liveAnswerJSON(1) {
					t.Error("the answer is another one", err)
				}
			}
		})
	}
	group.Wait()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://replay.invalid", unread{t})
	require.NoError(t, err)
	_, err = replay.Trace(refusing{}, io.Discard).RoundTrip(r)
	require.Equal(t, io.ErrClosedPipe, err)
}

// TestTraceForgets: what is remembered does not grow for ever; the names begin anew.
func TestTraceForgets(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	rt := replay.Trace(service(func(string) (int, string, string) { return 200, "application/json", "{}" }), &b)
	for i := range 100 {
		b.Reset()
		_, _, err := sendJSON(t, rt, fmt.Sprintf(`{"q": {"AP_TransID": "TRANSID%d"}}`, i))
		require.NoError(t, err)
		if i == 98 {
			require.Contains(t, b.String(), `"${AP_TransID99}"`)
		}
	}
	require.Contains(t, b.String(), `"${AP_TransID}"`)
}

// TestProfileParts: of a profile its words are shown, and a certificate is replaced by one that can be read.
func TestProfileParts(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	rt := replay.Trace(service(func(string) (int, string, string) {
		return 200, "application/json", `{"MSS_ProfileResp":{"SignatureProfile":["http://mid.swisscom.ch/Any-LoA4","http://secretbank.example/p"],"Status":{"StatusDetail":{"ProfileQueryExtension":{
		"MobileUser":{"AutoActivation":false},"Sscds":{"Sim":{"State":"INACTIVE","PinStatus":{"Blocked":true},"CardDetails":{"Mcc":"2284","Mnc":"0101","Network":"Secret Mobile"},
		"MobileUserCertificate":[{"Algorithm":"RSA","X509Certificate":["TUlJc2VjcmV0"],"X509SubjectName":["cn=anna muster"]}]}}}}}}}`
	}), &b)
	_, _, err := sendJSON(t, rt, `{"MSS_ProfileReq":{"Params":"sscds state"}}`)
	require.NoError(t, err)
	der, err := base64.StdEncoding.DecodeString(replay.ReplacedCertificate)
	require.NoError(t, err)
	_, err = x509.ParseCertificate(der)
	require.NoError(t, err)
	for _, kept := range []string{`"http://mid.swisscom.ch/Any-LoA4"`, `"AutoActivation": false`, `"State": "INACTIVE"`, `"Blocked": true`, `"Algorithm": "RSA"`, `"Params": "sscds state"`, replay.ReplacedCertificate} {
		require.Contains(t, b.String(), kept)
	}
	for _, gone := range []string{"secret", "Secret", "2284", "0101", "TUlJ", "anna"} {
		require.NotContains(t, b.String(), gone)
	}
}

// TestServicesXML: what the additional services and receipts say in XML is replaced like what they say in JSON.
func TestServicesXML(t *testing.T) {
	t.Parallel()
	const head = `<r xmlns:a="http://mid.swisscom.ch/TS102204/as/v1.0" xmlns:s="http://www.swisscom.ch/TS102204/ext/v1.0.0">`
	answers := []string{
		head + `<a:GeoFencing country="li" accuracy="1234.5" timestamp="2026-03-04T05:06:07.537+01:00" deviceconfidence="0.93" locationconfidence="1"/>
			<a:AuthUri> ` + strings.ReplaceAll(liveAuth, "&", "&amp;") + `
			</a:AuthUri><s:ReceiptResponseExtension UserAck="true" UserResponse="{&quot;status&quot;:&quot;OK&quot;}" FaultMessage="secret words"/></r>`,
		head + `<a:GeoFencing errorCode="103" errorMessage="secret words"/><a:AuthUri>https://secretbank.example</a:AuthUri>
			<s:ReceiptResponseExtension UserResponse="secret words"/></r>`,
		head + `<a:GeoFencing country="Secretland" accuracy="1e9" timestamp="2026-03-04T05:06:07.537" deviceconfidence="1.5"/></r>`,
	}
	n := 0
	var b bytes.Buffer
	rt := replay.Trace(service(func(string) (int, string, string) { n++; return 200, "text/xml", answers[n-1] }), &b)
	for range answers {
		_, _, err := send(t, rt, head+`<a:GeoFencingReq countrywhitelist="CH,LI" maxaccuracymeters="1000"/><a:RedirectUri>`+liveReturn+`</a:RedirectUri></r>`)
		require.NoError(t, err)
	}
	for _, kept := range []string{
		`country="CH" accuracy="100" timestamp="2001-01-01T00:00:00.000Z" deviceconfidence="1" locationconfidence="1"`, ">mobileid://replaced.example/link<",
		`UserAck="true" UserResponse="{&quot;status&quot;:&quot;OK&quot;}" FaultMessage="replaced-FaultMessage"`, `errorCode="103" errorMessage="replaced-errorMessage"`,
		">https://replaced.example/link<", `country="replaced-country" accuracy="replaced-accuracy" timestamp="2001-01-01T00:00:00.000" deviceconfidence="0.5"`,
		`countrywhitelist="CH,LI" maxaccuracymeters="1000"`, ">${RedirectUri}<",
	} {
		require.Contains(t, b.String(), kept)
	}
	for _, gone := range []string{"secret", "Secret", "1234.5", "05:06", "0.93", "0815", "4711"} {
		require.NotContains(t, b.String(), gone)
	}
}
