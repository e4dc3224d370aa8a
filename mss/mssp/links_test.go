package mssp_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLinksLittle holds what the client links, beyond the standard library, to what docs/decisions/004-modules.md says.
func TestLinksLittle(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-deps", "-f", "{{if .Module}}{{.Module.Path}}{{end}}", ".").Output()
	require.NoError(t, err)
	modules := map[string]bool{}
	for _, m := range strings.Fields(string(out)) {
		modules[m] = true
	}
	require.Equal(t, map[string]bool{
		"github.com/gomss/gomss":             true,
		"golang.org/x/crypto":                true,
		"golang.org/x/text":                  true,
		"software.sslmate.com/src/go-pkcs12": true,
	}, modules)
}
