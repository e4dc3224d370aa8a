package scenario_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write testdata/scenarios anew, with new keys, certificates and signatures")

// scenarios is where the scenarios are committed.
const scenarios = "../../testdata/scenarios"

// TestUpdate writes the scenarios with -update, and otherwise checks that what is committed is what the catalogue says,
// but for keys and signatures. The private keys exist only while it runs.
func TestUpdate(t *testing.T) {
	t.Parallel()
	files := make(map[string][]byte)
	for _, d := range newCatalogue(t) {
		d.files(t, files)
	}
	require.Greater(t, len(files), 100)
	if *update {
		require.NoError(t, os.RemoveAll(scenarios))
		for name, content := range files {
			path := filepath.Join(scenarios, name)
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
			require.NoError(t, os.WriteFile(path, content, 0o644))
		}
		return
	}
	committed := 0
	require.NoError(t, filepath.WalkDir(scenarios, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		committed++
		name, err := filepath.Rel(scenarios, path)
		require.NoError(t, err)
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		want, ok := files[filepath.ToSlash(name)]
		require.True(t, ok, "%s: not in the catalogue; run go test ./internal/scenario -run TestUpdate -update", name)
		require.Equal(t, string(withoutKeys(want)), string(withoutKeys(content)), "%s: run go test ./internal/scenario -run TestUpdate -update", name)
		return nil
	}))
	require.Equal(t, len(files), committed, "files of the catalogue are missing; run go test ./internal/scenario -run TestUpdate -update")
}

// files adds the files of a scenario by their names.
func (d *definition) files(t *testing.T, files map[string][]byte) {
	put := func(name string, content []byte) {
		name = d.Name + "/" + name
		require.NotContains(t, files, name)
		files[name] = content
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	require.NoError(t, e.Encode(d.Scenario))
	put("scenario.json", b.Bytes())
	put("root.pem", d.root)
	for i, x := range d.exchanges {
		put(fmt.Sprintf("%02d-request.xml", i+1), []byte(x.request))
		put(fmt.Sprintf("%02d-response.xml", i+1), []byte(x.answer))
		if x.head != "" {
			put(fmt.Sprintf("%02d-response.http", i+1), []byte(x.head))
		}
	}
}

var keys = regexp.MustCompile(`(?s)(Base64Signature>|BEGIN CERTIFICATE-----)[A-Za-z0-9+/=\s]+`)

// withoutKeys blanks what differs each time the scenarios are written.
func withoutKeys(b []byte) []byte { return keys.ReplaceAll(b, []byte("$1")) }
