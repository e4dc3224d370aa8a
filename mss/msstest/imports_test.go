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

	// Simulators and conformance suites alike have names that end so, like net/http/httptest.
	isSimulator := func(dep string) bool { return strings.HasPrefix(dep, module) && strings.HasSuffix(dep, "test") }
	var checked []string
	for line := range strings.Lines(string(out)) {
		deps := strings.Fields(line)
		if strings.HasSuffix(deps[0], "test") {
			continue // a simulator itself
		}
		checked = append(checked, deps[0])
		require.False(t, slices.ContainsFunc(deps, isSimulator), "%s links a simulator", deps[0])
	}
	for _, p := range []string{"mss", "mss/track", "etsi", "transport", "transport/rest", "adapters/skmid", "adapters/registrant"} {
		require.Contains(t, checked, module+p)
	}
}
