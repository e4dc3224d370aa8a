package scenario_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/scenario"
)

// TestScenarios runs every committed scenario.
func TestScenarios(t *testing.T) {
	t.Parallel()
	dirs, err := os.ReadDir(scenarios)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(dirs), 117)
	for _, d := range dirs {
		t.Run(d.Name(), func(t *testing.T) {
			t.Parallel()
			s, err := scenario.Load(filepath.Join(scenarios, d.Name()))
			require.NoError(t, err)
			require.Equal(t, d.Name(), s.Name)
			require.NotEmpty(t, s.About)
			r, err := scenario.Run(t.Context(), s)
			require.NoError(t, err)
			require.True(t, r.OK(), "%s", strings.Join(r.Differences, "\n"))
			require.NotEmpty(t, r.Outcomes)
		})
	}
}
