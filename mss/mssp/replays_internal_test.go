package mssp

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReplayMemoryIsAsDocumented(t *testing.T) {
	t.Parallel()
	require.Equal(t, 65536, maxReplays, "docs/decisions/006-comparison-code.md")
}
