package scenario_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/scenario"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport/replay"
)

const (
	keptCMS    = "<Base64Signature>c2lnbmF0dXJl</Base64Signature>"
	droppedCMS = "<Base64Signature>cmVwbGFjZWQ=</Base64Signature>"
	robot      = "41700092501"
)

// recorded makes a directory with exchanges as a recorder leaves them; a is in the last answer.
func recorded(t *testing.T, exchanges int, a string) (*replay.Recorder, string) {
	t.Helper()
	rec, dir := newRecorder(t)
	for i := range exchanges {
		answer := "<a/>"
		if i == exchanges-1 {
			answer = "<a>" + a + "</a>"
		}
		put(t, dir, fmt.Sprintf("%02d-request.xml", i+1), "<q/>")
		put(t, dir, fmt.Sprintf("%02d-response.xml", i+1), answer)
	}
	return rec, dir
}

// newRecorder makes a recorder that has seen nothing.
func newRecorder(t *testing.T) (*replay.Recorder, string) {
	t.Helper()
	rec := must(replay.NewRecorder(http.DefaultTransport, replay.RecorderOptions{Dir: t.TempDir()}))
	return rec, rec.Dir()
}

func put(t *testing.T, dir, name, content string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
}

func anchors(t *testing.T) *mss.Anchors {
	t.Helper()
	path := filepath.Join(t.TempDir(), "root.pem")
	require.NoError(t, os.WriteFile(path, newHierarchy(t, "Scenario", now).rootPEM(), 0o600))
	return must(mss.LoadAnchors(mss.Simulator, path))
}

// live is a run with everything in it that may have to go.
func live(msisdn string, expect scenario.Outcome) *scenario.Scenario {
	return &scenario.Scenario{
		About: "recorded", Now: time.Date(2026, 1, 15, 13, 0, 0, 123456789, time.FixedZone("CET", 3600)),
		Client: scenario.Account{APID: "mid://secretbank.example", Password: "hunter22", Prefix: "Secret Bank: ", AllowTestNumbers: true},
		Signatures: []scenario.Signature{{
			Mode: "sync", Purpose: "signing", TransID: "TLIVETRANSID", MSISDN: msisdn, Text: "Secret Bank: pay 4711?", Lang: "de-CH",
			Profile: anyProfile, Timeout: 90, Expect: expect,
		}},
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	always := []string{"secretbank", "hunter22", "TLIVETRANSID", livePerson, "123456789", "de-CH"}
	for name, c := range map[string]struct {
		number, answer string
		expect         scenario.Outcome
		kept, gone     []string
		comes          scenario.Outcome
	}{
		"person, dropped": {
			livePerson, droppedCMS, signedOutcome(1), []string{number, "log in?"}, []string{"Secret", "4711", serial}, unverified("ber", 1),
		},
		"person with plus, dropped": {
			"+" + livePerson, droppedCMS, signedOutcome(1), []string{number, "log in?"}, []string{"Secret", "4711", serial}, unverified("ber", 1),
		},
		"person, kept": {
			livePerson, keptCMS, signedOutcome(1), []string{number, `"Secret Bank: pay 4711?"`, `"Secret Bank: "`}, nil, signedOutcome(1),
		},
		"test number": {
			robot, keptCMS, signedOutcome(1), []string{robot, `"Secret Bank: pay 4711?"`, `"Secret Bank: "`}, []string{number}, signedOutcome(1),
		},
		"no test number": {
			robot + "0", keptCMS, signedOutcome(1), []string{number}, []string{robot}, signedOutcome(1),
		},
		"fault of a test number": {
			robot, "", scenario.Outcome{Outcome: "fault", Requests: 1, Code: 401}, []string{robot, "log in?"}, []string{"Secret", "4711"},
			scenario.Outcome{Outcome: "fault", Requests: 1, Code: 401},
		},
		"dropped, and looked at":        {livePerson, droppedCMS, unverified("chain", 1), nil, []string{"4711"}, unverified("ber", 1)},
		"dropped, and not looked at":    {livePerson, droppedCMS, unverified("echo", 1), nil, []string{"4711"}, unverified("echo", 1)},
		"dropped, status without worth": {livePerson, droppedCMS, scenario.Outcome{Outcome: "fault", Requests: 1, Code: 503}, nil, []string{"4711"}, scenario.Outcome{Outcome: "fault", Requests: 1, Code: 503}},
		"an empty signature":            {livePerson, "<Base64Signature/>", unverified("status", 1), nil, []string{"4711"}, unverified("status", 1)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rec, dir := recorded(t, 1, c.answer)
			s := live(c.number, c.expect)
			require.NoError(t, s.Write(rec, anchors(t)))
			require.Equal(t, live(c.number, c.expect), s, "the receiver stays as it is")
			content := string(must(os.ReadFile(filepath.Join(dir, "scenario.json"))))
			for _, v := range c.kept {
				require.Contains(t, content, v)
			}
			for _, v := range append(c.gone, always...) {
				require.NotContains(t, content, v)
			}
			for _, name := range []string{"scenario.json", "anchors.pem"} {
				require.Equal(t, os.FileMode(0o600), must(os.Stat(filepath.Join(dir, name))).Mode().Perm())
			}
			read := must(scenario.Load(dir))
			require.Equal(t, "simulator", read.Environment)
			require.Equal(t, now, read.Now)
			require.Equal(t, 90, read.Signatures[0].Timeout)
			require.Equal(t, c.comes, read.Signatures[0].Expect)
		})
	}
}

// TestWriteSeveral: a text stays only where the signature over it does, and the prefix only where all texts stay.
func TestWriteSeveral(t *testing.T) {
	t.Parallel()
	rec, dir := recorded(t, 2, keptCMS)
	s := live(livePerson, scenario.Outcome{Outcome: "fault", Requests: 1, Code: 401})
	s.Signatures = append(s.Signatures, live(robot, signedOutcome(1)).Signatures...)
	s.Signatures[0].Text = "Secret Bank: pay 9999?"
	require.NoError(t, s.Write(rec, anchors(t)))
	read := must(scenario.Load(dir))
	require.Equal(t, "log in?", read.Signatures[0].Text)
	require.Equal(t, "Secret Bank: pay 4711?", read.Signatures[1].Text)
	require.Empty(t, read.Client.Prefix)
}

func TestWriteRefuses(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(t *testing.T, dir string, s *scenario.Scenario){
		"there is a scenario already": func(t *testing.T, dir string, _ *scenario.Scenario) { put(t, dir, "scenario.json", "mine") },
		"file exists":                 func(t *testing.T, dir string, _ *scenario.Scenario) { put(t, dir, "anchors.pem", "mine") },
		"profile: is not a published one": func(_ *testing.T, _ string, s *scenario.Scenario) {
			s.Signatures[0].Profile = "http://secret.example/p"
		},
		"signatures[0]: profile: is not a published": func(_ *testing.T, _ string, s *scenario.Scenario) { s.Signatures[0].Expect.Profile = "x" },
		"lang: is no language":                       func(_ *testing.T, _ string, s *scenario.Scenario) { s.Signatures[0].Lang = "secret" },
		"2 requests were made and 1 exchanges":       func(_ *testing.T, _ string, s *scenario.Scenario) { s.Signatures[0].Expect.Requests = 2 },
		"0 requests were made and 0 exchanges": func(t *testing.T, dir string, s *scenario.Scenario) {
			s.Signatures[0].Expect = scenario.Outcome{Outcome: "error", Kind: "request", Field: "Display"}
			require.NoError(t, os.Remove(filepath.Join(dir, "01-request.xml")))
			require.NoError(t, os.Remove(filepath.Join(dir, "01-response.xml")))
		},
		"number the exchanges":             func(t *testing.T, dir string, _ *scenario.Scenario) { put(t, dir, "03-request.xml", "<q/>") },
		"mode: must be":                    func(_ *testing.T, _ string, s *scenario.Scenario) { s.Signatures[0].Mode = "" },
		"a text repeats":                   func(_ *testing.T, _ string, s *scenario.Scenario) { s.Signatures[0].Text += livePerson },
		"the account or the person's":      func(_ *testing.T, _ string, s *scenario.Scenario) { s.Signatures[0].Text += s.Client.APID },
		"number: not written":              func(_ *testing.T, _ string, s *scenario.Scenario) { s.About = "password " + s.Client.Password },
		"a text repeats the account or th": func(_ *testing.T, _ string, s *scenario.Scenario) { s.Client.Prefix = s.Client.APID },
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			rec, dir := recorded(t, 1, keptCMS)
			s := live(livePerson, signedOutcome(1))
			change(t, dir, s)
			err := s.Write(rec, anchors(t))
			require.ErrorContains(t, err, want)
			require.NotContains(t, strings.ReplaceAll(err.Error(), dir, ""), "secret")
			content, err := os.ReadFile(filepath.Join(dir, "scenario.json"))
			require.True(t, err != nil || string(content) == "mine", "nothing is written")
			content, err = os.ReadFile(filepath.Join(dir, "anchors.pem"))
			require.True(t, err != nil || string(content) == "mine", "nothing is written")
		})
	}
}
