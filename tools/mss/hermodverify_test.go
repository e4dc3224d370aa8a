package main

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
)

// enrolment records one.
func enrolment(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "enrolment")
	r := runHermod(t, "enroll", "--user", hermodUserName, "--simulate", "--record", dir, "--json")
	require.Equal(t, exitOK, r.code, r.err)
	return dir
}

func verifyHermod(t *testing.T, args ...string) (result, enrolmentReport) {
	t.Helper()
	r := runHermod(t, append([]string{"verify", "hermod", "--json"}, args...)...)
	var e enrolmentReport
	require.NoError(t, json.Unmarshal([]byte(r.out), &e), r.out+r.err)
	return r, e
}

// TestVerifyHermodEnrolment: what was recorded holds, whole and by halves, with every form of a pin; and who knows less proves less.
func TestVerifyHermodEnrolment(t *testing.T) {
	t.Parallel()
	dir := enrolment(t)
	in := func(name string) string { return filepath.Join(dir, name) }
	info, err := os.Stat(in(provCommandFile))
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm())
	pin := strings.TrimSpace(string(mustRead(t, in("attestation.txt"))))
	halves := []string{in(provCommandFile), in(provResponseFile)}
	all := append(halves, in(certCommandFile), in(certResponseFile))
	root := []string{"--root", in("anchors.pem")}
	for name, args := range map[string][]string{
		"directory":    append(root, dir, "--attestation-key", in("attestation.txt")),
		"files":        append(root, append(all, "--attestation-key", pin)...),
		"other name":   {"--anchors", in("anchors.pem"), dir, "--attestation-key", pin},
		"one of two":   append(root, dir, "--attestation-key", "sha256:"+strings.Repeat("ab", 32), "--attestation-key", pin),
		"keys alone":   append(halves, "--attestation-key", pin),
		"PEM of a key": append(root, dir, "--attestation-key", attestationPEM(t, dir)),
	} {
		r, e := verifyHermod(t, args...)
		require.Equal(t, exitOK, r.code, "%s: %s", name, r.out+r.err)
		require.True(t, e.Verified)
		require.True(t, *e.Attested)
		require.Equal(t, []string{"signer"}, e.Keys)
		require.Len(t, e.Steps, len(hermodSteps))
		last := stepReport{"chain", stepPassed}
		if name == "keys alone" {
			last.Verdict = stepAbsent
			require.Equal(t, "provisioned", e.Outcome)
			require.Empty(t, e.Environment)
		} else {
			require.Equal(t, "enrolled", e.Outcome)
			require.Equal(t, "simulator", e.Environment)
		}
		require.Equal(t, last, e.Steps[len(e.Steps)-1], name)
	}
	foreign := enrolment(t)
	for step, args := range map[string][]string{
		"chain":                {dir, "--attestation-key", pin},
		"attestation":          append(root, dir),
		"certificate validity": append(root, dir, "--attestation-key", pin, "--at", "2018-04-12T12:30:00Z"),
		"answer":               append(root, in(provCommandFile), writeFile(t, []byte("{")), "--attestation-key", pin),
		"provision command":    append(root, in(certCommandFile), in(provResponseFile), "--attestation-key", pin),
		"command":              append(root, in(provCommandFile), filepath.Join(foreign, provResponseFile), "--attestation-key", pin),
		"certificate command":  append(root, append(halves, filepath.Join(foreign, certCommandFile), in(certResponseFile), "--attestation-key", pin)...),
		"installation command": append(root, append(halves, in(certCommandFile), filepath.Join(foreign, certResponseFile), "--attestation-key", pin)...),
	} {
		r, e := verifyHermod(t, args...)
		require.Equal(t, exitUnverified, r.code, "%s: %s", step, r.out+r.err)
		require.Equal(t, "unverified", e.Outcome)
		require.False(t, e.Verified)
		require.Contains(t, e.Error.Message, "not verified: "+step+": ")
		require.False(t, e.Error.MayHaveRung)
		requireStep(t, step, e.Steps)
	}
	r := runHermod(t, "verify", "hermod", dir, "--attestation-key", pin)
	require.Equal(t, exitUnverified, r.code)
	require.Contains(t, r.out, "passed       installation host\nfailed       chain\n")
	require.Contains(t, r.err, "without --root nobody knows")
	require.NotContains(t, r.out, "Verified")
}

// requireStep expects all steps before one to have passed, and none behind it to be looked at.
func requireStep(t *testing.T, failed string, steps []stepReport) {
	t.Helper()
	verdict := stepPassed
	for _, s := range steps {
		if s.Step == failed {
			require.Equal(t, stepFailed, s.Verdict)
			verdict = stepUnreached
			continue
		}
		if s.Verdict != stepAbsent {
			require.Equal(t, verdict, s.Verdict, s.Step)
		}
	}
	require.Equal(t, stepUnreached, verdict, failed)
}

// attestationPEM writes the public key that a recorded answer names, as its vendor would hand it out.
func attestationPEM(t *testing.T, dir string) string {
	t.Helper()
	var record struct {
		ProvResponse struct{ Result struct{ Data string } }
	}
	require.NoError(t, json.Unmarshal(mustRead(t, filepath.Join(dir, provResponseFile)), &record))
	head, _, _ := strings.Cut(record.ProvResponse.Result.Data, ".")
	var header struct{ JWK struct{ N, E string } }
	decode := func(text string) []byte {
		octets, err := base64.RawURLEncoding.DecodeString(text)
		require.NoError(t, err)
		return octets
	}
	require.NoError(t, json.Unmarshal(decode(head), &header))
	key := &rsa.PublicKey{N: new(big.Int).SetBytes(decode(header.JWK.N)), E: int(new(big.Int).SetBytes(decode(header.JWK.E)).Int64())}
	der, err := x509.MarshalPKIXPublicKey(key)
	require.NoError(t, err)
	return writeFile(t, append([]byte("the app's key\n"), pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})...))
}

// TestVerifyHermodArguments: what contradicts itself is refused.
func TestVerifyHermodArguments(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, f := range []string{provCommandFile, provResponseFile} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, f), []byte("{}"), 0o600))
	}
	for want, args := range map[string][]string{
		"FILE: open ":                    {t.TempDir()},
		"--attestation-key: is no pin":   {dir, "--attestation-key", "none"},
		"--attestation-key: the file: ":  {dir, "--attestation-key", writeFile(t, []byte("x"))},
		"--anchors: ":                    {dir, "--root", "none"},
		"--url, --client-id":             {"a", "b", "c"},
		"go with an enrolment":           {"a", "--at", "2018-04-12T12:30:00Z"},
		"EVIDENCE: give one":             {"a", "b", "--url", "https://h.example", "--client-id", "a", "--handle-key", "k", "--anchors", "c"},
		"no directory with an enrolment": {dir, "--url", "https://h.example"},
	} {
		r := runHermod(t, append([]string{"verify", "hermod"}, args...)...)
		require.Equal(t, exitUsage, r.code, "%s: %s", want, r.out+r.err)
		require.Contains(t, r.err, want)
		require.Empty(t, r.out)
	}
}

// TestHermodSteps: the table has the checks that the library documents, in its order.
func TestHermodSteps(t *testing.T) {
	t.Parallel()
	provisioning := documentedChecks(t, "../../adapters/hermod/provisioning.go", "func (v *Verifier) VerifyProvisioning(")
	exchange := documentedChecks(t, "../../adapters/hermod/verifyexchange.go", "func (v *Verifier) VerifyExchange(")
	require.Equal(t, "evidence", provisioning[0])
	require.Equal(t, []string{"time", "provision command", "answer … request attributes"}, exchange[:3])
	want := append([]string{"provision command"}, provisioning[1:]...)
	require.Equal(t, append(want, exchange[3:]...), hermodSteps)
	require.Equal(t, "certificate command", hermodSteps[hermodKeySteps])
}

// documentedChecks returns the names in the columns of a function's comment.
func documentedChecks(t *testing.T, file, function string) (names []string) {
	t.Helper()
	before, _, ok := strings.Cut(string(mustRead(t, file)), "\n"+function)
	require.True(t, ok, file)
	comment := before[strings.LastIndex(before, "\n\n"):]
	for row := range strings.Lines(comment) {
		row, ok = strings.CutPrefix(row, "//\t")
		if !ok || strings.HasPrefix(row, " ") {
			continue
		}
		name, _, _ := strings.Cut(strings.TrimSpace(row), "  ")
		names = append(names, strings.TrimSpace(name))
	}
	return names
}

// TestHermodUnknownStep: of a check that the table does not have nothing is claimed.
func TestHermodUnknownStep(t *testing.T) {
	t.Parallel()
	for _, s := range hermodVerdicts(&mss.VerificationError{Check: "new"}, true) {
		require.Equal(t, stepUnreached, s.Verdict)
	}
}

// TestConformanceVerifyHermod: the published example holds but for its issuer, whom nobody knows, and only for who has the key of its
// app; the answer that is no JSON where it is shown is refused with the place.
func TestConformanceVerifyHermod(t *testing.T) {
	t.Parallel()
	corpus := os.Getenv("MSS_CORPUS")
	if corpus == "" {
		t.Skip("MSS_CORPUS is not set")
	}
	dir := filepath.Join(corpus, "hermod")
	at := []string{"--at", "2018-04-12T12:30:00Z"}
	root := []string{"--root", filepath.Join(enrolment(t), "anchors.pem")}
	for _, pin := range []string{
		"sha256:89aa2564629d1cdc25e1797891f3d395a2b0166eeffbbcaffd5d8481bf035e6c", "PNBe0QlyVwES2jVS9QBy60FUj9QbWcOPUFd-zKmlvSQ",
	} {
		for name, more := range map[string][]string{"without root": nil, "with another root": root} {
			r, e := verifyHermod(t, append(append(at, dir, "--attestation-key", pin), more...)...)
			require.Equal(t, exitUnverified, r.code, name)
			requireStep(t, "chain", e.Steps)
		}
		in := func(name string) string { return filepath.Join(dir, name) }
		r, e := verifyHermod(t, append(at, in("prov_command.json"), in("prov_response.json"), "--attestation-key", pin)...)
		require.Equal(t, exitOK, r.code, r.out)
		require.Equal(t, "3051e9f3-0e4d-436b-a512-2e18d8afe134", e.ProfileID)
		r, e = verifyHermod(t, append(at, in("prov_command.json"), in("prov_response.json"), in("cert_command.json"), in("cert_response.as-published.txt"),
			"--attestation-key", pin)...)
		require.Equal(t, exitUnverified, r.code)
		requireStep(t, "installation answer", e.Steps)
		require.Contains(t, e.Error.Message, "line 17, octet 22: not JSON: invalid character 'h' looking for beginning of value")
	}
	r, e := verifyHermod(t, append(at, dir)...)
	require.Equal(t, exitUnverified, r.code)
	requireStep(t, "attestation", e.Steps)
	require.Contains(t, e.Error.Message, "without --attestation-key")
	r, e = verifyHermod(t, append(at, dir, "--attestation-key", "sha256:"+strings.Repeat("ab", 32))...)
	require.Equal(t, exitUnverified, r.code)
	requireStep(t, "attestation", e.Steps)
}
