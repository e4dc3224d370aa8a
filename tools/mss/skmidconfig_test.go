package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSKMIDConfiguration: keys that are missing, wrong, or another provider's.
func TestSKMIDConfiguration(t *testing.T) {
	t.Parallel()
	s := newSKMIDSite(t)
	sign := append([]string{"sign", "--config", s.config}, signer...)
	for variable, want := range map[string]string{
		"MSS_PROVIDER=none":               "provider: must be mssp, skmid or bankid",
		"MSS_PROVIDER=mssp":               "--identity: is not for provider mssp",
		"MSS_AP_ID=x":                     "ap_id: is no key of provider skmid",
		"MSS_RELYING_PARTY_UUID=X":        "relying_party_uuid: ",
		"MSS_RELYING_PARTY_NAME=\u202e":   "relying_party_name: ",
		"MSS_URL=http://mid.example":      "url: ",
		"MSS_URL=https://mid.sk.ee/x":     "url: ",
		"MSS_KEY_PINS=x":                  "key_pins: ",
		"MSS_ENVIRONMENT=production":      "anchors: ",
		"MSS_ANCHORS=/nowhere":            "anchors: ",
		"MSS_HANDLE_KEY_FILE=" + s.config: "",
	} {
		r := runSKMIDWith(t, []string{variable}, sign...)
		if want == "" {
			require.Equal(t, exitOK, r.code, r.err)
			continue
		}
		require.Equal(t, exitUsage, r.code, variable)
		require.Contains(t, r.err, want)
	}
	// Another key than the pinned one: nothing is sent.
	r := runSKMIDWith(t, []string{"MSS_KEY_PINS=" + strings.Repeat("00", 31) + "01"}, append(sign, "--json")...)
	require.Equal(t, exitTransport, r.code)
	require.False(t, r.report(t).Error.MayHaveRung)
	r = runSKMIDWith(t, []string{"MSS_KEY_PINS=" + strings.Repeat("00", 31) + "01"}, append(sign, "--json", "--purpose", "sign", "--hash", strings.Repeat("ab", 32))...)
	require.Equal(t, exitTransport, r.code, "no certificate to be had")
	require.False(t, r.report(t).Error.MayHaveRung)
	s.AssertPrompts(t, 1)
}

// TestSKMIDConfigCheck: no false findings about what is right, and true ones about what is not.
func TestSKMIDConfigCheck(t *testing.T) {
	t.Parallel()
	s := newSKMIDSite(t)
	check := func(env ...string) result {
		return runSKMIDWith(t, env, "config", "check", "--config", s.config, "--online")
	}
	r := check()
	require.Equal(t, exitOK, r.code, r.out)
	require.NotRegexp(t, `(?m)^(warn|fail)`, r.out)
	require.Contains(t, r.out, "registrant_url: a client can be made of it")
	require.Regexp(t, `(?m)^ok +TLS: `, r.out)
	for env, want := range map[string]string{
		"MSS_AP_ID=x":           `fail  MSS_AP_ID: ap_id: is no key of provider skmid`,
		"MSS_PROVIDER=none":     `fail  MSS_PROVIDER: provider: must be mssp, skmid or bankid`,
		"MSS_NAME_CASE=upper":   `fail  MSS_NAME_CASE: name_case: must be capitalised or certified`,
		"MSS_KEY_PINS=x":        `fail  MSS_KEY_PINS: key_pins: `,
		"MSS_ENVIRONMENT=dream": `fail  environment: `,
	} {
		r := check(env)
		require.Equal(t, exitUsage, r.code, env)
		require.Contains(t, r.out, want)
	}
	require.Equal(t, exitTransport, runSKMIDWith(t, []string{"MSS_KEY_PINS=" + strings.Repeat("0", 63) + "1"},
		append([]string{"sign", "--config", s.config}, signer...)...).code)
}

// TestSKMIDConfigInit: what is written reminds of what is missing, and of nothing else.
func TestSKMIDConfigInit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out := filepath.Join(dir, "mss.yaml")
	r := runSKMID(t, "config", "init", "--provider", "skmid", "--lang", "et", "--out", out, "--json")
	require.Equal(t, exitOK, r.code, r.err)
	rep := decodeJSON[configInitReport](t, r)
	require.Equal(t, []string{"relying_party_name", "relying_party_uuid", "tls_roots", "key_pins", "anchors"}, rep.Placeholders)
	r = runSKMID(t, "config", "check", "--config", out)
	require.Equal(t, exitUsage, r.code)
	require.Equal(t, len(rep.Placeholders), strings.Count(r.out, "fail "), r.out)
	require.NotContains(t, r.out, "warn ")
	for _, args := range [][]string{{"--apid", "x"}, {"--prefix", "x"}, {"--cert", "x"}, {"--key", "x"}, {"--profile", "x"}, {"--lang", "de"}} {
		r = runSKMID(t, append([]string{"config", "init", "--provider", "skmid", "--out", filepath.Join(dir, "other.yaml")}, args...)...)
		require.Equal(t, exitUsage, r.code)
		require.Contains(t, r.err, args[0]+": is no")
	}
	require.Equal(t, exitUsage, runSKMID(t, "config", "init", "--lang", "lt", "--out", filepath.Join(dir, "other.yaml")).code)
}
