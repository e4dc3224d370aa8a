package scenario_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/scenario"
)

// located is a live outcome with a location.
func located() scenario.Outcome {
	o := signedOutcome(1)
	o.Location = &scenario.Location{Country: "LI", Accuracy: new(12.5), At: "2026-01-15T11:59:00Z", DeviceConfidence: 0.75, LocationConfidence: 0.75}
	return o
}

// withReceipt lets a receipt follow.
func withReceipt(s *scenario.Scenario) {
	s.Signatures[0].Receipt = &scenario.Receipt{
		Text: "Secret Bank: paid 4711.", Lang: "de-CH", Expect: scenario.Outcome{Outcome: "receipt", Requests: 1, Receipt: "sent"},
	}
}

// written writes a scenario into a directory of two exchanges, the first of which bears a signature, and reads it again.
func written(t *testing.T, s *scenario.Scenario, exchanges int, answer string) (*scenario.Scenario, string, string) {
	t.Helper()
	rec, dir := recorded(t, exchanges, "")
	put(t, dir, "01-response.xml", "<a>"+answer+"</a>")
	require.NoError(t, s.Write(rec, anchors(t)))
	content := string(must(os.ReadFile(filepath.Join(dir, "scenario.json"))))
	for _, gone := range []string{"secretbank", "hunter22", livePerson, "LI", "12.5", "11:59", "0.75", "secrettoken", "paid"} {
		require.NotContains(t, content, gone)
	}
	return must(scenario.Load(dir)), content, dir
}

// TestWriteLocation: the location is the recorder's, and what it leads to is what a policy makes of that.
func TestWriteLocation(t *testing.T) {
	t.Parallel()
	replaced := &scenario.Location{Country: "CH", Accuracy: new(100.0), At: "2001-01-01T00:00:00Z", DeviceConfidence: 1, LocationConfidence: 1}
	for name, c := range map[string]struct {
		policy scenario.Geofencing
		check  string
	}{
		"bare":       {scenario.Geofencing{}, ""},
		"satisfied":  {scenario.Geofencing{Deny: []string{"FR"}, Location: 0.7, Accuracy: 100}, ""},
		"elsewhere":  {scenario.Geofencing{Deny: []string{"CH"}}, "geofencing"},
		"too old":    {scenario.Geofencing{Minutes: 10}, "geofencing"},
		"inaccurate": {scenario.Geofencing{Accuracy: 50, Local: true}, "geofencing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := live(robot, located())
			s.Signatures[0].Geofencing = &c.policy
			read, _, _ := written(t, s, 1, keptCMS)
			require.Equal(t, located(), s.Signatures[0].Expect, "the receiver stays as it is")
			require.Equal(t, &c.policy, read.Signatures[0].Geofencing)
			if c.check != "" {
				require.Equal(t, unverified(c.check, 1), read.Signatures[0].Expect)
				return
			}
			want := signedOutcome(1)
			want.Location = replaced
			require.Equal(t, want, read.Signatures[0].Expect)
		})
	}
	s := live(robot, located())
	s.Signatures[0].Expect.Location = &scenario.Location{Country: "LI"}
	s.Signatures[0].Geofencing = new(scenario.Geofencing)
	read, _, _ := written(t, s, 1, keptCMS)
	require.Nil(t, read.Signatures[0].Expect.Location.Accuracy, "what was not told stays untold")
	require.Empty(t, read.Signatures[0].Expect.Location.At)
}

// TestWriteLink: the link is the recorder's where the answer has one, and the address of the app another one.
func TestWriteLink(t *testing.T) {
	t.Parallel()
	for answer, link := range map[string]string{keptCMS + "<l>mobileid://replaced.example/link</l>": "mobileid://replaced.example/link", keptCMS: ""} {
		s := live(robot, signedOutcome(1))
		s.Client.RedirectSchemes = []string{"secretbank"}
		s.Signatures[0].App2App, s.Signatures[0].Expect.Link = "secretbank://back", "mobileid://secrettoken"
		read, _, _ := written(t, s, 1, answer)
		require.Equal(t, link, read.Signatures[0].Expect.Link)
		require.Equal(t, "https://app.example/return", read.Signatures[0].App2App)
	}
}

// TestWriteReceipt: a receipt follows a signature that was kept, with a fictitious text, and one that was dropped not.
func TestWriteReceipt(t *testing.T) {
	t.Parallel()
	s := live(robot, signedOutcome(1))
	withReceipt(s)
	read, _, dir := written(t, s, 2, keptCMS)
	require.Equal(t, &scenario.Receipt{Text: "Secret Bank: done", Lang: "de", Expect: s.Signatures[0].Receipt.Expect}, read.Signatures[0].Receipt)
	require.FileExists(t, filepath.Join(dir, "02-request.xml"))

	s = live(livePerson, signedOutcome(1))
	withReceipt(s)
	read, content, dir := written(t, s, 2, droppedCMS)
	require.Nil(t, read.Signatures[0].Receipt)
	require.NotContains(t, content, "Secret Bank")
	require.Equal(t, unverified("ber", 1), read.Signatures[0].Expect)
	require.NoFileExists(t, filepath.Join(dir, "02-request.xml"))
	require.NoFileExists(t, filepath.Join(dir, "02-response.xml"))
	require.NotNil(t, s.Signatures[0].Receipt, "the receiver stays as it is")
}

// TestWriteApproval: a transaction stays where the signature over it does.
func TestWriteApproval(t *testing.T) {
	t.Parallel()
	approval := func() *scenario.Approval {
		return &scenario.Approval{Type: "Payment", Pairs: []scenario.Pair{{Key: "To", Value: "Secret Bank: Muster"}, {Key: "Amount", Value: "4711 CHF"}}}
	}
	s := live(robot, signedOutcome(1))
	s.Signatures[0].Text, s.Signatures[0].Approval = "", approval()
	read, _, _ := written(t, s, 1, keptCMS)
	require.Equal(t, approval(), read.Signatures[0].Approval)
	require.Equal(t, "Secret Bank: ", read.Client.Prefix)

	s.Signatures[0].MSISDN = livePerson
	read, content, _ := written(t, s, 1, droppedCMS)
	require.Equal(t, []scenario.Pair{{Key: "Text", Value: "log in?"}}, read.Signatures[0].Approval.Pairs)
	for _, gone := range []string{"4711", "Muster", "Secret", "Payment"} {
		require.NotContains(t, content, gone)
	}
	require.Equal(t, approval(), s.Signatures[0].Approval, "the receiver stays as it is")
}

// TestWritePassword: the JSON form says whether there is a password, so a fictitious one takes its place there.
func TestWritePassword(t *testing.T) {
	t.Parallel()
	for binding, want := range map[string]string{"": "", "soap": "", "rest": "fictitious"} {
		s := live(robot, signedOutcome(1))
		s.Binding = binding
		rec, dir := newRecorder(t)
		extension := map[bool]string{true: ".json", false: ".xml"}[binding == "rest"]
		put(t, dir, "01-request"+extension, "{}")
		put(t, dir, "01-response"+extension, "{}")
		require.NoError(t, s.Write(rec, anchors(t)))
		require.Equal(t, want, must(scenario.Load(dir)).Client.Password, binding)
	}
}

// TestWriteRefusesServices: what cannot be told without what was replaced is refused before anything is written.
func TestWriteRefusesServices(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(s *scenario.Scenario){
		"only signatures and their receipts": func(s *scenario.Scenario) {
			s.Profiles = []scenario.Profile{{MSISDN: livePerson, Expect: scenario.Outcome{Outcome: "profile"}}}
		},
		"signatures and their receipts can be written": func(s *scenario.Scenario) { s.Health = &scenario.Outcome{Outcome: "healthy"} },
		"subscriberInfo: cannot be written":            func(s *scenario.Scenario) { s.Signatures[0].SubscriberInfo = true },
		"lang: is no language":                         func(s *scenario.Scenario) { withReceipt(s); s.Signatures[0].Receipt.Lang = "secret" },
		"a text repeats": func(s *scenario.Scenario) {
			s.Signatures[0].Text = ""
			s.Signatures[0].Approval = &scenario.Approval{Pairs: []scenario.Pair{{Key: "Number", Value: livePerson}}}
		},
		"signatures[0].receipt: the signature was dropped": func(s *scenario.Scenario) {
			withReceipt(s)
			s.Signatures = append(s.Signatures, live(robot, scenario.Outcome{Outcome: "fault", Code: 401}).Signatures...)
		},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			s := live(livePerson, signedOutcome(1))
			change(s)
			exchanges, answer := 1, keptCMS
			if s.Signatures[0].Receipt != nil {
				exchanges = 2
			}
			if len(s.Signatures) > 1 {
				answer = droppedCMS
			}
			rec, dir := recorded(t, exchanges, "")
			put(t, dir, "01-response.xml", "<a>"+answer+"</a>")
			require.ErrorContains(t, s.Write(rec, anchors(t)), want)
			require.NoFileExists(t, filepath.Join(dir, "scenario.json"))
			require.NoFileExists(t, filepath.Join(dir, "anchors.pem"))
		})
	}
}
