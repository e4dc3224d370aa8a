package main

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/skmid/skmidtest"
	"github.com/gomss/gomss/mss"
)

// evidence signs and returns the file with the sealed evidence, and what is in it.
func (s *skmidSite) evidence(t *testing.T, name string, args ...string) (string, *mss.Evidence) {
	t.Helper()
	file := filepath.Join(s.dir, name)
	r := runSKMID(t, append(append([]string{"sign", "--config", s.config, "--evidence", file}, signer...), args...)...)
	require.Equal(t, exitOK, r.code, r.out+r.err)
	require.NotContains(t, r.err, "warning")
	ev := new(mss.Evidence)
	require.NoError(t, openAccount(t, s.config).keys.Open(string(mustRead(t, file)), mss.NoBinding, ev))
	return file, ev
}

// TestVerifyEvidence: what was stored verifies again, as what it is, and what was changed does not.
func TestVerifyEvidence(t *testing.T) {
	t.Parallel()
	s := newSKMIDSite(t)
	digest := strings.Repeat("ab", 32)
	login, _ := s.evidence(t, "login.evidence")
	signed, ev := s.evidence(t, "signed.evidence", "--purpose", "sign", "--hash", digest)
	verify := func(file string, args ...string) result {
		return runSKMID(t, append([]string{"verify", "skmid", "--config", s.config, "--evidence", file, "--json"}, args...)...)
	}
	r := verify(login)
	require.Equal(t, exitOK, r.code, r.out)
	rep := r.report(t)
	require.True(t, *rep.Fresh)
	require.Equal(t, 500, rep.Status)
	require.NotEmpty(t, rep.Transaction.MSSPTransID)
	r = verify(signed, "--hash", digest, "--identity", skCode, "--at", ev.Received.Add(time.Minute).Format(time.RFC3339), "--anchors", filepath.Join(s.dir, "anchors.pem"))
	require.Equal(t, exitOK, r.code, r.out)
	require.False(t, *r.report(t).Fresh)
	require.Equal(t, digest, r.report(t).Digest.Value)
	r = runSKMID(t, "verify", "skmid", "--config", s.config, "--evidence", signed)
	require.Contains(t, r.out, "Verified: signed by the person who was asked")

	seal := func(name string, change func(*mss.Evidence)) string {
		again := *ev
		again.Raw = bytes.Clone(ev.Raw)
		again.Transaction.State = bytes.Clone(ev.Transaction.State)
		change(&again)
		sealed, err := openAccount(t, s.config).keys.Seal(&again, mss.NoBinding)
		require.NoError(t, err)
		return s.write(t, name, []byte(sealed))
	}
	damaged := mustRead(t, signed)
	damaged[len(damaged)/2] ^= 1
	lithuanian, err := mss.ParsePersonID("LT", skCode)
	require.NoError(t, err)
	otherAnchors := skmidtest.NewServer(t, nil).Anchors()
	for name, tc := range map[string]struct {
		file string
		args []string
		want string
	}{
		"damaged":         {s.write(t, "damaged", damaged), nil, "handle cannot be opened"},
		"no evidence":     {s.write(t, "none", []byte("x")), nil, "handle cannot be opened"},
		"another digest":  {signed, []string{"--hash", strings.Repeat("ac", 32)}, "another digest"},
		"another person":  {signed, []string{"--identity", "60001019906"}, "another person"},
		"another country": {signed, []string{"--identity", skCode, "--country", "LT"}, "another country"},
		"years later":     {signed, []string{"--at", "2040-01-01T00:00:00Z"}, "chain"},
		"other anchors": {signed, []string{"--anchors", s.write(t, "other.pem",
			certificatesPEM(append(otherAnchors.Roots(), otherAnchors.Intermediates()...)...))}, "chain"},
		"of somebody else": {seal("else", func(e *mss.Evidence) { e.Transaction.User.Person = lithuanian }), nil, "another country"},
		"another answer":   {seal("answer", func(e *mss.Evidence) { e.Raw = bytes.Replace(e.Raw, []byte(`"OK"`), []byte(`"OKAY"`), 1) }), nil, ""},
		"a login instead":  {seal("purpose", func(e *mss.Evidence) { e.Transaction.Purpose = mss.Authentication }), nil, "purpose"},
	} {
		r := verify(tc.file, tc.args...)
		if name == "another answer" { // that says it was not signed
			require.Equal(t, exitFault, r.code)
			continue
		}
		require.Equal(t, exitUnverified, r.code, "%s: %s", name, r.out+r.err)
		rep := r.report(t)
		require.Equal(t, "verification", rep.Error.Kind)
		require.False(t, rep.Error.MayHaveRung)
		require.Contains(t, rep.Error.Message, tc.want, name)
	}
	s.write(t, "handle.key", bytes.Repeat([]byte{8}, 32))
	require.Equal(t, exitUnverified, verify(login).code, "another key")
	s.AssertPrompts(t, 2)
}

// TestVerifySession: the body of a session by itself, with what was sent.
func TestVerifySession(t *testing.T) {
	t.Parallel()
	s := newSKMIDSite(t)
	digest := strings.Repeat("ab", 48)
	_, login := s.evidence(t, "login.evidence")
	challenge := base64.StdEncoding.EncodeToString(s.Requests()[0].Hash)
	_, signed := s.evidence(t, "signed.evidence", "--purpose", "sign", "--hash", digest)
	cert, anchors := filepath.Join(s.dir, "person.pem"), filepath.Join(s.dir, "anchors.pem")
	require.Equal(t, exitOK, runSKMID(t, append([]string{"profile", "--config", s.config, "--out", cert}, signer...)...).code)
	loginBody, signedBody := s.write(t, "login.json", login.Raw), s.write(t, "signed.json", signed.Raw)
	auth := []string{"--purpose", "auth", "--hash", challenge, "--anchors", anchors, loginBody}
	sign := []string{"--purpose", "sign", "--hash", digest, "--cert", cert, "--anchors", anchors, signedBody}
	verify := func(args ...string) result {
		return runSKMID(t, append([]string{"verify", "skmid", "--json"}, args...)...)
	}
	r := verify(auth...)
	require.Equal(t, exitOK, r.code, r.out)
	require.Equal(t, "simulator", r.report(t).Environment)
	require.Nil(t, r.report(t).Fresh, "nobody knows what was asked")
	require.Equal(t, "SHA-256", r.report(t).Digest.Hash)
	r = verify(append(sign, "--hash-type", "sha384", "--identity", skCode, "--at", signed.Received.Format(time.RFC3339))...)
	require.Equal(t, exitOK, r.code, r.out)
	require.Contains(t, runSKMID(t, append([]string{"verify", "skmid"}, auth...)...).out, "signed by a person whose certificate holds")
	require.Contains(t, runSKMID(t, append([]string{"verify", "skmid", "--identity", skCode}, auth...)...).out, "signed by the person of --identity")
	stdin := runWith(t, t.Context(), login.Raw, nil, append([]string{"verify", "skmid"}, append(auth[:len(auth)-1:len(auth)-1], "-")...)...)
	require.Equal(t, exitOK, stdin.code, stdin.err)
	stdin = runWith(t, t.Context(), append(bytes.Repeat([]byte{' '}, maxSession), login.Raw...), nil, append([]string{"verify", "skmid"}, append(auth[:len(auth)-1:len(auth)-1], "-")...)...)
	require.Equal(t, exitUsage, stdin.code, "too large")

	swap := func(args []string, flag, value string) []string {
		out := append([]string{}, args...)
		for i := range out {
			if out[i] == flag {
				out[i+1] = value
				return out
			}
		}
		return append(out[:len(out)-1], value)
	}
	flipped := bytes.Clone(login.Raw)
	i := bytes.Index(flipped, []byte(`"value":"`)) + len(`"value":"`) + 10
	flipped[i] = map[bool]byte{true: 'B', false: 'A'}[flipped[i] == 'A']
	without := func(args []string, flag string) (out []string) {
		for i := 0; i < len(args); i++ {
			if args[i] == flag {
				i++
				continue
			}
			out = append(out, args[i])
		}
		return out
	}
	for name, tc := range map[string]struct {
		args []string
		code int
		want string
	}{
		"a flipped bit":        {swap(auth, "", s.write(t, "flipped.json", flipped)), exitUnverified, "signature"},
		"another digest":       {swap(auth, "--hash", strings.Repeat("00", 32)), exitUnverified, "signature"},
		"another hash":         {swap(auth, "--hash", digest), exitUnverified, "algorithm"},
		"a login as signature": {swap(sign, "", loginBody), exitUnverified, ""},
		"a signature as login": {append(without(without(sign, "--cert"), "--purpose")[:4:4], "--purpose", "auth", signedBody), exitUnverified, "certificate"},
		"not then":             {append(auth, "--at", "2020-01-01T00:00:00Z"), exitUnverified, "chain"},
		"another person":       {append(auth, "--identity", "60001019906"), exitUnverified, "another person"},
		"no JSON":              {swap(auth, "", cert), exitUnverified, "answer"},
		"bad identity":         {append(auth, "--identity", "a b"), exitUsage, "--identity"},
		"no hash":              {without(auth, "--hash"), exitUsage, "--hash"},
		"no purpose":           {without(auth, "--purpose"), exitUsage, "--purpose"},
		"no anchors":           {without(auth, "--anchors"), exitUsage, "--anchors"},
		"no certificate":       {without(sign, "--cert"), exitUsage, "--cert"},
		"a certificate":        {append(auth, "--cert", cert), exitUsage, "--cert"},
		"not a certificate":    {swap(sign, "--cert", loginBody), exitUsage, "--cert"},
		"no body":              {auth[:len(auth)-1], exitUsage, "SESSIONFILE"},
		"no such body":         {swap(auth, "", s.dir+"/none"), exitUsage, "SESSIONFILE"},
		"large body":           {swap(auth, "", s.write(t, "large", make([]byte, maxSession+1))), exitUsage, "SESSIONFILE"},
		"bad anchors":          {swap(auth, "--anchors", loginBody), exitUsage, "--anchors"},
		"other environment":    {append(auth, "--environment", "production"), exitUsage, "--anchors"},
		"evidence, too":        {append(auth, "--evidence", "x"), exitUsage, "--evidence"},
		"configuration":        {append(auth, "--config", s.config), exitUsage, "--config"},
		"hash type":            {append(auth, "--hash-type", "sha512"), exitUsage, "--hash-type"},
		"purpose of evidence":  {[]string{"--evidence", "x", "--purpose", "auth"}, exitUsage, "--purpose"},
		"type without hash":    {[]string{"--evidence", "x", "--hash-type", "sha512"}, exitUsage, "--hash-type"},
		"stray environment":    {[]string{"--evidence", "x", "--environment", "test"}, exitUsage, "--environment"},
		"no such evidence":     {[]string{"--evidence", s.dir + "/none", "--config", s.config}, exitUsage, "--evidence"},
		"no key":               {[]string{"--evidence", "x"}, exitUsage, "--config"},
		"another provider":     {[]string{"--evidence", "x", "--config", newService(t).config}, exitUsage, "provider"},
	} {
		r := verify(tc.args...)
		require.Equal(t, tc.code, r.code, "%s: %s", name, r.out+r.err)
		require.Contains(t, r.report(t).Error.Message, tc.want, name)
		require.False(t, r.report(t).Error.MayHaveRung)
	}
}

// TestVerifyCMSAsBefore: the command without a name is a CMS, whatever order its arguments come in.
func TestVerifyCMSAsBefore(t *testing.T) {
	t.Parallel()
	file := writeFile(t, []byte("MA=="))
	for _, args := range [][]string{
		{"verify", file, "--text", text, "--root", file}, {"verify", "--text", text, "--root", file, file},
		{"verify", "cms", "--text", text, "--root", file, file},
	} {
		r := runMSS(t, args...)
		require.Equal(t, exitUsage, r.code)
		require.Contains(t, r.err, "--root: ", "the command is understood, and the file is no certificate")
	}
}

// TestConformanceVerifySessions: captured sessions through the command line, with the demo service's authorities.
func TestConformanceVerifySessions(t *testing.T) {
	t.Parallel()
	corpus := os.Getenv("MSS_CORPUS")
	if corpus == "" {
		t.Skip("MSS_CORPUS is not set")
	}
	dir := t.TempDir()
	for session, want := range map[string]struct{ purpose, check string }{
		"tara-login-8fbd33c0":                           {"auth", ""},
		"java-client-9b79078-auth":                      {"auth", ""},
		"thorgate-app-auth":                             {"auth", ""},
		"thorgate-app-sign-with-siga-signing-cert-2030": {"sign", ""},
		"thorgate-app-sign-with-auth-cert-MUST-FAIL":    {"auth", "signature"},
		"java-client-ece22e8-ecc":                       {"auth", "chain"},
	} {
		var c struct {
			RequestHash string
			Response    json.RawMessage
		}
		require.NoError(t, json.Unmarshal(mustRead(t, filepath.Join(corpus, "sk", "sessions", session+".json")), &c))
		var body struct{ Cert []byte }
		require.NoError(t, json.Unmarshal(c.Response, &body))
		leaf, err := x509.ParseCertificate(body.Cert)
		require.NoError(t, err)
		file, cert := filepath.Join(dir, session+".json"), filepath.Join(dir, session+".pem")
		require.NoError(t, os.WriteFile(file, c.Response, 0o600))
		require.NoError(t, os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf.Raw}), 0o600))
		args := []string{"verify", "skmid", "--json", "--environment", "test", "--anchors", filepath.Join(corpus, "sk", "ca"),
			"--purpose", want.purpose, "--hash", c.RequestHash, "--at", leaf.NotBefore.Add(leaf.NotAfter.Sub(leaf.NotBefore) / 2).Format(time.RFC3339)}
		if want.purpose == "sign" {
			args = append(args, "--cert", cert)
		}
		r := runSKMID(t, append(args, "--identity", "60001019906", file)...)
		if want.check == "" {
			require.Equal(t, exitOK, r.code, "%s: %s", session, r.out)
			require.True(t, *r.report(t).TestSigner)
			continue
		}
		require.Equal(t, exitUnverified, r.code, session)
		require.Contains(t, r.report(t).Error.Message, want.check, session)
	}
}
