package relyingparty_test

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSiteIsShortAndNeutral: the relying party's code is short, and knows no provider.
func TestSiteIsShortAndNeutral(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("site.go")
	require.NoError(t, err)
	require.Less(t, strings.Count(string(source), "\n"), 60, "lines of site.go")
	file, err := parser.ParseFile(token.NewFileSet(), "site.go", source, parser.ImportsOnly)
	require.NoError(t, err)
	for _, i := range file.Imports {
		require.NotContains(t, i.Path.Value, "adapters/")
		require.NotContains(t, i.Path.Value, "mssp")
	}
	for _, name := range []string{"mssp", "mobileid", "mobile id", "swisscom", "skmid", "mobile-id", "bankid", "hermod", "nexus"} {
		require.NotContains(t, strings.ToLower(string(source)), name)
	}
	sources, err := filepath.Glob("*.go")
	require.NoError(t, err)
	require.Greater(t, len(sources), 10)
	for _, name := range sources {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, i := range file.Imports {
			if !strings.HasSuffix(name, "_test.go") {
				require.NotContains(t, i.Path.Value, "/internal/", "%s: others cannot import that", name)
			}
		}
	}
	for _, name := range []string{"server.go", "pages.go", "sessions.go", "customers.go", "contract.go", "evidence.go", "provider.go"} {
		source, err := os.ReadFile(name)
		require.NoError(t, err)
		require.NotContains(t, string(source), "/adapters/", name)
		require.NotContains(t, string(source), "/mssp", name)
	}
}
