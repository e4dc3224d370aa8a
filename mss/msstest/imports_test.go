package msstest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// No package of the library may link a simulator: what cannot be reached cannot be believed (SEC-15).
func TestLibraryDoesNotLinkSimulators(t *testing.T) {
	t.Parallel()
	const module = "github.com/gomss/gomss/"
	root := filepath.Join("..", "..")
	args := []string{"list", "-f", `{{.ImportPath}} {{join .Deps " "}}`}
	for _, dir := range []string{"mss", "mss/mssp", "mss/track", "mss/login", "mss/account", "mss/catalogue", "etsi", "transport/...", "adapters/..."} {
		if _, err := os.Stat(filepath.Join(root, strings.TrimSuffix(dir, "/..."))); err == nil {
			args = append(args, "./"+dir)
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = root
	out, err := cmd.Output()
	require.NoError(t, err)

	simulators := []string{module + "mss/msstest", module + "internal/cms/cmstest"}
	var checked []string
	for line := range strings.Lines(string(out)) {
		deps := strings.Fields(line)
		if strings.HasSuffix(deps[0], "test") {
			continue // a simulator itself
		}
		checked = append(checked, deps[0])
		for _, s := range simulators {
			require.False(t, slices.Contains(deps, s), "%s links %s", deps[0], s)
		}
	}
	for _, p := range []string{"mss", "etsi", "transport", "transport/soap"} {
		require.Contains(t, checked, module+p)
	}
}
