//go:build interop

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestInteropBash loads the script into bash and completes lines as readline would: words split at "=".
func TestInteropBash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script := filepath.Join(t.TempDir(), "mss.bash")
	require.NoError(t, os.WriteFile(script, []byte(runMSS(t, "completion", "bash").out), 0o600))
	out, err := exec.CommandContext(t.Context(), "bash", "-n", script).CombinedOutput()
	require.NoError(t, err, string(out))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "my file.pem"), nil, 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "my dir"), 0o700))

	const complete = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _mss; printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort`
	for line, want := range map[string]string{
		"mss|si":                     "sign|simulate",
		"mss|cert|":                  "csr|new|show",
		"mss|cert|new|--o":           "--o|--out",
		"mss|cert|new|--rsa|":        "2048|3072|4096",
		"mss|sign|--mode|":           "async|sync",
		"mss|sign|--mode|=|a":        "async",
		"mss|sign|--mode|=":          "async|sync",
		"mss|sign|--text|cert|--js":  "--json",
		"mss|sign|--text|":           "",
		"mss|sign|--record|m":        "my dir",
		"mss|trust|check|m":          "my dir|my file.pem",
		"mss|trust|check|x|--|my":    "my dir|my file.pem",
		"mss|completion|":            "bash|fish|zsh",
		"mss|help|tr":                "trust",
		"mss|version|":               "--help",
		"mss|sign|--config|my\\ f":   "",
		"mss|config|check|--on":      "--online",
		"mss|config|check|--config|": "my dir|my file.pem",
	} {
		cmd := exec.CommandContext(t.Context(), "bash", append([]string{"--norc", "-c", complete, "bash", script}, strings.Split(line, "|")...)...)
		cmd.Dir = dir
		out, err := cmd.Output()
		require.NoError(t, err, line)
		require.Equal(t, want, strings.ReplaceAll(strings.TrimSpace(string(out)), "\n", "|"), line)
	}
}
