package main

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"software.sslmate.com/src/go-pkcs12"
)

// signWith runs a synchronous sign that succeeds with a good configuration.
func signWith(t *testing.T, env []string, args ...string) result {
	t.Helper()
	return runWith(t, t.Context(), nil, env, append([]string{
		"sign", "--mode", "sync", "--msisdn", "41700092501", "--text", text, "--allow-test-numbers",
	}, args...)...)
}

func TestConfigErrors(t *testing.T) {
	t.Parallel()
	s := newService(t)
	require.Equal(t, exitOK, signWith(t, nil, "--config", s.config).code)
	for name, tc := range map[string]struct {
		old, replacement string
		says             []string // "LINE:" is checked with the file's name before it
	}{
		"unknown key":         {"lang: en", "language: en", []string{":7: ", `"language"`, "docs/cli.md"}},
		"repeated key":        {"lang: en", "lang: en\nlang: de", []string{":8: lang: ", ":7"}},
		"empty":               {"lang: en", "lang:", []string{":7: lang: ", "empty"}},
		"list for a value":    {"lang: en", "lang: [en, de]", []string{":7: lang: ", "one value"}},
		"empty list":          {"lang: en", "pins: []", []string{":7: pins: "}},
		"map":                 {"lang: en", "lang: {a: b}", []string{":7: lang: "}},
		"alias":               {"lang: en", "lang: &a en\nserver_name: *a", []string{":8: server_name: "}},
		"not YAML":            {"lang: en", "\tlang", []string{": yaml: "}},
		"two documents":       {"lang: en", "lang: en\n---\nlang: de", []string{"more than one"}},
		"no environment":      {"environment: simulator\n", "", []string{": environment: is required", "MSS_ENVIRONMENT"}},
		"other environment":   {"environment: simulator", "environment: prod", []string{":3: environment: must be production, test or simulator"}},
		"wrong environment":   {"environment: simulator", "environment: production", []string{":11: anchors: ", "never mix"}},
		"http":                {"url: https", "url: http", []string{":2: url: ", "not https"}},
		"no url":              {"url: ", "server_name: ", []string{": url: is required"}},
		"no account":          {"ap_id: ", "ap_password_file: ", []string{": ap_id: is required"}},
		"account":             {"ap_id: mid", "ap_id: a|b", []string{":4: ap_id: "}},
		"no profile":          {"profile: ", "server_name: ", []string{": profile: is required", "--profile"}},
		"no anchors":          {"anchors: ", "server_name: ", []string{": anchors: is required"}},
		"anchors missing":     {"anchors: anchors.pem", "anchors: [none.pem]", []string{":11: anchors: ", "none.pem"}},
		"no TLS roots":        {"tls_roots: ", "server_name: ", []string{": tls_roots: is required"}},
		"TLS roots missing":   {"tls-root.pem", "none.pem", []string{":10: tls_roots: ", "none.pem"}},
		"no client":           {"cert_file: ", "server_name: ", []string{": cert_file: is required"}},
		"no key":              {"key_file: client.key", "server_name: localhost", []string{": key_file: is required"}},
		"key missing":         {"client.key", "none.key", []string{":8: cert_file: ", "none.key"}},
		"PEM and PKCS #12":    {"lang: en", "pkcs12_file: a.p12", []string{":7: pkcs12_file: excludes cert_file"}},
		"password missing":    {"lang: en", "ap_password_file: none", []string{":7: ap_password_file: ", "none"}},
		"pin":                 {"lang: en", "pins: [abcd]", []string{":7: pins: ", "64 hexadecimal"}},
		"proxy":               {"lang: en", "proxy: socks5://localhost", []string{":7: proxy: "}},
		"handle key missing":  {"handle.key", "none", []string{":12: handle_key_file: "}},
		"handle key short":    {"handle.key", "mss.yaml.short", []string{":12: handle_key_file: ", "openssl rand"}},
		"simulate":            {"lang: en", "simulate: true", []string{`:7: "simulate": no such key`}},
		"allow_test_numbers":  {"lang: en", "allow_test_numbers: true", []string{`:7: "allow_test_numbers": no such key`}},
		"insecure_invisible":  {"lang: en", "insecure_allow_invisible: true", []string{"no such key"}},
		"skip_verification":   {"lang: en", "skip_verify: true", []string{"no such key"}},
		"a list of documents": {"", "- a\n# ", []string{"key: value"}},
		"huge":                {"lang: en", "# " + strings.Repeat("x", 64<<10), []string{"--config: ", "larger than"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(s.config), "mss.yaml.short"), []byte("0123456789"), 0o600))
			var config string
			if tc.old == "" {
				config = filepath.Join(t.TempDir(), "list.yaml")
				require.NoError(t, os.WriteFile(config, []byte(tc.replacement), 0o600))
			} else {
				config = s.edit(t, tc.old, tc.replacement)
			}
			r := signWith(t, nil, "--config", config, "--json")
			require.Equal(t, exitUsage, r.code, r.out)
			rep := r.report(t)
			require.Equal(t, "usage", rep.Error.Kind)
			require.False(t, rep.Error.MayHaveRung)
			for _, want := range tc.says {
				if strings.HasPrefix(want, ":") {
					want = config + want
					if strings.HasSuffix(want, ":7") { // a second place
						want = config + ":7"
					}
				}
				require.Contains(t, rep.Error.Message, want)
			}
		})
	}
	require.Equal(t, exitUsage, signWith(t, nil, "--config", filepath.Join(t.TempDir(), "none.yaml")).code)
}

// TestEnvironment checks that every key can come from the environment, that it overrides the file, and flags override it.
func TestEnvironment(t *testing.T) {
	t.Parallel()
	s := newService(t)
	dir := filepath.Dir(s.config)
	env := []string{
		"HOME=/nowhere", "MSS_CORPUS=/nowhere",
		"MSS_URL=" + s.URL(), "MSS_ENVIRONMENT=simulator", "MSS_AP_ID=" + s.APID(), "MSS_PREFIX=" + s.Prefix(),
		"MSS_PROFILE=" + simulatedProfile, "MSS_LANG=en", "MSS_CERT_FILE=" + dir + "/client.pem", "MSS_KEY_FILE=" + dir + "/client.key",
		"MSS_TLS_ROOTS=" + dir + "/tls-root.pem", "MSS_ANCHORS=" + dir + "/anchors.pem," + dir + "/anchors.pem",
	}
	r := signWith(t, env)
	require.Equal(t, exitOK, r.code, r.err)
	require.Empty(t, r.err)

	require.Equal(t, exitTransport, signWith(t, []string{"MSS_URL=https://127.0.0.1:1"}, "--config", s.config).code)
	r = signWith(t, []string{"MSS_PROFILE=http://mid.swisscom.ch/Device-LoA4"}, "--config", s.config)
	require.Contains(t, r.out, "109 UNSUPPORTED_PROFILE", "overrides the file")
	r = signWith(t, []string{"MSS_PROFILE=http://mid.swisscom.ch/Device-LoA4"}, "--config", s.config, "--profile", simulatedProfile)
	require.Equal(t, exitOK, r.code, "the flag overrides it")
	r = signWith(t, []string{"MSS_ENVIRONMENT=prod"}, "--config", s.config)
	require.Contains(t, r.err, "MSS_ENVIRONMENT: environment: must be")
	r = signWith(t, []string{"MSS_LANG="}, "--config", s.config)
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "MSS_LANG: is empty")
}

// SEC-15: what weakens a check is a flag, seen by whoever runs the command.
func TestTheEnvironmentWeakensNothing(t *testing.T) {
	t.Parallel()
	s := newService(t)
	env := []string{
		"MSS_SIMULATE=1", "MSS_ALLOW_TEST_NUMBERS=1", "MSS_INSECURE_ALLOW_INVISIBLE=1", "MSS_SKIP_VERIFY=1", "MSS_CONFIG=x",
	}
	r := runWith(t, t.Context(), nil, env, "sign", "--config", s.config, "--msisdn", "41700092501", "--text", text)
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "--allow-test-numbers")
	for _, e := range env {
		name, _, _ := strings.Cut(e, "=")
		require.Contains(t, r.err, name+": no configuration key")
	}
	r = runWith(t, t.Context(), nil, env, "sign", "--msisdn", "41790000001", "--text", text)
	require.Equal(t, exitUsage, r.code)
	require.NotContains(t, r.err, "SIMULATOR")
	require.Zero(t, s.Prompts())
}

func TestReadableSecretsAreWarnedOf(t *testing.T) {
	t.Parallel()
	s := newService(t)
	dir := filepath.Dir(s.config)
	require.NoError(t, os.Chmod(filepath.Join(dir, "client.pem"), 0o644), "a certificate is no secret")
	require.Empty(t, signWith(t, nil, "--config", s.config).err)
	for _, name := range []string{"client.key", "handle.key"} {
		for _, mode := range []os.FileMode{0o640, 0o604} {
			require.NoError(t, os.Chmod(filepath.Join(dir, name), mode))
			r := signWith(t, nil, "--config", s.config)
			require.Equal(t, exitOK, r.code)
			require.Contains(t, r.err, "warning: "+s.config)
			require.Contains(t, r.err, filepath.Join(dir, name)+": chmod 600 it")
		}
		require.NoError(t, os.Chmod(filepath.Join(dir, name), 0o600))
	}
}

// TestPKCS12AndPins signs with the other form of the client certificate, and with pins that hold.
func TestPKCS12AndPins(t *testing.T) {
	t.Parallel()
	s := newService(t)
	dir := filepath.Dir(s.config)
	pair, key := readPEM(t, filepath.Join(dir, "client.pem")), readPEM(t, filepath.Join(dir, "client.key"))
	cert, err := x509.ParseCertificate(pair)
	require.NoError(t, err)
	private, err := x509.ParsePKCS8PrivateKey(key)
	require.NoError(t, err)
	p12, err := pkcs12.Modern.Encode(private, cert, nil, "secret word")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "client.p12"), p12, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "p12.txt"), []byte("secret word\n"), 0o600))
	root := sha256.Sum256(readPEM(t, filepath.Join(dir, "tls-root.pem")))
	config := s.edit(t, "cert_file: client.pem\nkey_file: client.key\n",
		"pkcs12_file: client.p12\npkcs12_password_file: p12.txt\npins: ["+hex.EncodeToString(root[:])+"]\n")
	r := signWith(t, nil, "--config", config)
	require.Equal(t, exitOK, r.code, r.err)

	require.NoError(t, os.WriteFile(filepath.Join(dir, "p12.txt"), []byte("another secret"), 0o600))
	r = signWith(t, nil, "--config", config)
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "pkcs12_file: ")
	require.NotContains(t, r.err, "secret")
}

// A certificate that the service does not know gets the service's own fault.
func TestAnotherClientCertificate(t *testing.T) {
	t.Parallel()
	s := newService(t)
	id, err := newClientIdentity()
	require.NoError(t, err)
	dir := filepath.Dir(s.config)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "client.pem"), certificatesPEM(id.cert), 0o600))
	r := signWith(t, nil, "--config", s.config)
	require.Equal(t, exitUsage, r.code, "not the key's certificate")
	der, err := x509.MarshalPKCS8PrivateKey(id.key)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "client.key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
	r = signWith(t, nil, "--config", s.config)
	require.Equal(t, exitFault, r.code)
	require.Contains(t, r.out, "104 UNAUTHORIZED_ACCESS")
}

func readPEM(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	block, _ := pem.Decode(data)
	require.NotNil(t, block)
	return block.Bytes
}
