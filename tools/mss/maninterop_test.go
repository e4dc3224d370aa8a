//go:build interop

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestInteropMan formats every page: man has nothing to warn of.
func TestInteropMan(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.Equal(t, exitOK, runMSS(t, "man", "--out", dir).code)
	for _, n := range allCommands(grammar(t)) {
		cmd := exec.CommandContext(t.Context(), "man", "--warnings", "-l", filepath.Join(dir, pageName(n)+".1"))
		cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "MANWIDTH=100", "MANPAGER=cat")
		var warnings bytes.Buffer
		cmd.Stderr = &warnings
		out, err := cmd.Output()
		require.NoError(t, err)
		require.Empty(t, warnings.String(), pageName(n))
		require.Contains(t, string(out), commandPath(n))
		require.NotContains(t, string(out), `\(`, "an escape that man does not know")
	}
}
