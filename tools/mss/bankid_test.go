package main

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/bankid/bankidtest"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/login"
)

const (
	bankidNumber = bankidtest.DefaultNumber
	bankidText   = "Log in to ACME Bolån"
)

// bankidSite is a simulated BankID and a configuration for it.
type bankidSite struct {
	*bankidtest.Server
	dir, config string
}

func newBankIDSite(t *testing.T) *bankidSite {
	t.Helper()
	id, err := newClientIdentity()
	require.NoError(t, err)
	key, err := x509.MarshalPKCS8PrivateKey(id.key)
	require.NoError(t, err)
	s := &bankidSite{bankidtest.NewServer(t, &bankidtest.Options{Clients: []*x509.Certificate{id.cert}}), t.TempDir(), ""}
	s.write(t, "client.pem", certificatesPEM(id.cert))
	s.write(t, "client.key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
	s.write(t, "tls-root.pem", certificatesPEM(s.HTTP().Roots...))
	s.write(t, "anchors.pem", certificatesPEM(s.Anchors().Roots()...))
	s.write(t, "handle.key", bytes.Repeat([]byte{7}, 32))
	s.config = s.write(t, "mss.yaml", fmt.Appendf(nil, `provider: bankid
url: %s
environment: simulator
lang: sv
cert_file: client.pem
key_file: client.key
tls_roots: tls-root.pem
anchors: anchors.pem
handle_key_file: handle.key
serials: serials.db
`, s.URL()))
	return s
}

func (s *bankidSite) write(t *testing.T, name string, data []byte) string {
	t.Helper()
	file := filepath.Join(s.dir, name)
	require.NoError(t, os.WriteFile(file, data, 0o600))
	return file
}

// evidence signs and returns the file with the sealed evidence, and what is in it.
func (s *bankidSite) evidence(t *testing.T, name string, args ...string) (string, *mss.Evidence) {
	t.Helper()
	file := filepath.Join(s.dir, name)
	r := runBankID(t, append([]string{"sign", "--config", s.config, "--evidence", file}, args...)...)
	require.Equal(t, exitOK, r.code, r.out+r.err)
	require.NotContains(t, r.err, "warning")
	ev := new(mss.Evidence)
	require.NoError(t, openAccount(t, s.config).keys.Open(string(mustRead(t, file)), mss.NoBinding, ev))
	return file, ev
}

// runBankID runs the command. Whatever it does, it must not print who the person is, or what they read.
func runBankID(t *testing.T, args ...string) result {
	t.Helper()
	r := runMSS(t, args...)
	text := strings.ToUpper(r.out + r.err)
	for _, secret := range []string{bankidNumber, "197209239800", "191212121212", "ANNA", "SIMULERAD", "PNOSE", "QRSTART"} {
		require.NotContains(t, text, secret, "personal data in the output")
	}
	return r
}

// TestBankIDSimulated: the simulator in this process, for both purposes.
func TestBankIDSimulated(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"--ip", "192.0.2.7"},
		{"--ip", "2001:db8::7", "--purpose", "auth", "--text", bankidText},
		{"--ip", "192.0.2.7", "--purpose", "sign", "--text", bankidText, "--personal-number", bankidNumber},
		{"--phone-call", "user", "--text", bankidText, "--personal-number", bankidNumber},
		{"--phone-call", "RP", "--purpose", "sign", "--text", bankidText, "--personal-number", bankidNumber},
	} {
		r := runBankID(t, append([]string{"sign", "--provider", "bankid", "--simulate", "--json"}, args...)...)
		require.Equal(t, exitOK, r.code, "%v: %s", args, r.out+r.err)
		rep := r.report(t)
		require.Equal(t, "simulator", rep.Environment)
		require.True(t, rep.Verified)
		require.True(t, *rep.Fresh)
		require.Equal(t, concealed, rep.Signer.Serial)
		require.Equal(t, concealed, rep.Signer.Subject)
		require.NotEmpty(t, rep.Transaction.MSSPTransID)
	}
}

// TestBankIDForAReader: what a person at the keyboard sees, in its order: without a terminal the link and no QR code.
func TestBankIDForAReader(t *testing.T) {
	t.Parallel()
	s := newBankIDSite(t)
	r := runBankID(t, "sign", "--config", s.config, "--ip", "192.0.2.7", "--text", bankidText)
	require.Equal(t, exitOK, r.code, r.err)
	require.Regexp(t, `(?s)^connected  https://\S+ with mutual TLS\nasked .*\naccepted .*\nlink       https://app\.bankid\.com/\?autostarttoken=\S+\nperson     \S.*\npoll 1 .*`+
		`Verified: signed by whoever took up the order.*\n +serial +\[redacted\].*fresh +yes: what was signed holds this transaction's nonce.*SIMULATOR`, r.out)
	require.Equal(t, 1, strings.Count(r.out, "link  "))
	require.NotContains(t, r.out, "\x1b", "no terminal")
	require.Empty(t, r.err)
	require.Equal(t, bankidText, string(s.Requests()[0].Visible))
	require.Equal(t, "192.0.2.7", s.Requests()[0].EndUserIP)
	r = runBankID(t, "sign", "--config", s.config, "--ip", "192.0.2.7", "--text", bankidText, "--personal-number", bankidNumber)
	require.Contains(t, r.out, "signed by "+whoWasAsked)
	s.AssertPrompts(t, 2)
}

// TestBankIDOutcomes: what the person does is the exit code.
func TestBankIDOutcomes(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		person bankidtest.Person
		code   int
		native string
	}{
		"cancels":      {bankidtest.Person{Does: bankidtest.Cancel}, exitFault, "userCancel"},
		"blocked":      {bankidtest.Person{Does: bankidtest.CertificateErr}, exitFault, "certificateErr"},
		"another text": {bankidtest.Person{Forge: bankidtest.ForgeVisible}, exitUnverified, ""},
		"revoked":      {bankidtest.Person{Forge: bankidtest.ForgeOCSPRevoked}, exitUnverified, ""},
	} {
		s := newBankIDSite(t)
		s.Script(bankidtest.Anyone, tc.person)
		r := runBankID(t, "sign", "--config", s.config, "--ip", "192.0.2.7", "--text", bankidText, "--json")
		require.Equal(t, tc.code, r.code, "%s: %s", name, r.out)
		if tc.native != "" {
			require.Equal(t, tc.native, r.report(t).Fault.Native)
		}
	}
}

// TestBankIDLater: --no-wait hands over, and status has the outcome.
func TestBankIDLater(t *testing.T) {
	t.Parallel()
	s := newBankIDSite(t)
	r := runBankID(t, "sign", "--config", s.config, "--ip", "192.0.2.7", "--text", bankidText, "--no-wait")
	require.Equal(t, exitOutstanding, r.code, r.err)
	require.Contains(t, r.err, "link       https://app.bankid.com/")
	r = runBankID(t, "status", "--config", s.config, "--wait", "--json", strings.TrimSpace(r.out))
	require.Equal(t, exitOK, r.code, r.out+r.err)
	require.True(t, r.report(t).Verified)
	s.AssertPrompts(t, 1)
}

// TestBankIDAccount: an account is bound to the first who signs for it.
func TestBankIDAccount(t *testing.T) {
	t.Parallel()
	s := newBankIDSite(t)
	sign := func(number string) result {
		return runBankID(t, "sign", "--config", s.config, "--ip", "192.0.2.7", "--text", bankidText, "--personal-number", number, "--account", "a1", "--json")
	}
	require.Equal(t, "enrolled", sign(bankidNumber).report(t).Account.Outcome)
	require.Equal(t, "known", sign(bankidNumber).report(t).Account.Outcome)
	require.Equal(t, exitUnverified, sign("197209239800").code, "somebody else")
}

// TestBankIDRefusals: nothing is sent, and the flag is named.
func TestBankIDRefusals(t *testing.T) {
	t.Parallel()
	s := newBankIDSite(t)
	ip := []string{"--ip", "192.0.2.7"}
	for want, args := range map[string][]string{
		"--ip=ADDRESS":             nil,
		"--ip: is no address":      {"--ip", "acme.example"},
		"--ip: excludes":           {"--ip", "192.0.2.7", "--phone-call", "RP", "--personal-number", bankidNumber},
		"--personal-number=NUMBER": {"--phone-call", "RP"},
		"--personal-number: ":      append(ip, "--personal-number", "850709-9805"),
		"--text=TEXT":              append(ip, "--purpose", "sign"),
		"--text: ":                 append(ip, "--text", strings.Repeat("x", 1200)),
		"--msisdn: ":               append(ip, "--msisdn", "+46701740605"),
		"--identity: ":             append(ip, "--identity", bankidNumber),
		"--lang: ":                 append(ip, "--lang", "de"),
		"--code: ":                 append(ip, "--code"),
		"--hash: ":                 append(ip, "--hash", strings.Repeat("ab", 32)),
		"--mode: ":                 append(ip, "--mode", "sync"),
		"--receipt: ":              append(ip, "--receipt", "x"),
	} {
		r := runBankID(t, append([]string{"sign", "--config", s.config}, args...)...)
		require.Equal(t, exitUsage, r.code, "%s: %s", want, r.out+r.err)
		require.Contains(t, r.err, want)
	}
	require.Empty(t, s.Requests())
	for _, flag := range [][]string{{"--ip", "192.0.2.7"}, {"--personal-number", bankidNumber}, {"--phone-call", "RP"}} {
		r := runBankID(t, append([]string{"sign", "--simulate", "--msisdn", "41700092501", "--text", text}, flag...)...)
		require.Equal(t, exitUsage, r.code)
		require.Contains(t, r.err, flag[0]+": is not for provider mssp")
	}
	r := runBankID(t, "profile", "--config", s.config, "--msisdn", "+46701740605")
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "provider bankid")
	file, _ := s.evidence(t, "login.evidence", ip...)
	r = runBankID(t, "receipt", "--config", s.config, "--evidence", file, "--text", "Thanks")
	require.Equal(t, exitUsage, r.code, r.out+r.err)
	r = runBankID(t, "health", "--config", s.config)
	require.Equal(t, exitOK, r.code, r.err)
}

// TestBankIDConfiguration: what init writes lists what check wants; keys of others are refused.
func TestBankIDConfiguration(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "bankid.yaml")
	r := runBankID(t, "config", "init", "--provider", "bankid", "--lang", "sv", "--out", file)
	require.Equal(t, exitOK, r.code, r.err)
	require.Contains(t, r.out, "to be filled in: cert_file, key_file, tls_roots, anchors")
	require.Contains(t, string(mustRead(t, file)), `url: "https://appapi2.bankid.com/rp/v6.0"`)
	require.Equal(t, exitUsage, runBankID(t, "config", "init", "--provider", "bankid", "--lang", "de", "--out", file+"2").code)
	s := newBankIDSite(t)
	r = runBankID(t, "config", "check", "--config", s.config)
	require.Equal(t, exitOK, r.code, r.out+r.err)
	german := bytes.Replace(mustRead(t, s.config), []byte("lang: sv"), []byte("lang: de"), 1)
	r = runBankID(t, "sign", "--config", s.write(t, "german.yaml", german), "--ip", "192.0.2.7")
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "lang: must be sv or en")
	s.write(t, "mss.yaml", append(mustRead(t, s.config), "ap_id: x\n"...))
	r = runBankID(t, "sign", "--config", s.config, "--ip", "192.0.2.7")
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "ap_id: is no key of provider bankid")
}

// TestQROnATerminal: the code of the second replaces the last one, steps are written above it, and it goes when an app has it.
func TestQROnATerminal(t *testing.T) {
	t.Parallel()
	var steps, live bytes.Buffer
	p := &progress{steps: &steps, code: &steps, live: &live, begun: time.Now()}
	p.of(bankidProvider(), "en")
	first, second := login.QRTerminal("bankid.a.0.b"), login.QRTerminal("bankid.a.1.c")
	up := fmt.Sprintf("\r\x1b[%dA\x1b[J", strings.Count(first, "\n"))
	prompt := mss.Prompt{Link: mss.Conceal("https://app.example/"), QR: mss.Conceal("bankid.a.0.b"), Refresh: time.Second}
	p.show(prompt)
	require.Equal(t, "\r\x1b[K"+first, live.String())
	live.Reset()
	prompt.QR = mss.Conceal("bankid.a.1.c")
	p.show(prompt)
	require.Equal(t, up+second, live.String())
	live.Reset()
	p.step("poll 1", "x")
	require.Equal(t, up+second, live.String())
	live.Reset()
	prompt.Hint = "userSign"
	p.show(prompt)
	require.Equal(t, up, live.String())
	require.Equal(t, 1, strings.Count(steps.String(), "link "))
	require.Equal(t, 2, strings.Count(steps.String(), "person "))
	require.NotContains(t, steps.String(), "bankid.a")
	live.Reset()
	p.step("poll 2", "x")
	require.Equal(t, "\r\x1b[K", live.String())
}

// TestBankIDServiceWords: what the service repeats of the person is not printed.
func TestBankIDServiceWords(t *testing.T) {
	t.Parallel()
	s := newBankIDSite(t)
	s.Fail("/auth", bankidtest.Fault{Status: 400, Code: "invalidParameters", Details: "bad " + bankidNumber + " indeed"})
	r := runBankID(t, "sign", "--config", s.config, "--ip", "192.0.2.7", "--personal-number", bankidNumber, "--json")
	require.Equal(t, exitFault, r.code, r.out+r.err)
	require.Contains(t, r.out, "bad [redacted] indeed", "the rest is")
}
