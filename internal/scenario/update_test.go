package scenario_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write testdata/scenarios where the catalogue has changed, with new keys, certificates and signatures")

// scenarios is where the scenarios are committed.
const scenarios = "../../testdata/scenarios"

// TestUpdate writes the scenarios that the catalogue has changed with -update, and otherwise checks that what is committed is what the catalogue says,
// but for keys and signatures. The private keys exist only while it runs.
func TestUpdate(t *testing.T) {
	t.Parallel()
	files := make(map[string][]byte)
	for _, d := range newCatalogue(t) {
		d.files(t, files)
	}
	require.Greater(t, len(files), 100)
	if *update {
		write(t, files)
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

// write writes the scenarios that differ in more than keys and signatures, whole, and removes those that are no longer in
// the catalogue.
func write(t *testing.T, files map[string][]byte) {
	committed := make(map[string][]byte)
	dirs, err := os.ReadDir(scenarios)
	require.NoError(t, err)
	for _, d := range dirs {
		list, err := os.ReadDir(filepath.Join(scenarios, d.Name()))
		require.NoError(t, err)
		for _, f := range list {
			content, err := os.ReadFile(filepath.Join(scenarios, d.Name(), f.Name()))
			require.NoError(t, err)
			committed[d.Name()+"/"+f.Name()] = content
		}
	}
	changed := make(map[string]bool)
	for name := range committed {
		changed[path.Dir(name)] = changed[path.Dir(name)] || files[name] == nil
	}
	for name, want := range files {
		have, ok := committed[name]
		changed[path.Dir(name)] = changed[path.Dir(name)] || !ok || !bytes.Equal(withoutKeys(want), withoutKeys(have))
	}
	for dir, yes := range changed {
		if yes {
			require.NoError(t, os.RemoveAll(filepath.Join(scenarios, dir)))
		}
	}
	for name, content := range files {
		if changed[path.Dir(name)] {
			file := filepath.Join(scenarios, name)
			require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
			require.NoError(t, os.WriteFile(file, content, 0o644))
		}
	}
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
		extension := ".xml"
		if d.Binding == "rest" {
			extension = ".json"
		}
		put(fmt.Sprintf("%02d-request%s", i+1, extension), []byte(x.request))
		put(fmt.Sprintf("%02d-response%s", i+1, extension), []byte(x.answer))
		if x.head != "" {
			put(fmt.Sprintf("%02d-response.http", i+1), []byte(x.head))
		}
	}
}

var keys = regexp.MustCompile(`(?s)(Base64Signature>|BEGIN CERTIFICATE-----|X509Certificate>|"MI)[A-Za-z0-9+/=\s]{100,}`)

// withoutKeys blanks what differs each time the scenarios are written.
func withoutKeys(b []byte) []byte { return keys.ReplaceAll(b, []byte("$1")) }
