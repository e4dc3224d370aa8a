package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
)

const (
	hermodUserName = "astrid.andersson"
	hermodText     = "Log in to ACME Förlag?"
)

// runHermod runs the command. But for mss enroll, which is asked whom it has enrolled, it must not print who the person is, or what
// they read.
func runHermod(t *testing.T, args ...string) result {
	t.Helper()
	r := runMSS(t, args...)
	if args[0] != "enroll" {
		for _, secret := range []string{"astrid", "andersson", "Förlag", "ASTRID"} {
			require.NotContains(t, r.out+r.err, secret, "personal data in the output")
		}
	}
	return r
}

func signHermod(t *testing.T, args ...string) result {
	t.Helper()
	return runHermod(t, append([]string{"sign", "--provider", "hermod", "--simulate", "--user", hermodUserName, "--text", hermodText}, args...)...)
}

// TestEnroll: an enrolment through the simulator, for a program and for a reader.
func TestEnroll(t *testing.T) {
	t.Parallel()
	r := runHermod(t, "enroll", "--provider", "hermod", "--user", hermodUserName, "--simulate", "--json")
	require.Equal(t, exitOK, r.code, r.err)
	var e enrollReport
	require.NoError(t, json.Unmarshal([]byte(r.out), &e))
	require.Equal(t, "enrolled", e.Outcome)
	require.Equal(t, "simulator", e.Environment)
	require.True(t, e.Attested)
	require.Len(t, e.ProfileID, 36)
	require.Len(t, e.Keys, 1)
	require.Equal(t, "signer", e.Keys[0].ID)
	require.Equal(t, "RS256", e.Keys[0].Mechanism)
	require.Equal(t, "CN="+hermodUserName, e.Keys[0].Subject)
	require.Regexp(t, `^([0-9A-F]{2}:){31}[0-9A-F]{2}$`, e.Keys[0].SHA256)
	require.True(t, e.Keys[0].NotAfter.After(time.Now()))
	require.Regexp(t, `(?m)^link       personal://127\.0\.0\.1:\d+/hermod/rest/ms/[0-9a-f-]{36}/[0-9a-f-]{36}$`, r.err, "not among what a program reads")

	r = runHermod(t, "enroll", "--user", hermodUserName, "--simulate")
	require.Equal(t, exitOK, r.code, r.err)
	require.Regexp(t, `(?s)^connected  https://\S+ with TLS\nasked .*\naccepted   command h\d+\nlink       personal://\S+\nperson     opens the link[^\n]*\nkeys       1, verified[^\n]*\nperson     has nothing more to do[^\n]*\n`+
		`\nEnrolled: profile \S{36}\n +key +signer RS256\n +subject +CN=`+hermodUserName+`\n +SHA-256 +\S{95}\n.*attested +yes.*SIMULATOR`, r.out)
	require.NotContains(t, r.out, "\x1b", "no terminal, and so no code")
	require.NotContains(t, r.out, "com.nexusgroup.plugout", "the secret of the QR code")
}

// TestEnrollQROnATerminal: the code is the Hermod's link, and goes when the app has it.
func TestEnrollQROnATerminal(t *testing.T) {
	t.Parallel()
	var steps, live bytes.Buffer
	p := &progress{steps: &steps, code: &steps, live: &live, begun: time.Now()}
	p.of(hermodProvider(), "")
	p.show(mss.Prompt{Link: mss.Conceal("personal://hermod.example/ms/1/2"), QR: mss.Conceal("com.nexusgroup.plugout:///?url=x&token=y"), Hint: hermodScan})
	require.Contains(t, live.String(), "█")
	require.Contains(t, steps.String(), "personal://hermod.example/ms/1/2\n")
	require.NotContains(t, steps.String()+live.String(), "plugout")
	live.Reset()
	p.show(mss.Prompt{Hint: hermodInstall})
	require.NotContains(t, live.String(), "█")
	p.show(mss.Prompt{QR: mss.Conceal("com.nexusgroup.plugout:///?url=x&token=y")})
	require.NotContains(t, live.String(), "█", "who is enrolled is reached by push")
}

// TestEnrollOutcomes: what becomes of it is the exit code.
func TestEnrollOutcomes(t *testing.T) {
	t.Parallel()
	r := runHermod(t, "enroll", "--user", "cancels", "--simulate", "--json")
	require.Equal(t, exitFault, r.code, r.out)
	require.Equal(t, int(mss.RegistrationNOK), r.report(t).Fault.Code)
	r = runHermod(t, "enroll", "--user", "forges", "--simulate", "--json")
	require.Equal(t, exitUnverified, r.code, r.out)
	require.Contains(t, r.report(t).Error.Message, "attestation signature")
	r = runHermod(t, "enroll", "--user", "cancels", "--simulate")
	require.Contains(t, r.out, "Not enrolled: 407")
}

// TestHermodSimulated: both purposes, in both forms.
func TestHermodSimulated(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"--purpose", "auth"},
		{"--purpose", "auth", "--format", "jws"},
		{"--purpose", "sign", "--format", "jws"},
		{"--purpose", "sign", "--format", "pkcs7", "--code"},
		{"--purpose", "sign", "--hash", strings.Repeat("ab", 32)},
		{"--purpose", "sign", "--file", "hermod.go", "--hash-type", "sha512", "--format", "jws"},
	} {
		r := signHermod(t, append(args, "--json")...)
		require.Equal(t, exitOK, r.code, "%v: %s", args, r.out+r.err)
		rep := r.report(t)
		require.True(t, rep.Verified)
		require.Equal(t, "simulator", rep.Environment)
		require.Equal(t, 502, rep.Status)
		require.Equal(t, concealed, rep.Signer.Serial)
		require.Equal(t, concealed, rep.Signer.Subject)
		require.Equal(t, args[1] == "auth" || args[len(args)-1] == "--code", *rep.Fresh, args)
		require.Regexp(t, `^h\d+$`, rep.Transaction.MSSPTransID)
	}
	r := signHermod(t)
	require.Equal(t, exitOK, r.code, r.err)
	require.Regexp(t, `(?s)^enrolled   profile \S{36}, key signer: .*\nconnected .*\nlink       com\.nexusgroup\.plugout:///\S+\nperson     answers in the app.*`+
		`Verified: signed by the person who was asked\n.*fresh +yes: what was signed holds this transaction's nonce.*SIMULATOR`, r.out)
}

// TestHermodOutcomes: what the person does is the exit code, as are forged answers.
func TestHermodOutcomes(t *testing.T) {
	t.Parallel()
	for user, want := range map[string]struct{ code, status int }{
		"cancels": {exitFault, 401}, "blocks": {exitFault, 402}, "forges": {exitUnverified, 0},
	} {
		out := filepath.Join(t.TempDir(), "out")
		r := runHermod(t, "sign", "--provider", "hermod", "--simulate", "--user", user, "--text", hermodText, "--json", "--out", out)
		require.Equal(t, want.code, r.code, r.out)
		require.Equal(t, want.status, r.report(t).Status)
		require.NoFileExists(t, out)
	}
}

// TestHermodOut: the signature as others can judge it. openssl does, if there is one.
func TestHermodOut(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "payment.p7s")
	r := signHermod(t, "--purpose", "sign", "--out", file)
	require.Equal(t, exitOK, r.code, r.err)
	require.Equal(t, byte(0x30), mustRead(t, file)[0])
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm())
	r = signHermod(t, "--purpose", "sign", "--out", file)
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "--out: the file exists")
	token := file + ".jws"
	r = signHermod(t, "--purpose", "sign", "--format", "jws", "--out", token)
	require.Equal(t, exitOK, r.code, r.err)
	require.Regexp(t, `^[\w-]+\.[\w-]+\.[\w-]+$`, string(mustRead(t, token)))

	openssl, err := exec.LookPath("openssl")
	if err != nil {
		return
	}
	signed := file + ".txt"
	out, err := exec.CommandContext(t.Context(), openssl, "cms", "-verify", "-inform", "DER", "-in", file, "-noverify", "-binary", "-out", signed).CombinedOutput()
	require.NoError(t, err, string(out)) // -noverify: the simulator's CA is gone; the signature is verified
	require.Equal(t, hermodText, string(mustRead(t, signed)))
}

// TestHermodProfile: what was enrolled, without whom.
func TestHermodProfile(t *testing.T) {
	t.Parallel()
	r := runHermod(t, "profile", "--provider", "hermod", "--simulate", "--user", hermodUserName, "--json")
	require.Equal(t, exitOK, r.code, r.err)
	var p profileReport
	require.NoError(t, json.Unmarshal([]byte(r.out), &p))
	require.Equal(t, "profile", p.Outcome)
	require.Len(t, p.Certificates, 1)
	require.Equal(t, "active", p.Certificates[0].State)
	require.Contains(t, p.Certificates[0].Algorithm, "RSA 2048")
	require.Equal(t, concealed, p.Certificates[0].Serial)
	r = runHermod(t, "profile", "--provider", "hermod", "--simulate", "--user", hermodUserName)
	require.Contains(t, r.out, "certificate RSA 2048")
}

// TestHermodIsEmbedded: what a real one needs is said where somebody asks for it.
func TestHermodIsEmbedded(t *testing.T) {
	t.Parallel()
	config := writeFile(t, []byte("provider: hermod\nhandle_key_file: handle.key\n"))
	for _, args := range [][]string{
		{"sign", "--provider", "hermod", "--user", hermodUserName, "--text", hermodText},
		{"sign", "--provider", "hermod", "--config", config, "--user", hermodUserName, "--text", hermodText},
		{"sign", "--config", config, "--user", hermodUserName, "--text", hermodText},
		{"profile", "--provider", "hermod", "--user", hermodUserName},
		{"enroll", "--user", hermodUserName},
		{"status", "--config", config, "x"},
		{"config", "check", "--config", config},
		{"verify", "evidence", "--config", config, "x"},
	} {
		r := runHermod(t, args...)
		require.Equal(t, exitUsage, r.code, "%v: %s", args, r.out)
		require.Contains(t, r.out+r.err, "embed adapters/hermod", "%v", args)
	}
}

// TestHermodRefusals: nothing is done, and the flag is named.
func TestHermodRefusals(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"--user=NAME, --text=TEXT":   {},
		"--text=TEXT":                {"--user", "a"},
		"--user: ":                   {"--user", "@tmp", "--text", hermodText},
		"--user: an identifier":      {"--user", "a\nb", "--text", hermodText},
		"--text: begins like":        {"--user", "a", "--purpose", "sign", "--text", "gomss hermod authentication 1\nx"},
		"--timeout: ":                {"--user", "a", "--text", hermodText, "--timeout", "5s"},
		"--hash, --file: go with":    {"--user", "a", "--text", hermodText, "--hash", strings.Repeat("ab", 32)},
		"--hash-type: goes with":     {"--user", "a", "--text", hermodText, "--purpose", "sign", "--hash-type", "sha256"},
		"--code: ":                   {"--user", "a", "--text", hermodText, "--purpose", "sign", "--hash", strings.Repeat("ab", 32), "--code"},
		"--format: must be one of":   {"--user", "a", "--text", hermodText, "--format", "xml"},
		"--msisdn: is not for":       {"--user", "a", "--text", hermodText, "--msisdn", "41700092501"},
		"--ip: is not for":           {"--user", "a", "--text", hermodText, "--ip", "192.0.2.7"},
		"--receipt: is not for":      {"--user", "a", "--text", hermodText, "--receipt", "x"},
		"--record: is not for":       {"--user", "a", "--text", hermodText, "--record", "x"},
		"--no-wait: the simulator":   {"--user", "a", "--text", hermodText, "--no-wait"},
		"--evidence: the configurat": {"--user", "a", "--text", hermodText, "--evidence", filepath.Join(t.TempDir(), "x")},
	} {
		r := runHermod(t, append([]string{"sign", "--provider", "hermod", "--simulate"}, args...)...)
		require.Equal(t, exitUsage, r.code, "%s: %s", want, r.out+r.err)
		require.Contains(t, r.err, want)
	}
	for want, args := range map[string][]string{
		"--user: is not for provider mssp":     {"sign", "--simulate", "--msisdn", "41700092501", "--text", text, "--user", "a"},
		"--format: is not for provider mssp":   {"sign", "--simulate", "--msisdn", "41700092501", "--text", text, "--format", "jws"},
		"--user: is not for provider skmid":    {"profile", "--provider", "skmid", "--simulate", "--user", "a"},
		"--msisdn: is not for provider hermod": {"profile", "--provider", "hermod", "--simulate", "--msisdn", "41700092501"},
		"--user=NAME; see mss profile":         {"profile", "--provider", "hermod", "--simulate"},
		"--msisdn=NUMBER; see mss profile":     {"profile", "--simulate"},
		"--user=NAME":                          {"enroll", "--simulate"},
		"--user: an identifier":                {"enroll", "--simulate", "--user", ""},
		"--record: ":                           {"enroll", "--simulate", "--user", "a", "--record", "."},
	} {
		r := runHermod(t, args...)
		require.Equal(t, exitUsage, r.code, "%s: %s", want, r.out+r.err)
		require.Contains(t, r.err, want)
	}
}

// TestUserIDsAreConcealed: a service that repeats whom it was asked about is not repeated.
func TestUserIDsAreConcealed(t *testing.T) {
	t.Parallel()
	id, err := mss.ParseUserID(hermodUserName)
	require.NoError(t, err)
	var p private
	p.addUser(mss.User{ID: id})
	require.Equal(t, "no mailbox for @[redacted] here", p.conceal("no mailbox for @"+hermodUserName+" here"))
}
