package main

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss/mssp"
)

// TestSignServices: each service of the command line, in both bindings.
func TestSignServices(t *testing.T) {
	t.Parallel()
	for _, binding := range []string{"soap", "rest"} {
		t.Run(binding, func(t *testing.T) {
			t.Parallel()
			sign := func(args ...string) result {
				return runMSS(t, append([]string{
					"sign", "--simulate", "--binding", binding, "--msisdn", "41700092501", "--text", text, "--mode", "sync", "--json",
				}, args...)...)
			}
			r := sign("--geofencing", "--receipt", "Thanks")
			require.Equal(t, exitOK, r.code, r.err)
			rep := r.report(t)
			require.Equal(t, "signed", rep.Outcome)
			require.Equal(t, "CH", rep.Location.Country)
			require.InDelta(t, 105, rep.Location.Accuracy, 0)
			require.Nil(t, rep.LocationError)
			require.Equal(t, &receiptReport{Outcome: "sent"}, rep.Receipt)

			rep = sign("--geofencing=allow=CH,location=0.7,device=0.5,age=10m,accuracy=1000").report(t)
			require.True(t, rep.Verified)
			r = sign("--geofencing=deny=CH,local")
			require.Equal(t, exitUnverified, r.code)
			require.Contains(t, r.report(t).Error.Message, "geofencing")
			r = sign("--geofencing=deny=CH")
			require.Equal(t, exitFault, r.code)
			require.Equal(t, 450, r.report(t).Fault.Code)

			r = sign("--receipt", "Bank ACME: "+strings.Repeat("too long ", 40))
			require.Equal(t, exitOK, r.code, "the signature is no less verified")
			require.True(t, r.report(t).Verified)
			require.Equal(t, "failed", r.report(t).Receipt.Outcome)
			require.Contains(t, r.err, "warning: --receipt")
		})
	}
	r := runMSS(t, "sign", "--simulate", "--msisdn", "41700092501", "--text", text, "--mode", "sync", "--geofencing", "--receipt", "Thanks")
	require.Regexp(t, `(?m)^  location +CH, within 105 m at .*; confidence 0\.9, in the device 0\.9 \(the service's word\)$`, r.out)
	require.Regexp(t, `(?m)^  receipt +sent$`, r.out)
}

func TestGeofencingFlag(t *testing.T) {
	t.Parallel()
	for _, policy := range []string{"", "allow", "allow=Switzerland", "location=much", "age=10", "accuracy=1.5", "where=CH", "allow=CH,,"} {
		r := runMSS(t, "sign", "--simulate", "--msisdn", "41700092501", "--text", text, "--mode", "sync", "--geofencing="+policy)
		require.Equal(t, exitUsage, r.code, policy)
		require.Contains(t, r.err, "--geofencing", policy)
	}
	policy, local, err := parsePolicy("allow=CH+LI,deny=RU,location=0.7,device=0.5,age=10m,accuracy=1000,local")
	require.NoError(t, err)
	require.True(t, local)
	require.Equal(t, &mssp.LocationPolicy{
		Allow: []string{"CH", "LI"}, Deny: []string{"RU"}, MinLocationConfidence: 0.7, MinDeviceConfidence: 0.5, MaxAge: 600e9, MaxAccuracy: 1000,
	}, policy)
}

// TestApprovalAndLink: the services of the app.
func TestApprovalAndLink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "txn.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"type":"Payment","dtbd":[{"key":"Pay","value":"Bank ACME: CHF 10"},{"key":"To","value":"Anna"}]}`), 0o600))
	kit := filepath.Join(dir, "sim")
	_, end := startSimulate(t, "--dir", kit)
	sign := func(args ...string) result {
		return runMSS(t, append([]string{"sign", "--config", configPath(kit), "--allow-test-numbers", "--msisdn", "41700092501", "--json"}, args...)...)
	}
	// The simulated robots have SIM cards: the app's services are refused to them by the service, or here.
	r := sign("--txn", file, "--profile", mssp.ProfileDevice)
	require.Equal(t, exitFault, r.code, r.out)
	require.Equal(t, 109, r.report(t).Fault.Code)
	r = sign("--txn", file)
	require.Equal(t, exitUsage, r.code)
	require.Regexp(t, `^--profile: .* such as `+mssp.ProfileDevice+`$`, r.report(t).Error.Message)
	r = sign("--txn", filepath.Join(dir, "none"))
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.out, "--txn")
	require.NoError(t, os.WriteFile(file, []byte(`{"type":"Payment","dtbd":[]}`), 0o600))
	r = sign("--txn", file, "--profile", mssp.ProfileDevice)
	require.Equal(t, exitUsage, r.code)
	r = sign("--txn", file, "--text", text)
	require.Equal(t, exitUsage, r.code, "one of the two")
	r = sign("--text", text, "--app2app", "https://acme.example/")
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.report(t).Error.Message, "--app2app")
	own := []string{"--config", configPath(kit), "--msisdn", "41790000001", "--profile", mssp.ProfileDevice, "--text", text, "--app2app", "acme://back"}
	r = runMSS(t, append([]string{"sign"}, own...)...)
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "key redirect_schemes")
	r = runWith(t, t.Context(), nil, []string{"MSS_REDIRECT_SCHEMES=acme"}, append([]string{"sign"}, own...)...)
	require.Equal(t, exitOK, r.code, r.err)
	r = sign("--text", text, "--app2app", "javascript:alert(1)", "--profile", mssp.ProfileDevice)
	require.Equal(t, exitUsage, r.code)
	require.NotContains(t, r.out+r.err, "alert")
	code, _ := end()
	require.Equal(t, exitOK, code)
}

// TestSimulatedPeople: whoever the simulator names does what it says, in both bindings.
func TestSimulatedPeople(t *testing.T) {
	t.Parallel()
	txn := writeFile(t, []byte(`{"type":"Payment","dtbd":[{"key":"Pay","value":"Bank ACME: CHF 10"},{"key":"To","value":"Anna"}]}`))
	for _, binding := range []string{"soap", "rest"} {
		run := func(command, number string, args ...string) result {
			return runMSS(t, append([]string{command, "--simulate", "--binding", binding, "--msisdn", number, "--json"}, args...)...)
		}
		sync := []string{"--mode", "sync", "--text", text}

		r := run("sign", "41790000001", "--mode", "sync", "--profile", mssp.ProfileDevice, "--txn", txn)
		require.Equal(t, exitOK, r.code, r.out)
		require.Equal(t, mssp.ProfileDevice, r.report(t).Profile)
		r = run("sign", "41790000001", "--profile", mssp.ProfileDevice, "--text", text, "--app2app", "https://acme.example/return")
		require.Equal(t, exitOK, r.code, r.out)
		require.Regexp(t, `(?m)^link +mobileid://`, r.err, "it must be seen, and is no part of the object")
		require.NotContains(t, r.out, "mobileid:")

		var p profileReport
		require.NoError(t, json.Unmarshal([]byte(run("profile", "41790000002").out), &p))
		require.NotNil(t, p.SIM)
		require.Len(t, p.Apps, 1)
		require.True(t, *p.RecoveryCode)

		require.Equal(t, 105, run("sign", "41790000003", append(sync, "--geofencing")...).report(t).LocationError.Code)
		require.Equal(t, "signed", run("sign", "41790000004", append(sync, "--receipt", "Thanks")...).report(t).Outcome)
		require.NoError(t, json.Unmarshal([]byte(run("profile", "41790000005").out), &p))
		require.Equal(t, "INACTIVE", p.SIM.State)
		require.Equal(t, exitOK, run("sign", "41790000005", sync...).code)
	}
}

// TestReceiptCommand: evidence of one process, receipt of another.
func TestReceiptCommand(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "sim")
	_, end := startSimulate(t, "--dir", dir)
	config, evidence := configPath(dir), filepath.Join(dir, "paid.evidence")
	sign := []string{"sign", "--config", config, "--allow-test-numbers", "--msisdn", "41700092501", "--text", text, "--mode", "sync", "--evidence", evidence}
	r := runMSS(t, sign...)
	require.Equal(t, exitOK, r.code, r.err)
	info, err := os.Stat(evidence)
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm())
	r = runMSS(t, sign...)
	require.Equal(t, exitUsage, r.code, "a file that is there is not touched, and no phone rings")

	receipt := []string{"receipt", "--config", config, "--allow-test-numbers", "--evidence", evidence, "--json"}
	r = runMSS(t, append(receipt, "--text", "no prefix")...)
	require.Equal(t, exitUsage, r.code)
	r = runMSS(t, append(receipt, "--text", "Bank ACME: paid.", "--ack")...)
	require.Equal(t, exitOK, r.code, r.err)
	require.Equal(t, &receiptReport{Outcome: "accepted"}, r.report(t).Receipt)
	require.Equal(t, "receipt", r.report(t).Outcome)
	r = runMSS(t, append(receipt, "--text", "Bank ACME: paid.")...)
	require.Equal(t, exitFault, r.code, "one a signature, says the service")
	require.False(t, r.report(t).Verified, "the receipt failed, whatever the signature is worth")
	r = runMSS(t, append(receipt[:len(receipt)-1], "--text", "Bank ACME: paid.")...)
	require.Contains(t, r.out, "\nNo receipt: 101 WRONG_PARAM", "the person did sign")

	r = runMSS(t, "receipt", "--config", config, "--evidence", evidence, "--text", "Bank ACME: paid.", "--json")
	require.Equal(t, exitUnverified, r.code, "without --allow-test-numbers the robot's signature is none")
	sealed, err := os.ReadFile(evidence)
	require.NoError(t, err)
	sealed[len(sealed)/2] ^= 1
	require.NoError(t, os.WriteFile(evidence, sealed, 0o600))
	r = runMSS(t, append(receipt, "--text", "Bank ACME: paid.")...)
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.report(t).Error.Message, "--evidence")
	code, _ := end()
	require.Equal(t, exitOK, code)
}

func TestProfileCommand(t *testing.T) {
	t.Parallel()
	for _, binding := range []string{"soap", "rest"} {
		r := runMSS(t, "profile", "--simulate", "--json", "--binding", binding, "--msisdn", "41700092501")
		require.Equal(t, exitOK, r.code, r.err)
		var p profileReport
		require.NoError(t, json.Unmarshal([]byte(r.out), &p))
		require.Equal(t, "profile", p.Outcome)
		require.Contains(t, p.SignatureProfiles, mssp.ProfileSIM)
		require.Equal(t, "ACTIVE", p.SIM.State)
		require.False(t, *p.SIM.PINBlocked)
		require.Equal(t, &cardReport{"228", "01", "Swisscom"}, p.SIM.Card)
		require.Len(t, p.SIM.Certificates, 1)
		require.Equal(t, "MIDCHEO16P1O6E92", p.SIM.Certificates[0].Serial)
		require.Len(t, p.SIM.Certificates[0].Chain, 3)
		leaf, err := x509.ParseCertificate(p.SIM.Certificates[0].Chain[0].Certificate)
		require.NoError(t, err)
		require.Equal(t, "MIDCHEO16P1O6E92", leaf.Subject.SerialNumber)
		require.Contains(t, strings.ToUpper(p.SIM.Certificates[0].Chain[0].Subject), "MIDCHEO16P1O6E92")
	}
	r := runMSS(t, "profile", "--simulate", "--msisdn", "41700092501")
	require.Regexp(t, `(?m)^  SIM card +ACTIVE$`, r.out)
	require.Contains(t, r.out, "network Swisscom (228 01)")
	r = runMSS(t, "profile", "--simulate", "--json", "--msisdn", "41790009999")
	require.Equal(t, exitFault, r.code)
	require.Equal(t, 105, r.report(t).Fault.Code)
	require.Contains(t, runMSS(t, "profile", "--simulate", "--msisdn", "41790009999").out, "\nNo profile: 105 UNKNOWN_CLIENT")
	r = runMSS(t, "profile", "--simulate", "--msisdn", "0791234567")
	require.Equal(t, exitUsage, r.code)
}

// What the service tells is not verified, so it may be made for a terminal.
func TestProfileIsEscaped(t *testing.T) {
	t.Parallel()
	leaf := &x509.Certificate{Subject: pkix.Name{SerialNumber: "MIDCHE\x1b[2J", CommonName: "\x1b[2J"}}
	for _, subjects := range [][]string{nil, {"cn=\x1b[2J"}} {
		r := &profileReport{Certificates: newCertificateReports([]mssp.Certificate{{Chain: []*x509.Certificate{leaf}, Subjects: subjects}, {State: "ACTIVE"}})}
		var out strings.Builder
		r.human(&out)
		require.Contains(t, out.String(), "MIDCHE")
		require.NotContains(t, out.String()+r.Certificates[0].Serial+r.Certificates[0].Chain[0].Subject, "\x1b")
		require.NotContains(t, out.String(), "certificate  ACTIVE, ", "without a certificate there is no end of its validity")
	}
}

func TestHealthCommand(t *testing.T) {
	t.Parallel()
	for _, binding := range []string{"soap", "rest"} {
		r := runMSS(t, "health", "--simulate", "--json", "--binding", binding)
		require.Equal(t, exitOK, r.code, r.err)
		require.JSONEq(t, `{"outcome":"healthy","environment":"simulator"}`, r.out)
	}
	require.Equal(t, "healthy: simulator\n", runMSS(t, "health", "--simulate").out)
	dir := filepath.Join(t.TempDir(), "sim")
	_, end := startSimulate(t, "--dir", dir)
	code, _ := end()
	require.Equal(t, exitOK, code)
	r := runMSS(t, "health", "--config", configPath(dir), "--json")
	require.Equal(t, exitTransport, r.code)
	require.Equal(t, "transport", r.report(t).Error.Kind)
}

// TestSignForAnAccount: the first signer is stored, the same one passes, another one does not.
func TestSignForAnAccount(t *testing.T) {
	t.Parallel()
	store := filepath.Join(t.TempDir(), "serials.db")
	sign := func(number string, args ...string) result {
		return runMSS(t, append([]string{
			"sign", "--simulate", "--msisdn", number, "--text", text, "--mode", "sync", "--json", "--account", "customer-4711",
		}, args...)...)
	}
	r := sign("41700092501")
	require.Equal(t, exitUsage, r.code, "no store")
	r = sign("41700092501", "--serials", store)
	require.Equal(t, exitOK, r.code, r.err)
	require.Equal(t, "enrolled", r.report(t).Account.Outcome)
	r = sign("41700092501", "--serials", store)
	require.Equal(t, "known", r.report(t).Account.Outcome)
	r = sign("41700092502", "--serials", store)
	require.Equal(t, exitUnverified, r.code, "another person")
	require.False(t, r.report(t).Verified)
	require.NotContains(t, r.out+r.err, "customer-4711")
	r = sign("41700092501", "--serials", t.TempDir())
	require.Equal(t, exitUsage, r.code, "found out before the phone rings")
}

// TestTraceFile: what went to and fro, with nothing personal in it.
func TestTraceFile(t *testing.T) {
	t.Parallel()
	for _, binding := range []string{"soap", "rest"} {
		file := filepath.Join(t.TempDir(), "trace.txt")
		sign := []string{
			"sign", "--simulate", "--binding", binding, "--msisdn", "41700092501", "--text", text, "--mode", "sync",
			"--receipt", "Thanks for nothing", "--geofencing", "--trace", file,
		}
		r := runMSS(t, sign...)
		require.Equal(t, exitOK, r.code, r.err)
		trace, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Contains(t, string(trace), "MSS_SignatureReq")
		require.Contains(t, string(trace), "MSS_ReceiptReq")
		require.Contains(t, string(trace), "REQUEST_OK")
		for _, secret := range []string{text, "Thanks", "MIAG"} {
			require.NotContains(t, string(trace), secret)
		}
		info, err := os.Stat(file)
		require.NoError(t, err)
		require.EqualValues(t, 0o600, info.Mode().Perm())
		require.Equal(t, exitUsage, runMSS(t, sign...).code, "what is there is not overwritten")
	}
}
