package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
)

// FuzzScenarioFile: whatever a file holds, nothing is written outside of the directory, nor into another one below it.
func FuzzScenarioFile(f *testing.F) {
	file := func(name, data string) txtar.File { return txtar.File{Name: name, Data: []byte(data)} }
	scenario := file("scenario.json", `{"about":"x","now":"2026-01-15T12:00:00Z","environment":"simulator","anchors":["root.pem"],"client":{"apid":"a"},"signatures":[{"mode":"async"}]}`)
	seeds := []txtar.Archive{
		{Comment: []byte("about\n"), Files: []txtar.File{scenario, file("root.pem", "-----BEGIN CERTIFICATE-----\n")}},
		{Files: []txtar.File{scenario, file("001.json", "{}"), file("001-request.xml", "<a/>"), file("001-response.xml", "<a/>")}},
		{Files: []txtar.File{file("../evil.json", "{}"), file("a/b.json", "{}"), file(".hidden", ""), file("/tmp/evil.json", "")}},
		{Files: []txtar.File{scenario, scenario}},
		{},
	}
	require.NotEmpty(f, seeds)
	for _, a := range seeds {
		f.Add(txtar.Format(&a))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 64<<10 {
			return
		}
		above := t.TempDir()
		dir := filepath.Join(above, "scenario")
		require.NoError(t, os.Mkdir(dir, 0o700))
		s, err := unpack(txtar.Parse(data), dir)
		require.Equal(t, s == nil, err != nil)
		outside, err := os.ReadDir(above)
		require.NoError(t, err)
		require.Len(t, outside, 1)
		inside, err := os.ReadDir(dir)
		require.NoError(t, err)
		for _, e := range inside {
			info, err := e.Info()
			require.NoError(t, err)
			require.True(t, info.Mode().IsRegular(), e.Name())
			require.EqualValues(t, 0o600, info.Mode().Perm(), e.Name())
		}
	})
}
