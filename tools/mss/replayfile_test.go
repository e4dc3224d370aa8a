package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/tools/internal/phones"
)

// copied waits until the history has a scenario for the last exchange of an operation, and writes it to a file.
func copied(t *testing.T, hub *phones.Hub, operation string, after int) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "login.txtar")
	n := 0
	require.Eventually(t, func() bool {
		for _, x := range hub.History()[after:] {
			if x.Operation == operation {
				n = x.N
			}
		}
		return n > 0
	}, time.Minute, 10*time.Millisecond)
	text, err := hub.Scenario(t.Context(), n)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

// TestCopiedScenarios: what a real client has done with the phones of the page runs again.
func TestCopiedScenarios(t *testing.T) {
	t.Parallel()
	hub, err := phones.Start(phones.Options{})
	require.NoError(t, err)
	t.Cleanup(hub.Close)
	press := func(handset string, a phones.Action) {
		require.Eventually(t, func() bool { return hub.Press(handset, "", a) }, time.Minute, 10*time.Millisecond)
	}
	// ask asks in synchronous or asynchronous mode, and presses a button.
	ask := func(t *testing.T, c *mssp.Client, handset string, async bool, req *mss.Request, a phones.Action) (*mss.Signature, error) {
		if !async {
			if handset != "" {
				go press(handset, a)
			}
			return c.SignSync(t.Context(), req)
		}
		tx, err := c.Start(t.Context(), req)
		require.NoError(t, err)
		st, err := c.Poll(t.Context(), tx, 0)
		require.NoError(t, err)
		require.Nil(t, st.Evidence)
		press(handset, a)
		if st, err = c.Poll(t.Context(), tx, 0); err != nil {
			return nil, err
		}
		return c.Verify(st.Evidence)
	}
	for name, tt := range map[string]struct {
		handset, number string
		binding         mssp.Binding
		async           bool
		edit            func(*mss.Request)
		action          phones.Action
		receipt         bool
		want            string // a part of the line
	}{
		"sync":           {"mobileid-sim", "+41790000021", mssp.SOAP, false, nil, phones.Sign, false, "signed, verified true, status 500, signer MIDCHESANDRA0000, profile http://mid.swisscom.ch/STK-LoA4, requests 1\n"},
		"async":          {"mobileid-sim", "+41790000021", mssp.SOAP, true, nil, phones.Sign, false, "signed, verified true, status 500, signer MIDCHESANDRA0000, profile http://mid.swisscom.ch/STK-LoA4, requests 3\n"},
		"JSON":           {"mobileid-sim", "+41790000021", mssp.JSON, true, nil, phones.Sign, false, "requests 3\n"},
		"cancelled":      {"mobileid-sim", "+41790000021", mssp.SOAP, true, nil, phones.Cancel, false, "fault, code 401, name USER_CANCEL, requests 3\n"},
		"cancelled sync": {"mobileid-app", "+41790000022", mssp.JSON, false, nil, phones.Cancel, false, "fault, code 401, name USER_CANCEL, requests 1\n"},
		"refused":        {"", "+41000092105", mssp.SOAP, false, nil, phones.Cancel, false, "fault, code 105, name UNKNOWN_CLIENT, requests 1\n"},
		"receipt":        {"mobileid-sim", "+41790000021", mssp.SOAP, false, nil, phones.Sign, true, "; receipt, receipt accepted, requests 1\n"},
		"receipt, JSON":  {"mobileid-sim", "+41790000021", mssp.JSON, true, nil, phones.Sign, true, "; receipt, receipt accepted, requests 1\n"},
		"app": {"mobileid-app", "+41790000022", mssp.SOAP, true, func(r *mss.Request) {
			r.Options = mssp.Options{Profile: mssp.ProfileDevice, RedirectURI: "https://acme.example/back"}
		}, phones.Sign, false, "link mobileid://replaced.example/link"},
		"approval": {"mobileid-app", "+41790000022", mssp.JSON, true, func(r *mss.Request) {
			r.Display, r.AddCode = "", false
			r.Data = mssp.Approval("Payment", mssp.Pair{Key: "Pay", Value: "Bank ACME: CHF 10"}, mssp.Pair{Key: "To", Value: "Anna"})
			r.Options = mssp.Options{Profile: mssp.ProfileDevice}
		}, phones.Sign, false, "signer MIDCHERETOBE0000"},
		"location": {"mobileid-sim", "+41790000021", mssp.JSON, false, func(r *mss.Request) {
			r.Options = mssp.Options{Geofencing: &mssp.Geofencing{Policy: &mssp.LocationPolicy{Allow: []string{"CH", "LI"}, MinLocationConfidence: 0.5}}}
		}, phones.Sign, false, "location "},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := hub.MobileID()
			cfg.AllowTestNumbers = tt.number == "+41000092105"
			cfg.Binding, cfg.Defaults.Profile, cfg.APPassword = tt.binding, mssp.ProfileAny, mss.Conceal("disagree")
			client, err := mssp.New(cfg)
			require.NoError(t, err)
			defer client.Close()
			n, err := mss.ParseMSISDN(tt.number)
			require.NoError(t, err)
			req := &mss.Request{Purpose: mss.Authentication, User: mss.User{MSISDN: n}, Display: text, Language: "fr", AddCode: true}
			if tt.edit != nil {
				tt.edit(req)
			}
			before := len(hub.History())
			operation := "MSS_Signature"
			if tt.async {
				operation = "MSS_StatusQuery"
			}
			sig, err := ask(t, client, tt.handset, tt.async, req, tt.action)
			require.Equal(t, tt.action == phones.Sign, err == nil, "%v", err)
			if tt.receipt {
				go press(tt.handset, phones.OK)
				_, err := client.Receipt(context.WithoutCancel(t.Context()), sig, mss.Message{Text: "Bank ACME: thanks", Language: "it", Ack: true})
				require.NoError(t, err)
				operation = "MSS_Receipt"
			}
			settle(t, hub, tt.async, before)
			file := copied(t, hub, operation, before)
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			gone := []string{"disagree", "mid://simulator.example"}
			if tt.handset != "" {
				gone = append(gone, strings.TrimPrefix(tt.number, "+")) // test numbers stay
			}
			for _, gone := range gone {
				require.NotContains(t, string(data), gone)
			}
			r := runMSS(t, "replay", file)
			require.Equal(t, exitOK, r.code, r.out+r.err)
			require.True(t, strings.HasPrefix(r.out, "ok      login: "), r.out)
			require.Contains(t, r.out, tt.want)

			// It is no replay that cannot fail: another text is another signature.
			if tt.want != "" && sig != nil {
				spoilt := strings.Replace(string(data), `"outcome": "signed"`, `"outcome": "outstanding"`, 1)
				require.NoError(t, os.WriteFile(file, []byte(spoilt), 0o600))
				require.NotEqual(t, exitOK, runMSS(t, "replay", file).code)
			}
		})
	}
}

// settle waits until the history has all exchanges of an asynchronous signature: it notes them after the answers are out.
func settle(t *testing.T, hub *phones.Hub, async bool, before int) {
	t.Helper()
	if !async {
		return
	}
	require.Eventually(t, func() bool { return len(hub.History()) >= before+3 }, time.Minute, 10*time.Millisecond)
}

// TestReplayFile: nothing in a file leads out of its directory, and its mistakes are told.
func TestReplayFile(t *testing.T) {
	t.Parallel()
	write := func(files ...txtar.File) string {
		file := filepath.Join(t.TempDir(), "x.txtar")
		require.NoError(t, os.WriteFile(file, txtar.Format(&txtar.Archive{Files: files}), 0o600))
		return file
	}
	dir := writeScenario(t, "Display")
	var files []txtar.File
	for _, name := range []string{"scenario.json", "root.pem"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		files = append(files, txtar.File{Name: name, Data: data})
	}
	r := runMSS(t, "replay", write(files...), dir)
	require.Equal(t, exitOK, r.code, r.err)
	require.True(t, strings.HasPrefix(r.out, "ok      x: "), r.out)

	large := filepath.Join(t.TempDir(), "large.txtar")
	require.NoError(t, os.WriteFile(large, make([]byte, maxScenarioFile+1), 0o600))
	many := make([]txtar.File, maxScenarioParts+1)
	for i := range many {
		many[i].Name = "a.txt"
	}
	for name, tt := range map[string]struct{ file, want string }{
		"empty":       {write(), "no scenario"},
		"outside":     {write(append(files, txtar.File{Name: "../evil.json"})...), "has a name"},
		"absolute":    {write(append(files, txtar.File{Name: "/tmp/evil.json"})...), "has a name"},
		"hidden":      {write(append(files, txtar.File{Name: ".evil"})...), "has a name"},
		"backslash":   {write(append(files, txtar.File{Name: `..\evil.json`})...), "has a name"},
		"twice":       {write(append(files, files[0])...), "exists"},
		"too many":    {write(many...), "no scenario"},
		"too large":   {large, "larger"},
		"no scenario": {write(files[1]), "scenario.json"},
		"no such":     {filepath.Join(dir, "none.txtar"), "none.txtar"},
	} {
		r := runMSS(t, "replay", tt.file)
		require.Equal(t, exitUsage, r.code, name)
		require.Contains(t, r.err, tt.want, name)
		require.NotContains(t, r.err, "mss-replay-", "a directory that is gone")
	}
}
