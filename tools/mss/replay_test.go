package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// writeScenario writes a scenario without exchanges: a text that the client refuses to send, and the field expected.
func writeScenario(t *testing.T, field string) string {
	t.Helper()
	dir := t.TempDir()
	data, err := json.Marshal(map[string]any{
		"about": "the prefix is missing", "now": "2026-01-15T12:00:00Z", "environment": "simulator", "anchors": []string{"root.pem"},
		"client": map[string]any{"apid": "mid://acme.example", "prefix": "Bank ACME: "},
		"signatures": []any{map[string]any{
			"mode": "async", "purpose": "authentication", "msisdn": "41790000001", "lang": "en", "text": "log in?",
			"profile": simulatedProfile,
			"expect":  map[string]any{"outcome": "error", "kind": "request", "field": field, "requests": 0},
		}},
	})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "scenario.json"), data, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "root.pem"), certificatesPEM(newService(t).Anchors().Roots()...), 0o600))
	return dir
}

func TestReplay(t *testing.T) {
	t.Parallel()
	good, bad := writeScenario(t, "Display"), writeScenario(t, "Language")
	r := runMSS(t, "replay", good)
	require.Equal(t, exitOK, r.code, r.err)
	require.Regexp(t, `^ok      \S+: error, kind request, field Display, requests 0\n$`, r.out)

	r = runMSS(t, "replay", good, bad, good)
	require.Equal(t, exitDifferent, r.code)
	require.Equal(t, 2, strings.Count(r.out, "ok  "), "all are run")
	require.Contains(t, r.out, "\ndiffers ")
	require.Contains(t, r.out, "\n        signatures[0]: field: want Language, got Display")
	require.Contains(t, r.err, "1 of 3 scenarios differ")

	require.NoError(t, os.WriteFile(filepath.Join(bad, "scenario.json"), []byte(`{"abuot": ""}`), 0o600))
	r = runMSS(t, "replay", good, bad)
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "scenario.json")
}

// The scenarios of this repository are run with their own package's tests; here only that the command finds them good.
func TestReplayOfThisRepository(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../testdata/scenarios/*/scenario.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	args := []string{"replay"}
	for _, f := range files {
		args = append(args, filepath.Dir(f))
	}
	r := runMSS(t, args...)
	require.Equal(t, exitOK, r.code, r.out+r.err)
	require.Equal(t, len(files), strings.Count(r.out, "\n"), "a line each")
}
