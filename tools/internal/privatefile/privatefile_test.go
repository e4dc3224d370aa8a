package privatefile_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/tools/internal/privatefile"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "key")
	require.NoError(t, os.WriteFile(name, []byte("a longer one, for everybody"), 0o644))
	require.NoError(t, privatefile.Write(name, []byte("secret")))
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, "secret", string(data))
	info, err := os.Stat(name)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode())
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing else is left")

	require.ErrorIs(t, privatefile.Write(filepath.Join(dir, "no", "key"), nil), os.ErrNotExist)
	require.Error(t, privatefile.Write(dir, nil), "a directory stays")
}
