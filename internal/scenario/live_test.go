package scenario_test

import (
	"encoding/json"
	"encoding/pem"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/gomss/gomss/internal/scenario"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/transport/replay"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const simulatorText = "Simulator: log in?"

// TestLive records a synchronous and an asynchronous signature over mutual TLS, and replays them with another account
// and, where it is a person, another number.
func TestLive(t *testing.T) {
	t.Parallel()
	const robot = "41700092502"
	for name, c := range map[string]struct {
		live, played string
		keep, signed bool
	}{
		"test number":               {robot, robot, false, true},
		"person, signature kept":    {number, "41790000002", true, true},
		"person, signature dropped": {number, "41790000002", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := msstest.NewServer(t, nil)
			server.Script(number, msstest.Person{})
			dir := filepath.Join(t.TempDir(), "recording")
			signer := record(t, server, c.live, replay.RecorderOptions{Dir: dir, KeepSignatures: c.keep})
			server.AssertPrompts(t, 2)

			expect := unverified("ber", 0)
			if c.signed {
				expect = scenario.Outcome{Outcome: "signed", Verified: true, Status: 500, Signer: signer, Profile: simProfile}
			}
			describe(t, server, dir, c.played, expect)
			s, err := scenario.Load(dir)
			require.NoError(t, err)
			r, err := scenario.Run(t.Context(), s)
			require.NoError(t, err)
			require.Empty(t, r.Differences)

			for _, file := range must(os.ReadDir(dir)) {
				content := string(must(os.ReadFile(filepath.Join(dir, file.Name()))))
				if file.Name() != "scenario.json" { // which is written by hand
					require.NotContains(t, content, server.APID(), file.Name())
					require.NotContains(t, content, simulatorText, file.Name())
					require.NotContains(t, content, number, file.Name())
				}
			}
		})
	}
}

// record has one synchronous and one asynchronous signature made, and returns the signer.
func record(t *testing.T, server *msstest.Server, msisdn string, o replay.RecorderOptions) string {
	t.Helper()
	var recorder *replay.Recorder
	cfg := mssp.Config{
		HTTP: server.HTTP(), APID: server.APID(), Prefix: server.Prefix(), Anchors: server.Anchors(), AllowTestNumbers: true,
		Defaults: mssp.Options{Profile: anyProfile},
	}
	cfg.HTTP.Wrap = func(base http.RoundTripper) http.RoundTripper {
		recorder = must(replay.NewRecorder(base, o))
		return recorder
	}
	client := must(mssp.New(cfg))
	defer client.Close()
	req := &mss.Request{
		Purpose: mss.Authentication, User: mss.User{MSISDN: must(mss.ParseMSISDN(msisdn))}, Display: simulatorText, Language: "en",
	}
	sig, err := client.SignSync(t.Context(), req)
	require.NoError(t, err)

	tx, err := client.Start(t.Context(), req)
	require.NoError(t, err)
	st, err := client.Poll(t.Context(), tx, 0)
	require.NoError(t, err)
	again, err := client.Verify(st.Evidence)
	require.NoError(t, err)
	require.Equal(t, sig.Signer.ID, again.Signer.ID)
	require.NoError(t, recorder.Close())
	return sig.Signer.ID
}

// describe writes what a recording lacks to be a scenario.
func describe(t *testing.T, server *msstest.Server, dir, msisdn string, expect scenario.Outcome) {
	t.Helper()
	var certs []byte
	for _, c := range append(server.Anchors().Roots(), server.Anchors().Intermediates()...) {
		certs = append(certs, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "anchors.pem"), certs, 0o600))
	s := scenario.Scenario{
		About: "recorded", Now: time.Now(), Environment: "simulator", Anchors: []string{"anchors.pem"},
		Client: scenario.Account{APID: "mid://other.example", Password: "another", AllowTestNumbers: true},
	}
	for i, mode := range []string{"sync", "async"} {
		expect.Requests = i + 1
		s.Signatures = append(s.Signatures, scenario.Signature{
			Mode: mode, Purpose: "authentication", MSISDN: msisdn, Text: simulatorText, Lang: "en", Profile: anyProfile, Expect: expect,
		})
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "scenario.json"), must(json.Marshal(s)), 0o600))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
