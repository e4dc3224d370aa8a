package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/registrant/registranttest"
	"github.com/gomss/gomss/adapters/skmid/skmidtest"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// A person who is nobody's test person.
const (
	skPhone = "+37250000001"
	skCode  = "47101010033"
	skGiven = "Kaja-Liis"
	skName  = "ÕUNAPUU"
)

// signer is the person on the command line.
var signer = []string{"--msisdn", skPhone, "--identity", skCode}

// skmidSite is a simulated Mobile-ID with a simulated registry, and a configuration for both.
type skmidSite struct {
	*skmidtest.Server
	registry    *registranttest.Server
	dir, config string
}

func newSKMIDSite(t *testing.T) *skmidSite {
	t.Helper()
	s := &skmidSite{skmidtest.NewServer(t, nil), registranttest.NewServer(t, nil), t.TempDir(), ""}
	s.Script(skPhone, skCode, skmidtest.Person{GivenName: skGiven, Surname: skName})
	s.write(t, "tls-root.pem", certificatesPEM(s.HTTP().Roots...))
	s.write(t, "anchors.pem", certificatesPEM(append(s.Anchors().Roots(), s.Anchors().Intermediates()...)...))
	s.write(t, "registry.pem", certificatesPEM(s.registry.HTTP().Roots...))
	s.write(t, "handle.key", bytes.Repeat([]byte{7}, 32))
	s.config = s.write(t, "mss.yaml", fmt.Appendf(nil, `provider: skmid
url: %s
environment: simulator
relying_party_name: %s
relying_party_uuid: %s
lang: en
tls_roots: tls-root.pem
key_pins: ["%s"]
anchors: anchors.pem
handle_key_file: handle.key
registrant_url: %s
registrant_roots: registry.pem
`, s.URL(), s.RelyingPartyName(), s.RelyingPartyUUID(), transport.KeyPin(s.Certificate()), s.registry.URL()))
	return s
}

func (s *skmidSite) write(t *testing.T, name string, data []byte) string {
	t.Helper()
	file := filepath.Join(s.dir, name)
	require.NoError(t, os.WriteFile(file, data, 0o600))
	return file
}

// runSKMID runs the command. Whatever it does, it must not print who the person is, or what they read.
func runSKMID(t *testing.T, args ...string) result {
	t.Helper()
	return runSKMIDWith(t, nil, args...)
}

func runSKMIDWith(t *testing.T, env []string, args ...string) result {
	t.Helper()
	r := runWith(t, t.Context(), nil, env, args...)
	text := strings.ToUpper(r.out + r.err)
	for _, name := range []string{skPhone[1:], skCode, strings.ToUpper(skGiven), skName, "CONNEŽ", "TESTNUMBER", "PNOEE", "PNOLT"} {
		require.NotContains(t, text, name, "personal data in the output")
	}
	for i, arg := range args[:len(args)-1] {
		if arg == "--identity" || arg == "--msisdn" {
			require.NotContains(t, text, strings.TrimPrefix(args[i+1], "+"), "personal data in the output")
		}
	}
	return r
}

// TestSKMIDForAReader: what a person at the keyboard sees, in its order.
func TestSKMIDForAReader(t *testing.T) {
	t.Parallel()
	s := newSKMIDSite(t)
	sign := append([]string{"sign", "--config", s.config}, signer...)
	r := runSKMID(t, append(sign, "--text", "Log in to ACME?")...)
	require.Equal(t, exitOK, r.code, r.err)
	last := s.Requests()[0]
	require.Equal(t, "/authentication", last.Path)
	require.Equal(t, "Log in to ACME?", last.Text)
	require.Regexp(t, `(?s)^connected  https://\S+ with TLS\nasked .*\naccepted .*\ncode       `+last.Control+`: the phone must show the same\npoll 1 .*`+
		`Verified: signed by the person who was asked\n  serial +\[redacted\]\n  subject +\[redacted\]\n.*digest +SHA-256 `+hex.EncodeToString(last.Hash)+
		`\n +fresh +yes: the digest is a challenge.*SIMULATOR`, r.out)
	require.NotContains(t, r.out, "test signer")
	require.Empty(t, r.err)

	file := s.write(t, "contract.txt", []byte("abc"))
	r = runSKMID(t, append(sign, "--purpose", "signing", "--file", file, "--hash-type", "sha512")...)
	require.Equal(t, exitOK, r.code, r.err)
	sum := "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
	require.Regexp(t, `^signs      the SHA-512 digest of the file: `+sum+`\n`, r.out)
	require.Contains(t, r.out, "fresh        no: the digest names no transaction")
	requests := s.Requests()
	require.Equal(t, sum, hex.EncodeToString(requests[len(requests)-2].Hash))
	s.AssertPrompts(t, 2)
}

// TestSKMIDDigests: what --hash takes, and the challenge's length.
func TestSKMIDDigests(t *testing.T) {
	t.Parallel()
	s := newSKMIDSite(t)
	raw := bytes.Repeat([]byte{0xab}, 48)
	for name, tc := range map[string]struct {
		args []string
		hash string
		size int
	}{
		"hexadecimal":    {[]string{"--purpose", "sign", "--hash", strings.Repeat("ab", 32)}, "SHA256", 32},
		"Base64":         {[]string{"--purpose", "sign", "--hash", strings.Repeat("q6ur", 16), "--hash-type", "sha384"}, "SHA384", 48},
		"octets":         {[]string{"--purpose", "sign", "--hash", s.write(t, "octets", raw)}, "SHA384", 48},
		"text in a file": {[]string{"--purpose", "sign", "--hash", s.write(t, "text", []byte(strings.Repeat("AB", 64)+"\n"))}, "SHA512", 64},
		"challenge":      {[]string{"--purpose", "auth", "--hash-type", "sha384"}, "SHA384", 48},
	} {
		before := len(s.Requests())
		r := runSKMID(t, append(append([]string{"sign", "--config", s.config, "--json"}, signer...), tc.args...)...)
		require.Equal(t, exitOK, r.code, "%s: %s", name, r.out)
		var started skmidtest.Request
		for _, q := range s.Requests()[before:] {
			if q.HashType != "" {
				started = q
			}
		}
		require.Equal(t, tc.hash, started.HashType, name)
		require.Len(t, started.Hash, tc.size, name)
		require.Equal(t, &digestReport{tc.hash[:3] + "-" + tc.hash[3:], hex.EncodeToString(started.Hash)}, r.report(t).Digest)
	}
}

// TestSKMIDRefusals: wrong inputs and flags that make no sense, named, before a phone rings.
func TestSKMIDRefusals(t *testing.T) {
	t.Parallel()
	s := newSKMIDSite(t)
	sign := func(args ...string) []string { return append([]string{"sign", "--config", s.config}, args...) }
	known := func(args ...string) []string { return sign(append(signer, args...)...) }
	mobile := func(args ...string) []string {
		return append([]string{"sign", "--simulate", "--msisdn", "41700092501", "--text", "Bank ACME: log in?"}, args...)
	}
	digest := strings.Repeat("ab", 32)
	for name, tc := range map[string]struct {
		args []string
		want string
	}{
		"no identity":           {sign("--msisdn", skPhone), "missing flags: --identity=CODE"},
		"no number":             {sign("--identity", skCode), "missing flags: --msisdn=NUMBER"},
		"nothing to sign":       {known("--purpose", "sign"), "missing flags: --hash=HASH or --file=FILE"},
		"both":                  {known("--purpose", "sign", "--hash", digest, "--file", "x"), "--hash and --file"},
		"hash to log in":        {known("--hash", digest), "--hash, --file: go with --purpose sign"},
		"no digest":             {known("--purpose", "sign", "--hash", digest[:62]), "--hash: is no digest"},
		"file without digest":   {known("--purpose", "sign", "--hash", s.config), "--hash: the file holds no digest"},
		"another hash":          {known("--purpose", "sign", "--hash", digest, "--hash-type", "sha512"), "--hash-type: is sha512"},
		"no file":               {known("--purpose", "sign", "--file", s.dir+"/none"), "--file: "},
		"check digit":           {sign("--msisdn", skPhone, "--identity", "47101010034"), "--identity: has a wrong check digit"},
		"not a code":            {sign("--msisdn", skPhone, "--identity", "4710101003x"), "--identity: "},
		"another country":       {known("--country", "LT"), "--identity: is of another country than --msisdn"},
		"no country":            {known("--country", "Estonia"), "--identity: the country is two capital letters"},
		"a number elsewhere":    {sign("--msisdn", "+41791234567", "--identity", skCode), "--msisdn: is no number of Estonia"},
		"not a number":          {sign("--msisdn", "372x", "--identity", skCode), "--msisdn: "},
		"language":              {known("--lang", "de"), "--lang: is required: et, en, ru or lt"},
		"language of elsewhere": {known("--lang", "lt"), "--lang: et goes with +372"},
		"long text":             {known("--text", strings.Repeat("a", 101)), "--text: "},
		"text":                  {known("--text", "\u202ea"), "--text: "},
		"--txn":                 {known("--txn", "x"), "--txn: is not for provider skmid"},
		"--profile":             {known("--profile", "http://x.example/"), "--profile: is not for provider skmid"},
		"--mode":                {known("--mode", "sync"), "--mode: is not for provider skmid"},
		"--timeout":             {known("--timeout", "60s"), "--timeout: is not for provider skmid"},
		"--code":                {known("--code"), "--code: is not for provider skmid"},
		"--binding":             {known("--binding", "rest"), "--binding: is not for provider skmid"},
		"--geofencing":          {known("--geofencing"), "--geofencing: is not for provider skmid"},
		"--app2app":             {known("--app2app", "https://acme.example/"), "--app2app: is not for provider skmid"},
		"--receipt":             {known("--receipt", "x"), "--receipt: is not for provider skmid"},
		"--allow-test-numbers":  {known("--allow-test-numbers"), "--allow-test-numbers: is not for provider skmid"},
		"--record":              {known("--record", s.dir+"/r"), "--record: is not for provider skmid"},
		"--trace":               {known("--trace", s.dir+"/t"), "--trace: is not for provider skmid"},
		"--evidence":            {known("--evidence", s.config), "--evidence: the file exists"},
		"--account":             {known("--account", "x"), "--account: needs a store"},
		"--no-wait, simulated":  {append([]string{"sign", "--provider", "skmid", "--simulate", "--no-wait"}, signer...), "--no-wait: the simulator"},
		"mssp: --identity":      {mobile("--identity", skCode), "--identity: is not for provider mssp"},
		"mssp: --country":       {mobile("--country", "EE"), "--country: is not for provider mssp"},
		"mssp: --hash":          {mobile("--hash", digest), "--hash: is not for provider mssp"},
		"mssp: --hash-type":     {mobile("--hash-type", "sha256"), "--hash-type: is not for provider mssp"},
		"mssp: --file":          {mobile("--file", "x"), "--file: is not for provider mssp"},
		"another provider's":    {known("--provider", "mssp"), "provider: is skmid, and mssp is asked for"},
		"no configuration":      {append([]string{"sign", "--provider", "skmid"}, signer...), "--config: is required"},
		"no such provider":      {known("--provider", "none"), "--provider: must be one of mssp, skmid"},
		"profile, no identity":  {[]string{"profile", "--config", s.config, "--msisdn", skPhone}, "missing flags: --identity=CODE"},
		"profile, --binding":    {append([]string{"profile", "--config", s.config, "--binding", "rest"}, signer...), "--binding: is not for provider skmid"},
		"profile, --out":        {append([]string{"profile", "--config", s.config, "--out", s.config}, signer...), "--out: the file exists"},
		"profile, mssp":         {[]string{"profile", "--simulate", "--msisdn", "41700092501", "--identity", skCode}, "--identity: is not for provider mssp"},
		"status, test numbers":  {[]string{"status", "--config", s.config, "--allow-test-numbers", "x"}, "--allow-test-numbers: is not for provider skmid"},
		"health":                {[]string{"health", "--config", s.config}, "no such operation"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := runSKMID(t, tc.args...)
			require.Equal(t, exitUsage, r.code, r.out+r.err)
			require.Contains(t, r.err, tc.want)
			require.NotContains(t, r.err, "User.")
		})
	}
	t.Cleanup(func() {
		s.AssertPrompts(t, 0)
		require.NoFileExists(t, s.dir+"/t")
	})
}

// TestSKMIDHandles: started here, awaited there.
func TestSKMIDHandles(t *testing.T) {
	t.Parallel()
	s := newSKMIDSite(t)
	s.Script(skPhone, skCode, skmidtest.Person{GivenName: skGiven, Surname: skName, Polls: 1})
	sign := append([]string{"sign", "--config", s.config, "--no-wait"}, signer...)
	r := runSKMID(t, append(sign, "--purpose", "sign", "--hash", strings.Repeat("ab", 64), "--json")...)
	require.Equal(t, exitOutstanding, r.code, r.err)
	require.Regexp(t, `(?m)^code +`+s.Requests()[1].Control+`:`, r.err, "the code alone, and at once")
	handle := r.report(t).Handle
	status := []string{"status", "--config", s.config, "--json", handle}
	r = runSKMID(t, status...)
	require.Equal(t, exitOutstanding, r.code, r.out)
	r = runSKMID(t, status...)
	require.Equal(t, exitOK, r.code, r.out)
	require.Equal(t, strings.Repeat("ab", 64), r.report(t).Digest.Value)

	handle = strings.TrimSpace(runSKMID(t, sign...).out)
	r = runSKMID(t, "status", "--config", s.config, "--wait", handle)
	require.Equal(t, exitOK, r.code, r.err)
	require.Contains(t, r.out, "fresh        yes")
	s.AssertPrompts(t, 2)
	r = runSKMIDWith(t, []string{"MSS_RELYING_PARTY_UUID=00000000-0000-0000-0000-000000000001"}, "status", "--config", s.config, handle)
	require.Equal(t, exitUsage, r.code, "another relying party's")
	require.Contains(t, r.err, "HANDLE")
}

// TestSKMIDAccount: the same person passes, another one does not, whatever their number.
func TestSKMIDAccount(t *testing.T) {
	t.Parallel()
	s := newSKMIDSite(t)
	s.Script("+37250000002", skCode, skmidtest.Person{GivenName: skGiven, Surname: skName, Card: 1})
	args := []string{"sign", "--config", s.config, "--json", "--account", "customer-4711", "--serials", filepath.Join(s.dir, "serials.db")}
	for _, tc := range []struct{ phone, code, want string }{
		{skPhone, skCode, "enrolled"}, {skPhone, skCode, "known"}, {"+37250000002", skCode, "known"}, {"+37200000766", "60001019906", ""},
	} {
		r := runSKMID(t, append(args, "--msisdn", tc.phone, "--identity", tc.code)...)
		if tc.want == "" {
			require.Equal(t, exitUnverified, r.code, r.out)
			continue
		}
		require.Equal(t, exitOK, r.code, r.out)
		require.Equal(t, tc.want, r.report(t).Account.Outcome)
	}
}

// TestSKMIDForged: an answer that claims too much, and one that is lost.
func TestSKMIDForged(t *testing.T) {
	t.Parallel()
	s := newSKMIDSite(t)
	sign := append([]string{"sign", "--config", s.config, "--json"}, signer...)
	for forge, code := range map[skmidtest.Forge]int{
		skmidtest.ForgePerson: exitUnverified, skmidtest.ForgeHash: exitUnverified, skmidtest.ForgeOtherCA: exitUnverified, skmidtest.Forge404: exitFault,
	} {
		s.Script(skPhone, skCode, skmidtest.Person{GivenName: skGiven, Surname: skName, Forge: forge})
		r := runSKMID(t, sign...)
		require.Equal(t, code, r.code, r.out)
		require.False(t, r.report(t).Verified)
	}
	s.Script(skPhone, skCode, skmidtest.Person{GivenName: skGiven, Surname: skName, ForgeStart: skmidtest.ForgeCut})
	r := runSKMID(t, sign...)
	require.Equal(t, exitTransport, r.code)
	require.True(t, r.report(t).Error.MayHaveRung)
}

// TestSKMIDProfile: whether there is a certificate, and the certificate in a file.
func TestSKMIDProfile(t *testing.T) {
	t.Parallel()
	s := newSKMIDSite(t)
	out := filepath.Join(s.dir, "person.pem")
	profile := append([]string{"profile", "--config", s.config, "--json"}, signer...)
	r := runSKMID(t, append(profile, "--out", out)...)
	require.Equal(t, exitOK, r.code, r.err)
	p := decodeJSON[profileReport](t, r)
	require.Len(t, p.Certificates, 1)
	require.Equal(t, "EC P-256", p.Certificates[0].Algorithm)
	require.Equal(t, "[redacted]", p.Certificates[0].Serial)
	certs, err := mss.LoadCertificates(out)
	require.NoError(t, err)
	require.Len(t, certs, 1)
	require.NotZero(t, certs[0].KeyUsage&x509.KeyUsageContentCommitment)
	require.Contains(t, certs[0].Subject.String(), skCode, "which is why it is not printed")
	info, err := os.Stat(out)
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm())

	r = runSKMID(t, append([]string{"profile", "--config", s.config}, signer...)...)
	require.Regexp(t, `(?m)^ +certificate EC P-256 active, \[redacted\], until \d{4}-\d\d-\d\d$`, r.out)
	r = runSKMID(t, "profile", "--provider", "skmid", "--simulate", "--json", "--msisdn", "+37200000266", "--identity", "60001019939")
	require.Equal(t, exitFault, r.code)
	require.Equal(t, 422, r.report(t).Fault.Code)
	r = runSKMID(t, "profile", "--config", s.config, "--msisdn", skPhone, "--identity", "47101010034")
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "--identity: has a wrong check digit")
	s.AssertPrompts(t, 0)
}

// TestSKMIDInterrupted: Ctrl-C while the person is waited for.
func TestSKMIDInterrupted(t *testing.T) {
	t.Parallel()
	s := newSKMIDSite(t)
	s.Script(skPhone, skCode, skmidtest.Person{GivenName: skGiven, Surname: skName, Result: skmidtest.Timeout})
	r := interruptedRun(t, func() bool { return s.Prompts() > 0 }, append([]string{"sign", "--config", s.config, "--json"}, signer...)...)
	require.Equal(t, exitTransport, r.code)
	require.Equal(t, "interrupted", r.report(t).Error.Kind)
	require.True(t, r.report(t).Error.MayHaveRung)
}

// interruptedRun runs the command and interrupts it as soon as something is the case.
func interruptedRun(t *testing.T, when func() bool, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for !when() && ctx.Err() == nil {
			time.Sleep(5 * time.Millisecond)
		}
		cancel()
	}()
	return runWith(t, ctx, nil, nil, args...)
}
