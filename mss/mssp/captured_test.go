package mssp_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/transport"
	"github.com/gomss/gomss/transport/replay"
	"github.com/gomss/gomss/transport/rest"
	"github.com/stretchr/testify/require"
)

// capturedAPID is the account of the captures.
const capturedAPID = "mid://dev.swisscom.ch"

func captured(t *testing.T, path string) []byte {
	t.Helper()
	corpus := os.Getenv("MSS_CORPUS")
	if corpus == "" {
		t.Skip("MSS_CORPUS is not set")
	}
	matches, err := filepath.Glob(filepath.Join(corpus, "swisscom", path))
	require.NoError(t, err)
	require.Len(t, matches, 1, path)
	doc, err := os.ReadFile(matches[0])
	require.NoError(t, err)
	return doc
}

// head returns the HTTP status and the content type of a captured JSON answer.
func head(t *testing.T, request, name string) (status int, contentType string) {
	t.Helper()
	var all []struct {
		Request string            `json:"request"`
		Name    string            `json:"name"`
		Code    int               `json:"code"`
		Headers map[string]string `json:"headers"`
	}
	require.NoError(t, json.Unmarshal(captured(t, "rest-2024/RESPONSE-HEADERS.json"), &all))
	for _, h := range all {
		if h.Request == request && h.Name == name {
			return h.Code, h.Headers["Content-Type"]
		}
	}
	require.Fail(t, "no headers", "%s: %s", request, name)
	return 0, ""
}

var jsonTransID = regexp.MustCompile(`"AP_TransID": "[^"]*"`)

// playJSON answers what is no signature with a captured answer, of which only the id is made to fit.
func playJSON(t *testing.T, file, request, name string) (*msstest.Server, *mssp.Client) {
	t.Helper()
	doc := captured(t, "rest-2024/"+file+"_*.json")
	status, contentType := head(t, request, name)
	srv, err := msstest.NewInProcess(&msstest.Options{APID: capturedAPID})
	require.NoError(t, err)
	t.Cleanup(srv.Close)
	srv.Script(person, msstest.Person{})
	return srv, newClient(t, srv, func(cfg *mssp.Config) {
		cfg.Binding = mssp.JSON
		next := cfg.HTTP.Base
		cfg.HTTP.Base = roundTrip(func(r *http.Request) (*http.Response, error) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return nil, err
			}
			op, m, err := rest.DecodeRequest(body)
			if err != nil {
				return nil, err
			}
			var transID string
			switch m := m.(type) {
			case *etsi.ReceiptReq:
				transID = m.APInfo.APTransID
			case *etsi.ProfileReq:
				transID = m.APInfo.APTransID
			default:
				require.Equal(t, etsi.OpSignature, op)
				r.Body = io.NopCloser(bytes.NewReader(body))
				return next.RoundTrip(r)
			}
			answer := jsonTransID.ReplaceAll(doc, []byte(`"AP_TransID": "`+transID+`"`))
			return &http.Response{
				StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
				Header: http.Header{"Content-Type": {contentType}}, Body: io.NopCloser(bytes.NewReader(answer)), Request: r,
			}, nil
		})
	})
}

func TestConformanceReceipt(t *testing.T) {
	t.Parallel()
	srv, c := playJSON(t, "09", "MSS_Receipt", "MSS_ReceiptResp: REQUEST_OK (100)")
	a, err := c.Receipt(t.Context(), signed(t, srv, c), thanks(srv, false))
	require.NoError(t, err)
	require.Equal(t, mss.ReceiptSent, a.Outcome)
}

func TestConformanceReceiptAcknowledged(t *testing.T) {
	t.Parallel()
	srv, c := playJSON(t, "10", "MSS_Receipt SYNC with UserResponse (for real SIM only)", "MSS_ReceiptResp: User accepted (OK)")
	a, err := c.Receipt(t.Context(), signed(t, srv, c), thanks(srv, true))
	require.NoError(t, err)
	require.Equal(t, mss.ReceiptAccepted, a.Outcome)
}

func TestConformanceProfile(t *testing.T) {
	t.Parallel()
	_, c := playJSON(t, "12", "MSS_ProfileQuery", "MSS_ProfileResp: REQUEST_OK (100)")
	p, err := c.ProfileQuery(t.Context(), mss.User{MSISDN: msisdn(t, "41700092501")})
	require.NoError(t, err)
	require.Equal(t, []string{mssp.ProfileAny, mssp.ProfileAuth1, mssp.ProfileAuth1 + ".ECC", mssp.ProfileSIM}, p.SignatureProfiles)
	d := p.Details.(*mssp.ProfileDetails)
	require.False(t, *d.AutoActivation)
	require.False(t, *d.RecoveryCode)
	require.Empty(t, d.Apps)
	require.Equal(t, mssp.Card{MCC: "228", MNC: "01", Network: "Swisscom"}, *d.SIM.Card)
	require.Len(t, p.Certificates, len(d.SIM.Certificates))
	for i, c := range d.SIM.Certificates {
		require.Equal(t, "EC", c.Algorithm)
		require.Equal(t, "ACTIVE", c.State)
		require.Len(t, c.Chain, 3)
		require.Equal(t, c.Chain, p.Certificates[i])
		require.Equal(t, "MIDCHEO16P1O6E92", c.Chain[0].Subject.SerialNumber)
		require.Contains(t, c.Subjects[0], "midcheo16p1o6e92")
		require.NoError(t, c.Chain[0].CheckSignatureFrom(c.Chain[1]))
		require.NoError(t, c.Chain[1].CheckSignatureFrom(c.Chain[2]))
	}
}

func TestConformanceProfileUnknown(t *testing.T) {
	t.Parallel()
	_, c := playJSON(t, "13", "MSS_ProfileQuery", "Fault: UNKNOWN_CLIENT (105)")
	_, err := c.ProfileQuery(t.Context(), mss.User{MSISDN: msisdn(t, person)})
	require.ErrorIs(t, err, mss.UnknownClient)
}

// TestConformanceProfileSOAP holds our request for the captured call against the captured one, by namespaces, and reads
// the captured answer. Only ids and times are let go.
func TestConformanceProfileSOAP(t *testing.T) {
	t.Parallel()
	request := captured(t, "soap-http-2015/01-MSS_ProfilePort-request.xml")
	answer := captured(t, "soap-http-2015/02-MSS_ProfilePort-response.xml")
	transID := regexp.MustCompile(`AP_TransID="[^"]*"`)
	at := regexp.MustCompile(`(<ns5:AP_Info [^>]*Instant=)"[^"]*"`)
	request = transID.ReplaceAll(request, []byte(`AP_TransID="$${AP_TransID}"`))
	request = at.ReplaceAll(request, []byte(`$1"$${Instant}"`))
	answer = transID.ReplaceAll(answer, []byte(`AP_TransID="$${AP_TransID}"`))
	player, err := replay.NewPlayer([]replay.Exchange{{Name: "01", Request: request, Answer: answer}}, replay.Options{})
	require.NoError(t, err)

	dialect := mssp.Swisscom()
	dialect.SOAP.ProfileQuery, dialect.ProfileParams = mssp.Version{Major: 1, Minor: 1}, nil
	srv, err := msstest.NewInProcess(nil) // for its anchors
	require.NoError(t, err)
	defer srv.Close()
	c := newClient(t, srv, func(cfg *mssp.Config) {
		cfg.APID, cfg.Dialect = capturedAPID, dialect
		cfg.HTTP = transport.Config{URL: "https://replay.invalid", Base: player}
	})
	p, err := c.ProfileQuery(t.Context(), mss.User{MSISDN: msisdn(t, "41790000011")})
	require.NoError(t, err)
	const base = "http://mid.swisscom.ch/MID/v1/"
	require.Equal(t, []string{base + "AuthProfile1", base + "SignProfileHash1", base + "SignProfileSign1"}, p.SignatureProfiles)
	require.Equal(t, mssp.ProfileDetails{}, *p.Details.(*mssp.ProfileDetails))
	require.NoError(t, player.Done())
}
