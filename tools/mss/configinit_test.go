package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConfigInit(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "mss.yaml")
	r := runMSS(t, "config", "init", "--out", out, "--json")
	require.Equal(t, exitOK, r.code, r.err)
	rep := decodeJSON[configInitReport](t, r)
	require.Equal(t, out, rep.File)
	require.Equal(t, []string{"ap_id", "prefix", "profile", "cert_file", "key_file", "tls_roots", "anchors"}, rep.Placeholders)
	info, err := os.Stat(out)
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm())

	r = runMSS(t, "config", "check", "--config", out)
	require.Equal(t, exitUsage, r.code)
	for _, name := range rep.Placeholders {
		require.Regexp(t, `(?m)^fail  \S+:\d+: `+name+`: is still a placeholder  — fill it in$`, r.out)
	}
	require.Equal(t, len(rep.Placeholders), strings.Count(r.out, "fail "), "and nothing else: %s", r.out)

	require.NoError(t, os.WriteFile(out, []byte("mine"), 0o600))
	r = runMSS(t, "config", "init", "--out", out)
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "exists and is not overwritten")
	require.Equal(t, "mine", string(mustRead(t, out)))
}

// What the flags say comes back from the file as it was said, whatever YAML thinks of it.
func TestConfigInitFlags(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "mss.yaml")
	prefix := "Bank \"ACME\": <é> # & "
	r := runMSS(t, "config", "init", "--out", out, "--apid", "mid://company.example", "--prefix", prefix, "--profile", "http://p.example/x",
		"--lang", "de", "--cert", "tls/client.pem", "--key", "/abs/client.key", "--roots", "root.pem", "--anchors", "a.pem", "--anchors", "b, c.pem")
	require.Equal(t, exitOK, r.code, r.err)
	require.NotContains(t, r.out, "to be filled in")
	s := &settings{file: out, origin: make(map[string]string)}
	require.NoError(t, s.readFile(out))
	here, err := os.Getwd()
	require.NoError(t, err)
	require.Equal(t, "mid://company.example", s.apID)
	require.Equal(t, prefix, s.prefix)
	require.Equal(t, "http://p.example/x", s.profile)
	require.Equal(t, "de", s.lang)
	require.Equal(t, filepath.Join(here, "tls/client.pem"), s.certFile, "the file is in another directory")
	require.Equal(t, "/abs/client.key", s.keyFile)
	require.Equal(t, []string{filepath.Join(here, "root.pem")}, s.tlsRoots)
	require.Equal(t, []string{filepath.Join(here, "a.pem"), filepath.Join(here, "b, c.pem")}, s.anchors)
	require.Equal(t, "tls/client.pem", (&configInitCmd{Out: "mss.yaml"}).path("tls/client.pem"), "the file is here")
}

func TestConfigInitKnowsEveryKey(t *testing.T) {
	t.Parallel()
	for _, p := range providers() {
		var want, got []string
		for _, k := range new(settings).keys() {
			if p.takesKey(k.name) {
				want = append(want, k.name)
			}
		}
		if p.lines == nil { // it has no configuration
			require.Equal(t, providerHermod, p.name)
			continue
		}
		for _, l := range p.lines(new(configInitCmd)) {
			got = append(got, l.key)
			require.NotEmpty(t, l.comment)
		}
		require.Equal(t, want, got, "%s: a line for each of its keys, in the order of config.go", p.name)
	}
}
