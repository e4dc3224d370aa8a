package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/stretchr/testify/require"
)

// What must be in no recording: the person, and the account's password.
const (
	recordedPerson = "41791234567"
	recordedPWD    = "canary-hunter22"
)

var recordedCMS = regexp.MustCompile(`Base64Signature(?:>|": ")([A-Za-z0-9+/=][^<"]*)[<"]`)

// recordedFiles returns what a recording holds, its signatures decoded, and checks that only its owner can read it.
func recordedFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	info, err := os.Stat(dir)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	content := make(map[string]string)
	for _, f := range list {
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		require.NoError(t, err)
		info, err := f.Info()
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), f.Name())
		content[f.Name()] = string(data)
		for _, m := range recordedCMS.FindAllStringSubmatch(string(data), -1) {
			cms, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(m[1]), ""))
			require.NoError(t, err)
			content["CMS in "+f.Name()] = string(cms)
		}
	}
	return content
}

// requireAbsent looks for values in everything that was recorded.
func requireAbsent(t *testing.T, files map[string]string, values ...string) {
	t.Helper()
	for name, content := range files {
		for _, v := range values {
			require.False(t, strings.Contains(content, v), "%s holds %q", name, v)
		}
	}
}

// withPassword gives a service's configuration an AP_PWD.
func (s *service) withPassword(t *testing.T) string {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(s.config), "ap.pwd"), []byte(recordedPWD+"\n"), 0o600))
	return s.edit(t, "lang: en", "lang: en\nap_password_file: ap.pwd")
}

// TestRecord records runs and has `mss replay` run what was written.
func TestRecord(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.Script(recordedPerson, msstest.Person{Serial: "MIDCHECANARY0001"})
	s.Script("41791234568", msstest.Person{Serial: "MIDCHECANARY0002", Key: msstest.RSA, Form: msstest.DER})
	config := s.withPassword(t)
	const anew = "signed, verified true, status 500, signer MIDCHEREPLACED01"
	live := []string{"--config", config, "--allow-test-numbers"}
	for name, tc := range map[string]struct {
		args     []string
		code     int
		replayed string // what mss replay says
		kept     bool   // the CMS, and with it the text
	}{
		"test number":        {[]string{"--simulate", "--msisdn", "41700092501"}, exitOK, "signed, verified true", true},
		"configured":         {append(live, "--msisdn", "+41700092502"), exitOK, "signed, verified true", true},
		"fault":              {[]string{"--simulate", "--msisdn", "41000092401"}, exitFault, "fault, code 401, name USER_CANCEL", false},
		"configured fault":   {append(live, "--msisdn", "41000092105"), exitFault, "fault, code 105, name UNKNOWN_CLIENT", false},
		"person":             {append(live, "--msisdn", recordedPerson), exitOK, anew, false},
		"person, RSA in DER": {append(live, "--msisdn", "41791234568", "--binding", "rest"), exitOK, anew, false},
		"person, kept":       {append(live, "--msisdn", recordedPerson, "--keep-signature"), exitOK, "signed, verified true", true},
		"person, 30 seconds": {append(live, "--msisdn", recordedPerson, "--timeout", "30s", "--lang", "de", "--purpose", "signing"), exitOK, anew, false},
	} {
		for mode, requests := range map[string]int{"sync": 1, "async": 2} {
			t.Run(name+"/"+mode, func(t *testing.T) {
				t.Parallel()
				dir := filepath.Join(t.TempDir(), "recorded")
				args := append([]string{"sign", "--mode", mode, "--record", dir, "--json"}, tc.args...)
				if mode == "async" {
					args = append(args, "--code")
				}
				r := runMSS(t, append(args, "--text", text)...)
				require.Equal(t, tc.code, r.code, r.out+r.err)
				r.report(t)
				if tc.code == exitFault {
					requests = 1
				}
				says := fmt.Sprintf(": %s.*, requests %d", tc.replayed, requests)
				require.Regexp(t, "mss: recorded in "+dir+says+"; run it with: mss replay "+dir+"\n", r.err)

				r = runMSS(t, "replay", dir)
				require.Equal(t, exitOK, r.code, r.out+r.err)
				require.Regexp(t, "^ok      recorded"+says+"\n$", r.out)

				files := recordedFiles(t, dir)
				require.Contains(t, files, "scenario.json")
				require.Contains(t, files, "anchors.pem")
				requireAbsent(t, files, recordedPerson, "41791234568", s.APID(), recordedPWD)
				if !tc.kept {
					requireAbsent(t, files, "canary", simulatedPrefix, "MIDCHECANARY")
				}
				require.Equal(t, tc.replayed == anew, strings.Contains(files["scenario.json"], "signed anew"))
				require.Equal(t, tc.kept, strings.Contains(files["scenario.json"], text))
			})
		}
	}
}

// What cannot be recorded is refused before the phone rings, and what is in the directory stays.
func TestRecordRefuses(t *testing.T) {
	t.Parallel()
	s := newService(t)
	used, file := t.TempDir(), filepath.Join(t.TempDir(), "file")
	for _, path := range []string{filepath.Join(used, "scenario.json"), file} {
		require.NoError(t, os.WriteFile(path, []byte("mine"), 0o600))
	}
	fresh, nowhere := filepath.Join(t.TempDir(), "fresh"), filepath.Join(t.TempDir(), "nowhere")
	require.NoError(t, os.Symlink(filepath.Join(t.TempDir(), "gone"), nowhere))
	for name, tc := range map[string]struct {
		args []string
		want string
	}{
		"a scenario":        {[]string{"--record", used}, "is not empty"},
		"a file":            {[]string{"--record", file}, "--record"},
		"below a file":      {[]string{"--record", filepath.Join(file, "x")}, "--record"},
		"a dangling link":   {[]string{"--record", nowhere}, "--record"},
		"no wait":           {[]string{"--record", fresh, "--no-wait"}, "excludes --no-wait"},
		"nothing to record": {[]string{"--keep-signature"}, "needs --record"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, via := range [][]string{{"--config", s.config, "--allow-test-numbers"}, {"--simulate"}} {
				if name == "no wait" && via[0] == "--simulate" {
					continue // refused by itself
				}
				args := append([]string{"sign", "--msisdn", "41700092501", "--text", text, "--mode", "async"}, via...)
				r := runMSS(t, append(args, tc.args...)...)
				require.Equal(t, exitUsage, r.code, r.out)
				require.Contains(t, r.err, tc.want)
			}
		})
	}
	t.Cleanup(func() {
		require.Zero(t, s.Prompts())
		require.NoDirExists(t, fresh)
		for _, path := range []string{filepath.Join(used, "scenario.json"), file} {
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, "mine", string(data))
		}
	})
}

// A recording that fails says so, and changes nothing else.
func TestRecordIncomplete(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.Script("41790000001", msstest.Person{Do: msstest.Ignore})
	s.Script("41790000002", msstest.Person{Forge: msstest.ForgeTruncated})
	s.Script("41790000004", msstest.Person{Forge: msstest.ForgeBase64})
	for name, tc := range map[string]struct {
		number, text string
		code         int
		says         string
		written      bool
	}{
		"interrupted":  {"41790000001", text, exitTransport, "without an answer", false},
		"cut":          {"41790000002", text, exitTransport, "cannot be read", false},
		"nothing sent": {"41790000003", "no prefix, canary", exitUsage, "0 exchanges recorded", false},
		// What was wrong with the signature went with it.
		"dropped": {"41790000004", text, exitTransport, "comes out differently", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "recorded")
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			if name == "interrupted" {
				time.AfterFunc(time.Second, func() { cancel(errors.New("interrupt signal received")) })
			}
			r := runWith(t, ctx, nil, nil, "sign", "--config", s.config, "--mode", "sync", "--record", dir,
				"--msisdn", tc.number, "--text", tc.text, "--json")
			require.Equal(t, tc.code, r.code)
			require.Contains(t, r.err, "mss: warning: the recording in "+dir+" cannot be replayed: ")
			require.Contains(t, r.err, tc.says)
			if tc.written {
				require.Equal(t, exitDifferent, runMSS(t, "replay", dir).code)
				return
			}
			require.NotContains(t, recordedFiles(t, dir), "scenario.json")
			require.Equal(t, exitUsage, runMSS(t, "replay", dir).code)
		})
	}
}

// Answers that are refused are worth recording most of all.
func TestRecordForgedAnswers(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for forge, tc := range map[msstest.Forge]struct{ dropped, kept string }{
		msstest.ForgeTransID:     {"unverified, check echo", "unverified, check echo"},
		msstest.ForgeMSISDN:      {"unverified, check echo", "unverified, check echo"},
		msstest.ForgeText:        {"unverified, check ber", "unverified, check content"},
		msstest.ForgeAnchor:      {"unverified, check ber", "unverified, check chain"},
		msstest.ForgeNoSignature: {"unverified, check status", "unverified, check status"},
		msstest.ForgeStatus503:   {"fault, code 503", "fault, code 503"},
		msstest.ForgeSuccess500:  {"error, kind transport, http 500", "error, kind transport, http 500"},
	} {
		number := fmt.Sprintf("417912300%02d", forge)
		s.Script(number, msstest.Person{Forge: forge})
		for keep, want := range map[bool]string{true: tc.kept, false: tc.dropped} {
			t.Run(fmt.Sprint(forge, " kept ", keep), func(t *testing.T) {
				t.Parallel()
				dir := filepath.Join(t.TempDir(), "recorded")
				args := []string{"sign", "--config", s.config, "--mode", "sync", "--record", dir, "--msisdn", number, "--text", text}
				if keep {
					args = append(args, "--keep-signature")
				}
				r := runMSS(t, args...)
				require.NotEqual(t, exitOK, r.code)
				require.Contains(t, r.err, ": "+want)
				r = runMSS(t, "replay", dir)
				require.Equal(t, exitOK, r.code, r.out+r.err)
				files := recordedFiles(t, dir)
				requireAbsent(t, files, number, s.APID())
				require.NotContains(t, files["scenario.json"], "anew", "what was not verified is not signed")
			})
		}
	}
}

// Whatever sign can ask for is recorded, in either form, and replayed.
func TestRecordServices(t *testing.T) {
	t.Parallel()
	s := newService(t)
	const (
		receipt = "canary-receipt"
		link    = "https://canary-bank.example/back?session=canary-4711"
		inApp   = "41791234568"
	)
	s.Script(recordedPerson, msstest.Person{Serial: "MIDCHECANARY0001", Location: &msstest.Location{Country: "LI", Accuracy: 1234.5, DeviceConfidence: 0.95, LocationConfidence: 0.95}})
	s.Script(inApp, msstest.Person{Serial: "MIDCHECANARY0002", Method: msstest.App, LocationError: 103})
	config := s.withPassword(t)
	approval := filepath.Join(t.TempDir(), "approval.json")
	require.NoError(t, os.WriteFile(approval, []byte(`{"type": "canary-payment", "dtbd": [{"key": "To", "value": "`+simulatedPrefix+`canary-Muster"}]}`), 0o600))
	base := slices.Clip([]string{"--config", config, "--allow-test-numbers", "--text", text})
	person := slices.Clip(append(base, "--msisdn", recordedPerson))
	app := slices.Clip([]string{"--config", config, "--msisdn", inApp, "--profile", mssp.ProfileDevice})
	const (
		signed   = "signed, verified true, status 500"
		anew     = signed + ", signer MIDCHEREPLACED01"
		replaced = ", location {CH, accuracy 100 m, at 2001-01-01T00:00:00Z, device confidence 1, location confidence 1}"
	)
	for name, tc := range map[string]struct {
		args     []string
		replayed string
		kept     []string // of the canaries
	}{
		"geofencing and receipt": {append(base, "--msisdn", "41700092501", "--geofencing", "--receipt", receipt), signed + ".*" + replaced + ", requests 2; receipt, receipt sent, requests 1", nil},
		"person, kept":           {append(person, "--geofencing", "--receipt", receipt, "--keep-signature"), signed + ".*" + replaced + ", requests 2; receipt, receipt sent, requests 1", []string{text, "MIDCHECANARY0001"}},
		"person, signed anew":    {append(person, "--geofencing", "--receipt", receipt), anew + ".*" + replaced + ", requests 2; receipt, receipt sent, requests 1", nil},
		"policy":                 {append(person, "--geofencing=allow=LI,location=0.7", "--keep-signature"), "unverified, check geofencing, requests 2", []string{text, "MIDCHECANARY0001"}},
		"policy, signed anew":    {append(person, "--geofencing=allow=LI,location=0.7"), "unverified, check geofencing, requests 2", nil},
		"no location":            {append(app, "--text", text, "--geofencing", "--keep-signature"), signed + ".*, locationError 103, requests 2", []string{text, "MIDCHECANARY0002"}},
		"app2app":                {append(app, "--text", text, "--app2app", link, "--keep-signature"), signed + ".*, link mobileid://replaced.example/link, requests 2", []string{text, "MIDCHECANARY0002"}},
		"approval":               {append(app, "--txn", approval, "--keep-signature", "--code"), signed + ".*, requests 2", []string{"canary-payment", "canary-Muster", "MIDCHECANARY0002"}},
		"approval, signed anew":  {append(app, "--txn", approval, "--receipt", receipt), anew + ".*, requests 2; receipt, receipt sent, requests 1", nil},
	} {
		for _, binding := range []string{"soap", "rest"} {
			t.Run(name+"/"+binding, func(t *testing.T) {
				t.Parallel()
				dir := filepath.Join(t.TempDir(), "recorded")
				r := runMSS(t, append([]string{"sign", "--mode", "async", "--record", dir, "--json", "--binding", binding}, tc.args...)...)
				require.Equal(t, exitOK, r.code, r.out+r.err)
				require.Regexp(t, "mss: recorded in "+dir+": "+tc.replayed, r.err)
				r = runMSS(t, "replay", dir)
				require.Equal(t, exitOK, r.code, r.out+r.err)
				require.Regexp(t, "^ok      recorded: "+tc.replayed+"\n$", r.out)

				files := recordedFiles(t, dir)
				extension := map[string]string{"soap": ".xml", "rest": ".json"}[binding]
				require.Contains(t, files, "01-request"+extension)
				requireAbsent(t, files, recordedPerson, inApp, s.APID(), recordedPWD, receipt, "canary-bank", "canary-4711", "1234.5", "0.95", "session_token")
				if tc.kept == nil {
					requireAbsent(t, files, "canary-payment", "canary-Muster", "MIDCHECANARY")
				}
				for _, kept := range tc.kept {
					require.True(t, slices.ContainsFunc(slices.Collect(maps.Values(files)), func(content string) bool { return strings.Contains(content, kept) }), kept)
				}
			})
		}
	}
}
