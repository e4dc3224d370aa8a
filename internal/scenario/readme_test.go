package scenario_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestGuideTable: the table of the guide's sections in testdata/README.md names every scenario of the guide, and no other;
// each is in both forms.
func TestGuideTable(t *testing.T) {
	t.Parallel()
	readme := string(must(os.ReadFile("../../testdata/README.md")))
	_, table, ok := strings.Cut(readme, "### The guide's chapter 3, section by section")
	require.True(t, ok)
	table, _, ok = strings.Cut(table, "\n### ")
	require.True(t, ok)
	listed := make(map[string]bool)
	for _, name := range regexp.MustCompile("`([a-z0-9-]+)`").FindAllStringSubmatch(table, -1) {
		listed[name[1]] = true
		require.DirExists(t, scenarios+"/"+name[1])
	}
	sections := regexp.MustCompile(`(?m)^\| ([0-9.]+)`).FindAllStringSubmatch(table, -1)
	require.GreaterOrEqual(t, len(sections), 22)
	var names []string
	for _, d := range must(os.ReadDir(scenarios)) {
		names = append(names, d.Name())
	}
	for _, name := range names {
		if strings.HasPrefix(name, "guide-") {
			require.True(t, listed[name], "%s is not in the table", name)
			other := name + "-rest"
			if plain, ok := strings.CutSuffix(name, "-rest"); ok {
				other = plain
			}
			require.True(t, slices.Contains(names, other), "%s has no counterpart in the other form", name)
		}
	}
}
