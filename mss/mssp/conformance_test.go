package mssp_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/transport"
	"github.com/gomss/gomss/transport/replay"
)

// varying are the attributes of a captured request that no two requests share.
var varying = regexp.MustCompile(`(AP_TransID|Instant)="([^"]*)"`)

// capturedExchange reads a captured request with its answer. Ids and times become placeholders, in both.
func capturedExchange(t *testing.T, name, request, answer string) replay.Exchange {
	t.Helper()
	question, reply := string(captured(t, "soap-http-2015/"+request)), string(captured(t, "soap-http-2015/"+answer))
	found := varying.FindAllStringSubmatch(question, -1)
	require.Len(t, found, 2)
	for _, m := range found {
		placeholder := `"${` + m[1] + name + `}"`
		question = strings.ReplaceAll(question, `"`+m[2]+`"`, placeholder)
		reply = strings.ReplaceAll(reply, `"`+m[2]+`"`, placeholder)
	}
	return replay.Exchange{Name: name, Request: []byte(question), Answer: []byte(reply)}
}

// TestConformanceCapturedSignature: asked for the same, this client sends what the operator's own client of 2015 sent, apart
// from ids and times, and understands what the service answered.
func TestConformanceCapturedSignature(t *testing.T) {
	t.Parallel()
	player, err := replay.NewPlayer([]replay.Exchange{
		capturedExchange(t, "03", "03-MSS_SignaturePort-request.xml", "04-MSS_SignaturePort-response.xml"),
		capturedExchange(t, "05", "05-MSS_StatusQueryPort-request.xml", "06-MSS_StatusQueryPort-response.xml"),
	}, replay.Options{})
	require.NoError(t, err)
	srv, err := msstest.NewInProcess(nil) // for its anchors: nothing here is verified
	require.NoError(t, err)
	defer srv.Close()
	c := newClient(t, srv, func(cfg *mssp.Config) {
		cfg.HTTP.Base = player
		cfg.APID, cfg.Prefix = capturedAPID, "Test: "
		cfg.Defaults = mssp.Options{Profile: mssp.ProfileAuth1, SubscriberInfo: true}
	})
	tx, err := c.Start(t.Context(), &mss.Request{
		Purpose: mss.Authentication, User: mss.User{MSISDN: msisdn(t, "41790000011")},
		Display: "Test: Do you want to login? (trp4r)", Language: "en", Timeout: 80 * time.Second,
	})
	require.NoError(t, err)
	require.Equal(t, "hf5h3o", tx.MSSPTransID)
	st, err := c.Poll(t.Context(), tx, 0)
	require.NoError(t, err)
	require.Nil(t, st.Evidence, "504")
	require.NoError(t, player.Done())
}

// canned answers every request with a captured answer.
func canned(t *testing.T, binding mssp.Binding, status int, path string) http.RoundTripper {
	t.Helper()
	contentType := map[mssp.Binding]string{mssp.SOAP: "application/soap+xml;charset=utf-8", mssp.JSON: "application/json;charset=UTF-8"}[binding]
	doc := captured(t, path)
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: status, Header: http.Header{"Content-Type": {contentType}}, Body: io.NopCloser(bytes.NewReader(doc)), Request: r,
		}, nil
	})
}

// TestConformanceCapturedFaults: what the service refused to other clients, as this one sees it.
func TestConformanceCapturedFaults(t *testing.T) {
	t.Parallel()
	for path, tc := range map[string]struct {
		binding mssp.Binding
		code    mss.Code
		detail  string
		portal  bool
	}{
		"soap-adfs-2015/fault-105.xml":        {mssp.SOAP, 105, "Unknown or inactive user", true},
		"soap-adfs-2015/sign_404_url.rsp.xml": {mssp.SOAP, 404, "Mobile user account needs to be activated", true},
		"rest-2024/02_*.json":                 {mssp.JSON, 105, "MSISDN is unknown", false},
		"rest-2024/03_*.json":                 {mssp.JSON, 107, "DTBD matching failed", false},
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			srv, err := msstest.NewInProcess(nil)
			require.NoError(t, err)
			defer srv.Close()
			c := newClient(t, srv, func(cfg *mssp.Config) {
				cfg.Binding, cfg.HTTP.Base = tc.binding, canned(t, tc.binding, 500, path)
			})
			_, err = c.Start(t.Context(), request(t, srv, person))
			fault, ok := errors.AsType[*mss.Fault](err)
			require.True(t, ok, "%v", err)
			require.Equal(t, tc.code, fault.Code)
			require.Equal(t, tc.detail, fault.Details[len(fault.Details)-1].Reveal())
			require.Equal(t, tc.portal, !fault.PortalURL.IsZero())
			require.NotContains(t, err.Error(), "41000092404", "the portal's address holds the number")
		})
	}
}

// TestConformanceCapturedJSON: a genuine signature of July 2024 with its location, an acknowledgement and a status, through
// the whole client, judged when they came.
func TestConformanceCapturedJSON(t *testing.T) {
	t.Parallel()
	_ = captured(t, "certs/Swisscom_Root_CA_4_*.pem")
	roots, err := filepath.Glob(filepath.Join(os.Getenv("MSS_CORPUS"), "swisscom/certs/Swisscom_Root_CA_4_*.pem"))
	require.NoError(t, err)
	anchors, err := mss.LoadAnchors(mss.Production, roots...)
	require.NoError(t, err)
	ask := func(path, transID string) (*mssp.Client, *mss.Request) {
		c, err := mssp.New(mssp.Config{
			HTTP: transport.Config{URL: "https://service.invalid", Base: canned(t, mssp.JSON, 200, path)},
			APID: capturedAPID, Prefix: "Test: ", Anchors: anchors, AllowTestNumbers: true, Binding: mssp.JSON,
			Now: func() time.Time { return time.Date(2024, 7, 2, 6, 53, 11, 0, time.UTC) },
		})
		require.NoError(t, err)
		t.Cleanup(c.Close)
		return c, &mss.Request{
			TransID: transID, Purpose: mss.Authentication, User: mss.User{MSISDN: msisdn(t, "41700092501")},
			Display: "Test: Sign in from Postman?", Language: "en",
			Options: mssp.Options{Profile: mssp.ProfileAny, Geofencing: &mssp.Geofencing{Policy: &mssp.LocationPolicy{
				Allow: []string{"CH"}, MinLocationConfidence: mssp.ConfidenceCritical, MaxAge: time.Minute, MaxAccuracy: 105,
			}}},
		}
	}
	c, req := ask("rest-2024/01_*.json", "POSTMAN.46009.542")
	sig, err := c.SignSync(t.Context(), req)
	require.NoError(t, err)
	require.True(t, sig.Verified())
	require.Equal(t, "MIDCHEO16P1O6E92", sig.Signer.ID)
	require.Equal(t, mssp.ProfileSIM, sig.Profile)
	require.Equal(t, "HEhm77lu", sig.Evidence.Transaction.MSSPTransID)
	require.Equal(t, &mssp.Location{
		Country: "CH", Accuracy: 105, At: time.Date(2024, 7, 2, 6, 53, 10, 537e6, time.UTC), DeviceConfidence: 0.9, LocationConfidence: 0.9,
	}, inUTC(sig.Details.(*mssp.Details).Location))

	c, req = ask("rest-2024/01_*.json", "POSTMAN.46009.543")
	_, err = c.SignSync(t.Context(), req)
	failed, ok := errors.AsType[*mss.VerificationError](err)
	require.True(t, ok)
	require.Equal(t, "echo", failed.Check, "the answer to another message")

	c, req = ask("rest-2024/05_*.json", "POSTMAN.28299.852")
	tx, err := c.Start(t.Context(), req)
	require.NoError(t, err)
	require.Equal(t, "HEhm82c1", tx.MSSPTransID)
}

func inUTC(l *mssp.Location) *mssp.Location {
	u := *l
	u.At = u.At.UTC()
	return &u
}
