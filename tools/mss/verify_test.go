package main

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/stretchr/testify/require"
)

// signature lets the simulator's person sign and returns the CMS.
func (s *service) signature(t *testing.T, number string) []byte {
	t.Helper()
	client, err := mssp.New(mssp.Config{
		HTTP: s.HTTP(), APID: s.APID(), Prefix: s.Prefix(), Anchors: s.Anchors(),
		Defaults: mssp.Options{Profile: mssp.ProfileAny}, AllowTestNumbers: true,
	})
	require.NoError(t, err)
	defer client.Close()
	msisdn, err := mss.ParseMSISDN(number)
	require.NoError(t, err)
	sig, err := client.SignSync(t.Context(), &mss.Request{
		Purpose: mss.Authentication, User: mss.User{MSISDN: msisdn}, Display: text, Language: "en",
	})
	require.NoError(t, err)
	return sig.Value
}

func writeFile(t *testing.T, data []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(name, data, 0o600))
	return name
}

func TestVerify(t *testing.T) {
	t.Parallel()
	s := newService(t)
	root := writeFile(t, certificatesPEM(s.Anchors().Roots()...))
	intermediate := writeFile(t, certificatesPEM(s.Anchors().Intermediates()...))
	der := s.signature(t, "41700092501")
	b64 := base64.StdEncoding.EncodeToString(der)
	lines := "\n  " + strings.Join(split(b64, 64), "\r\n\t ") + "\n"
	args := func(more ...string) []string {
		return append([]string{"verify", "--text", text, "--root", root}, more...)
	}

	for name, data := range map[string]string{"DER or BER": string(der), "Base64": b64, "Base64 in lines": lines} {
		r := runMSS(t, args("--json", writeFile(t, []byte(data)))...)
		require.Equal(t, exitOK, r.code, "%s: %s", name, r.out)
		rep := r.report(t)
		require.Equal(t, "simulator", rep.Environment)
		require.Equal(t, "MIDCHEO16P1O6E92", rep.Signer.Serial)
		require.True(t, *rep.TestSigner)
		require.Zero(t, rep.Status)
		r = runWith(t, t.Context(), []byte(data), nil, args("-")...)
		require.Equal(t, exitOK, r.code, name)
		require.Contains(t, r.out, "Verified: signed by MIDCHEO16P1O6E92\n")
		require.Contains(t, r.out, "test signer")
		require.Contains(t, r.out, "SIMULATOR")
	}
	file := writeFile(t, []byte(b64))
	r := runMSS(t, args("--intermediate", intermediate, "--at", time.Now().Format(time.RFC3339), "--environment", "simulator", file)...)
	require.Equal(t, exitOK, r.code, r.err)

	other := newService(t)
	for name, tc := range map[string]struct {
		args []string
		code int
		says string
	}{
		"another text":         {[]string{"verify", "--text", text + ".", "--root", root, file}, exitUnverified, "content"},
		"another root":         {[]string{"verify", "--text", text, "--root", writeFile(t, certificatesPEM(other.Anchors().Roots()...)), file}, exitUnverified, "chain"},
		"before":               {args("--at", "2024-01-01T00:00:00Z", file), exitUnverified, "chain"},
		"after":                {args("--at", "2099-01-01T00:00:00Z", file), exitUnverified, "chain"},
		"flipped":              {args(writeFile(t, flip(der))), exitUnverified, ""},
		"cut":                  {args(writeFile(t, der[:len(der)/2])), exitUnverified, ""},
		"real roots":           {args("--environment", "production", file), exitUsage, "never mix"},
		"intermediate as root": {[]string{"verify", "--text", text, "--root", intermediate, file}, exitUsage, "no root certificate"},
		"no such root":         {[]string{"verify", "--text", text, "--root", "none.pem", file}, exitUsage, "--root"},
		"no such intermediate": {args("--intermediate", "none.pem", file), exitUsage, "--intermediate"},
		"no such file":         {args("none.b64"), exitUsage, "CMSFILE"},
		"empty":                {args(writeFile(t, nil)), exitUsage, "neither Base64 nor DER"},
		"white space":          {args(writeFile(t, []byte(" \n"))), exitUsage, "neither Base64 nor DER"},
		"no Base64":            {args(writeFile(t, []byte("MII-"))), exitUsage, "neither Base64 nor DER"},
		"large":                {args(writeFile(t, append(der, make([]byte, maxSignature)...))), exitUsage, "64 KiB"},
		"large Base64":         {args(writeFile(t, bytes.Repeat([]byte("MAAA"), maxSignature/3+1))), exitUsage, "64 KiB"},
		"huge":                 {args(writeFile(t, bytes.Repeat([]byte(" "), maxSignatureText+1))), exitUsage, "96 KiB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := runMSS(t, tc.args...)
			require.Equal(t, tc.code, r.code, r.out+r.err)
			require.Contains(t, r.err, tc.says)
			require.NotContains(t, r.out, "Verified")
			r = runMSS(t, append(tc.args, "--json")...)
			require.False(t, r.report(t).Error.MayHaveRung, "nobody was asked")
		})
	}
}

// An endless input is read up to the limit and no further.
func TestVerifyReadsNoMoreThanItMust(t *testing.T) {
	t.Parallel()
	s := newService(t)
	in := new(endless)
	var out, errs bytes.Buffer
	root := writeFile(t, certificatesPEM(s.Anchors().Roots()...))
	require.Equal(t, exitUsage, run(t.Context(), []string{"verify", "--text", text, "--root", root, "-"}, in, &out, &errs, nil))
	require.Contains(t, errs.String(), "96 KiB")
	require.Less(t, in.read, 2*maxSignatureText)
}

type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'M'
	}
	e.read += len(p)
	return len(p), nil
}

func flip(der []byte) []byte {
	der = bytes.Clone(der)
	der[len(der)-20] ^= 1 // inside the signature value
	return der
}

func split(s string, n int) (lines []string) {
	for len(s) > n {
		lines, s = append(lines, s[:n]), s[n:]
	}
	return append(lines, s)
}

// TestConformanceVerify judges a genuine signature of the service's test number.
func TestConformanceVerify(t *testing.T) {
	corpus := os.Getenv("MSS_CORPUS")
	if corpus == "" {
		t.Skip("MSS_CORPUS is not set")
	}
	file := filepath.Join(corpus, "swisscom", "cms", "rest2024-sync.b64")
	root4 := filepath.Join(corpus, "swisscom", "certs", "Swisscom_Root_CA_4_b9821b0c.pem")
	root2 := filepath.Join(corpus, "swisscom", "certs", "Swisscom_Root_CA_2_77474fc6.pem")
	const signed, then = "Test: Sign in from Postman?", "2024-07-02T12:00:00Z"

	r := runMSS(t, "verify", "--text", signed, "--root", root4, "--at", then, "--json", file)
	require.Equal(t, exitOK, r.code, r.out)
	rep := r.report(t)
	require.Equal(t, "production", rep.Environment)
	require.Equal(t, "MIDCHEO16P1O6E92", rep.Signer.Serial)
	require.True(t, *rep.TestSigner)

	for name, args := range map[string][]string{
		"now":          {"--text", signed, "--root", root4},
		"root 2":       {"--text", signed, "--root", root2, "--at", then},
		"another text": {"--text", "Test: Sign in from Postman!", "--root", root4, "--at", then},
	} {
		r := runMSS(t, append(append([]string{"verify"}, args...), "--json", file)...)
		require.Equal(t, exitUnverified, r.code, name)
		require.Equal(t, outcomeUnverified, r.report(t).Outcome, name)
	}
	r = runMSS(t, "verify", "--text", signed, "--root", root4, "--environment", "simulator", "--at", then, file)
	require.Equal(t, exitUsage, r.code, "a real root is no simulator's")
}
