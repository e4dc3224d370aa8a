package scenario_test

import (
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

// Whom the live service knows, and what they are asked.
const (
	livePerson    = "41791234567"
	simulatorText = "Simulator: log in as canary-7f3kq?"
)

// TestLive records a synchronous and an asynchronous signature over mutual TLS, and replays them.
func TestLive(t *testing.T) {
	t.Parallel()
	const robot = "41700092502"
	for name, c := range map[string]struct {
		live, played string
		keep, kept   bool
	}{
		"test number":               {robot, robot, false, true},
		"person, signature kept":    {livePerson, number, true, true},
		"person, signature dropped": {livePerson, number, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := msstest.NewServer(t, nil)
			server.Script(livePerson, msstest.Person{})
			dir := filepath.Join(t.TempDir(), "recording")
			rec, live := record(t, server, c.live, replay.RecorderOptions{Dir: dir, KeepSignatures: c.keep})
			server.AssertPrompts(t, 2)
			require.NoError(t, live.Write(rec, server.Anchors()))

			s, err := scenario.Load(dir)
			require.NoError(t, err)
			require.Equal(t, c.played, s.Signatures[0].MSISDN)
			require.Equal(t, c.kept, s.Signatures[1].Text == simulatorText)
			want := live.Signatures[1].Expect
			if !c.kept {
				want.Signer = "MIDCHEREPLACED01"
			}
			require.Equal(t, want, s.Signatures[1].Expect)
			r, err := scenario.Run(t.Context(), s)
			require.NoError(t, err)
			require.Empty(t, r.Differences)

			for _, file := range must(os.ReadDir(dir)) {
				content := string(must(os.ReadFile(filepath.Join(dir, file.Name()))))
				require.Equal(t, os.FileMode(0o600), must(file.Info()).Mode().Perm(), file.Name())
				require.NotContains(t, content, server.APID(), file.Name())
				require.NotContains(t, content, livePerson, file.Name())
				if file.Name() != "scenario.json" || !c.kept {
					require.NotContains(t, content, simulatorText, file.Name())
					require.NotContains(t, content, server.Prefix(), file.Name())
				}
			}
		})
	}
}

// record has one synchronous and one asynchronous signature made, and returns what was asked and came out.
func record(t *testing.T, server *msstest.Server, msisdn string, o replay.RecorderOptions) (*replay.Recorder, *scenario.Scenario) {
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
	s := &scenario.Scenario{
		About: "recorded", Now: time.Now(),
		Client: scenario.Account{APID: server.APID(), Prefix: server.Prefix(), AllowTestNumbers: true},
	}
	note := func(mode string, sig *mss.Signature, err error) {
		outcome, ok := scenario.NewOutcome(sig, err)
		require.True(t, ok)
		require.Equal(t, "signed", outcome.Outcome)
		outcome.Requests = recorder.Exchanges()
		for _, before := range s.Signatures {
			outcome.Requests -= before.Expect.Requests
		}
		s.Signatures = append(s.Signatures, scenario.Signature{
			Mode: mode, Purpose: "authentication", MSISDN: msisdn, Text: simulatorText, Lang: "en", Profile: anyProfile, Expect: outcome, Live: sig,
		})
	}
	sig, err := client.SignSync(t.Context(), req)
	note("sync", sig, err)

	tx, err := client.Start(t.Context(), req)
	require.NoError(t, err)
	st, err := client.Poll(t.Context(), tx, 0)
	require.NoError(t, err)
	sig, err = client.Verify(st.Evidence)
	note("async", sig, err)
	require.NoError(t, recorder.Close())
	return recorder, s
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
