package scenario_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/transport/replay"
)

// TestTraceIsPrivate traces every operation in both bindings against a service that echoes all it is told, and looks for
// what was planted.
func TestTraceIsPrivate(t *testing.T) {
	t.Parallel()
	const (
		password = "canary-hunter22"
		back     = "https://canary-bank.example/back?session=canary-4711"
		receipt  = "Simulator: canary-receipt"
		serial   = "MIDCHECANARY0001"
	)
	for _, binding := range []mssp.Binding{mssp.SOAP, mssp.JSON} {
		t.Run(binding.String(), func(t *testing.T) {
			t.Parallel()
			server := msstest.NewServer(t, nil)
			server.Script(livePerson, msstest.Person{
				Method: msstest.App, Serial: serial,
				Location: &msstest.Location{Country: "LI", Accuracy: 1234.5, DeviceConfidence: 0.95, LocationConfidence: 0.85},
			})
			var trace bytes.Buffer
			cfg := mssp.Config{
				HTTP: server.HTTP(), APID: server.APID(), APPassword: mss.Conceal(password), Prefix: server.Prefix(), Anchors: server.Anchors(), Binding: binding,
				Defaults: mssp.Options{Profile: deviceProfile, Geofencing: new(mssp.Geofencing), RedirectURI: back, SubscriberInfo: true},
			}
			cfg.HTTP.Wrap = func(base http.RoundTripper) http.RoundTripper { return replay.Trace(base, &trace) }
			client := must(mssp.New(cfg))
			defer client.Close()
			user := mss.User{MSISDN: must(mss.ParseMSISDN(livePerson))}
			tx, err := client.Start(t.Context(), &mss.Request{Purpose: mss.Authentication, User: user, Display: simulatorText, Language: "en", AddCode: true})
			require.NoError(t, err)
			prompt := client.Prompt(tx, now)
			require.NotEmpty(t, prompt.Link.Reveal())
			st, err := client.Poll(t.Context(), tx, 0)
			require.NoError(t, err)
			sig, err := client.Verify(st.Evidence)
			require.NoError(t, err)
			_, err = client.Receipt(t.Context(), sig, mss.Message{Text: receipt, Language: "en"})
			require.NoError(t, err)
			_, err = client.ProfileQuery(t.Context(), user)
			require.NoError(t, err)
			_, err = client.ProfileQuery(t.Context(), mss.User{MSISDN: must(mss.ParseMSISDN("41799999999"))})
			require.Error(t, err, "a fault, with the number in its details")
			require.NoError(t, client.Health(t.Context()))

			text := trace.String()
			require.Equal(t, 6, strings.Count(text, " after "), text)
			require.NotContains(t, text, "(withheld)")
			for _, shown := range []string{": HTTP 200 after ", ": HTTP 500 after ", "MSS_SignatureReq", "MSS_StatusResp", "MSS_ReceiptResp", "ProfileQueryExtension", "Fault"} {
				require.Contains(t, text, shown)
			}
			for _, secret := range []string{
				livePerson, "41799999999", simulatorText, "canary", prompt.Code, prompt.Link.Reveal(), "session_token", server.APID(), server.Prefix(), tx.MSSPTransID, tx.TransID,
				serial, strings.ToLower(serial), "1234.5", "0.95", "0.85", `"LI"`, "22801",
			} {
				require.NotContains(t, text, secret)
			}
		})
	}
}
