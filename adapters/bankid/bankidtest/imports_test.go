package bankidtest_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A simulator that used the client's own code would agree with its mistakes.
func TestSimulatorDoesNotLinkTheClient(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	require.NoError(t, err)
	deps := strings.Fields(string(out))
	require.Contains(t, deps, "github.com/gomss/gomss/adapters/bankid/bankidtest")
	require.NotContains(t, deps, "github.com/gomss/gomss/adapters/bankid")
}
