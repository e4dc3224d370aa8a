package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
)

// TestVerifyBankIDEvidence: what was stored verifies again, and what was changed does not.
func TestVerifyBankIDEvidence(t *testing.T) {
	t.Parallel()
	s := newBankIDSite(t)
	file, ev := s.evidence(t, "login.evidence", "--ip", "192.0.2.7", "--personal-number", bankidNumber, "--text", bankidText)
	verify := func(file string) result {
		return runBankID(t, "verify", "bankid", file, "--config", s.config, "--json")
	}
	r := verify(file)
	require.Equal(t, exitOK, r.code, r.out)
	rep := r.report(t)
	require.True(t, *rep.Fresh)
	require.Equal(t, "ocsp", rep.TimeSource)
	require.WithinDuration(t, time.Now(), *rep.JudgedAt, time.Hour)
	require.False(t, rep.Reencoded)
	require.NotEmpty(t, rep.Transaction.APTransID)
	r = runBankID(t, "verify", "bankid", file, "--config", s.config)
	require.Contains(t, r.out, "Verified: signed by the person who was asked")
	require.Contains(t, r.out, "timeSource ocsp")

	seal := func(name string, change func(*mss.Evidence)) string {
		again := *ev
		again.Raw = bytes.Clone(ev.Raw)
		change(&again)
		sealed, err := openAccount(t, s.config).keys.Seal(&again, mss.NoBinding)
		require.NoError(t, err)
		return s.write(t, name, []byte(sealed))
	}
	damaged := mustRead(t, file)
	damaged[len(damaged)/2] ^= 1
	other, err := mss.ParsePersonID("SE", "197209239800")
	require.NoError(t, err)
	_, second := s.evidence(t, "second.evidence", "--ip", "192.0.2.7", "--personal-number", bankidNumber, "--text", bankidText)
	for name, tc := range map[string]struct{ file, want string }{
		"damaged":          {s.write(t, "damaged", damaged), "evidence"},
		"no evidence":      {s.write(t, "none", []byte("x")), "evidence"},
		"of somebody else": {seal("else", func(e *mss.Evidence) { e.Transaction.User.Person = other }), "person"},
		"of another order": {seal("order", func(e *mss.Evidence) { e.Transaction = second.Transaction }), ""},
	} {
		r := verify(tc.file)
		require.Equal(t, exitUnverified, r.code, "%s: %s", name, r.out+r.err)
		require.Equal(t, "verification", r.report(t).Error.Kind)
		require.False(t, r.report(t).Error.MayHaveRung)
		require.Contains(t, r.report(t).Error.Message, tc.want, name)
	}
	s.AssertPrompts(t, 2)
}

// TestVerifyBankIDSignature: a signature with its OCSP answer, in every form, and without.
func TestVerifyBankIDSignature(t *testing.T) {
	t.Parallel()
	s := newBankIDSite(t)
	_, ev := s.evidence(t, "login.evidence", "--ip", "192.0.2.7", "--text", bankidText)
	signature, ocsp := s.pair(t, ev)
	signatureXML, err := base64.StdEncoding.DecodeString(signature)
	require.NoError(t, err)
	ocspDER, err := base64.StdEncoding.DecodeString(ocsp)
	require.NoError(t, err)
	root := filepath.Join(s.dir, "anchors.pem")
	text, asXML := s.write(t, "s.b64", []byte(signature)), s.write(t, "s.xml", signatureXML)
	answer, asDER := s.write(t, "o.b64", []byte(ocsp+"\n")), s.write(t, "o.der", ocspDER)
	_, ev2 := s.evidence(t, "second.evidence", "--ip", "192.0.2.7", "--text", bankidText)
	_, ocsp2 := s.pair(t, ev2)
	at := ev.Received.UTC().Format(time.RFC3339)
	for _, tc := range []struct {
		signature, ocsp string
		reencoded       bool
	}{{text, answer, false}, {text, asDER, false}, {asXML, answer, true}, {asXML, asDER, true}} {
		r := runBankID(t, "verify", "bankid", "--signature", tc.signature, "--ocsp", tc.ocsp, "--root", root, "--json")
		require.Equal(t, exitOK, r.code, r.out+r.err)
		rep := r.report(t)
		require.Equal(t, "ocsp", rep.TimeSource)
		require.Equal(t, tc.reencoded, rep.Reencoded)
		require.Equal(t, "simulator", rep.Environment)
		require.Equal(t, "cn=mss simulate client", rep.RelyingParty)
		require.Nil(t, rep.Fresh, "nobody knows what was asked")
	}
	r := runBankID(t, "verify", "bankid", "--signature", asXML, "--ocsp", answer, "--root", root)
	require.Contains(t, r.out, "signed by a person whose certificate holds")
	require.Contains(t, r.out, "re-encoded")
	r = runBankID(t, "verify", "bankid", "--signature", text, "--skip-ocsp", "--at", at, "--root", root)
	require.Equal(t, exitOK, r.code, r.out+r.err)
	require.Contains(t, r.out, "timeSource operator")

	flipped := bytes.Replace(signatureXML, []byte("<SignatureValue>"), []byte("<SignatureValue>AAAA"), 1)
	base := []string{"--signature", text, "--root", root}
	for name, tc := range map[string]struct {
		args []string
		code int
		want string
	}{
		"no OCSP":            {base, exitUnverified, "--skip-ocsp"},
		"only a time":        {append(base[:4:4], "--at", at), exitUnverified, "--skip-ocsp"},
		"no time":            {append(base[:4:4], "--skip-ocsp"), exitUnverified, "--at"},
		"years later":        {append(base[:4:4], "--skip-ocsp", "--at", "2090-01-01T00:00:00Z"), exitUnverified, "chain"},
		"another's answer":   {append(base[:4:4], "--ocsp", s.write(t, "o2.b64", []byte(ocsp2))), exitUnverified, "OCSP nonce"},
		"empty answer":       {append(base[:4:4], "--ocsp", s.write(t, "empty", nil)), exitUnverified, "OCSP"},
		"altered":            {[]string{"--signature", s.write(t, "f.xml", flipped), "--ocsp", answer, "--root", root}, exitUnverified, ""},
		"another root":       {[]string{"--signature", text, "--ocsp", answer, "--root", filepath.Join(newBankIDSite(t).dir, "anchors.pem")}, exitUnverified, "chain"},
		"OCSP and time":      {append(base[:4:4], "--ocsp", answer, "--at", at), exitUsage, "--at"},
		"OCSP and skip":      {append(base[:4:4], "--ocsp", answer, "--skip-ocsp"), exitUsage, "--skip-ocsp"},
		"no root":            {base[:2], exitUsage, "--root"},
		"no certificate":     {[]string{"--signature", text, "--root", text}, exitUsage, "--root"},
		"other environment":  {append(base[:4:4], "--ocsp", answer, "--environment", "production"), exitUsage, "--root"},
		"no such signature":  {[]string{"--signature", s.dir + "/none", "--root", root}, exitUsage, "--signature"},
		"no such answer":     {append(base[:4:4], "--ocsp", s.dir+"/none"), exitUsage, "--ocsp"},
		"nothing":            {nil, exitUsage, "EVIDENCE"},
		"both":               {append(base[:4:4], "x"), exitUsage, "EVIDENCE"},
		"configuration":      {append(base[:4:4], "--config", s.config), exitUsage, "--config"},
		"OCSP of evidence":   {[]string{"x", "--ocsp", answer}, exitUsage, "--ocsp"},
		"no such evidence":   {[]string{s.dir + "/none", "--config", s.config}, exitUsage, "EVIDENCE"},
		"another provider's": {[]string{"x", "--config", newService(t).config}, exitUsage, "provider"},
	} {
		r := runBankID(t, append([]string{"verify", "bankid", "--json"}, tc.args...)...)
		require.Equal(t, tc.code, r.code, "%s: %s", name, r.out+r.err)
		require.Contains(t, r.report(t).Error.Message, tc.want, name)
		require.False(t, r.report(t).Error.MayHaveRung)
	}
}

// pair returns signature and OCSP answer of an outcome.
func (s *bankidSite) pair(t *testing.T, ev *mss.Evidence) (signature, ocsp string) {
	t.Helper()
	var body struct {
		CompletionData struct{ Signature, OcspResponse string }
	}
	require.NoError(t, json.Unmarshal(ev.Raw, &body))
	require.NotEmpty(t, body.CompletionData.Signature)
	return body.CompletionData.Signature, body.CompletionData.OcspResponse
}

// TestConformanceVerifyBankID: signatures of BankID's test environment through the command line.
func TestConformanceVerifyBankID(t *testing.T) {
	t.Parallel()
	corpus := os.Getenv("MSS_CORPUS")
	if corpus == "" {
		t.Skip("MSS_CORPUS is not set")
	}
	file := func(name string) string { return filepath.Join(corpus, "bankid", name) }
	const older = "demobolaget-anna.signature.xml"
	for name, tc := range map[string]struct {
		args   []string
		source string // "" where it does not verify
	}{
		"Base64":       {[]string{"--signature", file("sign-20220913.signature.b64"), "--ocsp", file("sign-20220913.ocsp.b64")}, "ocsp"},
		"XML and DER":  {[]string{"--signature", file("sign-20220913.signature.xml"), "--ocsp", file("sign-20220913.ocsp.der")}, "ocsp"},
		"2018":         {[]string{"--signature", file(older), "--at", "2018-12-12T12:00:00Z", "--skip-ocsp"}, "operator"},
		"2018 without": {[]string{"--signature", file(older)}, ""},
		"no skip":      {[]string{"--signature", file(older), "--at", "2018-12-12T12:00:00Z"}, ""},
		"no time":      {[]string{"--signature", file(older), "--skip-ocsp"}, ""},
		"too late":     {[]string{"--signature", file(older), "--at", "2030-12-12T12:00:00Z", "--skip-ocsp"}, ""},
		"another's":    {[]string{"--signature", file(older), "--ocsp", file("sign-20220913.ocsp.der")}, ""},
		"key info":     {[]string{"--signature", file("invalid_key_info.xml"), "--at", "2018-12-12T12:00:00Z", "--skip-ocsp"}, ""},
		"signature":    {[]string{"--signature", file("invalid_signature.xml"), "--at", "2018-12-12T12:00:00Z", "--skip-ocsp"}, ""},
		"signed data":  {[]string{"--signature", file("invalid_signed_data.xml"), "--at", "2018-12-12T12:00:00Z", "--skip-ocsp"}, ""},
	} {
		r := runBankID(t, append([]string{"verify", "bankid", "--json", "--root", file("signing-root-test.pem")}, tc.args...)...)
		rep := r.report(t)
		require.Equal(t, "test", rep.Environment, name)
		require.Equal(t, tc.source, rep.TimeSource, name)
		if tc.source == "" {
			require.Equal(t, exitUnverified, r.code, "%s: %s", name, r.out)
			continue
		}
		require.Equal(t, exitOK, r.code, "%s: %s", name, r.out)
		require.Equal(t, name != "Base64", rep.Reencoded, name)
	}
}
